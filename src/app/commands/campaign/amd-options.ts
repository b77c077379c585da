/** What can be said of answering-machine detection, shared by `campaign add` and `set`. */
import { DEFAULT_TALK } from "../../../amd/talk-parameters.ts";
import type { ParameterProblem } from "../../../amd/talk-parameters.ts";
import type { ComplianceProfile } from "../../../compliance/profile.ts";
import { AMD_KINDS } from "../../../domain/amd.ts";
import type { AmdSettings, Campaign } from "../../../domain/campaign.ts";
import { ON_MACHINE } from "../../../domain/campaign.ts";
import { JOIN_RESERVE_MS } from "../../../call/steps.ts";
import { appAmdProblems, OUTSIDE_MIN_MS, shortestClock } from "../../../engine/calls/amd.ts";
import { countOption } from "../../arguments/options.ts";
import { usageError } from "../../cli-error.ts";
import type { Config } from "../../config.ts";

export const AMD_FLAGS = {
  amd: {
    type: "string",
    choices: AMD_KINDS,
    describe: "Tell machines from people: before an agent is joined (talk, asterisk, outside), or meanwhile (parallel)",
  },
  "on-machine": {
    type: "string",
    choices: ON_MACHINE,
    describe: "What follows from a machine, once a test allows it",
  },
  "voicemail-message": {
    type: "string",
    describe: "What is left on a machine, approved like any message; `none` for nothing",
  },
  "amd-sample": {
    type: "string",
    describe: "Of a hundred calls taken for machines, so many go to agents all the same (5)",
  },
} as const;

type FlagText = string | undefined;
export interface AmdArguments {
  readonly amd?: FlagText;
  readonly "on-machine"?: FlagText;
  readonly "voicemail-message"?: FlagText;
  readonly "amd-sample"?: FlagText;
}

const media = (text: FlagText): string | null | undefined => {
  if (text === "none") return null;
  if (text !== undefined && !/^(sound|recording):[\w/.+-]{1,190}$/.test(text)) {
    throw usageError(`--voicemail-message must be a name like sound:fairdial/acme, or none; it is "${text}".`);
  }
  return text;
};

/** What was said, over what holds so far; undefined where nothing was said. */
export function readAmdArguments(args: AmdArguments, before: AmdSettings): AmdSettings | undefined {
  const kind = AMD_KINDS.find((each) => each === args.amd);
  const onMachine = ON_MACHINE.find((each) => each === args["on-machine"]);
  const voicemailMessage = media(args["voicemail-message"]);
  // Without a sample nobody would ever hear whether it is still right.
  const samplePercent = countOption("amd-sample", args["amd-sample"], 1, 100);
  const said = { kind, onMachine, voicemailMessage, samplePercent };
  if (Object.values(said).every((value) => value === undefined)) return undefined;
  return {
    kind: kind ?? before.kind,
    onMachine: onMachine ?? before.onMachine,
    voicemailMessage: voicemailMessage === undefined ? before.voicemailMessage : voicemailMessage,
    samplePercent: samplePercent ?? before.samplePercent,
  };
}

/** What cannot be kept is refused when it is asked for, and not when somebody is on the line. */
export function checkAmd(
  {
    amd,
    connectTimeoutMs,
    connectSafetyMarginMs,
  }: Pick<Campaign, "amd" | "connectTimeoutMs" | "connectSafetyMarginMs">,
  { asterisk, outside }: Config["amd"],
): void {
  if (amd.kind === "off") return;
  if (amd.kind === "outside" && outside === undefined) throw usageError(NOBODY_OUTSIDE);
  if (amd.onMachine === "message" && amd.voicemailMessage === null) {
    throw usageError("--on-machine message needs --voicemail-message: what is left on a machine.");
  }
  const clock = { limitMs: connectTimeoutMs, safetyMarginMs: connectSafetyMarginMs };
  const [problem] = amd.kind === "asterisk" ? appAmdProblems(asterisk, clock) : [];
  if (problem !== undefined) throw usageError(tooLate(problem));
  const actsMs = connectTimeoutMs - connectSafetyMarginMs;
  if (amd.kind === "outside" && actsMs < OUTSIDE_MIN_MS + JOIN_RESERVE_MS) {
    throw usageError(
      `--amd outside needs ${OUTSIDE_MIN_MS + JOIN_RESERVE_MS} ms between an answer and the end of --connect-limit less --connect-margin; there are ${actsMs} ms.`,
    );
  }
  const needsMs = shortestClock(DEFAULT_TALK);
  if (amd.kind === "talk" && connectTimeoutMs - connectSafetyMarginMs < needsMs) {
    throw usageError(
      `--amd talk needs ${needsMs} ms between an answer and the end of --connect-limit less --connect-margin; there are ${connectTimeoutMs - connectSafetyMarginMs} ms. With --amd parallel nobody waits for it.`,
    );
  }
}

const NOBODY_OUTSIDE =
  "--amd outside cannot be used: the configuration names no detector under amd.outside, and everybody would wait for nobody.";

const tooLate = ({ parameter, problem }: ParameterProblem): string =>
  `--amd asterisk cannot be used: amd.asterisk.${parameter} of the configuration ${problem}. With --amd parallel nobody waits for a verdict.`;

/** By the configuration, and by the clock that its profile leaves the campaign; null where nothing is wrong. */
export const amdRefusal = (
  { amd }: Pick<Campaign, "amd">,
  profile: Pick<ComplianceProfile, "clock">,
  { asterisk, outside }: Config["amd"],
): string | null => {
  if (amd.kind === "outside" && outside === undefined) return NOBODY_OUTSIDE;
  const [problem] = amd.kind === "asterisk" ? appAmdProblems(asterisk, profile.clock) : [];
  return problem === undefined ? null : tooLate(problem);
};

/** What is allowed, and perhaps not meant. */
export const amdRemarks = ({ amd }: Pick<Campaign, "amd">): string[] => {
  if (amd.kind === "off") return [];
  const learns =
    amd.onMachine === "agent"
      ? "Machines go to agents; the verdict is only written down."
      : "Until a test says how often it is wrong, agents get what it takes for machines and say what it was: see fairdial amd status.";
  return amd.kind !== "parallel"
    ? [learns, "People wait for an agent until the verdict, up to 1.7 s; with --amd parallel nobody does."]
    : [learns];
};
