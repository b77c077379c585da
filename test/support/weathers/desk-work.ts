/** Weathers in which agents put people on hold and send machines to the message, at any moment and in any trouble. */
import { BUSY_FINGERS, RESTLESS } from "../../../src/simulation/agent-at-work.ts";
import { DEFAULT_DESK } from "../../../src/domain/desk.ts";
import { AMD_OFF } from "../../../src/domain/campaign.ts";
import { BLIND, commanded, MINUTE, STOPPED } from "./scene.ts";
import type { Weather } from "./scene.ts";

/** So short a hold that agents are warned, and people brought back without being asked for. */
const DESK = {
  amd: { ...AMD_OFF, voicemailMessage: "sound:please-call-back" },
  desk: { ...DEFAULT_DESK, holdMaxMs: 15_000, voicemailWrapUpMs: 0 },
};
const RESTLESS_FINGERS = { ...RESTLESS, holds: 400, reports: 60 };

export const DESK_WORK = {
  "agents who hold, and send machines to the message": {
    options: { leads: 100, campaign: DESK, habits: BUSY_FINGERS },
  },
  "agents who hold, and commands that fail": {
    options: {
      leads: 100,
      campaign: DESK,
      habits: BUSY_FINGERS,
      // Where messages fail as well, the campaign stops, and nobody is held any more.
      faults: { refusedRate: 0.1, refusesOnly: ["hold", "resume", "unbridge"], unknownRate: 0.02 },
      interferences: [2, 3, 4, 5].flatMap((minute) => [
        ...[1, 2, 3].map((agent) => commanded(minute * MINUTE + agent * 321, agent, { type: "hold" })),
        ...[1, 2, 3].map((agent) => commanded(minute * MINUTE + 4_000 + agent * 321, agent, { type: "resume" })),
        ...[4, 5, 6].map((agent) => commanded(minute * MINUTE + agent * 321, agent, { type: "voicemail" })),
      ]),
    },
    except: BLIND,
    someWereRefused: true,
  },
  "agents who hold, in a storm": {
    options: {
      leads: 100,
      campaign: DESK,
      habits: RESTLESS_FINGERS,
      faults: {
        wire: { lossRate: 0.02, duplicateRate: 0.1, lateRate: 0.1, lateMaxMs: 2_000 },
        cuts: [{ fromMs: 2 * MINUTE, toMs: 2.5 * MINUTE, noticedAfterMs: 4_000, requestsToo: false }],
        refusedRate: 0.01,
        unknownRate: 0.01,
        store: { ackLostRate: 0.05, slowRate: 0.1, slowMs: 3_000 },
        storeAway: [{ fromMs: 5 * MINUTE, toMs: 6 * MINUTE }],
        kills: [
          { fromMs: 4 * MINUTE, toMs: 4 * MINUTE + 3_000 },
          { fromMs: 7 * MINUTE, toMs: 7 * MINUTE + 3_000 },
        ],
      },
    },
    // Both messages refused, or swallowed by the cut, look like two broken files.
    complains: [STOPPED],
    except: BLIND,
    someWereLost: true,
    someWereRefused: true,
  },
  "agents who hold, and a daemon killed four times": {
    options: {
      leads: 100,
      campaign: DESK,
      habits: { ...BUSY_FINGERS, reports: 20 },
      faults: {
        kills: [2, 4, 6, 8].map((minute) => ({ fromMs: minute * MINUTE, toMs: minute * MINUTE + 2_000 })),
      },
    },
  },
} as const satisfies Record<string, Weather>;
