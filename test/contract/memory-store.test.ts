import { agentId, campaignId, leadId, listId, numberId } from "../../src/domain/ids.ts";
import { MemoryStore } from "../../src/simulation/memory-store.ts";
import { anyCampaign, T0, type StoreFixture } from "./store/fixture.ts";
import { describeStoreContract } from "./store-suite.ts";

const makeFixture = async (): Promise<StoreFixture> => {
  const store = new MemoryStore();
  const { tables } = store;
  let serial = 0;
  const next = (): number => (serial += 1);
  return {
    store,
    seedCampaign: async (change = {}) => {
      const id = campaignId(next());
      tables.putCampaign({ ...anyCampaign(change), campaignId: id });
      return id;
    },
    seedList: async (campaign, leads) => {
      const list = listId(next());
      return leads.map(({ numbers, priority = 0, dueAt = T0 }) => {
        const lead = leadId(next());
        const rows = numbers.map(({ number, timeZone = null }) => ({ numberId: numberId(next()), number, timeZone }));
        tables.addLead({ leadId: lead, campaignId: campaign, listId: list, numbers: rows, priority, dueAt });
        return lead;
      });
    },
    seedAgent: async ({ endpoint, pin, campaignIds }) => {
      const id = agentId(next());
      const profile = { agentId: id, name: `agent-${id}`, endpoint: endpoint ?? `PJSIP/${id}`, campaignIds };
      tables.addAgent({ ...profile, hasPin: pin !== undefined }, pin ?? null);
      return id;
    },
    suppress: async (number) => {
      tables.suppressed.set(number, T0);
    },
    requestAgentCommand: async (agent, command) => tables.addAgentCommand(agent, command, T0),
    leadState: async (id) => {
      const { state, dueAt, because } = tables.leads.get(id)!;
      return { state, dueAt, because };
    },
    attemptRow: async (id) => {
      const row = tables.attempts.get(id);
      if (row === undefined) return null;
      const { nodeId, order, state, facts, outcome, disposition } = row;
      const { leadId: lead, number } = order;
      return { nodeId, leadId: lead, number, state, facts, outcome, disposition: disposition?.code ?? null };
    },
    permanentOutcome: async (number) => tables.permanent.get(number) ?? null,
    agentState: async (id) => {
      const { state, since, attemptId, pauseReason } = tables.agents.get(id)!.states.at(-1)!;
      return { state, since, attemptId, pauseReason };
    },
    commandResult: async (id) => tables.commands.find(({ commandId }) => commandId === id)?.result ?? null,
    close: async () => undefined,
  };
};

describeStoreContract("the store in memory", makeFixture);
