/**
 * Reads one JSON object a line (NDJSON) from text that arrives in pieces. One rule to remember: a line is its own
 * record, so whatever is wrong with one costs that line alone, and no line is kept longer than its bound.
 */
import { COLUMN_NAME_CHARACTERS_MAX, COLUMNS_MAX, FIELD_CHARACTERS_MAX, ROW_CHARACTERS_MAX } from "./limits.ts";
import { rejection, type Rejection } from "./rejection.ts";

/** What a file of refused rows puts in front of the keys that it was made from. */
export const REJECT_KEYS = ["fairdial_line", "fairdial_code", "fairdial_reason"] as const;

export type JsonRow =
  | {
      readonly kind: "row";
      readonly line: number;
      readonly text: string;
      /** Every value as text, none of them empty; a list of texts or numbers under its own key more than once. */
      readonly values: readonly (readonly [key: string, value: string])[];
    }
  /** `text` is the beginning of the line. */
  | { readonly kind: "bad"; readonly line: number; readonly text: string; readonly rejection: Rejection };

export interface JsonReader {
  push(text: string): JsonRow[];
  /** No more text will come: the last line needs no end. */
  end(): JsonRow[];
}

const SHOWN_CHARACTERS_MAX = 1_000;

const NOT_JSON = rejection(
  "row-not-json",
  "the line is no JSON object: write one object a line, without line ends in it",
);
const TOO_LONG = rejection(
  "row-too-long",
  `the row is longer than ${ROW_CHARACTERS_MAX.toLocaleString("en-GB")} characters`,
);
const INEXACT = rejection(
  "row-number-inexact",
  "the row holds a number of so many digits that programs round it: put it in quotation marks",
);
const TOO_MANY = rejection("row-too-many-fields", `the row has more than ${COLUMNS_MAX} keys`);
const KEY_TOO_LONG = rejection(
  "row-key-too-long",
  `the row has a key of more than ${COLUMN_NAME_CHARACTERS_MAX} characters, or one without any`,
);

/** Null for a value that is none. */
const textOf = (value: unknown): string | null | Rejection => {
  switch (typeof value) {
    case "string":
      return value;
    case "boolean":
      return String(value);
    case "number":
      return Number.isInteger(value) && !Number.isSafeInteger(value) ? INEXACT : String(value);
    default:
      // What is nested is kept as it was written; nothing here asks what is in it.
      return value === null ? null : JSON.stringify(value);
  }
};

const isScalar = (value: unknown): boolean => typeof value === "string" || typeof value === "number";

const valuesOf = (parsed: object): readonly (readonly [string, string])[] | Rejection => {
  const entries = Object.entries(parsed).filter(([key]) => !(REJECT_KEYS as readonly string[]).includes(key));
  if (entries.length > COLUMNS_MAX) return TOO_MANY;
  const values: [string, string][] = [];
  for (const [key, value] of entries as [string, unknown][]) {
    const name = key.replace(/[\p{Cc}\p{Cf}]/gu, "").trim();
    if (name === "" || name.length > COLUMN_NAME_CHARACTERS_MAX) return KEY_TOO_LONG;
    const parts: unknown[] = Array.isArray(value) && value.length > 0 && value.every(isScalar) ? value : [value];
    for (const part of parts) {
      const text = textOf(part);
      if (typeof text === "object" && text !== null) return text;
      if (text === null || text === "") continue;
      if (text.length > FIELD_CHARACTERS_MAX) {
        return rejection(
          "row-field-too-long",
          `"${name}" is longer than ${FIELD_CHARACTERS_MAX.toLocaleString("en-GB")} characters`,
        );
      }
      values.push([name, text]);
    }
    if (values.length > COLUMNS_MAX) return TOO_MANY;
  }
  return values;
};

/** One line, or null for a blank one. */
export const readJsonLine = (text: string, line: number): JsonRow | null => {
  if (text.trim() === "") return null;
  const bad = (reason: Rejection): JsonRow => ({
    kind: "bad",
    line,
    text: text.slice(0, SHOWN_CHARACTERS_MAX),
    rejection: reason,
  });
  if (text.length > ROW_CHARACTERS_MAX) return bad(TOO_LONG);
  try {
    const parsed: unknown = JSON.parse(text);
    if (typeof parsed !== "object" || parsed === null || Array.isArray(parsed)) return bad(NOT_JSON);
    const values = valuesOf(parsed);
    return "code" in values ? bad(values) : { kind: "row", line, text, values };
  } catch {
    // Also nested so deeply that nobody can follow.
    return bad(NOT_JSON);
  }
};

export const ndjsonReader = (): JsonReader => {
  let pending = "";
  let line = 1;
  // True while the rest of a line that was given up for its length has not arrived yet.
  let skipping = false;

  const take = (text: string): JsonRow[] => {
    const row = skipping ? null : readJsonLine(text.endsWith("\r") ? text.slice(0, -1) : text, line);
    skipping = false;
    line += 1;
    return row === null ? [] : [row];
  };

  return {
    push(text) {
      const rows: JsonRow[] = [];
      pending += text;
      let from = 0;
      for (let end = pending.indexOf("\n", from); end !== -1; end = pending.indexOf("\n", from)) {
        rows.push(...take(pending.slice(from, end)));
        from = end + 1;
      }
      pending = pending.slice(from);
      if (skipping) pending = "";
      else if (pending.length > ROW_CHARACTERS_MAX) {
        rows.push({ kind: "bad", line, text: pending.slice(0, SHOWN_CHARACTERS_MAX), rejection: TOO_LONG });
        pending = "";
        skipping = true;
      }
      return rows;
    },
    end() {
      const last = pending;
      pending = "";
      return skipping ? [] : take(last);
    },
  };
};
