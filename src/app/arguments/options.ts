/** Values of options, read with a sentence for whoever wrote them wrongly. Everything here throws usage errors only. */
import { DateTime } from "luxon";
import { instant, type Instant } from "../../domain/instant.ts";
import type { PhoneNumber } from "../../domain/phone-number.ts";
import { isSupportedCountry, type CountryCode } from "libphonenumber-js/max";
import { readNumber, type NumberRules } from "../../lead/import/number.ts";
import { usageError } from "../cli-error.ts";
import { formatDuration, readDuration } from "./duration.ts";

/** `undefined` stays `undefined`: the option was not given. */
export const durationOption = (
  option: string,
  text: string | undefined,
  minMs: number,
  maxMs: number,
): number | undefined => {
  if (text === undefined) return undefined;
  const durationMs = readDuration(text);
  if (durationMs === null) {
    throw usageError(`--${option}: "${text}" is not a duration, such as 25s, 1500ms or 4h; a bare number is seconds.`);
  }
  if (durationMs < minMs || durationMs > maxMs) {
    throw usageError(
      `--${option} must be from ${formatDuration(minMs)} to ${formatDuration(maxMs)}; it is ${formatDuration(durationMs)}.`,
    );
  }
  return durationMs;
};

export const countOption = (option: string, text: string | undefined, min: number, max: number): number | undefined => {
  if (text === undefined) return undefined;
  const count = /^[0-9]{1,9}$/.test(text) ? Number(text) : Number.NaN;
  if (Number.isNaN(count) || count < min || count > max) {
    throw usageError(
      `--${option} must be a whole number from ${min} to ${max.toLocaleString("en-GB")}; it is "${text}".`,
    );
  }
  return count;
};

/** `a,b` and repeated options alike; no name twice. A comma alone is a slip, and must not mean "none of them". */
export const namesOption = (option: string, values: readonly string[] | undefined): readonly string[] | undefined => {
  if (values === undefined) return undefined;
  const names = values.flatMap((value) => value.split(",")).map((name) => name.trim());
  const given = [...new Set(names)].filter((name) => name !== "");
  if (given.length === 0) throw usageError(`--${option} needs a name.`);
  return given;
};

/** Letters, digits, hyphens and underscores, beginning with a letter or digit. */
export const newName = (what: string, text: string): string => {
  if (!/^[A-Za-z0-9][A-Za-z0-9_-]{0,63}$/.test(text)) {
    throw usageError(
      `The name of ${what} must be at most 64 letters, digits, hyphens and underscores; it is "${text}".`,
    );
  }
  return text;
};

export const countryOption = (option: string, text: string): CountryCode => {
  const code = text.trim().toUpperCase();
  if (!isSupportedCountry(code)) {
    throw usageError(`--${option}: "${text}" is not a country's two letters, such as GB.`);
  }
  return code;
};

export const numberRules = (country: string): NumberRules => ({
  defaultCountry: countryOption("country", country),
  countriesAllowed: null,
  onlyInUse: false,
});

/** A number that somebody typed, in international form or in the country's own. */
export const numberArgument = (what: string, text: string, country: string): PhoneNumber => {
  const result = readNumber(text, numberRules(country));
  if ("code" in result) throw usageError(`${what} "${text}": ${result.reason}.`);
  return result.number;
};

/**
 * `2026-11-21`, `2026-11-21T09:00`, `today`, `yesterday` in this machine's zone; with an offset in that one; or how
 * long ago: `2h`.
 */
export const instantOption = (option: string, text: string | undefined, now: Instant): Instant | null => {
  if (text === undefined) return null;
  const today = DateTime.fromMillis(now).startOf("day");
  if (text === "today") return instant(today.toMillis());
  if (text === "yesterday") return instant(today.minus({ days: 1 }).toMillis());
  const agoMs = /[a-z]$/.test(text) ? readDuration(text) : null;
  const time = agoMs === null ? DateTime.fromISO(text) : DateTime.fromMillis(now - agoMs);
  // The database's times begin with the year 1000 and end with 9999.
  if (!time.isValid || time.toUTC().year < 1_000 || time.toUTC().year > 9_999) {
    throw usageError(`--${option}: "${text}" is not a time, such as 2026-11-21, 2026-11-21T09:00, today or 2h (ago).`);
  }
  return instant(time.toMillis());
};
