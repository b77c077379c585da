/** The weathers that a pretend shift is sailed through, and which promises each makes impossible to keep. */
import { CHOOSY, RESTLESS } from "../../src/simulation/agent-at-work.ts";
import { MANUAL_PAUSE, type AgentCommand } from "../../src/agent/agent.ts";
import { abandonRate } from "../../src/compliance/abandon-rate.ts";
import { NO_COUNTS } from "../../src/domain/account.ts";
import type { AmdSettings, CampaignState } from "../../src/domain/campaign.ts";
import { agentId } from "../../src/domain/ids.ts";
import { DEFAULT_PREVIEW } from "../../src/domain/preview.ts";
import type { Breach } from "../../src/judge/breach.ts";
import { type JudgedPromise, type Judgement, judged, recordOf } from "../../src/simulation/record-of.ts";
import { HARD_TO_REACH } from "../../src/simulation/population.ts";
import { PRETEND_PROFILE } from "../../src/simulation/pretend-profile.ts";
import { compareWithTruth, type TruthRecord } from "../../src/simulation/truth.ts";
import type { Interference, ShiftOptions, ShiftResult } from "../../src/simulation/shift.ts";

export interface Weather {
  readonly options?: Omit<ShiftOptions, "seed">;
  /** Promises to people that nobody could keep in this weather. Everything else must hold. */
  readonly except?: readonly JudgedPromise[];
  readonly someWereLost?: boolean;
  readonly someWereRefused?: boolean;
  /** Something keeps the list from being done: a stop, or caps. */
  readonly staysUnfinished?: boolean;
  /** The greatest abandon rate by the campaign's own formula, where the weather lets an account be kept; 0 to 1. */
  readonly abandonRateMax?: number;
  /** What the daemon must complain of in this weather, and in no other. */
  readonly complains?: readonly string[];
}

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const faults = (faults: NonNullable<ShiftOptions["faults"]>): { options: Omit<ShiftOptions, "seed"> } => ({
  options: { faults },
});

const campaignIs = (atMs: number, desiredState: CampaignState): Interference => ({
  atMs,
  act: (tables) => {
    for (const campaign of tables.campaigns.values()) tables.putCampaign({ ...campaign, desiredState });
  },
});

const commanded = (atMs: number, agent: number, command: AgentCommand): Interference => ({
  atMs,
  act: (tables, now) => {
    tables.addAgentCommand(agentId(agent), command, now);
  },
});

/** What nobody can promise whose ears or hands are unreliable. */
const BLIND = ["served-in-time", "never-silent", "message-to-its-end"] as const;

const { abandon, clock } = PRETEND_PROFILE;
const POWER = { mode: "power", dialLevelPercent: 250 } as const;
/** Where an abandon is affordable in a shift of a hundred calls. */
const GENEROUS = { ...abandon, throttleBasisPoints: 1_500, stopBasisPoints: 2_000, ceilingBasisPoints: 2_000 };
/** More agents than lines would hide what power dialling is about. */
const FEW = { leads: 150, agents: 4 };
/** Three calls for each answer, and a target that lets a few dozen answers show what overdialling does. */
const PREDICTIVE = {
  leads: 250,
  agents: 6,
  mix: HARD_TO_REACH,
  campaign: { mode: "predictive" },
  profile: { abandon: { ...abandon, throttleBasisPoints: 800, stopBasisPoints: 2_000, ceilingBasisPoints: 2_000 } },
} as const satisfies Omit<ShiftOptions, "seed">;
const WITH_RECOURSE = { ...PREDICTIVE, campaign: { mode: "predictive", recourse: true } } as const;
const PREVIEW = { mode: "preview" } as const;
/** Whoever lets the time run out has not called anybody. */
const BY_HAND = { mode: "preview", preview: { ...DEFAULT_PREVIEW, timeMs: 30_000, auto: false } } as const;
/** A campaign that AMD listens for, as it would be set; and its two stricter sisters. */
const TALK: AmdSettings = { kind: "talk", onMachine: "hang-up", voicemailMessage: null, samplePercent: 20 };
const PARALLEL: AmdSettings = { ...TALK, kind: "parallel" };
const LEAVES = { onMachine: "message", voicemailMessage: "sound:please-call-back" } as const;
/** Two calls of a thousand that it takes for machines are people. */
const TESTED = { sampled: 5_000, humansFound: 10 };
const LISTENED = { ...FEW, profile: { abandon: GENEROUS }, amdTest: TESTED } as const;
const MISSING = "a message does not play";
const STOPPED = "the campaign is stopped";

const suppressed = (atMs: number, count: number): Interference => ({
  atMs,
  act: (tables, now) => {
    const waiting = [...tables.leads.values()].filter(({ state }) => state === "ready" || state === "leased");
    for (const { numbers } of waiting.slice(0, count)) {
      for (const { number } of numbers) if (!tables.suppressed.has(number)) tables.suppressed.set(number, now);
    }
  },
});

/** Every few seconds somebody asks for a lead by name: a free one, one that a hopper holds, the same one twice. */
const askedByName: readonly Interference[] = Array.from({ length: 60 }, (_, index) => ({
  atMs: MINUTE + index * 5_432,
  act: (tables, now) => {
    const nodeId = tables.agents.get(agentId(1))?.nodeId ?? null;
    const those = [...tables.leads.values()].filter(({ state }) => state === "ready" || state === "leased");
    const lead = those[(index * 7) % Math.max(1, those.length)];
    if (nodeId === null || lead === undefined) return;
    const wants = agentId(1 + (index % 4));
    tables.addAgentCommand(wants, { type: "pause", pauseReason: MANUAL_PAUSE }, now);
    const waits = [...tables.agents.values()].find(({ states }) => states.at(-1)?.pauseReason === MANUAL_PAUSE);
    for (const asked of index % 3 === 0
      ? [waits?.profile.agentId ?? wants, wants]
      : [waits?.profile.agentId ?? wants]) {
      tables.manual.ask(lead, { agentId: asked, nodeId, at: now });
    }
  },
}));

export const WEATHERS = {
  "a clear day": {},
  "restless agents": { options: { habits: RESTLESS } },
  "more agents than lines": { options: { agents: 12, trunk: { linesMax: 4, cpsMax: 2, codecs: ["alaw"] } } },
  "agents with a PIN": { options: { pins: true, habits: RESTLESS } },
  "managers who interfere": {
    options: {
      interferences: [
        campaignIs(MINUTE, "paused"),
        campaignIs(2 * MINUTE, "running"),
        campaignIs(4 * MINUTE, "stopped"),
        campaignIs(4 * MINUTE + 500, "running"),
        commanded(MINUTE, 1, { type: "pause", pauseReason: "meeting" }),
        commanded(3 * MINUTE, 1, { type: "makeAvailable" }),
        ...[2, 3, 4].map((agent) => commanded(3 * MINUTE + agent * 777, agent, { type: "hangUp" })),
        ...[2, 3, 4].map((agent) => commanded(5 * MINUTE + agent * 777, agent, { type: "logOut" })),
        // An agent is taken out of the campaign, and another out of the house.
        {
          atMs: 6 * MINUTE,
          act: (tables) => {
            const agent = tables.agents.get(agentId(5));
            if (agent !== undefined)
              tables.agents.set(agentId(5), { ...agent, profile: { ...agent.profile, campaignIds: [] } });
            tables.agents.delete(agentId(6));
          },
        },
      ],
    },
  },
  "events told twice": faults({ wire: { duplicateRate: 0.2 } }),
  // An answer that is overtaken by the end of a call of twenty milliseconds never gets into its row.
  "events out of order": {
    ...faults({ wire: { lateRate: 0.2, lateMaxMs: 150 } }),
    // Nor does one who hangs up as fast look as if they had done so: it counts as silent, the reading worst for us.
    except: ["never-silent"],
    someWereLost: true,
  },
  // An answer that is told three seconds late cannot be served in two.
  "events very late": {
    ...faults({ wire: { lateRate: 0.1, lateMaxMs: 3_000 } }),
    except: BLIND,
    someWereLost: true,
  },
  "events lost": { ...faults({ wire: { lossRate: 0.05 } }), except: BLIND, someWereLost: true },
  "the socket cut, three times": faults({
    cuts: [
      { fromMs: 2 * MINUTE, toMs: 2.5 * MINUTE, noticedAfterMs: 4_000, requestsToo: false },
      { fromMs: 6 * MINUTE, toMs: 6 * MINUTE + 2_000, noticedAfterMs: 4_000, requestsToo: true },
      { fromMs: 9 * MINUTE, toMs: 10 * MINUTE, noticedAfterMs: 1_000, requestsToo: true },
    ],
  }),
  "commands refused": { ...faults({ refusedRate: 0.05 }), except: BLIND, someWereRefused: true },
  "commands unanswered": { ...faults({ unknownRate: 0.05 }), except: BLIND, someWereRefused: true },
  "calls never confirmed": faults({ unconfirmedRate: 0.1 }),
  "a slow store": faults({ store: { latencyMs: 100, slowRate: 0.1, slowMs: 3_000 } }),
  "a store that goes away": faults({
    storeAway: [
      { fromMs: 3 * MINUTE, toMs: 4 * MINUTE },
      { fromMs: 7 * MINUTE, toMs: 9 * MINUTE },
    ],
  }),
  "a store whose answers get lost": faults({ store: { ackLostRate: 0.1 } }),
  "a daemon killed twice": faults({
    kills: [
      { fromMs: 3 * MINUTE, toMs: 3 * MINUTE + 3_000 },
      { fromMs: 6 * MINUTE + 1_234, toMs: 7 * MINUTE },
    ],
  }),
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
  preview: { options: { campaign: PREVIEW, habits: CHOOSY, endAfterMs: 3 * HOUR } },
  "preview, by hand": { options: { campaign: BY_HAND, habits: CHOOSY, endAfterMs: 3 * HOUR } },
  "preview, and a limit to skipping": {
    options: {
      campaign: { ...PREVIEW, preview: { ...DEFAULT_PREVIEW, timeMs: 20_000, skipsPerHourMax: 3 } },
      habits: { ...CHOOSY, skips: 400 },
      endAfterMs: 3 * HOUR,
    },
  },
  "preview, more agents than lines": {
    options: {
      agents: 12,
      campaign: { ...PREVIEW, preview: { ...DEFAULT_PREVIEW, timeMs: 5_000 } },
      trunk: { linesMax: 2, cpsMax: 1, codecs: ["alaw"] },
      endAfterMs: 3 * HOUR,
    },
  },
  "preview, and people who object meanwhile": {
    options: {
      leads: 100,
      campaign: BY_HAND,
      habits: CHOOSY,
      endAfterMs: 3 * HOUR,
      interferences: [1, 2, 3, 4, 5, 6].map((minute) => suppressed(minute * MINUTE, 10)),
    },
  },
  "preview, and managers who interfere": {
    options: {
      campaign: BY_HAND,
      habits: CHOOSY,
      endAfterMs: 3 * HOUR,
      interferences: [
        campaignIs(MINUTE, "paused"),
        campaignIs(2 * MINUTE, "running"),
        campaignIs(4 * MINUTE, "stopped"),
        campaignIs(4 * MINUTE + 500, "running"),
        ...[1, 2, 3, 4, 5, 6].flatMap((agent) => [
          ...[3, 5, 6, 7].map((minute) => commanded(minute * MINUTE + agent * 321, agent, { type: "dial" })),
          commanded(5 * MINUTE + agent * 432, agent, { type: "skip", reason: "not-for-us" }),
          commanded(8 * MINUTE + agent * 777, agent, { type: "pause", pauseReason: "meeting" }),
          commanded(9 * MINUTE + agent * 777, agent, { type: "makeAvailable" }),
        ]),
        commanded(10 * MINUTE, 2, { type: "logOut" }),
        {
          atMs: 11 * MINUTE,
          act: (tables) => {
            const agent = tables.agents.get(agentId(5));
            if (agent !== undefined)
              tables.agents.set(agentId(5), { ...agent, profile: { ...agent.profile, campaignIds: [] } });
            tables.agents.delete(agentId(6));
          },
        },
      ],
    },
  },
  "preview beside power": {
    options: {
      leads: 60,
      endAfterMs: 60 * MINUTE,
      habits: CHOOSY,
      campaign: PREVIEW,
      secondCampaign: POWER,
      profile: { abandon: GENEROUS },
    },
    staysUnfinished: true,
  },
  "calls asked for by name": { options: { leads: 100, habits: CHOOSY, interferences: askedByName } },
  "calls asked for by name, beside power, in a storm": {
    options: {
      ...FEW,
      campaign: POWER,
      profile: { abandon: GENEROUS },
      habits: RESTLESS,
      interferences: askedByName,
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
  "calls asked for by name, while others look": {
    options: { leads: 80, campaign: BY_HAND, habits: CHOOSY, endAfterMs: 3 * HOUR, interferences: askedByName },
  },
  "preview, in a storm": {
    options: {
      campaign: BY_HAND,
      habits: { ...RESTLESS, skips: 100, walksAway: 20, doublePresses: true },
      endAfterMs: 4 * HOUR,
      faults: {
        wire: { lossRate: 0.02, duplicateRate: 0.1, lateRate: 0.1, lateMaxMs: 2_000 },
        cuts: [{ fromMs: 2 * MINUTE, toMs: 2.5 * MINUTE, noticedAfterMs: 4_000, requestsToo: true }],
        refusedRate: 0.01,
        unknownRate: 0.01,
        store: { ackLostRate: 0.05, slowRate: 0.1, slowMs: 3_000 },
        storeAway: [{ fromMs: 5 * MINUTE, toMs: 6 * MINUTE }],
        kills: [
          { fromMs: 4 * MINUTE, toMs: 4 * MINUTE + 3_000 },
          { fromMs: 10 * MINUTE, toMs: 10 * MINUTE + 3_000 },
        ],
      },
    },
    except: BLIND,
    someWereLost: true,
    someWereRefused: true,
  },
  "people who object while it rings": {
    options: { leads: 100, objectPercent: 25, interferences: [suppressed(MINUTE, 10), suppressed(3 * MINUTE, 10)] },
  },
  "a kill switch": { options: { killSwitch: [{ fromMs: 2 * MINUTE, toMs: 4 * MINUTE + 321 }] } },
  "a message that goes missing": {
    options: {
      ...FEW,
      campaign: POWER,
      profile: { abandon: GENEROUS },
      faults: { missingMedia: [{ media: "sound:information", fromMs: MINUTE, toMs: 9 * MINUTE }] },
    },
    complains: [MISSING],
  },
  "both messages missing": {
    options: {
      ...FEW,
      endAfterMs: 20 * MINUTE,
      campaign: POWER,
      profile: { abandon: GENEROUS },
      faults: {
        missingMedia: ["sound:information", "sound:fairdial/message"].map((media) => ({
          media,
          fromMs: MINUTE,
          toMs: 60 * MINUTE,
        })),
      },
    },
    // Whoever found out heard nothing.
    except: BLIND,
    someWereRefused: true,
    staysUnfinished: true,
    complains: [MISSING, STOPPED],
  },
  "two campaigns on one list": {
    options: {
      leads: 40,
      endAfterMs: 40 * MINUTE,
      secondCampaign: { mode: "power", dialLevelPercent: 150 },
      profile: { frequency: { perDayMax: 3, per24HoursMax: 3, gapMinMs: 3 * MINUTE } },
    },
    staysUnfinished: true,
  },
  "the clock of speech": {
    options: {
      ...FEW,
      campaign: POWER,
      profile: { clock: { ...clock, start: "speechStart", noSpeechGraceMs: 1_000 } },
    },
  },
  "the clock of greetings": {
    options: {
      ...FEW,
      campaign: POWER,
      profile: { clock: { ...clock, start: "greetingEnd", noSpeechGraceMs: 2_000 } },
    },
  },
  "AMD that hangs up on machines": { options: { ...LISTENED, campaign: { ...POWER, amd: TALK } } },
  "AMD that leaves messages": {
    options: { ...LISTENED, campaign: { ...POWER, amd: { ...TALK, ...LEAVES } } },
  },
  "AMD with an agent promised before": { options: { ...LISTENED, campaign: { amd: TALK } } },
  "AMD beside a conversation": { options: { ...LISTENED, campaign: { ...POWER, amd: PARALLEL } } },
  "AMD beside a conversation, that leaves messages": {
    options: { ...LISTENED, campaign: { amd: { ...PARALLEL, ...LEAVES } }, habits: RESTLESS },
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
  "everything at once": {
    options: {
      habits: RESTLESS,
      faults: {
        wire: { lossRate: 0.02, duplicateRate: 0.1, lateRate: 0.1, lateMaxMs: 2_000 },
        cuts: [{ fromMs: 2 * MINUTE, toMs: 2.5 * MINUTE, noticedAfterMs: 4_000, requestsToo: true }],
        refusedRate: 0.02,
        unknownRate: 0.02,
        unconfirmedRate: 0.02,
        store: { ackLostRate: 0.02, slowRate: 0.05, slowMs: 2_000 },
        storeAway: [{ fromMs: 5 * MINUTE, toMs: 6 * MINUTE }],
        kills: [{ fromMs: 4 * MINUTE, toMs: 4 * MINUTE + 3_000 }],
      },
    },
    // A cut that swallows both messages looks like two broken files: the campaign stops until somebody has looked.
    staysUnfinished: true,
    complains: [STOPPED],
    except: BLIND,
    someWereLost: true,
    someWereRefused: true,
  },
} as const satisfies Record<string, Weather>;

export type WeatherName = keyof typeof WEATHERS;

export const truthOf = ({ journal, tables, endedAt }: ShiftResult): TruthRecord => ({
  journal,
  rows: [...tables.attempts.values()],
  endedAt,
});

/** Of the first campaign, by the formula of the pretend profile; null without live calls. */
export const abandonRateOf = ({ tables }: ShiftResult): number | null => {
  const counts = { ...NO_COUNTS };
  for (const { campaignId, entry, calls } of tables.accounts.rows) if (campaignId === 1) counts[entry] += calls;
  const { numerator, denominator } = abandonRate(counts, PRETEND_PROFILE.abandon, { kind: "notUsed" });
  return denominator === 0 ? null : numerator / denominator;
};

/** What judge and truth have against a shift, and what the judge finds worth saying. */
export const judgementOf = (result: ShiftResult, weather: Weather = {}): Judgement => {
  const { except = [], someWereLost = false, someWereRefused = false } = weather;
  const { breaches, findings } = judged(recordOf(result), except);
  const untrue = compareWithTruth(truthOf(result), result.diaries, { someWereLost, someWereRefused });
  return { breaches: [...breaches, ...untrue], findings };
};

export const breachesOf = (result: ShiftResult, weather: Weather = {}): readonly Breach[] =>
  judgementOf(result, weather).breaches;
