/** What the weathers are made of: how they are described, and settings that several share. */
import { MANUAL_PAUSE, type AgentCommand } from "../../../src/agent/agent.ts";
import type { AmdSettings, CampaignState } from "../../../src/domain/campaign.ts";
import { agentId } from "../../../src/domain/ids.ts";
import { DEFAULT_PREVIEW } from "../../../src/domain/preview.ts";
import { type JudgedPromise } from "../../../src/simulation/record-of.ts";
import { HARD_TO_REACH } from "../../../src/simulation/population.ts";
import { PRETEND_PROFILE } from "../../../src/simulation/pretend-profile.ts";
import type { Interference, ShiftOptions } from "../../../src/simulation/shift.ts";

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

export const MINUTE = 60_000;
export const HOUR = 60 * MINUTE;
export const faults = (faults: NonNullable<ShiftOptions["faults"]>): { options: Omit<ShiftOptions, "seed"> } => ({
  options: { faults },
});

export const campaignIs = (atMs: number, desiredState: CampaignState): Interference => ({
  atMs,
  act: (tables) => {
    for (const campaign of tables.campaigns.values()) tables.putCampaign({ ...campaign, desiredState });
  },
});

export const commanded = (atMs: number, agent: number, command: AgentCommand): Interference => ({
  atMs,
  act: (tables, now) => {
    tables.addAgentCommand(agentId(agent), command, now);
  },
});

/** What nobody can promise whose ears or hands are unreliable. */
export const BLIND = ["served-in-time", "never-silent", "message-to-its-end"] as const;

const { abandon } = PRETEND_PROFILE;
export const { clock } = PRETEND_PROFILE;
export const POWER = { mode: "power", dialLevelPercent: 250 } as const;
/** Where an abandon is affordable in a shift of a hundred calls. */
export const GENEROUS = { ...abandon, throttleBasisPoints: 1_500, stopBasisPoints: 2_000, ceilingBasisPoints: 2_000 };
/** More agents than lines would hide what power dialling is about. */
export const FEW = { leads: 150, agents: 4 };
/** Three calls for each answer, and a target that lets a few dozen answers show what overdialling does. */
export const PREDICTIVE = {
  leads: 250,
  agents: 6,
  mix: HARD_TO_REACH,
  campaign: { mode: "predictive" },
  profile: { abandon: { ...abandon, throttleBasisPoints: 800, stopBasisPoints: 2_000, ceilingBasisPoints: 2_000 } },
} as const satisfies Omit<ShiftOptions, "seed">;
export const WITH_RECOURSE = { ...PREDICTIVE, campaign: { mode: "predictive", recourse: true } } as const;
export const PREVIEW = { mode: "preview" } as const;
/** Whoever lets the time run out has not called anybody. */
export const BY_HAND = { mode: "preview", preview: { ...DEFAULT_PREVIEW, timeMs: 30_000, auto: false } } as const;
/** A campaign that AMD listens for, as it would be set; and its two stricter sisters. */
export const TALK: AmdSettings = { kind: "talk", onMachine: "hang-up", voicemailMessage: null, samplePercent: 20 };
export const PARALLEL: AmdSettings = { ...TALK, kind: "parallel" };
export const LEAVES = { onMachine: "message", voicemailMessage: "sound:please-call-back" } as const;
/** Two calls of a thousand that it takes for machines are people. */
export const TESTED = { sampled: 5_000, humansFound: 10 };
export const LISTENED = { ...FEW, profile: { abandon: GENEROUS }, amdTest: TESTED } as const;
export const MISSING = "a message does not play";
export const STOPPED = "the campaign is stopped";

export const suppressed = (atMs: number, count: number): Interference => ({
  atMs,
  act: (tables, now) => {
    const waiting = [...tables.leads.values()].filter(({ state }) => state === "ready" || state === "leased");
    for (const { numbers } of waiting.slice(0, count)) {
      for (const { number } of numbers) if (!tables.suppressed.has(number)) tables.suppressed.set(number, now);
    }
  },
});

/** Every few seconds somebody asks for a lead by name: a free one, one that a hopper holds, the same one twice. */
export const askedByName: readonly Interference[] = Array.from({ length: 60 }, (_, index) => ({
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
