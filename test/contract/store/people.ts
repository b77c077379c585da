/** Managers' wishes, agents, and whose node it is. */
import { NOTHING_KNOWN } from "../../../src/domain/attempt.ts";
import { describe, expect, test } from "@jest/globals";
import { phoneNumber } from "../../../src/domain/phone-number.ts";
import type { SupervisionNote } from "../../../src/domain/supervision.ts";
import type { TransferNote } from "../../../src/domain/transfer.ts";
import { MINUTE, type Bench } from "./bench.ts";
import { REACHED_FROM, type AttemptState } from "../../../src/domain/attempt.ts";
import { ANYTHING, T0, anyNode, anyNumber, attemptIdOf, endOf, orderFor, soon, stamp } from "./fixture.ts";

export function describePeople(bench: Bench): void {
  describe("what managers want", () => {
    test("a campaign comes back as it was made", async () => {
      const campaignId = await bench.fixture.seedCampaign({ wrapUpMs: 7_000, linesMax: 3, desiredState: "running" });
      const { campaigns } = await bench.store.desiredState(anyNode());
      const campaign = campaigns.find((one) => one.campaignId === campaignId);
      expect(campaign).toMatchObject({ wrapUpMs: 7_000, linesMax: 3, desiredState: "running", mode: "progressive" });
      expect(campaign?.callingHours).toEqual([{ days: [1, 2, 3, 4, 5, 6, 7], fromMinute: 0, toMinute: 1440 }]);
      expect(campaign?.redial.byClass["busy"]).toEqual({ delayMs: 300_000, triesMax: 2 });
      expect(campaign?.dispositions).toContainEqual({ key: "1", code: "sale", kind: "success" });
    });

    test("an agent comes with their phone, their campaigns and whether they need a PIN", async () => {
      const one = await bench.fixture.seedCampaign();
      const two = await bench.fixture.seedCampaign();
      const withPin = await bench.fixture.seedAgent({ pin: "4711", campaignIds: [one, two] });
      const without = await bench.fixture.seedAgent({ endpoint: `PJSIP/${anyNode()}`, campaignIds: [] });
      const { agents } = await bench.store.desiredState(anyNode());
      const profile = agents.find(({ agentId }) => agentId === withPin);
      expect(profile?.hasPin).toBe(true);
      expect([...(profile?.campaignIds ?? [])].sort()).toEqual([one, two].sort());
      expect(agents.find(({ agentId }) => agentId === without)).toMatchObject({ hasPin: false, campaignIds: [] });
    });

    test("a PIN is right or wrong", async () => {
      const agentId = await bench.fixture.seedAgent({ pin: "4711", campaignIds: [] });
      expect(await bench.store.verifyPin(agentId, "4711")).toBe(true);
      expect(await bench.store.verifyPin(agentId, "4712")).toBe(false);
      expect(await bench.store.verifyPin(agentId, "")).toBe(false);
    });

    test("what an agent did during a call is one row, however often it is told", async () => {
      const { attemptId } = await bench.begin();
      const agentId = await bench.fixture.seedAgent({ campaignIds: [] });
      const held = { attemptId, agentId, kind: "hold", at: T0, by: "key", endedAt: null, endedAs: null } as const;
      const over = { ...held, endedAt: soon(5_000), endedAs: "resumed" };
      for (const work of [held, over, held, { ...over, endedAt: soon(9_000), endedAs: "hung-up" }]) {
        await bench.store.recordDeskWork(work);
      }
      expect(await bench.fixture.deskWork(attemptId)).toEqual([over]);
    });

    test("a transfer is one row, to which its moments come, and its first end stands", async () => {
      const { attemptId } = await bench.begin();
      const agentId = await bench.fixture.seedAgent({ campaignIds: [] });
      const toNumber = phoneNumber("+442079460999");
      const begun: TransferNote = {
        ...{ attemptId, agentId, kind: "consulted", at: soon(1_000), by: "key", toAgentId: null, toNumber },
        ...{ metAt: null, togetherAt: null, endedAt: null, endedAs: null },
      };
      const met = { ...begun, metAt: soon(2_000) };
      const over = { ...met, endedAt: soon(5_000), endedAs: "taken-back" };
      for (const note of [begun, met, begun, over, { ...over, endedAs: "hung-up" }]) {
        await bench.store.recordTransfer(note);
      }
      expect(await bench.fixture.transfers(attemptId)).toEqual([over]);
    });

    test("who listened to whom is one row for each beginning, and its first end stands", async () => {
      const { attemptId } = await bench.begin();
      const agentId = await bench.fixture.seedAgent({ campaignIds: [] });
      const supervisorId = await bench.fixture.seedAgent({ campaignIds: [] });
      const begun: SupervisionNote = {
        ...{ attemptId, agentId, supervisorId, mode: "whisper", at: soon(1_000) },
        ...{ endedAt: null, endedAs: null },
      };
      const over = { ...begun, endedAt: soon(5_000), endedAs: "stopped" };
      for (const note of [begun, over, begun, { ...over, endedAs: "failed" }]) {
        await bench.store.recordSupervision(note);
      }
      expect(await bench.fixture.supervisions(attemptId)).toEqual([over]);
    });

    test("a command waits until it is finished, and keeps its first result", async () => {
      const node = await bench.holdAnyNode();
      const agentId = await bench.fixture.seedAgent({ campaignIds: [] });
      const commandId = await bench.fixture.requestAgentCommand(agentId, { type: "pause", pauseReason: "lunch" });
      const pending = async () =>
        (await bench.store.desiredState(node)).agentCommands.filter((c) => c.agentId === agentId);
      expect(await pending()).toEqual([
        { commandId, agentId, command: { type: "pause", pauseReason: "lunch" }, requestedAt: T0 },
      ]);
      await bench.store.finishAgentCommand(commandId, "done", T0);
      await bench.store.finishAgentCommand(commandId, "again", soon(1));
      expect(await pending()).toEqual([]);
      expect(await bench.fixture.commandResult(commandId)).toBe("done");
    });

    test("commands come in the order they were asked for", async () => {
      const agentId = await bench.fixture.seedAgent({ campaignIds: [] });
      const first = await bench.fixture.requestAgentCommand(agentId, { type: "makeAvailable" });
      const second = await bench.fixture.requestAgentCommand(agentId, { type: "logOut" });
      const { agentCommands } = await bench.store.desiredState(anyNode());
      const ids = agentCommands.filter((c) => c.agentId === agentId).map((c) => c.commandId);
      expect(ids).toEqual([first, second]);
    });

    test("a command for an agent who is on another node is not ours", async () => {
      const theirs = await bench.holdAnyNode();
      const agentId = await bench.fixture.seedAgent({ campaignIds: [] });
      await bench.store.recordAgentState(theirs, {
        agentId,
        state: "available",
        since: T0,
        attemptId: null,
        pauseReason: null,
        at: T0,
      });
      await bench.fixture.requestAgentCommand(agentId, { type: "logOut" });
      const ours = await bench.store.desiredState(await bench.holdAnyNode());
      expect(ours.agentCommands.filter((c) => c.agentId === agentId)).toEqual([]);
      expect((await bench.store.desiredState(theirs)).agentCommands.filter((c) => c.agentId === agentId)).toHaveLength(
        1,
      );
    });
  });

  describe("agents", () => {
    test("their latest state counts, and one that comes late does not", async () => {
      const node = await bench.holdAnyNode();
      const { attemptId } = await bench.begin();
      const agentId = await bench.fixture.seedAgent({ campaignIds: [] });
      const change = (state: "available" | "onCall" | "paused", ms: number) => ({
        agentId,
        state,
        since: soon(ms),
        attemptId: state === "onCall" ? attemptId : null,
        pauseReason: state === "paused" ? "lunch" : null,
        at: soon(ms),
      });
      await bench.store.recordAgentState(node, change("available", 0));
      await bench.store.recordAgentState(node, change("onCall", 2_000));
      await bench.store.recordAgentState(node, change("available", 0));
      expect(await bench.fixture.agentState(agentId)).toEqual({
        state: "onCall",
        since: soon(2_000),
        attemptId,
        pauseReason: null,
      });
      await bench.store.recordAgentState(node, change("paused", 9_000));
      expect(await bench.fixture.agentState(agentId)).toEqual({
        state: "paused",
        since: soon(9_000),
        attemptId: null,
        pauseReason: "lunch",
      });
    });

    test("keep their place when nothing came of a reservation", async () => {
      const node = await bench.holdAnyNode();
      const agentId = await bench.fixture.seedAgent({ campaignIds: [] });
      const idle = { agentId, state: "available", since: T0, attemptId: null, pauseReason: null } as const;
      const reserved = { ...idle, state: "reserved", since: soon(1_000), attemptId: attemptIdOf() } as const;
      await bench.store.recordAgentState(node, { ...idle, at: T0 });
      await bench.store.recordAgentState(node, { ...reserved, at: soon(1_000) });
      await bench.store.recordAgentState(node, { ...idle, at: soon(3_000) });
      expect(await bench.fixture.agentState(agentId)).toMatchObject({ state: "available", since: T0 });
    });

    test("say what a conversation was, and may think again", async () => {
      const agentId = await bench.fixture.seedAgent({ campaignIds: [] });
      const { attemptId, lead, order } = await bench.begin(agentId);
      await bench.store.endAttempt(endOf(lead, order, { outcome: "connected" }));
      await bench.store.recordDisposition(attemptId, agentId, "no-interest", soon(1_000));
      await bench.store.recordDisposition(attemptId, agentId, "sale", soon(2_000));
      await bench.store.recordDisposition(attemptId, agentId, "no-interest", soon(1_000));
      expect((await bench.fixture.attemptRow(attemptId))?.disposition).toBe("sale");
    });

    test("who write down that somebody wants to be called back promise it, whether the call has ended or not", async () => {
      const agentId = await bench.fixture.seedAgent({ campaignIds: [] });
      const callbackAt = { dueAt: soon(86_400_000), untilAt: soon(90_000_000) };
      const promised = { state: "ready", because: "callback", dueAt: callbackAt.dueAt };
      for (const endsFirst of [true, false]) {
        const { attemptId, lead, order } = await bench.begin(agentId);
        const dispose = (code: string, ms: number) =>
          bench.store.recordDisposition(attemptId, agentId, code, soon(ms), { numberId: lead.numberId, ...callbackAt });
        const end = () => bench.store.endAttempt(endOf(lead, order, { outcome: "connected" }));
        if (endsFirst) await end();
        await dispose("call-again", 1_000);
        if (!endsFirst) await end();
        expect(await bench.fixture.leadState(lead.leadId)).toMatchObject(promised);
        // They think again: nobody is called back, and they were spoken with.
        await dispose("sale", 2_000);
        expect(await bench.fixture.leadState(lead.leadId)).toMatchObject({ state: "done" });
        await dispose("call-again", 3_000);
        expect(await bench.claim(lead.campaignId, anyNode())).toEqual([]);
        expect(await bench.fixture.leadState(lead.leadId)).toMatchObject(promised);
      }
    });

    test("whose promise is tried again wait for the next moment of it, and not for its first", async () => {
      const node = await bench.holdAnyNode();
      const campaignId = await bench.fixture.seedCampaign();
      const [leadId] = await bench.fixture.seedList(campaignId, [{ numbers: [{ number: anyNumber() }] }]);
      const promise = { agentId: null, dueAt: T0, untilAt: soon(3_600_000), fallback: "anyone" } as const;
      const callbackId = await bench.fixture.promise(leadId!, promise);
      const [lead] = await bench.claim(campaignId, node);
      const order = orderFor(lead!, { agentId: null });
      await bench.store.insertAttempts(node, [order], ANYTHING);
      const again = { type: "retry", at: soon(600_000), because: "callback", queue: "callback" } as const;
      const verdict = { ...again, numberId: lead!.numberId, promise: { callbackId, fate: "waiting" } } as const;
      await bench.store.endAttempt(endOf(lead!, order, { outcome: "no-answer", verdict }));
      expect(await bench.fixture.leadState(leadId!)).toMatchObject({ state: "ready", dueAt: soon(600_000) });
      expect(await bench.fixture.promiseState(callbackId)).toBe("waiting");
    });

    test("who write down an opt-out suppress the number at once", async () => {
      const agentId = await bench.fixture.seedAgent({ campaignIds: [] });
      const { attemptId, lead } = await bench.begin(agentId);
      const elsewhere = await bench.fixture.seedCampaign();
      await bench.fixture.seedList(elsewhere, [{ numbers: [{ number: lead.number }] }]);
      await bench.store.recordDisposition(attemptId, agentId, "never-again", T0);
      expect(await bench.claim(elsewhere, anyNode())).toMatchObject([
        { number: lead.number, facts: { suppressed: true } },
      ]);
    });

    test("who met the wrong person take the number out of this lead only", async () => {
      const agentId = await bench.fixture.seedAgent({ campaignIds: [] });
      const { attemptId, campaignId, lead, order } = await bench.begin(agentId);
      const elsewhere = await bench.fixture.seedCampaign();
      await bench.fixture.seedList(elsewhere, [{ numbers: [{ number: lead.number }] }]);
      await bench.store.recordDisposition(attemptId, agentId, "wrong-number", T0);
      const verdict = { type: "requeue" } as const;
      await bench.store.endAttempt(endOf(lead, order, { outcome: "connected", verdict }));
      expect(await bench.claim(campaignId, anyNode())).toEqual([]);
      expect(await bench.fixture.leadState(lead.leadId)).toMatchObject({ state: "done", because: "invalid" });
      expect(await bench.claim(elsewhere, anyNode())).toHaveLength(1);
    });
  });

  describe("after a restart", () => {
    test("a node finds its own attempts that had not ended, as they stood", async () => {
      const agentId = await bench.fixture.seedAgent({ campaignIds: [] });
      const { node, order, lead, attemptId } = await bench.begin(agentId);
      const other = await bench.begin();
      const facts = { ...NOTHING_KNOWN, placedAt: stamp(10), answeredAt: stamp(900), agentId };
      await bench.store.recordChanges([{ attemptId, state: "answered", facts }]);
      expect(await bench.store.openAttempts(node)).toEqual([{ order, state: "answered", facts, lead }]);
      await bench.store.endAttempt(endOf(lead, order));
      expect(await bench.store.openAttempts(node)).toEqual([]);
      expect(await bench.store.openAttempts(other.node)).toHaveLength(1);
    });

    test("whatever state they stood in", async () => {
      const states = (Object.keys(REACHED_FROM) as AttemptState[]).filter((state) => state !== "ended");
      for (const state of states) {
        const { node, attemptId } = await bench.begin();
        expect(await bench.store.recordChanges([{ attemptId, state, facts: NOTHING_KNOWN }])).toBe(0);
        expect(await bench.store.openAttempts(node)).toMatchObject([{ state, order: { attemptId } }]);
      }
    });

    test("a node's name belongs to one living daemon", async () => {
      const node = anyNode();
      await bench.store.holdNode(node, "first", T0, MINUTE);
      await bench.store.holdNode(node, "first", soon(1_000), MINUTE);
      await expect(bench.store.holdNode(node, "second", soon(2_000), MINUTE)).rejects.toMatchObject({
        kind: "conflict",
      });
      await bench.store.releaseNode(node, "second");
      await expect(bench.store.holdNode(node, "second", soon(3_000), MINUTE)).rejects.toMatchObject({
        kind: "conflict",
      });
      await bench.store.releaseNode(node, "first");
      await bench.store.holdNode(node, "second", soon(4_000), MINUTE);
      await expect(bench.store.holdNode(node, "first", soon(5_000), MINUTE)).rejects.toMatchObject({
        kind: "conflict",
      });
    });

    test("and is free again when its daemon has not been heard of", async () => {
      const node = anyNode();
      await bench.store.holdNode(node, "first", T0, MINUTE);
      await expect(bench.store.holdNode(node, "second", soon(MINUTE - 1), MINUTE)).rejects.toMatchObject({
        kind: "conflict",
      });
      await bench.store.holdNode(node, "second", soon(MINUTE), MINUTE);
    });

    test("a new daemon begins with nobody logged in, whatever the last one left", async () => {
      const node = anyNode();
      await bench.store.holdNode(node, "first", T0, MINUTE);
      const elsewhere = await bench.holdAnyNode();
      const left = await bench.fixture.seedAgent({ campaignIds: [] });
      const busy = await bench.fixture.seedAgent({ campaignIds: [] });
      const idle = { state: "paused", since: T0, attemptId: null, pauseReason: "lunch", at: T0 } as const;
      await bench.store.recordAgentState(node, { agentId: left, ...idle });
      await bench.store.recordAgentState(elsewhere, { agentId: busy, ...idle });
      await bench.store.holdNode(node, "first", soon(1), MINUTE);
      expect((await bench.fixture.agentState(left)).state).toBe("paused");
      await bench.store.holdNode(node, "second", soon(2 * MINUTE), MINUTE);
      const nobody = { state: "loggedOut", since: soon(2 * MINUTE), attemptId: null, pauseReason: null };
      expect(await bench.fixture.agentState(left)).toEqual(nobody);
      expect((await bench.fixture.agentState(busy)).state).toBe("paused");
      // Adopted by the new daemon.
      await bench.store.recordAgentState(node, { agentId: left, ...idle, at: soon(2 * MINUTE + 5) });
      expect((await bench.fixture.agentState(left)).state).toBe("paused");
    });

    test("of many that want a name at once, one gets it", async () => {
      const node = anyNode();
      const wants = Array.from({ length: 5 }, (_, index) => bench.store.holdNode(node, `daemon ${index}`, T0, MINUTE));
      const results = await Promise.allSettled(wants);
      expect(results.filter(({ status }) => status === "fulfilled")).toHaveLength(1);
    });
  });
}
