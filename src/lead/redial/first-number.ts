/** Which number of a lead that was never tried is dialled at this hour. */
import type { Instant } from "../../domain/instant.ts";
import type { LeadNumber } from "../../domain/lead.ts";
import type { NumberId } from "../../domain/ids.ts";
import { redialPlan } from "../../domain/redial-rules.ts";
import type { RedialRules } from "../../domain/redial-rules.ts";
import { bandAt, suits } from "./bands.ts";
import { inTurn } from "./choose-slot.ts";
import { NEVER_TRIED } from "./story.ts";
import { wallClock } from "./wall-clock.ts";

export interface FirstNumber {
  readonly numberId: NumberId;
  /** Whether it is an hour for a number of its kind; if not, it is the one to wait with: see `chooseAgain`. */
  readonly suitsNow: boolean;
}

/**
 * The first by the order of kinds whose hour it is; where it is no number's hour, the first by the order of kinds.
 * Null when all are out. A number in a zone that nobody knows comes last: it cannot be dialled.
 */
export function firstNumber(numbers: readonly LeadNumber[], rules: RedialRules, at: Instant): FirstNumber | null {
  const plan = redialPlan(rules);
  const fits = ({ kind, timeZone }: LeadNumber): boolean => {
    const local = wallClock(timeZone)?.at(at);
    if (local === undefined) return false;
    const band = bandAt(plan, local);
    return plan.bands.length === 0 || (band !== null && suits(plan, band, kind, local.weekday));
  };
  const usable = inTurn({ ...NEVER_TRIED, numbers }, plan);
  const fitting = usable.find(fits);
  if (fitting !== undefined) return { numberId: fitting.numberId, suitsNow: true };
  const waiting = usable.find(({ timeZone }) => wallClock(timeZone) !== null) ?? usable[0];
  return waiting === undefined ? null : { numberId: waiting.numberId, suitsNow: false };
}
