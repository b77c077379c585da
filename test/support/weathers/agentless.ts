/** Weathers of campaigns without agents: whoever answers meets a call flow, and presses what they like. */
import type { Flow } from "../../../src/flow/flow.ts";
import { CHOOSY, RESTLESS } from "../../../src/simulation/agent-at-work.ts";
import type { ShiftOptions } from "../../../src/simulation/shift.ts";
import { flowOf } from "../flows.ts";

const MINUTE = 60_000;

/** Every kind of step there is, so that keys pressed at random come to all of them. */
export const EVERY_STEP = `
  a: { play: [sound:hello], then: who }
  who: { branch: { on: answeredBy, cases: [{ is: machine, then: machine }], otherwise: menu } }
  machine: { leaveMessage: { say: [sound:machine], beepWait: 15s }, then: end }
  right: { confirmPerson: { prompt: [sound:is-it-you], person: confirmed, somebodyElse: thanks, otherwise: thanks } }
  menu:
    gather:
      prompt: [sound:menu]
      keys: { "1": right, "2": choose, "3": agent, "4": later, "5": secret, "0": agent }
      wait: 3s
      tries: 5
      otherwise: thanks
  confirmed: { setResult: { delivery: confirmed }, then: thanks }
  choose:
    chooseDate:
      { prompt: [sound:which], from: days, offer: [sound:day, { offered: date }, { offered: key }], into: day, declined: agent, none: agent, otherwise: thanks }
    then: chosen
  chosen: { setResult: { delivery: moved }, then: thanks }
  later: { askCallback: { after: 2h }, then: thanks }
  secret:
    gather: { prompt: [sound:pin], digits: { least: 2, most: 4, into: pin, sensitive: true, keep: true }, otherwise: thanks }
    then: thanks
  agent: { handOver: { say: [sound:wait], meanwhile: [sound:music], wait: 20s, nobody: nobody } }
  nobody: { play: [sound:nobody-is-free], then: menu }
  no: { play: [sound:we-will-not-call], then: end }
  thanks: { play: [sound:thanks], then: end }
`;

const HEAD = `
optOut: { key: "*", go: no }
attributes: { days: dates }
results: { delivery: [confirmed, moved], day: date, pin: digits }
`;

export const everyStep = (): Flow => flowOf(EVERY_STEP, HEAD);

/** What makes a campaign one without agents, and carry out that flow. */
export const AGENTLESS = {
  flows: [{ flowId: 1, flow: everyStep() }],
  attributes: { days: "2026-11-25, 2026-11-26" },
  campaign: { mode: "agentless", flow: { flowId: 1, name: "every-step", version: "0123456789abcdef" }, linesMax: 12 },
  leads: 120,
  endAfterMs: 30 * MINUTE,
} as const satisfies Omit<ShiftOptions, "seed">;

const TALK = { kind: "talk", onMachine: "agent", voicemailMessage: null, samplePercent: 5 } as const;
const FIRST_WORDS = "sound:hello";
const BLIND = ["served-in-time", "never-silent", "message-to-its-end"] as const;

export const AGENTLESS_WEATHERS = {
  // Whoever asks for an agent and gets none is not called again by nobody.
  agentless: { options: { ...AGENTLESS, agents: 4, habits: CHOOSY }, staysUnfinished: true },
  "agentless, and nobody there": { options: { ...AGENTLESS, agents: 0 }, staysUnfinished: true },
  // Whoever was taken for a machine is not called again without an agent for a day.
  "agentless, with AMD": {
    options: { ...AGENTLESS, agents: 3, campaign: { ...AGENTLESS.campaign, amd: TALK } },
    staysUnfinished: true,
  },
  "agentless beside progressive": {
    options: { ...AGENTLESS, leads: 60, agents: 5, habits: RESTLESS, secondCampaign: { mode: "progressive" } },
    staysUnfinished: true,
  },
  "agentless, its first words missing for a while": {
    options: {
      ...AGENTLESS,
      agents: 2,
      faults: { missingMedia: [{ media: FIRST_WORDS, fromMs: 2 * MINUTE, toMs: 6 * MINUTE }] },
    },
    complains: ["a message does not play"],
    staysUnfinished: true,
  },
  "agentless, words in the middle missing for a while": {
    options: {
      ...AGENTLESS,
      agents: 2,
      faults: { missingMedia: [{ media: "sound:menu", fromMs: 2 * MINUTE, toMs: 6 * MINUTE }] },
    },
    complains: ["a message does not play"],
    staysUnfinished: true,
  },
  "agentless, a daemon killed twice": {
    options: {
      ...AGENTLESS,
      agents: 4,
      faults: {
        kills: [
          { fromMs: 2 * MINUTE, toMs: 2 * MINUTE + 3_000 },
          { fromMs: 4 * MINUTE + 1_234, toMs: 5 * MINUTE },
        ],
      },
    },
    staysUnfinished: true,
  },
  "agentless, in a storm": {
    options: {
      ...AGENTLESS,
      agents: 4,
      habits: RESTLESS,
      faults: {
        wire: { lossRate: 0.02, duplicateRate: 0.1, lateRate: 0.1, lateMaxMs: 1_000 },
        cuts: [{ fromMs: 2 * MINUTE, toMs: 2.5 * MINUTE, noticedAfterMs: 4_000, requestsToo: true }],
        refusedRate: 0.02,
        unknownRate: 0.02,
        store: { ackLostRate: 0.05, slowRate: 0.1, slowMs: 3_000 },
        storeAway: [{ fromMs: 5 * MINUTE, toMs: 6 * MINUTE }],
        kills: [{ fromMs: 4 * MINUTE, toMs: 4 * MINUTE + 3_000 }],
      },
    },
    except: BLIND,
    someWereLost: true,
    someWereRefused: true,
    complains: ["the campaign is stopped", "a message does not play"],
    staysUnfinished: true,
  },
} as const;
