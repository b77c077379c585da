/**
 * The Store port over rows in memory, with the promises of the SQL one: leases, guards, all or nothing. One rule to
 * remember: each method does its work in one go, as a transaction would, and every write may be repeated.
 */
import type { AgentId, AttemptId, CampaignId, LeadId, NodeId } from "../domain/ids.ts";
import { after, type Instant, isBefore } from "../domain/instant.ts";
import { outcomeFacts } from "../domain/outcome.ts";
import type { AttemptOrder } from "../domain/attempt.ts";
import {
  type AgentStateChange,
  type AttemptChange,
  type AttemptEnd,
  type DesiredState,
  type LeadToDial,
  type LeadVerdict,
  type OpenAttempt,
  type Store,
  StoreError,
} from "../engine/ports.ts";
import { NOTHING_KNOWN } from "../domain/attempt.ts";
import { type LeadRow, MemoryTables } from "./memory-tables.ts";

export class MemoryStore implements Store {
  readonly tables: MemoryTables;

  constructor(tables: MemoryTables = new MemoryTables()) {
    this.tables = tables;
  }

  async desiredState(_nodeId: NodeId): Promise<DesiredState> {
    const { campaigns, agents, commands } = this.tables;
    return {
      campaigns: [...campaigns.values()],
      agents: [...agents.values()].map(({ profile }) => profile),
      agentCommands: commands
        .filter(({ finishedAt }) => finishedAt === null)
        .map(({ commandId, agentId, command }) => ({ commandId, agentId, command })),
    };
  }

  async finishAgentCommand(commandId: number, result: string, at: Instant): Promise<void> {
    const row = this.tables.commands.find((command) => command.commandId === commandId);
    if (row?.finishedAt !== null) return; // Unknown, or finished by an earlier try.
    row.result = result;
    row.finishedAt = at;
  }

  async claimLeads(
    campaignId: CampaignId,
    nodeId: NodeId,
    limit: number,
    at: Instant,
    leaseMs: number,
  ): Promise<LeadToDial[]> {
    const due = [...this.tables.leads.values()]
      .filter((lead) => lead.campaignId === campaignId && isDue(lead, at))
      .sort((a, b) => a.dueAt - b.dueAt || a.leadId - b.leadId)
      .slice(0, limit);
    return due.flatMap((lead) => {
      const toDial = this.tables.leadToDial(lead);
      if (toDial === null) return [];
      Object.assign(lead, { state: "leased", leasedBy: nodeId, leasedUntil: after(at, leaseMs) });
      return [toDial];
    });
  }

  async releaseLead(nodeId: NodeId, leadId: LeadId, verdict: LeadVerdict, _at: Instant): Promise<void> {
    const lead = this.tables.leads.get(leadId);
    if (lead?.state === "leased" && lead.leasedBy === nodeId) settle(lead, verdict);
  }

  async releaseLeases(nodeId: NodeId, campaignId: CampaignId | null): Promise<number> {
    const held = [...this.tables.leads.values()].filter(
      (lead) =>
        lead.state === "leased" && lead.leasedBy === nodeId && (campaignId === null || lead.campaignId === campaignId),
    );
    for (const lead of held) settle(lead, { type: "requeue" });
    return held.length;
  }

  async insertAttempts(nodeId: NodeId, orders: readonly AttemptOrder[]): Promise<void> {
    const { attempts, leads } = this.tables;
    const fresh = orders.filter(({ attemptId }) => !attempts.has(attemptId));
    for (const { leadId } of fresh) {
      const lead = leads.get(leadId);
      if (lead?.state !== "leased" || lead.leasedBy !== nodeId) {
        throw new StoreError("conflict", "the lead is not leased by this node");
      }
    }
    for (const order of fresh) {
      attempts.set(order.attemptId, {
        order,
        nodeId,
        state: "placing",
        facts: { ...NOTHING_KNOWN, agentId: order.agentId },
        outcome: null,
        disposition: null,
      });
      const lead = leads.get(order.leadId);
      if (lead !== undefined) Object.assign(lead, { state: "dialling", leasedUntil: null });
    }
  }

  async recordChanges(changes: readonly AttemptChange[]): Promise<number> {
    let unfit = 0;
    for (const { attemptId, state, facts } of changes) {
      const row = this.tables.attempts.get(attemptId);
      // Only endAttempt ends a row, and nothing changes it afterwards.
      if (row === undefined || row.state === "ended" || state === "ended") unfit += 1;
      else Object.assign(row, { state, facts });
    }
    return unfit;
  }

  async endAttempt(end: AttemptEnd): Promise<boolean> {
    const row = this.tables.attempts.get(end.attemptId);
    if (row === undefined || row.state === "ended") return false;
    Object.assign(row, { state: "ended", facts: end.facts, outcome: end.outcome });
    const lead = this.tables.leads.get(end.leadId);
    if (lead === undefined) return true;
    lead.attemptsCounted = end.attemptsCounted;
    lead.carrierTries = end.carrierTries;
    lead.lastRetryClass = end.lastRetryClass;
    lead.lastRetryClassCount = end.lastRetryClassCount;
    if (lead.state === "dialling") settle(lead, end.verdict);
    const number = lead.numbers.find(({ numberId }) => numberId === end.numberId);
    if (number !== undefined && outcomeFacts(end.outcome).permanent) number.permanentOutcome = end.outcome;
    return true;
  }

  async openAttempts(nodeId: NodeId): Promise<OpenAttempt[]> {
    return [...this.tables.attempts.values()]
      .filter((row) => row.nodeId === nodeId && row.state !== "ended")
      .flatMap(({ order, state, facts }) => {
        const lead = this.tables.leads.get(order.leadId);
        const toDial = lead === undefined ? null : this.tables.leadToDial(lead, order.numberId);
        return toDial === null ? [] : [{ order, state, facts, lead: toDial }];
      });
  }

  async recordAgentState(_nodeId: NodeId, change: AgentStateChange): Promise<void> {
    const row = this.tables.agents.get(change.agentId);
    const latest = row?.states.at(-1);
    // A repeated or overtaken change touches nothing.
    if (row === undefined || (latest !== undefined && isBefore(change.since, latest.since))) return;
    row.states.push(change);
  }

  async recordDisposition(attemptId: AttemptId, agentId: AgentId, dispositionCode: string, at: Instant): Promise<void> {
    const row = this.tables.attempts.get(attemptId);
    if (row !== undefined) row.disposition = { agentId, code: dispositionCode, at };
  }

  async verifyPin(agentId: AgentId, pin: string): Promise<boolean> {
    const row = this.tables.agents.get(agentId);
    return row !== undefined && row.pin !== null && row.pin === pin;
  }

  async holdNode(nodeId: NodeId, holder: string, at: Instant, forMs: number): Promise<void> {
    const row = this.tables.nodes.get(nodeId);
    if (row !== undefined && row.holder !== holder && isBefore(at, row.heldUntil)) {
      throw new StoreError("conflict", "another daemon holds this node's name");
    }
    this.tables.nodes.set(nodeId, { holder, heldUntil: after(at, forMs) });
  }

  async releaseNode(nodeId: NodeId, holder: string): Promise<void> {
    if (this.tables.nodes.get(nodeId)?.holder === holder) this.tables.nodes.delete(nodeId);
  }
}

/** Waiting and due, or leased by somebody who has let the lease run out. */
const isDue = (lead: LeadRow, at: Instant): boolean =>
  (lead.state === "pending" && lead.dueAt <= at) ||
  (lead.state === "leased" && lead.leasedUntil !== null && lead.leasedUntil <= at);

const settle = (lead: LeadRow, verdict: LeadVerdict): void => {
  lead.leasedBy = null;
  lead.leasedUntil = null;
  switch (verdict.type) {
    case "retry":
      Object.assign(lead, { state: "pending", dueAt: verdict.at, because: verdict.because });
      return;
    case "done":
    case "held":
      Object.assign(lead, { state: verdict.type, because: verdict.because });
      return;
    case "requeue":
      lead.state = "pending";
  }
};
