/** The bench at load: three accounts of the same calls, and every way in which they can fail to agree. */
import { describe, expect, test } from "@jest/globals";
import { compare } from "../../../scripts/bench/calls/figures.ts";
import type { AttemptSeen } from "../../../scripts/bench/calls/figures.ts";
import { networkCalls, people } from "../../../scripts/bench/calls/network.ts";
import type { NetworkCall } from "../../../scripts/bench/calls/network.ts";
import type { ChannelRecord } from "../../../scripts/lab/cel.ts";

const FIRST = "00000000-0000-4000-8000-000000000001";
const SECOND = "00000000-0000-4000-8000-000000000002";

const call = (change: Partial<NetworkCall> = {}): NetworkCall => ({
  number: "+447710000001",
  callId: "a",
  arrivedAt: 1_000,
  answeredAt: 1_500,
  leftAt: 9_000,
  declined: false,
  ...change,
});

const attempt = (change: Partial<AttemptSeen> = {}): AttemptSeen => ({
  attemptId: FIRST,
  number: "+447710000001",
  outcome: "connected",
  answeredAt: 1_501,
  messageAt: null,
  isPlaced: true,
  ...change,
});

const channel = (change: Partial<ChannelRecord> = {}): ChannelRecord => ({
  uniqueId: `fd-load-${FIRST}`,
  name: "PJSIP/sipp-00000001",
  dialled: "",
  callerNumber: "",
  startedAt: 900,
  answeredAt: 1_501,
  bridgedAt: [1_512],
  endedAt: 9_001,
  cause: 16,
  endedByPeer: false,
  ...change,
});

const declined = call({
  number: "+447711000002",
  callId: "b",
  arrivedAt: 1_100,
  answeredAt: null,
  leftAt: null,
  declined: true,
});
const busy = attempt({ attemptId: SECOND, number: "+447711000002", outcome: "busy", answeredAt: null });

test("two calls that everybody tells of alike", () => {
  const { figures, faults, answered, connected } = compare([call(), declined], [channel()], [attempt(), busy]);
  expect(faults).toEqual([]);
  expect(figures).toEqual({
    cps: 10,
    placed: 2,
    recorded: 2,
    ...{ lost: 0, duplicated: 0 },
    ...{ answerToBridgeMsP50: 12, answerToBridgeMsP99: 12, answerToBridgeMsMax: 12, messageStartMsP99: 0 },
  });
  expect({ answered, connected }).toEqual({ answered: 1, connected: 1 });
});

describe("a planted fault is found:", () => {
  test("a call of which no row tells", () => {
    const { figures, faults } = compare([call(), declined], [channel()], [attempt()]);
    expect(figures).toMatchObject({ placed: 2, recorded: 1, lost: 1 });
    expect(faults).toHaveLength(1);
  });

  test("a row without an outcome", () => {
    const { figures } = compare([call()], [channel()], [attempt({ outcome: null })]);
    expect(figures).toMatchObject({ recorded: 0, lost: 1 });
  });

  test("an outcome of a call that never came to the network", () => {
    const { figures, faults } = compare([call()], [channel()], [attempt(), busy]);
    expect(figures).toMatchObject({ placed: 1, recorded: 1, lost: 1 });
    expect(faults[0]).toContain("the network was never asked");
  });

  test("somebody who was called twice", () => {
    const { figures, faults } = compare([call(), call({ callId: "c" })], [channel()], [attempt()]);
    expect(figures).toMatchObject({ placed: 2, duplicated: 1, lost: 1 });
    expect(faults[0]).toContain("called 2 times");
  });

  test("somebody who was called twice, and each time written down", () => {
    const rows = [attempt(), attempt({ attemptId: SECOND })];
    expect(compare([call(), call({ callId: "c" })], [channel()], rows).figures).toMatchObject({
      duplicated: 1,
      lost: 0,
    });
  });

  test("somebody who stayed and met silence", () => {
    const { silent, faults } = compare([call()], [channel({ bridgedAt: [] })], [attempt()]);
    expect(silent).toEqual(["+447710000001"]);
    expect(faults).toHaveLength(1);
  });

  test("somebody who was joined too late, or whose message began too late", () => {
    expect(compare([call()], [channel({ bridgedAt: [3_501] })], [attempt()]).silent).toHaveLength(1);
    const late = attempt({ messageAt: 3_501 });
    expect(compare([call()], [channel({ bridgedAt: [] })], [late]).silent).toHaveLength(1);
  });

  test("an answer of which the row does not know", () => {
    const { faults } = compare([call()], [channel()], [attempt({ answeredAt: null, outcome: "no-answer" })]);
    expect(faults).toEqual([expect.stringContaining("the row knows of no answer")]);
  });
});

test("whoever left before two seconds were over met no silence", () => {
  const early = compare([call({ leftAt: 3_400 })], [channel({ bridgedAt: [] })], [attempt()]);
  expect(early.silent).toEqual([]);
});

test("the message's beginning is counted from the network's answer", () => {
  const { figures } = compare([call()], [channel({ bridgedAt: [] })], [attempt({ messageAt: 3_300 })]);
  expect(figures.messageStartMsP99).toBe(1_800);
});

test("the network's notes become calls", () => {
  const notes = [
    "arrived 7710000001 1-2@127.0.0.1 2026-11-22\t13:00:00.100000\t1795000000.100000",
    "noise",
    "answered 7710000001 1-2@127.0.0.1 2026-11-22\t13:00:00.600000\t1795000000.600000",
    "arrived 7711000002 2-2@127.0.0.1 2026-11-22\t13:00:00.700000\t1795000000.700000",
    "leaves 7710000001 1-2@127.0.0.1 2026-11-22\t13:00:01.000000\t1795000001.000000",
    "declined 7711000002 2-2@127.0.0.1 2026-11-22\t13:00:01.200000\t1795000001.200000",
  ];
  expect(networkCalls(notes)).toMatchObject([
    { number: "+447710000001", declined: false, answeredAt: 1795000000600, leftAt: 1795000001000 },
    { number: "+447711000002", declined: true, answeredAt: null, leftAt: null },
  ]);
});

test("people are all different, and as many answer as were asked for, evenly", () => {
  const numbers = people(1_000, 0.2, 500);
  expect(new Set(numbers).size).toBe(1_000);
  const answers = (some: readonly string[]): number => some.filter((number) => !number.startsWith("+447711")).length;
  expect(answers(numbers)).toBe(200);
  expect(answers(numbers.slice(0, 100))).toBe(20);
  expect(numbers.filter((number) => number.startsWith("+447713"))).toHaveLength(10);
});
