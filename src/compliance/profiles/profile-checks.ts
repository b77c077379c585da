/** What no single row can tell: values that make no sense, or none together. */
import type { CallingHours } from "../../domain/campaign.ts";
import { isTimeZone } from "../calling-window.ts";
import { ATTEMPTS_REMEMBERED_MS } from "../limits.ts";
import type { ProfileProblem, ResolvedProfile } from "./profile-source.ts";
import type { FrequencyRules, HoursRule } from "../profile.ts";
import { ruleSetting } from "../rule-id.ts";

/** COMPLIANCE, three clocks: however silent the person is, they are never kept waiting for longer than this. */
const GRACE_MAX_MS = 2_000;
const MINUTES_A_DAY = 1_440;

type Candidate = readonly (readonly [isWrong: boolean, place: string, says: string])[];

export function checkProfile(profile: ResolvedProfile): readonly ProfileProblem[] {
  const candidates = [
    ...checkClock(profile),
    ...checkAbandon(profile),
    ...checkHours(profile),
    ...checkNumbers(profile),
    ...checkNames(profile),
  ];
  return candidates.flatMap(([isWrong, place, says]) => (isWrong ? [{ rule: ruleSetting(profile, place), says }] : []));
}

const isWhole = (value: number, min: number, max = Number.MAX_SAFE_INTEGER): boolean =>
  Number.isSafeInteger(value) && value >= min && value <= max;

const checkClock = ({ clock, ringMinMs, earlyRingMinMs }: ResolvedProfile): Candidate => [
  [!isWhole(clock.limitMs, 1), "clock.limitMs", "clock.limitMs must be above 0."],
  [
    !isWhole(clock.safetyMarginMs, 0) || clock.safetyMarginMs >= clock.limitMs,
    "clock.safetyMarginMs",
    `The margin of ${clock.safetyMarginMs} ms leaves nothing of the limit of ${clock.limitMs} ms.`,
  ],
  [
    !isWhole(clock.noSpeechGraceMs, 0, GRACE_MAX_MS),
    "clock.noSpeechGraceMs",
    `clock.noSpeechGraceMs must be from 0 to ${GRACE_MAX_MS}: whoever says nothing hears nothing either.`,
  ],
  [!isWhole(clock.greetingMaxMs, 0), "clock.greetingMaxMs", "clock.greetingMaxMs must be a whole number from 0."],
  [!isWhole(ringMinMs, 0), "ringMinMs", "ringMinMs must be a whole number from 0."],
  [
    earlyRingMinMs < ringMinMs,
    "earlyRingMinMs",
    "earlyRingMinMs must be at least ringMinMs: early media says less for sure than ringing.",
  ],
];

function checkAbandon({ abandon }: ResolvedProfile): Candidate {
  const levels = [abandon.alertBasisPoints, abandon.throttleBasisPoints, abandon.stopBasisPoints];
  const known = levels.filter((level) => level !== null);
  return [
    [!isTimeZone(abandon.timeZone), "abandon.timeZone", `"${abandon.timeZone}" is no time zone.`],
    [abandon.scopes.length === 0, "abandon", "The abandon account needs a scope: campaign, centre or both."],
    [!isWhole(abandon.blockDays, 1, 366), "abandon.blockDays", "abandon.blockDays must be from 1 to 366."],
    [
      known.some((level, index) => !isWhole(level, 0, 10_000) || level < (known[index - 1] ?? 0)),
      "abandon",
      "The levels of the abandon account must rise: alert, throttle, stop, in hundredths of a percent.",
    ],
    [
      abandon.stopBasisPoints !== null &&
        abandon.ceilingBasisPoints !== null &&
        abandon.stopBasisPoints > abandon.ceilingBasisPoints,
      "abandon.stopBasisPoints",
      "abandon.stopBasisPoints must not lie above the ceiling that the regulator names.",
    ],
  ];
}

const isWindow = ({ days, fromMinute, toMinute }: CallingHours): boolean =>
  days.length > 0 &&
  days.every((day) => isWhole(day, 1, 7)) &&
  isWhole(fromMinute, 0, MINUTES_A_DAY) &&
  isWhole(toMinute, 0, MINUTES_A_DAY) &&
  fromMinute < toMinute;

function checkHours({ hours, regions, holidayCalendars, holidays = {} }: ResolvedProfile): Candidate {
  const all: readonly (readonly [place: string, rule: HoursRule])[] = [
    ...hours.map((rule) => ["hours", rule] as const),
    ...Object.entries(regions).flatMap(([code, region]) =>
      (region.hours ?? []).map((rule) => [`regions.${code}.hours`, rule] as const),
    ),
  ];
  const closing = all.find(([, { closedOnHolidays }]) => closedOnHolidays);
  return [
    ...all.map(
      ([place, rule]) =>
        [
          rule.hours.length === 0 || !rule.hours.every(isWindow),
          place,
          "Hours need days and times, and end after they begin.",
        ] as const,
    ),
    [
      closing !== undefined && holidayCalendars.length === 0,
      closing?.[0] ?? "hours",
      "Hours are closed on public holidays, and no holidayCalendars say whose.",
    ],
    ...holidayCalendars.map(
      (code) =>
        [
          holidays[code] === undefined,
          "holidayCalendars",
          `There is no calendar of public holidays "${code}".`,
        ] as const,
    ),
  ];
}

const checkFrequency = (place: string, rules: FrequencyRules): Candidate => [
  [
    [rules.perDayMax, rules.per24HoursMax].some((max) => max !== null && !isWhole(max, 1)),
    place,
    "A greatest number of attempts must be at least 1.",
  ],
  [
    rules.gapMinMs !== null && !isWhole(rules.gapMinMs, 0, ATTEMPTS_REMEMBERED_MS),
    place,
    "gapMinMs must be at most 48 hours: further back nobody looks.",
  ],
];

function checkNumbers(profile: ResolvedProfile): Candidate {
  const { silentStopCount, guaranteedAfterAbandonMs, guaranteedAfterMachineMs, frequency, regions, cli } = profile;
  return [
    [!isWhole(silentStopCount, 1), "silentStopCount", "silentStopCount must be at least 1."],
    [
      !isWhole(guaranteedAfterAbandonMs, 0),
      "guaranteedAfterAbandonMs",
      "guaranteedAfterAbandonMs must be a whole number from 0.",
    ],
    [
      !isWhole(guaranteedAfterMachineMs, 0),
      "guaranteedAfterMachineMs",
      "guaranteedAfterMachineMs must be a whole number from 0.",
    ],
    [!isWhole(profile.amdTestAgeMaxDays, 1), "amdTestAgeMaxDays", "amdTestAgeMaxDays must be at least 1."],
    [!isWhole(profile.recordsMonths, 1), "recordsMonths", "recordsMonths must be at least 1."],
    [
      cli.nationalDigits !== null && cli.nationalDigits[0] > cli.nationalDigits[1],
      "cli.nationalDigits",
      "cli.nationalDigits must be the fewest and the most, in this order.",
    ],
    ...checkFrequency("frequency", frequency),
    ...Object.entries(regions).flatMap(([code, region]) =>
      region.frequency === null ? [] : checkFrequency(`regions.${code}.frequency`, region.frequency),
    ),
  ];
}

function checkNames({ countries, registers }: ResolvedProfile): Candidate {
  const names = registers.map(({ name }) => name);
  const twice = names.find((name, index) => names.indexOf(name) !== index);
  return [
    [countries.length === 0, "countries", "It covers no country."],
    [twice !== undefined, "registers", `The register ${twice ?? ""} is asked for by two rules.`],
    [
      registers.some(({ ageMaxDays }) => !isWhole(ageMaxDays, 1, 366)),
      "registers",
      "A register's file may be from 1 to 366 days old.",
    ],
  ];
}
