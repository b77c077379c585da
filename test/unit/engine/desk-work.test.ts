/** What agents ask for during calls, and what is written down of it. */
import { expect, test } from "@jest/globals";
import { beginCall } from "../../../src/call/call.ts";
import type { CallEvent } from "../../../src/call/call.ts";
import { transition } from "../../../src/call/transition.ts";
import { NOTHING_KNOWN } from "../../../src/domain/attempt.ts";
import { AMD_OFF } from "../../../src/domain/campaign.ts";
import type { DeskWork } from "../../../src/domain/desk.ts";
import { after } from "../../../src/domain/instant.ts";
import { DEFAULT_TIMINGS } from "../../../src/engine/context.ts";
import { DeskWorks } from "../../../src/engine/agents/desk-work.ts";
import { policyOf, type LiveCall } from "../../../src/engine/calls/live-call.ts";
import { TEST_PROFILE } from "../../support/test-profile.ts";
import type { AttemptId } from "../../../src/domain/ids.ts";
import { Transfers } from "../../../src/engine/agents/transfers.ts";
import { AGENT, ATTEMPT, bench, CAMPAIGN, lead, NO_TRANSFERS, ORDER } from "./bench.ts";

/** An agent who talks, and a desk that writes down what they do. */
function desk({
  voicemail = "sound:voicemail",
  mayLeave = true,
}: { voicemail?: string | null; mayLeave?: boolean } = {}) {
  const works: DeskWork[] = [];
  const disposed: string[] = [];
  const { context, clock } = bench({
    store: {
      recordDeskWork: async (work) => {
        works.push(work);
      },
    },
  });
  const campaign = { ...CAMPAIGN, amd: { ...AMD_OFF, voicemailMessage: voicemail } };
  const live: LiveCall = {
    ...{ order: ORDER, lead: lead(1), campaign, profile: TEST_PROFILE, listens: null },
    policy: policyOf(campaign, ORDER, TEST_PROFILE, DEFAULT_TIMINGS),
    call: beginCall(ATTEMPT, { ...NOTHING_KNOWN, agentId: AGENT }, after(clock.now(), 10_000)),
  };
  const apply = (_attempt: unknown, event: CallEvent): void => {
    const before = live.call;
    const { call } = transition(before, event, live.policy);
    desks.callChanged(live, before, call);
    if (call.state !== "ended") live.call = call;
  };
  const find = (attemptId: AttemptId): LiveCall | undefined => (attemptId === ATTEMPT ? live : undefined);
  const transfers = new Transfers(context, {
    ...{ find, apply, post: apply, all: () => [live], legOf: () => null, releaseAgent: () => undefined },
    ...NO_TRANSFERS,
  });
  const desks = new DeskWorks(context, {
    ...{ find, apply },
    mayLeave: () => mayLeave,
    dispose: (_agent, code) => disposed.push(code),
    transfers,
  });
  const stamp = () => ({ at: clock.now(), asteriskAt: null });
  apply(ATTEMPT, { type: "answered", stamp: stamp(), sipCallId: null });
  apply(ATTEMPT, { type: "joined", stamp: stamp() });
  const ask = (type: "hangUp" | "voicemail" | "hold" | "resume" | "holdOrResume") =>
    desks.command(AGENT, ATTEMPT, { type }, "key");
  return { ask, apply, live, works, disposed, clock, desks, stamp };
}

test("a hold is one row, from its beginning to its end", async () => {
  const { ask, apply, works, clock, live } = desk();
  const begun = clock.now();
  expect(ask("holdOrResume")).toBe("done");
  apply(ATTEMPT, { type: "held", at: clock.now(), nth: 1 });
  expect(ask("hold")).toBe("no-change");
  await clock.advance(5_000);
  expect(ask("holdOrResume")).toBe("done");
  apply(ATTEMPT, { type: "resumed", at: clock.now(), nth: 2 });
  expect(ask("resume")).toBe("no-change");
  await clock.advance(0);
  expect(live.call.state).toBe("connected");
  const row = { attemptId: ATTEMPT, agentId: AGENT, kind: "hold", at: begun, by: "key" };
  expect(works).toEqual([
    { ...row, endedAt: null, endedAs: null },
    { ...row, endedAt: after(begun, 5_000), endedAs: "resumed" },
  ]);
});

test("a machine is reported, and its disposition with it", async () => {
  const { ask, apply, works, disposed, clock, stamp } = desk();
  expect(ask("voicemail")).toBe("done");
  expect(disposed).toEqual(
    CAMPAIGN.dispositions.filter(({ kind }) => kind === "machine-reported").map(({ code }) => code),
  );
  apply(ATTEMPT, { type: "parted", at: clock.now() });
  apply(ATTEMPT, { type: "deadlinePassed", at: clock.now() });
  apply(ATTEMPT, { type: "messageFinished", stamp: stamp(), choice: "voicemail" });
  apply(ATTEMPT, { type: "destroyed", stamp: stamp(), cause: 16, sip: null, sipCallId: null });
  await clock.advance(0);
  expect(works.map(({ kind, endedAs }) => [kind, endedAs])).toEqual([
    ["voicemail", null],
    ["voicemail", "left"],
  ]);
});

test.each([
  ["no-voicemail-message", { voicemail: null }],
  ["message-may-not-be-left", { mayLeave: false }],
])("%s: nothing happens to the call", (result, how) => {
  const { ask, live, disposed } = desk(how);
  expect(ask("voicemail")).toBe(result);
  expect([live.call.state, disposed]).toEqual(["connected", []]);
});

test("somebody on hold is not reported, and nobody who is on no call does anything", () => {
  const { ask, desks } = desk();
  ask("hold");
  expect(ask("voicemail")).toBe("on-hold");
  expect(desks.command(AGENT, null, { type: "hold" }, "command")).toBe("not-on-a-call");
});
