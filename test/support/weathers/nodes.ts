/** Weathers in which managers drain the node and let it go on, whatever else is going on. */
import { nodeId } from "../../../src/domain/ids.ts";
import type { Interference } from "../../../src/simulation/shift.ts";
import { campaignIs, MINUTE, type Weather } from "./scene.ts";

const NODE = nodeId("pretend-node");

const drained = (fromMs: number, forMs: number): readonly Interference[] => [
  { atMs: fromMs, act: (tables) => tables.drained.add(NODE) },
  { atMs: fromMs + forMs, act: (tables) => tables.drained.delete(NODE) },
];

export const NODES = {
  "drained now and then": {
    options: { leads: 80, interferences: [1, 3, 5].flatMap((minute) => drained(minute * MINUTE, MINUTE)) },
  },
  "drained and restarted": {
    options: {
      leads: 80,
      interferences: [...drained(MINUTE, 2 * MINUTE), ...drained(5 * MINUTE, 30_000)],
      // The wish outlives the process; the second process begins with it, and the third without.
      faults: {
        kills: [
          { fromMs: 1.5 * MINUTE, toMs: 1.6 * MINUTE },
          { fromMs: 4 * MINUTE, toMs: 4.1 * MINUTE },
        ],
      },
    },
  },
  // A minute to these costs a tenth of what may be spent; the campaign stops, and somebody starts it again later.
  "a bound on spending": {
    options: {
      leads: 80,
      campaign: { tightening: { countries: ["GB"], spendPerHourMax: 1_000_000 } },
      toll: { countries: ["GB", "IE"], typesAllowed: [], spendPerHourMax: 2_000_000, rateOf: () => 50_000 },
      endAfterMs: 20 * MINUTE,
      interferences: [campaignIs(12 * MINUTE, "running")],
    },
    staysUnfinished: true,
    complains: ["the campaign is stopped"],
  },
} as const satisfies Record<string, Weather>;
