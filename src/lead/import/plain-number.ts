/**
 * Numbers of do-not-call lists, which come by the million and mostly in one plain form: read without the library, some
 * hundred times as fast.
 *
 * One rule to remember: whatever is taken here is what {@link readNumber} makes of it, or a number that it refuses for
 * everybody. A no for a number that nobody could dial does no harm.
 */
import type { CountryCode } from "libphonenumber-js/max";
import type { PhoneNumber } from "../../domain/phone-number.ts";
import { readNumber, type NumberRules } from "./number.ts";
import { rejection, type Rejection } from "./rejection.ts";

/** By country: what its registers write, with the national significant number in brackets. */
const PLAIN: Partial<Record<CountryCode, readonly [pattern: RegExp, callingCode: string]>> = {
  // Ten digits after the trunk prefix or the country's code, in some places nine (Ofcom's numbering plan).
  GB: [/^(?:0(?=[1-9][0-9]{8,9}$)|\+44(?=[1-9][0-9]{8,9}$)|44(?=[1-9][0-9]{9}$))([0-9]+)$/, "+44"],
  // Ten digits, neither area code nor exchange beginning with 0 or 1 (NANP).
  US: [/^(?:\+?1)?([2-9][0-9]{2}[2-9][0-9]{6})$/, "+1"],
  CA: [/^(?:\+?1)?([2-9][0-9]{2}[2-9][0-9]{6})$/, "+1"],
};

/** Codes of readings that would do no harm to take, because nobody dials such a number anyway. */
const HARMLESS: ReadonlySet<string> = new Set(["number-premium-rate", "number-global-network", "number-not-in-use"]);

/** A number that is not to be called; or why it cannot be told. `ignored` is one that is refused for everybody. */
export const readListedNumber = (
  field: string,
  rules: NumberRules,
): { readonly number: PhoneNumber } | { readonly ignored: Rejection } | Rejection => {
  const [pattern, callingCode = ""] = PLAIN[rules.defaultCountry] ?? [];
  const national = pattern?.exec(field)?.[1];
  // The pattern lets nothing but digits through.
  if (national !== undefined) return { number: `${callingCode}${national}` as PhoneNumber };
  if (field.includes("\uFFFD")) return rejection("row-bad-encoding", "the row holds bytes that are no text");
  const read = readNumber(field, rules);
  if (!("code" in read)) return { number: read.number };
  return HARMLESS.has(read.code) ? { ignored: read } : read;
};
