/**
 * What is written behind: rows that follow what has happened, as data, so that they can wait on a disk and outlive the
 * process. One rule to remember: a job says all that its row needs, since whoever carries it out may be another process.
 */
import type { DeskWork } from "../../domain/desk.ts";
import type { AgentId, AttemptId, CampaignId, LeadId, NodeId } from "../../domain/ids.ts";
import type { Instant } from "../../domain/instant.ts";
import type { PreviewEnded } from "../../domain/preview.ts";
import type { RecordingGap, RecordingNote } from "../../domain/recording.ts";
import type { SupervisionNote } from "../../domain/supervision.ts";
import type { TransferNote } from "../../domain/transfer.ts";
import type { ReturnEnd, ReturnRow } from "../../domain/return-call.ts";
import type { CallbackTime } from "../../lead/callback.ts";
import type { AgentStateChange } from "../ports/agent.ts";
import type { AttemptChange, AttemptEnd } from "../ports/attempt.ts";
import type { FlowNote } from "../ports/flow.ts";
import type { LeadVerdict, ManualEnd } from "../ports/lead.ts";
import type { Alarm } from "../ports/report.ts";

/** One for each of the store's verbs that is used behind. */
export type StoreJob =
  | { readonly type: "attemptChange"; readonly change: AttemptChange }
  | { readonly type: "attemptEnd"; readonly end: AttemptEnd }
  | {
      readonly type: "leadRelease";
      readonly nodeId: NodeId;
      readonly leadId: LeadId;
      readonly verdict: LeadVerdict;
      readonly at: Instant;
    }
  | { readonly type: "leasesRelease"; readonly nodeId: NodeId; readonly campaignId: CampaignId | null }
  | { readonly type: "agentState"; readonly nodeId: NodeId; readonly change: AgentStateChange }
  | { readonly type: "agentCommand"; readonly commandId: number; readonly result: string; readonly at: Instant }
  | {
      readonly type: "disposition";
      readonly attemptId: AttemptId;
      readonly agentId: AgentId;
      readonly code: string;
      readonly at: Instant;
      readonly callback: CallbackTime | null;
    }
  | { readonly type: "deskWork"; readonly work: DeskWork }
  | { readonly type: "transfer"; readonly note: TransferNote }
  | { readonly type: "supervision"; readonly note: SupervisionNote }
  | { readonly type: "flow"; readonly note: FlowNote }
  | { readonly type: "manualEnd"; readonly end: ManualEnd }
  | { readonly type: "previewEnd"; readonly end: PreviewEnded }
  | { readonly type: "recording"; readonly nodeId: NodeId; readonly note: RecordingNote }
  | { readonly type: "recordingGap"; readonly gap: RecordingGap }
  | { readonly type: "returnBegin"; readonly nodeId: NodeId; readonly row: ReturnRow }
  | { readonly type: "returnEnd"; readonly end: ReturnEnd }
  | { readonly type: "returnOptOut"; readonly row: ReturnRow; readonly at: Instant }
  | { readonly type: "alarm"; readonly alarm: Alarm }
  | { readonly type: "campaignStop"; readonly campaignId: CampaignId; readonly alarm: Alarm };

export type StoreJobType = StoreJob["type"];

const TYPES: Readonly<Record<StoreJobType, true>> = {
  attemptChange: true,
  attemptEnd: true,
  leadRelease: true,
  leasesRelease: true,
  agentState: true,
  agentCommand: true,
  disposition: true,
  deskWork: true,
  transfer: true,
  supervision: true,
  flow: true,
  manualEnd: true,
  previewEnd: true,
  recording: true,
  recordingGap: true,
  returnBegin: true,
  returnEnd: true,
  returnOptOut: true,
  alarm: true,
  campaignStop: true,
};
export const STORE_JOB_TYPES = Object.keys(TYPES) as readonly StoreJobType[];

/** Whether this version knows how to carry it out. What is in it is vouched for by whoever wrote it, and a checksum. */
export const isStoreJob = (value: unknown): value is StoreJob =>
  typeof value === "object" &&
  value !== null &&
  "type" in value &&
  typeof value.type === "string" &&
  Object.hasOwn(TYPES, value.type);

/** Numbered by the process that thought of it: ascending, none twice. */
export interface NumberedJob {
  readonly seq: number;
  readonly job: StoreJob;
}

/** Of these the store writes any number with the statements of one. */
const WRITTEN_TOGETHER: ReadonlySet<StoreJobType> = new Set(["attemptChange", "attemptEnd", "agentState"]);
/** Of those and of all others in one transaction, whose locks are held until the last of them is written. */
const TOGETHER_MAX = 400;
const OTHERS_MAX = 20;

/** The first ones, as many as go to the store in one transaction. */
export function batchOf<Job extends { readonly job: StoreJob }>(jobs: readonly Job[]): readonly Job[] {
  let [count, others] = [0, 0];
  for (const { job } of jobs) {
    if (!WRITTEN_TOGETHER.has(job.type)) others += 1;
    if (count >= TOGETHER_MAX || others > OTHERS_MAX) break;
    count += 1;
  }
  return jobs.slice(0, count);
}

/** What a store carries out for write-behind. */
export interface JobStore {
  /**
   * In order, all or none, each once: of one holder, what has a number not above the highest that was carried out is
   * passed over. Resolves with how many changes no longer fitted their attempts.
   */
  carryOut(holder: string, jobs: readonly NumberedJob[], at: Instant): Promise<number>;
}

/** Whose row it is, for whoever reads a log. No number, and nobody's name. */
export const describeJob = (job: StoreJob): string => {
  switch (job.type) {
    case "attemptChange":
      return `change of ${job.change.attemptId}`;
    case "attemptEnd":
      return `end of ${job.end.attemptId}`;
    case "disposition":
      return `disposition of ${job.attemptId}`;
    case "flow":
      return `${job.note.what.type} of ${job.note.attemptId}`;
    case "returnBegin":
    case "returnOptOut":
      return `${job.type} of ${job.row.returnId}`;
    case "returnEnd":
      return `end of return call ${job.end.returnId}`;
    default:
      return job.type;
  }
};
