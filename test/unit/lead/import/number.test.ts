import { expect, test } from "@jest/globals";
import { readNumber, type NumberRules } from "../../../../src/lead/import/number.ts";
import { isPhoneNumber } from "../../../../src/domain/phone-number.ts";

const UK: NumberRules = { defaultCountry: "GB", countriesAllowed: null, onlyInUse: false };

const read = (text: string, rules: NumberRules = UK): string => {
  const result = readNumber(text, rules);
  return "code" in result ? result.code : `${result.number} ${result.type}`;
};

test.each([
  // As people write them.
  ["07700 900123", "+447700900123 unknown"],
  ["+44 7700 900123", "+447700900123 unknown"],
  ["0044 7700 900123", "+447700900123 unknown"],
  ["+44 (0)20 7946 0018", "+442079460018 fixed"],
  ["020-7946-0018", "+442079460018 fixed"],
  ["(020) 7946.0018", "+442079460018 fixed"],
  ["07911 123456", "+447911123456 mobile"],
  ["0800 111 111", "+44800111111 toll-free"],
  ["07012345678", "+447012345678 personal"],
  ["+1 213 373 4253", "+12133734253 fixed-or-mobile"],
  ["+49 30 901820", "+4930901820 fixed"],
  // As spreadsheets and programs leave them.
  ["7700900123", "+447700900123 unknown"],
  ["447700900123", "+447700900123 unknown"],
  ["447700900123.0", "+447700900123 unknown"],
  ["'+447700900123", "+447700900123 unknown"],
  ["tel:+447700900123", "+447700900123 unknown"],
  ["\u202A+44 7700 900123\u202C", "+447700900123 unknown"],
  ["07700\u00A0900\u2009123", "+447700900123 unknown"],
  ["  07700 900123\t", "+447700900123 unknown"],
  ["\uFF10\uFF17\uFF17\uFF10\uFF10\uFF19\uFF10\uFF10\uFF11\uFF12\uFF13", "+447700900123 unknown"],
  ["\u0660\u0667\u0667\u0660\u0660\u0669\u0660\u0660\u0661\u0662\u0663", "+447700900123 unknown"],
  // Not numbers.
  ["", "number-missing"],
  [" \t ", "number-missing"],
  ["n/a", "number-unreadable"],
  ["-", "number-unreadable"],
  ["0", "number-unreadable"],
  ["see notes", "number-unreadable"],
  ["1-800-FLOWERS", "number-unreadable"],
  ["4.47701E+11", "number-in-scientific-notation"],
  ["4,477009e11", "number-in-scientific-notation"],
  ["07700 900123 / 07700 900124", "number-several"],
  ["07700 900123 or 020 7946 0018", "number-several"],
  ["020 7946 0018 ext 5", "number-with-extension"],
  ["020 7946 0018 x5", "number-with-extension"],
  ["+999123456789", "number-unreadable"],
  // Wrong length.
  ["0770 09001", "number-impossible"],
  ["+44 7700 9001234567", "number-impossible"],
  ["999", "number-impossible"],
  ["112", "number-impossible"],
  ["118118", "number-impossible"],
  ["7946 0018", "number-impossible"],
  // Dear.
  ["09098790123", "number-premium-rate"],
  ["0900 000 0000", "number-premium-rate"],
  ["0871 123 4567", "number-premium-rate"],
  ["0845 601 1234", "number-premium-rate"],
  ["+1 900 555 1234", "number-premium-rate"],
  ["+881 631 234567", "number-global-network"],
  ["+979 123 456 789", "number-global-network"],
  ["+883510012345678", "number-global-network"],
])("%j is read as %s", (text, expected) => {
  expect(read(text)).toBe(expected);
});

test.each([
  "07700900123@evil.example",
  "PJSIP/07700900123",
  "07700900123&Local/s@default",
  "07700900123;phone-context=+44",
  "sip:07700900123@10.0.0.1",
  '=HYPERLINK("x")',
  "+44${SHELL(id)}",
  "07700900123\r\nX-Header: 1",
  "07700900123,w,1234#",
  "07700900123p9",
  "*#06#",
  "07700'; drop table lead; --",
  "+447700900123".repeat(50),
])("nothing but a number ever comes out of %j", (text) => {
  const result = readNumber(text, UK);
  if (!("code" in result)) expect(isPhoneNumber(result.number)).toBe(true);
  else expect(result.reason).not.toContain(text);
});

test("a leading national zero means the country that was given", () => {
  expect(read("0151 23456789", { ...UK, defaultCountry: "DE" })).toMatch(/^\+4915123456789 /);
});

test("numbers in no listed range are refused when only those in use are wanted", () => {
  expect(read("07700 900123", { ...UK, onlyInUse: true })).toBe("number-not-in-use");
  expect(read("07911 123456", { ...UK, onlyInUse: true })).toBe("+447911123456 mobile");
});

test("other countries are refused when countries were named, also where a code is shared", () => {
  const rules: NumberRules = { ...UK, countriesAllowed: ["GB", "IE"] };
  expect(read("+353 1 679 8000", rules)).toBe("+35316798000 fixed");
  expect(read("+44 7700 900123", rules)).toBe("+447700900123 unknown");
  expect(read("+1 213 373 4253", rules)).toBe("number-country-refused");
});

test.each([
  ["07700 90012", "number-impossible"],
  ["0770 09001", "number-impossible"],
  ["020 7946", "number-impossible"],
  ["030 12345", "number-impossible"],
])("a digit missing from an unlisted number, %s, is noticed", (text, expected) => {
  expect(read(text)).toBe(expected);
});
