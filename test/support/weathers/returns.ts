/** Weathers in which people call back. */
import { RESTLESS } from "../../../src/simulation/agent-at-work.ts";
import { BLIND, FEW, GENEROUS, MINUTE, MISSING, POWER, WITH_RECOURSE } from "./scene.ts";
import type { Weather } from "./scene.ts";

export const RETURNS = {
  "people who call back": { options: { leads: 100, agents: 4, returnPercent: 60 } },
  "people who call back, beside power": {
    options: { ...FEW, returnPercent: 60, campaign: POWER, profile: { abandon: GENEROUS }, habits: RESTLESS },
  },
  "people who call back, and agents of two campaigns": {
    options: { leads: 80, agents: 5, returnPercent: 50, secondCampaign: { mode: "progressive" } },
  },
  "people who call back, to a message alone": {
    options: {
      leads: 60,
      returnPercent: 60,
      campaign: { returnCalls: { mode: "message", waitMs: 0 } },
      faults: { missingMedia: [{ media: "sound:information", fromMs: 5 * MINUTE, toMs: 8 * MINUTE }] },
    },
    complains: [MISSING],
  },
  "predictive, and people who call back": {
    options: { ...WITH_RECOURSE, returnPercent: 40 },
    abandonRateMax: 0.08,
  },
  "people who call back, in a storm": {
    options: {
      ...FEW,
      returnPercent: 60,
      campaign: POWER,
      profile: { abandon: GENEROUS },
      habits: RESTLESS,
      faults: {
        wire: { lossRate: 0.02, duplicateRate: 0.1, lateRate: 0.1, lateMaxMs: 1_000 },
        refusedRate: 0.01,
        unknownRate: 0.01,
        cuts: [{ fromMs: 2 * MINUTE, toMs: 2.5 * MINUTE, noticedAfterMs: 4_000, requestsToo: true }],
        store: { ackLostRate: 0.05, slowRate: 0.1, slowMs: 3_000 },
        storeAway: [{ fromMs: 5 * MINUTE, toMs: 6 * MINUTE }],
        kills: [
          { fromMs: 4 * MINUTE, toMs: 4 * MINUTE + 3_000 },
          { fromMs: 8 * MINUTE, toMs: 8.5 * MINUTE },
        ],
      },
    },
    // A command that is refused, or an arrival of which nobody tells, costs somebody who called back their patience as well.
    except: [...BLIND, "returns-are-served"],
    someWereLost: true,
    someWereRefused: true,
  },
} as const satisfies Record<string, Weather>;
