/** For `why`: which parts of a filter a lead does not fit, in words a manager can hold against the lead. */
import type { Instant } from "../../domain/instant.ts";
import { fits, valuesOf, type LeadFacts } from "./evaluate.ts";
import { leadFieldOf } from "./fields.ts";
import type { Field, Filter } from "./filter.ts";

export interface FailedTerm {
  /** The part of the filter, as it could be written. */
  readonly term: string;
  /** What the lead has there, one for each number; null for nothing. */
  readonly has: readonly (string | number | null)[];
}

/** The smallest parts that say no; none for a lead that fits. */
export const failedTerms = (filter: Filter, lead: LeadFacts, at: Instant): FailedTerm[] => {
  if (fits(filter, lead, at)) return [];
  switch (filter.type) {
    case "all":
      return filter.of.flatMap((inner) => failedTerms(inner, lead, at));
    case "any":
      // Any one of them would do: together they are one part.
      return [{ term: described(filter), has: [...new Set(filter.of.flatMap((inner) => hasOf(inner, lead, at)))] }];
    case "not":
      return [{ term: described(filter), has: hasOf(filter.of, lead, at) }];
    case "missing":
    case "text":
    case "number":
      return [{ term: described(filter), has: valuesOf(filter.field, lead, at) }];
  }
};

const hasOf = (filter: Filter, lead: LeadFacts, at: Instant): readonly (string | number | null)[] =>
  filter.type === "missing" || filter.type === "text" || filter.type === "number"
    ? valuesOf(filter.field, lead, at)
    : [];

const TEXT_TESTS = { is: "=", starts: "starts", ends: "ends", contains: "contains" } as const;
const NUMBER_TESTS = { is: "=", below: "<", atMost: "<=", above: ">", atLeast: ">=" } as const;

/** As somebody could write it: read again, it gives the same filter. */
export const described = (filter: Filter): string => {
  switch (filter.type) {
    case "all":
    case "any":
      return filter.of.map(bracketed).join(filter.type === "all" ? " and " : " or ");
    case "not":
      if (filter.of.type === "missing") return `${named(filter.of.field)} is present`;
      return `not ${bracketed(filter.of)}`;
    case "missing":
      return `${named(filter.field)} is missing`;
    case "text":
      return compared(named(filter.field), TEXT_TESTS[filter.test], filter.values.map(quoted));
    case "number":
      return compared(named(filter.field), NUMBER_TESTS[filter.test], filter.values.map(String));
  }
};

const bracketed = (filter: Filter): string =>
  filter.type === "all" || filter.type === "any" ? `(${described(filter)})` : described(filter);

const compared = (field: string, test: string, values: readonly string[]): string => {
  if (values.length === 1) return `${field} ${test} ${values[0] ?? ""}`;
  return test === "="
    ? `${field} in (${values.join(", ")})`
    : `(${values.map((value) => `${field} ${test} ${value}`).join(" or ")})`;
};

const quoted = (text: string): string => `"${text.replace(/["\\]/g, "\\$&")}"`;

/** Words of the language and names of fields would be read as such. */
const RESERVED = /^(?:and|or|not|in|is|between|missing|present|attr|with|true|false|null|starts|ends|contains)$/i;
const isPlain = (name: string): boolean =>
  /^[a-z_][a-z0-9_]*$/i.test(name) && !RESERVED.test(name) && leadFieldOf(name) === null;

const named = (field: Field): string =>
  field.kind === "lead" || isPlain(field.name) ? field.name : `attr(${quoted(field.name)})`;
