/**
 * Writes comma-separated text that spreadsheets will open. A cell that a spreadsheet would take for a formula gets an
 * apostrophe in front, which makes it text: data from strangers must not run on a manager's machine (OWASP, "CSV
 * Injection").
 */

const FORMULA_START = /^[=+\-@\t\r\n]/;
/** A telephone number or a negative amount computes nothing, and would be spoilt by the apostrophe. */
const PLAIN_NUMBER = /^[+-][0-9][0-9 .]*$/;

export const csvCell = (value: string | number | null | undefined): string => {
  if (value === null || value === undefined) return "";
  const text = String(value);
  const safe = typeof value === "string" && FORMULA_START.test(text) && !PLAIN_NUMBER.test(text) ? `'${text}` : text;
  return /[",;\n\r\t]|^\s|\s$/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
};

/** One line, its end included. */
export const csvLine = (cells: readonly (string | number | null | undefined)[]): string =>
  `${cells.map(csvCell).join(",")}\n`;
