/** What is wrong with trying a lead there and then: a reading of the rules of its own, beside the one that dials. */
import type { CallingHours } from "../../src/domain/campaign.ts";
import type { NumberId } from "../../src/domain/ids.ts";
import type { Instant } from "../../src/domain/instant.ts";
import { outcomeFacts } from "../../src/domain/outcome.ts";
import { redialPlan } from "../../src/domain/redial-rules.ts";
import type { Band, RedialPlan, RedialRules } from "../../src/domain/redial-rules.ts";
import type { LeadStory, PastAttempt } from "../../src/lead/redial/story.ts";
import type { Wall } from "../property/wall.ts";

const DAY_MS = 86_400_000;

export interface JudgedBy {
  readonly rules: RedialRules;
  readonly hours: readonly CallingHours[];
  readonly wall: (at: number) => Wall;
}

const bandOf = (plan: RedialPlan, { minute }: Wall): Band | null =>
  plan.bands.find(({ fromMinute, toMinute }) => minute >= fromMinute && minute < toMinute) ?? null;

const isOpen = (hours: readonly CallingHours[], { weekday, minute }: Wall): boolean =>
  hours.some((each) => each.days.includes(weekday) && minute >= each.fromMinute && minute < each.toMinute);

const dayOf = ({ date }: Wall): number => Date.parse(`${date}T00:00:00Z`) / DAY_MS;

const ABSENT = ["no-answer", "machine", "not-home"];

/** @param because of the choice: `…-any-hour` gave up whose numbers ring when */
export function redialBreaches(
  { rules, hours, wall }: JudgedBy,
  story: LeadStory,
  { numberId, because, at }: { numberId: NumberId; because: string; at: Instant },
): string[] {
  const plan = redialPlan(rules);
  const now = wall(at);
  const today = dayOf(now);
  const band = bandOf(plan, now);
  const number = story.numbers.find((each) => each.numberId === numberId);
  if (number === undefined) return ["a number of somebody else"];
  const isAnyHour = because.endsWith("-any-hour");
  const found: string[] = [];
  const say = (isBroken: boolean, what: string): void => {
    if (isBroken) found.push(what);
  };
  say(!isOpen(hours, now), "outside the hours");
  say(number.isOut || number.lastOutcome === "fax", "a number that is out");
  const counting = story.attempts.filter(({ outcome }) => outcomeFacts(outcome).countsAsAttempt);
  const within = (attempts: readonly PastAttempt[], days: number): number =>
    attempts.filter((each) => dayOf(wall(each.at)) > today - days).length;
  const own = counting.filter((each) => each.numberId === numberId);
  const { numberDayMax, numberWeekMax, numberLifeMax, leadDayMax, leadWeekMax, gapMinMs } = plan.limits;
  const caps: readonly (readonly [max: number | null, count: number, what: string])[] = [
    [plan.attemptsMax, counting.length, "attempts"],
    [numberLifeMax, own.length, "number's life"],
    [numberDayMax, within(own, 1), "number's day"],
    [numberWeekMax, within(own, 7), "number's week"],
    [leadDayMax, within(counting, 1), "lead's day"],
    [leadWeekMax, within(counting, 7), "lead's week"],
  ];
  for (const [max, count, what] of caps) say(max !== null && count >= max, `more than the ${what} allows`);
  const rang = counting.find(({ outcome }) => !outcomeFacts(outcome).permanent);
  say(rang !== undefined && at - rang.at < gapMinMs, "too short a time after the last");
  if (band === null) {
    say(plan.bands.length > 0 && !isAnyHour, "outside all bands");
    return found;
  }
  const kinds = plan.workingDays.includes(now.weekday) ? band.kindsOnWorkingDays : band.kindsOnOtherDays;
  const isSpared = plan.sparesWorkers && band.isBadForWorkers && plan.workingDays.includes(now.weekday);
  say(
    !isAnyHour && (!kinds.includes(number.kind) || (isSpared && number.kind !== "work")),
    "not the hour for that kind",
  );
  const sameBand = story.attempts.filter(
    (each) => ABSENT.includes(outcomeFacts(each.outcome).retryClass) && bandOf(plan, wall(each.at)) === band,
  );
  say(
    sameBand.some((each) => dayOf(wall(each.at)) === today),
    "the same band twice on one day",
  );
  say(
    sameBand.some((each) => dayOf(wall(each.at)) === today - 1),
    "the same band two days running",
  );
  return found;
}
