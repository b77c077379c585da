/** What calls want is carried out, and what becomes of it comes back as an event. */
import { describe, expect, test } from "@jest/globals";
import { beginCall } from "../../../src/call/call.ts";
import type { CallEvent } from "../../../src/call/call.ts";
import { NOTHING_KNOWN } from "../../../src/domain/attempt.ts";
import type { Stamp } from "../../../src/domain/attempt.ts";
import { agentId } from "../../../src/domain/ids.ts";
import type { AgentId, LegId } from "../../../src/domain/ids.ts";
import { after } from "../../../src/domain/instant.ts";
import { Calls } from "../../../src/engine/calls/calls.ts";
import { DEFAULT_TIMINGS } from "../../../src/engine/context.ts";
import { policyOf } from "../../../src/engine/calls/live-call.ts";
import type { AttemptEnd, CommandResult, Telephony } from "../../../src/engine/ports.ts";
import { TEST_PROFILE } from "../../support/test-profile.ts";
import { AGENT, ATTEMPT, bench, CAMPAIGN, lead, LEG, ORDER, OTHER_ATTEMPT, NO_TRANSFERS } from "./bench.ts";
import type { Bench } from "./bench.ts";

interface Desk extends Bench {
  readonly calls: Calls;
  /** Commands, rows and words to the neighbours, in order. */
  readonly diary: string[];
  readonly ends: AttemptEnd[];
  readonly legs: Map<AgentId, LegId>;
  happens(event: CallEvent): Promise<void>;
  stamp(): Stamp;
}

const failed = (kind: "gone" | "refused" | "unknown"): CommandResult => ({
  ok: false,
  kind,
  detail: "as the test wants it",
});

/** A call that has been asked for, with an agent promised to it or not. */
function setUp(promised: boolean, answers: Partial<Record<keyof Telephony, CommandResult>> = {}): Desk {
  const diary: string[] = [];
  const ends: AttemptEnd[] = [];
  const legs = new Map([[AGENT, LEG]]);
  const told =
    (command: "bridge" | "unbridge" | "playInformationMessage" | "hangUp") => async (): Promise<CommandResult> => {
      diary.push(command);
      return answers[command] ?? { ok: true };
    };
  const parts = bench({
    store: {
      recordChanges: async (changes) => {
        diary.push(`row ${changes.at(-1)?.state ?? ""}`);
        return 0;
      },
      endAttempt: async (end) => {
        ends.push(end);
        return true;
      },
    },
    telephony: {
      bridge: told("bridge"),
      unbridge: told("unbridge"),
      playInformationMessage: told("playInformationMessage"),
      hangUp: told("hangUp"),
    },
  });
  const { context, clock } = parts;
  const calls = new Calls(context, {
    reserveAgent: (_attempt, _campaign, except) => diary.push(`reserve except ${String(except)}`),
    releaseAgent: (agent, attempt, talked) =>
      diary.push(`release ${agent}${talked ? " who talked" : ""}${attempt === ATTEMPT ? "" : " of another call"}`),
    agentJoined: (agent) => diary.push(`joined ${agent}`),
    legOf: (agent) => legs.get(agent) ?? null,
    callChanged: () => undefined,
    isBroken: () => false,
    mayDrop: () => true,
    hasAgents: () => true,
    mayLeave: () => true,
    ask: (agent, command) => {
      diary.push(`asked by ${agent}: ${command.type}`);
      return "done";
    },
    callEnded: (_live, { outcome }) => diary.push(`ended ${outcome}`),
    transfers: NO_TRANSFERS,
    messageFailed: (media) => diary.push(`failed ${media}`),
  });
  const facts = { ...NOTHING_KNOWN, agentId: promised ? AGENT : null };
  const call = beginCall(ATTEMPT, facts, after(clock.now(), 10_000));
  calls.add({
    order: ORDER,
    lead: lead(1),
    campaign: CAMPAIGN,
    profile: TEST_PROFILE,
    policy: policyOf(CAMPAIGN, ORDER, TEST_PROFILE, DEFAULT_TIMINGS),
    listens: null,
    call,
  });
  const stamp = (): Stamp => ({ at: clock.now(), asteriskAt: null });
  const happens = async (event: CallEvent): Promise<void> => {
    calls.apply(ATTEMPT, event);
    await clock.advance(0);
  };
  return { ...parts, calls, diary, ends, legs, happens, stamp };
}

/** Answered, and two seconds of nobody. */
async function waiting(desk: Desk): Promise<void> {
  const { happens, stamp, clock } = desk;
  await happens({ type: "answered", stamp: stamp(), sipCallId: null });
  await clock.advance(1_800);
  await happens({ type: "deadlinePassed", at: clock.now() });
}

const destroyed = ({ stamp }: Desk): CallEvent => ({
  type: "destroyed",
  stamp: stamp(),
  cause: 16,
  sip: null,
  sipCallId: null,
});

test("the person is joined first and written about afterwards", async () => {
  const desk = setUp(true);
  await desk.happens({ type: "answered", stamp: desk.stamp(), sipCallId: null });
  await desk.happens({ type: "joined", stamp: desk.stamp() });
  expect(desk.diary).toEqual(["bridge", "row connecting", `joined ${AGENT}`, "row connected"]);
});

test("an event that changes nothing is neither written nor journalled", async () => {
  const desk = setUp(true);
  await desk.happens({ type: "joined", stamp: desk.stamp() });
  expect([desk.diary, desk.journal.entries()]).toEqual([[], []]);
});

test("the end is settled once, the agent is given back, and whatever comes later belongs to nobody", async () => {
  const desk = setUp(true);
  await desk.happens({ type: "answered", stamp: desk.stamp(), sipCallId: null });
  await desk.happens({ type: "joined", stamp: desk.stamp() });
  desk.diary.length = 0;
  await desk.happens(destroyed(desk));
  await desk.happens(destroyed(desk));
  expect(desk.diary).toEqual([`release ${AGENT} who talked`, "ended connected"]);
  expect(desk.ends.map(({ outcome }) => outcome)).toEqual(["connected"]);
  expect([desk.calls.count, desk.calls.strayEvents]).toEqual([0, 1]);
  await desk.clock.advance(7_200_000);
  expect(desk.came).toEqual([]); // Nor is its deadline left behind.
});

describe("a command that failed is not a failed call", () => {
  test("a join that is refused: somebody else, and the agent is free again", async () => {
    const desk = setUp(true, { bridge: failed("refused") });
    await desk.happens({ type: "answered", stamp: desk.stamp(), sipCallId: null });
    expect(desk.diary.filter((line) => !line.startsWith("row"))).toEqual([
      "bridge",
      `release ${AGENT}`,
      `reserve except ${AGENT}`,
    ]);
    expect(desk.calls.find(ATTEMPT)?.call.state).toBe("answered");
  });

  test("a join with an agent whose leg has just gone: likewise, but there is nobody to release", async () => {
    const desk = setUp(true);
    desk.legs.clear();
    await desk.happens({ type: "answered", stamp: desk.stamp(), sipCallId: null });
    expect(desk.diary.filter((line) => !line.startsWith("row"))).toEqual([`reserve except ${AGENT}`]);
  });

  test("a message that is refused, and the built-in one as well: a silent call, which we end", async () => {
    const desk = setUp(false, { playInformationMessage: failed("refused") });
    await waiting(desk);
    expect(desk.diary.filter((line) => line.startsWith("play") || line.startsWith("failed"))).toEqual([
      "playInformationMessage",
      "failed sound:information",
      "playInformationMessage",
      "failed sound:built-in",
    ]);
    await desk.happens(destroyed(desk));
    expect(desk.ends[0]).toMatchObject({ outcome: "abandoned-silent", facts: { endedBy: "us", message: "failed" } });
  });

  test("a message for somebody who has just left: they left by themselves, and that news is waited for", async () => {
    const desk = setUp(false, { playInformationMessage: failed("gone") });
    await waiting(desk);
    expect(desk.diary).not.toContain("hangUp");
    const stamp = desk.stamp();
    await desk.happens({ type: "hangupRequested", stamp, by: "farEnd", cause: 16, sip: null });
    await desk.happens(destroyed(desk));
    expect(desk.ends[0]).toMatchObject({ outcome: "hung-up-early", facts: { endedBy: "farEnd" } });
  });

  test("a hang-up that finds no leg before one was confirmed: it may be made in the next moment", async () => {
    const desk = setUp(true, { hangUp: failed("gone") });
    await desk.happens({ type: "cancelled", at: desk.clock.now(), reason: "drain" });
    expect(desk.calls.find(ATTEMPT)?.call.state).toBe("ending");
    await desk.clock.advance(2_000);
    await desk.happens({ type: "deadlinePassed", at: desk.clock.now() });
    expect(desk.diary.filter((line) => line === "hangUp")).toHaveLength(2);
    expect(desk.ends).toHaveLength(1);
  });

  test.each<["gone" | "refused" | "unknown", string | undefined]>([
    ["gone", undefined], // That was the news: the leg is no more.
    ["refused", "ending"],
    ["unknown", "ending"],
  ])("a hang-up that is answered with %s", async (kind, state) => {
    const desk = setUp(true, { hangUp: failed(kind) });
    await desk.happens({ type: "placed", stamp: desk.stamp(), sipCallId: null });
    await desk.happens({ type: "cancelled", at: desk.clock.now(), reason: "drain" });
    expect(desk.calls.find(ATTEMPT)?.call.state).toBe(state);
    expect(desk.ends).toHaveLength(kind === "gone" ? 1 : 0);
  });
});

describe("an event for a call that nobody waits for", () => {
  const nobody = async (event: (stamp: Stamp) => CallEvent): Promise<string[]> => {
    const desk = setUp(true);
    desk.calls.apply(OTHER_ATTEMPT, event(desk.stamp()));
    await desk.clock.advance(0);
    expect(desk.calls.strayEvents).toBe(1);
    return desk.diary;
  };

  test("a sign of life: it is hung up, or a phone would ring for nobody", async () => {
    expect(await nobody((stamp) => ({ type: "rang", stamp }))).toEqual(["hangUp"]);
    expect(await nobody((stamp) => ({ type: "answered", stamp, sipCallId: null }))).toEqual(["hangUp"]);
    expect(await nobody((stamp) => ({ type: "placed", stamp, sipCallId: null }))).toEqual(["hangUp"]);
  });

  test("its end: nothing is left to do", async () => {
    expect(await nobody((stamp) => ({ type: "destroyed", stamp, cause: 16, sip: null, sipCallId: null }))).toEqual([]);
  });

  test("an agent who was found for it: given back", async () => {
    expect(await nobody(({ at }) => ({ type: "agentReserved", at, agentId: agentId(8) }))).toEqual([
      "release 8 of another call",
    ]);
  });
});
