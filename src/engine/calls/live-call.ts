/** A call with everything the engine keeps beside it. */
import type { RecordingAsk } from "../../agent/agent.ts";
import type { CallPolicy, LivingCall } from "../../call/call.ts";
import type { ComplianceProfile } from "../../compliance/profile.ts";
import type { AttemptOrder } from "../../domain/attempt.ts";
import type { Campaign } from "../../domain/campaign.ts";
import type { Listens } from "./amd.ts";
import type { EngineTimings } from "../context.ts";
import { lengthBoundMs } from "../../flow/advance.ts";
import type { Flow } from "../../flow/flow.ts";
import type { LeadToDial } from "../ports.ts";

/** What an agent's keys and commands reach of the recording of the call they are in. */
export interface RecordingHandle {
  readonly isPaused: boolean;
  readonly hidesDigits: boolean;
  readonly mayStart: boolean;
  /** Returns what became of it, for whoever asked: `done`, `no-change` or `not-recorded`. */
  obey(what: RecordingAsk, by: string, how: "key" | "command"): string;
}

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
  /** What is carried out on it, as it was when the call was placed; null or left out where an agent is to talk. */
  readonly flow?: Flow | null;
  call: LivingCall;
  /** What keys and commands reach of its recording; absent while it is not talked in, or may not be recorded. */
  recording?: RecordingHandle;
}

/** After a machine there is nothing to write down, unless the campaign says so. In ms. */
export const wrapUpOf = ({ call, campaign }: Pick<LiveCall, "call" | "campaign">): number =>
  call.facts.machineReportedAt === null ? campaign.wrapUpMs : campaign.desk.voicemailWrapUpMs;

/** The times of a call under this campaign and profile. Without a profile it rings as long as the campaign rings anybody. */
export function policyOf(
  campaign: Campaign,
  order: AttemptOrder,
  profile: ComplianceProfile | null,
  timings: EngineTimings,
  listens: Listens | null = null,
  flow: Flow | null = null,
): CallPolicy {
  return {
    placeTimeoutMs: timings.placeTimeoutMs,
    ringTimeoutMs: campaign.ringTimeoutMs,
    ringMinMs: profile?.ringMinMs ?? campaign.ringTimeoutMs,
    earlyRingMinMs: profile?.earlyRingMinMs ?? campaign.ringTimeoutMs,
    clock: order.clock,
    talkMaxMs: campaign.talkMaxMs,
    holdMaxMs: campaign.desk.holdMaxMs,
    messageMaxMs: timings.messageMaxMs,
    hangUpRetryMs: timings.hangUpRetryMs,
    amd: listens?.policy ?? null,
    flowMaxMs: flow === null ? null : lengthBoundMs(flow),
  };
}
