/** From bytes to rows: encoding, separator, heading; then one row after the other with its line and its reading. */
import { csvReader, type CsvRow } from "../../lead/import/csv-reader.ts";
import { columnNames, isRejectFile, mapColumns, type ColumnMap, type FieldMapping } from "../../lead/import/columns.ts";
import { detectDelimiter } from "../../lead/import/delimiter.ts";
import { readLead, type ImportedLead, type LeadRules } from "../../lead/import/lead.ts";
import type { Rejection } from "../../lead/import/rejection.ts";
import { CliError } from "../cli-error.ts";
import { unguarded } from "../csv.ts";
import { textOf } from "./encoding.ts";
import type { ListSource } from "./source.ts";

export interface ReadingOptions {
  /** Null to go by the file's mark, else UTF-8. */
  readonly encoding: string | null;
  /** Null to see for ourselves. */
  readonly delimiter: string | null;
  readonly hasHeader: boolean;
  readonly mapping: FieldMapping;
  readonly rules: LeadRules;
}

export interface Layout {
  readonly encoding: string;
  readonly delimiter: string;
  readonly columns: ColumnMap;
}

export type FileRow =
  | {
      readonly kind: "lead";
      readonly line: number;
      readonly fields: readonly string[];
      readonly lead: ImportedLead;
      readonly leftOut: readonly Rejection[];
    }
  | {
      readonly kind: "refused";
      readonly line: number;
      readonly fields: readonly string[];
      readonly rejection: Rejection;
    };

const rejectedHeader = (problem: string): CliError =>
  new CliError("columns-refused", `${problem} Name the columns: --map number=COLUMN,name=COLUMN.`);

/** Opens the file for reading row by row; throws {@link CliError} when its heading cannot be understood. */
export const readListFile = async (
  source: ListSource,
  options: ReadingOptions,
  onBytes: (count: number) => void,
): Promise<{ readonly layout: Layout; readonly rows: AsyncIterable<FileRow> }> => {
  const text = textOf(source, options.encoding, onBytes);
  const { encoding } = text;
  const delimiter = options.delimiter ?? detectDelimiter(text.sample);

  async function* raw(): AsyncGenerator<CsvRow> {
    const reader = csvReader(delimiter);
    for await (const piece of text.pieces()) yield* reader.push(piece);
    yield* reader.end();
  }

  const records = raw();
  const first = await records.next();
  if (first.done === true) throw new CliError("file-refused", `${source.name} holds no row.`);
  if (first.value.kind === "bad") {
    throw new CliError("columns-refused", `The first row cannot be read: ${first.value.rejection.reason}.`);
  }
  const names = columnNames(options.hasHeader ? first.value.fields : first.value.fields.map((_, at) => String(at + 1)));
  if ("problem" in names) throw rejectedHeader(names.problem);
  const columns = mapColumns(names, options.mapping);
  if ("problem" in columns) throw rejectedHeader(columns.problem);

  const held = options.hasHeader ? [] : [first.value];
  async function* rows(map: ColumnMap): AsyncGenerator<FileRow> {
    for (const record of held) yield* reading(record, map, options.rules);
    for await (const record of records) yield* reading(record, map, options.rules);
  }
  return { layout: { encoding, delimiter, columns }, rows: rows(columns) };
};

function* reading(record: CsvRow, columns: ColumnMap, rules: LeadRules): Generator<FileRow> {
  const { line } = record;
  if (record.kind === "bad") {
    yield { kind: "refused", line, fields: [record.text], rejection: record.rejection };
    return;
  }
  // What we wrote ourselves comes back as it was before: an apostrophe in a key would make it another key.
  const fields = isRejectFile(columns.names) ? record.fields.map(unguarded) : record.fields;
  const read = readLead(fields, columns, rules);
  if (read.kind === "refused") yield { kind: "refused", line, fields, rejection: read.rejection };
  else if (read.kind === "lead") yield { kind: "lead", line, fields, lead: read.lead, leftOut: read.leftOut };
}
