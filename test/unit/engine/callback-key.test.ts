/** What an agent's key makes of somebody who asks to be called back: a promise on the next day, also after the call has ended. */
import { expect, test } from "@jest/globals";
import type { Campaign } from "../../../src/domain/campaign.ts";
import { instant } from "../../../src/domain/instant.ts";
import { callbackTime } from "../../../src/engine/calls/redialling.ts";
import { MONDAY_MORNING } from "../../../src/simulation/virtual-clock.ts";
import { TEST_PROFILE } from "../../support/test-profile.ts";
import { CAMPAIGN, lead } from "./bench.ts";

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
/** Monday to Friday, eight to nine in the evening. */
const HOURS: Campaign["callingHours"] = [{ days: [1, 2, 3, 4, 5], fromMinute: 480, toMinute: 1_260 }];
const asked = (change: Partial<Campaign> = {}) => ({
  ...{ lead: lead(1), campaign: { ...CAMPAIGN, callingHours: HOURS, ...change }, profile: TEST_PROFILE },
});

test("the next day at this time, on the number on which they were reached", () => {
  const at = instant(MONDAY_MORNING + HOUR_MS);
  expect(callbackTime(asked(), at)).toMatchObject({ numberId: lead(1).numberId, dueAt: at + DAY_MS });
});

test("on the next day on which the campaign calls, if it does not call tomorrow", () => {
  const friday = instant(MONDAY_MORNING + 4 * DAY_MS);
  expect(callbackTime(asked(), friday)?.dueAt).toBe(friday + 3 * DAY_MS);
});

test("at no time, where there is none", () => {
  expect(callbackTime(asked({ callingHours: [] }), MONDAY_MORNING)).toBeNull();
});
