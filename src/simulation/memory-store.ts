/**
 * The Store port over rows in memory, with the promises of the SQL one: leases, guards, all or nothing. One rule to
 * remember: each method does its work in one go, as a transaction would, and every write may be repeated.
 */
import type { AccountReading, AccountScope } from "../domain/account.ts";
import { type AttemptOrder, NOTHING_KNOWN, REACHED_FROM } from "../domain/attempt.ts";
import type { AgentId, AttemptId, CampaignId, LeadId, NodeId } from "../domain/ids.ts";
import { after, type Instant, isBefore } from "../domain/instant.ts";
import { outcomeFacts } from "../domain/outcome.ts";
import type { PreviewEnded, PreviewShown } from "../domain/preview.ts";
import {
  type AgentStateChange,
  type Alarm,
  type AttemptChange,
  type AttemptEnd,
  type DesiredState,
  type DialNumber,
  type InsertGuard,
  type LeadClaim,
  type LeadToDial,
  type LeadVerdict,
  type ManualEnd,
  type OpenAttempt,
  type PacingMemory,
  type PacingReport,
  type Store,
  StoreError,
} from "../engine/ports.ts";
import type { CallbackTime } from "../lead/callback.ts";
import type { ContactCount } from "../lead/redial/contact-rates.ts";
import { type AgentRow, type AttemptRow, MemoryTables } from "./memory-tables.ts";

export class MemoryStore implements Store {
  readonly tables: MemoryTables;

  constructor(tables: MemoryTables = new MemoryTables()) {
    this.tables = tables;
  }

  async desiredState(nodeId: NodeId): Promise<DesiredState> {
    const { campaigns, agents, commands } = this.tables;
    return {
      campaigns: [...campaigns.values()],
      agents: [...agents.values()].map(({ profile }) => profile),
      agentCommands: commands
        .filter(({ finishedAt, agentId }) => finishedAt === null && !isElsewhere(agents.get(agentId), nodeId))
        .map(({ commandId, agentId, command, requestedAt }) => ({ commandId, agentId, command, requestedAt })),
      manualCalls: this.tables.manual.waiting(nodeId),
      compliance: this.tables.compliance.stateWith(this.#optedOut(nodeId)),
    };
  }

  #optedOut(nodeId: NodeId): AttemptId[] {
    const optedOut: AttemptId[] = [];
    for (const row of this.tables.openAttempts()) {
      const { attemptId, principal, number } = row.order;
      if (row.nodeId === nodeId && this.tables.compliance.isSuppressed(principal, number)) optedOut.push(attemptId);
    }
    return optedOut;
  }

  #open(nodeId: NodeId): AttemptRow[] {
    return [...this.tables.openAttempts()].filter((row) => row.nodeId === nodeId);
  }

  async finishAgentCommand(commandId: number, result: string, at: Instant): Promise<void> {
    const row = this.tables.commands.find((command) => command.commandId === commandId);
    if (row?.finishedAt !== null) return; // Unknown, or finished by an earlier try.
    row.result = result;
    row.finishedAt = at;
  }

  async claimLeads(claim: LeadClaim): Promise<LeadToDial[]> {
    return claim.limit <= 0 ? [] : this.tables.leadTable.claim(this.tables, claim);
  }

  async contactRates(campaignIds: readonly CampaignId[]): Promise<ReadonlyMap<CampaignId, readonly ContactCount[]>> {
    return new Map(campaignIds.map((campaignId) => [campaignId, this.tables.leadTable.ratesOf(campaignId)]));
  }

  async releaseLead(nodeId: NodeId, leadId: LeadId, verdict: LeadVerdict, _at: Instant): Promise<void> {
    const lead = this.tables.leads.get(leadId);
    if (lead?.state === "leased" && lead.leasedBy === nodeId) this.tables.leadTable.settle(lead, verdict);
  }

  async releaseLeases(nodeId: NodeId, campaignId: CampaignId | null): Promise<number> {
    const held = [...this.tables.leads.values()].filter(
      (lead) =>
        lead.state === "leased" && lead.leasedBy === nodeId && (campaignId === null || lead.campaignId === campaignId),
    );
    for (const lead of held) this.tables.leadTable.settle(lead, { type: "requeue" });
    return held.length;
  }

  async showPreview(nodeId: NodeId, preview: PreviewShown, leaseUntil: Instant): Promise<boolean> {
    const [held] = await this.keepLeases(nodeId, [preview.leadId], leaseUntil);
    if (held === undefined) return false;
    this.tables.previews.show(nodeId, preview);
    return true;
  }

  async endPreview(end: PreviewEnded): Promise<void> {
    this.tables.previews.end(end);
  }

  async keepLeases(nodeId: NodeId, leadIds: readonly LeadId[], leaseUntil: Instant): Promise<readonly LeadId[]> {
    return leadIds.filter((leadId) => {
      const lead = this.tables.leads.get(leadId);
      if (lead?.state !== "leased" || lead.leasedBy !== nodeId) return false;
      lead.leasedUntil = leaseUntil;
      return true;
    });
  }

  async manualLead(nodeId: NodeId, manualId: number, at: Instant): Promise<LeadToDial | null> {
    const row = this.tables.manual.rows.find((each) => each.manualId === manualId);
    const lead = row === undefined ? undefined : this.tables.leads.get(row.leadId);
    if (row === undefined || lead?.state !== "leased" || lead.leasedBy !== nodeId) return null;
    return this.tables.leadTable.leadToDial(this.tables, lead, at, row.numberId);
  }

  async finishManual(end: ManualEnd): Promise<void> {
    const row = this.tables.manual.rows.find(({ manualId }) => manualId === end.manualId);
    if (row !== undefined) row.end ??= end;
  }

  async insertAttempts(
    nodeId: NodeId,
    orders: readonly AttemptOrder[],
    guard: InsertGuard,
  ): Promise<readonly AttemptId[]> {
    const unwritten = orders.filter(({ attemptId }) => !this.tables.attempts.has(attemptId));
    const fresh = this.#withinCredit(this.#allowedByGuard(unwritten, guard), guard);
    for (const { leadId } of fresh) {
      const lead = this.tables.leads.get(leadId);
      if (lead?.state !== "leased" || lead.leasedBy !== nodeId) {
        throw new StoreError("conflict", "the lead is not leased by this node");
      }
    }
    for (const order of fresh) {
      this.tables.addAttempt({
        order,
        nodeId,
        state: "placing",
        facts: { ...NOTHING_KNOWN, agentId: order.agentId },
        outcome: null,
        account: null,
        disposition: null,
      });
      const lead = this.tables.leads.get(order.leadId);
      if (lead !== undefined) Object.assign(lead, { state: "dialling", leasedUntil: null });
      this.tables.leadTable.takePromise(order.callbackId);
    }
    return unwritten.filter((order) => !fresh.includes(order)).map(({ attemptId }) => attemptId);
  }

  /** In the order given: of two with one number, the second is told of the first. */
  #allowedByGuard(orders: readonly AttemptOrder[], guard: InsertGuard): AttemptOrder[] {
    const allowed: AttemptOrder[] = [];
    for (const order of orders) {
      const { principal, number, numberId, leadId, decidedAt } = order;
      const facts = this.tables.compliance.factsOf(principal, number, decidedAt);
      const justNow = allowed.filter((other) => other.number === number && other.principal === principal);
      const isWrong = this.tables.leads.get(leadId)?.numbers.some((row) => row.numberId === numberId && row.isWrong);
      const known = {
        ...facts,
        permanentOutcome: isWrong === true ? "wrong-number" : facts.permanentOutcome,
        attemptsAt: [...justNow.map((other) => other.decidedAt), ...facts.attemptsAt].sort((a, b) => b - a),
      };
      if (guard.mayDial(order, known)) allowed.push(order);
    }
    return allowed;
  }

  /** The first ones, as many as the accounts allow to overdial; and all that do not. */
  #withinCredit(orders: readonly AttemptOrder[], { overdial }: InsertGuard): readonly AttemptOrder[] {
    if (overdial === null || !orders.some((order) => order.overdial)) return orders;
    let credit = overdial.credit(this.tables.accounts.read(overdial.scopes, this.tables.openAttempts()));
    return orders.filter((order) => {
      if (!order.overdial) return true;
      credit -= 1;
      return credit >= 0;
    });
  }

  async recordChanges(changes: readonly AttemptChange[]): Promise<number> {
    let unfit = 0;
    for (const { attemptId, state, facts } of changes) {
      const row = this.tables.attempts.get(attemptId);
      if (row !== undefined && REACHED_FROM[state].includes(row.state)) Object.assign(row, { state, facts });
      else unfit += 1;
    }
    return unfit;
  }

  async endAttempt(end: AttemptEnd): Promise<boolean> {
    const row = this.tables.attempts.get(end.attemptId);
    if (row === undefined || row.state === "ended") return false;
    const { facts, outcome, account, guaranteedOnlyUntil } = end;
    this.tables.accounts.changing(row, () => Object.assign(row, { state: "ended", facts, outcome, account }));
    const { principal, number } = row.order;
    if (outcomeFacts(outcome).permanent && outcome !== "suppressed") this.tables.permanent.set(number, outcome);
    if (guaranteedOnlyUntil !== null) this.tables.compliance.guaranteeUntil(principal, number, guaranteedOnlyUntil);
    this.tables.leadTable.ended(end, row.order.decidedAt);
    return true;
  }

  async openAttempts(nodeId: NodeId): Promise<OpenAttempt[]> {
    return this.#open(nodeId).flatMap(({ order, state, facts }) => {
      const lead = this.tables.leads.get(order.leadId);
      const { leadTable } = this.tables;
      const asNow =
        lead === undefined
          ? null
          : leadTable.leadToDial(this.tables, lead, order.decidedAt, order.numberId, order.principal);
      if (asNow === null) return [];
      // As it was when the lead was claimed: without this very attempt.
      const before = <Its extends DialNumber>(its: Its): Its => {
        const attemptsAt = its.facts.attemptsAt.filter((at) => at < order.decidedAt);
        return { ...its, facts: { ...its.facts, attemptsAt } };
      };
      return [{ order, state, facts, lead: { ...before(asNow), numbers: asNow.numbers.map(before) } }];
    });
  }

  async readAccounts(scopes: readonly AccountScope[]): Promise<readonly AccountReading[]> {
    return this.tables.accounts.read(scopes, this.tables.openAttempts());
  }

  async stopCampaign(campaignId: CampaignId, alarm: Alarm): Promise<void> {
    const campaign = this.tables.campaigns.get(campaignId);
    if (campaign !== undefined) this.tables.putCampaign({ ...campaign, desiredState: "stopped" });
    this.tables.compliance.raise(alarm);
  }

  async raiseAlarm(alarm: Alarm): Promise<void> {
    this.tables.compliance.raise(alarm);
  }

  async reportPacing(nodeId: NodeId, reports: readonly PacingReport[]): Promise<void> {
    this.tables.pacing.put(
      nodeId,
      reports.filter(({ campaignId }) => this.tables.campaigns.has(campaignId)),
    );
  }

  async pacingMemories(nodeId: NodeId): Promise<readonly PacingMemory[]> {
    return this.tables.pacing.memoriesFor(nodeId);
  }

  async recordAgentState(nodeId: NodeId, change: AgentStateChange): Promise<void> {
    const row = this.tables.agents.get(change.agentId);
    const latest = row?.states.at(-1);
    // A repeated or overtaken change touches nothing.
    if (row === undefined || (latest !== undefined && isBefore(change.at, latest.at))) return;
    row.states.push(change);
    row.nodeId = nodeId;
  }

  async recordDisposition(
    attemptId: AttemptId,
    agentId: AgentId,
    dispositionCode: string,
    at: Instant,
    callback: CallbackTime | null = null,
  ): Promise<void> {
    const row = this.tables.attempts.get(attemptId);
    if (row === undefined || (row.disposition !== null && isBefore(at, row.disposition.at))) return;
    const { campaignId, leadId, numberId, number } = row.order;
    const known = this.tables.campaigns.get(campaignId)?.dispositions.find(({ code }) => code === dispositionCode);
    const kind = known?.kind ?? null;
    const askedBefore = row.disposition?.kind === "callback-requested";
    if (askedBefore) this.tables.leadTable.withdrawOwn(leadId, agentId, at);
    if (kind === "callback-requested" && callback !== null) this.tables.leadTable.promise(leadId, agentId, callback);
    this.tables.accounts.changing(row, () => {
      row.disposition = { agentId, code: dispositionCode, kind, at };
    });
    this.tables.compliance.amd.disposed(row);
    if (kind === "opt-out-requested" && !this.tables.suppressed.has(number)) this.tables.suppressed.set(number, at);
    if (kind !== "wrong-number") return;
    const wrong = this.tables.leads.get(leadId)?.numbers.find((each) => each.numberId === numberId);
    if (wrong !== undefined) wrong.isWrong = true;
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
    if (row?.holder === holder) return;
    this.#logOutAll(nodeId, at);
    this.tables.previews.withdrawAll(nodeId, at);
  }

  /** A daemon that has just come knows nobody yet. */
  #logOutAll(nodeId: NodeId, at: Instant): void {
    for (const { profile, nodeId: where, states } of this.tables.agents.values()) {
      if (where !== nodeId || states.at(-1)?.state === "loggedOut") continue;
      const nobody = { state: "loggedOut", attemptId: null, pauseReason: null } as const;
      states.push({ agentId: profile.agentId, ...nobody, since: at, at });
    }
  }

  async releaseNode(nodeId: NodeId, holder: string): Promise<void> {
    if (this.tables.nodes.get(nodeId)?.holder === holder) this.tables.nodes.delete(nodeId);
  }
}

const isElsewhere = (agent: AgentRow | undefined, nodeId: NodeId): boolean =>
  agent !== undefined && agent.nodeId !== null && agent.nodeId !== nodeId && agent.states.at(-1)?.state !== "loggedOut";
