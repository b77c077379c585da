/** What can be said about what agents do during calls: how long a hold may last, what follows a machine. */
import type { DeskRules } from "../../../domain/desk.ts";
import type { TransferKey } from "../../../domain/transfer.ts";
import type { Database } from "../../../store/index.ts";
import { usageError } from "../../cli-error.ts";
import { agentNamed, campaignNamed } from "../../lookups.ts";
import { formatDuration } from "../../arguments/duration.ts";
import { durationOption, numberArgument } from "../../arguments/options.ts";

export const DESK_FLAGS = {
  "hold-max": { type: "string", describe: "Longest that an agent keeps somebody on hold before a warning (3m)" },
  "voicemail-wrap-up": {
    type: "string",
    describe: "Wrap-up of an agent who has sent a machine to the voicemail message (0s)",
  },
  "outside-number": {
    type: "array",
    string: true,
    describe: "Number to which agents may pass people on; may be repeated, and replaces the set; `none`",
  },
  "outside-max": { type: "number", describe: "So many people with such numbers at once (2)" },
  "transfer-key": {
    type: "array",
    string: true,
    describe: "DIGIT:blind|consult:agent|campaign|number:WHICH for *8 and a digit; replaces the set; `none`",
  },
  supervision: { type: "string", choices: ["on", "off"], describe: "Whether somebody may listen to its calls (on)" },
} as const;

export interface DeskArguments {
  readonly "hold-max": string | undefined;
  readonly "voicemail-wrap-up": string | undefined;
  readonly "outside-number": readonly string[] | undefined;
  readonly "outside-max": number | undefined;
  readonly "transfer-key": readonly string[] | undefined;
  readonly supervision: string | undefined;
  readonly country: string;
}

const SECOND = 1_000;
const HOUR = 3_600 * SECOND;

/** Over what holds so far; undefined where nothing was said. */
export const readDeskArguments = (args: DeskArguments, before: DeskRules): DeskRules | undefined => {
  const holdMaxMs = durationOption("hold-max", args["hold-max"], 5 * SECOND, HOUR);
  const voicemailWrapUpMs = durationOption("voicemail-wrap-up", args["voicemail-wrap-up"], 0, HOUR);
  const outsideNumbers = readOutside(args["outside-number"], args.country);
  const outsideMax = args["outside-max"];
  if (outsideMax !== undefined && !(Number.isInteger(outsideMax) && outsideMax >= 0 && outsideMax <= OUTSIDE_MOST)) {
    throw usageError(`--outside-max must be a whole number from 0 to ${String(OUTSIDE_MOST)}.`);
  }
  const supervision = args.supervision === undefined ? undefined : args.supervision === "on";
  const said = { holdMaxMs, voicemailWrapUpMs, outsideNumbers, outsideMax, supervision };
  const defined = Object.fromEntries(Object.entries(said).filter(([, value]) => value !== undefined));
  return Object.keys(defined).length === 0 ? undefined : { ...before, ...defined };
};

/** More is not meant: each takes a line of its own. */
const OUTSIDE_MOST = 100;
const NUMBERS_MOST = 50;

const readOutside = (numbers: readonly string[] | undefined, country: string): readonly string[] | undefined => {
  if (numbers === undefined) return undefined;
  if (numbers.length === 1 && numbers[0] === "none") return [];
  if (numbers.length > NUMBERS_MOST) throw usageError(`--outside-number: at most ${String(NUMBERS_MOST)} numbers.`);
  return [...new Set(numbers.map((number) => numberArgument("--outside-number", number, country)))];
};

const KINDS: Readonly<Record<string, TransferKey["kind"]>> = { blind: "blind", consult: "consulted" };
const KEY_FORM = "must be DIGIT:blind|consult:agent|campaign|number:WHICH, e.g. 1:consult:campaign:retention";

/** Names are looked up: whoever is renamed keeps the key. Undefined where nothing was said. */
export const readTransferKeys = async (
  keys: readonly string[] | undefined,
  country: string,
  database: Database,
): Promise<readonly TransferKey[] | undefined> => {
  if (keys === undefined) return undefined;
  if (keys.length === 1 && keys[0] === "none") return [];
  const read: TransferKey[] = [];
  for (const text of keys) {
    const [, key = "", how = "", whom = "", which = ""] = /^([1-9]):([a-z]+):([a-z]+):(.+)$/.exec(text) ?? [];
    const kind = KINDS[how];
    if (kind === undefined) throw usageError(`--transfer-key ${KEY_FORM}; it is "${text}".`);
    if (read.some((each) => each.key === key)) throw usageError(`--transfer-key: ${key} stands for two.`);
    if (whom === "number") read.push({ key, kind, to: { number: numberArgument("--transfer-key", which, country) } });
    else if (whom === "agent") read.push({ key, kind, to: { agentId: (await agentNamed(database, which)).agentId } });
    else if (whom === "campaign") {
      read.push({ key, kind, to: { campaignId: (await campaignNamed(database, which)).campaignId } });
    } else throw usageError(`--transfer-key ${KEY_FORM}; it is "${text}".`);
  }
  return read;
};

/** In one line. */
export const formatDesk = (desk: DeskRules): string =>
  [
    `hold at most ${formatDuration(desk.holdMaxMs)}`,
    `wrap-up after a machine ${formatDuration(desk.voicemailWrapUpMs)}`,
    desk.outsideNumbers.length === 0
      ? "no outside numbers"
      : `outside ${desk.outsideNumbers.join(", ")}, at most ${String(desk.outsideMax)} at once`,
    ...(desk.transferKeys.length === 0 ? [] : [`keys *8 and ${desk.transferKeys.map(({ key }) => key).join(", ")}`]),
    desk.supervision ? "may be listened to" : "nobody may listen",
  ].join(", ");
