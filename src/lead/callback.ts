/**
 * Somebody asked to be called back and gave no time, as the phone's keys cannot: when that is. The next day, at the time of
 * day at which they were reached; where nobody may be called then, the next day at which they may.
 */
import type { NumberId } from "../domain/ids.ts";
import { instant, type Instant } from "../domain/instant.ts";
import { redialPlan, type RedialRules } from "../domain/redial-rules.ts";
import { whenPromised } from "./redial/after-promise.ts";
import { endOfBand } from "./redial/bands.ts";
import type { OpenAt } from "./redial/refusals.ts";
import type { LeadStory } from "./redial/story.ts";
import { wallClock } from "./redial/wall-clock.ts";

/** Whoever says "not now" at the end of a band is not to be called within its last minutes. */
const WINDOW_MIN_MS = 3_600_000;
/** A public holiday and a weekend fit in; a closed summer does not, and then nothing is promised. */
const DAYS_MAX = 14;

export interface CallbackTime {
  readonly numberId: NumberId;
  readonly dueAt: Instant;
  /** Not at the minute: as long as that part of the day lasts. */
  readonly untilAt: Instant;
}

/** @param at when they were spoken with, on that number. Null where nobody knows the time there, or no day will do. */
export function nextDayCallback(
  { story, rules, openAt }: { story: LeadStory; rules: RedialRules; openAt: OpenAt },
  numberId: NumberId,
  at: Instant,
): CallbackTime | null {
  const plan = redialPlan(rules);
  const clock = wallClock(story.numbers.find((number) => number.numberId === numberId)?.timeZone ?? null);
  if (clock === null) return null;
  const { day, minute } = clock.at(at);
  for (let later = 1; later <= DAYS_MAX; later++) {
    // An hour that the hands leap over on that day leaves it out.
    const [there] = clock.stretches(day + later, minute, minute + 1);
    if (there === undefined) continue;
    const untilAt = instant(Math.max(endOfBand(plan, clock, there.from), there.from + WINDOW_MIN_MS));
    const slot = whenPromised({ story, plan, openAt, numberId }, { from: there.from, untilAt });
    if (slot !== null) return { numberId: slot.numberId, dueAt: slot.at, untilAt };
  }
  return null;
}
