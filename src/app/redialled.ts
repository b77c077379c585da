/** What came of trying people again: by which attempt it was, and by the band of the day. Pure. */
import { redialPlan, type RedialRules } from "../domain/redial-rules.ts";
import { bandAt } from "../lead/redial/bands.ts";
import { wilson } from "../lead/redial/contact-rates.ts";
import { wallClock } from "../lead/redial/wall-clock.ts";
import type { RedialAttempts } from "../store/index.ts";

export interface Tally {
  readonly attempts: number;
  readonly liveAnswers: number;
  readonly connects: number;
  /** Live answers per attempt, with the 95 % interval; null without attempts. */
  readonly rate: number | null;
  readonly low: number;
  readonly high: number;
}

export interface NthAttempt extends Tally {
  readonly attempt: number;
  /** Of the leads, so many were tried exactly so often until now. */
  readonly leads: number;
}

export interface BandOfDay {
  /** `whole day` where the campaign has no bands; null for attempts where nobody knows the time. */
  readonly band: string | null;
  readonly first: Tally;
  readonly redials: Tally;
}

export const OUTSIDE = "outside all bands";
export const WHOLE_DAY = "whole day";

const tally = (rows: readonly RedialAttempts[]): Tally => {
  const sum = (of: (row: RedialAttempts) => number): number => rows.reduce((total, row) => total + of(row), 0);
  const attempts = sum((row) => row.attempts);
  const liveAnswers = sum((row) => row.liveAnswers);
  const { rate, low, high } = wilson(liveAnswers, attempts);
  return { attempts, liveAnswers, connects: sum((row) => row.connects), rate, low, high };
};

/** The first attempt in front; without a gap, since whoever had a third had a second. */
export const byAttempt = (rows: readonly RedialAttempts[]): NthAttempt[] => {
  const last = rows.reduce((most, { nth }) => Math.max(most, nth), 0);
  const tallies = Array.from({ length: last }, (_, index) => tally(rows.filter(({ nth }) => nth === index + 1)));
  return tallies.map((each, index) => ({
    attempt: index + 1,
    leads: each.attempts - (tallies[index + 1]?.attempts ?? 0),
    ...each,
  }));
};

/** By the called person's clock, in the order of the day; only those in which somebody was tried. */
export const byBand = (rows: readonly RedialAttempts[], rules: RedialRules): BandOfDay[] => {
  const plan = redialPlan(rules);
  const bandOf = ({ from, timeZone }: RedialAttempts): string | null => {
    const clock = wallClock(timeZone);
    if (clock === null) return null;
    return plan.bands.length === 0 ? WHOLE_DAY : (bandAt(plan, clock.at(from))?.name ?? OUTSIDE);
  };
  const groups = new Map<string | null, RedialAttempts[]>();
  for (const row of rows) {
    const band = bandOf(row);
    groups.set(band, [...(groups.get(band) ?? []), row]);
  }
  const order = [...plan.bands.map(({ name }) => name), WHOLE_DAY, OUTSIDE, null];
  return order.flatMap((band) => {
    const some = groups.get(band);
    if (some === undefined) return [];
    const [first, redials] = [some.filter(({ nth }) => nth === 1), some.filter(({ nth }) => nth > 1)];
    return [{ band, first: tally(first), redials: tally(redials) }];
  });
};
