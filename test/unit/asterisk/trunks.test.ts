import { expect, test } from "@jest/globals";
import fc from "fast-check";
import { callerNumber, dialString, trunksByName } from "../../../src/asterisk/trunks.ts";
import type { TrunkSettings } from "../../../src/asterisk/trunks.ts";
import { isPhoneNumber, phoneNumber } from "../../../src/domain/phone-number.ts";
import type { PhoneNumber } from "../../../src/domain/phone-number.ts";

const trunk: TrunkSettings = {
  name: "t",
  endpoint: "carrier",
  linesMax: 1,
  cpsMax: 1,
  numberFormat: "e164",
  prefix: "",
  codecs: ["alaw"],
};

test.each<[Partial<TrunkSettings>, string, string]>([
  [{}, "+447700900123", "PJSIP/447700900123@carrier"],
  [{ prefix: "00" }, "+447700900123", "PJSIP/00447700900123@carrier"],
  [{ numberFormat: "plus" }, "+447700900123", "PJSIP/+447700900123@carrier"],
  [{ numberFormat: "plus", prefix: "99" }, "+447700900123", "PJSIP/99447700900123@carrier"],
  [{ numberFormat: "national", prefix: "0" }, "+447700900123", "PJSIP/07700900123@carrier"],
  [{ numberFormat: "national" }, "+12025550123", "PJSIP/2025550123@carrier"],
  [{ numberFormat: "national", prefix: "0" }, "+353861234567", "PJSIP/0861234567@carrier"],
])("%j dials %s as %s", (settings, number, dialled) => {
  expect(dialString({ ...trunk, ...settings }, phoneNumber(number))).toBe(dialled);
});

test("the caller number is whole on every trunk", () => {
  const cli = phoneNumber("+442079460000");
  expect(callerNumber(trunk, cli)).toBe("442079460000");
  expect(callerNumber({ ...trunk, numberFormat: "plus" }, cli)).toBe("+442079460000");
  expect(callerNumber({ ...trunk, numberFormat: "national", prefix: "0" }, cli)).toBe("+442079460000");
});

test("whatever is passed off as a number, nothing but digits gets into a dial string", () => {
  fc.assert(
    fc.property(fc.oneof(fc.string(), fc.stringMatching(/^\+[0-9]{1,20}[@/&,;]?[a-z]*$/)), (text) => {
      try {
        const dialled = dialString(trunk, text as PhoneNumber);
        expect(dialled).toMatch(/^PJSIP\/[0-9]{7,15}@carrier$/);
      } catch (error) {
        expect(error).toBeInstanceOf(TypeError);
        expect(isPhoneNumber(text)).toBe(false);
      }
    }),
  );
});

test.each(["carrier/sip:a@b", "a@b", "a&PJSIP/b", "a,b", "", "-a", "a b"])("the endpoint %j is refused", (endpoint) => {
  expect(() => trunksByName([{ ...trunk, endpoint }])).toThrow(/not a plain name/);
});

test.each(["+", "0x", "1&2", "0".repeat(16)])("the prefix %j is refused", (prefix) => {
  expect(() => trunksByName([{ ...trunk, prefix }])).toThrow(/not all digits/);
});
