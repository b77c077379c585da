/**
 * One row that a CRM handed in: what it wants done, or why nobody can tell. One rule to remember: everything in it is a
 * stranger's, of any length and any shape, and each row gets an answer of its own.
 */
import type { CountryCode } from "libphonenumber-js/max";
import { NUMBER_KINDS, type NumberKind } from "../../domain/lead.ts";
import type { ColumnMap } from "./columns.ts";
import { likeHome } from "./home-countries.ts";
import { readLead, type ImportedLead } from "./lead.ts";
import { ROW_CHARACTERS_MAX } from "./limits.ts";
import { readJsonLine } from "./ndjson-reader.ts";
import type { Rejection } from "./rejection.ts";

export const INTAKE_ACTIONS = ["add", "update", "withdraw", "suppress", "callback"] as const;
export type IntakeAction = (typeof INTAKE_ACTIONS)[number];

/** What the row says of a person; null for a column that was left empty. */
export interface IntakeText {
  readonly externalKey: string | null;
  readonly name: string | null;
  readonly numbers: string | null;
  readonly attributes: string | null;
  readonly timeZone: string | null;
  readonly region: string | null;
}

export interface IntakeProblem {
  readonly code: string;
  /** A sentence without its full stop. */
  readonly reason: string;
}

export interface IntakeRules {
  readonly defaultCountry: CountryCode;
  /** False for what is said of a lead that has its numbers. */
  readonly needsNumbers: boolean;
  /** For a no: whoever asks not to be called is heard, whatever their number costs. */
  readonly anyNumber?: boolean;
}

const NUMBERS_MAX = 20;

const problem = (code: string, reason: string): IntakeProblem => ({ code, reason });

type WrittenNumber = readonly [number: string, kind: NumberKind | null];

const NUMBERS_SHAPE = problem(
  "numbers-unreadable",
  `numbers must be one number, or JSON such as ["020 7946 0001"] or [{"number": "020 7946 0001", "kind": "home"}], at most ${NUMBERS_MAX}`,
);

const writtenNumber = (value: unknown): WrittenNumber | null => {
  if (typeof value === "string") return [value, null];
  if (typeof value !== "object" || value === null || !("number" in value)) return null;
  const { number } = value;
  const kind = "kind" in value ? value.kind : null;
  const known = NUMBER_KINDS.find((each) => each === kind) ?? null;
  return typeof number === "string" && (kind === null || known !== null) ? [number, known] : null;
};

const writtenNumbers = (text: string | null): readonly WrittenNumber[] | IntakeProblem => {
  const trimmed = (text ?? "").trim();
  if (trimmed === "") return [];
  if (trimmed.length > ROW_CHARACTERS_MAX) return NUMBERS_SHAPE;
  if (!/^[[{"]/.test(trimmed)) return [[trimmed, null]];
  try {
    const parsed: unknown = JSON.parse(trimmed);
    const all = (Array.isArray(parsed) ? (parsed as unknown[]) : [parsed]).map(writtenNumber);
    const read = all.flatMap((one) => (one === null ? [] : [one]));
    return read.length === all.length && all.length <= NUMBERS_MAX ? read : NUMBERS_SHAPE;
  } catch {
    return NUMBERS_SHAPE;
  }
};

const attributeValues = (text: string | null): readonly (readonly [string, string])[] | IntakeProblem => {
  if (text === null || text.trim() === "") return [];
  const row = readJsonLine(text, 1);
  if (row === null) return [];
  if (row.kind === "row") return row.values;
  return row.rejection.code === "row-not-json"
    ? problem("attributes-unreadable", "attributes must be one JSON object of texts and numbers")
    : row.rejection;
};

/** The person that the row speaks of; checked as a row of a list is. */
export const readIntake = (text: IntakeText, rules: IntakeRules): ImportedLead | IntakeProblem | Rejection => {
  const numbers = writtenNumbers(text.numbers);
  if ("code" in numbers) return numbers;
  const attributes = attributeValues(text.attributes);
  if ("code" in attributes) return attributes;
  const { columns, fields } = asRow(text, numbers, attributes);
  const read = readLead(fields, columns, {
    defaultCountry: rules.defaultCountry,
    countriesAllowed: rules.anyNumber === true ? null : likeHome(rules.defaultCountry),
    premiumAllowed: rules.anyNumber === true,
    onlyInUse: false,
    timeZone: null,
    numbersOptional: !rules.needsNumbers,
  });
  if (read.kind === "lead") return read.lead;
  return read.kind === "refused"
    ? read.rejection
    : rules.needsNumbers
      ? problem("number-missing", "the row has no telephone number")
      : problem("row-empty", "the row says nothing");
};

const FIRST = ["external_key", "name", "time_zone", "region"] as const;

const asRow = (
  text: IntakeText,
  numbers: readonly WrittenNumber[],
  attributes: readonly (readonly [string, string])[],
): { readonly columns: ColumnMap; readonly fields: readonly string[] } => {
  const first = [text.externalKey, text.name, text.timeZone, text.region].map((value) => value ?? "");
  // One place for a number at least, so that a missing one is said.
  const dialled: readonly WrittenNumber[] = numbers.length === 0 ? [["", null]] : numbers;
  const from = FIRST.length + dialled.length;
  return {
    fields: [...first, ...dialled.map(([number]) => number), ...attributes.map(([, value]) => value)],
    columns: {
      names: [...FIRST, ...dialled.map((_, at) => `number ${at + 1}`), ...attributes.map(([key]) => key)],
      numbers: dialled.map((_, at) => FIRST.length + at),
      numberKinds: dialled.map(([, kind]) => kind),
      ...{ key: 0, name: 1, timeZone: 2, region: 3, consent: null },
      attributes: attributes.map((_, at) => from + at),
    },
  };
};
