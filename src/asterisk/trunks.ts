// What is dialled on which trunk. A dial string is built here and nowhere else, from digits and checked names only.
import { digitsOf } from "../domain/phone-number.ts";
import type { PhoneNumber } from "../domain/phone-number.ts";
import type { TrunkLimits } from "../engine/ports.ts";
import { AriError } from "./ari-error.ts";

export interface TrunkSettings extends TrunkLimits {
  readonly name: string;
  /** The PJSIP endpoint of the carrier. */
  readonly endpoint: string;
  /** "e164": 447700900123; "plus": +447700900123; "national": without the country code, after the prefix. */
  readonly numberFormat: "e164" | "plus" | "national";
  /** Digits before the number, such as a national "0" or a carrier's access code. */
  readonly prefix: string;
}

/** By name; throws an AriError for anything that could end one part of a dial string and begin another. */
export function trunksByName(settings: readonly TrunkSettings[]): ReadonlyMap<string, TrunkSettings> {
  for (const { name, endpoint, prefix } of settings) {
    if (!/^[A-Za-z0-9_][A-Za-z0-9_.-]{0,79}$/.test(endpoint)) throw unusable(name, "its endpoint is not a plain name");
    if (!/^[0-9]{0,15}$/.test(prefix)) throw unusable(name, "its prefix is not all digits");
  }
  return new Map(settings.map((trunk) => [trunk.name, trunk]));
}

export function dialString(trunk: TrunkSettings, number: PhoneNumber): string {
  return `PJSIP/${numberOn(trunk, number)}@${trunk.endpoint}`;
}

/** The caller number as the trunk wants it; a national one would not say whose country it is from, so it stays whole. */
export function callerNumber(trunk: TrunkSettings, cliNumber: PhoneNumber): string {
  return trunk.numberFormat === "e164" ? digitsOf(cliNumber) : `+${digitsOf(cliNumber)}`;
}

function numberOn({ numberFormat, prefix }: TrunkSettings, number: PhoneNumber): string {
  const digits = digitsOf(number);
  // The brand promises it; this is the last place before the wire, and a promise is not a check.
  if (!/^[0-9]{7,15}$/.test(digits)) throw new TypeError("a dial string may hold digits only");
  if (numberFormat === "plus") return `${prefix === "" ? "+" : prefix}${digits}`;
  return prefix + (numberFormat === "e164" ? digits : digits.slice(countryCodeLength(digits)));
}

// ITU-T E.164 Annex D (list of assigned country codes): zones 1 and 7 have one digit, these have two, the rest three.
const TWO_DIGITS = new Set(
  "20 27 30 31 32 33 34 36 39 40 41 43 44 45 46 47 48 49 51 52 53 54 55 56 57 58 60 61 62 63 64 65 66 81 82 84 86 90 91 92 93 94 95 98".split(
    " ",
  ),
);

function countryCodeLength(digits: string): 1 | 2 | 3 {
  if (digits.startsWith("1") || digits.startsWith("7")) return 1;
  return TWO_DIGITS.has(digits.slice(0, 2)) ? 2 : 3;
}

function unusable(name: string, why: string): AriError {
  return new AriError({ code: "ARI_UNSUPPORTED", message: `the trunk ${name} cannot be used: ${why}` });
}
