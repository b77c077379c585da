/** Weathers in which the database goes away while calls live, and the daemon is killed meanwhile. */
import { RESTLESS } from "../../../src/simulation/agent-at-work.ts";
import type { ShiftFaults } from "../../../src/simulation/shift.ts";
import { FEW, GENEROUS, MINUTE, POWER } from "./scene.ts";
import type { Weather } from "./scene.ts";

/** Away; killed in the midst of it; back before the database is, and with it the rows on the disk. */
const KILLED_WHILE_AWAY: ShiftFaults = {
  storeAway: [
    { fromMs: 2 * MINUTE, toMs: 4 * MINUTE },
    { fromMs: 6 * MINUTE, toMs: 7 * MINUTE + 30_000 },
    { fromMs: 9 * MINUTE, toMs: 9 * MINUTE + 20_000 },
  ],
  kills: [
    { fromMs: 2 * MINUTE + 45_678, toMs: 2 * MINUTE + 51_000 },
    // Again, while it waits for the database; and once more as the rows are being written.
    { fromMs: 3 * MINUTE + 20_000, toMs: 3 * MINUTE + 25_000 },
    { fromMs: 4 * MINUTE + 5_030, toMs: 4 * MINUTE + 10_000 },
    { fromMs: 7 * MINUTE + 29_000, toMs: 7 * MINUTE + 34_000 },
    { fromMs: 9 * MINUTE + 5_500, toMs: 9 * MINUTE + 40_000 },
  ],
};

export const STORE_AWAY = {
  "the store away and the daemon killed": {
    options: { leads: 100, habits: RESTLESS, faults: KILLED_WHILE_AWAY },
  },
  "the store away and the daemon killed, beside power": {
    options: {
      ...FEW,
      campaign: POWER,
      profile: { abandon: GENEROUS },
      faults: { ...KILLED_WHILE_AWAY, disk: { slowRate: 0.2, slowMs: 400 }, store: { ackLostRate: 0.1 } },
    },
  },
  "the store away, and people who call back": {
    options: { leads: 80, agents: 4, returnPercent: 40, faults: KILLED_WHILE_AWAY },
  },
  "a store that hangs": {
    options: { faults: { store: { slowRate: 0.3, slowMs: 9_000 } } },
  },
  "the store away, and a disk without room": {
    options: {
      faults: {
        storeAway: [{ fromMs: 2 * MINUTE, toMs: 5 * MINUTE }],
        diskFull: [{ fromMs: 2 * MINUTE + 10_000, toMs: 6 * MINUTE }],
      },
    },
  },
  "the store away, and a spool that is full": {
    options: { faults: { storeAway: [{ fromMs: 2 * MINUTE, toMs: 5 * MINUTE }], disk: { rowsMax: 15 } } },
  },
} as const satisfies Record<string, Weather>;
