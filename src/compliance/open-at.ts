/**
 * When somebody may be called as far as hours and holidays go: for whoever plans a call. Whether it may be made is asked
 * of may-dial.ts when the time has come.
 */
import type { CallingHours, Purpose } from "../domain/campaign.ts";
import { instant, type Instant } from "../domain/instant.ts";
import type { PhoneNumber } from "../domain/phone-number.ts";
import { calendarsOf, hoursOf, regionsOf } from "./applies.ts";
import { callingTime } from "./calling-time.ts";
import { isTimeZone } from "./calling-window.ts";
import type { CampaignRules } from "./dial-facts.ts";
import type { ComplianceProfile } from "./profile.ts";
import { nextAllowed } from "./when.ts";
import type { Opening } from "./when.ts";

const DAY_MS = 86_400_000;
const NO_FREQUENCY = { perDayMax: null, per24HoursMax: null, gapMinMs: null };
const NO_ATTEMPTS = { attemptsAt: [], guaranteedOnlyUntil: null, onTheLineAt: null };

export interface Called {
  readonly region: string | null;
  /** All of one lead: what is closed to one of them in a zone is closed to the others there. */
  readonly numbers: readonly {
    readonly number: PhoneNumber;
    readonly numberType: string;
    readonly timeZone: string | null;
  }[];
}

export interface WhoCallsWhen {
  readonly callingHours: readonly CallingHours[];
  readonly purpose: Purpose;
  /** Null where nobody knows it any more: then the campaign's own hours count. */
  readonly profile: ComplianceProfile | null;
}

/** The moment itself where it is open then, else the next opening; null when nothing opens within some weeks. */
export function openAt(
  { callingHours, purpose, profile }: WhoCallsWhen,
  { region, numbers }: Called,
  timeZone: string,
  at: Instant,
): Instant | null {
  if (!isTimeZone(timeZone)) return null;
  const openings: Opening[] = [{ hours: callingHours, closedOnHolidays: false, ruleId: null }];
  const types = new Set<string>();
  for (const { number, numberType, timeZone: zone } of profile === null ? [] : numbers) {
    if (zone !== timeZone || profile === null || types.has(numberType)) continue;
    types.add(numberType);
    for (const { hours, closedOnHolidays } of hoursOf(
      profile,
      regionsOf(profile, region, number),
      purpose,
      numberType,
    )) {
      openings.push({ hours, closedOnHolidays, ruleId: null });
    }
  }
  const codes = profile === null ? [] : calendarsOf(profile, region);
  const calendars = new Map(codes.map((code) => [code, profile?.holidays?.[code] ?? null] as const));
  return nextAllowed(
    { openings, calendars, frequency: NO_FREQUENCY, timeZone, guaranteed: true, facts: NO_ATTEMPTS },
    at,
  );
}

/**
 * Whether anybody in that zone may be called now, as far as the hours for all go. Where nobody knows the time it is not
 * for the hours to keep leads back: they are looked at, and held with the reason.
 */
export const isOpenSomewhere = (rules: CampaignRules, timeZone: string | null, at: Instant): boolean =>
  timeZone === null ||
  !isTimeZone(timeZone) ||
  callingTime(rules, [timeZone], at, instant((Math.floor(at / DAY_MS) + 1) * DAY_MS)).isOpen;
