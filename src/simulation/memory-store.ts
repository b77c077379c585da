/**
 * The Store port over rows in memory, with the promises of the SQL one: leases, guards, all or nothing. One rule to
 * remember: each method does its work in one go, as a transaction would, and every write may be repeated.
 */
import type { AccountReading, AccountScope } from "../domain/account.ts";
import { type AttemptOrder, NOTHING_KNOWN, REACHED_FROM } from "../domain/attempt.ts";
import type { DeskWork } from "../domain/desk.ts";
import type { SupervisionNote } from "../domain/supervision.ts";
import type { TransferNote } from "../domain/transfer.ts";
import type { AgentId, AttemptId, CampaignId, LeadId, NodeId } from "../domain/ids.ts";
import { after, type Instant, isBefore } from "../domain/instant.ts";
import { outcomeFacts } from "../domain/outcome.ts";
import type { OpenRecording, RecordingGap, RecordingNote } from "../domain/recording.ts";
import type { PreviewEnded, PreviewShown } from "../domain/preview.ts";
import { StoreError } from "../engine/ports.ts";
import type { AgentStateChange, Alarm, AttemptChange, AttemptEnd, DesiredState } from "../engine/ports.ts";
import type { DialNumber, FlowNote, InsertGuard, LeadClaim, LeadToDial, LeadVerdict } from "../engine/ports.ts";
import type { ManualEnd, NumberedJob, OpenAttempt, PacingMemory, PacingReport, TollSpent } from "../engine/ports.ts";
import type { Store } from "../engine/ports.ts";
import { carriedOut, openJobs } from "../engine/rows/carried-out.ts";
import type { CallbackTime } from "../lead/callback.ts";
import type { ContactCount } from "../lead/redial/contact-rates.ts";
import { MemoryReturns } from "./memory-returns.ts";
import { tollOf } from "./memory-toll.ts";
import { type AgentRow, type AttemptRow, MemoryTables } from "./memory-tables.ts";

export class MemoryStore implements Store {
  readonly tables: MemoryTables;
  readonly returnCalls: MemoryReturns;

  constructor(tables: MemoryTables = new MemoryTables()) {
    this.tables = tables;
    this.returnCalls = new MemoryReturns(tables);
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
      flows: this.tables.flows.of(campaigns.values()),
      nodeDrained: this.tables.drained.has(nodeId),
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

  async tollSpent(since: Instant, at: Instant): Promise<readonly TollSpent[]> {
    return tollOf(this.tables.attempts.values(), since, at);
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

  async noteRecording(nodeId: NodeId, note: RecordingNote): Promise<void> {
    this.tables.recordings.note(nodeId, note);
  }

  async noteRecordingGap(gap: RecordingGap): Promise<void> {
    this.tables.recordings.noteGap(gap);
  }

  async openRecordings(nodeId: NodeId): Promise<OpenRecording[]> {
    return this.tables.recordings.open(nodeId);
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
        onTheLineAt: justNow.length > 0 ? decidedAt : facts.onTheLineAt,
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

  async endAttempts(ends: readonly AttemptEnd[]): Promise<readonly boolean[]> {
    const ended: boolean[] = [];
    for (const end of ends) ended.push(await this.endAttempt(end));
    return ended;
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
        return { ...its, facts: { ...its.facts, attemptsAt, onTheLineAt: null } };
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

  async recordAgentStates(nodeId: NodeId, changes: readonly AgentStateChange[]): Promise<void> {
    for (const change of changes) await this.recordAgentState(nodeId, change);
  }

  async recordTransfer(note: TransferNote): Promise<void> {
    const key = `${note.attemptId} ${note.at}`;
    const known = this.tables.transfers.get(key) ?? note;
    const [metAt, togetherAt] = [known.metAt ?? note.metAt, known.togetherAt ?? note.togetherAt];
    const [endedAt, endedAs] = [known.endedAt ?? note.endedAt, known.endedAs ?? note.endedAs];
    this.tables.transfers.set(key, { ...known, metAt, togetherAt, endedAt, endedAs });
  }

  async recordSupervision(note: SupervisionNote): Promise<void> {
    const key = `${note.supervisorId} ${note.at}`;
    if ((this.tables.supervisions.get(key)?.endedAt ?? null) === null) this.tables.supervisions.set(key, note);
  }

  async recordDeskWork(work: DeskWork): Promise<void> {
    const key = `${work.attemptId} ${work.at} ${work.kind}`;
    const known = this.tables.deskWork.get(key);
    if (known === undefined || known.endedAt === null)
      this.tables.deskWork.set(key, work.endedAt === null ? (known ?? work) : work);
  }

  async recordDisposition(
    attemptId: AttemptId,
    agentId: AgentId,
    dispositionCode: string,
    at: Instant,
    callback: CallbackTime | null = null,
  ): Promise<void> {
    const row = this.tables.attempts.get(attemptId);
    if (row === undefined) this.returnCalls.dispose(attemptId, dispositionCode, at);
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

  async recordFlow({ attemptId, flowId, at, what }: FlowNote): Promise<void> {
    const row = this.tables.attempts.get(attemptId);
    if (row === undefined) return;
    const { leadId, number } = row.order;
    switch (what.type) {
      case "result":
        this.tables.flows.note(attemptId, { flowId, name: what.name, value: what.value, at });
        return;
      case "optOut":
        row.disposition = { agentId: null, code: "opt-out", kind: "opt-out-requested", at };
        if (!this.tables.suppressed.has(number)) this.tables.suppressed.set(number, at);
        return;
      case "callback":
        row.disposition = { agentId: null, code: "callback", kind: "callback-requested", at };
        // Written a second time it is the same promise.
        if (this.tables.flows.isNew(attemptId, what.callback))
          this.tables.leadTable.promise(leadId, null, what.callback);
        return;
    }
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

  async carryOut(holder: string, jobs: readonly NumberedJob[], _at: Instant): Promise<number> {
    const { positions } = this.tables;
    const open = openJobs(jobs, positions.get(holder) ?? 0);
    const last = open.at(-1);
    if (last !== undefined) positions.set(holder, last.seq);
    return carriedOut(
      this,
      open.map(({ job }) => job),
    );
  }

  async releaseNode(nodeId: NodeId, holder: string): Promise<void> {
    if (this.tables.nodes.get(nodeId)?.holder === holder) this.tables.nodes.delete(nodeId);
  }
}

const isElsewhere = (agent: AgentRow | undefined, nodeId: NodeId): boolean =>
  agent !== undefined && agent.nodeId !== null && agent.nodeId !== nodeId && agent.states.at(-1)?.state !== "loggedOut";
