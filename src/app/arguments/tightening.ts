/** Where a campaign is stricter than its profile, as people write it: `ring-min=20s`, `attempts-per-day=2`. */
import type { Tightening } from "../../domain/campaign.ts";
import { CLOCK_STARTS } from "../../domain/connect-clock.ts";
import { isSupportedCountry } from "libphonenumber-js/max";
import { didYouMean } from "../nearest.ts";
import { formatDuration, readDuration } from "./duration.ts";

type Problem = { readonly problem: string };
type Value = Tightening[keyof Tightening];

interface Key {
  readonly field: keyof Tightening;
  /** What a value looks like. */
  readonly example: string;
  /** Null when it is no such value. */
  read(text: string): Value | null;
  format(value: Value): string;
}

const whole = (text: string): number | null => (/^[0-9]{1,6}$/.test(text) ? Number(text) : null);

/** In hundredths of a percent, so that nothing is rounded. */
const readPercent = (text: string): number | null => {
  const [, ones, hundredths = ""] = /^([0-9]{1,3})(?:\.([0-9]{1,2}))?%?$/.exec(text) ?? [];
  return ones === undefined ? null : Number(ones) * 100 + Number(hundredths.padEnd(2, "0"));
};

const DAY_MS = 86_400_000;
const YES_NO: Readonly<Record<string, boolean>> = { yes: true, true: true, no: false, false: false };

/** By the word that people write. */
const KEYS: Readonly<Record<string, Key>> = {
  "clock-start": {
    field: "clockStart",
    example: CLOCK_STARTS.join(" or "),
    read: (text) => CLOCK_STARTS.find((start) => start.toLowerCase() === text.toLowerCase()) ?? null,
    format: String,
  },
  "ring-min": { field: "ringMinMs", example: "20s", read: readDuration, format: (ms) => formatDuration(Number(ms)) },
  "abandon-stop": {
    field: "abandonStopBasisPoints",
    example: "1.5%",
    read: readPercent,
    format: (points) => `${Number(points) / 100}%`,
  },
  "attempts-per-day": { field: "attemptsPerDayMax", example: "2", read: whole, format: String },
  "attempt-gap": {
    field: "attemptGapMinMs",
    example: "4h",
    read: readDuration,
    format: (ms) => formatDuration(Number(ms)).replaceAll(" ", ""),
  },
  "register-age": {
    field: "registerAgeMaxDays",
    example: "14d",
    read: (text) => {
      const ms = whole(text) === null ? readDuration(text) : Number(text) * DAY_MS;
      return ms === null || ms % DAY_MS !== 0 ? null : ms / DAY_MS;
    },
    format: (days) => `${Number(days)}d`,
  },
  countries: {
    field: "countries",
    example: "GB+IE",
    read: (text) => {
      const countries = text.toUpperCase().split("+");
      return countries.every((each) => isSupportedCountry(each)) ? [...new Set(countries)].sort() : null;
    },
    format: (countries) => (Array.isArray(countries) ? countries.join("+") : String(countries)),
  },
  "spend-per-hour": {
    field: "spendPerHourMax",
    example: "50.00",
    read: (text) => {
      const [, ones, hundredths = ""] = /^([0-9]{1,7})(?:\.([0-9]{1,2}))?$/.exec(text) ?? [];
      const micros = ones === undefined ? 0 : Number(ones) * 1_000_000 + Number(hundredths.padEnd(2, "0")) * 10_000;
      return micros > 0 ? micros : null;
    },
    format: (micros) => (Number(micros) / 1_000_000).toFixed(2),
  },
  "message-purpose": {
    field: "messageMustSayPurpose",
    example: "yes",
    read: (text) => YES_NO[text.toLowerCase()] ?? null,
    format: (must) => (must === true ? "yes" : "no"),
  },
};

export const TIGHTENING_WORDS = Object.keys(KEYS);

/** `before` with these changes; `WORD=none` goes back to what the profile asks. */
export const readTightening = (before: Tightening, texts: readonly string[]): { tightening: Tightening } | Problem => {
  const values = new Map<string, Value>(Object.entries(before));
  for (const text of texts) {
    const [word = "", value = "", ...more] = text.split("=").map((part) => part.trim());
    const key = Object.hasOwn(KEYS, word) ? KEYS[word] : undefined;
    if (key === undefined) {
      const known = TIGHTENING_WORDS.join(", ");
      return { problem: `"${word}" cannot be tightened.${didYouMean(word, TIGHTENING_WORDS)} Known are ${known}.` };
    }
    if (value === "none" && more.length === 0) {
      values.delete(key.field);
      continue;
    }
    const read = more.length > 0 ? null : key.read(value);
    if (read === null) return { problem: `"${text}" is not ${word}=VALUE, such as ${word}=${key.example}.` };
    values.set(key.field, read);
  }
  return { tightening: Object.fromEntries(values) };
};

/** As {@link readTightening} would read it back; an empty text when nothing is tightened. */
export const formatTightening = (tightening: Tightening): string =>
  Object.entries(KEYS)
    .flatMap(([word, key]) => {
      const value = tightening[key.field];
      return value === undefined ? [] : [`${word}=${key.format(value)}`];
    })
    .join(" ");
