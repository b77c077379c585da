/**
 * What AMD is to a campaign's calls here: how long it may listen, by what, and which calls it leaves alone. Pure.
 *
 * The rule to remember: whoever was promised an agent is given one, whatever a program hears (rules UK-GUA-1, UK-24H-1).
 */
import type { TalkParameters } from "../amd/talk.ts";
import type { AmdPolicy } from "../call/call.ts";
import { JOIN_RESERVE_MS } from "../call/steps.ts";
import type { AmdTest } from "../compliance/dial-facts.ts";
import type { AttemptOrder } from "../domain/attempt.ts";
import type { Campaign } from "../domain/campaign.ts";
import type { ConnectClock } from "../domain/connect-clock.ts";
import type { AmdTestOnRecord, ListeningOrder } from "./ports.ts";

export interface Listens {
  readonly policy: AmdPolicy;
  readonly talk: TalkParameters;
}

/**
 * With an agent on the line nobody waits for a verdict; but the longer they have talked, the worse it is to be wrong. A
 * machine's greeting has been recognised by then, or does not sound like one.
 */
const AT_ONCE_MAX_MS = 4_000;

/** A pause within a greeting is shorter than this; the silence after the beep is not (measured nowhere; our choice). */
const MACHINE_QUIET_MS = 2_000;
/** Longest greeting that is waited for; most networks allow a minute, and hardly anybody uses it. */
const MACHINE_GREETING_MAX_MS = 40_000;

/** From the answer to the last moment at which a verdict leaves time to join an agent, by the strictest start of the clock. */
export const verdictBy = ({ limitMs, safetyMarginMs }: Pick<ConnectClock, "limitMs" | "safetyMarginMs">): number =>
  limitMs - safetyMarginMs - JOIN_RESERVE_MS;

/** Least time from an answer to the connect deadline in which a machine can be found and somebody joined, in ms. */
export const shortestClock = (talk: TalkParameters): number =>
  talk.machineSpanMs + talk.silenceMs + 1 + JOIN_RESERVE_MS;

/** Null where a call is not listened to. */
export function amdOf(campaign: Campaign, order: AttemptOrder, talk: TalkParameters): Listens | null {
  const { kind, onMachine } = campaign.amd;
  if ((kind !== "talk" && kind !== "parallel") || isOwedAnAgent(order)) return null;
  const verdictMaxMs = kind === "parallel" ? AT_ONCE_MAX_MS : Math.min(talk.deadlineMs, verdictBy(order.clock));
  // Nothing can be found in so little time, and everybody would only wait for it.
  if (verdictMaxMs <= talk.machineSpanMs + talk.silenceMs) return null;
  return {
    policy: {
      joins: kind === "parallel" ? "atOnce" : "afterVerdict",
      verdictMaxMs,
      onMachine: onMachine === "hang-up" ? "hangUp" : onMachine,
      machineQuietMs: MACHINE_QUIET_MS,
      machineGreetingMaxMs: MACHINE_GREETING_MAX_MS,
    },
    talk: { ...talk, deadlineMs: verdictMaxMs },
  };
}

/** What telephony is told of it. */
export const listeningOf = ({ policy, talk: { silenceMs, threshold } }: Listens): ListeningOrder => ({
  ...{ silenceMs, threshold },
  waits: policy.joins === "afterVerdict",
});

/** A promise that we made to somebody, or the law's to whoever was abandoned or taken for a machine before. */
const isOwedAnAgent = ({ callbackId, evidence, decidedAt }: AttemptOrder): boolean =>
  callbackId !== null || isAfter(evidence["guaranteedOnlyUntil"], decidedAt);

const isAfter = (iso: unknown, at: number): boolean => typeof iso === "string" && Date.parse(iso) > at;

/** Names the detection and all that it goes by: a test of another one says nothing of this. At most 190 characters. */
export function amdBuild({ amd }: Pick<Campaign, "amd">, talk: TalkParameters): string | null {
  if (amd.kind !== "talk" && amd.kind !== "parallel") return null;
  return `${amd.kind} ${Object.values(talk).join(",")}`;
}

/** The test of the detection as it is set now, on the campaign's trunk; null where there is none. */
export function amdTestOf(campaign: Campaign, talk: TalkParameters, tests: readonly AmdTestOnRecord[]): AmdTest | null {
  const build = amdBuild(campaign, talk);
  if (build === null) return null;
  const isOf = (each: AmdTestOnRecord): boolean =>
    each.campaignId === campaign.campaignId && each.trunk === campaign.trunk && each.build === build;
  return tests.find(isOf)?.test ?? null;
}

/** Whether the campaign would have calls end on a verdict, where that is licensed. */
export const wantsDrops = ({ amd }: Pick<Campaign, "amd">): boolean =>
  (amd.kind === "talk" || amd.kind === "parallel") && amd.onMachine !== "agent";
