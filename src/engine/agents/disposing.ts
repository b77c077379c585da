/** What an agent says that their last conversation was: found among the campaign's, journalled, and written. */
import type { Disposition } from "../../domain/disposition.ts";
import type { AgentId, AttemptId, CampaignId } from "../../domain/ids.ts";
import type { Instant } from "../../domain/instant.ts";
import type { EngineContext } from "../context.ts";
import type { LiveCall } from "../calls/live-call.ts";
import { callbackTime } from "../calls/redialling.ts";

export interface Disposed {
  readonly agentId: AgentId;
  /** Null for who has talked with nobody, or has passed them on to somebody else. */
  readonly attemptId: AttemptId | null;
  readonly campaignId: CampaignId | null;
  readonly lastCall: LiveCall | null;
  readonly code: string;
  readonly at: Instant;
}

/** Returns what became of it, in a word. */
export function dispose(
  context: EngineContext,
  { agentId, attemptId, campaignId, lastCall, code, at }: Disposed,
  dispositionsOf: (campaignId: CampaignId) => readonly Disposition[],
): string {
  if (attemptId === null || campaignId === null) return "no-call-to-dispose";
  const disposition = dispositionsOf(campaignId).find((each) => each.code === code);
  if (disposition === undefined) return "unknown-disposition";
  const { log, journal, writeBehind } = context;
  const asksForCall = disposition.kind === "callback-requested";
  const callback = asksForCall && lastCall !== null ? callbackTime(lastCall, at) : null;
  if (asksForCall && callback === null && lastCall !== null) {
    log.warn("somebody asked to be called back, and no time could be found", { attemptId });
  }
  journal.append({ at, kind: "disposition", attemptId, agentId, code });
  const job = { type: "disposition", attemptId, agentId, code, at, callback } as const;
  if (disposition.kind === "opt-out-requested") writeBehind.writeAtOnce(job);
  else writeBehind.write(job);
  return "done";
}
