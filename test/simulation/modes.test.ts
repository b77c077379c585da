/**
 * A manager chooses another mode in the middle of the day, for each pair of modes: calls on their way finish under the
 * rules they were placed with, and from then on the new mode's rules hold.
 */
import { describe, expect, test } from "@jest/globals";
import type { DiallingMode } from "../../src/domain/campaign.ts";
import type { Instant } from "../../src/domain/instant.ts";
import { CHOOSY } from "../../src/simulation/agent-at-work.ts";
import { PRETEND_PROFILE } from "../../src/simulation/pretend-profile.ts";
import type { ShiftResult } from "../../src/simulation/shift.ts";
import { runShift } from "../../src/simulation/world.ts";
import { breachesOf } from "../support/weather.ts";

const MODES = ["progressive", "power", "predictive", "preview"] as const satisfies readonly DiallingMode[];
const PAIRS = MODES.flatMap((from) => MODES.filter((to) => to !== from).map((to) => [from, to] as const));
const CHANGE_MS = 3 * 60_000;
const { abandon } = PRETEND_PROFILE;

const shift = (from: DiallingMode, to: DiallingMode): Promise<ShiftResult> =>
  runShift({
    seed: 5,
    leads: 60,
    agents: 5,
    habits: CHOOSY,
    campaign: { mode: from, dialLevelPercent: 200 },
    // An abandon is affordable, so that some calls are placed without an agent.
    profile: { abandon: { ...abandon, throttleBasisPoints: 1_500, stopBasisPoints: 2_000, ceilingBasisPoints: 2_000 } },
    interferences: [
      {
        atMs: CHANGE_MS,
        act: (tables) => {
          for (const campaign of tables.campaigns.values()) tables.putCampaign({ ...campaign, mode: to });
        },
      },
    ],
    endAfterMs: 4 * 3_600_000,
  });

/** When the daemon obeyed, from its own journal. */
const changedAt = ({ journal }: ShiftResult, to: DiallingMode): Instant => {
  const entry = journal.find((each) => each.kind === "campaign" && (each["campaign"] as { mode: string }).mode === to);
  if (entry === undefined) throw new Error("the daemon never heard of the change");
  return entry.at;
};

describe.each(PAIRS)("from %s to %s", (from, to) => {
  test("both dial by their own rules, and no call is lost between them", async () => {
    const result = await shift(from, to);
    expect(breachesOf(result)).toEqual([]);
    expect(result.finished).toBe(true);
    expect(result.deaths).toEqual([]);
    const at = changedAt(result, to);
    const decided = result.journal.filter(({ kind }) => kind === "attempt-decided");
    const [before, since] = [decided.filter((each) => each.at < at), decided.filter((each) => each.at >= at)];
    const by = (mode: DiallingMode): string => (mode === "preview" ? "press" : "pacing");
    expect(new Set(before.map(({ begunBy }) => begunBy))).toEqual(new Set([by(from)]));
    expect(new Set(since.map(({ begunBy }) => begunBy))).toEqual(new Set([by(to)]));
    // Reserved first, or not: as the mode says that holds when the call is decided.
    const isReserving = (mode: DiallingMode): boolean => mode === "progressive" || mode === "preview";
    if (isReserving(from)) expect(before.every(({ agentId }) => agentId !== null)).toBe(true);
    if (isReserving(to)) expect(since.every(({ agentId }) => agentId !== null)).toBe(true);
    // Those on their way went on, each to an end of its own: nobody hung up on them because of it.
    const endedAt = new Map(
      result.journal.flatMap((each) => (each.kind === "attempt-ended" ? [[each["attemptId"], each] as const] : [])),
    );
    const onTheirWay = before.flatMap(({ attemptId }) => endedAt.get(attemptId) ?? []).filter((end) => end.at >= at);
    expect(onTheirWay.length).toBeGreaterThan(0);
    for (const end of onTheirWay)
      expect(["operator", "drain"]).not.toContain((end["facts"] as { endReason: unknown }).endReason);
    // Nobody goes on looking at a lead that a campaign calls by itself now.
    const shownAfter = result.journal.filter((each) => each.kind === "preview-shown" && each.at > at);
    if (to !== "preview") expect(shownAfter).toEqual([]);
  }, 60_000);
});
