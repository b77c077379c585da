/** What can be said of answering-machine detection, shared by `campaign add` and `set`. */
import { DEFAULT_TALK } from "../../../amd/talk-parameters.ts";
import { AMD_KINDS } from "../../../domain/amd.ts";
import type { AmdSettings, Campaign } from "../../../domain/campaign.ts";
import { ON_MACHINE } from "../../../domain/campaign.ts";
import { shortestClock } from "../../../engine/amd.ts";
import { countOption } from "../../arguments/options.ts";
import { CliError, usageError } from "../../cli-error.ts";

export const AMD_FLAGS = {
  amd: {
    type: "string",
    choices: AMD_KINDS,
    describe: "Tell machines from people: before an agent is joined (talk), or meanwhile (parallel)",
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
export function checkAmd({
  amd,
  connectTimeoutMs,
  connectSafetyMarginMs,
}: Pick<Campaign, "amd" | "connectTimeoutMs" | "connectSafetyMarginMs">): void {
  if (amd.kind === "off") return;
  if (amd.kind === "asterisk") {
    throw new CliError(
      "amd-kind-not-there",
      "Detection by Asterisk's own AMD() is not there yet: choose talk, which waits for a verdict, or parallel, which keeps nobody waiting.",
    );
  }
  if (amd.onMachine === "message" && amd.voicemailMessage === null) {
    throw usageError("--on-machine message needs --voicemail-message: what is left on a machine.");
  }
  const needsMs = shortestClock(DEFAULT_TALK);
  if (amd.kind === "talk" && connectTimeoutMs - connectSafetyMarginMs < needsMs) {
    throw usageError(
      `--amd talk needs ${needsMs} ms between an answer and the end of --connect-limit less --connect-margin; there are ${connectTimeoutMs - connectSafetyMarginMs} ms. With --amd parallel nobody waits for it.`,
    );
  }
}

/** What is allowed, and perhaps not meant. */
export const amdRemarks = ({ amd }: Pick<Campaign, "amd">): string[] => {
  if (amd.kind === "off") return [];
  const learns =
    amd.onMachine === "agent"
      ? "Machines go to agents; the verdict is only written down."
      : "Until a test says how often it is wrong, agents get what it takes for machines and say what it was: see fairdial amd status.";
  return amd.kind === "talk"
    ? [learns, "People wait for an agent until the verdict, up to 1.7 s; with --amd parallel nobody does."]
    : [learns];
};
