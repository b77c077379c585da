/** Attempts: each ends once, is placed once, and was allowed when it was. */
import type { CallingHours } from "../domain/campaign.ts";
import type { AttemptId, LeadId } from "../domain/ids.ts";
import { type Instant, msBetween, toIso } from "../domain/instant.ts";
import { type Breach, entriesOf, type Invariant } from "./record.ts";

/** Every row has ended, with the outcome that the journal says; and no process ended an attempt twice. */
export const endsOnce: Invariant = (record) => {
  const breaches: Breach[] = [];
  const breach = (at: Instant, says: string, facts: Breach["facts"]): void => {
    breaches.push({ invariant: "ends-once", at, says, facts });
  };
  let endedInThisLife = new Set<AttemptId>();
  const outcomes = new Map<AttemptId, Set<string>>();
  for (const entry of entriesOf(record)) {
    // What a process was about to write when it died, the next one ends again: the row decides.
    if (entry.kind === "engine" && entry.what === "started") endedInThisLife = new Set();
    if (entry.kind !== "attempt-ended") continue;
    const { attemptId, at, outcome } = entry;
    if (endedInThisLife.has(attemptId)) breach(at, "an attempt ended twice", { attemptId, outcome });
    endedInThisLife.add(attemptId);
    outcomes.set(attemptId, (outcomes.get(attemptId) ?? new Set()).add(outcome));
  }
  for (const { order, state, outcome, facts } of record.attempts) {
    const { attemptId } = order;
    if (state !== "ended" || outcome === null) {
      breach(order.decidedAt, "an attempt never ended", { attemptId, state });
    } else if (outcomes.get(attemptId)?.has(outcome) !== true) {
      breach(order.decidedAt, "a row ended otherwise than the journal says", { attemptId, outcome });
    } else if (facts.endedAt === null) {
      breach(order.decidedAt, "an attempt ended at no time", { attemptId, outcome });
    }
  }
  return breaches;
};

/** One decision an attempt; and no lead is called while it is being called. */
export const placedOnce: Invariant = (record) => {
  const breaches: Breach[] = [];
  const decided = new Set<AttemptId>();
  for (const entry of entriesOf(record)) {
    if (entry.kind !== "attempt-decided") continue;
    if (decided.has(entry.attemptId)) {
      const { attemptId, at } = entry;
      breaches.push({ invariant: "placed-once", at, says: "an attempt was decided twice", facts: { attemptId } });
    }
    decided.add(entry.attemptId);
  }
  const byLead = new Map<LeadId, { from: Instant; to: Instant; attemptId: AttemptId }[]>();
  for (const { order, facts } of record.attempts) {
    const { attemptId, leadId, decidedAt } = order;
    if (!decided.has(attemptId)) {
      const says = "a row whose decision nobody journalled";
      breaches.push({ invariant: "placed-once", at: decidedAt, says, facts: { attemptId } });
    }
    const calls = byLead.get(leadId) ?? [];
    calls.push({ from: decidedAt, to: facts.endedAt?.at ?? record.endedAt, attemptId });
    byLead.set(leadId, calls);
  }
  for (const [leadId, calls] of byLead) {
    calls.sort((a, b) => a.from - b.from);
    calls.forEach((call, index) => {
      const before = calls[index - 1];
      if (before === undefined || before.to <= call.from) return;
      const facts = { leadId, first: before.attemptId, second: call.attemptId };
      breaches.push({ invariant: "placed-once", at: call.from, says: "a lead was called twice at once", facts });
    });
  }
  return breaches;
};

/** Nobody is dialled while suppressed, nor outside the campaign's hours on their own wall clock. */
export const allowedWhenDialled: Invariant = (record) => {
  const campaigns = new Map(record.campaigns.map((campaign) => [campaign.campaignId, campaign]));
  return record.attempts.flatMap(({ order, facts }): Breach[] => {
    // Before the network has it nobody is disturbed; when that is not known, the decision is what counts.
    if (facts.placeFailure === "withdrawn" || facts.placeFailure === "refused") return [];
    const at = order.decidedAt;
    const { attemptId } = order;
    const breaches: Breach[] = [];
    const breach = (says: string, more: Breach["facts"]): void => {
      breaches.push({ invariant: "allowed-when-dialled", at, says, facts: { attemptId, ...more } });
    };
    const since = record.suppressed.get(order.number);
    if (since !== undefined && since < at) {
      breach("a suppressed number was dialled", { since: toIso(since), at: toIso(at) });
    }
    const zone = record.timeZones.get(order.numberId) ?? null;
    const hours = campaigns.get(order.campaignId)?.callingHours ?? [];
    if (zone === null) breach("a number of no known zone was dialled", {});
    else if (!isOpen(hours, zone, at)) breach("a number was dialled outside its hours", { zone, at: toIso(at) });
    return breaches;
  });
};

const WEEKDAYS = ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"];

/** By another road than the engine's, so that one mistake is not made twice. */
const isOpen = (hours: readonly CallingHours[], timeZone: string, at: Instant): boolean => {
  const parts = new Intl.DateTimeFormat("en-GB", {
    timeZone,
    weekday: "short",
    hour: "2-digit",
    minute: "2-digit",
    hourCycle: "h23",
  }).formatToParts(at);
  const part = (type: string): string => parts.find((each) => each.type === type)?.value ?? "";
  const day = WEEKDAYS.indexOf(part("weekday")) + 1;
  const minute = Number(part("hour")) * 60 + Number(part("minute"));
  return hours.some(
    ({ days, fromMinute, toMinute }) => days.includes(day) && minute >= fromMinute && minute < toMinute,
  );
};

/** A lead that is not called again says why; so does every refusal. */
export const exclusionsHaveReasons: Invariant = (record) => [
  ...record.leads
    .filter(({ state, because }) => (state === "done" || state === "held") && (because ?? "") === "")
    .map(({ leadId, state }) => ({
      invariant: "exclusions-have-reasons",
      at: record.endedAt,
      says: "a lead was put aside without a reason",
      facts: { leadId, state },
    })),
  ...entriesOf(record).flatMap((entry) =>
    entry.kind === "refused" && (entry.rule as string | undefined) === undefined
      ? [
          {
            invariant: "exclusions-have-reasons",
            at: entry.at,
            says: "a refusal names no rule",
            facts: { leadId: entry.leadId },
          },
        ]
      : [],
  ),
];

/** Nothing happens to a call after its end, but that an agent who was found too late is let go. */
export const nothingAfterTheEnd: Invariant = (record) => {
  const breaches: Breach[] = [];
  let ended = new Map<AttemptId, Instant>();
  for (const entry of entriesOf(record)) {
    if (entry.kind === "engine" && entry.what === "started") ended = new Map();
    if (entry.kind === "attempt-ended") ended.set(entry.attemptId, entry.at);
    if (entry.kind !== "call") continue;
    const endedAt = ended.get(entry.attemptId);
    const effects = entry.effects.filter(({ type }) => type !== "releaseAgent");
    if (endedAt === undefined || (effects.length === 0 && entry.after === "ended")) continue;
    const { attemptId, at, event } = entry;
    const facts = { attemptId, event: event.type, effects, lateMs: msBetween(endedAt, at) };
    breaches.push({ invariant: "nothing-after-the-end", at, says: "a call went on after its end", facts });
  }
  return breaches;
};
