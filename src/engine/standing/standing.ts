/**
 * Where a running campaign stands on this node: what keeps it from placing more, in one word and in one sentence. The
 * list is complete: whoever holds a campaign back must name one of these, and each has its sentence.
 */
import type { CallingHours, DiallingMode } from "../../domain/campaign.ts";
import { LINES_PER_AGENT_MAX } from "../../pacing/bank.ts";
import type { Because } from "../../pacing/predictive.ts";
import type { Allowance, AllowanceCode } from "../rules/allowance.ts";
import type { OverloadStatus, Shortage, TrunkStanding } from "../pacing/overload.ts";
import type { Bar } from "../rules/rule-book.ts";

export type StandingCode =
  | HeldCode
  | Exclude<AllowanceCode, "free">
  | "agents"
  | "previewing"
  | "no-leads"
  | "few-leads"
  | "hours-closed"
  | "guaranteed-only"
  | "lines"
  | "campaign-lines"
  | "agent-lines"
  | "spoken-for"
  | Exclude<Shortage, "lines">
  | "cps"
  | "slowed"
  | "credit"
  | "dial-level"
  | "stale"
  | "learning"
  | "jumped"
  | "tokens"
  | "loss";

/** Nothing is placed, and pacing is not asked. */
export type HeldCode =
  | "paused"
  | "stopped"
  | "stopping"
  | "draining"
  | "node-drained"
  | "reconciling"
  | "telephony-down"
  | "store-away"
  | "store-refuses"
  | "mode"
  | "trunk-missing"
  | "trunk-open"
  | "asterisk-stalled"
  | "saturated"
  | "barred"
  | "no-agents"
  | "agents-paused";

export interface AgentCounts {
  readonly available: number;
  /** With a lead on their screen. */
  readonly previewing: number;
  readonly reserved: number;
  readonly onCall: number;
  readonly wrapUp: number;
  readonly paused: number;
}

/** The figures that go with it, as they were when the report was made. */
export interface StandingFacts {
  readonly mode: DiallingMode;
  readonly trunk: string;
  /** Logged in on this node. */
  readonly agents: AgentCounts;
  /** Of this campaign: decided or placed, and not answered yet. */
  readonly callsOnTheirWay: number;
  /** Answered, and nobody found for them yet. */
  readonly callsWaiting: number;
  readonly leadsReady: number;
  /** By this campaign on this node, and how many it may have now; null where the trunk is not known. */
  readonly linesInUse: number;
  readonly linesMax: number | null;
  /** Calls that pacing wanted when it was asked last; null when it was not asked. */
  readonly wanted: number | null;
  readonly placedLastMinute: number;
  /** Cancelled for want of an agent. */
  readonly cancelledLastMinute: number;
  /** Predictive: the greatest loss allowed, that of the next call, and the answer rate that is reckoned with. */
  readonly theta: number | null;
  readonly loss: number | null;
  readonly answerRate: number | null;
  readonly liveAnswersSeen: number | null;
  readonly attemptsSeen: number | null;
  /** Whole abandons; null where they are not counted one by one. */
  readonly credit: number | null;
  readonly allowance: { readonly mode: Allowance["mode"]; readonly because: string } | null;
  readonly bar: Bar | null;
  readonly callingHours: readonly CallingHours[];
  /** How the node bears what is asked of it, and its trunk; null where nobody looks. */
  readonly overload: (Omit<OverloadStatus, "trunks"> & { readonly ofTrunk: TrunkStanding }) | null;
}

export interface Standing {
  readonly because: StandingCode;
  readonly says: string;
  readonly facts: StandingFacts;
}

/** What predictive pacing calls it. */
export const OF_PACING: Readonly<Record<Because, StandingCode>> = {
  stale: "stale",
  learning: "learning",
  gated: "abandon-debt",
  stopped: "last-abandon",
  jumped: "jumped",
  tokens: "tokens",
  lines: "lines",
  agentLines: "agent-lines",
  spokenFor: "spoken-for",
  leads: "few-leads",
  loss: "loss",
};

const percent = (share: number): string => `${(100 * share).toFixed(1)} %`;
const count = (number: number, noun: string): string => `${number} ${noun}${number === 1 ? "" : "s"}`;
const busy = ({ agents }: StandingFacts): string =>
  `${agents.available} available, ${agents.previewing > 0 ? `${agents.previewing} with a lead to look at, ` : ""}${agents.reserved + agents.onCall} with a call, ${agents.wrapUp} in wrap-up`;
const seen = ({ liveAnswersSeen, attemptsSeen }: StandingFacts): string =>
  liveAnswersSeen === null || attemptsSeen === null
    ? ""
    : `: ${count(Math.floor(liveAnswersSeen), "answer")} of ${count(Math.floor(attemptsSeen), "call")} so far`;

const forSeconds = (ms: number | null): string => (ms === null ? "" : ` for another ${Math.ceil(ms / 1000)} seconds`);
const inMs = (ms: number | null): string => (ms === null ? "" : ` (${Math.round(ms)} ms)`);
const refusals = (overload: StandingFacts["overload"]): string =>
  overload === null || overload.ofTrunk.heard === 0
    ? ""
    : ` (${overload.ofTrunk.refused} of the last ${overload.ofTrunk.heard})`;

/** One sentence each, with the figures that matter. */
export const SENTENCES: Readonly<Record<StandingCode, (facts: StandingFacts) => string>> = {
  paused: () => "It was paused by a manager; calls on their way go on.",
  stopped: () => "It is stopped; calls on their way go on.",
  stopping: () => "The daemon was stopped.",
  draining: () => "The daemon is drained: it places nothing more, and lets calls finish.",
  "node-drained": () => "The node is drained by a manager: it places nothing new until `fairdial node resume`.",
  reconciling: () => "The daemon is still finding out what Asterisk holds.",
  "telephony-down": () => "Asterisk cannot be reached.",
  "store-away": () => "The database does not answer, or has not been told yet what happened while it was away.",
  "store-refuses": () => "The database refuses its attempts; they are tried again after a pause.",
  mode: ({ mode }) => `This version does not dial in ${mode} mode.`,
  "trunk-missing": ({ trunk }) => `There is no trunk "${trunk}" on this node.`,
  "trunk-open": ({ trunk, overload }) =>
    `Trunk "${trunk}" refuses calls${refusals(overload)}: it is given none${forSeconds(overload?.ofTrunk.forMs ?? null)}, and then one is tried.`,
  "asterisk-stalled": ({ overload }) =>
    `Asterisk does not answer in time${inMs(overload?.answersInMs ?? null)}, and nothing is placed until it does.`,
  saturated: ({ overload }) =>
    `This process falls behind${overload === null ? "" : ` (${Math.round(overload.loopDelayMs)} ms late)`}, and places nothing until it is in time again.`,
  barred: ({ bar }) => (bar === null ? "It may not dial now." : `It may not dial: ${bar.says} (${bar.rule})`),
  "no-agents": () => "None of its agents is logged in on this node.",
  "agents-paused": ({ agents }) => `All of its agents here are paused (${agents.paused}).`,
  "account-unread": () =>
    "The abandon account has not been read lately, so each call has an agent of its own reserved for it.",
  "abandon-level": () =>
    "The abandon rate is at the level where no more calls are placed than there are agents for them.",
  "abandon-stop": () => "The abandon rate is at the level where each call has an agent of its own reserved for it.",
  "no-target": () =>
    "Its profile names no abandon level to stay below, so no more calls are placed than agents are free.",
  "last-abandon": () =>
    "One abandon more would break the limit before calling ends, so each call has an agent of its own reserved for it.",
  "abandon-debt": () => "More abandons were spent than earned, so no more calls are placed than agents are free.",
  agents: (facts) => `No agent is free beyond the calls on their way (${busy(facts)}).`,
  previewing: ({ agents }) =>
    `Its agents look at leads (${agents.previewing} now); each lead is called when its agent presses, or the time is over.`,
  "no-leads": () => "No lead is ready: the list is worked off, or what is left of it is not due yet.",
  "few-leads": ({ leadsReady }) => `Fewer leads are ready (${leadsReady}) than calls are wanted.`,
  "hours-closed": () => "It is outside its calling hours wherever its people live.",
  "guaranteed-only": () => "The leads that are ready may be called with a reserved agent only, and none is free.",
  lines: ({ trunk, linesInUse }) => `All lines of trunk "${trunk}" are taken (${linesInUse} by this campaign).`,
  "campaign-lines": ({ linesInUse }) => `It has as many calls as it may have at once (${linesInUse}).`,
  "agent-lines": ({ callsOnTheirWay }) =>
    `There are ${LINES_PER_AGENT_MAX} lines for each agent in use, and no campaign gets more (${count(callsOnTheirWay, "call")} on their way).`,
  "spoken-for": ({ callsWaiting }) =>
    `No agent is left for another call: each is promised, leaves after the present one, or is awaited by people who have answered (${callsWaiting} of this campaign).`,
  cps: ({ trunk }) => `Trunk "${trunk}" takes no more calls per second.`,
  "trunk-limited": ({ trunk, linesInUse, overload }) =>
    `Trunk "${trunk}" refused calls${refusals(overload)}, so it is trusted with ${overload?.ofTrunk.linesTrusted ?? "fewer"} lines for now (${linesInUse} taken by this campaign); they come back little by little.`,
  "trunk-probing": ({ trunk }) =>
    `Trunk "${trunk}" refused calls: one is being tried on it, and more follow when it rings.`,
  "node-lines": () => "This node has as many calls as it may have at once, all trunks together (overload.callsMax).",
  slowed: ({ overload }) =>
    `${overload?.because === "process" ? "This process had fallen behind" : "Asterisk answers late"}, so ${overload?.callsPerSecond?.toFixed(1) ?? "fewer"} calls per second are placed for now.`,
  credit: ({ credit }) => `The strict gate allows ${credit ?? 0} more overdialled calls, whole abandons counted.`,
  "dial-level": () => "As many calls are on their way as its dial level asks for.",
  stale: () => "What happened in the last seconds is not known yet, so no more calls are placed than agents are free.",
  learning: (facts) => `Predictive pacing is still learning, one call for each agent${seen(facts)}.`,
  jumped: () => "Far more people answer than expected; it is one call for each agent until that is understood.",
  tokens: () => "Calls are placed as fast as a forecast may be trusted.",
  loss: ({ loss, theta }) =>
    loss === null || theta === null
      ? "The next call, if answered, would too probably find nobody."
      : `The next call, if answered, would find nobody with a probability of ${percent(loss)}, and ${percent(theta)} is the most.`,
};
