import { createHmac } from "node:crypto";
import { expect, test } from "@jest/globals";
import { phoneNumber } from "../../../src/domain/phone-number.ts";
import { isHashedNumber, numberKeyOf, numberKeysOf } from "../../../src/store/number-key.ts";

const KEY = "0123456789abcdefghijklmnopqrstuvwxyz";
const NUMBER = phoneNumber("+447911123456");
const HASHED = `h:${createHmac("sha256", KEY).update(NUMBER).digest("hex").slice(0, 40)}`;

test("without a key a number stands as it is", () => {
  expect(numberKeyOf(NUMBER, null)).toBe(NUMBER);
  expect(numberKeysOf(NUMBER, null)).toEqual([NUMBER]);
});

test("with a key it is written hashed, and looked for in both forms", () => {
  expect(numberKeyOf(NUMBER, KEY)).toBe(HASHED);
  expect([...numberKeysOf(NUMBER, KEY)].sort()).toEqual([NUMBER, HASHED]);
  expect(numberKeyOf(NUMBER, `${KEY}!`)).not.toBe(HASHED);
});

test("the two forms are never taken for one another", () => {
  const others = [NUMBER, `${HASHED}0`, `x${HASHED}`, HASHED.toUpperCase(), "h:"];
  expect(isHashedNumber(HASHED)).toBe(true);
  expect(others.filter(isHashedNumber)).toEqual([]);
});
