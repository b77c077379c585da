/** Leads, hours and questions for tests of redialling. */
import type { CallingHours } from "../../src/domain/campaign.ts";
import { numberId } from "../../src/domain/ids.ts";
import { instant, latest } from "../../src/domain/instant.ts";
import type { Instant } from "../../src/domain/instant.ts";
import type { LeadNumber, NumberKind } from "../../src/domain/lead.ts";
import type { Outcome } from "../../src/domain/outcome.ts";
import { DEFAULT_REDIAL } from "../../src/domain/redial-rules.ts";
import type { RedialRules } from "../../src/domain/redial-rules.ts";
import { isWithinHours, nextOpening } from "../../src/compliance/calling-window.ts";
import { chooseNext } from "../../src/lead/redial/choose-next.ts";
import { NO_RATES } from "../../src/lead/redial/contact-rates.ts";
import type { NextChoice, NextQuestion } from "../../src/lead/redial/next-choice.ts";
import type { OpenAt } from "../../src/lead/redial/refusals.ts";
import { NEVER_TRIED, storyAfter } from "../../src/lead/redial/story.ts";
import type { LeadStory } from "../../src/lead/redial/story.ts";
import { wallClock, weekdayOf } from "../../src/lead/redial/wall-clock.ts";

export const MINUTE = 60_000;
export const HOUR = 60 * MINUTE;
export const DAY = 24 * HOUR;

export const someNumber = (id: number, kind: NumberKind, change: Partial<LeadNumber> = {}): LeadNumber => ({
  numberId: numberId(id),
  kind,
  timeZone: "Europe/London",
  attemptsCounted: 0,
  lastAttemptAt: null,
  lastOutcome: null,
  isOut: false,
  ...change,
});

export const freshLead = (...numbers: readonly LeadNumber[]): LeadStory => ({ ...NEVER_TRIED, numbers });

export const ALWAYS: OpenAt = (_zone, at) => at;
export const NEVER: OpenAt = () => null;

export const openDuring =
  (hours: readonly CallingHours[]): OpenAt =>
  (zone, at) =>
    isWithinHours(hours, zone, at) ? at : nextOpening(hours, zone, at);

export const WEEKDAYS_8_TO_21: readonly CallingHours[] = [
  { days: [1, 2, 3, 4, 5], fromMinute: 480, toMinute: 1260 },
  { days: [6], fromMinute: 540, toMinute: 1260 },
];

export const at = (iso: string): Instant => instant(Date.parse(iso));

/** The story with the attempt, and what is chosen after it. Calls end half a minute after they were placed. */
export function afterTry(
  before: LeadStory,
  attempt: { readonly id: number; readonly at: Instant; readonly outcome: Outcome },
  change: Partial<NextQuestion> = {},
): { story: LeadStory; choice: NextChoice } {
  const story = storyAfter(before, { numberId: numberId(attempt.id), at: attempt.at, outcome: attempt.outcome });
  const endedAt = instant(attempt.at + 30_000);
  const choice = chooseNext({
    ...{ story, promise: null, rules: DEFAULT_REDIAL, openAt: openDuring(WEEKDAYS_8_TO_21), rates: NO_RATES },
    ...{ jitter: 0, now: endedAt },
    ...{ ended: { numberId: numberId(attempt.id), outcome: attempt.outcome, endedAt } },
    ...change,
  });
  return { story, choice };
}

/** "Tue 17 Nov 17:00 #1 (no-answer)", by that zone's clock. */
export function told(choice: NextChoice, zone = "Europe/London"): string {
  if (choice.type === "requeue") return "requeue";
  if (choice.type !== "retry") return `${choice.type} (${choice.because})`;
  const format = new Intl.DateTimeFormat("en-GB", {
    ...{ timeZone: zone, weekday: "short", day: "numeric", month: "short", hour: "2-digit", minute: "2-digit" },
    hourCycle: "h23",
  });
  const time = format.format(choice.at).replaceAll(",", "");
  return `${time} #${choice.numberId} (${choice.because}${choice.queue === "callback" ? ", callback" : ""})`;
}

export const withRules = (change: Partial<RedialRules>): RedialRules => ({ ...DEFAULT_REDIAL, ...change });

/** The same answer as {@link openDuring} without luxon in between: a fortnight asks some millions of times. */
export const openFast =
  (hours: readonly CallingHours[]): OpenAt =>
  (zone, moment) => {
    const clock = wallClock(zone);
    if (clock === null) return null;
    const { day } = clock.at(moment);
    for (let ahead = 0; ahead <= 8; ahead++) {
      let first: Instant | null = null;
      for (const { days, fromMinute, toMinute } of hours) {
        if (!days.includes(weekdayOf(day + ahead))) continue;
        for (const { from, to } of clock.stretches(day + ahead, fromMinute, toMinute)) {
          if (to <= moment) continue;
          const opens = latest(from, moment);
          if (first === null || opens < first) first = opens;
        }
      }
      if (first !== null) return first;
    }
    return null;
  };
