/**
 * What a number is called in the records: E.164, or a keyed hash where the site keeps no numbers in the clear.
 *
 * One rule to remember: rows written before the key was set stay as they are, so whoever looks asks for both forms, and
 * whoever writes writes the first.
 */
import { createHmac } from "node:crypto";
import type { PhoneNumber } from "../domain/phone-number.ts";

/** A secret of the site, the same on every node; null to keep numbers in the clear. Never changed: what it hid is lost then. */
export type NumberHashKey = string | null;

/** Forty hexadecimal digits: 160 of the 256 bits, so that no two numbers there are share a hash. */
const HASH_DIGITS = 40;

const HASHED = /^h:[0-9a-f]{40}$/;

/** Whether this is the hashed form, from which no number can be had. An erased person's attempts are written so. */
export const isHashedNumber = (key: string): boolean => HASHED.test(key);

/** The form to write in front; then the other one that may be there. */
export const numberKeysOf = (number: PhoneNumber, hashKey: NumberHashKey): readonly [string, ...string[]] =>
  hashKey === null ? [number] : [hashed(number, hashKey), number];

/** The form to write. */
export const numberKeyOf = (number: PhoneNumber, hashKey: NumberHashKey): string => numberKeysOf(number, hashKey)[0];

/** `h:` and forty digits; E.164 begins with a plus, so neither is ever taken for the other. */
const hashed = (number: PhoneNumber, hashKey: string): string =>
  `h:${createHmac("sha256", hashKey).update(number).digest("hex").slice(0, HASH_DIGITS)}`;
