/** The schema of a profile's file: rows of rules as a person writes them, read into what the compliance room resolves. */
import { z } from "zod";
import { DIAL_RULES } from "../compliance/dial-rules.ts";
import { isTimeZone } from "../compliance/calling-window.ts";
import { PURPOSES, SECTORS } from "../domain/campaign.ts";
import { CLOCK_STARTS } from "../domain/connect-clock.ts";
import { CONSENT_KINDS } from "../domain/number-facts.ts";
import { NUMBER_TYPES } from "../lead/import/number.ts";
import { readCallingHours } from "./arguments/calling-hours.ts";
import { readDuration } from "./arguments/duration.ts";

const text = (must: string, charactersMax = 1_000) =>
  z.string({ error: must }).min(1, { error: must }).max(charactersMax);
const matching = (pattern: RegExp, must: string) => z.string({ error: must }).regex(pattern, { error: must });
const oneOf = <const Choice extends readonly [string, ...string[]]>(choices: Choice) =>
  z.enum(choices, { error: `must be one of: ${choices.join(", ")}` });
const flag = () => z.boolean({ error: "must be true or false" });
const list = <Of extends z.ZodType>(of: Of) => z.array(of, { error: "must be a list" });
const whole = (min: number, max: number) => {
  const range = `must be a whole number from ${min.toLocaleString("en-GB")} to ${max.toLocaleString("en-GB")}`;
  return z.number({ error: range }).int({ error: range }).min(min, { error: range }).max(max, { error: range });
};

const WEEK_MS = 7 * 86_400_000;
const DURATION = "must be milliseconds, or a duration with its unit such as 15s or 72h";
/** A bare number is milliseconds here, as the names say; text carries its unit. */
const duration = () =>
  z
    .union(
      [
        z.number().int(),
        z
          .string()
          .regex(/[a-z]$/)
          .transform(readDuration),
      ],
      { error: DURATION },
    )
    .refine((value) => value !== null && value >= 0 && value <= 60 * WEEK_MS, { error: DURATION })
    .transform((value) => value ?? 0);

/** Lists may be written in several lines, each a list of its own. */
const words = <Of extends z.ZodType<string>>(of: Of) =>
  list(z.union([of, z.array(of)], { error: "must be a list of texts" })).transform((all) => all.flat());
const prefixes = () =>
  words(matching(/^\+[1-9][0-9]{0,14}$/, "must be the beginning of a number with its +, in quotation marks"));

const DATE = /^\d{4}-\d{2}-\d{2}$/;
const isDate = (date: string): boolean => {
  const time = Date.parse(`${date}T00:00:00Z`);
  return DATE.test(date) && !Number.isNaN(time) && new Date(time).toISOString().startsWith(date);
};
const date = () =>
  z
    .string({ error: "must be a date such as 2026-11-22" })
    .refine(isDate, { error: "must be a date such as 2026-11-22" });

const hoursText = z.string({ error: "must be hours such as mon-fri 08:00-21:00" }).transform((value, context) => {
  const read = readCallingHours(value);
  if ("hours" in read) return read.hours;
  context.addIssue({ code: "custom", message: `must be hours: ${read.problem.replace(/\.$/, "")}` });
  return z.NEVER;
});

const applies = {
  purposes: list(oneOf(PURPOSES)).nullable().default(null),
  numberTypes: list(oneOf(NUMBER_TYPES)).nullable().default(null),
};
const registerName = matching(/^[A-Za-z0-9_-]{1,32}$/, "must be at most 32 letters, digits, hyphens and underscores");
const hours = list(z.strictObject({ hours: hoursText, closedOnHolidays: flag(), ...applies }));
const frequency = z.strictObject({
  perDayMax: whole(1, 1_000).nullable().optional(),
  per24HoursMax: whole(1, 1_000).nullable().optional(),
  gapMinMs: duration().nullable().optional(),
});
const basisPoints = () => whole(0, 10_000).nullable().optional();

const set = z.strictObject({
  countries: list(matching(/^[A-Z]{2}$/, "must be a country's two capital letters")).optional(),
  clock: z
    .strictObject({
      start: oneOf(CLOCK_STARTS).optional(),
      limitMs: duration().optional(),
      safetyMarginMs: duration().optional(),
      noSpeechGraceMs: duration().optional(),
      greetingMaxMs: duration().optional(),
    })
    .optional(),
  ringMinMs: duration().optional(),
  earlyRingMinMs: duration().optional(),
  abandon: z
    .strictObject({
      window: oneOf(["calendarDay", "fixedBlocks", "calendarMonth"]).optional(),
      blockDays: whole(1, 366).optional(),
      timeZone: z.string().refine(isTimeZone, { error: "must be a time zone such as Europe/London" }).optional(),
      scopes: list(oneOf(["campaign", "centre"])).optional(),
      formula: oneOf(["ofcom2010", "liveOnly"]).optional(),
      alertBasisPoints: basisPoints(),
      throttleBasisPoints: basisPoints(),
      stopBasisPoints: basisPoints(),
      ceilingBasisPoints: basisPoints(),
      safeHarbour: flag().optional(),
      lateIsAbandoned: flag().optional(),
    })
    .optional(),
  silentStopCount: whole(1, 1_000).optional(),
  guaranteedAfterAbandonMs: duration().optional(),
  guaranteedAfterMachineMs: duration().optional(),
  registers: list(
    z.strictObject({
      name: registerName,
      ageMaxDays: whole(1, 366),
      overriddenBy: oneOf(CONSENT_KINDS).nullable().default(null),
      ...applies,
    }),
  ).optional(),
  consent: list(z.strictObject({ kind: oneOf(CONSENT_KINDS), ...applies })).optional(),
  blockedSectors: list(oneOf(SECTORS)).optional(),
  hours: hours.optional(),
  holidayCalendars: list(matching(/^[A-Z]{2}(-[A-Z0-9]{1,3})?$/, "must be a code such as GB-ENG or DE")).optional(),
  frequency: frequency.optional(),
  cli: z
    .strictObject({
      nationalDigits: z
        .tuple([whole(1, 15), whole(1, 15)], { error: "must be two numbers of digits" })
        .nullable()
        .optional(),
      refusedPrefixes: prefixes().optional(),
    })
    .optional(),
  message: z
    .strictObject({
      contactPrefixes: prefixes().optional(),
      refusedContactPrefixes: prefixes().optional(),
      mustSayPurpose: flag().optional(),
      mustOfferKeyOptOut: flag().optional(),
      marketingWords: words(text("must be words")).optional(),
    })
    .optional(),
  amdTestAgeMaxDays: whole(1, 366).optional(),
  recordsMonths: whole(1, 600).optional(),
  recordingNotice: flag().optional(),
  supervision: flag().optional(),
  regions: z
    .record(
      z.string().regex(/^[A-Z]{2}-[A-Z0-9]{1,3}$/, { error: "must be a region such as US-FL" }),
      z.strictObject({ prefixes: prefixes().optional(), hours: hours.optional(), frequency: frequency.optional() }),
    )
    .optional(),
});

const ruleId = () => matching(/^[A-Z0-9]{1,12}(-[A-Z0-9]{1,12}){1,3}$/, "must be an id such as UK-CLK-1");

const row = z.strictObject({
  id: ruleId(),
  says: text("must say the rule in plain words"),
  source: text("must say where the rule is written"),
  confidence: oneOf(["V1", "V2", "V2*", "M", "E"]),
  valid_from: date(),
  decides: list(oneOf(DIAL_RULES)).default([]),
  set: set.default({}),
});

const MONTH_DAY = /^(?:\d{4}-)?(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])$/;
const holiday = z
  .strictObject({
    name: text("must be a name", 100),
    on: matching(MONTH_DAY, "must be MM-DD or YYYY-MM-DD").optional(),
    afterEaster: whole(-100, 300).optional(),
    weekday: whole(1, 7).optional(),
    nth: whole(-1, 5).optional(),
    month: whole(1, 12).optional(),
    notAfter: matching(/^(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])$/, "must be MM-DD").optional(),
    substituteFor: list(whole(1, 7)).optional(),
    fromYear: whole(1900, 2200).optional(),
    toYear: whole(1900, 2200).optional(),
    exceptYears: list(whole(1900, 2200)).optional(),
  })
  .refine(
    ({ on, afterEaster, weekday, nth, month, notAfter }) => {
      const byWeek = [weekday, nth, month].every((part) => part !== undefined) && nth !== 0;
      const ways = [on !== undefined, afterEaster !== undefined, byWeek, notAfter !== undefined];
      return ways.filter(Boolean).length === 1 && (notAfter === undefined || weekday !== undefined);
    },
    { error: "must say its day in one way: on, afterEaster, weekday with nth and month, or weekday with notAfter" },
  );

/** A name, as campaigns give it: fits its column, and needs no quoting anywhere. */
export const PROFILE_NAME = /^[A-Za-z0-9_-]{1,32}$/;
const name = () => matching(PROFILE_NAME, "must be at most 32 letters, digits, hyphens and underscores");

export const profileFileSchema = z.strictObject({
  profile: name().optional(),
  inherits: name().optional(),
  without: list(ruleId()).default([]),
  rules: list(row).default([]),
  calendars: z
    .record(
      z.string().regex(/^[A-Z]{2}(-[A-Z0-9]{1,3})?$/, { error: "must be a code such as GB-ENG or DE" }),
      list(holiday),
    )
    .default({}),
});
export type ProfileFile = z.infer<typeof profileFileSchema>;
