/** What a shift may leave lying, and what is held against it. */
import { describe, expect, test } from "@jest/globals";
import type { CampaignState } from "../../src/domain/campaign.ts";
import { campaignId } from "../../src/domain/ids.ts";
import { after } from "../../src/domain/instant.ts";
import { progressiveCampaign, type ShiftResult } from "../../src/simulation/shift.ts";
import { MONDAY_MORNING } from "../../src/simulation/virtual-clock.ts";
import { leftLying, stoppedByItself } from "../support/left-lying.ts";

const STORM = { someWereRefused: true };
const FAILED = { code: "MESSAGES-FAILED", stops: true };

/** Two campaigns with two leads each, all of them due; the first in this state, and this was said of it. */
const shiftWith = (desiredState: CampaignState, ...said: readonly (typeof FAILED)[]) => {
  const at = MONDAY_MORNING;
  const campaigns = [progressiveCampaign({ desiredState }), { ...progressiveCampaign(), campaignId: campaignId(2) }];
  const leads = [1, 1, 2, 2].map((id) => ({ state: "ready", dueAt: at, campaignId: campaignId(id) }));
  const tables = {
    campaigns: new Map(campaigns.map((campaign) => [campaign.campaignId, campaign])),
    leads: new Map(leads.map((lead, index) => [index, lead])),
  } as unknown as ShiftResult["tables"];
  const journal = said.map((each) => ({ at, kind: "alarm", campaignId: 1, attemptId: null, says: "", ...each }));
  return { finished: false, endedAt: after(at, 3_600_000), journal, tables };
};

describe("leads that were due, and that nobody called,", () => {
  test("count, whoever stopped their campaign and for whatever else", () => {
    expect(leftLying(shiftWith("running"), STORM)).toBe(4);
    expect(leftLying(shiftWith("stopped"), STORM)).toBe(4);
    expect(leftLying(shiftWith("stopped", { code: "SILENT-CALL", stops: true }), STORM)).toBe(4);
    expect(leftLying(shiftWith("stopped", { ...FAILED, stops: false }), STORM)).toBe(4);
  });

  test("do not where neither message could be played while some get lost; those of the other campaign do", () => {
    const stopped = shiftWith("stopped", FAILED);
    expect([...stoppedByItself(stopped, STORM)]).toEqual([1]);
    expect(leftLying(stopped, STORM)).toBe(2);
    expect(leftLying(stopped, { someWereLost: true })).toBe(2);
  });

  test("count where no message gets lost, and where the campaign runs again", () => {
    expect(leftLying(shiftWith("stopped", FAILED), {})).toBe(4);
    expect(leftLying(shiftWith("running", FAILED), STORM)).toBe(4);
  });
});
