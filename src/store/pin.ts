/**
 * PINs as hashes. A PIN of a few digits can always be found by trying; the salt and the cost keep whoever reads the
 * table from reading all of them in a second.
 */
import { randomBytes, scrypt, timingSafeEqual } from "node:crypto";

/** N, r and p as Node's own defaults; about 50 ms. Kept with each hash, so that they can be raised. */
const COST = 16_384;
const BLOCK_SIZE = 8;
const PARALLEL = 1;
const KEY_BYTES = 32;

const derived = (pin: string, salt: Buffer, cost: number): Promise<Buffer> =>
  new Promise((resolve, reject) => {
    scrypt(pin, salt, KEY_BYTES, { N: cost, r: BLOCK_SIZE, p: PARALLEL }, (error, key) => {
      if (error === null) resolve(key);
      else reject(error);
    });
  });

/** `scrypt$cost$salt$key`, the last two in base64. */
export const hashPin = async (pin: string): Promise<string> => {
  const salt = randomBytes(16);
  const key = await derived(pin, salt, COST);
  return ["scrypt", COST, salt.toString("base64"), key.toString("base64")].join("$");
};

export const isPin = async (pin: string, hash: string): Promise<boolean> => {
  const [scheme, cost, salt, key] = hash.split("$");
  if (scheme !== "scrypt" || cost === undefined || salt === undefined || key === undefined) return false;
  const expected = Buffer.from(key, "base64");
  const actual = await derived(pin, Buffer.from(salt, "base64"), Number(cost));
  return expected.length === actual.length && timingSafeEqual(expected, actual);
};
