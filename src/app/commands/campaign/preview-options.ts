/** What can be said about previews: how long a lead is shown, what happens then, and why it may be skipped. */
import {
  PREVIEW_TIME_MAX_MS,
  PREVIEW_TIME_MIN_MS,
  SKIP_KEYS,
  type PreviewRules,
  type SkipReason,
} from "../../../domain/preview.ts";
import { formatDuration } from "../../arguments/duration.ts";
import { countOption, durationOption } from "../../arguments/options.ts";
import { usageError } from "../../cli-error.ts";

export const PREVIEW_FLAGS = {
  "preview-time": { type: "string", describe: "How long an agent looks at a lead before it is dialled (15s)" },
  "preview-auto": {
    type: "string",
    choices: ["on", "off"],
    describe: "Dial by itself when that time is over; off: the lead goes back (on)",
  },
  "preview-skips-max": { type: "string", describe: "What one agent may skip within an hour, or `none` (none)" },
  "preview-skip": {
    type: "array",
    string: true,
    describe: "KEY:CODE, or KEY:CODE:close for good, e.g. 1:not-now; may be repeated, and replaces the set",
  },
} as const;

export interface PreviewArguments {
  readonly "preview-time": string | undefined;
  readonly "preview-auto": string | undefined;
  readonly "preview-skips-max": string | undefined;
  readonly "preview-skip": readonly string[] | undefined;
}

const SKIPS_MAX = 10_000;

const readSkip = (text: string): SkipReason => {
  const [key = "", code = "", close, ...more] = text.trim().split(":");
  const isKey = key === "-" || (key.length === 1 && SKIP_KEYS.includes(key));
  if (!isKey || more.length > 0 || (close !== undefined && close !== "close")) {
    throw usageError(
      `--preview-skip: "${text}" is not KEY:CODE or KEY:CODE:close, such as 1:not-now. The key is one of 1 to 9, pressed after *, or - for none.`,
    );
  }
  if (!/^[A-Za-z0-9](?:[A-Za-z0-9-]{0,30}[A-Za-z0-9])?$/.test(code)) {
    throw usageError(`--preview-skip: the code of "${text}" must be at most 32 letters, digits and inner hyphens.`);
  }
  return { key: key === "-" ? null : key, code, closes: close === "close" };
};

const skips = (texts: readonly string[] | undefined): readonly SkipReason[] | undefined => {
  const read = texts?.map(readSkip);
  for (const [index, one] of (read ?? []).entries()) {
    for (const other of read?.slice(index + 1) ?? []) {
      if (one.code.toLowerCase() === other.code.toLowerCase())
        throw usageError(`--preview-skip: two reasons have the code "${one.code}".`);
      if (one.key !== null && one.key === other.key)
        throw usageError(`--preview-skip: the key ${one.key} means both ${one.code} and ${other.code}.`);
    }
  }
  return read;
};

/** Over what holds so far; undefined where nothing was said. */
export const readPreviewArguments = (args: PreviewArguments, before: PreviewRules): PreviewRules | undefined => {
  const timeMs = durationOption("preview-time", args["preview-time"], PREVIEW_TIME_MIN_MS, PREVIEW_TIME_MAX_MS);
  const auto = args["preview-auto"] === undefined ? undefined : args["preview-auto"] === "on";
  const limit = args["preview-skips-max"];
  const skipsPerHourMax = limit === "none" ? null : countOption("preview-skips-max", limit, 0, SKIPS_MAX);
  const said = { timeMs, auto, skipsPerHourMax, skips: skips(args["preview-skip"]) };
  const change = Object.fromEntries(Object.entries(said).filter(([, value]) => value !== undefined));
  return Object.keys(change).length === 0 ? undefined : { ...before, ...change };
};

export const formatSkip = ({ key, code, closes }: SkipReason): string =>
  `${key ?? "-"}:${code}${closes ? ":close" : ""}`;

/** In one line, in the words in which it can be set. */
export const formatPreview = ({ timeMs, auto, skipsPerHourMax, skips }: PreviewRules): string =>
  [
    `${formatDuration(timeMs)}, then ${auto ? "dialled by itself" : "given back"}`,
    `skips ${skips.map(formatSkip).join(" ") || "none"}`,
    ...(skipsPerHourMax === null ? [] : [`at most ${skipsPerHourMax} an hour`]),
  ].join("; ");
