/** The quick way and the library agree, or the quick way says nothing. */
import { expect, test } from "@jest/globals";
import fc from "fast-check";
import { getCountries, getCountryCallingCode, parsePhoneNumberFromString } from "libphonenumber-js/max";
import { readNumber, type NumberRules } from "../../../../src/lead/import/number.ts";
import { quickNumber } from "../../../../src/lead/import/quick-number.ts";

const country = fc.constantFrom(...getCountries());
const digits = fc.stringMatching(/^[1-9][0-9]{5,11}$/);

test("whatever is read quickly is what the library makes of it, in every country", () => {
  fc.assert(
    fc.property(country, digits, fc.constantFrom("+", "0", "", "plus zero", "8", "00"), (code, national, form) => {
      const calling = getCountryCallingCode(code);
      const text =
        form === "+" ? `+${calling}${national}` : form === "plus zero" ? `+${calling}0${national}` : form + national;
      const quick = quickNumber(text, code);
      if (quick === null) return;
      const long = parsePhoneNumberFromString(text, { defaultCountry: code, extract: false });
      expect({
        nationalNumber: long?.nationalNumber,
        callingCode: long?.countryCallingCode,
        country: long?.country,
        type: long?.getType(),
      }).toEqual(quick);
      expect(long?.isPossible()).toBe(true);
    }),
    { numRuns: 4_000 },
  );
});

test.each([
  ["07911 123456", "GB", "MOBILE"],
  ["020 7946 0001", "GB", "FIXED_LINE"],
  ["+44 7911 123456", "US", "MOBILE"],
  ["07829 700000", "GB", "MOBILE"],
  ["212-555-0123", "US", "FIXED_LINE_OR_MOBILE"],
  ["+4915112345678", "DE", "MOBILE"],
] as const)("%s is read quickly in %s", (text, code, type) => {
  expect(quickNumber(text, code)).toMatchObject({ type });
});

test.each(["(020) 7946 0001", "07911 123456 x12", "+44 020 7946 0001", "999", "0044 7911 123456", "", "+"])(
  "%s goes the long way",
  (text) => {
    expect(quickNumber(text, "GB")).toBeNull();
  },
);

const RULES: NumberRules = { defaultCountry: "GB", countriesAllowed: ["GB"], onlyInUse: false };
const codeOf = (text: string, rules: NumberRules): string => {
  const read = readNumber(text, rules);
  return "code" in read ? read.code : read.type;
};

test("premium rate and foreign numbers are loaded only where somebody said so", () => {
  expect(codeOf("09098790123", RULES)).toBe("number-premium-rate");
  expect(codeOf("09098790123", { ...RULES, premiumAllowed: true })).toBe("premium");
  expect(codeOf("+1 213 373 4253", RULES)).toBe("number-country-refused");
  expect(codeOf("+1 213 373 4253", { ...RULES, countriesAllowed: ["GB", "US"] })).toBe("fixed-or-mobile");
  expect(codeOf("+870 773 111 632", { ...RULES, countriesAllowed: null, premiumAllowed: true })).toBe(
    "number-global-network",
  );
});
