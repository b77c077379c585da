/**
 * British English out of Asterisk's own core sounds, which every installation has. Only the words of money that these lack
 * come from fairdial's own folder (see asterisk-config/README.md).
 */
import type { SayTable } from "./flow.ts";

const digits = (name: string): readonly string[] => [`sound:digits/${name}`];
const range = (count: number): readonly number[] => Array.from({ length: count }, (_, index) => index);

/** 1st to 20th and 30th are recorded whole; the others are put together: twenty, first. */
const ordinal = (day: number): readonly string[] => {
  if (day <= 20 || day === 30) return digits(`h-${day}`);
  const tens = Math.floor(day / 10) * 10;
  return [...digits(String(tens)), ...digits(`h-${day - tens}`)];
};

const own = (name: string): readonly string[] => [`sound:fairdial/${name}`];
const AND = ["sound:vm-and"];

export const ENGLISH_GB: SayTable = {
  language: "en_GB",
  weekdays: range(7).map((day) => digits(`day-${day}`)),
  months: range(12).map((month) => digits(`mon-${month}`)),
  days: range(31).map((index) => ordinal(index + 1)),
  // "Tuesday, twenty-fourth, November": the year goes without saying for a date that somebody is called about.
  date: ["{weekday}", "{day}", "{month}"],
  isTwelveHours: true,
  halves: [digits("a-m"), digits("p-m")],
  fullHour: ["{hour}", "sound:digits/oclock", "{half}"],
  // "Nine oh five."
  fewMinutes: ["{hour}", "sound:digits/oh", "{minute}", "{half}"],
  time: ["{hour}", "{minute}", "{half}"],
  currencies: {
    GBP: { one: digits("pound"), many: own("pounds"), and: AND, smallOne: own("penny"), smallMany: own("pence") },
    EUR: { one: own("euro"), many: own("euros"), and: AND, smallOne: own("cent"), smallMany: own("cents") },
    USD: { one: own("dollar"), many: digits("dollars"), and: AND, smallOne: own("cent"), smallMany: own("cents") },
  },
};

/** The languages that need no table of one's own. */
export const SAY_TABLES: Readonly<Record<string, SayTable>> = { en_GB: ENGLISH_GB };
