/**
 * How a number stands in tables that need not give it back: as it is, or hashed with the installation's own key.
 *
 * One rule to remember: a key may be configured after rows were written, so whoever looks a number up asks for every
 * form it may have, and whoever writes it writes the last one.
 */
import { createHmac } from "node:crypto";

const PREFIX = "h:";
/** 160 of HMAC-SHA256's 256 bits: two numbers that share them are not to be met with in 10^15 (RFC 2104, section 5). */
const HEX_DIGITS = 40;
const HASHED = /^h:[0-9a-f]{40}$/;

/** Whether this is the hashed form, and no number can be had from it. */
export const isHashedNumber = (text: string): boolean => HASHED.test(text);

/** A number that is hashed already stays as it is: attempts of an erased person are written so. */
export const hashedNumber = (number: string, hashKey: string): string =>
  isHashedNumber(number)
    ? number
    : PREFIX + createHmac("sha256", hashKey).update(number).digest("hex").slice(0, HEX_DIGITS);

/** The form in which it is written from now on. */
export const numberKeyOf = (number: string, hashKey: string | null): string =>
  hashKey === null ? number : hashedNumber(number, hashKey);

/** Every form in which it may have been written, for `in (?)`. */
export const numberKeysOf = (number: string, hashKey: string | null): readonly string[] =>
  hashKey === null || isHashedNumber(number) ? [number] : [number, hashedNumber(number, hashKey)];
