/** An attempt's facts as columns of its row, and back. One table says which is which. */
import type { AmdVerdict } from "../domain/amd.ts";
import {
  type AttemptFacts,
  type EndedBy,
  type EndReason,
  type MessageState,
  type PlaceFailure,
  type Ringing,
  type Stamp,
  type VerdictAct,
  type WordsChoice,
} from "../domain/attempt.ts";
import { agentId } from "../domain/ids.ts";
import type { Instant } from "../domain/instant.ts";
import { clippedOrNull, dateOf, instantOf, instantOrNull } from "./rows.ts";

/** Longest Call-ID that is kept whole; RFC 3261 sets no limit. */
const CALL_ID_CHARACTERS_MAX = 255;
const VERDICT_CAUSE_CHARACTERS_MAX = 64;

/** The instants, each in two columns: `…_at` by our clock, `…_asterisk_at` by Asterisk's. */
const STAMPS = [
  ["placedAt", "placed"],
  ["progressAt", "progress"],
  ["ringingAt", "ringing"],
  ["answeredAt", "answered"],
  ["speechStartedAt", "speech_started"],
  ["greetingEndedAt", "greeting_ended"],
  ["verdictAt", "verdict"],
  ["voiceAt", "voice"],
  ["machineReportedAt", "machine_reported"],
  ["connectedAt", "connected"],
  ["messageAt", "message"],
  ["endedAt", "ended"],
] as const satisfies readonly (readonly [keyof AttemptFacts, string])[];

type StampColumns = Readonly<
  Record<`${(typeof STAMPS)[number][1]}_at` | `${(typeof STAMPS)[number][1]}_asterisk_at`, Date | null>
>;

export type FactColumns = StampColumns & {
  readonly ringing: Ringing;
  readonly message: MessageState;
  readonly message_choice: WordsChoice | null;
  readonly ended_by: EndedBy | null;
  readonly end_reason: EndReason | null;
  readonly place_failure: PlaceFailure | null;
  readonly cause: number | null;
  readonly sip: number | null;
  readonly sip_call_id: string | null;
  readonly agent_id: number | null;
  readonly agent_leg_failed: number;
  readonly verdict: AmdVerdict | null;
  readonly verdict_cause: string | null;
  readonly verdict_act: VerdictAct | null;
  readonly agent_waited_ms: number | null;
};

const STAMP_COLUMNS = STAMPS.flatMap(([, name]) => [`${name}_at`, `${name}_asterisk_at`]);
const WORDS = [
  ...["ringing", "message", "message_choice", "ended_by", "end_reason", "place_failure", "sip_call_id"],
  ...["verdict", "verdict_cause", "verdict_act"],
];
const NUMBERS = ["cause", "sip", "agent_id", "agent_leg_failed", "agent_waited_ms"];
const COLUMNS = [...STAMP_COLUMNS, ...WORDS, ...NUMBERS];

/** For a select: `prefix` is the table's alias with its dot, or nothing. */
export const factColumns = (prefix: string): string => COLUMNS.map((column) => prefix + column).join(", ");

/** What a table of facts is told as: the columns of a `json_table`, one row for each attempt; see {@link factsToTell}. */
export const factTable = (): string =>
  [
    ...STAMP_COLUMNS.map((column) => `${column} datetime(3) path '$.${column}'`),
    ...WORDS.map((column) => `${column} varchar(255) path '$.${column}'`),
    ...NUMBERS.map((column) => `${column} int path '$.${column}'`),
  ].join(", ");

/** For an update of `a` that says how it was, by the table of facts `c`. */
export const factAssignments = (): string => COLUMNS.map((column) => `a.${column} = c.${column}`).join(", ");

/** The further of two words of a scale: what was known, and what is told. */
const further = (told: string, column: string, scale: readonly string[]): string => {
  const words = scale.map((word) => `'${word}'`).join(", ");
  return `elt(greatest(field(${told}, ${words}), field(${column}, ${words})), ${words})`;
};

const CHOICES = "'flow', 'campaign', 'builtIn', 'voicemail'";
const IS_NEW_CHOICE = `field(c.message_choice, ${CHOICES}) > field(coalesce(a.message_choice, ''), ${CHOICES})`;

/** Both clocks' instants together; what was only found at a look gives way to what Asterisk says of it itself. */
const stampGrowth = (name: string): readonly [string, string] => {
  const isTold = `a.${name}_asterisk_at is null and c.${name}_asterisk_at is not null`;
  return [
    `a.${name}_at = if(a.${name}_at is null or (${isTold}), c.${name}_at, a.${name}_at)`,
    `a.${name}_asterisk_at = coalesce(a.${name}_asterisk_at, c.${name}_asterisk_at)`,
  ];
};

/**
 * For an update of `a` that lets facts grow and never shrink, by the table of facts `c`. A second message begins from the
 * start, so its state is taken as told; assigned before the choice, which it is compared with, as an instant of ours is
 * before Asterisk's.
 */
export const factGrowth = (): string =>
  [
    ...STAMPS.flatMap(([, name]) => stampGrowth(name)),
    `a.ringing = ${further("c.ringing", "a.ringing", ["none", "early", "ringing"])}`,
    `a.message = if(${IS_NEW_CHOICE}, c.message, ${further("c.message", "a.message", ["none", "started", "finished", "failed"])})`,
    `a.message_choice = if(${IS_NEW_CHOICE}, c.message_choice, a.message_choice)`,
    ...["ended_by", "end_reason", "place_failure", "cause", "sip", "sip_call_id", "agent_id"].map(
      (column) => `a.${column} = coalesce(c.${column}, a.${column})`,
    ),
    "a.agent_leg_failed = greatest(a.agent_leg_failed, c.agent_leg_failed)",
    ...["verdict", "verdict_cause", "verdict_act"].map((column) => `a.${column} = coalesce(a.${column}, c.${column})`),
    // Told anew, longer, by whoever asks for an agent a second time.
    "a.agent_waited_ms = coalesce(greatest(c.agent_waited_ms, a.agent_waited_ms), c.agent_waited_ms, a.agent_waited_ms)",
  ].join(", ");

const stampOf = (at: Date | null, asteriskAt: Date | null): Stamp | null =>
  at === null ? null : { at: instantOf(at), asteriskAt: instantOrNull(asteriskAt) };

export const factsOf = (row: FactColumns): AttemptFacts => ({
  placedAt: stampOf(row.placed_at, row.placed_asterisk_at),
  ringing: row.ringing,
  progressAt: stampOf(row.progress_at, row.progress_asterisk_at),
  ringingAt: stampOf(row.ringing_at, row.ringing_asterisk_at),
  answeredAt: stampOf(row.answered_at, row.answered_asterisk_at),
  speechStartedAt: stampOf(row.speech_started_at, row.speech_started_asterisk_at),
  greetingEndedAt: stampOf(row.greeting_ended_at, row.greeting_ended_asterisk_at),
  connectedAt: stampOf(row.connected_at, row.connected_asterisk_at),
  messageAt: stampOf(row.message_at, row.message_asterisk_at),
  message: row.message,
  messageChoice: row.message_choice,
  endedAt: stampOf(row.ended_at, row.ended_asterisk_at),
  endedBy: row.ended_by,
  endReason: row.end_reason,
  placeFailure: row.place_failure,
  cause: row.cause,
  sip: row.sip,
  sipCallId: row.sip_call_id,
  agentId: row.agent_id === null ? null : agentId(row.agent_id),
  agentLegFailed: row.agent_leg_failed === 1,
  verdict: row.verdict,
  verdictAt: stampOf(row.verdict_at, row.verdict_asterisk_at),
  verdictCause: row.verdict_cause,
  verdictAct: row.verdict_act,
  voiceAt: stampOf(row.voice_at, row.voice_asterisk_at),
  machineReportedAt: stampOf(row.machine_reported_at, row.machine_reported_asterisk_at),
  agentWaitedMs: row.agent_waited_ms,
});

/** As a datetime is written in UTC with milliseconds, inside a JSON text. */
export const told = (at: Instant): string => dateOf(at).toISOString().slice(0, 23).replace("T", " ");

/** One attempt's facts as {@link factTable} reads them; what is not known is left out, and so is null there. */
export const factsToTell = (facts: AttemptFacts): Readonly<Record<string, string | number>> => {
  const row: Record<string, string | number> = {
    ringing: facts.ringing,
    message: facts.message,
    agent_leg_failed: facts.agentLegFailed ? 1 : 0,
  };
  const tell = (column: string, value: string | number | null): void => {
    if (value !== null) row[column] = value;
  };
  for (const [fact, name] of STAMPS) {
    const stamp: Stamp | null = facts[fact];
    if (stamp === null) continue;
    row[`${name}_at`] = told(stamp.at);
    if (stamp.asteriskAt !== null) row[`${name}_asterisk_at`] = told(stamp.asteriskAt);
  }
  tell("message_choice", facts.messageChoice);
  tell("ended_by", facts.endedBy);
  tell("end_reason", facts.endReason);
  tell("place_failure", facts.placeFailure);
  tell("cause", facts.cause);
  tell("sip", facts.sip);
  tell("sip_call_id", clippedOrNull(facts.sipCallId, CALL_ID_CHARACTERS_MAX));
  tell("agent_id", facts.agentId);
  tell("verdict", facts.verdict);
  tell("verdict_cause", clippedOrNull(facts.verdictCause, VERDICT_CAUSE_CHARACTERS_MAX));
  tell("verdict_act", facts.verdictAct);
  tell("agent_waited_ms", facts.agentWaitedMs);
  return row;
};
