import { expect, test } from "@jest/globals";
import fc from "fast-check";
import { digitsOf, isPhoneNumber, maskPhoneNumber, phoneNumber } from "../../../src/domain/phone-number.ts";

test.each([
  ["+447700900123", true],
  ["+1234567", true], // The shortest we take: country code and a few digits, as in Niue.
  ["+123456789012345", true], // Fifteen digits, the most that ITU-T E.164 allows.
  ["+1234567890123456", false],
  ["+123456", false],
  ["+0447700900123", false], // No country code begins with nought.
  ["447700900123", false],
  ["07700900123", false],
  ["+44 7700 900123", false],
  ["+447700900123\n", false],
  ["\n+447700900123", false],
  ["+447700900123,1", false],
  ["+447700900123@elsewhere", false],
  ["+44770090012\u0663", false], // An Arabic-Indic three is a digit to Unicode, not to a trunk.
  ["", false],
])("%j is a number: %s", (text, expected) => {
  expect(isPhoneNumber(text)).toBe(expected);
});

test("what is not a number cannot be made one", () => {
  expect(() => phoneNumber("sip:me@elsewhere")).toThrow(TypeError);
});

const anyNumber = fc.stringMatching(/^\+[1-9][0-9]{6,14}$/).map(phoneNumber);

test("nothing but digits reaches a dial string, whatever text was offered", () => {
  fc.assert(
    fc.property(fc.oneof(fc.string({ unit: "binary" }), anyNumber), (text) => {
      if (isPhoneNumber(text)) expect(digitsOf(text)).toMatch(/^[0-9]{7,15}$/);
      else expect(() => phoneNumber(text)).toThrow();
    }),
  );
});

test("a mask is enough to recognise a number", () => {
  expect(maskPhoneNumber(phoneNumber("+447700900123"))).toBe("+4477…0123");
});

test("a mask is too little to call: at least three digits are hidden, however short the number", () => {
  fc.assert(
    fc.property(anyNumber, (number) => {
      const shown = maskPhoneNumber(number).replaceAll(/[^0-9]/g, "").length;
      expect(digitsOf(number).length - shown).toBeGreaterThanOrEqual(3);
    }),
  );
});
