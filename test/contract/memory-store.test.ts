import { agentId, campaignId, leadId, listId, numberId } from "../../src/domain/ids.ts";
import { LEAD_QUEUES } from "../../src/domain/lead.ts";
import type { AccountEntry, AccountScope } from "../../src/domain/account.ts";
import { MemoryStore } from "../../src/simulation/memory-store.ts";
import type { AttemptRow } from "../../src/simulation/memory-tables.ts";
import { anyCampaign, T0, type StoreFixture } from "./store/fixture.ts";
import { describeStoreContract } from "./store-suite.ts";

/** From the attempts alone, by another road than the store's. */
const recount = (attempts: readonly AttemptRow[], scope: AccountScope): Partial<Record<AccountEntry, number>> => {
  const counts: Partial<Record<AccountEntry, number>> = {};
  for (const { account, disposition, order } of attempts) {
    if (account === null || account.day < scope.fromDay || account.day > scope.toDay) continue;
    if (scope.campaignId !== null && scope.campaignId !== order.campaignId) continue;
    if (scope.centre !== null && scope.centre !== order.centre) continue;
    const isMachine = ["machine-reported", "machine-callback"].includes(disposition?.kind ?? "");
    const wasToAgent = account.entry === "connected" || account.entry === "connectedLate";
    const entry = isMachine && wasToAgent ? "machineToAgent" : account.entry;
    counts[entry] = (counts[entry] ?? 0) + 1;
  }
  return counts;
};

const makeFixture = async (): Promise<StoreFixture> => {
  const store = new MemoryStore();
  const { tables } = store;
  let serial = 0;
  const next = (): number => (serial += 1);
  return {
    store,
    propertyRuns: 500,
    seedCampaign: async (change = {}) => {
      const id = campaignId(next());
      tables.putCampaign({ ...anyCampaign(change), campaignId: id });
      return id;
    },
    seedList: async (campaign, leads) => {
      const list = listId(next());
      return leads.map(({ numbers, priority = 0, dueAt = T0, region = null, consent = null, attributes = {} }) => {
        const lead = leadId(next());
        const rows = numbers.map(({ number, timeZone = null }) => ({ numberId: numberId(next()), number, timeZone }));
        const where = { leadId: lead, campaignId: campaign, listId: list };
        tables.addLead({ ...where, numbers: rows, priority, dueAt, region, consent, attributes });
        return lead;
      });
    },
    changeSource: async (lead, { weight, isReady }) => {
      const source = tables.leadTable.sources.get(tables.leads.get(lead)!.sourceId)!;
      source.weight = weight ?? source.weight;
      source.isReady = isReady ?? source.isReady;
    },
    waitIn: async (queue, leads) => {
      for (const lead of leads) tables.leads.get(lead)!.queue = LEAD_QUEUES.indexOf(queue);
    },
    promise: async (leadId, promise) => {
      const callbackId = next();
      const row = { leadId, numberId: null, state: "waiting", isAnyones: false } as const;
      tables.leadTable.callbacks.set(callbackId, { ...row, promise: { ...promise, callbackId } });
      Object.assign(tables.leads.get(leadId)!, { queue: LEAD_QUEUES.indexOf("callback"), dueAt: promise.dueAt });
      return callbackId;
    },
    promiseState: async (callbackId) => tables.leadTable.callbacks.get(callbackId)!.state,
    seedAgent: async ({ endpoint, pin, campaignIds }) => {
      const id = agentId(next());
      const profile = { agentId: id, name: `agent-${id}`, endpoint: endpoint ?? `PJSIP/${id}`, campaignIds };
      tables.addAgent({ ...profile, hasPin: pin !== undefined }, pin ?? null);
      return id;
    },
    suppress: async (number, principal) => {
      if (principal === undefined) tables.suppressed.set(number, T0);
      else tables.compliance.suppressFor(principal, number, T0);
    },
    loadRegister: async (state, numbers) => {
      tables.compliance.registers.set(state.name, { state, numbers: new Set(numbers) });
    },
    setKillSwitch: async (on) => {
      tables.compliance.killSwitch = on ? { since: T0, by: "anna", because: "a fire" } : null;
    },
    recount: async (scope) => recount([...tables.attempts.values()], scope),
    alarms: async (campaign) =>
      tables.compliance.alarms
        .filter(({ campaignId: of }) => of === campaign)
        .map(({ code, attemptId, says, times }) => ({ code, attemptId, says, times })),
    pacingSaid: async (campaign, node) => {
      const said = tables.pacing.said(campaign, node);
      if (said === null) return null;
      const { at, because, says, facts } = said;
      return { at, because, says, facts };
    },
    requestAgentCommand: async (agent, command) => tables.addAgentCommand(agent, command, T0),
    leadState: async (id) => {
      const { state, dueAt, because } = tables.leads.get(id)!;
      return { state, dueAt, because };
    },
    attemptRow: async (id) => {
      const row = tables.attempts.get(id);
      if (row === undefined) return null;
      const { nodeId, order, state, facts, outcome, disposition, account } = row;
      const { leadId: lead, number } = order;
      return { nodeId, leadId: lead, number, state, facts, outcome, disposition: disposition?.code ?? null, account };
    },
    permanentOutcome: async (number) => tables.permanent.get(number) ?? null,
    agentState: async (id) => {
      const { state, since, attemptId, pauseReason } = tables.agents.get(id)!.states.at(-1)!;
      return { state, since, attemptId, pauseReason };
    },
    previewEnd: async (id) => {
      const row = tables.previews.rows.get(id);
      if (row === undefined || row.ended === null) return row === undefined ? undefined : null;
      const { end, press, because } = row.ended;
      return { end, press, because };
    },
    transfers: async (attempt) => [...tables.transfers.values()].filter(({ attemptId }) => attemptId === attempt),
    supervisions: async (attempt) => [...tables.supervisions.values()].filter(({ attemptId }) => attemptId === attempt),
    deskWork: async (attempt) => [...tables.deskWork.values()].filter(({ attemptId }) => attemptId === attempt),
    seedFlow: async (flow) => {
      const flowId = next();
      tables.flows.known.set(flowId, { flowId, flow });
      return { flowId, name: `flow-${String(flowId)}`, version: "0123456789abcdef" };
    },
    flowResults: async (id) =>
      Object.fromEntries([...(tables.flows.results.get(id)?.values() ?? [])].map(({ name, value }) => [name, value])),
    commandResult: async (id) => tables.commands.find(({ commandId }) => commandId === id)?.result ?? null,
    close: async () => undefined,
  };
};

describeStoreContract("the store in memory", makeFixture);
