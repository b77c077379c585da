/** What commands print: one JSON document, or tables and lines for people. */
import Table from "cli-table3";
import { DateTime } from "luxon";
import type { Instant } from "../domain/instant.ts";

/** Text from a database or a file must not steer the terminal it is shown on. */
export const printable = (text: string): string => text.replace(/[\p{Cc}\p{Cf}]/gu, " ");

export type Cell = string | number | null | undefined;

const shown = (cell: Cell): string => (cell === null || cell === undefined ? "-" : printable(String(cell)));

/** Columns set apart by space alone: they survive being piped through cut and awk. */
const PLAIN_LINES = {
  ...{ top: "", "top-mid": "", "top-left": "", "top-right": "", bottom: "", "bottom-mid": "", "bottom-left": "" },
  ...{ "bottom-right": "", left: "", "left-mid": "", mid: "", "mid-mid": "", right: "", "right-mid": "", middle: "  " },
};
const PLAIN_STYLE = { head: [], border: [], "padding-left": 0, "padding-right": 0, compact: true };

/** Rows under headings; numbers to the right. */
export const table = (headings: readonly string[], rows: readonly (readonly Cell[])[]): string => {
  const isNumeric = headings.map((_, column) => rows.length > 0 && rows.every((row) => isNumber(row[column])));
  const built = new Table({
    head: [...headings],
    chars: PLAIN_LINES,
    style: PLAIN_STYLE,
    colAligns: isNumeric.map((numeric) => (numeric ? "right" : "left")),
  });
  for (const row of rows) built.push(row.map(shown));
  return trimmed(built.toString());
};

const isNumber = (cell: Cell): boolean => typeof cell === "number" || cell === null || cell === undefined;

/** Names on the left, values on the right. */
export const facts = (pairs: readonly (readonly [name: string, value: Cell])[]): string => {
  const built = new Table({ chars: PLAIN_LINES, style: PLAIN_STYLE });
  for (const [name, value] of pairs) built.push([name, shown(value)]);
  return trimmed(built.toString());
};

const trimmed = (text: string): string =>
  text
    .split("\n")
    .map((line) => line.trimEnd())
    .join("\n");

/** In this machine's own zone, to the second, as a manager reads a clock. */
export const localTime = (at: Instant | null): string =>
  at === null ? "-" : DateTime.fromMillis(at).toFormat("yyyy-MM-dd HH:mm:ss");

export const plural = (count: number, one: string, many = `${one}s`): string =>
  `${count.toLocaleString("en-GB")} ${count === 1 ? one : many}`;
