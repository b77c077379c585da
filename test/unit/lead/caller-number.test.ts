import { expect, test } from "@jest/globals";
import { phoneNumber } from "../../../src/domain/phone-number.ts";
import { callerNumber, rungNumber } from "../../../src/lead/caller-number.ts";

const LONDON = phoneNumber("+442079460000");
const NEW_YORK = phoneNumber("+12125550123");
const BERLIN = phoneNumber("+4930123456");

test.each(["+447700900123", "447700900123", "07700900123", "00447700900123", "+44 7700 900123"])(
  "a caller in London, as %s",
  (written) => {
    expect(callerNumber(written, LONDON)).toBe("+447700900123");
  },
);

test.each([
  ["2125550199", NEW_YORK, "+12125550199"],
  ["12125550199", NEW_YORK, "+12125550199"],
  ["+442079460001", NEW_YORK, "+442079460001"],
  ["+12125550199", LONDON, "+12125550199"],
  ["0012125550199", LONDON, "+12125550199"],
] as const)("%s at %s", (written, rung, number) => {
  expect(callerNumber(written, rung)).toBe(number);
});

test.each([null, "", "anonymous", "Restricted", "1005", "100", "+", "sip:alice", "0".repeat(40), "07700900123;ext=1"])(
  "nobody: %s",
  (written) => {
    expect(callerNumber(written, LONDON)).toBeNull();
  },
);

test.each([
  ["+442079460000", LONDON],
  ["442079460000", LONDON],
  ["02079460000", LONDON],
  ["00442079460000", LONDON],
  ["2125550123", NEW_YORK],
  ["+4930123456", BERLIN],
  ["442079460001", null],
  ["7000", null],
  ["", null],
  ["s", null],
] as const)("the number that was rung, as %s", (written, number) => {
  expect(rungNumber(written, [BERLIN, NEW_YORK, LONDON])).toBe(number);
});
