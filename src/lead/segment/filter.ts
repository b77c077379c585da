/**
 * A filter as it was read: what the store compiles and the evaluator asks. Kept as JSON beside the text it came from, so
 * its shape is a promise.
 *
 * One rule to remember: every term is either true or false of a lead. What is missing makes a term false, and so `not`
 * makes it true; there is no third answer anywhere.
 */
import { fieldFacts, type LeadFieldName } from "./fields.ts";

export type Field =
  { readonly kind: "attribute"; readonly name: string } | { readonly kind: "lead"; readonly name: LeadFieldName };

/** Texts are folded and, for `is`, without spaces around. */
export interface TextTerm {
  readonly type: "text";
  readonly field: Field;
  readonly test: "is" | "starts" | "ends" | "contains";
  /** One that fits is enough. */
  readonly values: readonly string[];
}

export interface NumberTerm {
  readonly type: "number";
  readonly field: Field;
  readonly test: "is" | "below" | "atMost" | "above" | "atLeast";
  /** One, except for `is`. */
  readonly values: readonly number[];
}

export type Filter =
  | { readonly type: "all" | "any"; readonly of: readonly Filter[] }
  | { readonly type: "not"; readonly of: Filter }
  | { readonly type: "missing"; readonly field: Field }
  | TextTerm
  | NumberTerm;

export const FILTER_LIMITS = {
  charactersMax: 2_000,
  depthMax: 20,
  termsMax: 100,
  listItemsMax: 500,
} as const;

/** Left to right, with those that stand twice. */
export const fieldsOf = (filter: Filter): readonly Field[] => {
  switch (filter.type) {
    case "all":
    case "any":
      return filter.of.flatMap(fieldsOf);
    case "not":
      return fieldsOf(filter.of);
    case "missing":
    case "text":
    case "number":
      return [filter.field];
  }
};

/** Names of the attributes it asks for, each once. */
export const attributesOf = (filter: Filter): readonly string[] => [
  ...new Set(fieldsOf(filter).flatMap((field) => (field.kind === "attribute" ? [field.name] : []))),
];

const asks = (filter: Filter, what: "history" | "clock"): boolean =>
  fieldsOf(filter).some((field) => field.kind === "lead" && fieldFacts(field.name).asks.includes(what));

/** Whether an attempt may change its answer. */
export const asksHistory = (filter: Filter): boolean => asks(filter, "history");

/** Whether time alone may change its answer. */
export const asksClock = (filter: Filter): boolean => asks(filter, "clock");
