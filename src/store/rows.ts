/** Between columns and our values: instants, JSON, and texts that must fit. */
import { instant, type Instant } from "../domain/instant.ts";

/** The driver writes it in UTC with milliseconds, because its time zone is set so. */
export const dateOf = (at: Instant): Date => new Date(at);
export const dateOrNull = (at: Instant | null): Date | null => (at === null ? null : new Date(at));
export const instantOf = (date: Date): Instant => instant(date.getTime());
export const instantOrNull = (date: Date | null): Instant | null => (date === null ? null : instantOf(date));

/** Of a `datetime` that the server wrote as text, as in JSON: UTC, because the session's time zone is. */
export const instantOfText = (text: string): Instant => instant(Date.parse(`${text.replace(" ", "T")}Z`));

/** Half of a pair of UTF-16 units is no character, and MySQL refuses it in JSON: one bad field must not stop a batch. */
const whole = (text: string): string => text.replace(/\p{Surrogate}/gu, "\uFFFD");

export const jsonOf = (value: unknown): string => {
  const text = JSON.stringify(value);
  // Half a pair comes out as an escape (ECMAScript, "well-formed JSON.stringify"); all but a few texts have none.
  return text.includes("\\ud")
    ? JSON.stringify(value, (_key, part: unknown) => (typeof part === "string" ? whole(part) : part))
    : text;
};

/** What we wrote ourselves, and checked when we did. */
export const parsed = (json: string): unknown => JSON.parse(json);

const PRINTABLE = /^[\x20-\x7e]*$/;

/**
 * At most so many characters, as the server counts them. For words that follow an event: an attempt's end must be
 * written, however long the Call-ID is that some carrier thought of.
 */
export const clipped = (text: string, charactersMax: number): string => {
  // Most texts are short and plain, and imports come with a million of them.
  if (text.length <= charactersMax && PRINTABLE.test(text)) return text;
  const clean = whole(text);
  return clean.length <= charactersMax ? clean : Array.from(clean).slice(0, charactersMax).join("");
};

export const clippedOrNull = (text: string | null, charactersMax: number): string | null =>
  text === null ? null : clipped(text, charactersMax);
