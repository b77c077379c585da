/** A past day on a real database: what is read from it, what is simulated from that, and what is said of a day that says too little. */
import { afterAll, beforeAll, describe, expect, jest, test } from "@jest/globals";
import type { AgentId, AttemptId, CampaignId } from "../../src/domain/ids.ts";
import { after, type Instant } from "../../src/domain/instant.ts";
import type { Outcome } from "../../src/domain/outcome.ts";
import { anyNode } from "../contract/store/fixture.ts";
import { AccountLab, at, type Life } from "./account-lab.ts";

jest.setTimeout(120_000);

const MINUTE = 60_000;
const DAY = "2026-11-19";
/** In the middle of the day, in whatever zone this machine is. */
const TEN = at(`${DAY}T10:00:00Z`);
const node = anyNode();

let lab: AccountLab;
let spring: CampaignId;
let other: CampaignId;
let ann: AgentId;
let bob: AgentId;

/** Placed 100 ms after the decision, as the lab does it. */
const answered = (talkMs: number): Life => ({ rang: 2_000, answered: 9_000, connected: 9_400, ended: 9_400 + talkMs });
const CYCLE: readonly (readonly [Outcome, Life])[] = [
  ["connected", answered(60_000)],
  ["no-answer", { rang: 2_000, ended: 25_000, endedBy: "us", endReason: "ringTimeout" }],
  ["busy", { ended: 1_500 }],
  ["no-answer", { rang: 2_000, ended: 25_000, endedBy: "us", endReason: "ringTimeout" }],
  ["connected", answered(120_000)],
  ["no-answer", { rang: 2_000, ended: 25_000, endedBy: "us", endReason: "ringTimeout" }],
  ["busy", { ended: 1_500 }],
  ["not-placed", { withdrawn: true }],
  ["no-answer", { rang: 2_000, ended: 25_000, endedBy: "us", endReason: "ringTimeout" }],
];

const agentIs = async (
  agentId: AgentId,
  state: "available" | "onCall" | "wrapUp" | "paused" | "loggedOut",
  minute: number,
  attemptId: AttemptId | null = null,
) => {
  const since: Instant = after(TEN, minute * MINUTE);
  const pauseReason = state === "paused" ? "lunch" : null;
  await lab.fixture.store.recordAgentState(node, { agentId, state, since, at: since, attemptId, pauseReason });
};

interface Answered {
  readonly settings: Readonly<Record<string, number | string | null>>;
  readonly modes: readonly { readonly mode: string }[];
  readonly pastDay: {
    readonly mode: string;
    readonly was: Readonly<Record<string, unknown>>;
    readonly settings: Readonly<Record<string, number | string | null>>;
    readonly simulated: { readonly mode: string; readonly utilisation: { readonly mean: number } };
  } | null;
}

const QUICK = ["--days", "1", "--modes", "progressive"];
const simulate = (...words: readonly string[]) => lab.json<Answered>("simulate", ...QUICK, ...words);

beforeAll(async () => {
  lab = await AccountLab.begin("simulate");
  lab.now = at("2026-11-21T12:00:00Z");
  await lab.fixture.store.holdNode(node, "lab", TEN, 3_600_000);
  spring = await lab.fixture.seedCampaign({ name: "spring" });
  other = await lab.fixture.seedCampaign({ name: "other", mode: "power", dialLevelPercent: 150 });
  await lab.fixture.seedCampaign({ name: "idle" });
  ann = await lab.fixture.seedAgent({ campaignIds: [spring] });
  bob = await lab.fixture.seedAgent({ campaignIds: [spring, other] });
  for (let cycle = 0; cycle < 5; cycle++) {
    for (const [index, [outcome, life]] of CYCLE.entries()) {
      const decidedAt = after(TEN, (cycle * CYCLE.length + index) * 2 * MINUTE);
      await lab.dial({ campaignId: spring, at: decidedAt, outcome, life, guaranteedBy: ann });
    }
  }
  const elsewhere = await lab.dial({
    ...{ campaignId: other, at: after(TEN, 10 * MINUTE), outcome: "connected", life: answered(600_000) },
  });
  await lab.dial({
    ...{ campaignId: other, at: after(TEN, 40 * MINUTE), outcome: "abandoned-with-message" },
    life: { rang: 2_000, answered: 9_000, message: 10_800, ended: 20_000, endedBy: "us" },
  });
  // From before the first attempt until after the last, which ends at minute 88 and 25 seconds.
  await agentIs(ann, "available", -60);
  await agentIs(ann, "onCall", 0);
  await agentIs(ann, "wrapUp", 30);
  await agentIs(ann, "available", 40);
  await agentIs(ann, "paused", 50);
  await agentIs(ann, "available", 65);
  await agentIs(ann, "loggedOut", 120);
  await agentIs(bob, "available", 0);
  await agentIs(bob, "onCall", 10, elsewhere);
  await agentIs(bob, "available", 20);
  await agentIs(bob, "loggedOut", 60);
}, 120_000);
afterAll(() => lab.end(), 30_000);

describe("a past day", () => {
  test("gives what its simulation is made from", async () => {
    const { code, document } = await simulate("--campaign", "spring", "--day", DAY);
    expect(code).toBe(0);
    const length = 88 * MINUTE + 25_000;
    expect(document.pastDay?.was).toMatchObject({
      // 45 decisions, five of which never left.
      ...{ attempts: 40, leads: 40, overdialled: 0, liveAnswers: 10, connects: 10, abandoned: 0, cancelled: 0 },
      ...{ failedAtOnce: 10, ringMeanMs: 8_900, talkMeanMs: 90_000, longestGapMs: 4 * MINUTE },
      ...{ from: `${DAY}T10:00:00.000Z`, to: `${DAY}T11:28:25.000Z` },
    });
    const agents = document.pastDay?.was["agents"] as Readonly<Record<string, number>>;
    // Ann but for her pause; Bob for an hour but for another campaign's call.
    const usableMs = length - 15 * MINUTE + 50 * MINUTE;
    expect(agents["mean"]).toBeCloseTo(usableMs / length, 4);
    expect(agents["utilisation"]).toBeCloseTo((40 * MINUTE) / usableMs, 4);
    expect(agents).toMatchObject({ peak: 2, wrapUpMeanMs: 10 * MINUTE });
    expect(document.settings).toMatchObject({ agents: 1, answerRate: 0.25, busyShare: 0.25, talkS: 90, wrapUpS: 600 });
    expect(document.settings["hours"]).toBeCloseTo(length / 3_600_000, 3);
  });

  test("is compared with its own simulation, whatever else was asked for", async () => {
    const plain = await simulate("--campaign", "spring", "--day", DAY);
    const { document } = await simulate("--campaign", "spring", "--day", DAY, "--agents", "4", "--talk", "45s");
    expect(document.settings).toMatchObject({ agents: 4, talkS: 45, answerRate: 0.25 });
    expect(document.pastDay?.settings).toMatchObject({ agents: 1, talkS: 90 });
    expect(document.pastDay?.simulated).toEqual(plain.document.pastDay?.simulated);
    const { out } = await lab.run("simulate", ...QUICK, "--campaign", "SPRING", "--day", DAY);
    expect(out).toMatch(new RegExp(`spring on ${DAY}, progressive +as it was +simulated`));
    expect(out).toMatch(/attempts +40 +\d/);
  });

  test("that was overdialled is simulated in the campaign's mode, its abandons counted", async () => {
    const words = ["--campaign", "other", "--day", DAY, "--answer-rate", "30%"];
    const { document } = await simulate(...words);
    // Its own answer rate, one of one, cannot be simulated: nothing to compare with.
    expect(document.pastDay).toBeNull();
    for (let count = 0; count < 4; count++) {
      const busy = { outcome: "busy", life: { ended: 1_500 } } as const;
      await lab.dial({ campaignId: other, at: after(TEN, (50 + count) * MINUTE), ...busy });
    }
    const again = await simulate(...words);
    expect(again.document.pastDay).toMatchObject({ mode: "power:1.5", simulated: { mode: "power:1.5" } });
    expect(again.document.pastDay?.was).toMatchObject({ overdialled: 6, abandoned: 1, liveAnswers: 2, connects: 1 });
  });
});

describe("a day that says too little", () => {
  test.each([
    [["--campaign", "spring", "--day", "2026-11-18"], 1, 'The campaign "spring" placed no call on 2026-11-18'],
    [["--campaign", "idle", "--day", "yesterday"], 1, 'The campaign "idle" placed no call on 2026-11-20'],
    [["--campaign", "sprin", "--day", DAY], 1, 'Did you mean "spring"?'],
    [["--campaign", "spring", "--day", "2026-11-22"], 2, "has not been yet"],
  ])("%j is refused", async (words, code, sentence) => {
    const answer = await lab.run("simulate", ...QUICK, ...words);
    expect({ code: answer.code, out: answer.out }).toEqual({ code, out: "" });
    expect(answer.err).toContain(sentence);
  });

  test("asks for the option that would help", async () => {
    const lonely = await lab.fixture.seedCampaign({ name: "lonely" });
    for (const minute of [0, 30, 40]) {
      const [outcome, life] = CYCLE[minute === 0 ? 0 : 1] ?? ["no-answer", {}];
      await lab.dial({ campaignId: lonely, at: after(TEN, minute * MINUTE), outcome, life });
    }
    const words = ["simulate", ...QUICK, "--campaign", "lonely", "--day", DAY];
    const { code, err } = await lab.run(...words);
    expect(code).toBe(1);
    expect(err).toContain(
      `The number of agents of "lonely" on ${DAY} was 0; 1 to 500 can be simulated. Say another with --agents.`,
    );
    expect((await lab.run(...words, "--agents", "3")).code).toBe(0);
  });
});
