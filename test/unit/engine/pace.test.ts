/** What keeps a predictive campaign from more is told by its own name: the trunk's lines are not the campaign's. */
import { describe, expect, test } from "@jest/globals";
import type { Campaign } from "../../../src/domain/campaign.ts";
import type { Allowance } from "../../../src/engine/rules/allowance.ts";
import { Pace } from "../../../src/engine/pacing/pace.ts";
import type { FreeLines, Occasion } from "../../../src/engine/pacing/pace.ts";
import type { Circumstances, Decided, Predictors } from "../../../src/engine/pacing/predictors.ts";
import type { Because } from "../../../src/pacing/predictive.ts";
import { TEST_RULES } from "../../support/test-profile.ts";
import { bench, CAMPAIGN } from "./bench.ts";

const PREDICTIVE: Campaign = { ...CAMPAIGN, mode: "predictive" };
const FREE: Allowance = {
  mode: "free",
  bank: null,
  credit: null,
  code: "free",
  because: "within the abandon budget",
  readings: [],
  windows: [],
  guard: null,
};
const SAMPLE = {
  agentsAvailable: 1,
  agentsReserved: 0,
  agentsOnCall: 4,
  agentsInWrapUp: 0,
  callsPending: 0,
  leadsReady: 50,
};

function held(because: Because, linesFree: FreeLines, allowance = FREE) {
  const asked: Circumstances[] = [];
  const decided: Decided = { place: 2, cancel: [], because, floor: 1, theta: 0.03, loss: Number.NaN };
  const decide = (now: Circumstances): Decided => {
    asked.push(now);
    return decided;
  };
  const pace = new Pace(bench().context, { decide } as unknown as Predictors);
  const occasion: Occasion = {
    campaign: PREDICTIVE,
    rules: TEST_RULES,
    sample: SAMPLE,
    allowance,
    linesFree,
    isStale: false,
    pending: [],
  };
  return { ...pace.wanted(occasion), linesFree: asked[0]?.linesFree };
}

describe("which lines", () => {
  test.each<[string, FreeLines, number, string]>([
    ["the trunk has fewer", { ofTrunk: 2, ofCampaign: 9 }, 2, "lines"],
    ["the campaign has fewer", { ofTrunk: 9, ofCampaign: 2 }, 2, "campaign-lines"],
    ["the campaign may have all", { ofTrunk: 3, ofCampaign: Infinity }, 3, "lines"],
    ["none of either", { ofTrunk: 0, ofCampaign: 0 }, 0, "lines"],
  ])("%s", (_what, linesFree, fewest, because) => {
    expect(held("lines", linesFree)).toMatchObject({ because, linesFree: fewest, loss: null });
  });

  test("and what is neither has a name of its own", () => {
    const many = { ofTrunk: 90, ofCampaign: 90 };
    expect(held("agentLines", many).because).toBe("agent-lines");
    expect(held("spokenFor", many).because).toBe("spoken-for");
    expect(held("gated", many).because).toBe("abandon-debt");
  });

  test("an account that was not read is told as that, whatever pacing calls it", () => {
    const unread: Allowance = { ...FREE, mode: "reserved", code: "account-unread" };
    expect(held("gated", { ofTrunk: 9, ofCampaign: 9 }, unread)).toMatchObject({ because: "account-unread", calls: 1 });
  });
});
