/** Rows written behind: each carried out once, whatever is told twice, by the process or by its successor. */
import { describe, expect, test } from "@jest/globals";
import { NOTHING_KNOWN } from "../../../src/domain/attempt.ts";
import type { NumberedJob, StoreJob } from "../../../src/engine/ports.ts";
import { STORE_JOB_TYPES } from "../../../src/engine/rows/store-jobs.ts";
import type { Begun, Bench } from "./bench.ts";
import { alarmOf, ANYTHING, attemptIdOf, endOf, orderFor, soon, stamp } from "./fixture.ts";

let holders = 0;
const anyHolder = (): string => `host:${process.pid}:written-behind-${(holders += 1)}-${Date.now()}`;
const numbered = (jobs: readonly StoreJob[], from = 1): NumberedJob[] =>
  jobs.map((job, index) => ({ seq: from + index, job }));

export function describeWrittenBehind(bench: Bench): void {
  const carryOut = (holder: string, jobs: readonly NumberedJob[]) => bench.store.carryOut(holder, jobs, soon(1_000));

  /** One of every kind, as a call and its agent would make them; what only a number or a flow needs is named at random. */
  const everyKind = async () => {
    const first = await bench.begin();
    const agentId = await bench.fixture.seedAgent({ campaignIds: [first.campaignId] });
    const commandId = await bench.fixture.requestAgentCommand(agentId, { type: "logOut" });
    const { node: nodeId, lead, order, attemptId, campaignId } = first;
    const ringing = { ...NOTHING_KNOWN, placedAt: stamp(10), ringingAt: stamp(900) };
    const note = { attemptId, file: `f-${attemptId}`, startedAt: soon(3_000), bytes: null, sha256: null, says: null };
    const gap = { attemptId, from: soon(4_000), by: "agent 1", how: "key" as const };
    const returnRow = {
      ...{ returnId: attemptIdOf(), legId: "leg-1", at: soon(100), cliNumber: null, caller: null },
      ...{ campaignId, match: null },
    } as unknown as Extract<StoreJob, { type: "returnBegin" }>["row"];
    const work = { attemptId, agentId, kind: "hold", at: soon(4_000), by: "key", endedAt: null, endedAs: null };
    const passed = {
      ...({ attemptId, agentId, kind: "consulted", at: soon(5_100), by: "key" } as const),
      ...{ toAgentId: agentId, toNumber: null, metAt: null, togetherAt: null },
    };
    const heard = { attemptId, supervisorId: agentId, agentId, mode: "listen", at: soon(5_700) } as const;
    const jobs: readonly StoreJob[] = [
      { type: "attemptChange", change: { attemptId, state: "ringing", facts: ringing } },
      { type: "agentState", nodeId, change: state(agentId, "onCall", 2_000, attemptId) },
      { type: "recording", nodeId, note: { ...note, state: "running" as never, endedAt: null } },
      { type: "recordingGap", gap: { ...gap, until: null, endedBy: null, endedHow: null } },
      { type: "deskWork", work: work as never },
      { type: "deskWork", work: { ...work, endedAt: soon(5_000), endedAs: "back" } as never },
      { type: "recordingGap", gap: { ...gap, until: soon(5_000), endedBy: "agent 1", endedHow: "key" } },
      { type: "transfer", note: { ...passed, endedAt: null, endedAs: null } },
      { type: "transfer", note: { ...passed, metAt: soon(5_500), endedAt: soon(5_600), endedAs: "taken-back" } },
      { type: "supervision", note: { ...heard, endedAt: null, endedAs: null } },
      { type: "supervision", note: { ...heard, endedAt: soon(5_900), endedAs: "stopped" } },
      { type: "disposition", attemptId, agentId, code: "no-interest", at: soon(6_000), callback: null },
      { type: "attemptEnd", end: endOf(lead, order, { account: { entry: "connected", day: "2026-11-21" } }) },
      { type: "leadRelease", nodeId, leadId: lead.leadId, verdict: { type: "requeue" }, at: soon(7_000) },
      { type: "leasesRelease", nodeId, campaignId },
      {
        type: "recording",
        nodeId,
        note: { ...note, state: "ended", endedAt: soon(8_000), bytes: 9, sha256: null },
      },
      { type: "agentState", nodeId, change: state(agentId, "wrapUp", 8_000, null) },
      { type: "agentCommand", commandId, result: "done", at: soon(8_500) },
      { type: "flow", note: { attemptId: attemptIdOf(), flowId: 1, at: soon(9_000), what: { type: "optOut" } } },
      { type: "manualEnd", end: { manualId: 0, at: soon(9_000), attemptId: null, code: "x", says: "y" } },
      {
        type: "previewEnd",
        end: { attemptId: attemptIdOf(), at: soon(9_000), end: "withdrawn", press: null, because: "x", says: null },
      },
      { type: "returnBegin", nodeId, row: returnRow },
      { type: "returnOptOut", row: returnRow, at: soon(9_000) },
      {
        type: "returnEnd",
        end: {
          ...{ returnId: returnRow.returnId, agentId: null, waitedMs: 5, connectedAt: null, message: "none" },
          ...{ optedOut: false, endedAt: soon(9_500), outcome: "left", endedBy: "caller", notBefore: null },
        } as never,
      },
      { type: "alarm", alarm: alarmOf(campaignId, soon(9_600)) },
      { type: "alarm", alarm: alarmOf(campaignId, soon(9_700)) },
      { type: "campaignStop", campaignId, alarm: alarmOf(campaignId, soon(9_800), { code: "STOPPED" }) },
    ];
    return { ...first, agentId, commandId, jobs };
  };

  const state = (agentId: unknown, name: string, ms: number, attemptId: unknown) =>
    ({ agentId, state: name, since: soon(ms), at: soon(ms), attemptId, pauseReason: null }) as never;

  const readBack = async ({
    attemptId,
    lead,
    agentId,
    commandId,
    campaignId,
  }: Awaited<ReturnType<typeof everyKind>>) => {
    const scope = { campaignId, centre: null, fromDay: "2026-11-21", toDay: "2026-11-21" } as never;
    const row = await bench.fixture.attemptRow(attemptId);
    return {
      row: row === null ? null : { ...row, nodeId: "", leadId: 0, number: "" },
      lead: await bench.fixture.leadState(lead.leadId),
      agent: { ...(await bench.fixture.agentState(agentId)), attemptId: null },
      result: await bench.fixture.commandResult(commandId),
      desk: (await bench.fixture.deskWork(attemptId)).map(({ kind, endedAs }) => ({ kind, endedAs })),
      alarms: (await bench.fixture.alarms(campaignId)).map(({ code, times }) => ({ code, times })).sort(byCode),
      account: (await bench.store.readAccounts([scope]))[0]?.counts,
    };
  };
  const byCode = (a: { code: string }, b: { code: string }): number => a.code.localeCompare(b.code);

  describe("rows that are written behind", () => {
    test("are carried out in order, of whatever kind", async () => {
      const story = await everyKind();
      expect(new Set(story.jobs.map(({ type }) => type))).toEqual(new Set(STORE_JOB_TYPES));
      await carryOut(anyHolder(), numbered(story.jobs));
      const found = await readBack(story);
      expect(found).toMatchObject({
        row: { state: "ended", outcome: "connected", disposition: "no-interest" },
        lead: { state: "done" },
        agent: { state: "wrapUp" },
        result: "done",
        desk: [{ kind: "hold", endedAs: "back" }],
        alarms: [
          { code: "SILENT-CALL", times: 2 },
          { code: "STOPPED", times: 1 },
        ],
        account: { connected: 1 },
      });
    });

    test("and once: whole, cut anywhere, told again in other batches, by whoever has them", async () => {
      const whole = await everyKind();
      await carryOut(anyHolder(), numbered(whole.jobs));
      const asShould = await readBack(whole);
      // A real database takes its time.
      const cuts = bench.fixture.propertyRuns > 100 ? [1, 5, 8, 9, 14, 20, whole.jobs.length] : [8, 20];
      for (const cut of cuts) {
        const story = await everyKind();
        const jobs = numbered(story.jobs);
        const holder = anyHolder();
        for (const job of jobs.slice(0, cut)) await carryOut(holder, [job]);
        // What its successor finds on the disk.
        for (let from = 0; from < jobs.length; from += 4) await carryOut(holder, jobs.slice(from, from + 4));
        await carryOut(holder, jobs);
        expect([cut, await readBack(story)]).toEqual([cut, asShould]);
      }
    }, 120_000);

    test("also where somebody has gone on from it since: who was promised a call and got it is not promised it again", async () => {
      const { node, lead, order, attemptId }: Begun = await bench.begin();
      const agentId = await bench.fixture.seedAgent({ campaignIds: [lead.campaignId] });
      const callback = { numberId: lead.numberId, dueAt: soon(60_000), untilAt: soon(900_000) };
      const holder = anyHolder();
      const jobs = numbered([
        { type: "disposition", attemptId, agentId, code: "call-again", at: soon(5_000), callback },
        { type: "attemptEnd", end: endOf(lead, order) },
      ]);
      await carryOut(holder, jobs);
      const [again] = await bench.claim(lead.campaignId, node, 1, soon(61_000));
      expect(again?.callback).not.toBeNull();
      const second = orderFor(again!, { decidedAt: soon(61_000) });
      await bench.store.insertAttempts(node, [second], ANYTHING);
      const promise = { callbackId: again!.callback!.callbackId, fate: "kept" as const };
      const verdict = { type: "done" as const, because: "done", promise };
      await carryOut(holder, numbered([{ type: "attemptEnd", end: endOf(again!, second, { verdict }) }], 3));
      await carryOut(holder, jobs);
      expect(await bench.fixture.leadState(lead.leadId)).toMatchObject({ state: "done" });
      expect(await bench.claim(lead.campaignId, node, 1, soon(100_000))).toEqual([]);
      // The guard is what does it: told under another name it would be promised again.
      await carryOut(anyHolder(), jobs);
      expect(await bench.fixture.leadState(lead.leadId)).toMatchObject({ state: "ready" });
    });

    test("numbers count for the process that gave them", async () => {
      const { node: nodeId, campaignId } = await bench.begin();
      const [one, two] = [anyHolder(), anyHolder()];
      const alarm = (code: string): StoreJob => ({ type: "alarm", alarm: alarmOf(campaignId, soon(1), { code }) });
      await carryOut(one, numbered([alarm("A"), alarm("B")], 10));
      await carryOut(two, numbered([alarm("C")], 1));
      await carryOut(one, numbered([alarm("D")], 10));
      await carryOut(one, numbered([alarm("E")], 12));
      // Whoever was killed may have left them on the disk twice.
      const left = [...numbered([alarm("F"), alarm("G")], 13), ...numbered([alarm("X"), alarm("Y"), alarm("H")], 13)];
      await carryOut(one, left);
      await carryOut(one, left);
      const codes = (await bench.fixture.alarms(campaignId)).map(({ code, times }) => `${code}${String(times)}`);
      expect(codes.sort()).toEqual(["A1", "B1", "C1", "E1", "F1", "G1", "H1"]);
      expect(await carryOut(one, [])).toBe(0);
      expect(await carryOut(two, numbered([{ type: "leasesRelease", nodeId, campaignId }], 2))).toBe(0);
    });

    test("say how many changes no longer fitted", async () => {
      const { lead, order, attemptId } = await bench.begin();
      const change: StoreJob = { type: "attemptChange", change: { attemptId, state: "ringing", facts: NOTHING_KNOWN } };
      const holder = anyHolder();
      // What comes with its attempt's end is said by the end, and not looked at.
      expect(await carryOut(holder, numbered([{ type: "attemptEnd", end: endOf(lead, order) }, change]))).toBe(0);
      expect(await carryOut(holder, numbered([change, change], 3))).toBe(2);
    });

    test("what was on a screen when the daemon went ended as it says itself, though it says so late", async () => {
      const { campaignId } = await bench.campaignWith(1);
      const node = await bench.holdAnyNode();
      const agentId = await bench.fixture.seedAgent({ campaignIds: [campaignId] });
      const [lead] = await bench.claim(campaignId, node);
      const attemptId = attemptIdOf();
      const shown = {
        attemptId,
        agentId,
        campaignId,
        leadId: lead!.leadId,
        numberId: lead!.numberId,
        callbackId: null,
      };
      const times = { shownAt: soon(1_000), untilAt: soon(16_000), auto: true };
      await bench.store.showPreview(node, { ...shown, ...times }, soon(60_000));
      await bench.store.releaseNode(node, "contract");
      await bench.store.holdNode(node, "the next one", soon(20_000), 60_000);
      expect(await bench.fixture.previewEnd(attemptId)).toMatchObject({ end: "withdrawn", because: "daemon-gone" });
      const end = { attemptId, at: soon(9_000), end: "preview-rejected", press: null, because: "not-now", says: null };
      const job = { type: "previewEnd", end } as const;
      await carryOut("contract", numbered([job as StoreJob], Date.now()));
      expect(await bench.fixture.previewEnd(attemptId)).toMatchObject({ end: "preview-rejected", because: "not-now" });
    });
  });
}
