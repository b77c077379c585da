/**
 * Writes comma-separated text that spreadsheets will open. What a spreadsheet would take for a formula gets an
 * apostrophe in front, which makes it text: data from strangers must not run on a manager's machine (OWASP, "CSV
 * Injection"). {@link unguarded} takes exactly these apostrophes away again.
 */

/**
 * Where a formula could begin: at the start of a cell, and behind whatever else separates cells. A spreadsheet whose
 * country separates by semicolons does not go by our quotation marks. Some programs read the full-width signs as well.
 */
const GUARDED = /(?<=^|[;\t\r\n])(?='*[=+\-@\uFF1D\uFF0B\uFF0D\uFF20])|^(?='*[\t\r\n])/g;
const GUARD = /(?<=^|[;\t\r\n])'(?='*[=+\-@\uFF1D\uFF0B\uFF0D\uFF20])|^'(?='*[\t\r\n])/g;
/** A telephone number or a negative amount computes nothing, and would be spoilt by the apostrophe. */
const PLAIN_NUMBER = /^[+-][0-9][0-9 .]*$/;

const guarded = (text: string): string => (PLAIN_NUMBER.test(text) ? text : text.replace(GUARDED, "'"));

/** The cell as it was before {@link csvCell} made it harmless. */
export const unguarded = (text: string): string => text.replace(GUARD, "");

export const csvCell = (value: string | number | null | undefined): string => {
  if (value === null || value === undefined) return "";
  const safe = typeof value === "string" ? guarded(value) : String(value);
  return /[",;\n\r\t]|^\s|\s$/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
};

/** One line, its end included. */
export const csvLine = (cells: readonly (string | number | null | undefined)[]): string =>
  `${cells.map(csvCell).join(",")}\n`;
