/** Weathers of campaigns that dial beyond their free agents. */
import { RESTLESS } from "../../../src/simulation/agent-at-work.ts";
import { BLIND, FEW, GENEROUS, MINUTE, POWER, PREDICTIVE, WITH_RECOURSE, commanded } from "./scene.ts";
import type { Weather } from "./scene.ts";

export const OVERDIALLING = {
  "power, its budget banked": { options: { ...FEW, campaign: POWER, profile: { abandon: GENEROUS } } },
  "power, strictly in credit": {
    options: { ...FEW, campaign: { ...POWER, gate: "strict" }, profile: { abandon: GENEROUS } },
  },
  "power, and abandons that are dear": { options: { ...FEW, campaign: POWER } },
  "power, strictly, in a storm": {
    options: {
      ...FEW,
      campaign: { ...POWER, gate: "strict" },
      profile: { abandon: GENEROUS },
      habits: RESTLESS,
      faults: {
        wire: { lossRate: 0.02, duplicateRate: 0.1, lateRate: 0.1, lateMaxMs: 1_000 },
        store: { ackLostRate: 0.05, slowRate: 0.1, slowMs: 3_000 },
        storeAway: [{ fromMs: 5 * MINUTE, toMs: 6 * MINUTE }],
        kills: [{ fromMs: 4 * MINUTE, toMs: 4 * MINUTE + 3_000 }],
      },
    },
    except: BLIND,
    someWereLost: true,
  },
  predictive: { options: PREDICTIVE, abandonRateMax: 0.08 },
  "predictive, with recourse": { options: WITH_RECOURSE, abandonRateMax: 0.08 },
  "predictive, and half the team logs out": {
    options: {
      ...PREDICTIVE,
      interferences: [1, 2, 3].flatMap((agent) => [
        commanded(12 * MINUTE, agent, { type: "logOut" }),
        commanded(25 * MINUTE, agent, { type: "logOut" }),
      ]),
    },
    abandonRateMax: 0.08,
  },
  "predictive, with recourse, in a storm": {
    options: {
      ...WITH_RECOURSE,
      habits: RESTLESS,
      faults: {
        wire: { lossRate: 0.02, duplicateRate: 0.1, lateRate: 0.1, lateMaxMs: 1_000 },
        refusedRate: 0.01,
        store: { ackLostRate: 0.05, slowRate: 0.1, slowMs: 3_000 },
        storeAway: [{ fromMs: 15 * MINUTE, toMs: 16 * MINUTE }],
        kills: [
          { fromMs: 10 * MINUTE, toMs: 10 * MINUTE + 3_000 },
          { fromMs: 20 * MINUTE, toMs: 20.5 * MINUTE },
        ],
      },
    },
    except: BLIND,
    someWereLost: true,
    someWereRefused: true,
  },
  // The press happens by itself; some press before.
} as const satisfies Record<string, Weather>;
