/**
 * Which number of a lead next, and when: the numbers in turn, each at an hour at which it may ring, and of the bands
 * within reach the one where people answer, drawn in proportion so that not everybody is called in the same evening.
 */
import { after, earliest, instant, msBetween } from "../../domain/instant.ts";
import type { Instant } from "../../domain/instant.ts";
import type { LeadNumber } from "../../domain/lead.ts";
import type { NumberId } from "../../domain/ids.ts";
import type { RedialPlan } from "../../domain/redial-rules.ts";
import { endOfBand } from "./bands.ts";
import type { ContactRates } from "./contact-rates.ts";
import { firstMoment, mayBeTried } from "./refusals.ts";
import type { OpenAt, Prospect, Refusal } from "./refusals.ts";
import { isSpent } from "./story.ts";
import type { LeadStory } from "./story.ts";
import { wallClock } from "./wall-clock.ts";

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;

/** How far past the first moment allowed a better hour or another number's turn is waited for. */
export const REACH_MS = 48 * HOUR_MS;
/** What was pushed to an opening together is spread over so much, or over half of the band. */
const SPREAD_MAX_MS = 30 * MINUTE_MS;
/** Within a chosen band, over so much of what is left of it, so that there is time to come to it. */
const SHARE_OF_BAND = 0.5;
/** A slot shorter than this weighs less: it would be over before the dialler comes to it. */
const FULL_SLOT_MS = HOUR_MS;
/**
 * A band is drawn as often as the power of the rate there: 1 would hardly prefer the evening, a large one would send
 * everybody into it. Tried out in the fortnight of scripts/bench/redial.ts.
 */
const PREFERENCE = 2;
const SLOTS_MAX = 24;

export interface SlotQuestion {
  readonly story: LeadStory;
  readonly plan: RedialPlan;
  readonly openAt: OpenAt;
  readonly rates: ContactRates;
  /** In [0, 1). */
  readonly jitter: number;
  readonly from: Instant;
  /** Tried first, if it can be at all; null for whichever number's turn it is. */
  readonly sameNumber: NumberId | null;
  /** `now`: whichever number can be tried first. `soon`: at the first moment allowed. `best`: where people answer. */
  readonly hurry: "now" | "soon" | "best";
  readonly mode: Prospect["mode"];
}

export interface Slot {
  readonly numberId: NumberId;
  readonly at: Instant;
  /** The band is over then: whoever comes later asks anew. */
  readonly until: Instant;
}

interface Candidate {
  readonly number: LeadNumber;
  readonly prospect: Prospect;
  readonly first: Instant;
}

/** The slot; or the rule on which the number whose turn it would have been came to nothing. */
export function chooseSlot(question: SlotQuestion): Slot | Refusal {
  const { story, plan, openAt, from, mode } = question;
  const candidates: Candidate[] = [];
  let refused: Refusal | null = null;
  for (const number of inTurn(story, plan)) {
    const prospect: Prospect = { number, story, plan, openAt, notBefore: from, mode };
    const first = firstMoment(prospect, from);
    if (typeof first === "number") candidates.push({ number, prospect, first });
    else refused ??= first;
  }
  const chosen = whoseTurn(candidates, question);
  if (chosen === null) return refused ?? { rule: "number", until: null, says: "The lead has no number." };
  const slots = question.hurry === "best" ? slotsOf(chosen, plan) : [slotOf(chosen, plan, chosen.first)];
  return drawn(chosen, slots, question);
}

/** Fewest attempts first, then the kind that is to come first, then as in the list. Those that are spent are left out. */
export function inTurn(story: LeadStory, plan: RedialPlan): LeadNumber[] {
  const rank = ({ kind }: LeadNumber): number => {
    const place = plan.kinds.indexOf(kind);
    return place < 0 ? plan.kinds.length : place;
  };
  return story.numbers
    .filter((number) => isSpent(story, number, plan) === null)
    .sort((a, b) => a.attemptsCounted - b.attemptsCounted || rank(a) - rank(b));
}

/** The first in turn that comes within reach of the earliest of all: nobody waits for Monday's office on a Saturday. */
function whoseTurn(candidates: readonly Candidate[], { sameNumber, hurry }: SlotQuestion): Candidate | null {
  const same = candidates.find(({ number }) => number.numberId === sameNumber);
  if (same !== undefined) return same;
  const [head, ...others] = candidates;
  if (head === undefined) return null;
  const soonest = others.reduce((least, { first }) => earliest(least, first), head.first);
  const reach = hurry === "now" ? 0 : REACH_MS;
  return candidates.find(({ first }) => first === soonest || first < after(soonest, reach)) ?? head;
}

interface Stretch {
  readonly from: Instant;
  readonly to: Instant;
}

const slotOf = ({ number }: Candidate, plan: RedialPlan, from: Instant): Stretch => {
  const clock = wallClock(number.timeZone);
  return { from, to: clock === null ? from : endOfBand(plan, clock, from) };
};

/** The bands within reach, each from the first moment at which it may be. */
function slotsOf(candidate: Candidate, plan: RedialPlan): Stretch[] {
  // To a campaign without bands the time of day is all one: as soon as it may be.
  if (plan.bands.length === 0) return [slotOf(candidate, plan, candidate.first)];
  const slots: Stretch[] = [];
  const reach = after(candidate.first, REACH_MS);
  let from: Instant | Refusal = candidate.first;
  while (typeof from === "number" && from < reach && slots.length < SLOTS_MAX) {
    const slot = slotOf(candidate, plan, from);
    slots.push(slot);
    from = firstMoment(candidate.prospect, slot.to);
  }
  return slots;
}

function drawn(candidate: Candidate, slots: readonly Stretch[], question: SlotQuestion): Slot {
  const { rates, jitter, from, plan } = question;
  // Where the time of day is all one there is no better time than the first.
  const hurry = plan.bands.length === 0 && question.hurry === "best" ? "soon" : question.hurry;
  const weights = slots.map((slot) => weightOf(candidate.number, slot, rates));
  let roll = jitter * weights.reduce((sum, weight) => sum + weight, 0);
  let index = 0;
  while (index < slots.length - 1 && roll >= (weights[index] ?? 0)) roll -= weights[index++] ?? 0;
  const slot = slots[index] ?? { from: candidate.first, to: candidate.first };
  // What is left of the roll is as good as another.
  const share = Math.min(0.999_999, Math.max(0, roll / (weights[index] ?? 1)));
  const length = msBetween(slot.from, slot.to) * SHARE_OF_BAND;
  // On time already: the delay was drawn, and needs no second draw.
  const spread = hurry !== "best" ? (slot.from === from ? 0 : Math.min(length, SPREAD_MAX_MS)) : length;
  const at = instant(slot.from + Math.floor(share * spread));
  // The calling hours may end within the band, and hands may go back.
  const isAllowed = mayBeTried(candidate.prospect, at);
  return { numberId: candidate.number.numberId, at: isAllowed ? at : slot.from, until: slot.to };
}

function weightOf({ kind, timeZone }: LeadNumber, slot: Stretch, rates: ContactRates): number {
  const clock = wallClock(timeZone);
  if (clock === null) return 1;
  const { minute, weekday } = clock.at(slot.from);
  const lengthMs = msBetween(slot.from, slot.to);
  // By the hands of the clock, as far as the day goes; an hour more or less at the change of clocks is no matter.
  const rate = rates.expected(kind, weekday, minute, Math.min(1_440, minute + Math.max(1, lengthMs / MINUTE_MS)));
  return rate ** PREFERENCE * Math.min(1, Math.max(0.05, lengthMs / FULL_SLOT_MS));
}
