/** What can be said about how a campaign keeps to the law: its profile, on whose behalf and why, and where it is stricter. */
import { rulesFor } from "../../../compliance/campaign-rules.ts";
import type { CampaignRules } from "../../../compliance/dial-facts.ts";
import { GATES, PURPOSES, RECOURSE_RING_MIN_MS, SECTORS, type Campaign } from "../../../domain/campaign.ts";
import { DEFAULT_PREVIEW } from "../../../domain/preview.ts";
import { toIso, type Instant } from "../../../domain/instant.ts";
import { DateTime } from "luxon";
import { countOption } from "../../arguments/options.ts";
import { readTightening } from "../../arguments/tightening.ts";
import { CliError, orUsageError, usageError } from "../../cli-error.ts";
import { formatDuration } from "../../arguments/duration.ts";
import { didYouMean } from "../../nearest.ts";
import { PROFILE_NAME } from "../../profile-schema.ts";
import { readProfiles, type ProfileSet } from "../../profiles.ts";
import type { Session } from "../../session.ts";

export const COMPLIANCE_DEFAULTS = {
  profile: "UK",
  tightening: {},
  principal: "",
  purpose: "marketing",
  sector: "general",
  sectorAuthority: null,
  gate: "bank",
  dialLevelPercent: 100,
  recourse: false,
  preview: DEFAULT_PREVIEW,
  newSharePercent: 50,
  firstStartedAt: null,
} as const satisfies Partial<Campaign>;

const ON_OR_OFF = ["on", "off"] as const;

export const COMPLIANCE_FLAGS = {
  profile: { type: "string", describe: "Compliance profile: `fairdial profile list` (UK)" },
  principal: { type: "string", describe: "On whose behalf people are called, as the message says it" },
  purpose: { type: "string", choices: PURPOSES, describe: "Why people are called (marketing)" },
  sector: { type: "string", choices: SECTORS, describe: "Trade that some laws restrict (general)" },
  "sector-authority": { type: "string", describe: "Proof that this sector may be called for, or `none`" },
  gate: { type: "string", choices: GATES, describe: "How overdialling is held (bank)" },
  "dial-level": { type: "string", describe: "Calls in flight per usable agent in power mode, e.g. 1.5 (1)" },
  recourse: {
    type: "string",
    choices: ON_OR_OFF,
    describe: "Predictive mode: cancel calls that have rung long enough when no agent will be free (off)",
  },
  "new-share": { type: "string", describe: "Of a hundred leads taken, how many were never tried before (50)" },
  tighten: {
    type: "array",
    string: true,
    describe: "Stricter than the profile, e.g. attempts-per-day=2, or WORD=none; may be repeated",
  },
} as const;

type FlagText = string | undefined;
export interface ComplianceArguments {
  readonly profile: FlagText;
  readonly principal: FlagText;
  readonly purpose: FlagText;
  readonly sector: FlagText;
  readonly "sector-authority": FlagText;
  readonly gate: FlagText;
  readonly "dial-level": FlagText;
  readonly recourse: FlagText;
  readonly "new-share"?: FlagText;
  readonly tighten: readonly string[] | undefined;
}

type Told = Pick<Campaign, Exclude<keyof typeof COMPLIANCE_DEFAULTS, "firstStartedAt">>;
export type ComplianceChange = { -readonly [Key in keyof Told]?: Told[Key] | undefined };

/** As the columns hold them; control characters would steer terminals and reports. */
const plainText = (option: string, text: FlagText, charactersMax: number): string | undefined => {
  if (text === undefined) return undefined;
  const trimmed = text.trim();
  if (trimmed === "" || trimmed.length > charactersMax || /[\p{Cc}\p{Cf}]/u.test(trimmed)) {
    throw usageError(`--${option} must be text of 1 to ${charactersMax} characters in one line.`);
  }
  return trimmed;
};

const dialLevel = (text: FlagText): number | undefined => {
  if (text === undefined) return undefined;
  const [, ones, hundredths = ""] = /^([1-9][0-9]?)(?:\.([0-9]{1,2}))?$/.exec(text) ?? [];
  const percent = ones === undefined ? Number.NaN : Number(ones) * 100 + Number(hundredths.padEnd(2, "0"));
  if (Number.isNaN(percent) || percent > 1_000) {
    throw usageError(`--dial-level must be from 1 to 10, with at most two decimals; it is "${text}".`);
  }
  return percent;
};

const profileName = (text: FlagText): string | undefined => {
  if (text !== undefined && !PROFILE_NAME.test(text)) {
    throw usageError(
      `--profile must be a name of at most 32 letters, digits, hyphens and underscores; it is "${text}".`,
    );
  }
  return text;
};

export const readComplianceArguments = (
  args: ComplianceArguments,
  before: Pick<Campaign, "tightening">,
): ComplianceChange => {
  const authority = plainText("sector-authority", args["sector-authority"], 200);
  const { tighten } = args;
  return {
    profile: profileName(args.profile),
    principal: plainText("principal", args.principal, 100),
    // yargs has compared these with the choices.
    purpose: PURPOSES.find((each) => each === args.purpose),
    sector: SECTORS.find((each) => each === args.sector),
    sectorAuthority: authority === "none" ? null : authority,
    gate: GATES.find((each) => each === args.gate),
    dialLevelPercent: dialLevel(args["dial-level"]),
    newSharePercent: countOption("new-share", args["new-share"], 0, 100),
    recourse: args.recourse === undefined ? undefined : args.recourse === "on",
    tightening:
      tighten === undefined
        ? undefined
        : orUsageError("--tighten", readTightening(before.tightening, tighten)).tightening,
  };
};

export const profilesOf = (session: Session): ProfileSet => readProfiles(session.config.profiles, session.world.now());

/** The campaign's rules, or a refusal that names the rule it contradicts. */
export const rulesOrRefusal = (campaign: Omit<Campaign, "campaignId">, profiles: ProfileSet): CampaignRules => {
  const found = rulesFor(campaign, profiles);
  if (found.ok) return found.rules;
  const isUnknown = !profiles.has(campaign.profile);
  const guess =
    isUnknown && !profiles.broken.has(campaign.profile) ? didYouMean(campaign.profile, [...profiles.keys()]) : "";
  throw new CliError(isUnknown ? "unknown-profile" : "contradicts-profile", `${found.says}${guess}`);
};

/** A day of the profile's own zone, as abandon accounts count them. */
export const dayOf = ({ profile }: CampaignRules, at: Instant): string =>
  DateTime.fromMillis(at, { zone: profile.abandon.timeZone }).toISODate() ?? toIso(at).slice(0, 10);

/** From placing until it rings, and a little of the time after: with less, hardly any call could ever be cancelled. */
const RECOURSE_ROOM_MS = 5_000;

/** What is allowed, and perhaps not meant. */
export const complianceRemarks = (
  campaign: Pick<
    Campaign,
    "principal" | "connectTimeoutMs" | "ringTimeoutMs" | "mode" | "dialLevelPercent" | "recourse"
  >,
  { profile }: CampaignRules,
): string[] => {
  const { clock, ringMinMs } = profile;
  const recourseAfterMs = Math.max(RECOURSE_RING_MIN_MS, ringMinMs);
  const isRecourse = campaign.recourse && campaign.mode === "predictive";
  const doubted: readonly (readonly [boolean, string])[] = [
    [
      campaign.principal === "",
      "No principal is named, on whose behalf people are called: it cannot start without --principal.",
    ],
    [
      campaign.connectTimeoutMs > clock.limitMs,
      `The connect limit of the profile ${profile.name}, ${formatDuration(clock.limitMs)}, holds: it is shorter.`,
    ],
    [
      campaign.ringTimeoutMs < ringMinMs,
      `The ring timeout is shorter than ${formatDuration(ringMinMs)}, for which the profile ${profile.name} lets every call ring.`,
    ],
    [campaign.mode !== "power" && campaign.dialLevelPercent > 100, "The dial level counts in power mode only."],
    [campaign.recourse && !isRecourse, "Recourse counts in predictive mode only."],
    [
      isRecourse && campaign.ringTimeoutMs < recourseAfterMs + RECOURSE_ROOM_MS,
      `Recourse cancels nothing before ${formatDuration(recourseAfterMs)} of ringing, and the ring timeout, ${formatDuration(campaign.ringTimeoutMs)} from placing, leaves it hardly any time: at least ${formatDuration(recourseAfterMs + RECOURSE_ROOM_MS)} is needed for it to have an effect.`,
    ],
  ];
  return doubted.flatMap(([is, sentence]) => (is ? [sentence] : []));
};
