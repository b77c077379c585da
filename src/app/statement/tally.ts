/** What a statement counts, fed attempt by attempt. Counts and times only; what they mean is said elsewhere. */
import { rangForMs } from "../../compliance/account.ts";
import { NO_COUNTS, type AccountCounts, type AccountDay, type AccountEntry } from "../../domain/account.ts";
import type { Stamp } from "../../domain/attempt.ts";
import type { Outcome } from "../../domain/outcome.ts";
import type { AttemptOfDay } from "../../store/index.ts";
import { isTakenBack } from "./breaches.ts";
import { seenIn } from "./seen.ts";

/** Kept apart, since each of them is another thing in the eyes of a regulator. */
export const ENDINGS = [
  "abandonedWithMessage",
  "silent",
  "hungUpEarly",
  "connectedLate",
  "cancelledWhileRinging",
] as const;
export type Ending = (typeof ENDINGS)[number];

export type EndedByWhom = "us" | "agent" | "farEnd" | "asterisk" | "unknown";

export interface Spread {
  readonly count: number;
  readonly min: number;
  readonly p50: number;
  readonly p99: number;
  readonly max: number;
}

/** By nearest rank: the smallest that at least so many per cent do not exceed. Null without values. */
export function spreadOf(values: readonly number[]): Spread | null {
  const sorted = Float64Array.from(values).sort();
  const rank = (share: number): number => sorted[Math.max(0, Math.ceil(share * sorted.length) - 1)] ?? 0;
  if (sorted.length === 0) return null;
  return { count: sorted.length, min: rank(0), p50: rank(0.5), p99: rank(0.99), max: rank(1) };
}

export interface Counted {
  /** Decisions to dial, those taken back before anything could leave left out. */
  readonly attempts: number;
  readonly open: number;
  readonly answered: number;
  readonly takenBack: number;
  readonly overdialled: number;
  readonly outcomes: Readonly<Partial<Record<Outcome, number>>>;
  readonly endings: Readonly<Record<Ending, Readonly<Record<EndedByWhom, number>>>>;
  readonly cancelledRangMs: Spread | null;
  readonly answerToMessageMs: Spread | null;
  readonly answerToAgentMs: Spread | null;
  /** Attempts by profile and version, message file, and presented number. */
  readonly profiles: readonly {
    readonly profile: string | null;
    readonly version: string | null;
    readonly attempts: number;
  }[];
  readonly messages: readonly { readonly media: string; readonly sha256: string; readonly attempts: number }[];
  readonly cliNumbers: readonly { readonly cliNumber: string; readonly attempts: number }[];
}

const nobody = (): Record<EndedByWhom, number> => ({ us: 0, agent: 0, farEnd: 0, asterisk: 0, unknown: 0 });

const bump = <Key>(counts: Map<Key, number>, key: Key): void => {
  counts.set(key, (counts.get(key) ?? 0) + 1);
};

const mostFirst = <Row extends object>(counts: ReadonlyMap<string, number>, read: (key: string) => Row) =>
  [...counts]
    .sort(([a, many], [b, more]) => more - many || (a < b ? -1 : 1))
    .map(([key, attempts]) => ({ ...read(key), attempts }));

export class Tally {
  #attempts = 0;
  #open = 0;
  #answered = 0;
  #takenBack = 0;
  #overdialled = 0;
  readonly #outcomes = new Map<Outcome, number>();
  readonly #endings: Record<Ending, Record<EndedByWhom, number>> = {
    abandonedWithMessage: nobody(),
    silent: nobody(),
    hungUpEarly: nobody(),
    connectedLate: nobody(),
    cancelledWhileRinging: nobody(),
  };
  readonly #rangMs: number[] = [];
  readonly #toMessageMs: number[] = [];
  readonly #toAgentMs: number[] = [];
  readonly #profiles = new Map<string, number>();
  readonly #messages = new Map<string, number>();
  readonly #cliNumbers = new Map<string, number>();

  /** `entry` as it counts now, after what the agent said. */
  add(attempt: AttemptOfDay, entry: AccountEntry | null): void {
    const { facts, outcome } = attempt;
    if (outcome === null) this.#open += 1;
    else bump(this.#outcomes, outcome);
    if (isTakenBack(attempt)) {
      this.#takenBack += 1;
      return;
    }
    this.#attempts += 1;
    if (attempt.overdial) this.#overdialled += 1;
    if (facts.answeredAt !== null) this.#answered += 1;
    const ending = endingOf(attempt, entry);
    if (ending !== null) this.#endings[ending][facts.endedBy ?? "unknown"] += 1;
    if (ending === "cancelledWhileRinging") push(this.#rangMs, rangForMs(facts));
    push(this.#toMessageMs, msFrom(facts.answeredAt, facts.message === "failed" ? null : facts.messageAt));
    push(this.#toAgentMs, msFrom(facts.answeredAt, facts.connectedAt));
    bump(this.#profiles, JSON.stringify([attempt.profile, attempt.profileVersion]));
    bump(this.#cliNumbers, attempt.cliNumber);
    const message = seenIn(attempt.evidence)?.message ?? null;
    if (message !== null) bump(this.#messages, JSON.stringify([message.media, message.sha256]));
  }

  get counted(): Counted {
    return {
      attempts: this.#attempts,
      open: this.#open,
      answered: this.#answered,
      takenBack: this.#takenBack,
      overdialled: this.#overdialled,
      outcomes: Object.fromEntries([...this.#outcomes].sort(([a], [b]) => (a < b ? -1 : 1))),
      endings: this.#endings,
      cancelledRangMs: spreadOf(this.#rangMs),
      answerToMessageMs: spreadOf(this.#toMessageMs),
      answerToAgentMs: spreadOf(this.#toAgentMs),
      profiles: mostFirst(this.#profiles, (key) => {
        const [profile, version] = JSON.parse(key) as [string | null, string | null];
        return { profile, version };
      }),
      messages: mostFirst(this.#messages, (key) => {
        const [media, sha256] = JSON.parse(key) as [string, string];
        return { media, sha256 };
      }),
      cliNumbers: mostFirst(this.#cliNumbers, (cliNumber) => ({ cliNumber })),
    };
  }
}

const push = (values: number[], value: number | null): void => {
  if (value !== null) values.push(value);
};

const msFrom = (from: Stamp | null, to: Stamp | null): number | null =>
  from === null || to === null ? null : to.at - from.at;

/** Ringing that we ended before the time, or cancelled for a reason of ours, is one thing; ringing out is another. */
function endingOf({ facts, outcome }: AttemptOfDay, entry: AccountEntry | null): Ending | null {
  if (entry === "cancelledShort" || outcome === "cancelled-while-ringing") return "cancelledWhileRinging";
  if (entry === "abandonedWithMessage" || entry === "silent" || entry === "hungUpEarly") return entry;
  // An agent who was late was late, whatever they say of the call.
  return entry === "connectedLate" && facts.connectedAt !== null ? "connectedLate" : null;
}

/** Counts by day. */
export class DayCounts {
  readonly #days = new Map<AccountDay, AccountCounts>();

  add(day: AccountDay, entry: AccountEntry | null): void {
    const counts = this.#days.get(day) ?? NO_COUNTS;
    this.#days.set(day, entry === null ? counts : { ...counts, [entry]: counts[entry] + 1 });
  }

  of(day: AccountDay): AccountCounts {
    return this.#days.get(day) ?? NO_COUNTS;
  }

  /** Every entry of these days. */
  sum(): AccountCounts {
    return sumOf([...this.#days.values()]);
  }
}

export const sumOf = (all: readonly AccountCounts[]): AccountCounts =>
  all.reduce<AccountCounts>(
    (sum, counts) => ({
      connected: sum.connected + counts.connected,
      connectedLate: sum.connectedLate + counts.connectedLate,
      machineToAgent: sum.machineToAgent + counts.machineToAgent,
      abandonedWithMessage: sum.abandonedWithMessage + counts.abandonedWithMessage,
      silent: sum.silent + counts.silent,
      hungUpEarly: sum.hungUpEarly + counts.hungUpEarly,
      machineDropped: sum.machineDropped + counts.machineDropped,
      cancelledShort: sum.cancelledShort + counts.cancelledShort,
    }),
    NO_COUNTS,
  );
