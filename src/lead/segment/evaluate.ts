/**
 * Whether a lead fits a filter. The store's SQL (store/segment-sql.ts) gives the same answer for every lead and filter; a
 * test with thousands of both holds them together.
 */
import type { NumberKind } from "../../domain/lead.ts";
import { msBetween, type Instant } from "../../domain/instant.ts";
import type { Outcome } from "../../domain/outcome.ts";
import type { LeadFieldName, LeadStateWord } from "./fields.ts";
import type { Field, Filter, NumberTerm, TextTerm } from "./filter.ts";
import { folded, trimmed } from "./fold.ts";
import { plainNumber } from "./plain-number.ts";

/** What filters may ask of a lead. */
export interface LeadFacts {
  readonly attributes: Readonly<Record<string, string>>;
  /** The list's name. */
  readonly list: string;
  readonly key: string | null;
  readonly name: string | null;
  readonly region: string | null;
  readonly priority: number;
  readonly addedAt: Instant;
  readonly numbers: readonly {
    readonly type: string;
    readonly kind: NumberKind;
    readonly country: string | null;
    /** The number's, else the list's. */
    readonly timeZone: string | null;
  }[];
  /** Attempts that counted. */
  readonly attempts: number;
  readonly lastAttemptAt: Instant | null;
  readonly lastOutcome: Outcome | null;
  /** The code of the latest attempt's disposition. */
  readonly lastDisposition: string | null;
  readonly state: LeadStateWord;
}

export const fits = (filter: Filter, lead: LeadFacts, at: Instant): boolean => {
  switch (filter.type) {
    case "all":
      return filter.of.every((inner) => fits(inner, lead, at));
    case "any":
      return filter.of.some((inner) => fits(inner, lead, at));
    case "not":
      return !fits(filter.of, lead, at);
    case "missing":
      return valuesOf(filter.field, lead, at).every((value) => value === null || trimmed(String(value)) === "");
    case "text":
      return valuesOf(filter.field, lead, at).some((value) => value !== null && fitsText(filter, String(value)));
    case "number":
      return valuesOf(filter.field, lead, at).some((value) => value !== null && fitsNumber(filter, value));
  }
};

const fitsText = ({ test, values }: TextTerm, raw: string): boolean => {
  const text = folded(trimmed(raw));
  switch (test) {
    case "is":
      return values.includes(text);
    case "starts":
      return values.some((value) => text.startsWith(value));
    case "ends":
      return values.some((value) => text.endsWith(value));
    case "contains":
      return values.some((value) => text.includes(value));
  }
};

const fitsNumber = ({ test, values }: NumberTerm, raw: string | number): boolean => {
  const number = typeof raw === "number" ? raw : plainNumber(trimmed(raw));
  if (number === null) return false;
  switch (test) {
    case "is":
      return values.includes(number);
    case "below":
      return values.every((value) => number < value);
    case "atMost":
      return values.every((value) => number <= value);
    case "above":
      return values.every((value) => number > value);
    case "atLeast":
      return values.every((value) => number >= value);
  }
};

type Value = string | number | null;

/** One, or one for each number. */
export const valuesOf = (field: Field, lead: LeadFacts, at: Instant): readonly Value[] => {
  if (field.kind === "lead") return LEAD_VALUES[field.name](lead, at);
  // A stranger may call a column `constructor`.
  return [Object.hasOwn(lead.attributes, field.name) ? (lead.attributes[field.name] ?? null) : null];
};

const DAY_MS = 86_400_000;
/** Whole days of 24 hours, as `timestampdiff` counts them. Plus 0: there is no negative nothing. */
const daysSince = (then: Instant | null, at: Instant): number | null =>
  then === null ? null : Math.trunc(msBetween(then, at) / DAY_MS) + 0;

const LEAD_VALUES: Readonly<Record<LeadFieldName, (lead: LeadFacts, at: Instant) => readonly Value[]>> = {
  list: ({ list }) => [list],
  key: ({ key }) => [key],
  name: ({ name }) => [name],
  region: ({ region }) => [region],
  priority: ({ priority }) => [priority],
  country: ({ numbers }) => numbers.map(({ country }) => country),
  "number-type": ({ numbers }) => numbers.map(({ type }) => type),
  "number-kind": ({ numbers }) => numbers.map(({ kind }) => kind),
  "time-zone": ({ numbers }) => numbers.map(({ timeZone }) => timeZone),
  "days-since-import": ({ addedAt }, at) => [daysSince(addedAt, at)],
  attempts: ({ attempts }) => [attempts],
  "days-since-attempt": ({ lastAttemptAt }, at) => [daysSince(lastAttemptAt, at)],
  "last-outcome": ({ lastOutcome }) => [lastOutcome],
  "last-disposition": ({ lastDisposition }) => [lastDisposition],
  "lead-state": ({ state }) => [state],
};
