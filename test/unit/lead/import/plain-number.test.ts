import { expect, test } from "@jest/globals";
import fc from "fast-check";
import { readNumber, type NumberRules } from "../../../../src/lead/import/number.ts";
import { readListedNumber } from "../../../../src/lead/import/plain-number.ts";

const rulesOf = (defaultCountry: NumberRules["defaultCountry"]): NumberRules => ({
  defaultCountry,
  countriesAllowed: null,
  onlyInUse: false,
});
const listed = (field: string, country: NumberRules["defaultCountry"] = "GB"): string => {
  const read = readListedNumber(field, rulesOf(country));
  if ("number" in read) return read.number;
  return "ignored" in read ? `ignored ${read.ignored.code}` : read.code;
};

test("registers write numbers plainly, and people do not", () => {
  expect(listed("02079460001")).toBe("+442079460001");
  expect(listed("442079460001")).toBe("+442079460001");
  expect(listed("+442079460001")).toBe("+442079460001");
  expect(listed("016977 2345")).toBe("+44169772345");
  expect(listed("020 7946 0001")).toBe("+442079460001");
  expect(listed("2125550123", "US")).toBe("+12125550123");
  expect(listed("12125550123", "US")).toBe("+12125550123");
  expect(listed("+353 87 123 4567")).toBe("+353871234567");
});

test("what nobody could dial is no error, what nobody can read is", () => {
  expect(listed("+881 6 1234 5678")).toBe("ignored number-global-network");
  expect(listed("0207946")).toBe("number-impossible");
  expect(listed("Phone")).toBe("number-unreadable");
  expect(listed("4.42079E+11")).toBe("number-in-scientific-notation");
  expect(listed("07911\uFFFD23456")).toBe("row-bad-encoding");
  expect(listed("")).toBe("number-missing");
});

test("the quick reading and the careful one never give two numbers for one text", () => {
  const digits = fc.string({ unit: fc.integer({ min: 0, max: 9 }).map(String), minLength: 6, maxLength: 13 });
  const front = fc.constantFrom("", "0", "00", "44", "+44", "+440", "0044", "1", "+1", "+");
  let both = 0;
  fc.assert(
    fc.property(front, digits, fc.constantFrom("GB" as const, "US" as const, "CA" as const), (begin, rest, country) => {
      const careful = readNumber(begin + rest, rulesOf(country));
      if ("code" in careful) return;
      both += 1;
      expect(listed(begin + rest, country)).toBe(careful.number);
    }),
    { numRuns: 4_000 },
  );
  expect(both).toBeGreaterThan(100);
});
