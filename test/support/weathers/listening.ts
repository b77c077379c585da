/** Weathers in which AMD listens. */
import { RESTLESS } from "../../../src/simulation/agent-at-work.ts";
import {
  BLIND,
  FEW,
  GENEROUS,
  LEAVES,
  LISTENED,
  MINUTE,
  MISSING,
  PARALLEL,
  POWER,
  PREDICTIVE,
  STOPPED,
  TALK,
  TESTED,
  clock,
} from "./scene.ts";
import type { Weather } from "./scene.ts";

const OUTSIDE = { ...TALK, kind: "outside" } as const;
const ASTERISK = { ...TALK, kind: "asterisk" } as const;

export const LISTENING = {
  "AMD that hangs up on machines": { options: { ...LISTENED, campaign: { ...POWER, amd: TALK } } },
  "AMD that leaves messages": {
    options: { ...LISTENED, campaign: { ...POWER, amd: { ...TALK, ...LEAVES } } },
  },
  "AMD with an agent promised before": { options: { ...LISTENED, campaign: { amd: TALK } } },
  "AMD beside a conversation": { options: { ...LISTENED, campaign: { ...POWER, amd: PARALLEL } } },
  "AMD beside a conversation, that leaves messages": {
    options: { ...LISTENED, campaign: { amd: { ...PARALLEL, ...LEAVES } }, habits: RESTLESS },
  },
  "AMD by Asterisk's own": { options: { ...LISTENED, campaign: { ...POWER, amd: ASTERISK } } },
  "AMD by Asterisk's own, and some never come back from it": {
    options: {
      ...LISTENED,
      campaign: { ...POWER, amd: { ...ASTERISK, ...LEAVES } },
      faults: { wire: { lossRate: 0.05, duplicateRate: 0, lateRate: 0, lateMaxMs: 0, losesOnly: [] } },
    },
  },
  "AMD by a detector outside": { options: { ...LISTENED, campaign: { ...POWER, amd: OUTSIDE } } },
  "AMD by a detector outside that often says nothing": {
    options: {
      ...LISTENED,
      campaign: { ...POWER, amd: { ...OUTSIDE, ...LEAVES } },
      faults: {
        wire: { lossRate: 0.1, duplicateRate: 0, lateRate: 0, lateMaxMs: 0, losesOnly: [] },
        tonesRate: 0.2,
      },
    },
  },
  "AMD that hears tones": {
    options: { ...LISTENED, campaign: { ...POWER, amd: TALK }, faults: { tonesRate: 0.4 } },
  },
  "AMD beside a conversation, that hears tones": {
    options: { ...LISTENED, campaign: { ...POWER, amd: { ...PARALLEL, ...LEAVES } }, faults: { tonesRate: 0.4 } },
  },
  "AMD by Asterisk's own, that hears tones": {
    options: { ...LISTENED, campaign: { ...POWER, amd: ASTERISK }, faults: { tonesRate: 0.4 } },
  },
  "AMD that has yet to learn": {
    options: { ...FEW, campaign: { ...POWER, amd: TALK }, profile: { abandon: GENEROUS } },
  },
  "AMD whose licence runs out": {
    options: {
      ...LISTENED,
      campaign: { ...POWER, amd: TALK },
      interferences: [
        {
          atMs: 5 * MINUTE,
          act: ({ compliance }) => {
            compliance.amd.made.length = 0;
          },
        },
      ],
    },
  },
  "AMD, predictive": { options: { ...PREDICTIVE, amdTest: TESTED, campaign: { mode: "predictive", amd: TALK } } },
  "AMD by the clock of greetings": {
    options: {
      ...LISTENED,
      campaign: { ...POWER, amd: TALK },
      profile: { abandon: GENEROUS, clock: { ...clock, start: "greetingEnd", noSpeechGraceMs: 2_000 } },
    },
  },
  "AMD whose message goes missing": {
    options: {
      ...LISTENED,
      campaign: { ...POWER, amd: { ...TALK, ...LEAVES } },
      faults: { missingMedia: [{ media: LEAVES.voicemailMessage, fromMs: MINUTE, toMs: 9 * MINUTE }] },
    },
    complains: [MISSING],
  },
  "AMD in a storm": {
    options: {
      ...LISTENED,
      campaign: { ...POWER, amd: { ...TALK, ...LEAVES } },
      habits: RESTLESS,
      faults: {
        wire: { lossRate: 0.02, duplicateRate: 0.1, lateRate: 0.1, lateMaxMs: 1_000 },
        cuts: [{ fromMs: 2 * MINUTE, toMs: 2.5 * MINUTE, noticedAfterMs: 4_000, requestsToo: true }],
        refusedRate: 0.01,
        unknownRate: 0.01,
        store: { ackLostRate: 0.05, slowRate: 0.1, slowMs: 3_000 },
        kills: [{ fromMs: 4 * MINUTE, toMs: 4 * MINUTE + 3_000 }],
      },
    },
    except: BLIND,
    someWereLost: true,
    someWereRefused: true,
    complains: [STOPPED],
    staysUnfinished: true,
  },
  "AMD beside a conversation, in a storm": {
    options: {
      ...LISTENED,
      campaign: { ...POWER, amd: { ...PARALLEL, ...LEAVES } },
      habits: RESTLESS,
      faults: {
        wire: { lossRate: 0.02, duplicateRate: 0.1, lateRate: 0.1, lateMaxMs: 1_000 },
        refusedRate: 0.02,
        unknownRate: 0.02,
        kills: [{ fromMs: 4 * MINUTE, toMs: 4 * MINUTE + 3_000 }],
      },
    },
    except: BLIND,
    someWereLost: true,
    someWereRefused: true,
    complains: [STOPPED],
    staysUnfinished: true,
  },
} as const satisfies Record<string, Weather>;
