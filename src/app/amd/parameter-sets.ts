/** Which parameters are tried on recordings: those that come with the program, and those of a file. */
import { APP_AMD_DEFAULTS, APP_AMD_TUNED, checkAppAmdParameters } from "../../amd/app-amd.ts";
import type { AppAmdParameters } from "../../amd/app-amd.ts";
import { replayAppAmd, replayTalk } from "../../amd/replay.ts";
import type { Replayed } from "../../amd/replay.ts";
import { EAGER_TALK, checkTalkParameters, DEFAULT_TALK, TALK_WITH_TONES } from "../../amd/talk-parameters.ts";
import type { ParameterProblem } from "../../amd/talk-parameters.ts";
import type { TalkEvent, TalkParameters } from "../../amd/talk.ts";
import { usageError } from "../cli-error.ts";

export interface ParameterSet {
  readonly name: string;
  readonly kind: "talk" | "asterisk";
  readonly parameters: TalkParameters | AppAmdParameters;
  /** Why it may not be used within the connect limit; none if it may. */
  readonly problems: readonly ParameterProblem[];
  readonly replay: (means: readonly number[], tones: readonly TalkEvent[]) => Replayed;
}

const talkSet = (name: string, parameters: TalkParameters, deadlineMs: number): ParameterSet => ({
  name,
  kind: "talk",
  parameters,
  problems: checkTalkParameters(parameters, deadlineMs),
  replay: (means) => replayTalk(means, parameters),
});

/** As a node decides that hears its calls whole. */
const withTones = (name: string, parameters: TalkParameters, deadlineMs: number): ParameterSet => ({
  ...talkSet(name, parameters, deadlineMs),
  replay: (means, tones) => replayTalk(means, parameters, tones),
});

const appSet = (name: string, parameters: AppAmdParameters, deadlineMs: number): ParameterSet => ({
  name,
  kind: "asterisk",
  parameters,
  problems: checkAppAmdParameters(parameters, deadlineMs),
  replay: (means) => replayAppAmd(means, parameters),
});

/** @param deadlineMs from the answer to where a call must act */
export const builtInSets = (deadlineMs: number): readonly ParameterSet[] => [
  talkSet("talk", DEFAULT_TALK, deadlineMs),
  withTones("talk-and-tones", TALK_WITH_TONES, deadlineMs),
  talkSet("talk-eager", EAGER_TALK, deadlineMs),
  appSet("asterisk-defaults", APP_AMD_DEFAULTS, deadlineMs),
  appSet("asterisk-tuned", APP_AMD_TUNED, deadlineMs),
];

/**
 * One set of `--try`: `machineSpanMs=900,machineWords=4`, on top of the defaults of `talk`.
 * @throws CliError for what is no parameter, or would be unusable
 */
export function triedSet(text: string, deadlineMs: number): ParameterSet {
  const parameters: Record<string, number> = { ...DEFAULT_TALK };
  for (const part of text.split(",")) {
    const [, name = "", value = ""] = /^\s*([A-Za-z]+)\s*=\s*(\d+)\s*$/.exec(part) ?? [];
    if (!Object.hasOwn(DEFAULT_TALK, name)) {
      throw usageError(
        `--try: "${part.trim()}" is none of ${Object.keys(DEFAULT_TALK).join(", ")} with a whole number.`,
      );
    }
    parameters[name] = Number(value);
  }
  const set = talkSet(text.replaceAll(/\s/g, ""), parameters as unknown as TalkParameters, deadlineMs);
  const [first] = set.problems;
  if (first !== undefined) throw usageError(`--try: ${first.parameter} ${first.problem}.`);
  return set;
}
