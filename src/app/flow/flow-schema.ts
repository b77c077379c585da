/**
 * The schema of a flow's file: what a person writes. `toFlow` makes of it what the flow room carries out, with every default
 * filled in. Whether steps lead somewhere and say what is there is for `checkFlow` to find out.
 */
import { z } from "zod";
import { KEYS, VALUE_KINDS } from "../../flow/flow.ts";
import { readDuration } from "../arguments/duration.ts";

const text = (must: string, charactersMax = 500) =>
  z.string({ error: must }).min(1, { error: must }).max(charactersMax, { error: must });
const matching = (pattern: RegExp, must: string) => z.string({ error: must }).regex(pattern, { error: must });
const flag = () => z.boolean({ error: "must be true or false" });
const whole = (min: number, max: number) => {
  const range = `must be a whole number from ${min} to ${max}`;
  return z.number({ error: range }).int({ error: range }).min(min, { error: range }).max(max, { error: range });
};

/** As with everything that people type, a number without a unit is seconds. */
const duration = (leastMs: number, mostMs: number) => {
  const must = `must be a duration from ${leastMs / 1_000}s to ${mostMs / 1_000}s, such as 6s`;
  return z
    .union([z.number(), z.string()], { error: must })
    .transform((value) => readDuration(String(value)))
    .refine((value): value is number => value !== null && value >= leastMs && value <= mostMs, { error: must });
};

const NAME = /^[a-z][a-zA-Z0-9_-]{0,63}$/;
const step = () => matching(NAME, "must be the name of a step");
const resultName = () =>
  matching(NAME, "must be a small letter and at most 63 letters, digits, hyphens or underscores");
const valueName = () => text("must be the name of an attribute or a result", 120);
const KEY = `must be a key, in quotation marks: ${KEYS.join(" ")}`;
/** YAML reads a bare 1 as a number. */
const key = () =>
  z.union([z.number().transform(String), z.string()], { error: KEY }).pipe(z.enum(KEYS, { error: KEY }));
/** Not `tone:`, which never finishes by itself. No comma, for it would part two media. */
const media = () => matching(/^(sound|recording):[\w/.+-]{1,200}$/, "must be a media name such as sound:acme/hello");

const ITEM =
  'must be a media name, or one of media, number, digits, characters, date, time, money, offered, such as "date: delivery_date"';
const item = z.union(
  [
    media(),
    z.strictObject({ media: media(), says: text("must be the words of the recording", 5_000).optional() }),
    z.strictObject({ number: valueName() }),
    z.strictObject({ digits: valueName() }),
    z.strictObject({ characters: valueName() }),
    z.strictObject({ date: valueName() }),
    z.strictObject({ time: valueName() }),
    z.strictObject({ money: valueName(), currency: matching(/^[A-Z]{3}$/, "must be a currency such as GBP") }),
    z.strictObject({ offered: z.enum(["date", "key"]) }),
  ],
  { error: ITEM },
);
export type ItemWritten = z.infer<typeof item>;

const SPEECH_MAX = 30;
const SPEECH = `must be a list of 1 to ${SPEECH_MAX} things to say`;
const speech = () => z.array(item, { error: SPEECH }).min(1, { error: SPEECH }).max(SPEECH_MAX, { error: SPEECH });

const asking = {
  prompt: speech(),
  again: speech().optional(),
  wait: duration(1_000, 30_000).default(6_000),
  tries: whole(1, 5).default(3),
  bargeIn: flag().default(true),
  otherwise: step(),
};

const gather = z.strictObject({
  ...asking,
  keys: z.record(matching(/^[0-9*#]$/, "is no key"), step()).optional(),
  digits: z
    .strictObject({
      least: whole(1, 20).default(1),
      most: whole(1, 20),
      end: z.union([z.literal("none"), key()], { error: `${KEY}, or none` }).default("#"),
      between: duration(1_000, 20_000).default(4_000),
      into: resultName().optional(),
      matches: valueName().optional(),
      sensitive: flag().default(false),
      keep: flag().default(false),
    })
    .optional(),
});

const confirmPerson = z.strictObject({
  ...asking,
  yes: key().default("1"),
  no: key().default("2"),
  person: step(),
  somebodyElse: step(),
});

const chooseDate = z.strictObject({
  ...asking,
  from: valueName(),
  offer: speech(),
  most: whole(1, 9).default(3),
  into: resultName(),
  declined: step().optional(),
  none: step(),
});

const CASES_MAX = 50;
const IS = "must be a value, or a list of values";
const scalar = z.union([z.string(), z.number(), z.boolean()], { error: IS }).transform(String);
const oneCase = z
  .strictObject({
    is: z.union([scalar, z.array(scalar).min(1).max(CASES_MAX)], { error: IS }).optional(),
    atLeast: z.number({ error: "must be a number" }).optional(),
    below: z.number({ error: "must be a number" }).optional(),
    missing: flag().optional(),
    then: step(),
  })
  .refine((each) => [each.is, each.atLeast, each.below, each.missing].some((part) => part !== undefined), {
    error: "must say what it is about: is, atLeast, below or missing",
  });

const branch = z.strictObject({
  on: valueName(),
  cases: z.array(oneCase, { error: "must be a list of cases" }).min(1).max(CASES_MAX),
  otherwise: step(),
});

const done = () => z.literal(true, { error: "must be true" });

const stepSchema = z.strictObject({
  play: speech().optional(),
  gather: gather.optional(),
  confirmPerson: confirmPerson.optional(),
  chooseDate: chooseDate.optional(),
  branch: branch.optional(),
  setResult: z.record(resultName(), scalar, { error: "must be results and their values" }).optional(),
  optOut: done().optional(),
  askCallback: z
    .strictObject({ after: duration(0, 30 * 86_400_000).optional(), on: valueName().optional() })
    .optional(),
  leaveMessage: z.strictObject({ say: speech(), beepWait: duration(1_000, 60_000).default(20_000) }).optional(),
  handOver: z
    .strictObject({
      say: speech(),
      meanwhile: z.array(media(), { error: "must be a list of media" }).min(1).max(SPEECH_MAX),
      wait: duration(1_000, 120_000).default(10_000),
      nobody: step(),
    })
    .optional(),
  hangUp: done().optional(),
  then: step().optional(),
});
export type StepWritten = z.infer<typeof stepSchema>;

const kind = z.enum(VALUE_KINDS, { error: `must be one of: ${VALUE_KINDS.join(", ")}` });
const RESULT = "must be date, digits, or a list of values";
const mediaList = () => z.array(media(), { error: "must be a list of media" }).min(1);
const pattern = (parts: readonly string[]) =>
  z
    .array(
      z.string().refine((part) => parts.includes(part) || /^(sound|recording):[\w/.+-]{1,200}$/.test(part), {
        error: `must be media or one of ${parts.join(", ")}`,
      }),
    )
    .min(1);
const listOf = (count: number) => {
  const must = `must be ${count} lists of media`;
  return z.array(mediaList(), { error: must }).length(count, { error: must });
};

const words = z.strictObject({
  one: mediaList(),
  many: mediaList(),
  and: z.array(media()).default([]),
  smallOne: mediaList(),
  smallMany: mediaList(),
});
const TIME = ["{hour}", "{minute}", "{half}"];
const sayTable = z.strictObject({
  language: matching(/^[a-z]{2,3}(_[A-Z]{2})?$/, "must be a language such as de or en_GB"),
  weekdays: listOf(7),
  months: listOf(12),
  days: listOf(31),
  date: pattern(["{weekday}", "{day}", "{month}", "{year}"]),
  twelveHours: flag().default(false),
  halves: z.tuple([z.array(media()), z.array(media())], { error: "must be two lists of media" }).default([[], []]),
  fullHour: pattern(TIME),
  fewMinutes: pattern(TIME),
  time: pattern(TIME),
  currencies: z.record(matching(/^[A-Z]{3}$/, "must be a currency such as GBP"), words).default({}),
});

const STEPS_MAX = 200;

export const flowFileSchema = z.strictObject({
  flow: matching(/^[A-Za-z0-9][A-Za-z0-9_-]{0,63}$/, "must be a name of letters, digits, hyphens and underscores"),
  language: text("must be a language that is known, such as en_GB", 10).default("en_GB"),
  sayTable: sayTable.optional(),
  lengthMax: duration(10_000, 1_800_000).default(300_000),
  visitsMax: whole(1, 10).default(3),
  playMax: duration(5_000, 300_000).default(60_000),
  attributes: z
    .record(
      valueName(),
      z.union([kind, z.strictObject({ kind, private: flag().default(false) })], {
        error: `must be one of ${VALUE_KINDS.join(", ")}, or a section with kind and private`,
      }),
    )
    .default({}),
  results: z
    .record(
      resultName(),
      z.union([z.enum(["date", "digits"]), z.array(scalar).min(1).max(CASES_MAX)], { error: RESULT }),
    )
    .default({}),
  optOut: z.strictObject({ key: key(), go: step() }).optional(),
  start: step(),
  trouble: step(),
  steps: z
    .record(
      matching(NAME, "must be a small letter and at most 63 letters, digits, hyphens or underscores"),
      stepSchema,
      {
        error: "must be steps by name",
      },
    )
    .refine((steps) => Object.keys(steps).length <= STEPS_MAX, { error: `must be at most ${STEPS_MAX} steps` }),
});
export type FlowWritten = z.infer<typeof flowFileSchema>;
