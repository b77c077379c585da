/** The United Kingdom and Ireland on paper: each rule by its id, with figures that were worked out by hand. */
import { describe, expect, test } from "@jest/globals";
import { instant, toIso } from "../../../src/domain/instant.ts";
import type { PhoneNumber } from "../../../src/domain/phone-number.ts";
import {
  asked,
  at,
  DAY_MS,
  type dialFacts,
  HOUR_MS,
  message,
  register,
  rulesOf,
  SHIPPED,
  told,
  TUESDAY,
} from "./dial-fixture.ts";

type Change = Parameters<typeof dialFacts>[1];
const again = (verdict: ReturnType<typeof asked>): string | null =>
  verdict.allowed || verdict.againAt === null ? null : toIso(verdict.againAt);

describe("UK-CLK-1, UK-SIL-1, UK-RING-1: clocks, silence, ringing", () => {
  test("two seconds from the answer, less 200 ms, and no grace for whoever says nothing", () => {
    expect(rulesOf("UK").profile.clock).toMatchObject({
      ...{ start: "answer", limitMs: 2_000, safetyMarginMs: 200, noSpeechGraceMs: 0 },
    });
  });

  test("the second silent call in a day stops the campaign", () => {
    expect(rulesOf("UK").profile.silentStopCount).toBe(2);
  });

  test("15 seconds of ringing, 20 where only early media tells of it", () => {
    expect(rulesOf("UK").profile).toMatchObject({ ringMinMs: 15_000, earlyRingMinMs: 20_000 });
  });
});

describe("UK-ACR-1, UK-ACR-2: the abandon account", () => {
  test("a calendar day in London, per campaign and per centre; 1 %, 2 %, and 3 % that is not called safe", () => {
    expect(rulesOf("UK").profile.abandon).toEqual({
      ...{ window: "calendarDay", blockDays: 30, timeZone: "Europe/London", scopes: ["campaign", "centre"] },
      ...{ formula: "ofcom2010", alertBasisPoints: 100, throttleBasisPoints: 200, stopBasisPoints: 200 },
      ...{ ceilingBasisPoints: 300, safeHarbour: false, lateIsAbandoned: true },
    });
  });
});

describe("UK-ACR-4: no drop on AMD's word without a recorded test", () => {
  const test30 = {
    testId: "amd-7",
    testedAt: at("2026-10-18T14:00:00Z"),
    sampled: 600,
    humansFound: 0,
    labelledBy: "jo",
  };
  test.each([
    ["without a test", null, "AMD-TEST UK-ACR-4"],
    ["with one of exactly 30 days", test30, "allowed"],
    [
      "with one of 30 days and a millisecond",
      { ...test30, testedAt: instant(test30.testedAt - 1) },
      "AMD-TEST UK-ACR-4",
    ],
    ["with one that listened to nothing", { ...test30, sampled: 0 }, "AMD-TEST UK-ACR-4"],
    ["with one that found more people than it heard", { ...test30, humansFound: 601 }, "AMD-TEST UK-ACR-4"],
    ["with one from the future", { ...test30, testedAt: at("2026-11-17T14:00:01Z") }, "AMD-TEST UK-ACR-4"],
  ])("%s", (_what, amdTest, expected) => {
    expect(told(asked("UK", { amdTest }, { amdDrops: true }))).toBe(expected);
  });

  test("is not asked where AMD drops nothing", () => expect(told(asked("UK", { amdTest: null }))).toBe("allowed"));
});

describe("UK-MSG-1: who called, a number to object at, nothing sold", () => {
  const REFUSED = "MESSAGE-APPROVED UK-MSG-1";
  test.each<[string, Parameters<typeof message>[1], string]>([
    ["as it should be", {}, "allowed"],
    ["without saying why, which was dropped in 2006", { saysPurpose: false }, "allowed"],
    ["for another principal", { principal: "Other plc" }, REFUSED],
    ["for the same principal spelt otherwise", { principal: "ACME  ltd." }, "allowed"],
    ["that does not say who called", { transcript: "Sorry to have missed you. Ring 0808 157 0123." }, REFUSED],
    ["that gives the number in words only", { transcript: "Acme Ltd called. Ring oh eight oh eight." }, REFUSED],
    ["that gives another number", { transcript: "Acme Ltd called. Ring 0808 157 0124." }, REFUSED],
    ["with the number in international form", { transcript: "Acme Ltd called. Ring +44 808 157 0123." }, "allowed"],
    ["approved by nobody", { approvedBy: null }, REFUSED],
    ["approved tomorrow", { approvedAt: at("2026-11-18T00:00:00Z") }, REFUSED],
  ])("a message %s", (_what, change, expected) => {
    expect(told(asked("UK", { message: message("UK", change) }))).toBe(expected);
  });

  test.each([
    ["080", "+448081570123", "0808 157 0123", "allowed"],
    ["01", "+441615550123", "0161 555 0123", "allowed"],
    ["02", "+442079460018", "020 7946 0018", "allowed"],
    ["03", "+443069990123", "0306 999 0123", "allowed"],
    ["084", "+448451570123", "0845 157 0123", REFUSED],
    ["07", "+447911123457", "07911 123457", REFUSED],
    ["09", "+449098790123", "0909 879 0123", REFUSED],
  ])("a number to object at that begins with %s", (_prefix, contactNumber, spoken, expected) => {
    const transcript = `This was a call from Acme Ltd. Ring ${spoken} if you do not want any more.`;
    expect(told(asked("UK", { message: message("UK", { contactNumber, transcript }) }))).toBe(expected);
  });
});

describe("UK-72H-1, UK-24H-1, UK-GUA-1: only with a guaranteed agent", () => {
  const until = (ms: number) => ({ facts: { guaranteedOnlyUntil: instant(TUESDAY.UK + ms) } });

  test("within 72 hours of an abandoned call: no, and afterwards yes", () => {
    const verdict = asked("UK", until(72 * HOUR_MS));
    expect(told(verdict)).toBe("GUARANTEED-ONLY UK-72H-1");
    // Friday at 14:00 in London.
    expect(again(verdict)).toBe("2026-11-20T14:00:00.000Z");
  });

  test("within 24 hours of a machine the flag may be of either rule, and both are named", () => {
    expect(told(asked("UK", until(24 * HOUR_MS)))).toBe("GUARANTEED-ONLY UK-24H-1 or UK-72H-1");
  });

  test("to the millisecond", () => {
    expect(told(asked("UK", until(1)))).toContain("GUARANTEED-ONLY");
    expect(told(asked("UK", until(0)))).toBe("allowed");
  });

  test("with a reserved agent: yes", () => {
    expect(told(asked("UK", { guaranteed: true, ...until(72 * HOUR_MS) }))).toBe("allowed");
  });

  test("a flag that ends at night holds until the morning", () => {
    const facts = { guaranteedOnlyUntil: at("2026-11-18T02:00:00Z") };
    expect(again(asked("UK", { facts }))).toBe("2026-11-18T08:00:00.000Z");
  });
});

describe("UK-FREQ-1: three a day and one in two hours, over all campaigns", () => {
  test.each([
    ["three today", ["13:59", "11:00", "08:00"], "2026-11-18T08:00:00.000Z"],
    ["two today, the last a minute ago", ["13:59", "08:00"], "2026-11-17T15:59:00.000Z"],
    ["two today, the last two hours ago", ["12:00", "08:00"], null],
  ])("%s", (_what, times, expected) => {
    const facts = { attemptsAt: times.map((time) => at(`2026-11-17T${time}:00Z`)) };
    const verdict = asked("UK", { facts });
    expect(told(verdict)).toBe(expected === null ? "allowed" : "FREQUENCY UK-FREQ-1");
    expect(again(verdict)).toBe(expected);
  });

  test("a day is the called party's own: midnight in London is an hour earlier in summer", () => {
    // 22 June, three attempts before midnight BST; a minute after it, the gap alone counts.
    const attemptsAt = ["22:58", "20:00", "18:00"].map((time) => at(`2026-06-22T${time}:00Z`));
    const registers = ["TPS", "CTPS"].map((name) => register(name, { fileDate: at("2026-06-20T00:00:00Z") }));
    const change: Change = { facts: { attemptsAt }, registers };
    const night = { ...asked("UK", change, { when: "2026-06-22T22:59:00Z", of: {} }) };
    expect(told(night)).toBe("CALLING-WINDOW UK-HRS-1");
    expect(again(night)).toBe("2026-06-23T07:00:00.000Z");
  });
});

describe("UK-CLI-1: valid, ours, never withheld", () => {
  test.each([
    ["+442079460018", "allowed"],
    ["+448081570123", "allowed"],
    ["+449098790123", "CLI-VALID UK-CLI-1"],
    ["+447012345678", "CLI-VALID UK-CLI-1"],
    ["+448979123456", "CLI-VALID UK-CLI-1"],
    ["+448451570123", "CLI-VALID UK-CLI-1"],
    ["+448701570123", "CLI-VALID UK-CLI-1"],
    ["+445612345678", "CLI-VALID UK-CLI-1"],
    ["+4420794600", "CLI-VALID UK-CLI-1"],
  ])("%s is %s", (number, expected) => {
    const cliNumber = number as PhoneNumber;
    const cliOwned = { cliNumber, trunk: "carrier", proof: "contract 17", addedAt: at("2026-01-01T00:00:00Z") };
    expect(told(asked("UK", { cliNumber, cliOwned }))).toBe(expected);
  });

  test.each([
    ["not in the trunk's pool", null],
    ["of another number", { cliNumber: "+442079460019" as PhoneNumber, proof: "contract 17" }],
    ["without a proof", { cliNumber: "+442079460018" as PhoneNumber, proof: " " }],
  ])("an entry %s", (_what, owned) => {
    const cliOwned = owned === null ? null : { trunk: "carrier", addedAt: at("2026-01-01T00:00:00Z"), ...owned };
    expect(told(asked("UK", { cliOwned }))).toBe("CLI-OWNED UK-CLI-1");
  });
});

describe("UK-HRS-1: sociable hours, by nation", () => {
  const registers = ["TPS", "CTPS"].map((name) => register(name, { fileDate: at("2026-01-01T00:00:00Z") }));
  /** Old registers are another rule's. */
  const fresh = (when: string) => registers.map((each) => ({ ...each, fileDate: instant(at(when) - DAY_MS) }));

  test.each([
    ["2026-11-17T07:59:59.999Z", "CALLING-WINDOW UK-HRS-1", "2026-11-17T08:00:00.000Z"],
    ["2026-11-17T08:00:00Z", "allowed", null],
    ["2026-11-17T20:59:59.999Z", "allowed", null],
    ["2026-11-17T21:00:00Z", "CALLING-WINDOW UK-HRS-1", "2026-11-18T08:00:00.000Z"],
    ["2026-11-21T08:59:00Z", "CALLING-WINDOW UK-HRS-1", "2026-11-21T09:00:00.000Z"], // Saturday
    ["2026-11-21T21:00:00Z", "CALLING-WINDOW UK-HRS-1", "2026-11-23T08:00:00.000Z"],
    ["2026-11-22T12:00:00Z", "CALLING-WINDOW UK-HRS-1", "2026-11-23T08:00:00.000Z"], // Sunday
    ["2026-12-25T12:00:00Z", "HOLIDAY UK-HRS-1", "2026-12-29T08:00:00.000Z"], // Friday; Boxing Day on Monday as well.
    ["2026-07-14T07:00:00Z", "allowed", null], // Eight o'clock in summer.
    ["2026-07-14T06:59:00Z", "CALLING-WINDOW UK-HRS-1", "2026-07-14T07:00:00.000Z"],
  ])("in England at %s: %s", (when, expected, next) => {
    const verdict = asked("UK", { region: "GB-ENG", registers: fresh(when) }, { when });
    expect([told(verdict), again(verdict)]).toEqual([expected, next]);
  });

  test.each([
    ["2026-01-02T12:00:00Z", "SCT"],
    ["2026-08-03T12:00:00Z", "SCT"],
    ["2026-11-30T12:00:00Z", "SCT"],
    ["2026-03-17T12:00:00Z", "NIR"],
    ["2026-07-13T12:00:00Z", "NIR"],
    ["2026-08-31T12:00:00Z", "ENG WLS NIR"],
    ["2026-04-06T12:00:00Z", "ENG WLS NIR"],
    ["2026-05-04T12:00:00Z", "ENG WLS SCT NIR"],
  ])("%s is a holiday in %s, and for whoever's nation nobody knows", (when, nations) => {
    const closed = ["ENG", "WLS", "SCT", "NIR"].filter(
      (region) => told(asked("UK", { region, registers: fresh(when) }, { when })) === "HOLIDAY UK-HRS-1",
    );
    expect(closed.join(" ")).toBe(nations);
    expect(told(asked("UK", { registers: fresh(when) }, { when }))).toBe("HOLIDAY UK-HRS-1");
    expect(told(asked("UK", { region: "Surrey", registers: fresh(when) }, { when }))).toBe("HOLIDAY UK-HRS-1");
  });

  test("the campaign's hours and the profile's must both be open", () => {
    const of = { callingHours: [{ days: [1, 2, 3, 4, 5, 6, 7], fromMinute: 600, toMinute: 1_320 }] };
    const morning = asked("UK", {}, { when: "2026-11-17T09:00:00Z", of });
    expect([told(morning), again(morning)]).toEqual(["CALLING-WINDOW -", "2026-11-17T10:00:00.000Z"]);
    const evening = asked("UK", {}, { when: "2026-11-17T21:30:00Z", of });
    expect([told(evening), again(evening)]).toEqual(["CALLING-WINDOW UK-HRS-1", "2026-11-18T10:00:00.000Z"]);
  });
});

describe("UK-TPS-1: registers of at most 28 days at each call", () => {
  const withAge = (days: number, extraMs = 0) =>
    ["TPS", "CTPS"].map((name) => register(name, { fileDate: instant(TUESDAY.UK - days * DAY_MS - extraMs) }));

  test.each([
    [28, 0, "allowed"],
    [28, 1, "REGISTER-STALE UK-TPS-1"],
    [-2, 0, "REGISTER-STALE UK-TPS-1"],
  ])("files of %i days and %i ms: %s", (days, ms, expected) => {
    expect(told(asked("UK", { registers: withAge(days, ms) }))).toBe(expected);
  });

  test.each([
    ["marketing", "REGISTER-LISTED UK-TPS-1"],
    ["service", "allowed"],
    ["research", "allowed"],
  ] as const)("a listed number, called for %s", (purpose, expected) => {
    expect(told(asked("UK", { consent: null, facts: { registers: ["TPS"] } }, { of: { purpose } }))).toBe(expected);
  });

  test.each([
    ["with a consent on record", { kind: "consent", reference: "call 7", givenAt: null }, "allowed"],
    ["with one without proof", { kind: "consent", reference: " ", givenAt: null }, "REGISTER-LISTED UK-TPS-1"],
    [
      "with one of tomorrow",
      { kind: "consent", reference: "x", givenAt: at("2026-11-18T00:00:00Z") },
      "REGISTER-LISTED UK-TPS-1",
    ],
  ] as const)("a listed number %s", (_what, consent, expected) => {
    expect(told(asked("UK", { consent, facts: { registers: ["CTPS"] } }))).toBe(expected);
  });

  test("calls that are not marketing need no register at all", () => {
    expect(told(asked("UK", { registers: [] }, { of: { purpose: "service" } }))).toBe("allowed");
  });
});

test("UK-SUP-1: whoever objected is not called, whatever they agreed to before", () => {
  expect(told(asked("UK", { facts: { suppressed: true } }))).toBe("SUPPRESSED UK-SUP-1");
});

test.each([
  ["claims", null, "SECTOR UK-SEC-1"],
  ["pensions", null, "SECTOR UK-SEC-1"],
  ["pensions", " ", "SECTOR UK-SEC-1"],
  ["pensions", "FRN 123456", "allowed"],
  ["general", null, "allowed"],
] as const)("UK-SEC-1: %s with the authority %j: %s", (sector, sectorAuthority, expected) => {
  expect(told(asked("UK", {}, { of: { sector, sectorAuthority } }))).toBe(expected);
});

test.each([
  ["GG", "JURISDICTION UK-JUR-1"],
  ["JE", "JURISDICTION UK-JUR-1"],
  ["IE", "JURISDICTION UK-JUR-1"],
  ["GB", "allowed"],
])("UK-JUR-1: a number of %s: %s", (country, expected) => {
  expect(told(asked("UK", { country }))).toBe(expected);
});

test("UK-EVD-1: records for twelve months", () => expect(rulesOf("UK").profile.recordsMonths).toBe(12));

describe("Ireland", () => {
  test("IE-MOB-1: marketing to mobiles needs consent; other numbers and purposes do not", () => {
    const verdict = (numberType: string, purpose: "marketing" | "service") =>
      told(asked("IE", { numberType, consent: null }, { of: { purpose } }));
    expect(verdict("mobile", "marketing")).toBe("CONSENT IE-MOB-1");
    expect(verdict("fixed", "marketing")).toBe("allowed");
    expect(verdict("mobile", "service")).toBe("allowed");
  });

  test("IE-NDD-1: the opt-out register of at most 28 days, and none of the British ones", () => {
    const { profile } = rulesOf("IE");
    expect(profile.registers).toMatchObject([{ name: "NDD", ageMaxDays: 28, ruleId: "IE-NDD-1" }]);
    expect(told(asked("IE", { consent: null, facts: { registers: ["NDD"] } }))).toBe("REGISTER-LISTED IE-NDD-1");
    expect(told(asked("IE", { consent: null, facts: { registers: ["TPS"] } }))).toBe("allowed");
    expect(told(asked("IE", { registers: [register("TPS")] }))).toBe("REGISTER-STALE IE-NDD-1");
  });

  test("IE-ABD-1: the British values by choice, over the Irish day, and Irish holidays", () => {
    const { profile } = rulesOf("IE");
    expect(profile.abandon).toEqual({ ...rulesOf("UK").profile.abandon, timeZone: "Europe/Dublin" });
    expect(profile.clock).toEqual(rulesOf("UK").profile.clock);
    expect(profile.guaranteedAfterAbandonMs).toBe(72 * HOUR_MS);
    const registers = [register("NDD", { fileDate: at("2026-10-20T00:00:00Z") })];
    expect(told(asked("IE", { registers }, { when: "2026-10-26T12:00:00Z" }))).toBe("HOLIDAY IE-HRS-1");
    // Good Friday is a holiday in Britain, and a working day there.
    const spring = [register("NDD", { fileDate: at("2026-04-01T00:00:00Z") })];
    expect(told(asked("IE", { registers: spring }, { when: "2026-04-03T12:00:00Z" }))).toBe("allowed");
  });

  test("of the British rules those remain that the file does not leave out", () => {
    const ids = SHIPPED.get("IE")!.rules.map(({ id }) => id);
    expect(ids).toEqual(expect.arrayContaining(["UK-CLK-1", "UK-72H-1", "UK-RING-1", "UK-FREQ-1", "IE-NDD-1"]));
    expect(ids.filter((id) => /^UK-(TPS|SEC|JUR|HRS|MSG-1|CLI-1)/.test(id))).toEqual([]);
  });
});
