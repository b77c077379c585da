/**
 * What a filter may ask of a lead besides its attributes: the words, what their values look like, and what makes an answer
 * change.
 */
import { NUMBER_KINDS } from "../../domain/lead.ts";
import { OUTCOMES } from "../../domain/outcome.ts";
import { NUMBER_TYPES } from "../import/number.ts";

/** Whether a lead is still to be reached, as a manager would put it. */
export const LEAD_STATES = ["open", "held", "done"] as const;
export type LeadStateWord = (typeof LEAD_STATES)[number];

interface FieldFacts {
  readonly kind: "text" | "number";
  /** The only values there are; null for any. */
  readonly words: readonly string[] | null;
  /** Of each of a lead's numbers: one that fits is enough. */
  readonly ofNumbers: boolean;
  /** Changes with attempts, or with time alone. */
  readonly asks: readonly ("history" | "clock")[];
}

const text = (words: readonly string[] | null = null): FieldFacts => ({
  ...{ kind: "text", words, ofNumbers: false, asks: [] },
});
const ofNumbers = (words: readonly string[] | null = null): FieldFacts => ({ ...text(words), ofNumbers: true });
const number: FieldFacts = { kind: "number", words: null, ofNumbers: false, asks: [] };

export const LEAD_FIELDS = {
  list: text(),
  key: text(),
  name: text(),
  region: text(),
  priority: number,
  country: ofNumbers(),
  "number-type": ofNumbers(NUMBER_TYPES),
  "number-kind": ofNumbers(NUMBER_KINDS),
  "time-zone": ofNumbers(),
  "days-since-import": { ...number, asks: ["clock"] },
  attempts: { ...number, asks: ["history"] },
  "days-since-attempt": { ...number, asks: ["history", "clock"] },
  "last-outcome": { ...text(Object.keys(OUTCOMES)), asks: ["history"] },
  "last-disposition": { ...text(), asks: ["history"] },
  "lead-state": { ...text(LEAD_STATES), asks: ["history"] },
} as const satisfies Record<string, FieldFacts>;

export type LeadFieldName = keyof typeof LEAD_FIELDS;
export const LEAD_FIELD_NAMES = Object.keys(LEAD_FIELDS) as readonly LeadFieldName[];

/** Case does not count, and an underscore is as good as a hyphen. Null for a name that is none of ours. */
export const leadFieldOf = (name: string): LeadFieldName | null => {
  const wanted = name.toLowerCase().replaceAll("_", "-");
  return LEAD_FIELD_NAMES.find((known) => known === wanted) ?? null;
};

export const fieldFacts = (name: LeadFieldName): FieldFacts => LEAD_FIELDS[name];
