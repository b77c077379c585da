import { expect, test } from "@jest/globals";
import { judgeVersion, readVersion } from "../../../../src/app/check/asterisk-version.ts";

test.each([
  ["22.10.1", [22, 10, 1]],
  ["22.10.1~dfsg+~cs6.15.60671435-1", [22, 10, 1]],
  ["20.17.0-rc1", [20, 17, 0]],
  ["24.0", [24, 0, 0]],
  ["certified/20.7-cert5", [20, 7, 0]],
  ["GIT-master-abcdef", null],
])("%s is %j", (text, expected) => {
  expect(readVersion(text)).toEqual(expected);
});

const SECURITY = "two security corrections";
const WRONG_CODES = "wrong SIP code";
const NO_CODES = "does not tell SIP codes";
const NO_CAUSE = "no cause for calls that time out";

test.each([
  ["22.10.1", []],
  ["20.20.1", []],
  ["23.4.1", []],
  ["24.0.0", []],
  ["22.11.0", []],
  ["22.10.0", [SECURITY]],
  ["22.9.0", [SECURITY]],
  ["22.8.2", [WRONG_CODES, SECURITY]],
  ["22.7.0", [WRONG_CODES, SECURITY]],
  ["22.6.0", [NO_CODES, SECURITY]],
  ["22.3.0", [NO_CAUSE, NO_CODES, SECURITY]],
  ["20.18.0", [WRONG_CODES, SECURITY]],
  ["20.16.0", [NO_CODES, SECURITY]],
  ["20.13.0", [NO_CAUSE, NO_CODES, SECURITY]],
  ["21.12.3", [NO_CODES]],
  ["21.12.2", [NO_CODES, SECURITY]],
  ["18.26.4", [NO_CAUSE, NO_CODES, SECURITY]],
  ["16.28.0", [NO_CAUSE, NO_CODES, SECURITY]],
])("Asterisk %s: %j", (version, expected) => {
  const findings = judgeVersion(version);
  if (expected.length === 0) expect(findings).toMatchObject([{ status: "ok" }]);
  else {
    expect(findings.map(({ status, sentence }) => [status, sentence])).toEqual(
      expected.map((part) => ["warn", expect.stringContaining(part)]),
    );
  }
});

test("what is no release is doubted, what is ancient is refused", () => {
  expect(judgeVersion("GIT-master-abc")).toMatchObject([{ status: "warn" }]);
  expect(judgeVersion("13.38.3")).toMatchObject([{ status: "fail" }]);
});
