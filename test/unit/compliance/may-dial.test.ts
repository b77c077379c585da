/** May this number be dialled now? The first failing question wins, and what is unknown means no. */
import { describe, expect, test } from "@jest/globals";
import type { DialRule } from "../../../src/compliance/dial-rules.ts";
import { mayCampaignDial, mayDial, whyCampaignMayNot, whyNotDial } from "../../../src/compliance/may-dial.ts";
import { instant } from "../../../src/domain/instant.ts";
import type { PhoneNumber } from "../../../src/domain/phone-number.ts";
import { breaking, UK_QUESTIONS } from "./breaking.ts";
import {
  asked,
  at,
  campaignFacts,
  dialFacts,
  HOUR_MS,
  message,
  PROFILE_NAMES,
  register,
  rulesOf,
  told,
  TUESDAY,
} from "./dial-fixture.ts";

test.each(PROFILE_NAMES)("under %s a number against which nothing speaks may be dialled", (profile) => {
  expect(told(asked(profile))).toBe("allowed");
  expect(told(mayCampaignDial(campaignFacts(profile), rulesOf(profile), TUESDAY[profile]))).toBe("allowed");
});

test.each(UK_QUESTIONS)("%s alone is a no, in its name and in plain words", (question) => {
  const { facts, rules, when } = breaking([question]);
  const verdict = mayDial(facts, rules, when);
  expect(verdict).toMatchObject({ allowed: false, rule: question });
  expect(!verdict.allowed && verdict.says).toMatch(/^[A-Z+].*\.$/);
  // Without the evidence, the very same.
  expect(verdict).toMatchObject({ ...whyNotDial(facts, rules, when) });
  expect(whyNotDial(facts, rules, when)).not.toBeNull();
});

test("of any two broken questions the earlier one answers", () => {
  for (const [index, first] of UK_QUESTIONS.entries()) {
    for (const second of UK_QUESTIONS.slice(index + 1)) {
      const { facts, rules, when } = breaking([first, second]);
      expect([first, second, mayDial(facts, rules, when)]).toMatchObject([first, second, { rule: first }]);
    }
  }
});

test("CONSENT stands between SECTOR and SUPPRESSED", () => {
  expect(told(asked("DE", { consent: null, facts: { suppressed: true } }))).toBe("CONSENT DE-CON-1");
  expect(told(asked("DE", { country: "FR", consent: null }))).toBe("JURISDICTION DE-JUR-1");
});

describe("what concerns the campaign uses up no lead", () => {
  const concerns = (question: DialRule) => {
    const { facts, rules, when } = breaking([question]);
    const verdict = mayDial(facts, rules, when);
    return verdict.allowed ? null : verdict.concerns;
  };
  const campaignWide: readonly DialRule[] = [
    ...(["KILL-SWITCH", "TOLL-SPEND", "SECTOR", "REGISTER-STALE", "CLI-VALID", "CLI-OWNED"] as const),
    ...(["MESSAGE-APPROVED", "MESSAGE-PLAYS", "AMD-TEST"] as const),
  ];

  test.each(campaignWide)("%s is of the campaign, and is told before any lead is taken", (question) => {
    expect(concerns(question)).toBe("campaign");
    const { facts, rules, when } = breaking([question]);
    expect(mayCampaignDial(facts, rules, when)).toMatchObject({ allowed: false, rule: question, againAt: null });
    expect(mayCampaignDial(facts, rules, when)).toMatchObject({ ...whyCampaignMayNot(facts, rules, when) });
  });

  test.each(UK_QUESTIONS.filter((each) => !campaignWide.includes(each)))("%s is of the number", (question) => {
    expect(concerns(question)).toBe("number");
    const { facts, rules, when } = breaking([question]);
    expect(mayCampaignDial(facts, rules, when).allowed).toBe(true);
    expect(whyCampaignMayNot(facts, rules, when)).toBeNull();
  });
});

describe("what is unknown means no", () => {
  const unknown: readonly (readonly [what: string, change: Parameters<typeof dialFacts>[1], rule: DialRule])[] = [
    ["the country", { country: null }, "JURISDICTION"],
    ["the time zone", { timeZone: null }, "ZONE-KNOWN"],
    ["a zone that is nobody's", { timeZone: "Mars/Olympus" }, "ZONE-KNOWN"],
    ["a zone of no place", { timeZone: "UTC+1" }, "ZONE-KNOWN"],
    ["a register", { registers: [register("CTPS")] }, "REGISTER-STALE"],
    ["all registers", { registers: [] }, "REGISTER-STALE"],
    ["whose number is presented", { cliOwned: null }, "CLI-OWNED"],
    ["the message", { message: null }, "MESSAGE-APPROVED"],
    ["who approved it", { message: message("UK", { approvedBy: null }) }, "MESSAGE-APPROVED"],
    ["when it was approved", { message: message("UK", { approvedAt: null }) }, "MESSAGE-APPROVED"],
    ["the principal", { principal: "" }, "MESSAGE-APPROVED"],
    ["whether the message plays", { messagePlays: "unknown" }, "MESSAGE-PLAYS"],
  ];
  test.each(unknown)("%s", (_what, change, rule) => {
    expect(asked("UK", change)).toMatchObject({ allowed: false, rule, againAt: null });
  });

  test.each(["", "anonymous", "442079460018", "+44 20 7946 0018", "+0", "sip:x"])("with the CLI %j", (cliNumber) => {
    expect(asked("UK", { cliNumber: cliNumber as PhoneNumber })).toMatchObject({ allowed: false, rule: "CLI-VALID" });
  });

  test("without calling hours of the campaign", () => {
    const rules = { ...rulesOf("UK"), callingHours: [] };
    expect(mayDial(dialFacts("UK"), rules, TUESDAY.UK)).toMatchObject({
      ...{ allowed: false, rule: "CALLING-WINDOW", ruleId: null, againAt: null },
    });
  });

  test("a calendar of holidays that nobody has", () => {
    const { profile, ...rest } = rulesOf("UK");
    const { "GB-SCT": _, ...others } = profile.holidays ?? {};
    const rules = { ...rest, profile: { ...profile, holidays: others } };
    expect(mayDial(dialFacts("UK"), rules, TUESDAY.UK)).toMatchObject({
      allowed: false,
      rule: "HOLIDAY",
      againAt: null,
    });
    expect(mayDial(dialFacts("UK", { region: "ENG" }), rules, TUESDAY.UK).allowed).toBe(true);
  });

  test("a number of a type that is not known for sure is taken for what the rule is about", () => {
    const types = ["mobile", "fixed-or-mobile", "unknown", "", "fixed"];
    const verdicts = types.map((numberType) => told(asked("IE", { numberType, consent: null })));
    expect(verdicts).toEqual([...Array<string>(4).fill("CONSENT IE-MOB-1"), "allowed"]);
  });
});

describe("the evidence", () => {
  test("says what was looked at, and never which number was called", () => {
    const { evidence } = asked("UK", {
      facts: { attemptsAt: [at("2026-11-17T08:00:00Z"), at("2026-11-16T08:00:00Z")] },
    });
    expect(evidence).toMatchObject({
      checkedAt: "2026-11-17T14:00:00.000Z",
      profile: "UK",
      profileVersion: expect.stringMatching(/^[0-9a-f]{16}$/),
      country: "GB",
      timeZone: "Europe/London",
      localDay: "2026-11-17",
      registers: [
        { name: "TPS", fileDate: "2026-11-15T00:00:00.000Z", ageDays: 2, ageMaxDays: 28, sha256: "b".repeat(64) },
        { name: "CTPS", ageDays: 2 },
      ],
      hoursRules: ["UK-HRS-1"],
      attemptsToday: 1,
      attempts24Hours: 1,
      lastAttemptAt: "2026-11-17T08:00:00.000Z",
      cliNumber: "+442079460018",
      cliProof: "contract 17",
      message: { sha256: "a".repeat(64), approvedBy: "mary" },
      consent: { reference: "form 4711" },
    });
    expect(JSON.stringify(evidence)).not.toContain("447700900123");
  });

  test("is there for a no as well, and can be written into a row", () => {
    for (const question of UK_QUESTIONS) {
      const { facts, rules, when } = breaking([question]);
      const { evidence } = mayDial(facts, rules, when);
      expect(JSON.parse(JSON.stringify(evidence))).toEqual(evidence);
    }
  });
});

test("an attempt an hour ahead of our clock counts", () => {
  const soon = at("2026-11-17T15:00:00Z");
  expect(asked("UK", { facts: { attemptsAt: [soon] } })).toMatchObject({
    ...{ allowed: false, rule: "FREQUENCY", againAt: soon + 2 * HOUR_MS },
  });
});

test("a number that is being called for another lead waits a minute, whatever the campaign allows", () => {
  const now = at("2026-11-17T14:00:00Z");
  expect(asked("UK", { facts: { onTheLineAt: now } })).toMatchObject({
    ...{ allowed: false, rule: "FREQUENCY", says: "It is being called, or was a moment ago.", againAt: now + 60_000 },
  });
  expect(asked("UK", { facts: { onTheLineAt: instant(now - 60_000) } })).toMatchObject({ allowed: true });
});
