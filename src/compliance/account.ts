/**
 * Which entry of the abandon account an ended attempt is, on which day, and which rows a regime adds up.
 *
 * The rule to remember: where a person answered, what they heard and when decides, and what cannot be shown counts
 * against us. The table of COMPLIANCE, "in or out of the rate", is this file.
 */
import { DateTime } from "luxon";
import type { AccountDay, AccountEntry, AccountScope } from "../domain/account.ts";
import type { AttemptFacts } from "../domain/attempt.ts";
import { isInTime } from "../domain/connect-clock.ts";
import type { ConnectClock } from "../domain/connect-clock.ts";
import type { CampaignId } from "../domain/ids.ts";
import { msBetween } from "../domain/instant.ts";
import type { Instant } from "../domain/instant.ts";
import type { Outcome } from "../domain/outcome.ts";
import type { AbandonRules } from "./profile.ts";
import { localDate } from "./wall-clock.ts";

/** What answering machine detection did with the call; null where it did not listen. */
export interface AmdAct {
  readonly dropped: boolean;
}

/**
 * Null for what is in no rate and no breach: unanswered, a fax, a network's own failure.
 *
 * @param ringMinMs least time that a call rings before we give up, counted from the first sign of ringing
 */
export function entryOf(
  facts: AttemptFacts,
  outcome: Outcome,
  clock: ConnectClock,
  ringMinMs: number,
  amd: AmdAct | null,
): AccountEntry | null {
  if (facts.answeredAt === null) return isCutShort(facts, ringMinMs) ? "cancelledShort" : null;
  // Whoever hung up first, and whatever it was taken for: some of these are people, and the estimate says how many.
  if (facts.verdictAct === "dropped") return "machineDropped";
  switch (outcome) {
    // Nothing of ours to hear: a tone, no media at all, ring tone under a false answer, a network's announcement.
    case "fax":
    case "no-media":
    case "ringback-after-answer":
    case "network-machine":
      return null;
    // The outcome saw more than the times tell: a promise that failed, an end that only looks like theirs.
    case "abandoned-silent":
    case "agent-leg-failed":
    case "hung-up-waiting":
      return "silent";
    // Meant for whoever answers, without an agent; abandoned only if it did not come.
    case "message-delivered":
    case "message-cut-short":
      return isInformed(facts, clock) ? null : byWhatWasHeard(facts, clock);
    case "machine-hung-up":
    case "machine-message-left":
    case "no-speech":
      // Told by a call flow, as it was meant: no agent was ever to come.
      if (isSpokenTo(facts, clock)) return null;
      // Without a verdict of AMD nobody knows that it was no person.
      return isDroppedAsMachine(facts, amd) ? "machineDropped" : byWhatWasHeard(facts, clock);
    default:
      return byWhatWasHeard(facts, clock);
  }
}

function byWhatWasHeard(facts: AttemptFacts, clock: ConnectClock): AccountEntry {
  if (facts.connectedAt !== null) {
    // Whoever was handed over by a call flow had been spoken to in time.
    const isOnTime = isSpokenTo(facts, clock) || isInTime(facts, clock, facts.connectedAt.at);
    return isOnTime ? "connected" : "connectedLate";
  }
  if (isInformed(facts, clock)) return "abandonedWithMessage";
  // They left while somebody could still have come in time; we did not end it.
  const { endedBy, endedAt } = facts;
  const leftInTime = endedBy === "farEnd" && endedAt !== null && isInTime(facts, clock, endedAt.at);
  return leftInTime ? "hungUpEarly" : "silent";
}

/** A message that came late, or failed after its start, is none (UK-CLK-1, UK-SIL-1). */
const isInformed = (facts: AttemptFacts, clock: ConnectClock): boolean =>
  facts.messageAt !== null && facts.message !== "failed" && isInTime(facts, clock, facts.messageAt.at);

const isSpokenTo = (facts: AttemptFacts, clock: ConnectClock): boolean =>
  facts.messageChoice === "flow" && isInformed(facts, clock);

const isDroppedAsMachine = ({ endReason }: AttemptFacts, amd: AmdAct | null): boolean =>
  amd?.dropped ?? (endReason === "amdMachine" || endReason === "amdMessage");

/**
 * Given up by us before it had rung for so long (UK-RING-1, US-RING-1, DE-RING-1). A 183 alone counts as ringing here,
 * from its first moment: the longer wait that we give it is our own margin, not the rule.
 */
const isCutShort = (facts: AttemptFacts, ringMinMs: number): boolean => {
  if (facts.endedBy !== "us" && facts.endedBy !== "agent") return false;
  const ranFor = rangForMs(facts);
  // It rang, and nobody knows for how long: it cannot be shown to have been enough.
  return facts.ringing !== "none" && (ranFor === null || ranFor < ringMinMs);
};

/** From the first sign of ringing to the answer or the end, in ms; null when it did not ring or that is not known. */
export function rangForMs(facts: AttemptFacts): number | null {
  const from = facts.ringing === "ringing" ? (facts.ringingAt ?? facts.progressAt) : facts.progressAt;
  const until = facts.answeredAt ?? facts.endedAt;
  return facts.ringing === "none" || from === null || until === null ? null : msBetween(from.at, until.at);
}

/* ------------------------------------------------------------------ Days and windows */

const FORMAT = "yyyy-MM-dd";

/** The local day of the profile's zone, by its own midnight: 23 or 25 hours long when clocks change. */
export function accountDay({ timeZone }: Pick<AbandonRules, "timeZone">, at: Instant): AccountDay {
  const date = localDate(timeZone, at);
  if (date === null) throw new RangeError(`there is no time zone "${timeZone}"`);
  return date;
}

/**
 * The day an attempt belongs to: that of its answer, and of its end for one that nobody answered. From the facts alone,
 * so that a recount comes to the same day. Null when no instant is known.
 */
export function dayOf(abandon: Pick<AbandonRules, "timeZone">, facts: AttemptFacts): AccountDay | null {
  const stamp = facts.answeredAt ?? facts.endedAt ?? facts.ringingAt ?? facts.progressAt ?? facts.placedAt;
  return stamp === null ? null : accountDay(abandon, stamp.at);
}

interface Span {
  readonly from: Instant;
  readonly to: Instant;
}

/** Asked at every tick, and the same all day long; working it out costs more than the rest of a tick. */
const spans = new Map<string, Span>();
const SPANS_MAX = 100;

/** From its first instant, included, to that of the next day. */
export function spanOfDay({ timeZone }: Pick<AbandonRules, "timeZone">, day: AccountDay): Span {
  const key = `${timeZone} ${day}`;
  const known = spans.get(key);
  if (known !== undefined) return known;
  const start = DateTime.fromFormat(day, FORMAT, { zone: timeZone }).startOf("day");
  if (!start.isValid) throw new RangeError(`no such day: ${day} in ${timeZone}`);
  const next = start.plus({ days: 1 }).startOf("day");
  const span = { from: start.toMillis() as Instant, to: next.toMillis() as Instant };
  if (spans.size >= SPANS_MAX) spans.clear();
  spans.set(key, span);
  return span;
}

/** Days on the calendar know no clock changes, so they are counted where there are none. */
const onCalendar = (day: AccountDay): DateTime => DateTime.fromFormat(day, FORMAT, { zone: "utc" });

export const dayAfter = (day: AccountDay, days = 1): AccountDay => onCalendar(day).plus({ days }).toFormat(FORMAT);

/** Days are inclusive. */
export interface AccountWindow {
  readonly fromDay: AccountDay;
  readonly toDay: AccountDay;
}

/** Which days a rate is computed over at `at`. Fixed blocks follow one another from the campaign's first start (US-ABD-2). */
export function windowOf(abandon: AbandonRules, firstStartedAt: Instant | null, at: Instant): AccountWindow {
  return windowOfDay(abandon, firstStartedAt, accountDay(abandon, at));
}

export function windowOfDay(abandon: AbandonRules, firstStartedAt: Instant | null, day: AccountDay): AccountWindow {
  switch (abandon.window) {
    case "calendarDay":
      return { fromDay: day, toDay: day };
    case "calendarMonth": {
      const month = onCalendar(day);
      return { fromDay: month.startOf("month").toFormat(FORMAT), toDay: month.endOf("month").toFormat(FORMAT) };
    }
    case "fixedBlocks": {
      const firstDay = firstStartedAt === null ? day : accountDay(abandon, firstStartedAt);
      const daysIn = Math.round(onCalendar(day).diff(onCalendar(firstDay), "days").days);
      const blocksBefore = Math.floor(daysIn / abandon.blockDays);
      const fromDay = dayAfter(firstDay, blocksBefore * abandon.blockDays);
      return { fromDay, toDay: dayAfter(fromDay, abandon.blockDays - 1) };
    }
  }
}

export interface AccountOwner {
  readonly campaignId: CampaignId;
  readonly centre: string;
  readonly firstStartedAt: Instant | null;
}

/** All that must hold at once: the campaign across centres, and the centre across campaigns (UK-ACR-2), as the profile asks. */
export function scopesOf(abandon: AbandonRules, owner: AccountOwner, at: Instant): readonly AccountScope[] {
  const window = windowOf(abandon, owner.firstStartedAt, at);
  return abandon.scopes.map((scope) =>
    scope === "campaign"
      ? { campaignId: owner.campaignId, centre: null, ...window }
      : { campaignId: null, centre: owner.centre, ...window },
  );
}

/** What ending an attempt adds to the account; null for nothing. */
export function accountOf(
  facts: AttemptFacts,
  outcome: Outcome,
  rules: {
    readonly abandon: Pick<AbandonRules, "timeZone">;
    readonly clock: ConnectClock;
    readonly ringMinMs: number;
    readonly amd: AmdAct | null;
  },
): { readonly entry: AccountEntry; readonly day: AccountDay } | null {
  const entry = entryOf(facts, outcome, rules.clock, rules.ringMinMs, rules.amd);
  const day = entry === null ? null : dayOf(rules.abandon, facts);
  return entry === null || day === null ? null : { entry, day };
}
