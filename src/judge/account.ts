/**
 * The abandon account, counted again from the attempts that ended. One rule to remember: nothing here is taken from the
 * code that kept it.
 */
import type { AbandonRules } from "../compliance/profile.ts";
import {
  ACCOUNT_ENTRIES,
  NO_COUNTS,
  type AccountCounts,
  type AccountDay,
  type AccountEntry,
  type AccountScope,
} from "../domain/account.ts";
import type { AttemptFacts } from "../domain/attempt.ts";
import type { ConnectClock } from "../domain/connect-clock.ts";
import type { DispositionKind } from "../domain/disposition.ts";
import type { CampaignId } from "../domain/ids.ts";
import { firstWordAt, waitBegan } from "./connect-clock.ts";
import type { AttemptEnded } from "./entries.ts";
import { localTime } from "./local-time.ts";
import type { SeenAttempt } from "./scene.ts";

/** Answered, and nothing of ours to hear there. */
const NOBODYS: ReadonlySet<string> = new Set(["fax", "no-media", "ringback-after-answer", "network-machine"]);
/** What the outcome saw and the times do not: a promise that failed, an end that only looked like theirs. */
const SILENT: ReadonlySet<string> = new Set(["abandoned-silent", "agent-leg-failed", "hung-up-waiting"]);

const ofAnswered = (facts: AttemptFacts, outcome: string, clock: ConnectClock): AccountEntry | null => {
  const by = (waitBegan(facts, clock) ?? 0) + clock.limitMs;
  const { connectedAt, endedAt, endedBy, endReason } = facts;
  if (endReason === "amdMachine" || endReason === "amdMessage") return "machineDropped";
  if (SILENT.has(outcome)) return "silent";
  const heardAt = firstWordAt(facts);
  const isSpokenTo = facts.messageChoice === "flow" && facts.message !== "failed" && heardAt !== null && heardAt <= by;
  if (connectedAt !== null) return connectedAt.at > by && !isSpokenTo ? "connectedLate" : "connected";
  // Told by a flow what they were called for: no agent was owed to them, unless they asked for one.
  if (isSpokenTo && facts.agentWaitedMs === null) return null;
  if (heardAt !== null && heardAt <= by) return "abandonedWithMessage";
  return endedBy === "farEnd" && endedAt !== null && endedAt.at <= by ? "hungUpEarly" : "silent";
};

const rangShort = (facts: AttemptFacts, ringMinMs: number): boolean => {
  const { ringing, ringingAt, progressAt, endedAt, endedBy } = facts;
  if (ringing === "none" || (endedBy !== "us" && endedBy !== "agent")) return false;
  const since = ringing === "early" ? progressAt : (ringingAt ?? progressAt);
  return since === null || endedAt === null || endedAt.at - since.at < ringMinMs;
};

/** Which entry an ended attempt is; null for none. */
export const entryAgain = (
  { facts, outcome }: Pick<AttemptEnded, "facts" | "outcome">,
  clock: ConnectClock,
  ringMinMs: number,
): AccountEntry | null => {
  if (facts.answeredAt === null) return rangShort(facts, ringMinMs) ? "cancelledShort" : null;
  // Whatever it was taken for, and whoever hung up in the end.
  if (facts.verdictAct === "dropped") return "machineDropped";
  return NOBODYS.has(outcome) ? null : ofAnswered(facts, outcome, clock);
};

/** The local day it is counted on: of the answer, else of the end. */
export const dayAgain = ({ answeredAt, endedAt }: AttemptFacts, { timeZone }: AbandonRules): AccountDay | null => {
  const stamp = answeredAt ?? endedAt;
  return stamp === null ? null : (localTime(timeZone, stamp.at)?.date ?? null);
};

/** What an attempt adds; null for nothing, `undefined` where its rules are not known. */
export const accountAgain = (
  end: Pick<AttemptEnded, "facts" | "outcome">,
  seen: SeenAttempt | null,
): { readonly entry: AccountEntry; readonly day: AccountDay } | null | undefined => {
  const profile = seen?.rules?.profile;
  const clock = seen?.decided.clock ?? null;
  if (profile === undefined || clock === null) return undefined;
  const entry = entryAgain(end, clock, profile.ringMinMs);
  const day = entry === null ? null : dayAgain(end.facts, profile.abandon);
  return entry === null || day === null ? null : { entry, day };
};

export const afterDisposition = (entry: AccountEntry, kind: DispositionKind | null): AccountEntry =>
  (entry === "connected" || entry === "connectedLate") && (kind === "machine-reported" || kind === "machine-callback")
    ? "machineToAgent"
    : entry;

export interface AccountRow {
  readonly campaignId: CampaignId;
  readonly day: AccountDay;
  readonly centre: string;
  readonly entry: AccountEntry;
  readonly calls: number;
}

/** Counts by campaign, day, centre and entry. */
export class Recount {
  readonly #rows = new Map<string, Omit<AccountRow, "calls"> & { calls: number }>();

  add(row: Omit<AccountRow, "calls">, calls = 1): void {
    const key = JSON.stringify([row.campaignId, row.day, row.centre, row.entry]);
    const known = this.#rows.get(key);
    if (known === undefined) this.#rows.set(key, { ...row, calls });
    else known.calls += calls;
  }

  /** Those that are not nought. */
  *rows(): Iterable<AccountRow> {
    for (const row of this.#rows.values()) if (row.calls !== 0) yield row;
  }

  in(scope: AccountScope): AccountCounts {
    const counts: Record<AccountEntry, number> = { ...NO_COUNTS };
    for (const { campaignId, day, centre, entry, calls } of this.#rows.values()) {
      if (scope.campaignId !== null && scope.campaignId !== campaignId) continue;
      if (scope.centre !== null && scope.centre !== centre) continue;
      if (scope.fromDay <= day && day <= scope.toDay) counts[entry] += calls;
    }
    return counts;
  }
}

export const total = (counts: AccountCounts): number =>
  ACCOUNT_ENTRIES.reduce((sum, entry) => sum + ((counts[entry] as number | undefined) ?? 0), 0);

const MILLION = 1_000_000;

/** x and y of the regime's formula, with the share of machines left as it is: both times `under`. */
export const rateAgain = (
  counts: AccountCounts,
  { formula, lateIsAbandoned }: AbandonRules,
  peoplePerMillion: number | null = null,
) => {
  const dropped = counts.abandonedWithMessage + counts.silent;
  const live = counts.connected + counts.connectedLate;
  const late = lateIsAbandoned ? counts.connectedLate : 0;
  const machines = counts.machineToAgent;
  // Ofcom 2010, paragraph 4.72: less the share of machines among what reached agents. Not where AMD drops calls.
  const deducts = formula === "ofcom2010" && live > 0 && counts.machineDropped === 0;
  if (deducts) return { x: dropped * live + late * (machines + live), y: live - late, under: machines + live };
  // Without a test every one of them counts as a person.
  const people = counts.machineDropped * (peoplePerMillion ?? MILLION);
  return { x: (dropped + late) * MILLION + people, y: live - late, under: MILLION };
};
