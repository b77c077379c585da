/**
 * The journal's entries as the engine writes them, and how they are read back. One rule to remember: a journal may come
 * from an older version, or from a disk that tore it: what is missing is null, what is nonsense is told by name.
 */
import type { CallEffect, CallEvent } from "../call/call.ts";
import type { LivingReturn, ReturnCall, ReturnEffect, ReturnEvent } from "../call/return-call.ts";
import type { CampaignRules, Evidence } from "../compliance/dial-facts.ts";
import type { AccountDay, AccountEntry, AccountReading } from "../domain/account.ts";
import { NOTHING_KNOWN } from "../domain/attempt.ts";
import type { AttemptFacts, AttemptState } from "../domain/attempt.ts";
import type { Campaign } from "../domain/campaign.ts";
import type { ConnectClock } from "../domain/connect-clock.ts";
import type { AgentId, AttemptId, CampaignId, LeadId, NumberId } from "../domain/ids.ts";
import type { Instant } from "../domain/instant.ts";
import type { Outcome } from "../domain/outcome.ts";
import type { ReturnId, ReturnOutcome } from "../domain/return-call.ts";
import type { Press, PreviewEndName } from "../domain/preview.ts";
import type { GapHow } from "../domain/recording.ts";

/** A line of the journal: an instant, a kind, and whatever belongs to it. */
export type JournalEntry = { readonly at: Instant; readonly kind: string } & Readonly<Record<string, unknown>>;

interface Of<Kind extends string> {
  readonly kind: Kind;
  readonly at: Instant;
}

export interface AttemptDecided extends Of<"attempt-decided"> {
  readonly attemptId: AttemptId;
  readonly campaignId: CampaignId;
  readonly leadId: LeadId;
  readonly numberId: NumberId;
  readonly trunk: string;
  /** Reserved for it before it was placed. */
  readonly agentId: AgentId | null;
  readonly overdial: boolean;
  /** The promise that it is to keep; null for none. `undefined` where the version that wrote it knew of no promises. */
  readonly callbackId: number | null | undefined;
  readonly principal: string | null;
  readonly centre: string | null;
  readonly profile: string | null;
  readonly profileVersion: string | null;
  readonly clock: ConnectClock | null;
  readonly evidence: Evidence | null;
  /** What made it: null where the version that wrote it knew of pacing only. */
  readonly begunBy: "pacing" | "press" | "manual" | null;
}

/** An agent's phone was sent back to its own bridge, and is not known to be there. */
export interface PhoneAstray extends Of<"phone-astray"> {
  readonly agentId: AgentId;
  /** The call that it was brought to. */
  readonly attemptId: AttemptId;
  readonly answer: "refused" | "unknown";
}

export interface PreviewShown extends Of<"preview-shown"> {
  readonly attemptId: AttemptId;
  readonly agentId: AgentId;
  readonly leadId: LeadId;
  readonly numberId: NumberId;
  readonly untilAt: Instant;
  /** Called by itself when the time is over. */
  readonly auto: boolean;
}

export interface PreviewPressed extends Of<"preview-pressed"> {
  readonly attemptId: AttemptId;
  readonly by: Press;
}

export interface AttemptEnded extends Of<"attempt-ended"> {
  readonly attemptId: AttemptId;
  readonly outcome: Outcome;
  readonly facts: AttemptFacts;
  /** `undefined` where the version that wrote it kept no account. */
  readonly account: { readonly entry: AccountEntry; readonly day: AccountDay } | null | undefined;
}

export interface CallMoved extends Of<"call"> {
  readonly attemptId: AttemptId;
  readonly event: CallEvent;
  readonly before: AttemptState;
  readonly after: AttemptState;
  readonly deadlineAt: Instant | null;
  readonly effects: readonly CallEffect[];
}

/** A call flow went a step; what must not be written down is hidden. */
export interface FlowMoved extends Of<"flow"> {
  readonly attemptId: AttemptId;
  readonly event: { readonly type: string };
  readonly before: string;
  readonly after: string;
  readonly deadlineAt: Instant | null;
  readonly effects: readonly { readonly type: string }[];
}

export interface ManualAsked extends Of<"manual-asked"> {
  readonly manualId: number;
  readonly agentId: AgentId;
  readonly leadId: LeadId;
}

export interface ReturnMoved extends Of<"return"> {
  readonly returnId: ReturnId;
  readonly event: ReturnEvent;
  readonly before: LivingReturn["state"];
  readonly after: ReturnCall["state"];
  readonly effects: readonly ReturnEffect[];
}

export interface ReturnEnded extends Of<"return-ended"> {
  readonly returnId: ReturnId;
  readonly outcome: ReturnOutcome;
}

export interface RecordingTold extends Of<"recording"> {
  readonly attemptId: AttemptId;
  readonly what: "asked" | "started" | "paused" | "resumed" | "ended" | "failed" | "found";
  readonly by: string;
  readonly how: GapHow;
}

/** How far a trunk is trusted from now on. */
export interface TrunkTold extends Of<"trunk"> {
  readonly trunk: string;
  readonly state: "closed" | "open" | "probing";
  /** Null: all its lines, or none. */
  readonly linesTrusted: number | null;
  /** While it is open. */
  readonly until: Instant | null;
}

export interface PacingSaid extends Of<"pacing"> {
  readonly campaignId: CampaignId;
  readonly wanted: number;
  readonly allowed: number;
  readonly placed: number;
  readonly linesMax: number;
  readonly gate: { readonly mode: GateMode; readonly credit: number | null } | null;
}

export type GateMode = "free" | "oneToOne" | "reserved";

export interface AccountRead extends Of<"account"> {
  readonly campaignId: CampaignId;
  readonly readings: readonly AccountReading[];
  readonly mode: GateMode | null;
  /** Of what was dropped as a machine, so many may have been people; one for each reading, null where no test says. */
  readonly peoplePerMillion: readonly (number | null)[];
}

export type Entry =
  | (Of<"engine"> & {
      readonly what: "started" | "draining" | "stopped";
      readonly nodeId: string | null;
      /** At a start: whether a manager wants nothing placed there. */
      readonly drained: boolean;
    })
  | (Of<"node-wish"> & { readonly drained: boolean })
  | (Of<"store"> & { readonly state: "away" | "back" })
  | (Of<"spool"> & {
      readonly what: "torn" | "found" | "replayed" | "refused" | "lost";
      readonly rows: number | null;
      readonly job: string | null;
    })
  | (Of<"connection"> & { readonly state: "up" | "down" | "replaced" })
  | AttemptDecided
  /** Decided, and never written: the store's guard refused it, or the lead was another node's by then. */
  | (Of<"attempt-withdrawn"> & { readonly attemptId: AttemptId })
  | CallMoved
  | AttemptEnded
  | (Of<"agent"> & {
      readonly agentId: AgentId;
      readonly before: string;
      readonly after: string;
      readonly attemptId: AttemptId | null;
    })
  | PhoneAstray
  | PreviewShown
  | PreviewPressed
  | (Of<"preview-ended"> & { readonly attemptId: AttemptId; readonly end: PreviewEndName })
  | FlowMoved
  | ManualAsked
  | (Of<"manual-answered"> & { readonly manualId: number; readonly attemptId: AttemptId | null })
  | (Of<"return-arrived"> & { readonly returnId: ReturnId })
  | (Of<"return-known"> & {
      readonly returnId: ReturnId;
      readonly campaignId: CampaignId | null;
      readonly leadId: LeadId | null;
      readonly seeks: boolean;
    })
  | ReturnMoved
  | ReturnEnded
  | RecordingTold
  | PacingSaid
  /** How many calls a second this node may place; null: as many as its trunks take, 0: none. */
  | (Of<"throttle"> & { readonly callsPerSecond: number | null; readonly because: "asterisk" | "process" | null })
  | TrunkTold
  | (Of<"refused"> & { readonly leadId: LeadId; readonly rule: string | null })
  /** Not at this hour, or on no number of theirs: no rule of compliance said so. */
  | (Of<"lead-put-off"> & { readonly leadId: LeadId })
  /** Rules are null when the campaign's profile is unknown, or contradicted by the campaign. */
  | (Of<"campaign"> & { readonly campaign: Campaign; readonly rules: CampaignRules | null })
  | (Of<"campaign-barred"> & {
      readonly campaignId: CampaignId;
      readonly bar: { readonly rule: string; readonly says: string } | null;
    })
  | AccountRead
  | (Of<"alarm"> & {
      readonly campaignId: CampaignId | null;
      readonly attemptId: AttemptId | null;
      readonly code: string;
      readonly stops: boolean;
    })
  | (Of<"disposition"> & { readonly attemptId: AttemptId | null; readonly agentId: AgentId; readonly code: string });

export type Read =
  | { readonly what: "entry"; readonly entry: Entry }
  /** Of a kind that is nobody's business here. */
  | { readonly what: "other"; readonly at: Instant }
  | { readonly what: "nonsense"; readonly because: string };

type Kind = Entry["kind"];
type Want = "flag" | "text" | "count" | "list" | "object" | "text?" | "count?";

/** What an entry cannot be judged without. */
const NEEDED: Readonly<Record<Kind, Readonly<Record<string, Want>>>> = {
  engine: { what: "text" },
  "node-wish": { drained: "flag" },
  connection: { state: "text" },
  store: { state: "text" },
  spool: { what: "text" },
  "attempt-decided": {
    attemptId: "text",
    campaignId: "count",
    leadId: "count",
    numberId: "count",
    trunk: "text",
    agentId: "count?",
  },
  "attempt-withdrawn": { attemptId: "text" },
  call: { attemptId: "text", event: "object", before: "text", after: "text", effects: "list", deadlineAt: "count?" },
  "attempt-ended": { attemptId: "text", outcome: "text", facts: "object" },
  agent: { agentId: "count", after: "text", attemptId: "text?" },
  "phone-astray": { agentId: "count", attemptId: "text", answer: "text" },
  "preview-shown": { attemptId: "text", agentId: "count", leadId: "count", numberId: "count", untilAt: "count" },
  "preview-pressed": { attemptId: "text", by: "text" },
  "preview-ended": { attemptId: "text", end: "text" },
  flow: { attemptId: "text", event: "object", before: "text", after: "text", effects: "list", deadlineAt: "count?" },
  "manual-asked": { manualId: "count", agentId: "count", leadId: "count" },
  "manual-answered": { manualId: "count", attemptId: "text?" },
  "return-arrived": { returnId: "text" },
  "return-known": { returnId: "text", campaignId: "count?", leadId: "count?" },
  return: { returnId: "text", event: "object", before: "text", after: "text", effects: "list" },
  "return-ended": { returnId: "text", outcome: "text" },
  recording: { attemptId: "text", what: "text", by: "text", how: "text" },
  pacing: { campaignId: "count", wanted: "count", allowed: "count", placed: "count", linesMax: "count" },
  throttle: { callsPerSecond: "count?", because: "text?" },
  trunk: { trunk: "text", state: "text", linesTrusted: "count?", until: "count?" },
  refused: { leadId: "count" },
  "lead-put-off": { leadId: "count" },
  campaign: { campaign: "object" },
  "campaign-barred": { campaignId: "count" },
  account: { campaignId: "count", readings: "list" },
  alarm: { code: "text" },
  disposition: { agentId: "count", code: "text" },
};

/** What was left out by a version that did not know it. */
const ABSENT: Partial<Record<Kind, Readonly<Record<string, unknown>>>> = {
  engine: { nodeId: null, drained: false },
  "attempt-decided": {
    overdial: false,
    // Not null: the version that left it out kept no limits by the day or week, and must not be held to them.
    callbackId: undefined,
    principal: null,
    centre: null,
    profile: null,
    profileVersion: null,
    clock: null,
    evidence: null,
    begunBy: null,
  },
  "preview-shown": { auto: false },
  spool: { rows: null, job: null },
  pacing: { gate: null },
  refused: { rule: null },
  campaign: { rules: null },
  "campaign-barred": { bar: null },
  account: { mode: null, peoplePerMillion: [] },
  alarm: { campaignId: null, attemptId: null, stops: false },
  disposition: { attemptId: null },
};

const isObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === "object" && value !== null && !Array.isArray(value);

const isWanted = (value: unknown, want: Want): boolean => {
  switch (want) {
    case "flag":
      return typeof value === "boolean";
    case "text":
      return typeof value === "string";
    case "text?":
      return value === null || typeof value === "string";
    case "count":
      return Number.isFinite(value);
    case "count?":
      return value === null || Number.isFinite(value);
    case "list":
      return Array.isArray(value);
    case "object":
      return isObject(value);
  }
};

const isKind = (kind: string): kind is Kind => Object.hasOwn(NEEDED, kind);

/** As lists: a journal has millions of entries, and a list is walked along without being made anew. */
const NEEDED_PAIRS = new Map(Object.entries(NEEDED).map(([kind, needed]) => [kind, Object.entries(needed)] as const));
const ABSENT_NAMES = new Map(Object.entries(ABSENT).map(([kind, absent]) => [kind, Object.keys(absent)] as const));
const FACTS = Object.keys(NOTHING_KNOWN);

const hasAll = (value: object, names: readonly string[]): boolean => {
  for (const name of names) if (!Object.hasOwn(value, name)) return false;
  return true;
};

/** From what JSON made of a line. */
export function readEntry(value: unknown): Read {
  if (!isObject(value)) return { what: "nonsense", because: "no object" };
  const { at, kind } = value;
  if (typeof at !== "number" || !Number.isFinite(at)) return { what: "nonsense", because: "no instant" };
  if (typeof kind !== "string") return { what: "nonsense", because: "no kind" };
  if (!isKind(kind)) return { what: "other", at: at as Instant };
  for (const [name, want] of NEEDED_PAIRS.get(kind) ?? []) {
    if (!isWanted(value[name], want)) return { what: "nonsense", because: `${kind} without ${name}` };
  }
  const hasFacts = kind !== "attempt-ended" || hasAll(value["facts"] as object, FACTS);
  if (hasFacts && hasAll(value, ABSENT_NAMES.get(kind) ?? []))
    return { what: "entry", entry: value as unknown as Entry };
  // Not by spreading: an object made of two spreads has a shape of its own (V8 11), and every look at it takes long.
  const whole: Record<string, unknown> = Object.assign({}, ABSENT[kind], value);
  if (kind === "attempt-ended") whole["facts"] = Object.assign({}, NOTHING_KNOWN, value["facts"]);
  // Written by our own engine in these words; what the shape above does not cover is believed.
  return { what: "entry", entry: whole as unknown as Entry };
}
