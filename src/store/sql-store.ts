/** The engine's Store on MySQL or MariaDB: each promise is a file under verbs/. */
import type { AccountReading, AccountScope } from "../domain/account.ts";
import type { AttemptOrder } from "../domain/attempt.ts";
import type { DeskWork } from "../domain/desk.ts";
import type { SupervisionNote } from "../domain/supervision.ts";
import type { TransferNote } from "../domain/transfer.ts";
import type { AgentId, AttemptId, CampaignId, LeadId, NodeId } from "../domain/ids.ts";
import type { Instant } from "../domain/instant.ts";
import type { PreviewEnded, PreviewShown } from "../domain/preview.ts";
import type { OpenRecording, RecordingGap, RecordingNote } from "../domain/recording.ts";
import type {
  AgentStateChange,
  Alarm,
  AttemptChange,
  AttemptEnd,
  DesiredState,
  FlowNote,
  InsertGuard,
  LeadClaim,
  LeadToDial,
  LeadVerdict,
  ManualEnd,
  NumberedJob,
  OpenAttempt,
  PacingMemory,
  PacingReport,
  Store,
  TollSpent,
} from "../engine/ports.ts";
import { carriedOut } from "../engine/rows/carried-out.ts";
import type { CallbackTime } from "../lead/callback.ts";
import type { ContactCount } from "../lead/redial/contact-rates.ts";
import type { Database } from "./database.ts";
import type { NumberHashKey } from "./number-key.ts";
import { readAccounts } from "./verbs/accounts.ts";
import { raiseAlarm, stopCampaign } from "./verbs/alarms.ts";
import { carryOut } from "./verbs/carry-out.ts";
import { ClaimMemory, claimLeads } from "./verbs/claim-leads.ts";
import { contactRates } from "./verbs/contact-rates.ts";
import { BELIEVE_NOTHING, DesiredReader, type Belief } from "./verbs/desired-state.ts";
import { endAttempt, endAttempts } from "./verbs/end-attempt.ts";
import { finishAgentCommand } from "./verbs/finish-agent-command.ts";
import { insertAttempts } from "./verbs/insert-attempts.ts";
import { holdNode, releaseNode } from "./verbs/node-lease.ts";
import { finishManual, manualLead } from "./verbs/manual-calls.ts";
import { openAttempts } from "./verbs/open-attempts.ts";
import { noteRecording, noteRecordingGap, openRecordings } from "./verbs/recordings.ts";
import { pacingMemories, reportPacing } from "./verbs/pacing.ts";
import { endPreview, keepLeases, showPreview } from "./verbs/previews.ts";
import { recordAgentStates } from "./verbs/record-agent-state.ts";
import { recordChanges } from "./verbs/record-changes.ts";
import { recordDeskWork } from "./verbs/record-desk-work.ts";
import { recordSupervision, recordTransfer } from "./verbs/record-transfer.ts";
import { recordDisposition } from "./verbs/record-disposition.ts";
import { SqlReturnCalls } from "./verbs/return-calls.ts";
import { recordFlow } from "./verbs/record-flow.ts";
import { releaseLeases } from "./verbs/release-leases.ts";
import { releaseLead } from "./verbs/settle-lead.ts";
import { tollSpent } from "./verbs/toll-spent.ts";
import { verifyPin } from "./verbs/verify-pin.ts";

export class SqlStore implements Store {
  readonly #db: Database;
  readonly #hashKey: NumberHashKey;
  readonly #claims = new ClaimMemory();
  readonly returnCalls: SqlReturnCalls;
  readonly #desired: DesiredReader;

  /** @param belief how long desired state is believed in parts; without it everything is read each time it is asked for */
  constructor(db: Database, belief: Belief = BELIEVE_NOTHING) {
    this.#db = db;
    this.#hashKey = db.numberHashKey;
    this.returnCalls = new SqlReturnCalls(db, db.numberHashKey);
    this.#desired = new DesiredReader(db, db.numberHashKey, belief);
  }

  desiredState(nodeId: NodeId): Promise<DesiredState> {
    return this.#desired.read(nodeId);
  }

  tollSpent(since: Instant, at: Instant): Promise<readonly TollSpent[]> {
    return tollSpent(this.#db, since, at);
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

  noteRecording(nodeId: NodeId, note: RecordingNote): Promise<void> {
    return noteRecording(this.#db, nodeId, note);
  }

  noteRecordingGap(gap: RecordingGap): Promise<void> {
    return noteRecordingGap(this.#db, gap);
  }

  openRecordings(nodeId: NodeId): Promise<OpenRecording[]> {
    return openRecordings(this.#db, nodeId);
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

  endAttempts(ends: readonly AttemptEnd[]): Promise<readonly boolean[]> {
    return endAttempts(this.#db, ends, this.#hashKey);
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
    return recordAgentStates(this.#db, nodeId, [change]);
  }

  recordAgentStates(nodeId: NodeId, changes: readonly AgentStateChange[]): Promise<void> {
    return recordAgentStates(this.#db, nodeId, changes);
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

  recordDeskWork(work: DeskWork): Promise<void> {
    return recordDeskWork(this.#db, work);
  }

  recordTransfer(note: TransferNote): Promise<void> {
    return recordTransfer(this.#db, note);
  }

  recordSupervision(note: SupervisionNote): Promise<void> {
    return recordSupervision(this.#db, note);
  }

  recordFlow(note: FlowNote): Promise<void> {
    return recordFlow(this.#db, note, this.#hashKey);
  }

  verifyPin(agentId: AgentId, pin: string): Promise<boolean> {
    return verifyPin(this.#db, agentId, pin);
  }

  holdNode(nodeId: NodeId, holder: string, at: Instant, forMs: number): Promise<void> {
    return holdNode(this.#db, { nodeId, holder, at, forMs });
  }

  carryOut(holder: string, jobs: readonly NumberedJob[], at: Instant): Promise<number> {
    return carryOut(this.#db, { holder, jobs, at }, (within, open) => carriedOut(new SqlStore(within), open));
  }

  releaseNode(nodeId: NodeId, holder: string): Promise<void> {
    return releaseNode(this.#db, nodeId, holder);
  }
}
