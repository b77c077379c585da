/** An attempt's facts as columns of its row, and back. One table says which is which. */
import {
  type AttemptFacts,
  type EndedBy,
  type EndReason,
  type MessageState,
  type PlaceFailure,
  type Ringing,
  type Stamp,
} from "../domain/attempt.ts";
import { agentId } from "../domain/ids.ts";
import type { SqlValue } from "./database.ts";
import { clippedOrNull, dateOf, dateOrNull, instantOf, instantOrNull } from "./rows.ts";

/** Longest Call-ID that is kept whole; RFC 3261 sets no limit. */
const CALL_ID_CHARACTERS_MAX = 255;

/** The instants, each in two columns: `…_at` by our clock, `…_asterisk_at` by Asterisk's. */
const STAMPS = [
  ["placedAt", "placed"],
  ["progressAt", "progress"],
  ["ringingAt", "ringing"],
  ["answeredAt", "answered"],
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
  readonly ended_by: EndedBy | null;
  readonly end_reason: EndReason | null;
  readonly place_failure: PlaceFailure | null;
  readonly cause: number | null;
  readonly sip: number | null;
  readonly sip_call_id: string | null;
  readonly agent_id: number | null;
  readonly agent_leg_failed: number;
};

/** For a select: `prefix` is the table's alias with its dot, or nothing. */
export const factColumns = (prefix: string): string =>
  [
    ...STAMPS.flatMap(([, name]) => [`${name}_at`, `${name}_asterisk_at`]),
    ...["ringing", "message", "ended_by", "end_reason", "place_failure", "cause", "sip", "sip_call_id"],
    ...["agent_id", "agent_leg_failed"],
  ]
    .map((column) => prefix + column)
    .join(", ");

const stampOf = (at: Date | null, asteriskAt: Date | null): Stamp | null =>
  at === null ? null : { at: instantOf(at), asteriskAt: instantOrNull(asteriskAt) };

export const factsOf = (row: FactColumns): AttemptFacts => ({
  placedAt: stampOf(row.placed_at, row.placed_asterisk_at),
  ringing: row.ringing,
  progressAt: stampOf(row.progress_at, row.progress_asterisk_at),
  ringingAt: stampOf(row.ringing_at, row.ringing_asterisk_at),
  answeredAt: stampOf(row.answered_at, row.answered_asterisk_at),
  connectedAt: stampOf(row.connected_at, row.connected_asterisk_at),
  messageAt: stampOf(row.message_at, row.message_asterisk_at),
  message: row.message,
  endedAt: stampOf(row.ended_at, row.ended_asterisk_at),
  endedBy: row.ended_by,
  endReason: row.end_reason,
  placeFailure: row.place_failure,
  cause: row.cause,
  sip: row.sip,
  sipCallId: row.sip_call_id,
  agentId: row.agent_id === null ? null : agentId(row.agent_id),
  agentLegFailed: row.agent_leg_failed === 1,
});

const stampValues = (stamp: Stamp | null): [Date | null, Date | null] =>
  stamp === null ? [null, null] : [dateOf(stamp.at), dateOrNull(stamp.asteriskAt)];

/** In the order of {@link factColumns}, which every statement that writes them keeps. */
export const factValues = (facts: AttemptFacts): SqlValue[] => [
  ...STAMPS.flatMap(([fact]) => stampValues(facts[fact])),
  facts.ringing,
  facts.message,
  facts.endedBy,
  facts.endReason,
  facts.placeFailure,
  facts.cause,
  facts.sip,
  clippedOrNull(facts.sipCallId, CALL_ID_CHARACTERS_MAX),
  facts.agentId,
  facts.agentLegFailed ? 1 : 0,
];
