/**
 * Reads comma-separated text (RFC 4180) that arrives in pieces, and never lets one bad row take others with it.
 *
 * The rule to remember: whatever is wrong with a record, only its first line is given up, and reading goes on at the
 * next line. Readers that follow the quotation marks strictly lose every row between a stray mark and the next one.
 */
import { FIELD_CHARACTERS_MAX, ROW_CHARACTERS_MAX } from "./limits.ts";
import { rejection, type Rejection } from "./rejection.ts";

export type CsvRow =
  | { readonly kind: "row"; readonly line: number; readonly fields: readonly string[] }
  /** `text` is the line that was given up, cut to a readable length. */
  | { readonly kind: "bad"; readonly line: number; readonly text: string; readonly rejection: Rejection };

export interface CsvReader {
  /** Takes the next piece of text; returns the rows that are complete now. */
  push(text: string): CsvRow[];
  /** No more text will come: the last row needs no line end. */
  end(): CsvRow[];
}

const QUOTE = 0x22;
const CR = 0x0d;
const LF = 0x0a;
/** Enough of a rejected line to recognise it. */
const SHOWN_CHARACTERS_MAX = 1_000;

type Scan =
  | { readonly kind: "record"; readonly fields: readonly string[]; readonly next: number }
  | { readonly kind: "blank"; readonly next: number }
  | { readonly kind: "bad"; readonly rejection: Rejection }
  /** The text so far ends inside the record. */
  | { readonly kind: "more" };

const UNCLOSED = rejection(
  "row-quote-unclosed",
  "a quotation mark opens a field in this row and is never closed: close it, or double it if it belongs to the text",
);
const MISPLACED = rejection(
  "row-quote-misplaced",
  "a quotation mark stands inside a quoted field: double it if it belongs to the text",
);
const TOO_LONG = rejection(
  "row-too-long",
  `the row is longer than ${ROW_CHARACTERS_MAX.toLocaleString("en-GB")} characters`,
);

/** Index just past the line end at `at`, or 0 when there is none at `at`. CR LF, LF and a lone CR all end a line. */
const pastLineEnd = (text: string, at: number): number => {
  const code = text.charCodeAt(at);
  if (code === LF) return at + 1;
  if (code !== CR) return 0;
  return text.charCodeAt(at + 1) === LF ? at + 2 : at + 1;
};

const LINE_END = /[\r\n]/g;

/** Index of the first CR or LF from `from` on, or the length of the text. By a pattern: a line may have two gigabytes. */
const lineEndFrom = (text: string, from: number): number => {
  LINE_END.lastIndex = from;
  return LINE_END.exec(text)?.index ?? text.length;
};

/** Reads one quoted field whose opening mark is at `start`; gives the value and where the mark closed, or why not. */
const scanQuoted = (
  text: string,
  start: number,
  delimiter: number,
  limit: number,
): { value: string; next: number } | "unclosed" | "misplaced" => {
  let value = "";
  let from = start + 1;
  for (;;) {
    const mark = text.indexOf('"', from);
    if (mark === -1 || mark >= limit) return "unclosed";
    value += text.slice(from, mark);
    const following = text.charCodeAt(mark + 1);
    if (following === QUOTE) {
      value += '"';
      from = mark + 2;
    } else if (Number.isNaN(following) || following === delimiter || following === CR || following === LF) {
      return { value, next: mark + 1 };
    } else {
      return "misplaced";
    }
  }
};

/** Reads one record from `start`. With `last`, the end of the text ends it; without, more text may come. */
const scanRecord = (text: string, start: number, delimiter: number, last: boolean): Scan => {
  // A line end may be CR LF with only the CR here yet, and a quotation mark may be half of a doubled one.
  const usable = last ? text.length : text.length - 1;
  const limit = start + ROW_CHARACTERS_MAX;
  const fields: string[] = [];
  let at = start;
  for (;;) {
    if (at > limit) return { kind: "bad", rejection: TOO_LONG };
    if (at < text.length && text.charCodeAt(at) === QUOTE) {
      const field = scanQuoted(text, at, delimiter, Math.min(usable, limit));
      if (field === "misplaced") return { kind: "bad", rejection: MISPLACED };
      if (field === "unclosed") {
        const bounded = last || usable >= limit;
        return bounded ? { kind: "bad", rejection: UNCLOSED } : { kind: "more" };
      }
      fields.push(field.value);
      at = field.next;
    } else {
      // Unquoted: runs to the next delimiter or line end; a quotation mark in the middle is only a character.
      let end = at;
      for (; end < text.length; end += 1) {
        const code = text.charCodeAt(end);
        if (code === delimiter || code === LF || code === CR) break;
      }
      if (end > limit) return { kind: "bad", rejection: TOO_LONG };
      fields.push(text.slice(at, end));
      at = end;
    }
    if (at >= usable && !last) return { kind: "more" };
    if (at >= text.length) return finish(fields, text.length);
    if (text.charCodeAt(at) === delimiter) {
      at += 1;
      continue;
    }
    return finish(fields, pastLineEnd(text, at));
  }
};

const finish = (fields: readonly string[], next: number): Scan =>
  fields.length === 1 && fields[0] === "" ? { kind: "blank", next } : { kind: "record", fields, next };

const tooLongField = (fields: readonly string[]): Rejection | null => {
  const index = fields.findIndex((field) => field.length > FIELD_CHARACTERS_MAX);
  if (index === -1) return null;
  return rejection(
    "row-field-too-long",
    `field ${String(index + 1)} is longer than ${FIELD_CHARACTERS_MAX.toLocaleString("en-GB")} characters`,
  );
};

const countLineEnds = (text: string, from: number, to: number): number => {
  let count = 0;
  for (let at = lineEndFrom(text, from); at < to; at = lineEndFrom(text, at)) {
    count += 1;
    at = pastLineEnd(text, at);
  }
  return count;
};

/** A reader for one file. `delimiter` is one character. */
export const csvReader = (delimiter: string): CsvReader => {
  const delimiterCode = delimiter.charCodeAt(0);
  let pending = "";
  let line = 1;
  // True while the rest of a line that was given up for its length has not arrived yet.
  let skippingLine = false;

  const read = (last: boolean): CsvRow[] => {
    const rows: CsvRow[] = [];
    let at = 0;
    while (at < pending.length) {
      if (skippingLine) {
        const end = lineEndFrom(pending, at);
        if (end >= pending.length - (last ? 0 : 1)) {
          // Keep a CR back, whose LF may still come.
          at = end;
          break;
        }
        at = pastLineEnd(pending, end);
        line += 1;
        skippingLine = false;
        continue;
      }
      const scan = scanRecord(pending, at, delimiterCode, last);
      if (scan.kind === "more") break;
      if (scan.kind === "bad") {
        const end = lineEndFrom(pending, at);
        // Wait for as much of the line as will be shown.
        if (!last && end === pending.length && end - at < SHOWN_CHARACTERS_MAX) break;
        const shown = pending.slice(at, Math.min(end, at + SHOWN_CHARACTERS_MAX));
        rows.push({ kind: "bad", line, text: shown, rejection: scan.rejection });
        skippingLine = true;
        continue;
      }
      const startLine = line;
      line += countLineEnds(pending, at, scan.next);
      if (scan.kind === "record") {
        const refusal = tooLongField(scan.fields);
        rows.push(
          refusal === null
            ? { kind: "row", line: startLine, fields: scan.fields }
            : { kind: "bad", line: startLine, text: pending.slice(at, at + SHOWN_CHARACTERS_MAX), rejection: refusal },
        );
      }
      at = scan.next;
    }
    pending = pending.slice(at);
    return rows;
  };

  return {
    push(text) {
      pending += text;
      return read(false);
    },
    end() {
      const rows = read(true);
      pending = "";
      return rows;
    },
  };
};
