/**
 * What AMD is to a campaign's calls here: how long it may listen, by what, and which calls it leaves alone. Pure.
 *
 * The rule to remember: whoever was promised an agent is given one, whatever a program hears (rules UK-GUA-1, UK-24H-1).
 */
import { amdArguments, APP_AMD_IN_TIME, APP_AMD_WAY_MS, checkAppAmdParameters } from "../../amd/app-amd.ts";
import type { AppAmdParameters } from "../../amd/app-amd.ts";
import { DEFAULT_TALK, TALK_WITH_TONES } from "../../amd/talk-parameters.ts";
import type { ParameterProblem } from "../../amd/talk-parameters.ts";
import type { TalkParameters } from "../../amd/talk.ts";
import type { AmdPolicy } from "../../call/call.ts";
import { JOIN_RESERVE_MS } from "../../call/steps.ts";
import type { AmdTest } from "../../compliance/dial-facts.ts";
import type { AmdKind } from "../../domain/amd.ts";
import type { AttemptOrder } from "../../domain/attempt.ts";
import type { Campaign } from "../../domain/campaign.ts";
import type { ConnectClock } from "../../domain/connect-clock.ts";
import type { AmdTestOnRecord, ListeningOrder } from "../ports.ts";

export interface Listens {
  readonly policy: AmdPolicy;
  readonly talk: TalkParameters;
  /** Asterisk's AMD() decides, by these; null where it is not asked. */
  readonly app: AppAmdParameters | null;
  /** A detector outside decides; null where it is not asked. */
  readonly outside: OutsideDetector | null;
}

/** Some other program. Another version of it is another detector: what was found of one says nothing of the next. */
export interface OutsideDetector {
  readonly name: string;
  readonly version: string;
}

/** By what calls are listened to on this node. */
export interface Detectors {
  readonly talk: TalkParameters;
  readonly appAmd: AppAmdParameters;
  /** This node hears lines whole, and tones on them. */
  readonly tones?: boolean;
  readonly outside?: OutsideDetector | null;
}

/** What this node's configuration makes of them. */
export const detectorsOf = ({
  hearing,
  amd,
}: {
  readonly hearing: { readonly listen: string };
  readonly amd: { readonly asterisk: AppAmdParameters; readonly outside?: OutsideDetector | undefined };
}): Required<Detectors> => {
  const tones = hearing.listen !== "off";
  const { name, version } = amd.outside ?? { name: "", version: "" };
  const outside = amd.outside === undefined ? null : { name, version };
  return { talk: tones ? TALK_WITH_TONES : DEFAULT_TALK, appAmd: amd.asterisk, tones, outside };
};

/** Where the configuration says nothing else. */
export const DEFAULT_DETECTORS: Detectors = { talk: DEFAULT_TALK, appAmd: APP_AMD_IN_TIME };

/**
 * With an agent on the line nobody waits for a verdict; but the longer they have talked, the worse it is to be wrong. A
 * machine's greeting has been recognised by then, or does not sound like one.
 */
const AT_ONCE_MAX_MS = 4_000;

/** A pause within a greeting is shorter than this; the silence after the beep is not (measured nowhere; our choice). */
export const MACHINE_QUIET_MS = 2_000;
/** Longest greeting that is waited for; most networks allow a minute, and hardly anybody uses it. */
const MACHINE_GREETING_MAX_MS = 40_000;

/** From the answer to the last moment at which a verdict leaves time to join an agent, by the strictest start of the clock. */
export const verdictBy = ({ limitMs, safetyMarginMs }: Pick<ConnectClock, "limitMs" | "safetyMarginMs">): number =>
  limitMs - safetyMarginMs - JOIN_RESERVE_MS;

/** A detector outside is not asked for less: nobody can tell anything of so little. In ms. */
export const OUTSIDE_MIN_MS = 500;

/** Least time from an answer to the connect deadline in which a machine can be found and somebody joined, in ms. */
export const shortestClock = (talk: TalkParameters): number =>
  talk.machineSpanMs + talk.silenceMs + 1 + JOIN_RESERVE_MS;

/** What keeps AMD() from answering in time for this clock, or from working at all; nothing means that it may be used. */
export const appAmdProblems = (
  appAmd: AppAmdParameters,
  clock: Pick<ConnectClock, "limitMs" | "safetyMarginMs">,
): readonly ParameterProblem[] => checkAppAmdParameters(appAmd, verdictBy(clock) - APP_AMD_WAY_MS);

/** Null where a call is not listened to. */
export function amdOf(campaign: Campaign, order: AttemptOrder, detectors: Detectors): Listens | null {
  const { talk, appAmd, outside = null } = detectors;
  const { kind, onMachine } = campaign.amd;
  if (kind === "off" || isOwedAnAgent(order)) return null;
  const verdictMaxMs = latestVerdictMs(kind, order.clock, talk);
  // Nothing can be found in so little time, or by nobody, and everybody would only wait for it.
  if (kind === "outside" && (outside === null || verdictMaxMs < OUTSIDE_MIN_MS)) return null;
  if (kind === "asterisk" && appAmdProblems(appAmd, order.clock).length > 0) return null;
  if ((kind === "talk" || kind === "parallel") && verdictMaxMs <= talk.machineSpanMs + talk.silenceMs) return null;
  return {
    policy: {
      // A call flow speaks from the first moment; what a machine hears is for its steps to say.
      joins: kind === "parallel" || campaign.mode === "agentless" ? "atOnce" : "afterVerdict",
      verdictMaxMs,
      onMachine: campaign.mode === "agentless" ? "agent" : onMachine === "hang-up" ? "hangUp" : onMachine,
      machineQuietMs: MACHINE_QUIET_MS,
      machineGreetingMaxMs: MACHINE_GREETING_MAX_MS,
    },
    talk: { ...talk, deadlineMs: verdictMaxMs },
    app: kind === "asterisk" ? appAmd : null,
    outside: kind === "outside" ? outside : null,
  };
}

function latestVerdictMs(kind: Exclude<AmdKind, "off">, clock: ConnectClock, talk: TalkParameters): number {
  if (kind === "parallel") return AT_ONCE_MAX_MS;
  return kind === "talk" ? Math.min(talk.deadlineMs, verdictBy(clock)) : verdictBy(clock);
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
export function amdBuild({ amd }: Pick<Campaign, "amd">, detectors: Detectors): string | null {
  const { talk, appAmd, tones = false, outside = null } = detectors;
  // Who hears tones besides takes others for machines.
  const besides = tones ? " tones" : "";
  switch (amd.kind) {
    case "off":
      return null;
    case "asterisk":
      return `asterisk ${amdArguments(appAmd)}${besides}`;
    case "outside":
      return outside === null ? null : `outside ${outside.name} ${outside.version}${besides}`;
    default:
      return `${amd.kind} ${Object.values(talk).join(",")}${besides}`;
  }
}

/** The test of the detection as it is set now, on the campaign's trunk; null where there is none. */
export function amdTestOf(campaign: Campaign, detectors: Detectors, tests: readonly AmdTestOnRecord[]): AmdTest | null {
  const build = amdBuild(campaign, detectors);
  if (build === null) return null;
  const isOf = (each: AmdTestOnRecord): boolean =>
    each.campaignId === campaign.campaignId && each.trunk === campaign.trunk && each.build === build;
  return tests.find(isOf)?.test ?? null;
}

/** Whether the campaign would have calls end on a verdict, where that is licensed. */
export const wantsDrops = ({ amd }: Pick<Campaign, "amd">): boolean => amd.kind !== "off" && amd.onMachine !== "agent";
