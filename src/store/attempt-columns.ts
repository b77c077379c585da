/** An attempt's facts as columns of its row, and back. One table says which is which. */
import type { AmdVerdict } from "../domain/amd.ts";
import {
  type AttemptFacts,
  type EndedBy,
  type EndReason,
  type MessageChoice,
  type MessageState,
  type PlaceFailure,
  type Ringing,
  type Stamp,
  type VerdictAct,
} from "../domain/attempt.ts";
import { agentId } from "../domain/ids.ts";
import type { SqlValue } from "./database.ts";
import { clippedOrNull, dateOf, dateOrNull, instantOf, instantOrNull } from "./rows.ts";

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
  readonly message_choice: MessageChoice | null;
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
};

const STAMP_COLUMNS = STAMPS.flatMap(([, name]) => [`${name}_at`, `${name}_asterisk_at`]);
const COLUMNS = [
  ...STAMP_COLUMNS,
  ...["ringing", "message", "message_choice", "ended_by", "end_reason", "place_failure", "cause", "sip", "sip_call_id"],
  ...["agent_id", "agent_leg_failed", "verdict", "verdict_cause", "verdict_act"],
];

/** For a select: `prefix` is the table's alias with its dot, or nothing. */
export const factColumns = (prefix: string): string => COLUMNS.map((column) => prefix + column).join(", ");

/** For an update that says how it was; with {@link factValues}. */
export const factAssignments = (): string => COLUMNS.map((column) => `${column} = ?`).join(", ");

/** The further of two words of a scale: what was known, and what is told. */
const further = (told: string, column: string, scale: readonly string[]): string => {
  const words = scale.map((word) => `'${word}'`).join(", ");
  return `elt(greatest(field(${told}, ${words}), field(${column}, ${words})), ${words})`;
};

const CHOICES = "'campaign', 'builtIn', 'voicemail'";
const IS_NEW_CHOICE = `field(?, ${CHOICES}) > field(coalesce(message_choice, ''), ${CHOICES})`;

/**
 * For an update that lets facts grow and never shrink; with {@link growthValues}. A second message begins from the start,
 * so its state is taken as told; assigned before the choice, which it is compared with.
 */
export const factGrowth = (): string =>
  [
    ...STAMP_COLUMNS.map((column) => `${column} = coalesce(${column}, ?)`),
    `ringing = ${further("?", "ringing", ["none", "early", "ringing"])}`,
    `message = if(${IS_NEW_CHOICE}, ?, ${further("?", "message", ["none", "started", "finished", "failed"])})`,
    `message_choice = if(${IS_NEW_CHOICE}, ?, message_choice)`,
    ...["ended_by", "end_reason", "place_failure", "cause", "sip", "sip_call_id", "agent_id"].map(
      (column) => `${column} = coalesce(?, ${column})`,
    ),
    "agent_leg_failed = greatest(agent_leg_failed, ?)",
    ...["verdict", "verdict_cause", "verdict_act"].map((column) => `${column} = coalesce(${column}, ?)`),
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
});

const stampValues = (stamp: Stamp | null): [Date | null, Date | null] =>
  stamp === null ? [null, null] : [dateOf(stamp.at), dateOrNull(stamp.asteriskAt)];

/** In the order of {@link factColumns} and {@link factAssignments}. */
export const factValues = (facts: AttemptFacts): SqlValue[] => [
  ...stampsOf(facts),
  facts.ringing,
  facts.message,
  facts.messageChoice,
  ...othersOf(facts),
];

/** In the order of {@link factGrowth}. */
export const growthValues = (facts: AttemptFacts): SqlValue[] => [
  ...stampsOf(facts),
  facts.ringing,
  ...[facts.messageChoice, facts.message, facts.message],
  ...[facts.messageChoice, facts.messageChoice],
  ...othersOf(facts),
];

const stampsOf = (facts: AttemptFacts): SqlValue[] => STAMPS.flatMap(([fact]) => stampValues(facts[fact]));

const othersOf = (facts: AttemptFacts): SqlValue[] => [
  facts.endedBy,
  facts.endReason,
  facts.placeFailure,
  facts.cause,
  facts.sip,
  clippedOrNull(facts.sipCallId, CALL_ID_CHARACTERS_MAX),
  facts.agentId,
  facts.agentLegFailed ? 1 : 0,
  facts.verdict,
  clippedOrNull(facts.verdictCause, VERDICT_CAUSE_CHARACTERS_MAX),
  facts.verdictAct,
];
