/** Leads and filters of all kinds, for comparing those who answer whether one fits the other. */
import fc from "fast-check";
import { NUMBER_KINDS } from "../../src/domain/lead.ts";
import { instant } from "../../src/domain/instant.ts";
import type { Outcome } from "../../src/domain/outcome.ts";
import { LEAD_STATES } from "../../src/lead/segment/fields.ts";
import type { LeadFacts } from "../../src/lead/segment/evaluate.ts";
import { T0 } from "../contract/store/fixture.ts";

export interface LeadSeed {
  readonly facts: LeadFacts;
}

/** Few, so that leads and filters meet; odd, so that quoting is put to the test. */
export const HEADINGS = [
  "status",
  "postcode",
  "post code",
  "income",
  'a"b',
  "größe",
  "x.y",
  "attempts",
  "score",
] as const;
const LISTS = ["March", "april 2026"] as const;
const REGIONS = ["SW", "GB-SW", "FL", "US-FL"] as const;
const ZONES = ["Europe/London", "America/New_York"] as const;
const COUNTRIES = ["GB", "IE", "US"] as const;
const TYPES = ["mobile", "fixed", "unknown"] as const;
const OUTCOMES_SEEN: readonly Outcome[] = ["busy", "no-answer", "connected"];
const DISPOSITIONS = ["SALE", "no sale", "Ünwillig"] as const;

const numberText = fc.oneof(
  fc.constantFrom("0", "7", "10", "15", "20", "20.5", "-3", "007", "+12", " 12 ", "0.1", "123456789.123456"),
  fc.constantFrom("999999999999999", "1e3", "1,000", "£20", "12th", "12\n", "1234567890123456", ".5", "5."),
  fc.integer({ min: -50, max: 50 }).map(String),
);
const wordText = fc.oneof(
  fc.constantFrom("gold", "Silver", " gold ", "GOLD", "SW1A 1AA", "sw1", "100%", "a_b", "axb", "x|y", "c\\d", "  "),
  fc.constantFrom(
    "ÄÖÜ",
    "äöü",
    "Straße",
    "STRASSE",
    "İstanbul",
    "ΣΊΣΥΦΟΣ",
    "σίσυφοσ",
    "ЖИЗНЬ",
    "жизнь",
    "漢字 🎺",
    'q"q',
  ),
  fc.string({ unit: "grapheme", maxLength: 6 }),
);
const value = fc.oneof(numberText, wordText);

const maybe = <Item>(arbitrary: fc.Arbitrary<Item>) => fc.option(arbitrary, { nil: null });

export const someLead: fc.Arbitrary<LeadSeed> = fc
  .record({
    attributes: fc
      .uniqueArray(fc.tuple(fc.constantFrom(...HEADINGS), value), { selector: ([name]) => name, maxLength: 6 })
      .map((pairs): Record<string, string> => Object.fromEntries(pairs)),
    list: fc.constantFrom(...LISTS),
    key: maybe(fc.constantFrom("K1", "k1", "K 2")),
    name: maybe(fc.constantFrom("Ann", "ANN", "Bob Š")),
    region: maybe(fc.constantFrom(...REGIONS)),
    priority: fc.integer({ min: 0, max: 99 }),
    addedAt: fc.integer({ min: -3 * 86_400, max: 12 * 86_400 }).map((seconds) => instant(T0 + seconds * 1_000)),
    numbers: fc.array(
      fc.record({
        type: fc.constantFrom(...TYPES),
        kind: fc.constantFrom(...NUMBER_KINDS),
        country: maybe(fc.constantFrom(...COUNTRIES)),
        timeZone: maybe(fc.constantFrom(...ZONES)),
      }),
      { minLength: 1, maxLength: 3 },
    ),
    attempts: fc.integer({ min: 0, max: 6 }),
    lastAttemptAt: maybe(fc.integer({ min: 0, max: 12 * 86_400 }).map((seconds) => instant(T0 + seconds * 1_000))),
    lastOutcome: maybe(fc.constantFrom(...OUTCOMES_SEEN)),
    lastDisposition: maybe(fc.constantFrom(...DISPOSITIONS)),
    state: fc.constantFrom(...LEAD_STATES),
  })
  .map((facts) => ({
    // A lead that was never tried has no latest outcome either.
    facts: facts.lastOutcome === null ? { ...facts, lastDisposition: null } : facts,
  }));

export const quoted = (text: string): string => `"${text.replaceAll("\\", "\\\\").replaceAll('"', '\\"')}"`;

const FIT = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}\p{Co}\uFFFD]/u;
/** What a filter may say: characters that can be seen, and something of it. */
const textLiteral = wordText.filter((text) => text.trim() !== "" && !FIT.test(text)).map(quoted);
const numberLiteral = fc.oneof(
  fc.constantFrom("0", "7", "10", "20.5", "-3", "12", "0.1", "123456789.123456", "999999999999999"),
  fc.integer({ min: -50, max: 50 }).map(String),
);
const attribute = fc.constantFrom(...HEADINGS).map((name) => `attr(${quoted(name)})`);
const textTests = fc.constantFrom("=", ":", "!=", "starts", "ends with", "contains", "not contains");
const numberTests = fc.constantFrom("=", "!=", "<", "<=", ">", ">=");
const listOf = (literal: fc.Arbitrary<string>) =>
  fc.array(literal, { minLength: 1, maxLength: 4 }).map((items) => `(${items.join(", ")})`);

const numbers = (field: fc.Arbitrary<string>, literal: fc.Arbitrary<string> = numberLiteral) =>
  fc.oneof(
    fc.tuple(field, numberTests, literal).map((words) => words.join(" ")),
    fc.tuple(field, literal, literal).map(([name, low, high]) => `${name} between ${low} and ${high}`),
    fc.tuple(field, listOf(literal)).map(([name, list]) => `${name} in ${list}`),
  );
const texts = (field: fc.Arbitrary<string>, literal: fc.Arbitrary<string> = textLiteral) =>
  fc.oneof(
    fc.tuple(field, textTests, literal).map((words) => words.join(" ")),
    fc.tuple(field, fc.constantFrom("in", "not in"), listOf(literal)).map((words) => words.join(" ")),
  );
const oneOf = (...words: string[]) => fc.constantFrom(...words).map(quoted);

const term = fc.oneof(
  texts(attribute),
  numbers(attribute),
  fc.tuple(attribute, fc.constantFrom("is missing", "is not missing", "is present")).map((words) => words.join(" ")),
  numbers(fc.constantFrom("priority", "attempts", "days-since-import", "Days_since_attempt")),
  texts(fc.constant("region"), oneOf("sw", "FL", "us-fl", "GB-SW")),
  texts(fc.constant("list"), oneOf("march", "April 2026", "il 20")),
  texts(fc.constant("key"), oneOf("K1", "k 2")),
  texts(fc.constant("name"), oneOf("ann", "BOB š")),
  texts(fc.constant("last-disposition"), oneOf("sale", "SALE", "ünwillig")),
  texts(fc.constant("time-zone"), oneOf("europe/london", "America/New_York", "Europe/")),
  texts(fc.constant("country"), oneOf("gb", "US")),
  texts(fc.constant("number-type"), oneOf("mobile", "fixed")),
  texts(fc.constant("number-kind"), oneOf("home", "work", "mobile")),
  texts(fc.constant("last-outcome"), oneOf("busy", "no-answer")),
  texts(fc.constant("lead-state"), oneOf("open", "held", "done")),
  fc
    .constantFrom("region", "country", "time-zone", "last-outcome", "last-disposition", "days-since-attempt", "key")
    .map((field) => `${field} is missing`),
);

export const someFilter: fc.Arbitrary<string> = fc.letrec<{ filter: string }>((tie) => ({
  filter: fc.oneof(
    { maxDepth: 3, withCrossShrink: true },
    term,
    fc.tuple(tie("filter"), fc.constantFrom("and", "or", "AND"), tie("filter")).map((words) => words.join(" ")),
    tie("filter").map((inner) => `not (${inner})`),
    fc.tuple(tie("filter"), tie("filter")).map(([one, other]) => `(${one}) or ${other}`),
  ),
})).filter;
