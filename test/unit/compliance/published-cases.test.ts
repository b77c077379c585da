/** What others were fined for, put before our rules: each is refused before the call. */
import { describe, expect, test } from "@jest/globals";
import { mayCampaignDial } from "../../../src/compliance/may-dial.ts";
import { instant } from "../../../src/domain/instant.ts";
import { asked, at, campaignFacts, HOUR_MS, message, PROFILE_NAMES, rulesOf, told, TUESDAY } from "./dial-fixture.ts";

describe("npower, £60,000: the information message contained marketing", () => {
  test.each([
    "This was Acme Ltd with a special offer for you. Ring 0808 157 0123 to stop such calls.",
    "Acme Ltd called. Ask about our DISCOUNTS on 0808 157 0123.",
    "Acme Ltd called. You could save money: ring 0808 157 0123.",
    "Acme Ltd called. Don't miss our summer sale! 0808 157 0123.",
  ])("refused: %s", (transcript) => {
    const facts = campaignFacts("UK", { message: message("UK", { transcript }) });
    const verdict = mayCampaignDial(facts, rulesOf("UK"), TUESDAY.UK);
    expect(verdict).toMatchObject({ rule: "MESSAGE-APPROVED", ruleId: "UK-MSG-1", concerns: "campaign" });
    expect(!verdict.allowed && verdict.says).toContain("markets");
  });

  test("a word inside another word sells nothing", () => {
    const transcript = "This was Acme Ltd, the wholesalers. Our coffers are fine. Ring 0808 157 0123.";
    expect(told(asked("UK", { message: message("UK", { transcript }) }))).toBe("allowed");
  });
});

describe("MYIML, £20,000: no suitable telephone number in the message", () => {
  test.each([
    ["none on record", { contactNumber: "" }],
    ["one on record that is not said", { transcript: "This was a call from Acme Ltd. We will try again." }],
    ["a premium number", { contactNumber: "+449098790123", transcript: "This was Acme Ltd. Ring 0909 879 0123." }],
  ])("refused: %s", (_what, change) => {
    expect(told(asked("UK", { message: message("UK", change) }))).toBe("MESSAGE-APPROVED UK-MSG-1");
  });
});

describe("HomeServe, £750,000: 36,218 calls within 24 hours of a machine", () => {
  const machineAt = TUESDAY.UK;
  const within = (hours: number, guaranteed = false) =>
    asked(
      "UK",
      { guaranteed, facts: { attemptsAt: [machineAt], guaranteedOnlyUntil: instant(machineAt + 24 * HOUR_MS) } },
      { when: instant(machineAt + hours * HOUR_MS) },
    );

  test.each([3, 6, 18, 23])("refused %i hours later without a guaranteed agent", (hours) => {
    expect(told(within(hours))).toMatch(/^GUARANTEED-ONLY UK-24H-1/);
  });

  test("allowed with one, and after 24 hours", () => {
    expect(told(within(3, true))).toBe("allowed");
    expect(told(within(24))).toBe("allowed");
  });
});

describe("TalkTalk, £750,000", () => {
  test("the message was not played: a message that cannot be played stops the campaign before it begins", () => {
    const facts = campaignFacts("UK", { messagePlays: "failed" });
    expect(mayCampaignDial(facts, rulesOf("UK"), TUESDAY.UK)).toMatchObject({
      ...{ rule: "MESSAGE-PLAYS", ruleId: "UK-SIL-1", concerns: "campaign" },
    });
  });

  test.each(PROFILE_NAMES)(
    "no estimate of AMD's errors: without a test nothing is dropped on its word (%s)",
    (profile) => {
      const verdict = asked(profile, {}, { amdDrops: true });
      expect(verdict).toMatchObject({ allowed: false, rule: "AMD-TEST", concerns: "campaign" });
      expect(!verdict.allowed && verdict.ruleId).not.toBeNull();
    },
  );

  test("no campaign can ask for such a drop in this version", () => {
    expect(PROFILE_NAMES.map((profile) => rulesOf(profile).amdDrops)).toEqual(PROFILE_NAMES.map(() => false));
  });
});

test("screening by a register of last month, as if an attempt were no call", () => {
  const registers = campaignFacts("UK").registers.map((each) => ({ ...each, fileDate: at("2026-10-19T00:00:00Z") }));
  expect(told(asked("UK", { registers }))).toBe("REGISTER-STALE UK-TPS-1");
});
