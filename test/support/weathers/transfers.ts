/** Weathers in which agents pass people on, at any moment and in any trouble, and somebody listens. */
import { agentId, campaignId } from "../../../src/domain/ids.ts";
import { DEFAULT_DESK, type DeskRules } from "../../../src/domain/desk.ts";
import { PASSERS_ON, RESTLESS } from "../../../src/simulation/agent-at-work.ts";
import { BLIND, commanded, MINUTE } from "./scene.ts";
import type { Weather } from "./scene.ts";

const OUTSIDE = "+442079460999";

const DESK: DeskRules = {
  ...DEFAULT_DESK,
  holdMaxMs: 15_000,
  outsideNumbers: [OUTSIDE],
  transferKeys: [
    { key: "1", kind: "blind", to: { campaignId: campaignId(1) } },
    { key: "2", kind: "blind", to: { number: OUTSIDE } },
    { key: "3", kind: "consulted", to: { number: OUTSIDE } },
    { key: "4", kind: "consulted", to: { campaignId: campaignId(1) } },
  ],
};

/** One of them listens to another whenever they are on a pause. */
const LISTENED = [1, 2, 3, 4, 5, 6, 7, 8].flatMap((minute) => [
  commanded(minute * MINUTE, 1, { type: "pause", pauseReason: "listening" }),
  commanded(minute * MINUTE + 20_000, 1, { type: "supervise", agentId: agentId(2), mode: "listen", follow: true }),
  commanded(minute * MINUTE + 30_000, 1, { type: "supervise", agentId: agentId(2), mode: "join", follow: true }),
  commanded(minute * MINUTE + 40_000, 1, { type: "makeAvailable" }),
]);

export const TRANSFERS = {
  "agents who pass people on, and one who listens": {
    options: { leads: 120, campaign: { desk: DESK }, habits: PASSERS_ON, interferences: LISTENED },
  },
  "agents who pass people on, and commands that fail": {
    options: {
      leads: 120,
      campaign: { desk: DESK },
      habits: PASSERS_ON,
      faults: { refusedRate: 0.15, refusesOnly: ["hold", "resume", "unbridge", "meet", "handOver", "sendHome"] },
    },
    someWereRefused: true,
  },
  "agents who pass people on, in a storm": {
    options: {
      leads: 120,
      campaign: { desk: DESK },
      habits: { ...RESTLESS, transfers: 500 },
      faults: {
        wire: { lossRate: 0.02, duplicateRate: 0.1, lateRate: 0.1, lateMaxMs: 2_000 },
        cuts: [{ fromMs: 2 * MINUTE, toMs: 2.5 * MINUTE, noticedAfterMs: 4_000, requestsToo: false }],
        refusedRate: 0.01,
        unknownRate: 0.01,
        store: { ackLostRate: 0.05, slowRate: 0.1, slowMs: 3_000 },
        storeAway: [{ fromMs: 5 * MINUTE, toMs: 6 * MINUTE }],
        kills: [{ fromMs: 4 * MINUTE, toMs: 4 * MINUTE + 3_000 }],
      },
    },
    except: BLIND,
    someWereLost: true,
    someWereRefused: true,
  },
  "agents who pass people on, and a daemon killed four times": {
    options: {
      leads: 120,
      campaign: { desk: DESK },
      habits: PASSERS_ON,
      faults: {
        kills: [2, 4, 6, 8].map((minute) => ({ fromMs: minute * MINUTE, toMs: minute * MINUTE + 2_000 })),
      },
    },
  },
} as const satisfies Record<string, Weather>;
