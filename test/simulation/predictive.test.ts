/** Predictive mode in the real engine, over less than an hour of pretend people: what it gains, and what it never does. */
import { describe, expect, jest, test } from "@jest/globals";
import { campaignId, nodeId } from "../../src/domain/ids.ts";
import type { Campaign } from "../../src/domain/campaign.ts";
import type { PacingReport } from "../../src/engine/ports.ts";
import { SENTENCES } from "../../src/engine/standing/standing.ts";
import { PRETEND_PROFILE } from "../../src/simulation/pretend-profile.ts";
import { instant } from "../../src/domain/instant.ts";
import type { Interference, ShiftOptions, ShiftResult } from "../../src/simulation/shift.ts";
import { runShift } from "../../src/simulation/world.ts";
import { breachesOf } from "../support/weather.ts";

// Some thousand calls take some seconds, and on a busy machine many.
jest.setTimeout(240_000);

const MINUTE = 60_000;
const CAMPAIGN = campaignId(1);
const NODE = nodeId("pretend-node");

/** Abandons are affordable in a shift of some hundred answers; small teams learn from three answers an agent. */
const shift = async (campaign: Partial<Campaign>, more: Partial<ShiftOptions> = {}): Promise<ShiftResult> =>
  runShift({
    seed: 4,
    leads: 1_200,
    agents: 5,
    endAfterMs: 45 * MINUTE,
    campaign,
    profile: {
      abandon: {
        ...PRETEND_PROFILE.abandon,
        throttleBasisPoints: 800,
        stopBasisPoints: 2_000,
        ceilingBasisPoints: 2_000,
      },
    },
    trunk: { linesMax: 40, cpsMax: 10, codecs: ["alaw"] },
    ...more,
  });

const rowsOf = ({ tables }: ShiftResult) => [...tables.attempts.values()];
const connects = (result: ShiftResult): number =>
  rowsOf(result).filter(({ outcome }) => outcome === "connected").length;

describe("the same people, the same agents", () => {
  test("predictive mode connects more of them than progressive mode, within its account", async () => {
    const progressive = await shift({ mode: "progressive" });
    const predictive = await shift({ mode: "predictive" });
    expect([breachesOf(progressive), breachesOf(predictive)]).toEqual([[], []]);
    expect(connects(predictive)).toBeGreaterThan(1.08 * connects(progressive));
    const abandoned = rowsOf(predictive).filter(({ outcome }) => outcome === "abandoned-with-message").length;
    expect(abandoned).toBeGreaterThan(0);
    expect(abandoned / (abandoned + connects(predictive))).toBeLessThan(0.1);
    // It began by learning, one call for each agent.
    const said = predictive.journal.filter(({ kind }) => kind === "pacing").map((entry) => entry["because"]);
    expect(said[0]).not.toBe("loss");
    expect(said.indexOf("learning")).toBeLessThan(said.indexOf("loss"));
  });

  test("with recourse calls are cancelled for want of an agent, none of them before its time", async () => {
    const result = await shift({ mode: "predictive", recourse: true });
    expect(breachesOf(result)).toEqual([]);
    const cancelled = rowsOf(result).filter(({ facts }) => facts.endReason === "noAgent" && facts.answeredAt === null);
    expect(cancelled.length).toBeGreaterThan(10);
    for (const { facts, outcome } of cancelled) {
      const rangMs = (facts.endedAt?.at ?? 0) - (facts.ringingAt?.at ?? Infinity);
      expect(rangMs).toBeGreaterThanOrEqual(15_000);
      expect(outcome).toBe("no-answer");
    }
  });

  test("without recourse none is", async () => {
    const result = await shift({ mode: "predictive" }, { endAfterMs: 15 * MINUTE });
    expect(rowsOf(result).filter(({ facts }) => facts.endReason === "noAgent")).toEqual([]);
  });
});

describe("what it says of itself", () => {
  test("can be read while it dials, and after it has stopped", async () => {
    const said: (PacingReport | null)[] = [];
    const look = (atMs: number) => ({
      atMs,
      act: (tables: ShiftResult["tables"]) => said.push(tables.pacing.said(CAMPAIGN, NODE)),
    });
    const result = await shift(
      { mode: "predictive" },
      { endAfterMs: 12 * MINUTE, interferences: [look(MINUTE), look(8 * MINUTE)] },
    );
    for (const [index, atMs] of [MINUTE, 8 * MINUTE].entries()) {
      const report = said[index];
      expect(Object.keys(SENTENCES)).toContain(report?.because);
      expect(result.startedAt + atMs - (report?.at ?? 0)).toBeLessThan(11_000);
      expect(report?.facts).toMatchObject({ mode: "predictive", trunk: "carrier", allowance: { mode: "free" } });
      expect(Number(report?.facts["placedLastMinute"])).toBeGreaterThan(0);
    }
    expect(result.tables.pacing.said(CAMPAIGN, NODE)?.because).toBe("stopping");
  });

  test("what it learned survives the daemon", async () => {
    const killed = { fromMs: 20 * MINUTE, toMs: 20 * MINUTE + 5_000 };
    const result = await shift({ mode: "predictive" }, { endAfterMs: 25 * MINUTE, faults: { kills: [killed] } });
    expect(breachesOf(result)).toEqual([]);
    const goesOn = result.log.filter(({ message }) => message === "pacing goes on from what it learned before");
    expect(goesOn).toHaveLength(1);
    const since = result.journal.filter(({ at, kind }) => kind === "pacing" && at > result.startedAt + killed.toMs);
    expect(since.length).toBeGreaterThan(10);
    expect(since.map((entry) => entry["because"])).not.toContain("learning");
  });

  test("is told of a campaign that cannot dial, as well", async () => {
    const said: (string | undefined)[] = [];
    const look = (atMs: number) => ({
      atMs,
      act: (tables: ShiftResult["tables"]) => said.push(tables.pacing.said(CAMPAIGN, NODE)?.because),
    });
    await shift(
      { mode: "predictive" },
      {
        endAfterMs: 6 * MINUTE,
        interferences: [look(2.5 * MINUTE), look(5 * MINUTE)],
        killSwitch: [{ fromMs: 2 * MINUTE, toMs: 3 * MINUTE }],
        faults: { cuts: [{ fromMs: 4 * MINUTE, toMs: 5.5 * MINUTE, noticedAfterMs: 1_000, requestsToo: true }] },
      },
    );
    expect(said).toEqual(["barred", "telephony-down"]);
  });

  test.each<[string, Partial<Campaign>, Partial<ShiftOptions>]>([
    ["no-agents", {}, { agents: 0 }],
    ["trunk-missing", { trunk: "nowhere" }, {}],
    // It has no flow.
    ["barred", { mode: "agentless" }, {}],
    ["previewing", { mode: "preview" }, {}],
    // In the evening: the campaign calls until eight.
    ["hours-closed", {}, { startAt: instant(Date.UTC(2026, 10, 2, 20, 30)) }],
  ])("%s", async (because, campaign, more) => {
    const said: (string | undefined)[] = [];
    const look: Interference = { atMs: 50_000, act: ({ pacing }) => said.push(pacing.said(CAMPAIGN, NODE)?.because) };
    await shift({ mode: "predictive", ...campaign }, { leads: 30, ...more, endAfterMs: MINUTE, interferences: [look] });
    expect(said).toEqual([because]);
  });
});
