/** Why a filter cannot be read: a stable code, a sentence, and where. */

export const FILTER_REFUSALS = [
  "too-long",
  "too-deep",
  "too-many-terms",
  "too-many-items",
  "empty",
  "unexpected",
  "unfinished",
  "bad-character",
  "bad-number",
  "unknown-field",
  "unknown-value",
  "wrong-type",
  "attribute-refused",
] as const;
export type FilterRefusalCode = (typeof FILTER_REFUSALS)[number];

export interface FilterRefusal {
  readonly code: FilterRefusalCode;
  /** One or two sentences. */
  readonly sentence: string;
  /** Where in the text, in UTF-16 units from 0. */
  readonly position: number;
  /** Where a name was not known: that name and what could have been meant. */
  readonly unknown: { readonly name: string; readonly known: readonly string[] } | null;
}

/** Thrown within this folder only; whoever reads a filter gets the refusal as a value. */
export class FilterError extends Error {
  readonly refusal: FilterRefusal;
  constructor(code: FilterRefusalCode, sentence: string, position: number, unknown: FilterRefusal["unknown"] = null) {
    super(sentence);
    this.refusal = { code, sentence, position, unknown };
  }
}

const SHOWN_BEFORE = 40;
const SHOWN_BEHIND = 30;

/** The part of the text around `position` with a mark below it: two lines, each character one wide where terminals agree. */
export const pointAt = (text: string, position: number): string => {
  const from = Math.max(0, position - SHOWN_BEFORE);
  const to = Math.min(text.length, position + SHOWN_BEHIND);
  const clean = (part: string): string => part.replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}]/gu, " ");
  const before = `${from > 0 ? "…" : ""}${clean(text.slice(from, position))}`;
  const behind = `${clean(text.slice(position, to))}${to < text.length ? "…" : ""}`;
  return `  ${before}${behind}\n  ${" ".repeat(before.length)}^ here`;
};
