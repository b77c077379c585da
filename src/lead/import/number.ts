/**
 * Reads a telephone number as people write it in spreadsheets, and gives E.164 or the reason why not.
 *
 * Two kinds of doubt are kept apart. A number of impossible length is refused. A number in a range that the numbering
 * plan does not list is kept as `unknown` when it is as long as a mobile number there: plans change faster than
 * libraries, and the network's own answer settles it with the first attempt. Any other length is a typing mistake.
 */
import {
  getCountries,
  getCountryCallingCode,
  Metadata,
  parsePhoneNumberFromString,
  type CountryCode,
  type PhoneNumberType as LibraryType,
} from "libphonenumber-js/max";
import { isPhoneNumber, type PhoneNumber } from "../../domain/phone-number.ts";
import { NUMBER_CHARACTERS_MAX } from "./limits.ts";
import { quickNumber } from "./quick-number.ts";
import { rejection, type Rejection } from "./rejection.ts";

export const NUMBER_TYPES = [
  "mobile",
  "fixed",
  "fixed-or-mobile",
  "toll-free",
  "voip",
  "personal",
  "company",
  "pager",
  "voicemail",
  // Loaded only where somebody allowed it by name.
  "premium",
  "unknown",
] as const;
export type NumberType = (typeof NUMBER_TYPES)[number];

export interface NumberRules {
  /** ISO 3166 code of the country whose national form numbers without a plus sign are in. */
  readonly defaultCountry: CountryCode;
  /** When not null, numbers of other countries are refused. */
  readonly countriesAllowed: readonly CountryCode[] | null;
  /** Takes premium rate and shared cost too, which cost whoever calls: only where somebody asked for it by name. */
  readonly premiumAllowed?: boolean;
  /** Refuses numbers in ranges that the numbering plan does not list. */
  readonly onlyInUse: boolean;
}

export interface ReadNumber {
  readonly number: PhoneNumber;
  readonly type: NumberType;
  /** ISO 3166 code; null when the range tells no single country. */
  readonly country: string | null;
  /** "44" of +44. */
  readonly callingCode: string;
}

const TYPES: Readonly<Record<LibraryType, NumberType>> = {
  MOBILE: "mobile",
  FIXED_LINE: "fixed",
  FIXED_LINE_OR_MOBILE: "fixed-or-mobile",
  TOLL_FREE: "toll-free",
  VOIP: "voip",
  PERSONAL_NUMBER: "personal",
  UAN: "company",
  PAGER: "pager",
  VOICEMAIL: "voicemail",
  PREMIUM_RATE: "premium",
  SHARED_COST: "premium",
};

/**
 * Codes that belong to no country: satellites (870, 881), international networks (882, 883), universal personal
 * numbers (878), shared cost (808) and premium rate (979), disaster relief (888). ITU-T E.164 list of assigned codes.
 * They cost many times an ordinary call and are where toll fraud goes.
 */
const GLOBAL_NETWORK_CODES = new Set(["808", "870", "878", "881", "882", "883", "888", "979"]);

/** The library tells premium rate by ranges in use; new UK ranges are premium by their first digits (Ofcom's plan). */
const PREMIUM_PREFIXES = /^\+44(9|84|87)/;

const SCIENTIFIC = /^\+?\d(?:[.,]\d+)?e\+?\d+$/i;

/** What spreadsheets and programs do to a number that they took for something else. */
const tidied = (text: string): string => {
  // As most are written: nothing of what follows would change them, and a million of them are to be quick.
  if (AS_WRITTEN.test(text)) return text.trim();
  return carefullyTidied(text);
};

const AS_WRITTEN = /^[0-9+() -]*$/;

const carefullyTidied = (text: string): string =>
  text
    // Invisible marks travel with numbers that were copied from address books (U+202A and its kind).
    .replace(/[\p{Cf}\p{Cc}]/gu, "")
    .replace(/\p{Zs}/gu, " ")
    .trim()
    // An apostrophe makes a spreadsheet keep text as text, and ends up in exports.
    .replace(/^'/, "")
    .replace(/^tel:/i, "")
    // A column of numbers with a gap in it comes out of some programs as decimals.
    .replace(/^(\+?\d{6,15})[.,]0$/, "$1");

const parse = (text: string, rules: NumberRules) =>
  parsePhoneNumberFromString(text, { defaultCountry: rules.defaultCountry, extract: false });

/** The library's own types leave `type` out; it is in its reference ("Metadata") and is read with care. */
interface PlanWithTypes {
  type?(name: "MOBILE"): { possibleLengths(): readonly number[] } | undefined;
}

const mobileLengths = (country: CountryCode): readonly number[] => {
  const metadata = new Metadata();
  metadata.selectNumberingPlan(country);
  return (metadata.numberingPlan as PlanWithTypes | undefined)?.type?.("MOBILE")?.possibleLengths() ?? [];
};

const isUsuallyLong = (nationalNumber: string, country: CountryCode): boolean =>
  // A zero in front is a national prefix that could not be taken off: too few digits follow it.
  !nationalNumber.startsWith("0") && mobileLengths(country).includes(nationalNumber.length);

const unreadable = (text: string, rules: NumberRules): Rejection => {
  if (SCIENTIFIC.test(text)) {
    return rejection(
      "number-in-scientific-notation",
      "a spreadsheet has rounded the number and its last digits are lost: format the column as text and export it again",
    );
  }
  const parts = text.split(/[/;,|]|\bor\b|\band\b|&/i).map((part) => part.trim());
  if (parts.length > 1 && parts.every((part) => parse(part, rules)?.isPossible() === true)) {
    return rejection("number-several", "the field holds several numbers: give each its own column");
  }
  return rejection("number-unreadable", "the field does not hold a telephone number");
};

/** Countries whose numbers begin with this code; several share +1, +7, +44 and others. */
export const countriesOfCallingCode = (callingCode: string): readonly CountryCode[] =>
  getCountries().filter((country) => getCountryCallingCode(country) === callingCode);

const PREMIUM = rejection(
  "number-premium-rate",
  "the number is premium rate or shared cost, which nobody is called on",
);
const isPremium = (number: string, type: NumberType): boolean => type === "premium" || PREMIUM_PREFIXES.test(number);

const refusedCountry = (country: string | null, callingCode: string): Rejection =>
  rejection("number-country-refused", `numbers of ${country ?? `+${callingCode}`} were not asked for`);

/** The plain form that most rows have; null for all others. */
const readQuickly = (text: string, rules: NumberRules): ReadNumber | Rejection | null => {
  const quick = quickNumber(text, rules.defaultCountry);
  if (quick === null || GLOBAL_NETWORK_CODES.has(quick.callingCode)) return null;
  const { callingCode, country } = quick;
  const number = `+${callingCode}${quick.nationalNumber}`;
  const type = TYPES[quick.type];
  if (!isPhoneNumber(number)) return null;
  if (isPremium(number, type) && rules.premiumAllowed !== true) return PREMIUM;
  if (rules.countriesAllowed?.includes(country) === false) return refusedCountry(country, callingCode);
  return { number, type, country, callingCode };
};

/** One number, or why it cannot be dialled. */
export const readNumber = (field: string, rules: NumberRules): ReadNumber | Rejection => {
  const text = tidied(field);
  return readQuickly(text, rules) ?? readCarefully(text, rules);
};

/** By the library. Exported for the test that holds the quick way to it. */
export const readCarefully = (text: string, rules: NumberRules): ReadNumber | Rejection => {
  if (text === "") return rejection("number-missing", "the row has no telephone number");
  if (text.length > NUMBER_CHARACTERS_MAX) {
    return rejection("number-unreadable", "the field is too long for a telephone number");
  }
  const parsed = parse(text, rules);
  if (parsed === undefined) return unreadable(text, rules);
  if (parsed.ext !== undefined) {
    return rejection("number-with-extension", "the number has an extension, which cannot be dialled");
  }
  const number: string = parsed.number;
  const callingCode: string = parsed.countryCallingCode;
  if (!parsed.isPossible() || !isPhoneNumber(number)) {
    return rejection(
      "number-impossible",
      `no number under +${callingCode} has this many digits: look for a missing or an extra one`,
    );
  }
  if (GLOBAL_NETWORK_CODES.has(callingCode)) {
    return rejection(
      "number-global-network",
      `+${callingCode} is a satellite or other worldwide network, not a country`,
    );
  }
  const libraryType = parsed.getType();
  const type = libraryType === undefined ? "unknown" : TYPES[libraryType];
  if (isPremium(number, type) && rules.premiumAllowed !== true) return PREMIUM;
  const country = parsed.country ?? null;
  const candidates = country === null ? countriesOfCallingCode(callingCode) : [country];
  if (type === "unknown" && !candidates.some((code) => isUsuallyLong(parsed.nationalNumber, code))) {
    return rejection(
      "number-impossible",
      "the number is in no known range and not as long as usual: look for a missing digit",
    );
  }
  if (rules.onlyInUse && type === "unknown") {
    return rejection("number-not-in-use", "the number is in no range that the numbering plan lists as in use");
  }
  if (rules.countriesAllowed?.some((code) => candidates.includes(code)) === false) {
    return refusedCountry(country, callingCode);
  }
  return { number, type, country, callingCode };
};
