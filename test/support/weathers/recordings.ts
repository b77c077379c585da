/** Weathers in which conversations are recorded, and cards are paid with. */
import { CASHIERS } from "../../../src/simulation/agent-at-work.ts";
import { NO_RECORDING, type RecordingPlan } from "../../../src/domain/recording.ts";
import { BLIND, MINUTE, type Weather } from "./scene.ts";

const plan = (more: Partial<RecordingPlan>): { readonly recording: RecordingPlan } => ({
  recording: { ...NO_RECORDING, kind: "all", pauseMaxMs: 20_000, ...more },
});

export const RECORDED = {
  "all recorded, cards taken": { options: { campaign: plan({}), habits: CASHIERS } },
  "some recorded, with a notice": {
    options: { campaign: plan({ kind: "sample", samplePercent: 40, announcement: "sound:notice" }), habits: CASHIERS },
  },
  "recorded on demand": { options: { campaign: plan({ kind: "demand" }), habits: CASHIERS } },
  "recorded nowhere": { options: { campaign: plan({ kind: "off" }), habits: CASHIERS } },
  "recorded in a storm": {
    options: {
      campaign: plan({}),
      habits: CASHIERS,
      faults: {
        wire: { lossRate: 0.02, duplicateRate: 0.1, lateRate: 0.1, lateMaxMs: 1_000 },
        cuts: [{ fromMs: 2 * MINUTE, toMs: 2.5 * MINUTE, noticedAfterMs: 4_000, requestsToo: true }],
        refusedRate: 0.1,
        refusesOnly: ["record"],
        store: { ackLostRate: 0.05, slowRate: 0.1, slowMs: 3_000 },
        storeAway: [{ fromMs: 5 * MINUTE, toMs: 6 * MINUTE }],
        kills: [
          { fromMs: 3 * MINUTE, toMs: 3 * MINUTE + 3_000 },
          { fromMs: 4 * MINUTE, toMs: 4 * MINUTE + 3_000 },
        ],
      },
    },
    except: BLIND,
    someWereLost: true,
    someWereRefused: true,
    staysUnfinished: true,
    complains: ["the campaign is stopped"],
  },
} as const satisfies Record<string, Weather>;
