/** The engine's Store on MySQL or MariaDB: each promise is a file under verbs/. */
import type { AccountReading, AccountScope } from "../domain/account.ts";
import type { AttemptOrder } from "../domain/attempt.ts";
import type { AgentId, AttemptId, CampaignId, LeadId, NodeId } from "../domain/ids.ts";
import type { Instant } from "../domain/instant.ts";
import type { PreviewEnded, PreviewShown } from "../domain/preview.ts";
import type {
  AgentStateChange,
  Alarm,
  AttemptChange,
  AttemptEnd,
  DesiredState,
  InsertGuard,
  LeadClaim,
  LeadToDial,
  LeadVerdict,
  ManualEnd,
  OpenAttempt,
  PacingMemory,
  PacingReport,
  Store,
} from "../engine/ports.ts";
import type { CallbackTime } from "../lead/callback.ts";
import type { ContactCount } from "../lead/redial/contact-rates.ts";
import type { Database } from "./database.ts";
import type { NumberHashKey } from "./number-key.ts";
import { readAccounts } from "./verbs/accounts.ts";
import { raiseAlarm, stopCampaign } from "./verbs/alarms.ts";
import { ClaimMemory, claimLeads } from "./verbs/claim-leads.ts";
import { contactRates } from "./verbs/contact-rates.ts";
import { desiredState } from "./verbs/desired-state.ts";
import { endAttempt } from "./verbs/end-attempt.ts";
import { finishAgentCommand } from "./verbs/finish-agent-command.ts";
import { insertAttempts } from "./verbs/insert-attempts.ts";
import { holdNode, releaseNode } from "./verbs/node-lease.ts";
import { finishManual, manualLead } from "./verbs/manual-calls.ts";
import { openAttempts } from "./verbs/open-attempts.ts";
import { pacingMemories, reportPacing } from "./verbs/pacing.ts";
import { endPreview, keepLeases, showPreview } from "./verbs/previews.ts";
import { recordAgentState } from "./verbs/record-agent-state.ts";
import { recordChanges } from "./verbs/record-changes.ts";
import { recordDisposition } from "./verbs/record-disposition.ts";
import { releaseLeases } from "./verbs/release-leases.ts";
import { releaseLead } from "./verbs/settle-lead.ts";
import { verifyPin } from "./verbs/verify-pin.ts";

export class SqlStore implements Store {
  readonly #db: Database;
  readonly #hashKey: NumberHashKey;
  readonly #claims = new ClaimMemory();

  constructor(db: Database) {
    this.#db = db;
    this.#hashKey = db.numberHashKey;
  }

  desiredState(nodeId: NodeId): Promise<DesiredState> {
    return desiredState(this.#db, nodeId, this.#hashKey);
  }

  finishAgentCommand(commandId: number, result: string, at: Instant): Promise<void> {
    return finishAgentCommand(this.#db, commandId, result, at);
  }

  claimLeads(claim: LeadClaim): Promise<LeadToDial[]> {
    return claimLeads({ db: this.#db, memory: this.#claims, hashKey: this.#hashKey }, claim);
  }

  contactRates(campaignIds: readonly CampaignId[]): Promise<ReadonlyMap<CampaignId, readonly ContactCount[]>> {
    return contactRates(this.#db, campaignIds);
  }

  releaseLead(nodeId: NodeId, leadId: LeadId, verdict: LeadVerdict, at: Instant): Promise<void> {
    return releaseLead(this.#db, nodeId, leadId, verdict, at);
  }

  releaseLeases(nodeId: NodeId, campaignId: CampaignId | null): Promise<number> {
    return releaseLeases(this.#db, nodeId, campaignId);
  }

  showPreview(nodeId: NodeId, preview: PreviewShown, leaseUntil: Instant): Promise<boolean> {
    return showPreview(this.#db, nodeId, preview, leaseUntil);
  }

  endPreview(end: PreviewEnded): Promise<void> {
    return endPreview(this.#db, end);
  }

  keepLeases(nodeId: NodeId, leadIds: readonly LeadId[], leaseUntil: Instant): Promise<readonly LeadId[]> {
    return keepLeases(this.#db, nodeId, leadIds, leaseUntil);
  }

  manualLead(nodeId: NodeId, manualId: number, at: Instant): Promise<LeadToDial | null> {
    return manualLead(this.#db, nodeId, manualId, at, this.#hashKey);
  }

  finishManual(end: ManualEnd): Promise<void> {
    return finishManual(this.#db, end);
  }

  insertAttempts(nodeId: NodeId, orders: readonly AttemptOrder[], guard: InsertGuard): Promise<readonly AttemptId[]> {
    return insertAttempts(this.#db, { node: nodeId, orders, guard, hashKey: this.#hashKey });
  }

  recordChanges(changes: readonly AttemptChange[]): Promise<number> {
    return recordChanges(this.#db, changes);
  }

  endAttempt(end: AttemptEnd): Promise<boolean> {
    return endAttempt(this.#db, end, this.#hashKey);
  }

  openAttempts(nodeId: NodeId): Promise<OpenAttempt[]> {
    return openAttempts(this.#db, nodeId, this.#hashKey);
  }

  readAccounts(scopes: readonly AccountScope[]): Promise<readonly AccountReading[]> {
    return readAccounts(this.#db, scopes);
  }

  stopCampaign(campaignId: CampaignId, alarm: Alarm): Promise<void> {
    return stopCampaign(this.#db, campaignId, alarm);
  }

  raiseAlarm(alarm: Alarm): Promise<void> {
    return raiseAlarm(this.#db, alarm);
  }

  reportPacing(nodeId: NodeId, reports: readonly PacingReport[]): Promise<void> {
    return reportPacing(this.#db, nodeId, reports);
  }

  pacingMemories(nodeId: NodeId): Promise<readonly PacingMemory[]> {
    return pacingMemories(this.#db, nodeId);
  }

  recordAgentState(nodeId: NodeId, change: AgentStateChange): Promise<void> {
    return recordAgentState(this.#db, nodeId, change);
  }

  recordDisposition(
    attemptId: AttemptId,
    agentId: AgentId,
    dispositionCode: string,
    at: Instant,
    callback: CallbackTime | null = null,
  ): Promise<void> {
    return recordDisposition(this.#db, { attemptId, agentId, code: dispositionCode, at, callback }, this.#hashKey);
  }

  verifyPin(agentId: AgentId, pin: string): Promise<boolean> {
    return verifyPin(this.#db, agentId, pin);
  }

  holdNode(nodeId: NodeId, holder: string, at: Instant, forMs: number): Promise<void> {
    return holdNode(this.#db, { nodeId, holder, at, forMs });
  }

  releaseNode(nodeId: NodeId, holder: string): Promise<void> {
    return releaseNode(this.#db, nodeId, holder);
  }
}
