/** What can be said about a campaign, shared by `add` and `set`; and what holds when nothing is said. */
import type { Campaign } from "../../../domain/campaign.ts";
import { AMD_OFF, DIALLING_MODES } from "../../../domain/campaign.ts";
import { DEFAULT_DESK } from "../../../domain/desk.ts";
import type { Disposition } from "../../../domain/disposition.ts";
import { NO_RECORDING } from "../../../domain/recording.ts";
import { DEFAULT_REDIAL } from "../../../domain/redial-rules.ts";
import { DEFAULT_RETURNS } from "../../../domain/return-call.ts";
import { STRATEGIES } from "../../../pacing/strategy.ts";
import type { CampaignDraft } from "../../../store/index.ts";
import { readCallingHours } from "../../arguments/calling-hours.ts";
import { checkDispositions, readDisposition } from "../../arguments/campaign-rules.ts";
import { countOption, durationOption, numberArgument } from "../../arguments/options.ts";
import { orUsageError, usageError } from "../../cli-error.ts";
import type { Config } from "../../config.ts";
import { AMD_FLAGS, amdRemarks, checkAmd, readAmdArguments, type AmdArguments } from "./amd-options.ts";
import {
  COMPLIANCE_DEFAULTS,
  COMPLIANCE_FLAGS,
  readComplianceArguments,
  type ComplianceArguments,
} from "./compliance-options.ts";
import { DESK_FLAGS, readDeskArguments, type DeskArguments } from "./desk-options.ts";
import { checkAgentless, FLOW_FLAGS } from "./flow-options.ts";
import { PREVIEW_FLAGS, readPreviewArguments, type PreviewArguments } from "./preview-options.ts";
import { readReturnArguments, RETURN_FLAGS, type ReturnArguments } from "./return-options.ts";
import { readRecordingArguments, RECORDING_FLAGS, type RecordingArguments } from "./recording-options.ts";
import { readRedialArguments, REDIAL_FLAGS, type RedialArguments } from "./redial-options.ts";

const SECOND = 1_000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;

/** Modes that this version dials; predictive is no strategy of a mere sample, since it remembers, in preview agents press, and agentless needs none. */
export const MODES = DIALLING_MODES.filter(
  (mode) => mode === "predictive" || mode === "preview" || mode === "agentless" || STRATEGIES[mode] !== undefined,
);

export { DEFAULT_REDIAL };

export const DEFAULT_DISPOSITIONS: readonly Disposition[] = [
  { key: "1", code: "success", kind: "success" },
  { key: "2", code: "refusal", kind: "refusal" },
  { key: "3", code: "callback", kind: "callback-requested" },
  { key: "4", code: "wrong-number", kind: "wrong-number" },
  { key: "5", code: "not-home", kind: "wrong-party" },
  { key: "6", code: "opt-out", kind: "opt-out-requested" },
  { key: "7", code: "machine", kind: "machine-reported" },
  { key: "9", code: "other", kind: "other" },
];

/** Asterisk's own sound for "nobody is available": it does not say who called, and is better than silence. */
export const STOCK_MESSAGE = "sound:vm-nobodyavail";
/** DMA guide, p. 41: the hours at which people may decently be called; in their own time. */
export const DEFAULT_HOURS = "mon-fri 08:00-21:00, sat 09:00-21:00";

export const DEFAULTS = {
  ...COMPLIANCE_DEFAULTS,
  mode: "progressive",
  desiredState: "stopped",
  // UK: at least 15 s of ringing, plus what it takes until it rings.
  ringTimeoutMs: 25 * SECOND,
  // Ofcom's two seconds, less what the way to the ear costs.
  connectTimeoutMs: 2 * SECOND,
  connectSafetyMarginMs: 200,
  amd: AMD_OFF,
  recording: NO_RECORDING,
  informationMessage: STOCK_MESSAGE,
  wrapUpMs: 15 * SECOND,
  desk: DEFAULT_DESK,
  talkMaxMs: 2 * HOUR,
  linesMax: null,
  flow: null,
  redial: DEFAULT_REDIAL,
  returnCalls: DEFAULT_RETURNS,
  dispositions: DEFAULT_DISPOSITIONS,
} as const satisfies Partial<Campaign>;

/** Below this, people have no time to reach the telephone. */
const RING_TIMEOUT_ADVISED_MS = 18 * SECOND;

export const CAMPAIGN_FLAGS = {
  mode: { type: "string", choices: MODES, describe: "How calls are paced" },
  trunk: { type: "string", describe: "Trunk of the node's configuration" },
  cli: { type: "string", describe: "Number that is shown to the people called" },
  country: { type: "string", default: "GB", describe: "Country of --cli when written nationally" },
  "information-message": {
    type: "string",
    alias: "message",
    describe: "What is played when no agent can be joined in time, e.g. sound:fairdial/acme",
  },
  "ring-timeout": { type: "string", describe: "How long it may ring (25s)" },
  "connect-limit": { type: "string", describe: "Longest wait from answer to agent or message (2s)" },
  "connect-margin": { type: "string", describe: "Taken off the limit for the way to the ear (200ms)" },
  "wrap-up": { type: "string", describe: "Time after a call before the next (15s)" },
  "talk-max": { type: "string", describe: "Longest conversation (2h)" },
  "lines-max": { type: "string", describe: "Most calls at once on one node, or `none` for the trunk's limit" },
  "calling-hours": { type: "string", describe: `In the called person's time ("${DEFAULT_HOURS}")` },
  disposition: {
    type: "array",
    string: true,
    describe: "KEY:CODE:KIND, e.g. 1:sale:success; may be repeated, and replaces the set",
  },
  ...DESK_FLAGS,
  ...FLOW_FLAGS,
  ...PREVIEW_FLAGS,
  ...RETURN_FLAGS,
  ...REDIAL_FLAGS,
  ...COMPLIANCE_FLAGS,
  ...AMD_FLAGS,
  ...RECORDING_FLAGS,
} as const;

type FlagText = string | undefined;
export interface CampaignArguments
  extends
    AmdArguments,
    ComplianceArguments,
    RedialArguments,
    PreviewArguments,
    DeskArguments,
    ReturnArguments,
    RecordingArguments {
  readonly mode: FlagText;
  readonly trunk: FlagText;
  readonly cli: FlagText;
  readonly country: string;
  readonly "information-message": FlagText;
  readonly "ring-timeout": FlagText;
  readonly "connect-limit": FlagText;
  readonly "connect-margin": FlagText;
  readonly "wrap-up": FlagText;
  readonly "talk-max": FlagText;
  readonly "lines-max": FlagText;
  readonly "calling-hours": FlagText;
  readonly disposition: readonly string[] | undefined;
}

type Change = { -readonly [Key in keyof CampaignDraft]?: CampaignDraft[Key] };

const media = (text: FlagText): string | undefined => {
  if (text !== undefined && !/^(sound|recording):[\w/.+-]{1,200}$/.test(text)) {
    throw usageError(`--information-message must be a name like sound:fairdial/acme; it is "${text}".`);
  }
  return text;
};

/** As a configuration can name one; a manager's machine need not know any to compare it with. */
const trunk = (text: FlagText): string | undefined => {
  if (text !== undefined && !/^[A-Za-z0-9_-]{1,64}$/.test(text)) {
    throw usageError(
      `--trunk must be the name of a trunk in the node's configuration: at most 64 letters, digits, hyphens and underscores; it is "${text}".`,
    );
  }
  return text;
};

const lines = (text: FlagText): number | null | undefined =>
  text === "none" ? null : countOption("lines-max", text, 1, 10_000);

const dispositions = (texts: readonly string[] | undefined): readonly Disposition[] | undefined => {
  if (texts === undefined) return undefined;
  const read = texts.map((text) => orUsageError("--disposition", readDisposition(text)));
  const problem = checkDispositions(read);
  if (problem !== null) throw usageError(`--disposition: ${problem.problem}`);
  return read;
};

const definedOnly = (change: { readonly [Key in keyof Change]: Change[Key] | undefined }): Change =>
  Object.fromEntries(Object.entries(change).filter(([, value]) => value !== undefined));

/** What was said, over what holds so far; options that were not given are absent. */
export const readCampaignArguments = (
  args: CampaignArguments,
  before: Pick<Campaign, "redial" | "tightening" | "preview" | "amd" | "desk" | "returnCalls" | "recording">,
): Change => {
  const hours = args["calling-hours"];
  const change: Change = definedOnly(readComplianceArguments(args, before));
  const set = <Key extends keyof CampaignDraft>(key: Key, value: CampaignDraft[Key] | undefined): void => {
    if (value !== undefined) change[key] = value;
  };
  // yargs has compared it with the choices.
  set(
    "mode",
    MODES.find((mode) => mode === args.mode),
  );
  set("trunk", trunk(args.trunk));
  set("cliNumber", args.cli === undefined ? undefined : numberArgument("--cli", args.cli, args.country));
  set("amd", readAmdArguments(args, before.amd));
  set("recording", readRecordingArguments(args, before.recording));
  set("informationMessage", media(args["information-message"]));
  set("ringTimeoutMs", durationOption("ring-timeout", args["ring-timeout"], SECOND, 120 * SECOND));
  set("connectTimeoutMs", durationOption("connect-limit", args["connect-limit"], 500, 30 * SECOND));
  set("connectSafetyMarginMs", durationOption("connect-margin", args["connect-margin"], 0, 10 * SECOND));
  set("wrapUpMs", durationOption("wrap-up", args["wrap-up"], 0, HOUR));
  set("talkMaxMs", durationOption("talk-max", args["talk-max"], 10 * SECOND, 24 * HOUR));
  set("linesMax", lines(args["lines-max"]));
  set("callingHours", hours === undefined ? undefined : orUsageError("--calling-hours", readCallingHours(hours)).hours);
  set("redial", readRedialArguments(args, before.redial));
  set("preview", readPreviewArguments(args, before.preview));
  set("desk", readDeskArguments(args, before.desk));
  set("returnCalls", readReturnArguments(args, before.returnCalls));
  set("dispositions", dispositions(args.disposition));
  return change;
};

/** What no option can say alone. */
export const checkCampaign = (
  draft: Pick<Campaign, "connectTimeoutMs" | "connectSafetyMarginMs" | "amd" | "mode" | "flow">,
  config: Pick<Config, "amd">,
): void => {
  if (draft.connectSafetyMarginMs >= draft.connectTimeoutMs) {
    throw usageError("--connect-margin must be shorter than --connect-limit.");
  }
  checkAmd(draft, config.amd);
  checkAgentless(draft);
};

/** What is allowed, and perhaps not meant. */
export const remarksOn = (draft: Pick<Campaign, "ringTimeoutMs" | "informationMessage" | "amd">): string[] => [
  ...amdRemarks(draft),
  ...(draft.informationMessage === STOCK_MESSAGE
    ? [
        `The information message is Asterisk's stock sound, which does not say who called: record your own and name it with --information-message.`,
      ]
    : []),
  ...(draft.ringTimeoutMs < RING_TIMEOUT_ADVISED_MS
    ? ["The ring timeout gives people less than 15 seconds of ringing where the network needs a moment first."]
    : []),
];
