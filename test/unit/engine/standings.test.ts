/** The journal is told what holds a campaign back when that is another thing than before, and not oftener than it helps. */
import { describe, expect, test } from "@jest/globals";
import { NOTHING_READ } from "../../../src/engine/rules/allowance.ts";
import type { Capacity } from "../../../src/engine/pacing/capacity.ts";
import type { Hopper } from "../../../src/engine/placing/hopper.ts";
import type { Overload } from "../../../src/engine/pacing/overload.ts";
import type { OverdialGate } from "../../../src/engine/rules/overdial-gate.ts";
import type { Predictors } from "../../../src/engine/pacing/predictors.ts";
import type { RuleBook } from "../../../src/engine/rules/rule-book.ts";
import type { StandingCode } from "../../../src/engine/standing/standing.ts";
import { Standings } from "../../../src/engine/standing/standings.ts";
import { bench, CAMPAIGN } from "./bench.ts";
import type { Bench } from "./bench.ts";

const SAMPLE = {
  agentsAvailable: 1,
  agentsReserved: 0,
  agentsOnCall: 2,
  agentsInWrapUp: 0,
  callsPending: 1,
  leadsReady: 9,
};
const AGENTS = { available: 1, reserved: 0, onCall: 2, wrapUp: 0, paused: 0 };

interface Desk extends Bench {
  readonly standings: Standings;
  paced(because: StandingCode, placed?: number): void;
}

function desk(): Desk {
  const parts = bench();
  const standings = new Standings(parts.context, {
    capacity: {
      agents: () => AGENTS,
      own: () => ({ callsPending: 3, callsWaiting: 0 }),
      linesInUse: () => 5,
    } as unknown as Capacity,
    hopper: { size: () => 9 } as unknown as Hopper,
    ruleBook: { rulesOf: () => null, barOf: () => null } as unknown as RuleBook,
    gate: { allowanceOf: () => NOTHING_READ } as unknown as OverdialGate,
    predictors: { learnedOf: () => null } as unknown as Predictors,
    overload: { status: () => ({ trunks: {} }), standingOf: () => null } as unknown as Overload,
    linesMaxOf: () => 30,
  });
  const said = { theta: 0.03, loss: 0.04, wanted: 2, allowed: 2, linesMax: 30 };
  return {
    ...parts,
    standings,
    paced: (because, placed = 0) => {
      standings.paced(CAMPAIGN, SAMPLE, NOTHING_READ, { ...said, because, placed });
    },
  };
}

const told = ({ journal }: Desk): string[] =>
  journal.entries().map(({ placed = "held", because }) => `${String(placed)} ${String(because)}`);

describe("the journal", () => {
  test("is told of every call placed, with the sample it was decided from", () => {
    const it = desk();
    it.paced("loss", 2);
    it.paced("loss", 1);
    expect(told(it)).toEqual(["2 loss", "1 loss"]);
    expect(it.journal.entries()[0]).toMatchObject({ kind: "pacing", sample: SAMPLE, wanted: 2, theta: 0.03 });
  });

  test("is told of another reason though nothing was placed, and not again of the same", async () => {
    const it = desk();
    it.paced("loss", 1);
    await it.clock.advance(1_000);
    it.paced("lines");
    await it.clock.advance(60_000);
    it.paced("lines");
    expect(told(it)).toEqual(["1 loss", "0 lines"]);
  });

  test("is told once a second of what goes to and fro, and in the end of what it stays with", async () => {
    const it = desk();
    for (let tick = 0; tick < 40; tick++) {
      it.paced(tick % 2 === 0 ? "loss" : "tokens");
      await it.clock.advance(100);
    }
    expect(it.journal.entries().length).toBeLessThanOrEqual(5);
    it.paced("leads" as StandingCode);
    await it.clock.advance(1_000);
    it.paced("leads" as StandingCode);
    expect(told(it).at(-1)).toBe("0 leads");
  });

  test("is told when pacing is not asked at all, and when it is again", async () => {
    const it = desk();
    it.paced("loss");
    await it.clock.advance(1_000);
    it.standings.held(CAMPAIGN, "no-agents");
    it.standings.held(CAMPAIGN, "no-agents");
    await it.clock.advance(1_000);
    it.paced("loss");
    expect(told(it)).toEqual(["0 loss", "held no-agents", "0 loss"]);
  });
});

describe("the standing", () => {
  test("is what the last tick found, with the figures of now", () => {
    const it = desk();
    it.paced("lines");
    expect(it.standings.of(CAMPAIGN, null)).toMatchObject({
      because: "lines",
      says: 'All lines of trunk "carrier" are taken (5 by this campaign).',
      facts: { agents: AGENTS, callsOnTheirWay: 3, leadsReady: 9, linesInUse: 5, linesMax: 30, wanted: 2, theta: 0.03 },
    });
    expect(it.standings.of(CAMPAIGN, "telephony-down").because).toBe("telephony-down");
  });

  test("of a campaign that pacing was not asked for has no figures of pacing's", () => {
    const it = desk();
    it.paced("loss");
    it.standings.held(CAMPAIGN, "barred");
    expect(it.standings.of(CAMPAIGN, null).facts).toMatchObject({ wanted: null, theta: null, loss: null });
  });

  test("counts the calls of the last minute, whatever the clock does", async () => {
    const it = desk();
    const count = (): unknown => it.standings.of(CAMPAIGN, null).facts.placedLastMinute;
    it.standings.placed(CAMPAIGN.campaignId);
    await it.clock.advance(30_000);
    it.standings.placed(CAMPAIGN.campaignId);
    it.standings.placed(CAMPAIGN.campaignId);
    it.standings.cancelled(CAMPAIGN.campaignId);
    expect([count(), it.standings.of(CAMPAIGN, null).facts.cancelledLastMinute]).toEqual([3, 1]);
    await it.clock.advance(30_000);
    expect(count()).toBe(2);
    await it.clock.advance(300_000);
    expect(count()).toBe(0);
  });
});
