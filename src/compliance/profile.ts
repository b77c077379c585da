/**
 * A compliance profile: what one regime asks, as data. The values live in YAML beside this file, each with its source and
 * how sure we are of it; a site may put its own beside them, and a campaign may only be stricter.
 */
import type { CallingHours, Purpose, Sector } from "../domain/campaign.ts";
import type { ConnectClock } from "../domain/connect-clock.ts";
import type { ConsentKind } from "../domain/number-facts.ts";
import type { DialRule } from "./dial-rules.ts";

/** One rule of a regime, as the profile's file gives it; `fairdial profile show` prints these. */
export interface ProfileRule {
  /** As in `UK-CLK-1`. */
  readonly id: string;
  readonly says: string;
  readonly source: string;
  /** V1 primary text read, V2 secondary, V2* several secondary, M unverified, E our recommendation. */
  readonly confidence: "V1" | "V2" | "V2*" | "M" | "E";
  /** ISO date. */
  readonly validFrom: string;
  /** Which questions before a call it is behind; none for what is done elsewhere, or by people. */
  readonly decides?: readonly DialRule[];
  /** The values it gives, by where they stand in the profile: `clock.limitMs`. */
  readonly sets?: Readonly<Record<string, unknown>>;
}

/** Whom a rule is about; null for everybody. */
export interface Applies {
  readonly purposes: readonly Purpose[] | null;
  /** As imports find them: `mobile`, `fixed`, …; a number whose type is not known for sure is meant as well. */
  readonly numberTypes: readonly string[] | null;
  /** The rule that asks for it. */
  readonly ruleId?: string;
}

export interface RegisterRule extends Applies {
  readonly name: string;
  readonly ageMaxDays: number;
  /** What the person must have agreed to for a listed number to be called all the same; null or left out: nothing helps. */
  readonly overriddenBy?: ConsentKind | null;
}

export interface ConsentRule extends Applies {
  readonly kind: ConsentKind;
}

export interface HoursRule extends Applies {
  readonly hours: readonly CallingHours[];
  readonly closedOnHolidays: boolean;
}

/** Rates are in hundredths of a percent; null where the regime has none. */
export interface AbandonRules {
  readonly window: "calendarDay" | "fixedBlocks" | "calendarMonth";
  /** Length of the fixed blocks that follow one another from the campaign's first start. */
  readonly blockDays: number;
  /** IANA; whose midnight a day ends at. */
  readonly timeZone: string;
  readonly scopes: readonly ("campaign" | "centre")[];
  readonly formula: "ofcom2010" | "liveOnly";
  readonly alertBasisPoints: number | null;
  readonly throttleBasisPoints: number | null;
  /** From here on only calls with a reserved agent. */
  readonly stopBasisPoints: number | null;
  /** What the regulator names or named; shown beside the rate, never called safe unless `safeHarbour`. */
  readonly ceilingBasisPoints: number | null;
  readonly safeHarbour: boolean;
  /** Whether a call connected too late is an abandoned one. */
  readonly lateIsAbandoned: boolean;
}

export interface MessageRules {
  /** What the number it gives may begin with, E.164; empty for any. */
  readonly contactPrefixes: readonly string[];
  /** What it must not begin with, whatever else is allowed; none when left out. */
  readonly refusedContactPrefixes?: readonly string[];
  readonly mustSayPurpose: boolean;
  readonly mustOfferKeyOptOut: boolean;
  /** Words that make a transcript marketing; compared without regard to case. */
  readonly marketingWords: readonly string[];
}

export interface CliRules {
  /** Digits of the national number with its leading zero, least and most; null for no rule. */
  readonly nationalDigits: readonly [number, number] | null;
  /** Prefixes in E.164 that must not be presented. */
  readonly refusedPrefixes: readonly string[];
}

export interface FrequencyRules {
  readonly perDayMax: number | null;
  readonly per24HoursMax: number | null;
  readonly gapMinMs: number | null;
}

/** Stricter rules of one part of a country, found by the lead's region or its number's prefix. */
export interface RegionRules {
  readonly prefixes: readonly string[];
  readonly hours: readonly HoursRule[] | null;
  readonly frequency: FrequencyRules | null;
}

/**
 * One of: `MM-DD` or `YYYY-MM-DD`; days after Easter Sunday; the nth (-1: last) weekday of a month; the last such weekday
 * up to `MM-DD`.
 */
export type HolidayDate =
  | { readonly on: string }
  | { readonly afterEaster: number }
  | { readonly weekday: number; readonly nth: number; readonly month: number }
  | { readonly weekday: number; readonly notAfter: string };

/**
 * A day on which nobody is called. ISO weekdays, 1 Monday … 7 Sunday.
 */
export type HolidayRule = HolidayDate & {
  readonly name: string;
  /**
   * Weekdays on which it is kept on the next day that is no holiday and no weekend as well, e.g. `[6, 7]`. The day itself
   * stays closed: nobody is called on Christmas Day because it fell on a Saturday.
   */
  readonly substituteFor?: readonly number[];
  /** Years in which it is kept, both included. */
  readonly fromYear?: number;
  readonly toYear?: number;
  /** Years in which it is not, e.g. because it was moved that once. */
  readonly exceptYears?: readonly number[];
};

export interface ComplianceProfile {
  readonly name: string;
  /** Of the resolved data: the first sixteen hex digits of its SHA-256. */
  readonly version: string;
  readonly validFrom: string;
  /** ISO codes of the countries whose numbers may be called under it. */
  readonly countries: readonly string[];
  readonly clock: ConnectClock;
  readonly ringMinMs: number;
  readonly earlyRingMinMs: number;
  readonly abandon: AbandonRules;
  /** Silent calls in a day at which a campaign is stopped. */
  readonly silentStopCount: number;
  /** How long an abandoned number is called with a guaranteed agent only; 0 for no rule. */
  readonly guaranteedAfterAbandonMs: number;
  readonly guaranteedAfterMachineMs: number;
  readonly registers: readonly RegisterRule[];
  readonly consent: readonly ConsentRule[];
  readonly blockedSectors: readonly Sector[];
  readonly hours: readonly HoursRule[];
  /** Whose public holidays count, as ISO 3166-1 or -2 codes: `GB-ENG`. The number's own region is taken where known. */
  readonly holidayCalendars: readonly string[];
  /** These calendars. One that is not here is unknown, and closed. */
  readonly holidays?: Readonly<Record<string, readonly HolidayRule[]>>;
  readonly frequency: FrequencyRules;
  readonly cli: CliRules;
  readonly message: MessageRules;
  readonly amdTestAgeMaxDays: number;
  /** Whether supervisors may listen to its calls; allowed where nothing is said. */
  readonly supervision?: boolean;
  readonly recordsMonths: number;
  /** People must be told that their call is recorded. */
  readonly recordingNotice: boolean;
  readonly regions: Readonly<Record<string, RegionRules>>;
  readonly rules: readonly ProfileRule[];
}
