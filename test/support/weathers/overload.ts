/** Weathers in which too much is asked: of Asterisk, of the trunk, of the daemon. */
import { HOUR, MINUTE, POWER, GENEROUS, campaignIs } from "./scene.ts";
import type { Weather } from "./scene.ts";

const WIDE = { linesMax: 40, cpsMax: 10, codecs: ["alaw"] };
const MANY = { leads: 80, agents: 10, trunk: WIDE } as const;

export const OVERLOAD = {
  // A queue of its own making: a leg takes a quarter of a second, one after the other.
  "an Asterisk that is slow": {
    options: { ...MANY, faults: { weak: [{ fromMs: MINUTE, toMs: 8 * MINUTE, callsPerSecondMax: 4 }] } },
  },
  "an Asterisk that stands still, twice": {
    options: {
      ...MANY,
      faults: {
        weak: [
          { fromMs: 2 * MINUTE, toMs: 2 * MINUTE + 3_000, callsPerSecondMax: 0 },
          { fromMs: 6 * MINUTE, toMs: 6 * MINUTE + 5_000, callsPerSecondMax: 0 },
        ],
      },
    },
  },
  "a trunk that refuses everything for a while": {
    options: {
      ...MANY,
      faults: {
        carriers: {
          carrier: {
            refuses: [
              { fromMs: 2 * MINUTE, toMs: 4 * MINUTE },
              { fromMs: 8 * MINUTE, toMs: 8 * MINUTE + 20_000 },
            ],
          },
        },
      },
    },
  },
  "a trunk that carries less than it should": {
    options: {
      ...MANY,
      campaign: POWER,
      profile: { abandon: GENEROUS },
      faults: { carriers: { carrier: { capacity: 6 } } },
    },
  },
  "one trunk of two that refuses": {
    options: {
      leads: 60,
      agents: 10,
      endAfterMs: 2 * HOUR,
      secondCampaign: { trunk: "other" },
      moreTrunks: { other: WIDE },
      faults: { carriers: { other: { refuses: [{ fromMs: MINUTE, toMs: 5 * MINUTE }] } } },
    },
  },
  "a daemon that falls behind, three times": {
    options: {
      ...MANY,
      faults: {
        sluggish: [
          { fromMs: 2 * MINUTE, toMs: 2 * MINUTE + 10_000, delayMs: 700 },
          { fromMs: 4 * MINUTE, toMs: 4 * MINUTE + 2_000, delayMs: 600 },
          { fromMs: 6 * MINUTE, toMs: 7 * MINUTE, delayMs: 300 },
        ],
      },
    },
  },
  "all of it together": {
    options: {
      ...MANY,
      interferences: [campaignIs(5 * MINUTE, "paused"), campaignIs(5.5 * MINUTE, "running")],
      faults: {
        weak: [{ fromMs: MINUTE, toMs: 3 * MINUTE, callsPerSecondMax: 2 }],
        sluggish: [{ fromMs: 4 * MINUTE, toMs: 4 * MINUTE + 5_000, delayMs: 600 }],
        carriers: { carrier: { capacity: 8, refuses: [{ fromMs: 2 * MINUTE, toMs: 2.5 * MINUTE }] } },
        kills: [{ fromMs: 6 * MINUTE, toMs: 6 * MINUTE + 3_000 }],
      },
    },
  },
} as const satisfies Record<string, Weather>;
