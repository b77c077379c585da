/** Into the hopper: a number that may never be dialled gives way, what time mends is put off, the rest is done or held. */
import { describe, expect, test } from "@jest/globals";
import { numberId } from "../../../src/domain/ids.ts";
import { admission, type Candidate } from "../../../src/engine/placing/admission.ts";
import type { LeadToDial } from "../../../src/engine/ports.ts";
import { NO_RATES } from "../../../src/lead/redial/contact-rates.ts";
import { MONDAY_MORNING } from "../../../src/simulation/virtual-clock.ts";
import { NOTHING_AGAINST, TEST_CAMPAIGN, TEST_RULES } from "../../support/test-profile.ts";
import { lead as leadOf } from "./bench.ts";

const CAMPAIGN_FACTS: Candidate["facts"] = {
  ...{ killSwitch: null, principal: TEST_CAMPAIGN.principal, registers: [], messagePlays: "played" },
  cliNumber: TEST_CAMPAIGN.cliNumber,
  cliOwned: { cliNumber: TEST_CAMPAIGN.cliNumber, trunk: TEST_CAMPAIGN.trunk, proof: "x", addedAt: MONDAY_MORNING },
  message: {
    ...{ media: TEST_CAMPAIGN.informationMessage, sha256: "0".repeat(64), transcript: "Sorry.", approvedBy: "ann" },
    ...{ principal: TEST_CAMPAIGN.principal, contactNumber: "+448081570000", saysPurpose: true, offersKeyOptOut: true },
    approvedAt: MONDAY_MORNING,
  },
};
const SUPPRESSED = { ...NOTHING_AGAINST, suppressed: true };

/** With two numbers, of which these are suppressed. */
const lead = (first: boolean, second: boolean): LeadToDial => {
  const [one, two] = [leadOf(1), leadOf(2)];
  const numbers = [
    { ...one.numbers[0]!, facts: first ? SUPPRESSED : NOTHING_AGAINST },
    { ...two.numbers[0]!, facts: second ? SUPPRESSED : NOTHING_AGAINST },
  ];
  const story = { ...one.story, numbers: [...one.story.numbers, ...two.story.numbers] };
  return { ...one, ...numbers[0]!, numbers, story };
};

const candidate = (change: Partial<Candidate>): Candidate => ({
  ...{ lead: lead(false, false), campaign: TEST_CAMPAIGN, facts: CAMPAIGN_FACTS, rules: TEST_RULES },
  ...{ rates: NO_RATES, jitter: 0 },
  ...change,
});

describe("a lead is admitted", () => {
  test("on its first number, and on the next where that may never be dialled", () => {
    expect(admission(candidate({}), MONDAY_MORNING)).toMatchObject({ admitted: true, lead: { numberId: 1 } });
    const answer = admission(candidate({ lead: lead(true, false) }), MONDAY_MORNING);
    expect(answer).toMatchObject({ admitted: true, lead: { numberId: numberId(2) } });
    // What is out stays out of what is chosen after the attempt.
    if (answer.admitted) expect(answer.lead.story.numbers.map(({ isOut }) => isOut)).toEqual([true, false]);
  });

  test("not where none is left: done, for the reason of the first; and what was promised is missed", () => {
    const none = { ...lead(true, true), callback: null };
    expect(admission(candidate({ lead: none }), MONDAY_MORNING)).toMatchObject({
      ...{ admitted: false, verdict: { type: "done", because: "suppressed" }, refusal: { rule: "SUPPRESSED" } },
    });
    const callback = { callbackId: 5, agentId: null, dueAt: MONDAY_MORNING, untilAt: MONDAY_MORNING } as const;
    const promised = { ...none, callback: { ...callback, fallback: "missed" as const } };
    expect(admission(candidate({ lead: promised }), MONDAY_MORNING)).toMatchObject({
      verdict: { promise: { callbackId: 5, fate: "missed" } },
    });
  });
});
