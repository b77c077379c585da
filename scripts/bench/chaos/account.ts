// The account of a round: every call that the telephone network saw, beside the rows and beside what people heard.

import type { ChannelRecord } from "../../lab/cel.ts";
import type { Hearing } from "../../lab/listeners.ts";
import { became } from "../silence/figures.ts";
import type { Spell } from "./faults.ts";

/** What is read of an attempt's row. Milliseconds since 1970. */
export type Row = {
  readonly attemptId: string;
  readonly number: string;
  readonly outcome: string | null;
  readonly decidedAt: number;
  readonly connectedAt: number | null;
  readonly endedAt: number | null;
  readonly endedBy: string | null;
};

export type RoundAccount = {
  /** Calls that the network saw. */
  readonly originated: number;
  /** Of them, those for which a row stands that says how they ended. */
  readonly accountedFor: number;
  /** Numbers that were called more than once. */
  readonly dialledTwice: number;
  /** People who heard nothing, though the parts that were left could have spoken to them. */
  readonly silent: number;
  /** People who heard nothing because no sound could get through, or all calls ended with the part. */
  readonly silentByFault: number;
  /** People who heard the first word later than two seconds after their answer. */
  readonly late: number;
  /** Conversations that ended before the person hung up. */
  readonly cutOff: number;
  /** What is wrong, a sentence each. */
  readonly faults: readonly string[];
};

/** An INVITE and its row are dated by different machines, and a row may be settled by the last moment that is known. */
const SLACK_MS = 2_000;
/** The first word, from the answer (rule UK-CLK-1). */
const HEARD_WITHIN_MS = 2_000;
/** Outcomes that say that nobody was rung. */
const NEVER_LEFT: ReadonlySet<string> = new Set([
  ...["not-placed", "suppressed", "preview-rejected", "preview-closed", "preview-timed-out"],
  ...["callback-agent-missing", "place-refused", "trunk-unreachable", "all-trunks-busy"],
]);

export const numberOf = (call: ChannelRecord): string =>
  call.dialled.startsWith("+") ? call.dialled : `+${call.dialled}`;

export type Seen = {
  readonly calls: readonly ChannelRecord[];
  readonly rows: readonly Row[];
  readonly hearings: readonly Hearing[];
  readonly spell: Spell;
  /** Every call in progress at its beginning ended with the part. */
  readonly endsEveryCall: boolean;
  /** No sound got through while it lasted. */
  readonly isDeaf: boolean;
};

export function accountOf(seen: Seen): RoundAccount {
  const faults: string[] = [];
  const { calls, rows } = seen;
  const free = new Set(rows);
  let accountedFor = 0;
  const perNumber = new Map<string, number>();
  for (const call of calls) {
    const number = numberOf(call);
    perNumber.set(number, (perNumber.get(number) ?? 0) + 1);
    const row = [...free].find((each) => isOf(each, call, number));
    if (row === undefined) {
      const near = rows.filter((each) => each.number === number);
      faults.push(`${number}, called at ${iso(call.startedAt)}, has no row that says so: ${JSON.stringify(near)}`);
      continue;
    }
    free.delete(row);
    accountedFor += 1;
  }
  const twice = [...perNumber].filter(([, count]) => count > 1);
  for (const [number, count] of twice) {
    const theirs = rows.filter((each) => each.number === number);
    faults.push(`${number} was called ${String(count)} times: ${JSON.stringify(theirs)}`);
  }
  const silent = seen.hearings.filter((each) => became(each) === "silent");
  const excused = silent.filter((each) => isExcused(each, seen));
  const lost = conversationsCutOff(seen);
  for (const each of silent) if (!excused.includes(each)) faults.push(`silent: ${inWords(each, seen)}`);
  for (const each of lost) faults.push(`a conversation was cut off: ${inWords(each, seen)}`);
  return {
    originated: calls.length,
    accountedFor,
    dialledTwice: twice.length,
    silent: silent.length - excused.length,
    silentByFault: excused.length,
    late: seen.hearings.filter(({ firstSoundAfterMs: ms }) => ms !== null && ms > HEARD_WITHIN_MS).length,
    cutOff: lost.length,
    faults,
  };
}

/** A row with an outcome that does not deny the call, decided before it and ended after it began. */
function isOf(row: Row, call: ChannelRecord, number: string): boolean {
  if (row.number !== number || row.outcome === null || NEVER_LEFT.has(row.outcome)) return false;
  const endedAt = row.endedAt ?? Infinity;
  return row.decidedAt <= call.startedAt + SLACK_MS && endedAt >= call.startedAt - SLACK_MS;
}

/**
 * In progress when all calls ended, or gone before sound could get through again. A phone that rings when Asterisk dies rings
 * on, since nobody is left to tell it, and whoever picks it up hears nobody, however soon the next Asterisk is there.
 */
function isExcused(hearing: Hearing, { calls, spell, endsEveryCall, isDeaf }: Seen): boolean {
  const endedAt = hearing.answeredAt + hearing.stayedMs;
  const overlaps = hearing.answeredAt <= spell.backAt && endedAt >= spell.goneAt;
  if (endsEveryCall) return endedAt >= spell.goneAt && calls.some((call) => isOfBefore(call, hearing, spell));
  // Two seconds are theirs before anything is owed, and as much again may pass until the network repeats its answer.
  return isDeaf && overlaps && endedAt <= spell.backAt + 2 * HEARD_WITHIN_MS;
}

/** What Asterisk sent as it was killed arrives a moment later. */
const ON_THE_WAY_MS = 100;

const isOfBefore = (call: ChannelRecord, { number, answeredAt }: Hearing, { goneAt }: Spell): boolean =>
  numberOf(call) === number && call.startedAt <= Math.min(answeredAt, goneAt + ON_THE_WAY_MS);

/** Whoever talked and was hung up on: agents of the lab never do that. */
function conversationsCutOff({ hearings, calls, rows, spell, endsEveryCall }: Seen): readonly Hearing[] {
  const wasEnded = new Set(calls.filter(({ endedByPeer }) => endedByPeer === true).map(numberOf));
  return hearings.filter(
    (each) =>
      // A message that was frozen in its middle sounds like nobody's words: what it was, the row knows better.
      became(each) === "connected" &&
      rows.some(({ number, connectedAt }) => number === each.number && connectedAt !== null) &&
      wasEnded.has(each.number) &&
      !(endsEveryCall && each.answeredAt <= spell.backAt),
  );
}

const iso = (at: number): string => new Date(at).toISOString();

function inWords(each: Hearing, { rows, spell }: Seen): string {
  const row = rows.filter(({ number }) => number === each.number);
  const after = Math.round(each.answeredAt - spell.goneAt);
  return `${each.number} answered ${String(after)} ms after the fault, which lasted ${String(spell.backAt - spell.goneAt)} ms, stayed ${String(Math.round(each.stayedMs))} ms, first heard something after ${String(each.firstSoundAfterMs)} ms; rows ${JSON.stringify(row)}`;
}
