/** A call with everything the engine keeps beside it. */
import type { CallPolicy, LivingCall } from "../call/call.ts";
import type { AttemptOrder } from "../domain/attempt.ts";
import type { Campaign } from "../domain/campaign.ts";
import type { EngineTimings } from "./context.ts";
import type { LeadToDial } from "./ports.ts";

export interface LiveCall {
  readonly order: AttemptOrder;
  readonly lead: LeadToDial;
  /** As it was when the call was placed: a call finishes under the rules it began with. */
  readonly campaign: Campaign;
  readonly policy: CallPolicy;
  call: LivingCall;
}

/** The times of a call under this campaign. */
export const policyOf = (campaign: Campaign, timings: EngineTimings): CallPolicy => ({
  placeTimeoutMs: timings.placeTimeoutMs,
  ringTimeoutMs: campaign.ringTimeoutMs,
  connectWithinMs: Math.max(0, campaign.connectTimeoutMs - campaign.connectSafetyMarginMs),
  connectLimitMs: campaign.connectTimeoutMs,
  talkMaxMs: campaign.talkMaxMs,
  messageMaxMs: timings.messageMaxMs,
  hangUpRetryMs: timings.hangUpRetryMs,
});
