/** Why a campaign is not dialling: the answer is what would have to change first. */
import { describe, expect, test } from "@jest/globals";
import { DATABASE_CODES, FRESH_MS, roughly } from "../../../src/app/why/reason.ts";
import { whyCampaign, type CampaignKnown } from "../../../src/app/why/why-campaign.ts";
import type { Campaign } from "../../../src/domain/campaign.ts";
import { campaignId, nodeId } from "../../../src/domain/ids.ts";
import { SENTENCES } from "../../../src/engine/standing/standing.ts";
import type { Funnel, FunnelStep } from "../../../src/app/why/funnel.ts";
import type { PacingSaid } from "../../../src/store/index.ts";
import { anyCampaign, soon, T0 } from "../../contract/store/fixture.ts";

const said = (node: string, ms: number, change: Partial<PacingSaid> = {}): PacingSaid => ({
  nodeId: nodeId(node),
  at: soon(ms),
  because: "agents",
  says: "Every agent has a call.",
  facts: {},
  savedAt: null,
  ...change,
});
const alive = (node: string) => ({ nodeId: nodeId(node), heldUntil: soon(60_000) });
const funnel = (...parts: readonly (readonly [step: FunnelStep, leads: number, ms?: number])[]): Funnel => ({
  total: parts.reduce((sum, [, leads]) => sum + leads, 0),
  parts: parts.map(([step, leads, ms]) => ({
    ...{ step, leads, because: null },
    nextAt: ms === undefined ? null : soon(ms),
  })),
});
const campaignIn = (desiredState: Campaign["desiredState"], stoppedBecause: string | null = null) => ({
  campaign: { ...anyCampaign({ name: "spring", desiredState }), campaignId: campaignId(1) },
  ...{ stoppedBecause, changedAt: T0, changedBy: "anna" },
});

/** Everything is well, and one daemon has just said what holds it back. */
const WELL: CampaignKnown = {
  summary: campaignIn("running"),
  refusal: null,
  nodes: [alive("a")],
  said: [said("a", -2_000)],
  agentStates: ["onCall", "paused", "loggedOut"],
  funnel: funnel(["ready", 5]),
};
const why = (change: Partial<CampaignKnown> = {}) => whyCampaign({ ...WELL, ...change }, T0);

/** Each with all that come after it, so that it has to win. */
const WORSE: [string, Partial<CampaignKnown>, RegExp][] = [
  [
    "leads-later",
    { funnel: funnel(["redial-later", 3, 9_000], ["put-off", 2, 7_000], ["no-source", 4]) },
    /first of 5 leads that wait is due at/,
  ],
  [
    "leads-closed",
    { funnel: funnel(["hours-closed", 6, 5_000], ["redial-later", 3, 9_000]) },
    /^Outside the calling hours where the 6 leads that are due live; the first hours open at/,
  ],
  ["leads-unplaced", { funnel: funnel(["no-source", 3], ["source-off", 1]) }, /^No source gives the 4 leads that are/],
  ["leads-done", { funnel: funnel(["held", 2], ["done", 7]) }, /7 are done and 2 held; .*campaign release spring/],
  ["no-list", { funnel: funnel(["loading", 3]) }, /list import FILE --campaign spring/],
  [
    "agents-all-paused",
    { agentStates: ["paused", "paused", "loggedOut"] },
    /^All 2 agents who are logged in are paused/,
  ],
  ["agents-out", { agentStates: ["loggedOut", "loggedOut"] }, /^None of its 2 agents/],
  ["agents-unassigned", { agentStates: [] }, /--add-agents/],
  ["no-daemon", { nodes: [{ nodeId: nodeId("a"), heldUntil: T0 }] }, /fairdial run/],
  [
    "campaign-barred",
    { refusal: { says: "Nobody approved it.", by: "UK-MSG-1" } },
    /Nobody approved it\. \(UK-MSG-1\)/,
  ],
  ["campaign-paused", { summary: campaignIn("paused") }, /It is paused \(last changed by anna/],
  ["campaign-stopped", { summary: campaignIn("stopped") }, /It is stopped \(last changed by anna/],
];

describe("the answer", () => {
  test("is what the daemon says, where the database knows nothing worse", () => {
    expect(why()).toMatchObject({ answer: { code: "agents", says: "Every agent has a call." }, besides: [] });
  });

  test.each(WORSE.map(([code], index) => [code, index] as const))(
    "is %s before all that comes after it",
    (code, index) => {
      const [, change, says] = WORSE[index]!;
      const milder = WORSE.slice(0, index).reduce<Partial<CampaignKnown>>((all, [, each]) => ({ ...all, ...each }), {});
      const { answer } = why({ ...milder, ...change });
      expect(answer).toEqual({ code, says: expect.stringMatching(says) });
    },
  );

  test("leaves the others beside it, in their order, and none twice", () => {
    const everything = WORSE.reduce<Partial<CampaignKnown>>((all, [, each]) => ({ ...all, ...each }), {});
    const { answer, besides } = why({ ...everything, agentStates: ["loggedOut"], funnel: funnel() });
    const codes = [answer, ...besides].map(({ code }) => code);
    expect(codes).toEqual(["campaign-stopped", "campaign-barred", "no-daemon", "agents-out", "no-list"]);
  });

  test("tells why a daemon stopped it, in the daemon's words", () => {
    const { answer } = why({ summary: campaignIn("stopped", "A person heard nothing.") });
    expect(answer).toEqual({
      code: "campaign-stopped",
      says: expect.stringMatching(/^A daemon stopped it at .*: A person heard nothing\.$/),
    });
  });

  test("does not complain of leads while some are due, in hand, or on their way", () => {
    for (const step of ["ready", "in-hand"] as const) {
      expect(why({ funnel: funnel([step, 1], ["redial-later", 9, 1]) }).answer.code).toBe("agents");
    }
    expect(why({ funnel: funnel(["being-dialled", 1]) }).answer).toEqual({
      code: "leads-done",
      says: expect.stringMatching(/^The last 1 lead is being dialled/),
    });
  });

  test("has every code that is listed, and no other; and no daemon means something else by one", () => {
    expect(DATABASE_CODES.filter((code) => code in SENTENCES)).toEqual([]);
    const all = [...WORSE.map(([code]) => code), why({ said: [] }).answer.code];
    expect([...all].sort()).toEqual([...DATABASE_CODES].sort());
  });
});

describe("what daemons say", () => {
  test("is of now for fifteen seconds, and only while the daemon holds its name", () => {
    const fresh = (ms: number, nodes = WELL.nodes) => why({ said: [said("a", ms)], nodes }).nodes[0]?.isFresh;
    expect([fresh(-FRESH_MS), fresh(-FRESH_MS - 1), fresh(5_000)]).toEqual([true, false, true]);
    expect(fresh(-1_000, [{ nodeId: nodeId("a"), heldUntil: T0 }])).toBe(false);
    expect(fresh(-1_000, [{ nodeId: nodeId("a"), heldUntil: null }])).toBe(false);
  });

  test("is told of each, and of all together", () => {
    const two = { nodes: [alive("a"), alive("b"), alive("c")] };
    const lines = said("b", -1_000, { because: "lines", says: "All lines are taken." });
    const { answer, nodes } = why({ ...two, said: [said("a", -1_000), lines] });
    expect(answer).toEqual({ code: "agents,lines", says: "a: Every agent has a call. b: All lines are taken." });
    expect(nodes.map(({ node, isFresh }) => [node, isFresh])).toEqual([
      ["a", true],
      ["b", true],
      ["c", false],
    ]);
    expect(why({ ...two, said: [said("a", 0), said("b", 0)] }).answer.code).toBe("agents");
  });

  test("is left to those who have agents, where there are any", () => {
    const noAgents = (node: string) => said(node, 0, { because: "no-agents", says: "No agent here." });
    const both = { nodes: [alive("a"), alive("b")], said: [noAgents("a"), said("b", 0)] };
    expect(why(both).answer).toEqual({ code: "agents", says: "Every agent has a call." });
    expect(why({ ...both, said: [noAgents("a"), noAgents("b")] }).answer.code).toBe("no-agents");
  });

  test("is the answer where they know why no lead is due: the hours", () => {
    const closed = said("a", 0, { because: "hours-closed", says: "It is outside its calling hours." });
    const later = funnel(["redial-later", 3, 9_000]);
    expect(why({ said: [closed], funnel: later })).toMatchObject({
      answer: { code: "hours-closed" },
      besides: [{ code: "leads-later" }],
    });
    expect(why({ said: [closed], funnel: later, agentStates: [] }).answer.code).toBe("agents-unassigned");
    expect(why({ said: [said("a", 0)], funnel: later }).answer.code).toBe("leads-later");
  });

  test("is no answer when it is old: then nobody knows, and who said what when is told", () => {
    expect(why({ said: [said("a", -40_000), said("b", -90_000_000)] }).answer).toEqual({
      code: "untold",
      says: expect.stringMatching(/against dialling.*: a said something last 40 s ago, and its daemon may be away\.$/),
    });
    expect(why({ said: [] }).answer.says).toMatch(/ask again in a few seconds/);
  });
});

test("how long ago is said as people say it", () => {
  const SAID = [0, 999, 119_999, 120_000, 7_199_999, 7_200_000, 172_799_999, 172_800_000, 40 * 86_400_000].map(roughly);
  expect(SAID).toEqual(["0 s", "0 s", "119 s", "2 min", "119 min", "2 h", "47 h", "2 days", "40 days"]);
});
