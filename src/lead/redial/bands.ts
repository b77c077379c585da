/** Bands of the day, by the called person's clock: which one it is, whose numbers ring in it, and when it ends. */
import type { Instant } from "../../domain/instant.ts";
import type { NumberKind } from "../../domain/lead.ts";
import type { Band, RedialPlan } from "../../domain/redial-rules.ts";
import type { LocalTime, WallClock } from "./wall-clock.ts";

export const bandAt = (plan: RedialPlan, { minute }: Pick<LocalTime, "minute">): Band | null =>
  plan.bands.find(({ fromMinute, toMinute }) => minute >= fromMinute && minute < toMinute) ?? null;

/** Whether numbers of that kind are dialled in that band on such a day. */
export const suits = (plan: RedialPlan, band: Band, kind: NumberKind, weekday: number): boolean => {
  if (!plan.workingDays.includes(weekday)) return band.kindsOnOtherDays.includes(kind);
  // Whoever works is at work then: that number still rings.
  if (plan.sparesWorkers && band.isBadForWorkers && kind !== "work") return false;
  return band.kindsOnWorkingDays.includes(kind);
};

/** The end of that band, or of that hole between bands, as it runs at `at`: the next moment at which the wall shows another. */
export const endOfBand = (plan: RedialPlan, clock: WallClock, at: Instant): Instant => {
  const { day, minute } = clock.at(at);
  const band = bandAt(plan, { minute });
  const from = band?.fromMinute ?? Math.max(0, ...plan.bands.map((each) => each.toMinute).filter((to) => to <= minute));
  const to =
    band?.toMinute ?? Math.min(1_440, ...plan.bands.map((each) => each.fromMinute).filter((start) => start > minute));
  const running = clock.stretches(day, from, to).find((stretch) => stretch.from <= at && at < stretch.to);
  return running?.to ?? clock.startOf(day + 1);
};
