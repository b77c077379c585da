/** What can be said of recording, shared by `campaign add` and `set`. */
import type { ComplianceProfile } from "../../../compliance/profile.ts";
import type { Campaign } from "../../../domain/campaign.ts";
import type { RecordingPlan } from "../../../domain/recording.ts";
import { durationOption } from "../../arguments/options.ts";
import { usageError } from "../../cli-error.ts";

const SECOND = 1_000;
const PAUSE_MAX_MS = 3_600_000;

export const RECORDING_FLAGS = {
  record: {
    type: "string",
    describe: "Record conversations: off, all, demand (when the agent asks), or sample:PERCENT (off)",
  },
  "record-announce": {
    type: "string",
    describe: "What both hear when a recording begins, e.g. sound:acme/recorded; `none` for nothing",
  },
  "record-pause-max": { type: "string", describe: "A gap in a recording ends by itself after so long (5m)" },
} as const;

type FlagText = string | undefined;
export interface RecordingArguments {
  readonly record?: FlagText;
  readonly "record-announce"?: FlagText;
  readonly "record-pause-max"?: FlagText;
}

const announcement = (text: FlagText): string | null | undefined => {
  if (text === "none") return null;
  if (text !== undefined && !/^(sound|recording):[\w/.+-]{1,190}$/.test(text)) {
    throw usageError(`--record-announce must be a name like sound:acme/recorded, or none; it is "${text}".`);
  }
  return text;
};

const kindOf = (text: FlagText): Pick<RecordingPlan, "kind" | "samplePercent"> | undefined => {
  if (text === undefined) return undefined;
  if (text === "off" || text === "all" || text === "demand") return { kind: text, samplePercent: 100 };
  const percent = Number(/^sample:([1-9][0-9]?)%?$/.exec(text)?.[1] ?? Number.NaN);
  if (Number.isNaN(percent)) {
    throw usageError(`--record must be off, all, demand, or sample: and 1 to 99, such as sample:10; it is "${text}".`);
  }
  return { kind: "sample", samplePercent: percent };
};

/** What was said, over what holds so far; undefined where nothing was said. */
export function readRecordingArguments(args: RecordingArguments, before: RecordingPlan): RecordingPlan | undefined {
  const kind = kindOf(args.record);
  const announced = announcement(args["record-announce"]);
  const pauseMaxMs = durationOption("record-pause-max", args["record-pause-max"], 10 * SECOND, PAUSE_MAX_MS);
  if (kind === undefined && announced === undefined && pauseMaxMs === undefined) return undefined;
  return {
    ...before,
    ...kind,
    announcement: announced === undefined ? before.announcement : announced,
    pauseMaxMs: pauseMaxMs ?? before.pauseMaxMs,
  };
}

/** As `--record` says it. */
export const recordText = ({ kind, samplePercent }: RecordingPlan): string =>
  kind === "sample" ? `sample:${samplePercent}` : kind;

/** What is allowed, and perhaps not meant. */
export const recordingRemarks = (
  { recording }: Pick<Campaign, "recording">,
  { recordingNotice }: Pick<ComplianceProfile, "recordingNotice">,
): string[] =>
  recording.kind === "off" || recording.announcement !== null || !recordingNotice
    ? []
    : [
        "Under its profile people must be told that they are recorded: give --record-announce, or see that agents say it first.",
      ];
