/**
 * Bands of the day, limits and the order of numbers as people write them: `evening=17:00-21:00/home,mobile`,
 * `number-day=3`, `mobile,home,work`.
 */
import { NUMBER_KINDS, type NumberKind } from "../../domain/lead.ts";
import { DEFAULT_BANDS, type Band, type RedialLimits, type RedialRules } from "../../domain/redial-rules.ts";
import { didYouMean } from "../nearest.ts";
import { formatDuration, readDuration } from "./duration.ts";

interface Problem {
  readonly problem: string;
}

const BANDS_MAX = 24;
const BAD_FOR_WORKERS = "bad-for-workers";

/** `24:00` is the end of the day. */
const minuteOf = (text: string): number | null => {
  const [, hour = "", minute = ""] = /^([0-9]{1,2}):([0-9]{2})$/.exec(text) ?? [];
  const total = Number(hour) * 60 + Number(minute);
  return hour !== "" && Number(minute) < 60 && total <= 1_440 ? total : null;
};

const wallTime = (minute: number): string =>
  `${String(Math.floor(minute / 60)).padStart(2, "0")}:${String(minute % 60).padStart(2, "0")}`;

/** No kind twice; `none` for no kind at all. */
const readKindList = (text: string): readonly NumberKind[] | Problem => {
  if (text === "none") return [];
  const kinds: NumberKind[] = [];
  for (const word of text.split(",")) {
    const kind = NUMBER_KINDS.find((each) => each === word.trim());
    if (kind === undefined) {
      return {
        problem: `"${word}" is not a kind of number.${didYouMean(word, NUMBER_KINDS)} Known are ${NUMBER_KINDS.join(", ")}.`,
      };
    }
    if (!kinds.includes(kind)) kinds.push(kind);
  }
  return kinds;
};

const isProblem = (value: object): value is Problem => "problem" in value;

/** `NAME=FROM-TO[/KINDS[/KINDS ON DAYS OFF]][/bad-for-workers]`; kinds left out are all of them. */
export const readBand = (text: string): Band | Problem => {
  const [head = "", ...given] = text.trim().split("/");
  const [, name = "", from = "", to = ""] = /^([a-z][a-z0-9-]{0,31})=([^-]*)-(.*)$/.exec(head) ?? [];
  const [fromMinute, toMinute] = [minuteOf(from), minuteOf(to)];
  if (name === "" || fromMinute === null || toMinute === null) {
    return { problem: `"${text}" is not NAME=FROM-TO/KINDS, such as evening=17:00-21:00/home,mobile.` };
  }
  if (fromMinute >= toMinute) {
    return { problem: `The band "${name}" ends before it begins; for hours past midnight write two.` };
  }
  const isBadForWorkers = given.at(-1) === BAD_FOR_WORKERS;
  const lists = isBadForWorkers ? given.slice(0, -1) : given;
  if (lists.length > 2) return { problem: `"${text}" has more than two lists of kinds.` };
  const kindsOnWorkingDays = readKindList(lists[0] ?? NUMBER_KINDS.join(","));
  if (isProblem(kindsOnWorkingDays)) return kindsOnWorkingDays;
  const kindsOnOtherDays = readKindList(lists[1] ?? lists[0] ?? NUMBER_KINDS.join(","));
  if (isProblem(kindsOnOtherDays)) return kindsOnOtherDays;
  return { name, fromMinute, toMinute, kindsOnWorkingDays, kindsOnOtherDays, isBadForWorkers };
};

/** The whole set, in the order of the day. `default` for the usual ones, `none` where the time of day is all one. */
export const readBands = (texts: readonly string[]): { readonly bands: readonly Band[] } | Problem => {
  if (texts.length === 1 && texts[0] === "default") return { bands: DEFAULT_BANDS };
  if (texts.length === 1 && texts[0] === "none") return { bands: [] };
  if (texts.length > BANDS_MAX) return { problem: `There may be ${BANDS_MAX} bands at most.` };
  const bands: Band[] = [];
  for (const text of texts) {
    const band = readBand(text);
    if (isProblem(band)) return band;
    bands.push(band);
  }
  bands.sort((a, b) => a.fromMinute - b.fromMinute);
  for (const [index, band] of bands.entries()) {
    const next = bands[index + 1];
    if (next !== undefined && next.fromMinute < band.toMinute) {
      return { problem: `The bands "${band.name}" and "${next.name}" overlap.` };
    }
    if (bands.findIndex(({ name }) => name === band.name) !== index) {
      return { problem: `Two bands are called "${band.name}".` };
    }
  }
  return { bands };
};

const formatKinds = (kinds: readonly NumberKind[]): string => (kinds.length === 0 ? "none" : kinds.join(","));

/** As {@link readBand} reads it back. */
export const formatBand = (band: Band): string =>
  [
    `${band.name}=${wallTime(band.fromMinute)}-${wallTime(band.toMinute)}`,
    formatKinds(band.kindsOnWorkingDays),
    formatKinds(band.kindsOnOtherDays),
    ...(band.isBadForWorkers ? [BAD_FOR_WORKERS] : []),
  ].join("/");

export const formatBands = (bands: readonly Band[]): string =>
  bands.length === 0 ? "none" : bands.map(formatBand).join(" ");

const COUNTS = {
  "number-day": "numberDayMax",
  "number-week": "numberWeekMax",
  "number-life": "numberLifeMax",
  "lead-day": "leadDayMax",
  "lead-week": "leadWeekMax",
} as const satisfies Readonly<Record<string, keyof RedialLimits>>;
const LIMIT_WORDS = [...(Object.keys(COUNTS) as (keyof typeof COUNTS)[]), "gap"] as const;
const GAP_MAX_MS = 30 * 86_400_000;

/** `before` with these on top: `number-day=3`, `lead-week=none`, `gap=5m`. */
export const readLimits = (
  before: RedialRules["limits"],
  texts: readonly string[],
): { readonly limits: Partial<RedialLimits> } | Problem => {
  let limits: Partial<RedialLimits> = { ...before };
  for (const text of texts.flatMap((each) => each.split(","))) {
    const [word = "", value = "", ...more] = text.trim().split("=");
    const known = LIMIT_WORDS.find((each) => each === word);
    if (known === undefined) {
      return {
        problem: `"${word}" is not a limit.${didYouMean(word, LIMIT_WORDS)} Known are ${LIMIT_WORDS.join(", ")}.`,
      };
    }
    if (known === "gap") {
      const gapMinMs = value === "none" ? 0 : readDuration(value);
      if (gapMinMs === null || gapMinMs > GAP_MAX_MS || more.length > 0) {
        return { problem: `"${text}" is not gap=DURATION, such as gap=5m, or gap=none.` };
      }
      limits = { ...limits, gapMinMs };
      continue;
    }
    if ((value !== "none" && !/^[1-9][0-9]?$/.test(value)) || more.length > 0) {
      return { problem: `"${text}" is not ${known}=COUNT from 1 to 99, or ${known}=none.` };
    }
    limits = { ...limits, [COUNTS[known]]: value === "none" ? null : Number(value) };
  }
  return { limits };
};

export const formatLimits = (limits: RedialLimits): string =>
  [
    ...(Object.keys(COUNTS) as (keyof typeof COUNTS)[]).map((word) => `${word}=${limits[COUNTS[word]] ?? "none"}`),
    `gap=${limits.gapMinMs === 0 ? "none" : formatDuration(limits.gapMinMs).replaceAll(" ", "")}`,
  ].join(" ");

export const readKindOrder = (text: string): { readonly kinds: readonly NumberKind[] } | Problem => {
  const kinds = readKindList(text);
  if (isProblem(kinds)) return kinds;
  return kinds.length === 0 ? { problem: "An order needs a kind of number." } : { kinds };
};
