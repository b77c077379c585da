/**
 * Numbers as a carrier writes them in a call that comes in: with a plus, with 00, nationally, or as bare digits, each
 * carrier in its own way. They are read by the country of our own number that was rung, or not at all: a number that is
 * doubtful belongs to nobody.
 */
import { parsePhoneNumberFromString, type CountryCode } from "libphonenumber-js/max";
import { isPhoneNumber, type PhoneNumber } from "../domain/phone-number.ts";
import { countryOf } from "./number-country.ts";

/** Longer is no number, and not worth reading: fifteen digits, a prefix, and what people put between. */
const CHARACTERS_MAX = 32;

/** The caller as E.164; null where they withhold it, or where it is no number that could be called. */
export function callerNumber(text: string | null, rung: PhoneNumber): PhoneNumber | null {
  return text === null ? null : numberFrom(text, rung);
}

/** Which of our numbers the carrier says was rung; null for none of them. */
export function rungNumber(text: string, own: Iterable<PhoneNumber>): PhoneNumber | null {
  for (const number of own) if (numberFrom(text, number) === number) return number;
  return null;
}

function numberFrom(text: string, near: PhoneNumber): PhoneNumber | null {
  const written = text.trim();
  if (written === "" || written.length > CHARACTERS_MAX || !/^[+0-9().\s-]+$/.test(written)) return null;
  const digits = written.replace(/[^0-9]/g, "");
  // Most carriers leave out the plus and nothing else: what is one of ours by every digit needs no library.
  if (`+${digits}` === near) return near;
  const country = countryOf(near);
  const asWritten = written.startsWith("+") ? `+${digits}` : digits.startsWith("00") ? `+${digits.slice(2)}` : digits;
  const parsed = parsePhoneNumberFromString(
    asWritten,
    country === null ? undefined : { defaultCountry: country as CountryCode, extract: false },
  );
  if (parsed?.isPossible() === true && isPhoneNumber(parsed.number)) return parsed.number;
  // Without its plus, as international digits.
  const bare = `+${digits}`;
  return country === null && isPhoneNumber(bare) ? bare : null;
}
