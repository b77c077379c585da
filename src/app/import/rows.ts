/** From bytes to rows: encoding, format, heading; then one row after the other with its line and its reading. */
import { csvReader, type CsvRow } from "../../lead/import/csv-reader.ts";
import { columnNames, isRejectFile, mapColumns, type ColumnMap, type FieldMapping } from "../../lead/import/columns.ts";
import { detectDelimiter } from "../../lead/import/delimiter.ts";
import { readLead, type ImportedLead, type LeadRules } from "../../lead/import/lead.ts";
import { JsonColumns } from "../../lead/import/json-columns.ts";
import { ndjsonReader, type JsonRow } from "../../lead/import/ndjson-reader.ts";
import type { Rejection } from "../../lead/import/rejection.ts";
import { CliError } from "../cli-error.ts";
import { unguarded } from "../csv.ts";
import { textOf, type FileText } from "./encoding.ts";
import type { ListSource } from "./source.ts";

export const LIST_FORMATS = ["csv", "ndjson"] as const;
export type ListFormat = (typeof LIST_FORMATS)[number];

export interface ReadingOptions {
  /** Null to go by the file's name, else by how it begins. */
  readonly format: ListFormat | null;
  /** Null to see for ourselves. */
  readonly encoding: string | null;
  /** Null to see for ourselves. */
  readonly delimiter: string | null;
  readonly hasHeader: boolean;
  readonly mapping: FieldMapping;
  readonly rules: LeadRules;
}

export interface Layout {
  readonly format: ListFormat;
  readonly encoding: string;
  /** Null where there is none, as in NDJSON. */
  readonly delimiter: string | null;
  /** Of NDJSON: as far as its beginning tells; keys that come later have a meaning too. */
  readonly columns: ColumnMap;
}

/** `record` counts the file's records, heading and blank ones included: where to go on, whatever came of them. */
export type FileRow =
  | {
      readonly kind: "lead";
      readonly record: number;
      readonly line: number;
      readonly fields: readonly string[];
      readonly lead: ImportedLead;
      readonly leftOut: readonly Rejection[];
    }
  | {
      readonly kind: "refused";
      readonly record: number;
      readonly line: number;
      readonly fields: readonly string[];
      readonly rejection: Rejection;
    };

export interface ListFile {
  readonly layout: Layout;
  /** Some hundred at a time, once. The first `skip` records are passed over unread. */
  rows(skip: number): AsyncIterable<readonly FileRow[]>;
}

type Source = Pick<ListSource, "name" | "head" | "utf8" | "pieces">;

/** Opens the file for reading row by row; throws {@link CliError} when its heading cannot be understood. */
export const readListFile = async (
  source: Source,
  options: ReadingOptions,
  onBytes: (count: number) => void,
): Promise<ListFile> => {
  const text = textOf(source, options.encoding, onBytes);
  const format = options.format ?? formatOf(source.name, text.sample);
  return format === "csv" ? readCsv(source.name, text, options) : readNdjson(source.name, text, options);
};

/** A heading of CSV does not begin like JSON, whatever the file is called. */
const formatOf = (name: string, sample: string): ListFormat => {
  const begins = sample.trimStart();
  if (/^\[\s*[{[]/.test(begins)) {
    throw new CliError("file-refused", `${name} is a JSON array: write one object a line (jq -c '.[]').`);
  }
  return /^\{\s*("|\})/.test(begins) || /\.(ndjson|jsonl)$/i.test(name) ? "ndjson" : "csv";
};

const rejectedHeader = (problem: string): CliError =>
  new CliError("columns-refused", `${problem} Name the columns: --map number=COLUMN,name=COLUMN.`);

const noRow = (name: string): CliError => new CliError("file-refused", `${name} holds no row.`);

/** So many characters are read before whoever else has something to do gets a turn; a piece of a file is larger. */
const SLICE_CHARACTERS = 4_096;

async function* slices(text: FileText): AsyncGenerator<string> {
  for await (const piece of text.pieces()) {
    for (let at = 0; at < piece.length; at += SLICE_CHARACTERS) {
      yield piece.slice(at, at + SLICE_CHARACTERS);
      // The database's answer may have come meanwhile, and it waits for its next statement.
      await new Promise<void>((resolve) => setImmediate(resolve));
    }
  }
}

interface Reader<Row> {
  push(text: string): Row[];
  end(): Row[];
}

async function* recordsOf<Row>(reader: Reader<Row>, text: FileText): AsyncGenerator<readonly Row[], void> {
  for await (const slice of slices(text)) {
    const rows = reader.push(slice);
    if (rows.length > 0) yield rows;
  }
  const rows = reader.end();
  if (rows.length > 0) yield rows;
}

/** Reads every record but the first `skip`. */
async function* read<Row>(
  begun: readonly Row[],
  more: AsyncIterable<readonly Row[]>,
  skip: number,
  reading: (row: Row, record: number, skipped: boolean) => FileRow | null,
): AsyncGenerator<readonly FileRow[]> {
  let record = 0;
  const some = (rows: readonly Row[]): FileRow[] =>
    rows.flatMap((row) => {
      record += 1;
      return reading(row, record, record <= skip) ?? [];
    });
  yield some(begun);
  for await (const rows of more) yield some(rows);
}

const readCsv = async (name: string, text: FileText, options: ReadingOptions): Promise<ListFile> => {
  const delimiter = options.delimiter ?? detectDelimiter(text.sample);
  const more = recordsOf(csvReader(delimiter), text);
  const first = await more.next();
  if (first.done === true) throw noRow(name);
  const begun = first.value;
  const [head] = begun;
  if (head === undefined) throw noRow(name);
  if (head.kind === "bad") {
    throw new CliError("columns-refused", `The first row cannot be read: ${head.rejection.reason}.`);
  }
  const names = columnNames(options.hasHeader ? head.fields : head.fields.map((_, at) => String(at + 1)));
  if ("problem" in names) throw rejectedHeader(names.problem);
  const columns = mapColumns(names, options.mapping);
  if ("problem" in columns) throw rejectedHeader(columns.problem);
  const layout: Layout = { format: "csv", encoding: text.encoding, delimiter, columns };
  const reading = (row: CsvRow, record: number, skipped: boolean): FileRow | null =>
    skipped || (options.hasHeader && record === 1) ? null : readingOf(row, record, columns, options.rules);
  return { layout, rows: (skip) => read(begun, more, skip, reading) };
};

const readingOf = (row: CsvRow, record: number, columns: ColumnMap, rules: LeadRules): FileRow | null => {
  const { line } = row;
  if (row.kind === "bad") return { kind: "refused", record, line, fields: [row.text], rejection: row.rejection };
  // What we wrote ourselves comes back as it was before: an apostrophe in a key would make it another key.
  const fields = isRejectFile(columns.names) ? row.fields.map(unguarded) : row.fields;
  const found = readLead(fields, columns, rules);
  if (found.kind === "blank") return null;
  return found.kind === "refused"
    ? { kind: "refused", record, line, fields, rejection: found.rejection }
    : { kind: "lead", record, line, fields, lead: found.lead, leftOut: found.leftOut };
};

const readNdjson = async (name: string, text: FileText, options: ReadingOptions): Promise<ListFile> => {
  const columns = new JsonColumns(options.mapping);
  // The last line of the sample may be half of one.
  for (const row of ndjsonReader().push(text.sample)) if (row.kind === "row") columns.take(row.values);
  const more = recordsOf(ndjsonReader(), text);
  const first = await more.next();
  if (first.done === true) throw noRow(name);
  for (const row of first.value) if (row.kind === "row") columns.take(row.values);
  const { map } = columns;
  if ("problem" in map) throw rejectedHeader(map.problem.replace("No heading looks", "No key looks"));
  const layout: Layout = { format: "ndjson", encoding: text.encoding, delimiter: null, columns: map };
  const reading = (row: JsonRow, record: number, skipped: boolean): FileRow | null => {
    // Also of rows that are passed over: keys get their meaning in the order in which they come.
    const taken = row.kind === "row" ? columns.take(row.values) : null;
    return skipped ? null : jsonReading(row, record, taken, options.rules);
  };
  return { layout, rows: (skip) => read(first.value, more, skip, reading) };
};

const jsonReading = (
  row: JsonRow,
  record: number,
  taken: ReturnType<JsonColumns["take"]> | null,
  rules: LeadRules,
): FileRow | null => {
  const { line, text } = row;
  const refuse = (rejection: Rejection): FileRow => ({ kind: "refused", record, line, fields: [text], rejection });
  if (row.kind === "bad") return refuse(row.rejection);
  if (taken === null) return null;
  if ("code" in taken) return refuse(taken);
  const found = readLead(taken.fields, taken.columns, rules);
  if (found.kind === "blank") return null;
  if (found.kind === "refused") return refuse(found.rejection);
  return { kind: "lead", record, line, fields: [text], lead: found.lead, leftOut: found.leftOut };
};
