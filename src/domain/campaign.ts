/** A purpose: lists, mode, hours, rules, caller id, agents. What the manager decides; the daemon only reads it. */
import type { AmdKind } from "./amd.ts";
import type { ClockStart } from "./connect-clock.ts";
import type { Disposition } from "./disposition.ts";
import type { CampaignId } from "./ids.ts";
import type { Instant } from "./instant.ts";
import type { PhoneNumber } from "./phone-number.ts";
import type { DeskRules } from "./desk.ts";
import type { PreviewRules } from "./preview.ts";
import type { ReturnRules } from "./return-call.ts";
import type { RecordingPlan } from "./recording.ts";
import type { RedialRules, RetryRule } from "./redial-rules.ts";

export const DIALLING_MODES = ["preview", "progressive", "power", "predictive", "agentless"] as const;
export type DiallingMode = (typeof DIALLING_MODES)[number];

/** `paused` and `stopped` both place nothing and let calls finish; `stopped` also gives its leads back. */
/** Why people are called: registers and hours ask. */
export const PURPOSES = ["marketing", "service", "research"] as const;
export type Purpose = (typeof PURPOSES)[number];

/** Trades that some regimes keep from calling at all without consent or authority. */
export const SECTORS = ["general", "claims", "pensions"] as const;
export type Sector = (typeof SECTORS)[number];

/** How overdialling is held: `bank` spreads the abandon budget over the window, `strict` spends only whole abandons in credit. */
export const GATES = ["bank", "strict"] as const;
export type Gate = (typeof GATES)[number];

/** Where a campaign is stricter than its profile. What is left out is the profile's. */
export interface Tightening {
  readonly clockStart?: ClockStart;
  readonly ringMinMs?: number;
  /** Highest abandon rate, in hundredths of a percent, at which only calls with a reserved agent are placed. */
  readonly abandonStopBasisPoints?: number;
  readonly attemptsPerDayMax?: number;
  /** Least time between two attempts to one number. */
  readonly attemptGapMinMs?: number;
  readonly registerAgeMaxDays?: number;
  readonly messageMustSayPurpose?: boolean;
  /** The only countries that are called, as ISO 3166-1 names them. */
  readonly countries?: readonly string[];
  /** What may be spent within an hour, in millionths of the rates' own unit; at that it stops, and a human is called. */
  readonly spendPerHourMax?: number;
}

/** One version of a call flow, which never changes. */
export interface FlowName {
  readonly flowId: number;
  readonly name: string;
  readonly version: string;
}

export const CAMPAIGN_STATES = ["running", "paused", "stopped"] as const;
export type CampaignState = (typeof CAMPAIGN_STATES)[number];

export type { RedialRules, RetryRule };

/** Minutes from local midnight, `toMinute` excluded, 1440 is the end of the day. Days are ISO: 1 Monday … 7 Sunday. */
export interface CallingHours {
  readonly days: readonly number[];
  readonly fromMinute: number;
  readonly toMinute: number;
}

/**
 * No call is cancelled for want of an agent before the network has said for so long that it rings. A profile or a campaign
 * may ask for more, and none for less: whoever hears it ring must have the time to come to the phone.
 */
export const RECOURSE_RING_MIN_MS = 15_000;

/** What follows when AMD is sure of a machine. `agent`: an agent gets it, as without AMD; the verdict is only written down. */
export const ON_MACHINE = ["hang-up", "message", "agent"] as const;
export type OnMachine = (typeof ON_MACHINE)[number];

/** Answering-machine detection, as a campaign wants it. What it may come to, a test of it decides (rule UK-ACR-4). */
export interface AmdSettings {
  readonly kind: AmdKind;
  readonly onMachine: OnMachine;
  /** What is left on a machine, by AMD or by an agent; a media name that Asterisk knows. Null where nothing is. */
  readonly voicemailMessage: string | null;
  /** Of a hundred calls taken for machines so many go to agents all the same, who say what they were. */
  readonly samplePercent: number;
}

export const AMD_OFF: AmdSettings = { kind: "off", onMachine: "hang-up", voicemailMessage: null, samplePercent: 5 };

export interface Campaign {
  readonly campaignId: CampaignId;
  /** Letters, digits, hyphens and underscores; unique. */
  readonly name: string;
  readonly mode: DiallingMode;
  readonly desiredState: CampaignState;
  /** Name of a compliance profile. */
  readonly profile: string;
  readonly tightening: Tightening;
  /** On whose behalf people are called; they answer for it. */
  readonly principal: string;
  readonly purpose: Purpose;
  readonly sector: Sector;
  /** Proof that this sector may be called for, e.g. a regulator's reference; null for none. */
  readonly sectorAuthority: string | null;
  readonly gate: Gate;
  /** Calls in flight per usable agent in power mode, in percent: 150 for one and a half. */
  readonly dialLevelPercent: number;
  /**
   * Predictive mode: whether a call that has rung for the least time of the profile, and no less than fifteen seconds,
   * may be cancelled when hardly any agent is likely to be free for it.
   */
  readonly recourse: boolean;
  /** Agentless mode: what is carried out on its calls; null in other modes, or where none was named yet. */
  readonly flow: FlowName | null;
  /** Preview mode: how leads are shown before they are called. */
  readonly preview: PreviewRules;
  /** What becomes of people who call back. */
  readonly returnCalls: ReturnRules;
  /** Of a hundred leads taken, so many were never tried before, as long as there are both kinds. */
  readonly newSharePercent: number;
  /** When it was started for the first time: thirty-day blocks count from here. */
  readonly firstStartedAt: Instant | null;
  /** Name of a trunk in the node's configuration. */
  readonly trunk: string;
  readonly cliNumber: PhoneNumber;
  /** Counted from placing. At least 15 s plus post-dial delay where a minimum ring time is required. */
  readonly ringTimeoutMs: number;
  /** From the answer to both legs joined or the message begun. */
  readonly connectTimeoutMs: number;
  /** Taken off `connectTimeoutMs`, for what the way to the ear costs. */
  readonly connectSafetyMarginMs: number;
  readonly amd: AmdSettings;
  readonly recording: RecordingPlan;
  /** What the person hears when no agent can be joined in time; a media name that Asterisk knows, e.g. `sound:…`. */
  readonly informationMessage: string;
  readonly wrapUpMs: number;
  /** What agents may do during a call. */
  readonly desk: DeskRules;
  readonly talkMaxMs: number;
  /** Greatest number of calls in flight for this campaign on one node; null for the trunk's own limit. */
  readonly linesMax: number | null;
  readonly callingHours: readonly CallingHours[];
  readonly redial: RedialRules;
  readonly dispositions: readonly Disposition[];
}
