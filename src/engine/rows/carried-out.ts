/** Where a job that was written behind meets the store again: in this process, or in the one after it. */
import type { NodeId } from "../../domain/ids.ts";
import type { AgentStateChange, AttemptEnd, Store } from "../ports.ts";
import type { NumberedJob, StoreJob } from "./store-jobs.ts";

/**
 * Each number once, and none that is not above all before it: a process that is killed may leave a row in its spool and
 * among its notes as well.
 *
 * @param position the highest number that was carried out
 */
export function openJobs(jobs: readonly NumberedJob[], position: number): readonly NumberedJob[] {
  let highest = position;
  return jobs.filter(({ seq }) => {
    if (seq <= highest) return false;
    highest = seq;
    return true;
  });
}

/**
 * As if in order, though what the store writes with the statements of one goes together: what attempts came to know, and
 * what agents do, depend on nothing else that is written behind. Resolves with how many changes no longer fitted their
 * attempts; those of an attempt that ends here are spared, because its end says all of it.
 */
export async function carriedOut(store: Store, jobs: readonly StoreJob[]): Promise<number> {
  const ended = new Set(jobs.flatMap((job) => (job.type === "attemptEnd" ? [job.end.attemptId] : [])));
  const changes = jobs.flatMap((job) =>
    job.type === "attemptChange" && !ended.has(job.change.attemptId) ? [job.change] : [],
  );
  const unfit = changes.length > 0 ? await store.recordChanges(changes) : 0;
  const states = new Map<NodeId, AgentStateChange[]>();
  for (const job of jobs) {
    if (job.type === "agentState") states.set(job.nodeId, [...(states.get(job.nodeId) ?? []), job.change]);
  }
  for (const [nodeId, some] of states) await store.recordAgentStates(nodeId, some);
  const rest = jobs.filter(isOther);
  for (let from = 0; from < rest.length;) {
    const ends = endsAt(rest, from);
    const job = rest[from];
    if (ends.length > 1) await store.endAttempts(ends);
    else if (job !== undefined) await oneCarriedOut(store, job);
    from += Math.max(1, ends.length);
  }
  return unfit;
}

type OtherJob = Exclude<StoreJob, { type: "attemptChange" | "agentState" }>;
const isOther = (job: StoreJob): job is OtherJob => job.type !== "attemptChange" && job.type !== "agentState";

/** Those that follow each other from here. */
const endsAt = (jobs: readonly OtherJob[], from: number): readonly AttemptEnd[] => {
  const ends: AttemptEnd[] = [];
  for (let job = jobs[from]; job?.type === "attemptEnd"; job = jobs[from + ends.length]) ends.push(job.end);
  return ends;
};

/** The one place where a job becomes a verb. */
function oneCarriedOut(store: Store, job: OtherJob): Promise<unknown> {
  switch (job.type) {
    case "attemptEnd":
      return store.endAttempt(job.end);
    case "leadRelease":
      return store.releaseLead(job.nodeId, job.leadId, job.verdict, job.at);
    case "leasesRelease":
      return store.releaseLeases(job.nodeId, job.campaignId);
    case "agentCommand":
      return store.finishAgentCommand(job.commandId, job.result, job.at);
    case "disposition":
      return store.recordDisposition(job.attemptId, job.agentId, job.code, job.at, job.callback);
    case "deskWork":
      return store.recordDeskWork(job.work);
    case "transfer":
      return store.recordTransfer(job.note);
    case "supervision":
      return store.recordSupervision(job.note);
    case "flow":
      return store.recordFlow(job.note);
    case "manualEnd":
      return store.finishManual(job.end);
    case "previewEnd":
      return store.endPreview(job.end);
    case "recording":
      return store.noteRecording(job.nodeId, job.note);
    case "recordingGap":
      return store.noteRecordingGap(job.gap);
    case "returnBegin":
      return store.returnCalls.begin(job.nodeId, job.row);
    case "returnEnd":
      return store.returnCalls.end(job.end);
    case "returnOptOut":
      return store.returnCalls.optOut(job.row, job.at);
    case "alarm":
      return store.raiseAlarm(job.alarm);
    case "campaignStop":
      return store.stopCampaign(job.campaignId, job.alarm);
  }
}
