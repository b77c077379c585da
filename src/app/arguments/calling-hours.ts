/**
 * Calling hours as people write them: `mon-fri 08:00-21:00, sat 09:00-21:00`. Days without times of their own share
 * the next ones: `mon, wed 9-12 13-17`.
 */
import type { CallingHours } from "../../domain/campaign.ts";

const DAYS = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"] as const;
const EVERY_DAY = [1, 2, 3, 4, 5, 6, 7];
const MINUTES_A_DAY = 1_440;

export type ReadHours = { readonly hours: readonly CallingHours[] } | { readonly problem: string };

/** ISO day, or null; `tues` and `Thursday` are days too. */
const readDay = (word: string): number | null => {
  const index = DAYS.findIndex((day) => word.startsWith(day));
  const full = ["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"][index];
  return full?.startsWith(word) === true ? index + 1 : null;
};

/** `mon-fri` also over the end of the week: `sat-mon`. */
const readDays = (word: string): readonly number[] | null => {
  if (word === "daily") return EVERY_DAY;
  const [from, to, ...more] = word.split("-");
  const first = readDay(from ?? "");
  const last = to === undefined ? first : readDay(to);
  if (first === null || last === null || more.length > 0) return null;
  const length = ((last - first + 7) % 7) + 1;
  return EVERY_DAY.slice(0, length).map((_, offset) => ((first - 1 + offset) % 7) + 1);
};

/** Minutes from midnight, or null. `24:00` is the end of the day. */
const readTime = (text: string): number | null => {
  const match = /^([0-9]{1,2})(?::([0-9]{2}))?$/.exec(text);
  if (match === null) return null;
  const hour = Number(match[1]);
  const minute = Number(match[2] ?? 0);
  const total = hour * 60 + minute;
  return minute < 60 && total <= MINUTES_A_DAY ? total : null;
};

const readTimes = (word: string): { fromMinute: number; toMinute: number } | { readonly problem: string } => {
  const [from = "", to = "", ...more] = word.split("-");
  const fromMinute = readTime(from);
  const toMinute = readTime(to);
  if (fromMinute === null || toMinute === null || more.length > 0) {
    return { problem: `"${word}" is neither days like mon-fri nor times like 08:00-21:00.` };
  }
  if (fromMinute >= toMinute) {
    return { problem: `${word} ends before it begins; for hours past midnight write two windows.` };
  }
  return { fromMinute, toMinute };
};

/** Reads all windows, or says what is wrong with the first one that is. */
export const readCallingHours = (text: string): ReadHours => {
  const hours: CallingHours[] = [];
  /** Days that still wait for their times. */
  let waiting: number[] = [];
  for (const piece of text.toLowerCase().split(/[,;]/)) {
    const words = piece.trim().split(/\s+/).filter(Boolean);
    let timed = false;
    for (const word of words) {
      const days = readDays(word);
      if (days !== null) {
        if (timed) return { problem: `A comma is missing before "${word}".` };
        waiting.push(...days);
        continue;
      }
      const times = readTimes(word);
      if ("problem" in times) return times;
      if (waiting.length === 0) return { problem: `"${word}" has no days in front of it, such as mon-fri.` };
      hours.push({ days: [...new Set(waiting)].sort((a, b) => a - b), ...times });
      timed = true;
    }
    if (timed) waiting = [];
  }
  if (waiting.length > 0 || hours.length === 0) {
    return { problem: "Give days and times, such as mon-fri 08:00-21:00, sat 09:00-21:00." };
  }
  return { hours };
};

const time = (minute: number): string =>
  `${String(Math.floor(minute / 60)).padStart(2, "0")}:${String(minute % 60).padStart(2, "0")}`;

/** Days alone: `mon-fri`, `sun-thu`, `mon, wed`. ISO, in the order of the week, none twice. */
export const readDaysOnly = (text: string): { readonly days: readonly number[] } | { readonly problem: string } => {
  const words = text
    .toLowerCase()
    .split(/[\s,;]+/)
    .filter(Boolean);
  const days: number[] = [];
  for (const word of words) {
    const some = readDays(word);
    if (some === null) return { problem: `"${word}" is neither a day like mon nor days like mon-fri.` };
    days.push(...some);
  }
  if (days.length === 0) return { problem: "Give days, such as mon-fri." };
  return { days: [...new Set(days)].sort((a, b) => a - b) };
};

/** Runs of days: [1,2,3,6] is `mon-wed, sat`. */
export const formatDays = (days: readonly number[]): string => {
  const runs: number[][] = [];
  for (const day of [...days].sort((a, b) => a - b)) {
    const run = runs.at(-1);
    if (run?.at(-1) === day - 1) run.push(day);
    else runs.push([day]);
  }
  const name = (day: number | undefined): string => DAYS[(day ?? 1) - 1] ?? "";
  return runs.map((run) => (run.length === 1 ? name(run[0]) : `${name(run[0])}-${name(run.at(-1))}`)).join(", ");
};

/** As {@link readCallingHours} would read it back. */
export const formatCallingHours = (hours: readonly CallingHours[]): string =>
  hours.map(({ days, fromMinute, toMinute }) => `${formatDays(days)} ${time(fromMinute)}-${time(toMinute)}`).join(", ");
