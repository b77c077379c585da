/** A call with everything the engine keeps beside it. */
import type { CallPolicy, LivingCall } from "../call/call.ts";
import type { ComplianceProfile } from "../compliance/profile.ts";
import type { AttemptOrder } from "../domain/attempt.ts";
import type { Campaign } from "../domain/campaign.ts";
import type { Listens } from "./amd.ts";
import type { EngineTimings } from "./context.ts";
import type { LeadToDial } from "./ports.ts";

export interface LiveCall {
  readonly order: AttemptOrder;
  readonly lead: LeadToDial;
  /** As they were when the call was placed: a call finishes under the rules it began with. */
  readonly campaign: Campaign;
  /** Null for a call of the last process whose profile is not known any more. */
  readonly profile: ComplianceProfile | null;
  readonly policy: CallPolicy;
  /** Null where AMD does not listen. */
  readonly listens: Listens | null;
  call: LivingCall;
}

/** The times of a call under this campaign and profile. Without a profile it rings as long as the campaign rings anybody. */
export function policyOf(
  campaign: Campaign,
  order: AttemptOrder,
  profile: ComplianceProfile | null,
  timings: EngineTimings,
  listens: Listens | null = null,
): CallPolicy {
  return {
    placeTimeoutMs: timings.placeTimeoutMs,
    ringTimeoutMs: campaign.ringTimeoutMs,
    ringMinMs: profile?.ringMinMs ?? campaign.ringTimeoutMs,
    earlyRingMinMs: profile?.earlyRingMinMs ?? campaign.ringTimeoutMs,
    clock: order.clock,
    talkMaxMs: campaign.talkMaxMs,
    messageMaxMs: timings.messageMaxMs,
    hangUpRetryMs: timings.hangUpRetryMs,
    amd: listens?.policy ?? null,
  };
}
