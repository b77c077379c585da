/**
 * Whose number it is. Several countries share a code (+1, +44, +61 …); the ranges tell them apart, and where they do not,
 * nobody knows.
 */
import { parsePhoneNumberFromString } from "libphonenumber-js/max";
import type { PhoneNumber } from "../domain/phone-number.ts";

/**
 * Codes under which every other country has ranges of its own that are listed: a number in none of them is the main
 * country's, in a range younger than the library. Under +1 and +7 nothing of the kind can be said.
 */
const MAIN_COUNTRY: Readonly<Record<string, string>> = { "44": "GB", "61": "AU" };

/** A number is asked for when it is chosen, again inside the transaction that writes its attempt, and soon once more. */
const REMEMBERED_MAX = 10_000;
const remembered = new Map<PhoneNumber, NumberIdentity>();

interface NumberIdentity {
  readonly country: string | null;
  /** Its kind, as the library names it; null when its range has none, or several. */
  readonly type: string | null;
}

/** ISO 3166-1, or null when its range belongs to no single country that we know of. */
export const countryOf = (number: PhoneNumber): string | null => identityOf(number).country;

/** Such as `MOBILE` or `PREMIUM_RATE`, as the ranges are known now; null when nobody can tell. */
export const lineTypeOf = (number: PhoneNumber): string | null => identityOf(number).type;

function identityOf(number: PhoneNumber): NumberIdentity {
  const known = remembered.get(number);
  if (known !== undefined) return known;
  const parsed = parsePhoneNumberFromString(number);
  const country = parsed === undefined ? null : (parsed.country ?? MAIN_COUNTRY[parsed.countryCallingCode] ?? null);
  if (remembered.size >= REMEMBERED_MAX) remembered.clear();
  const identity = { country, type: parsed?.getType() ?? null };
  remembered.set(number, identity);
  return identity;
}
