/** Ten zones, their changes of clocks, and any leads, rules, hours and fates that a property may want. */
import fc from "fast-check";
import type { CallingHours } from "../../src/domain/campaign.ts";
import { NUMBER_KINDS } from "../../src/domain/lead.ts";
import type { LeadNumber } from "../../src/domain/lead.ts";
import { OUTCOMES } from "../../src/domain/outcome.ts";
import type { Outcome, RetryClass } from "../../src/domain/outcome.ts";
import { DEFAULT_BANDS } from "../../src/domain/redial-rules.ts";
import type { Band, RedialRules } from "../../src/domain/redial-rules.ts";
import { clockChanges } from "../property/wall.ts";
import { DAY, HOUR, MINUTE, someNumber } from "./redial.ts";

export const ZONES = [
  "Europe/London",
  "Europe/Dublin", // Negative summer time, in law.
  "America/New_York",
  "America/St_Johns", // Half an hour beside the others.
  "America/Santiago", // Changes at midnight, in the south.
  "Australia/Lord_Howe", // Changes by half an hour.
  "Pacific/Chatham", // Three quarters beside the others, and changes at a quarter to three.
  "Africa/Cairo", // Changes at midnight.
  "Africa/Casablanca", // Changes for Ramadan.
  "Asia/Kolkata", // Never changes.
] as const;

export const FROM = Date.UTC(2026, 0, 1);
export const TO = Date.UTC(2027, 6, 1);

const changes = new Map<string, readonly number[]>();
export const nearChanges = (zone: string): readonly number[] => {
  const known = changes.get(zone) ?? clockChanges(zone, FROM, TO);
  changes.set(zone, known);
  return known;
};

/** At any time, and more often than by chance within two days before the clocks change. */
export const anyStart = (zone: string): fc.Arbitrary<number> => {
  const anywhere = fc.integer({ min: FROM, max: TO });
  const known = nearChanges(zone);
  if (known.length === 0) return anywhere;
  const near = fc.tuple(fc.constantFrom(...known), fc.integer({ min: -2 * DAY, max: 3 * HOUR }));
  return fc.oneof(
    anywhere,
    near.map(([change, by]) => change + by),
  );
};

const band = (name: string, fromMinute: number, toMinute: number): Band => ({
  ...{ name, fromMinute, toMinute, kindsOnWorkingDays: ["home", "mobile", "other"] as const },
  ...{ kindsOnOtherDays: NUMBER_KINDS, isBadForWorkers: false },
});

/** The night's end falls into the hour that comes twice or not at all. */
const NIGHT_BANDS: readonly Band[] = [band("night", 0, 75), band("small hours", 75, 150), band("day", 540, 1_439)];
const ALL_DAY: readonly Band[] = [band("first half", 0, 720), band("second half", 720, 1_440)];

const RULED: readonly RetryClass[] = [
  "no-answer",
  "busy",
  "machine",
  "rejected",
  "abandoned",
  "early-hangup",
  "not-home",
  "carrier",
];

const anyRule = fc.record({
  delayMs: fc.constantFrom(MINUTE, 10 * MINUTE, 4 * HOUR, DAY),
  delayMaxMs: fc.constantFrom(MINUTE, HOUR, 2 * DAY),
  triesMax: fc.integer({ min: 1, max: 4 }),
});

const limit = fc.option(fc.integer({ min: 1, max: 5 }), { nil: null });

export const anyRules: fc.Arbitrary<RedialRules> = fc.record({
  attemptsMax: fc.integer({ min: 1, max: 8 }),
  carrierTriesMax: fc.integer({ min: 1, max: 4 }),
  byClass: fc
    .array(fc.tuple(fc.constantFrom(...RULED), anyRule), { minLength: 6, maxLength: 12 })
    .map((rules): RedialRules["byClass"] => Object.fromEntries(rules)),
  bands: fc.constantFrom(DEFAULT_BANDS, DEFAULT_BANDS, NIGHT_BANDS, ALL_DAY, []),
  sparesWorkers: fc.boolean(),
  limits: fc.record({
    ...{ numberDayMax: limit, numberWeekMax: limit, numberLifeMax: limit, leadDayMax: limit, leadWeekMax: limit },
    gapMinMs: fc.constantFrom(0, 2 * MINUTE, HOUR),
  }),
  kinds: fc.shuffledSubarray([...NUMBER_KINDS]),
});

export const anyHours: fc.Arbitrary<CallingHours[]> = fc.oneof(
  fc.constant<CallingHours[]>([{ days: [1, 2, 3, 4, 5, 6, 7], fromMinute: 0, toMinute: 1_440 }]),
  fc.constant<CallingHours[]>([{ days: [1, 2, 3, 4, 5], fromMinute: 480, toMinute: 1_260 }]),
  fc.array(
    fc
      .record({
        days: fc.subarray([1, 2, 3, 4, 5, 6, 7]),
        fromMinute: fc.integer({ min: 0, max: 95 }).map((each) => each * 15),
        quarters: fc.integer({ min: 1, max: 40 }),
      })
      .map(({ days, fromMinute, quarters }) => ({
        ...{ days, fromMinute, toMinute: Math.min(1_440, fromMinute + quarters * 15) },
      })),
    { maxLength: 3 },
  ),
);

export const anyNumbers = (zone: string): fc.Arbitrary<LeadNumber[]> =>
  fc
    .array(fc.constantFrom(...NUMBER_KINDS), { minLength: 1, maxLength: 3 })
    .map((kinds) => kinds.map((kind, index) => someNumber(index + 1, kind, { timeZone: zone })));

const ALL = Object.keys(OUTCOMES) as Outcome[];
const AGAIN: readonly Outcome[] = [
  "no-answer",
  "no-answer",
  "machine-hung-up",
  "busy",
  "congestion",
  "rejected",
  "unallocated",
  "fax",
];

/** Mostly what is tried again. */
export const anyOutcome: fc.Arbitrary<Outcome> = fc.oneof(
  { weight: 9, arbitrary: fc.constantFrom(...AGAIN) },
  { weight: 1, arbitrary: fc.constantFrom(...ALL) },
);

export const anyJitter = fc.double({ min: 0, max: 0.999_999_999, noNaN: true });
