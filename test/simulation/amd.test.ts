/** What AMD comes to in whole shifts of the real engine: what it saves, what it may not do, and when it does nothing. */
import { describe, expect, jest, test } from "@jest/globals";
import type { AttemptFacts } from "../../src/domain/attempt.ts";
import type { AmdSettings } from "../../src/domain/campaign.ts";
import { msBetween } from "../../src/domain/instant.ts";
import { STEADY } from "../../src/simulation/agent-at-work.ts";
import type { AttemptRow } from "../../src/simulation/memory-rows.ts";
import type { ShiftOptions, ShiftResult } from "../../src/simulation/shift.ts";
import { runShift } from "../../src/simulation/world.ts";
import { judgementOf } from "../support/weather.ts";

// A shift takes a second, and on a busy machine many.
jest.setTimeout(120_000);

const TALK: AmdSettings = { kind: "talk", onMachine: "hang-up", voicemailMessage: null, samplePercent: 10 };
const PARALLEL: AmdSettings = { ...TALK, kind: "parallel" };
const LEAVES = { onMachine: "message", voicemailMessage: "sound:please-call-back" } as const;
const TESTED = { sampled: 5_000, humansFound: 10 };
const MACHINES = { answers: 40, machine: 60 };

const shift = async (amd: AmdSettings, more: Partial<ShiftOptions> = {}): Promise<ShiftResult> =>
  runShift({ seed: 11, leads: 60, agents: 6, mix: MACHINES, amdTest: TESTED, campaign: { amd }, ...more });

const rowsOf = ({ tables }: ShiftResult): AttemptRow[] => [...tables.attempts.values()];
const factsOf = (result: ShiftResult): AttemptFacts[] => rowsOf(result).map(({ facts }) => facts);
const isDropped = ({ verdictAct }: AttemptFacts): boolean => verdictAct === "dropped";
const talkedMs = ({ connectedAt, endedAt }: AttemptFacts): number =>
  connectedAt === null || endedAt === null ? 0 : msBetween(connectedAt.at, endedAt.at);

describe("before an agent is joined", () => {
  test("machines are dropped, people are joined in time, and a share of the machines goes to agents by lot", async () => {
    const result = await shift({ ...TALK, samplePercent: 30 });
    expect(judgementOf(result).breaches).toEqual([]);
    const facts = factsOf(result);
    expect(facts.filter(isDropped).length).toBeGreaterThan(5);
    expect(
      facts.filter(isDropped).every(({ connectedAt, endReason }) => connectedAt === null && endReason === "amdMachine"),
    ).toBe(true);
    expect(facts.filter(({ verdictAct }) => verdictAct === "sampled").length).toBeGreaterThan(0);
    // Nobody but a machine is ever dropped, whatever else it is unsure of.
    expect(facts.filter(isDropped).map(({ verdict }) => verdict)).not.toContain("unsure");
    const waits = facts.flatMap(({ answeredAt, connectedAt }) =>
      answeredAt === null || connectedAt === null ? [] : [msBetween(answeredAt.at, connectedAt.at)],
    );
    expect(Math.max(...waits)).toBeLessThan(2_000);
    // Somebody waits for the verdict, or the test has seen nothing.
    expect(Math.max(...waits)).toBeGreaterThan(1_000);
  });

  test("whoever was taken for a machine is called again with an agent of their own, and not dropped a second time", async () => {
    const result = await shift(TALK, { mix: { machine: 100 }, leads: 30 });
    const rows = rowsOf(result);
    const dropped = rows.filter(({ facts }) => isDropped(facts));
    const again = rows.filter((row) =>
      dropped.some(
        (first) =>
          first.order.number === row.order.number &&
          (first.facts.endedAt?.at ?? row.order.decidedAt) < row.order.decidedAt,
      ),
    );
    expect(again.length).toBeGreaterThan(0);
    expect(again.every(({ order, facts }) => order.agentId !== null && facts.verdict === null)).toBe(true);
  });
});

describe("a message on a machine", () => {
  test.each([
    ["before an agent is joined", { ...TALK, ...LEAVES }],
    ["beside a conversation", { ...PARALLEL, ...LEAVES }],
  ])("is heard whole, and never with an agent on the line: %s", async (_what, amd) => {
    const result = await shift(amd);
    expect(judgementOf(result).breaches).toEqual([]);
    const left = rowsOf(result).filter(({ outcome }) => outcome === "machine-message-left");
    expect(left.length).toBeGreaterThan(3);
    const diaries = new Map(result.diaries.map((diary) => [diary.attemptId, diary]));
    for (const { order } of left) {
      const heard = diaries.get(order.attemptId)?.heard ?? [];
      const message = heard.find(({ choice }) => choice === "voicemail");
      // As long as every message of this world.
      expect(message === undefined ? 0 : msBetween(message.from, message.to ?? message.from)).toBe(12_000);
      const others = heard.filter(({ what }) => what === "agent");
      expect(others.every(({ to }) => to !== null && message !== undefined && to <= message.from)).toBe(true);
    }
  });
});

describe("beside a conversation", () => {
  test("nobody waits for it, and agents are free again within seconds, without any work afterwards", async () => {
    const parallel = await shift(PARALLEL);
    expect(judgementOf(parallel).breaches).toEqual([]);
    const waits = factsOf(parallel).flatMap(({ answeredAt, connectedAt }) =>
      answeredAt === null || connectedAt === null ? [] : [msBetween(answeredAt.at, connectedAt.at)],
    );
    expect(Math.max(...waits)).toBeLessThan(100);
    const dropped = rowsOf(parallel).filter(({ facts }) => isDropped(facts));
    expect(dropped.length).toBeGreaterThan(10);
    expect(Math.max(...dropped.map(({ facts }) => talkedMs(facts)))).toBeLessThan(4_100);
    const names = new Set<string>(dropped.map(({ order }) => order.attemptId));
    const wrapUps = [...parallel.tables.agents.values()].flatMap(({ states }) =>
      states.filter(({ state, attemptId }) => state === "wrapUp" && attemptId !== null && names.has(attemptId)),
    );
    expect(wrapUps).toEqual([]);
  });
});

describe("by Asterisk's own AMD()", () => {
  test("machines are dropped, nobody waits longer than the limit, and whoever does not come back is a person", async () => {
    const answered = await shift({ ...TALK, kind: "asterisk" });
    expect(judgementOf(answered).breaches).toEqual([]);
    expect(factsOf(answered).filter(isDropped).length).toBeGreaterThan(3);
    expect(new Set(factsOf(answered).map(({ verdictCause }) => verdictCause))).toContain("LONGGREETING");
    // Nothing is lost on this wire but the way back.
    const wire = { lossRate: 1, duplicateRate: 0, lateRate: 0, lateMaxMs: 0, losesOnly: [] };
    const lost = await shift({ ...TALK, kind: "asterisk" }, { faults: { wire } });
    expect(factsOf(lost).filter(isDropped)).toEqual([]);
    expect(
      factsOf(lost).filter(({ verdictCause }) => verdictCause === "AMD() did not answer in time").length,
    ).toBeGreaterThan(5);
  });
});

describe("without a licence", () => {
  test("nothing is dropped: agents get the machines, and it is said", async () => {
    const { amdTest: _none, ...untested } = { amdTest: TESTED };
    const result = await runShift({ seed: 11, leads: 60, mix: MACHINES, campaign: { amd: TALK }, ...untested });
    expect(judgementOf(result).breaches).toEqual([]);
    const facts = factsOf(result);
    expect(facts.filter(isDropped)).toEqual([]);
    expect(facts.filter(({ verdictAct }) => verdictAct === "learning").length).toBeGreaterThan(5);
    expect(result.tables.compliance.alarms.map(({ code }) => code)).toContain("AMD-LEARNING");
  });

  test.each([
    ["too few were listened to", { sampled: 49, humansFound: 0 }],
    ["too many of them were people", { sampled: 500, humansFound: 50 }],
  ])("nor when %s", async (_what, amdTest) => {
    expect(factsOf(await shift(TALK, { amdTest })).filter(isDropped)).toEqual([]);
  });

  test("a licence that runs out while the shift goes on drops nobody from then on", async () => {
    const OUT_MS = 3 * 60_000;
    const result = await shift(PARALLEL, {
      interferences: [
        {
          atMs: OUT_MS,
          act: ({ compliance }) => {
            compliance.amd.made.length = 0;
          },
        },
      ],
    });
    expect(judgementOf(result).breaches).toEqual([]);
    const at = factsOf(result).flatMap(({ verdictAt, verdictAct }) =>
      verdictAt === null || verdictAct !== "dropped" ? [] : [msBetween(result.startedAt, verdictAt.at)],
    );
    expect(at.length).toBeGreaterThan(0);
    // Managers' wishes are read several times a second.
    expect(Math.max(...at)).toBeLessThan(OUT_MS + 1_000);
  });

  test("what agents say of the calls that they get becomes the test", async () => {
    const dispositions = [{ key: "1", code: "machine", kind: "machine-reported" }] as const;
    const habits = { ...STEADY, pauses: 0, cutsOff: 0, hangsUp: 0, vanishes: 0, disposes: 900 };
    const result = await runShift({
      ...{ seed: 11, leads: 150, agents: 10, mix: { machine: 100 }, habits },
      campaign: { amd: PARALLEL, dispositions },
    });
    const [test] = result.tables.compliance.amd.tests;
    expect(test?.test.humansFound).toBe(0);
    expect(test?.test.sampled).toBeGreaterThanOrEqual(50);
    const acts = factsOf(result).map(({ verdictAct }) => verdictAct);
    // First agents hear all of them, then machines are dropped.
    expect(acts).toContain("learning");
    expect(acts).toContain("dropped");
    expect(judgementOf(result).breaches).toEqual([]);
  });
});

describe("by a detector outside", () => {
  const OUTSIDE: AmdSettings = { ...TALK, kind: "outside" };

  test("its word counts under its name, people are joined in time, and machines are dropped by a test of it", async () => {
    const result = await shift(OUTSIDE);
    expect(judgementOf(result).breaches).toEqual([]);
    const facts = factsOf(result).filter(({ verdict }) => verdict !== null);
    expect(facts.filter(isDropped).length).toBeGreaterThan(2);
    const sure = facts.filter(({ verdict }) => verdict !== "unsure");
    expect(sure.every(({ verdictCause }) => verdictCause?.startsWith("pretend 1: ") === true)).toBe(true);
  });

  test("that never says anything costs nobody their agent", async () => {
    const wire = { lossRate: 1, duplicateRate: 0, lateRate: 0, lateMaxMs: 0, losesOnly: [] };
    const result = await shift(OUTSIDE, { faults: { wire } });
    expect(judgementOf(result).breaches).toEqual([]);
    const facts = factsOf(result).filter(({ verdict }) => verdict !== null);
    expect(facts.length).toBeGreaterThan(10);
    expect(facts.filter(({ verdict }) => verdict !== "unsure")).toEqual([]);
    expect(facts.filter(isDropped)).toEqual([]);
  });
});

test("tones: faxes are dropped, ring tone is a person until nobody came, and no rule is broken", async () => {
  const result = await shift(TALK, { faults: { tonesRate: 0.6 }, leads: 120 });
  expect(judgementOf(result).breaches).toEqual([]);
  const rows = rowsOf(result);
  expect(rows.filter(({ outcome }) => outcome === "fax").length).toBeGreaterThan(0);
  expect(rows.filter(({ facts }) => facts.verdict === "ringback" && facts.connectedAt !== null).length).toBeGreaterThan(
    0,
  );
  expect(
    rows.filter(({ outcome }) => outcome === "ringback-after-answer").every(({ facts }) => facts.voiceAt === null),
  ).toBe(true);
});
