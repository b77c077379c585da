/** Reading attributes and results: what they are when they can be read, and null when they cannot. */
import type { ValueKind } from "./flow.ts";

/** `day` from 1, `month` from 1, `weekday` from Sunday as 0. */
export interface DayRead {
  readonly year: number;
  readonly month: number;
  readonly day: number;
  readonly weekday: number;
}

const DAY = /^(\d{4})-(\d{2})-(\d{2})$/;

/** `2026-11-24`; a day that is in the calendar. */
export const readDay = (text: string): DayRead | null => {
  const match = DAY.exec(text.trim());
  if (match === null) return null;
  const [year, month, day] = match.slice(1).map(Number) as [number, number, number];
  const date = new Date(Date.UTC(year, month - 1, day));
  const isReal = date.getUTCFullYear() === year && date.getUTCMonth() === month - 1 && date.getUTCDate() === day;
  return isReal ? { year, month, day, weekday: date.getUTCDay() } : null;
};

/** `9:05` or `14:30`. */
export const readTimeOfDay = (text: string): { readonly hour: number; readonly minute: number } | null => {
  const match = /^(\d{1,2}):(\d{2})$/.exec(text.trim());
  if (match === null) return null;
  const [hour, minute] = match.slice(1).map(Number) as [number, number];
  return hour < 24 && minute < 60 ? { hour, minute } : null;
};

/** Asterisk reads whole numbers of 32 bits; nine digits are never too many for it. */
export const readWhole = (text: string): number | null => (/^-?\d{1,9}$/.test(text.trim()) ? Number(text) : null);

export const readDigits = (text: string): string | null => {
  const compact = text.replace(/[\s-]/g, "");
  return /^[0-9*#]{1,40}$/.test(compact) ? compact : null;
};

/** Letters and digits; blanks and hyphens are how people group them, and are not said. */
export const readCharacters = (text: string): string | null => {
  const compact = text.replace(/[\s-]/g, "");
  return /^[A-Za-z0-9]{1,40}$/.test(compact) ? compact : null;
};

/** `12`, `12.5` or `12.50`: whole units and hundredths. */
export const readMoney = (text: string): { readonly units: number; readonly hundredths: number } | null => {
  const match = /^(\d{1,9})(?:\.(\d{1,2}))?$/.exec(text.trim());
  if (match === null) return null;
  return { units: Number(match[1]), hundredths: Number((match[2] ?? "").padEnd(2, "0")) };
};

/** Null when any of them is none: half of a list may miss the day that was meant. */
export const readDays = (text: string): readonly string[] | null => {
  const days = text.split(/[\s,;]+/).filter((part) => part !== "");
  return days.length > 0 && days.every((day) => readDay(day) !== null) ? days : null;
};

/** For comparisons: any decimal number. */
export const readDecimal = (text: string): number | null =>
  /^-?\d{1,15}(?:\.\d{1,6})?$/.test(text.trim()) ? Number(text) : null;

export const isReadable = (kind: ValueKind, text: string): boolean => {
  switch (kind) {
    case "text":
      return text.trim() !== "";
    case "number":
      return readWhole(text) !== null;
    case "digits":
      return readDigits(text) !== null;
    case "date":
      return readDay(text) !== null;
    case "time":
      return readTimeOfDay(text) !== null;
    case "money":
      return readMoney(text) !== null;
    case "dates":
      return readDays(text) !== null;
  }
};
