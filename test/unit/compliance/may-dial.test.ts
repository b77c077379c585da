/** May this number be dialled now? The first failing rule wins, and what is unknown means no. */
import { describe, expect, test } from "@jest/globals";
import fc from "fast-check";
import { mayDial } from "../../../src/compliance/may-dial.ts";
import type { DialFacts, DialRule } from "../../../src/compliance/may-dial.ts";
import type { CallingHours } from "../../../src/domain/campaign.ts";
import { instant } from "../../../src/domain/instant.ts";
import { phoneNumber } from "../../../src/domain/phone-number.ts";
import type { PhoneNumber } from "../../../src/domain/phone-number.ts";

const MONDAY_NOON = instant(Date.UTC(2026, 10, 2, 12));
const MONDAY_NIGHT = instant(Date.UTC(2026, 10, 2, 3));
const MONDAY_MORNING = instant(Date.UTC(2026, 10, 2, 8));

const callingHours: CallingHours[] = [{ days: [1, 2, 3, 4, 5], fromMinute: 480, toMinute: 1260 }];

const FINE: DialFacts = {
  number: phoneNumber("+447700900123"),
  cliNumber: phoneNumber("+442079460018"),
  suppressed: false,
  permanentOutcome: null,
  timeZone: "Europe/London",
};

test("a number against which nothing speaks may be dialled, and the evidence says what was looked at", () => {
  expect(mayDial(FINE, { callingHours }, MONDAY_NOON)).toEqual({
    allowed: true,
    evidence: {
      checkedAt: "2026-11-02T12:00:00.000Z",
      suppressed: false,
      permanentOutcome: null,
      cliNumber: "+442079460018",
      timeZone: "Europe/London",
      window: callingHours,
    },
  });
});

/** In the order in which they are asked; each says how to break it. */
const RULES: readonly (readonly [DialRule, broken: Partial<DialFacts>, atNight: boolean])[] = [
  ["SUPPRESSED", { suppressed: true }, false],
  ["NUMBER-OUT", { permanentOutcome: "unallocated" }, false],
  ["CLI-VALID", { cliNumber: "anonymous" as PhoneNumber }, false],
  ["ZONE-KNOWN", { timeZone: null }, false],
  ["CALLING-WINDOW", {}, true],
];

test.each(RULES)("%s alone is a no, in its name", (rule, broken, atNight) => {
  const verdict = mayDial({ ...FINE, ...broken }, { callingHours }, atNight ? MONDAY_NIGHT : MONDAY_NOON);
  expect(verdict).toMatchObject({ allowed: false, rule });
});

test("of several broken rules the first one wins, whichever they are", () => {
  fc.assert(
    fc.property(fc.subarray([...RULES], { minLength: 1 }), (broken) => {
      const facts = broken.reduce((each, [, more]) => ({ ...each, ...more }), FINE);
      const at = broken.some(([, , atNight]) => atNight) ? MONDAY_NIGHT : MONDAY_NOON;
      expect(mayDial(facts, { callingHours }, at)).toMatchObject({ allowed: false, rule: broken[0]?.[0] });
    }),
  );
});

describe("what is unknown means no", () => {
  test.each([null, "", "Mars/Olympus", "local", "UTC+1"])("in the zone %j", (timeZone) => {
    expect(mayDial({ ...FINE, timeZone }, { callingHours }, MONDAY_NOON)).toMatchObject({
      allowed: false,
      rule: "ZONE-KNOWN",
      againAt: null,
    });
  });

  test.each(["", "anonymous", "442079460018", "+44 20 7946 0018", "+0", "sip:x"])("with the CLI %j", (cliNumber) => {
    const facts = { ...FINE, cliNumber: cliNumber as PhoneNumber };
    expect(mayDial(facts, { callingHours }, MONDAY_NOON)).toMatchObject({ allowed: false, rule: "CLI-VALID" });
  });

  test("without calling hours", () => {
    expect(mayDial(FINE, { callingHours: [] }, MONDAY_NOON)).toMatchObject({
      allowed: false,
      rule: "CALLING-WINDOW",
      againAt: null,
    });
  });
});

describe("when to ask again", () => {
  test("when the window opens, at which moment the answer is yes", () => {
    const verdict = mayDial(FINE, { callingHours }, MONDAY_NIGHT);
    expect(verdict).toMatchObject({ allowed: false, againAt: MONDAY_MORNING });
    expect(mayDial(FINE, { callingHours }, MONDAY_MORNING).allowed).toBe(true);
  });

  test("never, where time alone changes nothing", () => {
    const timeless = RULES.filter(([rule]) => rule !== "CALLING-WINDOW");
    const verdicts = timeless.map(([, broken]) => mayDial({ ...FINE, ...broken }, { callingHours }, MONDAY_NOON));
    expect(verdicts.map((verdict) => !verdict.allowed && verdict.againAt)).toEqual(timeless.map(() => null));
  });
});

test("a no has its evidence too, and all of it can be written into a row", () => {
  fc.assert(
    fc.property(
      fc.record({
        suppressed: fc.boolean(),
        permanentOutcome: fc.constantFrom(null, "unallocated"),
        timeZone: fc.constantFrom(null, "Europe/London", "nowhere"),
      }),
      fc.integer({ min: 0, max: 4_000_000_000_000 }).map(instant),
      (more, at) => {
        const facts = { ...FINE, ...more };
        const { evidence } = mayDial(facts, { callingHours }, at);
        expect(evidence).toMatchObject({ checkedAt: new Date(at).toISOString(), ...more });
        expect(JSON.parse(JSON.stringify(evidence))).toEqual(evidence);
      },
    ),
  );
});
