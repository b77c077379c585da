/**
 * Files of numbers that are not to be called: registers and lists of opt-outs, by the million. Read in pieces, so that
 * memory does not grow with the file, and line by line, so that a bad line costs itself and no other.
 */
import type { PhoneNumber } from "../../domain/phone-number.ts";
import { columnNames, mapColumns } from "../../lead/import/columns.ts";
import { csvReader, type CsvRow } from "../../lead/import/csv-reader.ts";
import { detectDelimiter } from "../../lead/import/delimiter.ts";
import type { NumberRules } from "../../lead/import/number.ts";
import { readListedNumber } from "../../lead/import/plain-number.ts";
import type { Rejection } from "../../lead/import/rejection.ts";
import { isHashedNumber } from "../../store/index.ts";
import { CliError } from "../cli-error.ts";
import { textOf } from "./encoding.ts";
import type { ListSource } from "./source.ts";

export interface NumberFileOptions {
  /** Null to go by the file's mark, else UTF-8. */
  readonly encoding: string | null;
  /** Heading or place of the column, or of several joined into one number: `3`, `Phone`, `Area+Number`. Null to see. */
  readonly column: string | null;
  /** Whether the first row is a heading; null to see. */
  readonly hasHeader: boolean | null;
  readonly rules: NumberRules;
}

export interface NumberLayout {
  readonly encoding: string;
  readonly delimiter: string;
  /** Null when the first row is data. */
  readonly header: readonly string[] | null;
  /** Of the columns that hold the number, counted from 1. */
  readonly places: readonly number[];
  /** For the file of refused rows. */
  readonly names: readonly string[];
}

export type NumberRow =
  | { readonly kind: "number"; readonly number: PhoneNumber }
  /** Written by us, with our key. */
  | { readonly kind: "hashed"; readonly numberKey: string }
  /** Nobody could dial it, so nothing is lost. */
  | { readonly kind: "ignored" }
  | {
      readonly kind: "refused";
      readonly line: number;
      readonly fields: readonly string[];
      readonly rejection: Rejection;
    };

/** Opens the file; throws {@link CliError} when nobody can tell which column is meant. Rows come some thousand at a time. */
export const readNumberFile = async (
  source: ListSource,
  options: NumberFileOptions,
  onBytes: (count: number) => void,
): Promise<{ readonly layout: NumberLayout; readonly rows: AsyncIterable<readonly NumberRow[]> }> => {
  const text = textOf(source, options.encoding, onBytes);
  const delimiter = detectDelimiter(text.sample);

  async function* raw(): AsyncGenerator<readonly CsvRow[], void> {
    const reader = csvReader(delimiter);
    for await (const piece of text.pieces()) {
      const rows = reader.push(piece);
      if (rows.length > 0) yield rows;
    }
    const rows = reader.end();
    if (rows.length > 0) yield rows;
  }

  const records = raw();
  const first = await records.next();
  if (first.done === true) throw new CliError("file-refused", `${source.name} holds no row.`);
  const begun = first.value;
  const [head] = begun;
  const headFields = head?.kind === "row" ? head.fields : [""];
  const layout = { encoding: text.encoding, delimiter, ...layoutOf(headFields, options) };
  const read = (row: CsvRow): NumberRow => reading(row, layout.places, options.rules);

  async function* rows(): AsyncGenerator<readonly NumberRow[]> {
    yield (layout.header === null ? begun : begun.slice(1)).map(read);
    for await (const some of records) yield some.map(read);
  }
  return { layout, rows: rows() };
};

const reading = (row: CsvRow, places: readonly number[], rules: NumberRules): NumberRow => {
  if (row.kind === "bad") return { kind: "refused", line: row.line, fields: [row.text], rejection: row.rejection };
  const field = numberIn(row.fields, places);
  if (isHashedNumber(field)) return { kind: "hashed", numberKey: field };
  const read = readListedNumber(field, rules);
  if ("number" in read) return { kind: "number", number: read.number };
  return "ignored" in read
    ? { kind: "ignored" }
    : { kind: "refused", line: row.line, fields: row.fields, rejection: read };
};

const numberIn = (fields: readonly string[], places: readonly number[]): string => {
  const [only, ...others] = places;
  const part = (place: number | undefined): string => (place === undefined ? "" : (fields[place - 1] ?? "").trim());
  return others.length === 0 ? part(only) : places.map(part).join("");
};

const isNumber = (field: string, rules: NumberRules): boolean =>
  isHashedNumber(field) || !("code" in readListedNumber(field, rules));

/** A number that was typed wrongly has many digits too; a heading has none or one. */
const HEADING_DIGITS_MAX = 4;
const looksLikeHeading = (field: string): boolean => field.replace(/\D/g, "").length <= HEADING_DIGITS_MAX;

const refusal = (problem: string): CliError =>
  new CliError(
    "columns-refused",
    `${problem} Name it: --column PLACE, --column HEADING, or A+B for two that are joined.`,
  );

/** Which columns hold the number, and whether the first row is a heading. */
const layoutOf = (
  fields: readonly string[],
  { column, hasHeader, rules }: NumberFileOptions,
): Omit<NumberLayout, "encoding" | "delimiter"> => {
  const headings = columnNames(fields);
  if ("problem" in headings) throw refusal(headings.problem);
  const withPlaces = (places: readonly number[], isHeader: boolean) => {
    const header = hasHeader ?? isHeader;
    return {
      header: header ? fields : null,
      places,
      names: header ? headings : fields.map((_, index) => String(index + 1)),
    };
  };
  if (column !== null) {
    const found = column.split("+").map((part) => placeOf(headings, part.trim(), hasHeader !== false));
    const places = found.map(({ place }) => place);
    const field = numberIn(fields, places);
    return withPlaces(
      places,
      found.some(({ byName }) => byName) || (!isNumber(field, rules) && looksLikeHeading(field)),
    );
  }
  const [only = ""] = fields;
  if (fields.length === 1) return withPlaces([1], !isNumber(only.trim(), rules) && looksLikeHeading(only));
  const withNumber = fields.flatMap((field, index) => (isNumber(field.trim(), rules) ? [index + 1] : []));
  if (withNumber.length === 1 && hasHeader !== true) return withPlaces(withNumber, false);
  const mapped = hasHeader === false || withNumber.length > 0 ? null : mapColumns(headings, []);
  if (mapped === null || "problem" in mapped) throw refusal("Several columns, and none is sure to hold the number.");
  const [place = 0, ...others] = mapped.numbers;
  if (others.length > 0) throw refusal("Several columns look like the number's.");
  return withPlaces([place + 1], true);
};

/** A heading as written or nearly so, else a place counted from 1. */
const placeOf = (
  headings: readonly string[],
  wanted: string,
  mayBeName: boolean,
): { readonly place: number; readonly byName: boolean } => {
  const plain = (text: string): string => text.toLowerCase().replace(/[^\p{L}\p{N}]/gu, "");
  const index = mayBeName ? headings.findIndex((name) => plain(name) === plain(wanted) && plain(wanted) !== "") : -1;
  if (index !== -1) return { place: index + 1, byName: true };
  const place = /^[1-9][0-9]{0,2}$/.test(wanted) ? Number(wanted) : 0;
  if (place >= 1 && place <= headings.length) return { place, byName: false };
  throw refusal(`The file has no column "${wanted}"; its first row has ${headings.length}.`);
};
