/** What the command line asks of the store: campaigns, agents, suppressions, reports. */
import { afterAll, beforeAll, describe, expect, jest, test } from "@jest/globals";
import { NOTHING_KNOWN } from "../../src/domain/attempt.ts";
import { phoneNumber } from "../../src/domain/phone-number.ts";
import {
  addAgent,
  addCampaign,
  addSuppressions,
  agentCommandResult,
  agentNames,
  agentsNow,
  assignAgents,
  campaignNames,
  campaignSummaries,
  changeAgent,
  changeCampaign,
  findAgent,
  findCampaign,
  findSuppressions,
  migrate,
  nodesNow,
  releaseHeldLeads,
  removeSuppression,
  reportAttempts,
  reportOutcomes,
  requestAgentCommand,
  setCampaignState,
  slowestConnects,
  SqlStore,
  unassignAgents,
  type Database,
} from "../../src/store/index.ts";
import type { AttemptFacts } from "../../src/domain/attempt.ts";
import type { Outcome } from "../../src/domain/outcome.ts";
import { agentId as agentIdOf, campaignId as campaignIdOf } from "../../src/domain/ids.ts";
import {
  claimOf,
  anyCampaign,
  anyNode,
  anyNumber,
  ANYTHING,
  endOf,
  orderFor,
  soon,
  stamp,
  T0,
  type StoreFixture,
} from "../contract/store/fixture.ts";
import { startStoreLab, type StoreLab } from "./store-lab.ts";
import { sqlFixture } from "./store-sql-fixture.ts";

jest.setTimeout(30_000);

let lab: StoreLab;
let db: Database;
let fixture: StoreFixture;
let store: SqlStore;
beforeAll(async () => {
  lab = await startStoreLab();
  db = lab.open(await lab.create("admin"));
  await migrate(db);
  fixture = sqlFixture(db, async () => undefined);
  store = new SqlStore(db);
}, 60_000);
afterAll(() => lab.stop());

const WHO = { by: "anna@desk", at: T0 };
const LATER = { by: "bert", at: soon(5_000) };

describe("campaigns", () => {
  test("are found by name, whatever its case, and come back as they were made", async () => {
    const draft = anyCampaign({ name: "Winter-1", linesMax: 12 });
    const campaignId = await addCampaign(db, draft, WHO);
    expect(await findCampaign(db, "winter-1")).toEqual({ ...draft, campaignId });
    expect(await findCampaign(db, "winter")).toBeNull();
    expect(await campaignNames(db)).toContain("Winter-1");
  });

  test("cannot have a name that is taken", async () => {
    await addCampaign(db, anyCampaign({ name: "taken" }), WHO);
    const taken = { kind: "conflict", message: expect.stringContaining('"taken"') };
    await expect(addCampaign(db, anyCampaign({ name: "taken" }), WHO)).rejects.toMatchObject(taken);
    const other = await addCampaign(db, anyCampaign(), WHO);
    await expect(changeCampaign(db, other, { name: "taken" }, WHO)).rejects.toMatchObject(taken);
  });

  test("are changed in part, by somebody", async () => {
    const draft = anyCampaign();
    const campaignId = await addCampaign(db, draft, WHO);
    const redial = { attemptsMax: 9, carrierTriesMax: 1, byClass: {} };
    expect(await changeCampaign(db, campaignId, { wrapUpMs: 1, linesMax: null, redial }, LATER)).toBe(true);
    expect(await findCampaign(db, draft.name)).toEqual({ ...draft, campaignId, wrapUpMs: 1, linesMax: null, redial });
    const [summary] = await campaignSummaries(db, T0, campaignId);
    expect(summary).toMatchObject({ changedAt: LATER.at, changedBy: "bert" });
    expect(await changeCampaign(db, campaignIdOf(999_999), { wrapUpMs: 1 }, WHO)).toBe(false);
  });

  test("are started and stopped; the state before is told", async () => {
    const campaignId = await addCampaign(db, anyCampaign({ desiredState: "stopped" }), WHO);
    expect(await setCampaignState(db, campaignId, "running", LATER)).toBe("stopped");
    expect(await setCampaignState(db, campaignId, "running", LATER)).toBe("running");
    expect(await setCampaignState(db, campaignIdOf(999_999), "running", LATER)).toBeNull();
    const { campaigns } = await store.desiredState(anyNode());
    expect(campaigns.find((campaign) => campaign.campaignId === campaignId)?.desiredState).toBe("running");
  });

  test("keep the instant of their first start; why the daemon stopped them is told until they run again", async () => {
    const draft = anyCampaign({ desiredState: "stopped" });
    const campaignId = await addCampaign(db, draft, WHO);
    const summary = async () => {
      const [row] = await campaignSummaries(db, T0, campaignId);
      return { firstStartedAt: row!.campaign.firstStartedAt, stoppedBecause: row!.stoppedBecause };
    };
    await setCampaignState(db, campaignId, "paused", { by: "anna", at: soon(1) });
    expect(await summary()).toEqual({ firstStartedAt: null, stoppedBecause: null });
    await setCampaignState(db, campaignId, "running", { by: "anna", at: soon(2) });
    const alarm = { at: soon(3), campaignId, attemptId: null, code: "SILENT-CALL", says: "A person heard nothing." };
    await store.stopCampaign(campaignId, alarm);
    expect(await summary()).toEqual({ firstStartedAt: soon(2), stoppedBecause: "A person heard nothing." });
    expect((await campaignSummaries(db, T0, campaignId))[0]).toMatchObject({
      changedBy: "fairdial",
      changedAt: soon(3),
    });
    await setCampaignState(db, campaignId, "running", { by: "anna", at: soon(4) });
    expect(await summary()).toEqual({ firstStartedAt: soon(2), stoppedBecause: null });
    // A campaign that a manager has stopped is not stopped again for another reason.
    await setCampaignState(db, campaignId, "stopped", { by: "anna", at: soon(5) });
    await store.stopCampaign(campaignId, { ...alarm, at: soon(6) });
    expect(await summary()).toEqual({ firstStartedAt: soon(2), stoppedBecause: null });
  });

  test("are summed up: leads by state, attempts and agents", async () => {
    const node = anyNode();
    await store.holdNode(node, "admin", T0, 60_000);
    const campaignId = await addCampaign(db, anyCampaign(), WHO);
    const [present] = [
      await fixture.seedAgent({ campaignIds: [campaignId] }),
      await fixture.seedAgent({ campaignIds: [campaignId] }),
    ];
    const live = { state: "available", since: T0, attemptId: null, pauseReason: null, at: T0 } as const;
    await store.recordAgentState(node, { agentId: present, ...live });
    await fixture.seedList(campaignId, [
      ...Array.from({ length: 4 }, () => ({ numbers: [{ number: anyNumber() }] })),
      { numbers: [{ number: anyNumber() }], dueAt: soon(60_000) },
    ]);
    const [first, second] = await store.claimLeads(claimOf(campaignId, node, { limit: 2, at: T0, leaseMs: 1_000 }));
    await store.insertAttempts(node, [orderFor(first!)], ANYTHING);
    await store.releaseLead(node, second!.leadId, { type: "held", because: "x" }, T0);
    const [summary] = await campaignSummaries(db, T0, campaignId);
    expect(summary).toMatchObject({
      leads: { ready: 3, due: 2, leased: 0, dialling: 1, held: 1, done: 0 },
      attemptsOpen: 1,
      agentsAssigned: 2,
      agentsLoggedIn: 1,
    });
    const all = await campaignSummaries(db, T0);
    expect(all.length).toBeGreaterThan(1);
    const names = all.map(({ campaign }) => campaign.name);
    expect(names).toEqual([...names].sort((a, b) => (a.toLowerCase() < b.toLowerCase() ? -1 : 1)));
    expect((await nodesNow(db)).find(({ nodeId }) => nodeId === node)).toEqual({
      nodeId: node,
      holder: "admin",
      heldUntil: soon(60_000),
      attemptsOpen: 1,
      agentsLoggedIn: 1,
      drained: null,
      version: null,
      seenAt: T0,
      clockOffsetMs: expect.any(Number),
    });
  });
});

test("leads that were held are let go", async () => {
  const campaignId = await addCampaign(db, anyCampaign(), WHO);
  const [leadId] = await fixture.seedList(campaignId, [{ numbers: [{ number: anyNumber() }] }]);
  const node = anyNode();
  await store.claimLeads(claimOf(campaignId, node, { limit: 1, at: T0, leaseMs: 1_000 }));
  await store.releaseLead(node, leadId!, { type: "held", because: "place-refused" }, T0);
  expect(await releaseHeldLeads(db, campaignId, soon(5))).toBe(1);
  expect(await fixture.leadState(leadId!)).toMatchObject({ state: "ready", dueAt: soon(5) });
  expect(await releaseHeldLeads(db, campaignId, soon(6))).toBe(0);
});

describe("agents", () => {
  test("are found, changed, disabled; a PIN comes and goes", async () => {
    const agentId = await addAgent(db, { name: "Cleo", endpoint: "PJSIP/cleo", pin: "1234" }, T0);
    expect(await findAgent(db, "cleo")).toMatchObject({ agentId, name: "Cleo", enabled: true, hasPin: true });
    expect(await agentNames(db)).toContain("Cleo");
    expect(await changeAgent(db, agentId, { pin: null, enabled: false }, T0)).toBe(true);
    expect(await findAgent(db, "Cleo")).toMatchObject({ enabled: false, hasPin: false, endpoint: "PJSIP/cleo" });
    const { agents } = await store.desiredState(anyNode());
    expect(agents.find((agent) => agent.agentId === agentId)).toBeUndefined();
    expect(await changeAgent(db, agentIdOf(999_999), { enabled: true }, T0)).toBe(false);
  });

  test("cannot share a name or a phone", async () => {
    await addAgent(db, { name: "Dora", endpoint: "PJSIP/dora", pin: null }, T0);
    const conflict = { kind: "conflict" };
    await expect(addAgent(db, { name: "DORA", endpoint: "PJSIP/x", pin: null }, T0)).rejects.toMatchObject(conflict);
    const other = await addAgent(db, { name: "Emil", endpoint: "PJSIP/emil", pin: null }, T0);
    await expect(changeAgent(db, other, { endpoint: "PJSIP/dora" }, T0)).rejects.toMatchObject({
      ...conflict,
      message: expect.stringContaining("PJSIP/dora"),
    });
  });

  test("are assigned and taken off, once each", async () => {
    const campaignId = await addCampaign(db, anyCampaign({ name: "assigned" }), WHO);
    const [one, two] = [await fixture.seedAgent({ campaignIds: [] }), await fixture.seedAgent({ campaignIds: [] })];
    expect(await assignAgents(db, campaignId, [one], T0)).toBe(1);
    expect(await assignAgents(db, campaignId, [one, two], T0)).toBe(1);
    const now = await agentsNow(db, campaignId);
    expect(now.map(({ agentId }) => agentId).sort()).toEqual([one, two].sort());
    expect(now[0]).toMatchObject({ campaignNames: ["assigned"], state: "loggedOut", since: null, nodeId: null });
    expect(await unassignAgents(db, campaignId, [one])).toBe(1);
    expect(await unassignAgents(db, campaignId, [one])).toBe(0);
    expect(await unassignAgents(db, campaignId, [])).toBe(0);
  });

  test("are asked, and the answer is waited for", async () => {
    const agentId = await fixture.seedAgent({ campaignIds: [] });
    const commandId = await requestAgentCommand(db, agentId, { type: "dispose", dispositionCode: "sale" }, WHO);
    expect(await agentCommandResult(db, commandId)).toEqual({ handledAt: null, result: null });
    await store.finishAgentCommand(commandId, "x".repeat(500), soon(7));
    expect(await agentCommandResult(db, commandId)).toEqual({ handledAt: soon(7), result: "x".repeat(200) });
    expect(await agentCommandResult(db, 999_999)).toBeNull();
  });
});

test("suppressions keep their first reason, and go when they are taken off", async () => {
  const [one, two] = [anyNumber(), anyNumber()];
  const draft = (number: typeof one, reason: string) => ({ number, reason, source: "letter of 3 March" });
  expect(await addSuppressions(db, [draft(one, "opt-out")], T0)).toBe(1);
  expect(await addSuppressions(db, [draft(one, "dnc"), draft(two, "dnc"), draft(two, "dnc")], soon(1))).toBe(1);
  expect(await findSuppressions(db, one)).toMatchObject([{ numberKey: one, reason: "opt-out", addedAt: T0 }]);
  expect(await removeSuppression(db, one)).toBe(true);
  expect(await removeSuppression(db, one)).toBe(false);
  expect(await findSuppressions(db, one)).toEqual([]);
  const many = Array.from({ length: 2_500 }, () => draft(anyNumber(), "tps"));
  expect(await addSuppressions(db, many, T0)).toBe(2_500);
  expect(await addSuppressions(db, [], T0)).toBe(0);
});

describe("reports", () => {
  const node = anyNode();
  const seedAttempts = async (ends: readonly { outcome: Outcome; facts: AttemptFacts; decidedMs?: number }[]) => {
    await store.holdNode(node, "admin", T0, 60_000);
    const campaignId = await addCampaign(db, anyCampaign(), WHO);
    await fixture.seedList(
      campaignId,
      ends.map(() => ({ numbers: [{ number: anyNumber() }] })),
    );
    const leads = await store.claimLeads(claimOf(campaignId, node, { limit: ends.length, at: T0, leaseMs: 1_000 }));
    const orders = leads.map((lead, index) => orderFor(lead, { decidedAt: soon(ends[index]!.decidedMs ?? 0) }));
    await store.insertAttempts(node, orders, ANYTHING);
    for (const [index, { outcome, facts }] of ends.entries()) {
      await store.endAttempt(endOf(leads[index]!, orders[index]!, { outcome, facts }));
    }
    return { campaignId, orders, leads };
  };
  const connected = (answerToConnectMs: number): AttemptFacts => ({
    ...NOTHING_KNOWN,
    answeredAt: stamp(1_000),
    connectedAt: stamp(1_000 + answerToConnectMs),
    endedAt: stamp(1_000 + answerToConnectMs + 10_000),
  });
  const WHENEVER = { from: null, to: null };

  test("outcomes, most frequent first, with the times that matter", async () => {
    const { campaignId } = await seedAttempts([
      ...Array.from({ length: 100 }, (_, index) => ({ outcome: "connected" as const, facts: connected(index + 1) })),
      { outcome: "busy", facts: NOTHING_KNOWN },
      { outcome: "busy", facts: NOTHING_KNOWN },
      { outcome: "abandoned-with-message", facts: { ...NOTHING_KNOWN, answeredAt: stamp(5) } },
    ]);
    expect(await reportOutcomes(db, campaignId, WHENEVER)).toEqual({
      outcomes: [
        { outcome: "connected", attempts: 100, leads: 100 },
        { outcome: "busy", attempts: 2, leads: 2 },
        { outcome: "abandoned-with-message", attempts: 1, leads: 1 },
      ],
      attempts: 103,
      open: 0,
      answered: 101,
      connected: 100,
      talkMs: 1_000_000,
      answerToConnectMs: { p50: 50, p99: 99, max: 100 },
    });
    const slowest = await slowestConnects(db, campaignId, WHENEVER, 2);
    expect(slowest.map(({ facts }) => facts.connectedAt?.at)).toEqual([soon(1_100), soon(1_099)]);
    expect((await reportOutcomes(db, null, WHENEVER)).attempts).toBeGreaterThanOrEqual(103);
  });

  test("of nothing are noughts", async () => {
    const campaignId = await addCampaign(db, anyCampaign(), WHO);
    expect(await reportOutcomes(db, campaignId, WHENEVER)).toEqual({
      outcomes: [],
      attempts: 0,
      open: 0,
      answered: 0,
      connected: 0,
      talkMs: 0,
      answerToConnectMs: null,
    });
  });

  test("keep to their period: from included, to excluded", async () => {
    const hour = 3_600_000;
    const { campaignId } = await seedAttempts(
      [-hour, -1, 0, 1, hour].map((decidedMs) => ({ outcome: "busy" as const, facts: NOTHING_KNOWN, decidedMs })),
    );
    const within = async (from: number, to: number) =>
      (await reportOutcomes(db, campaignId, { from: soon(from), to: soon(to) })).attempts;
    expect(await within(0, 1)).toBe(1);
    expect(await within(-1, 2)).toBe(3);
    expect(await within(-hour, hour)).toBe(4);
    expect(await within(hour + 1, 2 * hour)).toBe(0);
  });

  test("attempts by what one knows of them, newest first", async () => {
    const agentId = await fixture.seedAgent({ campaignIds: [] });
    const { campaignId, orders, leads } = await seedAttempts([
      { outcome: "busy", facts: NOTHING_KNOWN, decidedMs: 0 },
      { outcome: "connected", facts: { ...connected(7), agentId }, decidedMs: 1 },
      { outcome: "no-answer", facts: NOTHING_KNOWN, decidedMs: 2 },
    ]);
    const found = async (filter: Parameters<typeof reportAttempts>[1], limit = 10) =>
      (await reportAttempts(db, { campaignId, ...filter }, limit)).map(({ attemptId }) =>
        orders.findIndex((order) => order.attemptId === attemptId),
      );
    expect(await found({})).toEqual([2, 1, 0]);
    expect(await found({}, 2)).toEqual([2, 1]);
    expect(await found({ outcome: "busy" })).toEqual([0]);
    expect(await found({ agentId })).toEqual([1]);
    expect(await found({ leadId: leads[2]!.leadId })).toEqual([2]);
    expect(await found({ number: orders[0]!.number })).toEqual([0]);
    expect(await found({ number: phoneNumber("+441632960999") })).toEqual([]);
    expect(await found({ attemptId: orders[1]!.attemptId })).toEqual([1]);
    expect(await found({ open: true })).toEqual([]);
    expect(await found({ open: false, from: soon(1), to: soon(2) })).toEqual([1]);
    const [record] = await reportAttempts(db, { attemptId: orders[1]!.attemptId }, 1);
    expect(record).toMatchObject({
      nodeId: node,
      leadId: leads[1]!.leadId,
      number: orders[1]!.number,
      decidedAt: soon(1),
      state: "ended",
      outcome: "connected",
      facts: { ...connected(7), agentId },
      disposition: null,
    });
    expect(record?.agentName).toMatch(/^agent /);
  });
});
