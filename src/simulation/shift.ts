/** What a pretend shift is made of, and what is left of it for the judge. */
import { DEFAULT_DESK } from "../domain/desk.ts";
import type { TollGuard } from "../engine/rules/toll-guard.ts";
import type { ComplianceProfile } from "../compliance/profile.ts";
import { AMD_OFF } from "../domain/campaign.ts";
import { NO_RECORDING } from "../domain/recording.ts";
import type { Campaign } from "../domain/campaign.ts";
import { campaignId } from "../domain/ids.ts";
import { type Instant, instant } from "../domain/instant.ts";
import { phoneNumber } from "../domain/phone-number.ts";
import { DEFAULT_PREVIEW } from "../domain/preview.ts";
import { DEFAULT_RETURNS } from "../domain/return-call.ts";
import type { EngineTimings, OverloadSettings } from "../engine/context.ts";
import type { FlowOnRecord, JournalEntry, PlaceOrder, TrunkLimits } from "../engine/ports.ts";
import type { Spell as InstantSpell } from "../judge/breach.ts";
import type { Habits } from "./agent-at-work.ts";
import type { Callee } from "./callee.ts";
import type { Recorded } from "./pretend-recorder.ts";
import type { Diary } from "./diary.ts";
import type { LogLine } from "./memory-log.ts";
import type { AttemptRow, MemoryTables, NewLead } from "./memory-tables.ts";
import type { Mix } from "./population.ts";
import type { ReturnDiary } from "./pretend-returns.ts";
import { PRETEND_PROFILE } from "./pretend-profile.ts";
import type { TelephonyFaults } from "./telephony-faults.ts";
import type { DiskFaults, PretendDisk } from "./pretend-spool.ts";
import type { StoreFaults } from "./store-weather.ts";
import type { WireFaults } from "./wire.ts";

/** A spell, counted from the start of the shift. */
export interface Spell {
  readonly fromMs: number;
  readonly toMs: number;
}

export interface ShiftFaults {
  readonly wire?: Partial<WireFaults>;
  readonly cuts?: readonly (Spell & { readonly noticedAfterMs: number; readonly requestsToo: boolean })[];
  /** Spells in which Asterisk makes so many legs a second and no more; 0: it stands still. */
  readonly weak?: readonly (Spell & { readonly callsPerSecondMax: number })[];
  /** Spells in which the daemon comes so much later to everything. */
  readonly sluggish?: readonly (Spell & { readonly delayMs: number })[];
  /** By trunk: what it really carries, and when it takes nothing. */
  readonly carriers?: Readonly<Record<string, { readonly capacity?: number; readonly refuses?: readonly Spell[] }>>;
  readonly refusedRate?: number;
  readonly refusesOnly?: NonNullable<TelephonyFaults["refusesOnly"]>;
  readonly unknownRate?: number;
  readonly unconfirmedRate?: number;
  readonly tonesRate?: number;
  readonly store?: Partial<Omit<StoreFaults, "awayAt">>;
  readonly storeAway?: readonly Spell[];
  readonly disk?: Partial<Omit<DiskFaults, "fullAt">>;
  /** The disk has no room: nothing can be spooled. */
  readonly diskFull?: readonly Spell[];
  /** Sound files that are not there, or broken: the campaign's own message, the built-in one, or both. */
  readonly missingMedia?: readonly (Spell & { readonly media: string })[];
  /** The daemon is killed at `fromMs` and started again at `toMs`. */
  readonly kills?: readonly Spell[];
}

/** What a manager or a CRM does to the database in the middle of a shift. */
export interface Interference {
  readonly atMs: number;
  readonly act: (tables: MemoryTables, now: Instant) => void;
}

/** A list of one's own, and who is at the other end of its numbers. */
export interface Town {
  /** All of the first campaign. */
  readonly leads: readonly NewLead[];
  calleeAt(order: PlaceOrder, at: Instant): Callee;
}

/**
 * Takes down a shift of many days as it happens. What piles up is handed over and kept by nobody: entries as they are
 * written; each night, and at the end, the rows that ended since and what the people called lived through.
 */
export interface Chronicler {
  entry(entry: JournalEntry): void;
  closed(
    rows: readonly AttemptRow[],
    diaries: readonly Diary[],
    around: { readonly tables: MemoryTables; readonly at: Instant },
  ): void;
}

export interface ShiftOptions {
  readonly seed: number;
  /** How many leads, of a list made up here; a town brings its own. */
  readonly leads?: number;
  readonly town?: Town;
  /**
   * When people are at work, one after the other: agents come and the daemon is started, and at the end it is drained
   * and stopped. Left out: once, until the list is done.
   */
  readonly openings?: readonly Spell[];
  /** Given one, the result has no journal, no diaries, and of the log only what somebody should read. */
  readonly chronicler?: Chronicler;
  /** What piles up is handed over so often as well, while everybody works on: for a process that never rests. */
  readonly handOverEveryMs?: number;
  readonly agents?: number;
  /** How often a lead has the number of an earlier one. */
  readonly sharedNumberRate?: number;
  readonly campaign?: Partial<Omit<Campaign, "campaignId">>;
  /** A second campaign of the same agents, on the same numbers. */
  readonly secondCampaign?: Partial<Omit<Campaign, "campaignId">>;
  /** Flows that its campaigns name. */
  readonly flows?: readonly FlowOnRecord[];
  /** What the list says of everybody. */
  readonly attributes?: Readonly<Record<string, string>>;
  /** Where the regime is another than the pretend one. */
  readonly profile?: Partial<ComplianceProfile>;
  /** How often, of a hundred calls that ring, the person objects by another way while it rings. */
  readonly objectPercent?: number;
  /** Of a hundred people whom we called and who did not talk with us, so many call back, some of them twice; and some strangers. */
  readonly returnPercent?: number;
  /** What the node may call and spend; without a bound when left out. */
  readonly toll?: TollGuard;
  /** How many calls that AMD had taken for machines were listened to before the shift, and were people; none when left out. */
  readonly amdTest?: { readonly sampled: number; readonly humansFound: number };
  /** When the kill switch is on. */
  readonly killSwitch?: readonly Spell[];
  readonly mix?: Mix;
  readonly habits?: Habits;
  readonly faults?: ShiftFaults;
  readonly interferences?: readonly Interference[];
  /** Every other agent has a PIN to type. */
  readonly pins?: boolean;
  readonly timings?: Partial<EngineTimings>;
  readonly trunk?: TrunkLimits;
  /** Beside `carrier`. */
  readonly moreTrunks?: Readonly<Record<string, TrunkLimits>>;
  readonly overload?: Partial<OverloadSettings>;
  readonly startAt?: Instant;
  /** The shift ends when the list is done, or after so long. */
  readonly endAfterMs?: number;
}

export interface ShiftResult {
  readonly seed: number;
  readonly startedAt: Instant;
  readonly endedAt: Instant;
  /** Every lead is done or held, and the last process drained and stopped. */
  readonly finished: boolean;
  /** Whenever people went home the process drained and stopped within the hour. */
  readonly drained: boolean;
  readonly journal: readonly JournalEntry[];
  readonly tables: MemoryTables;
  readonly diaries: readonly Diary[];
  /** Of people who called back. */
  readonly returns: readonly ReturnDiary[];
  /** Every file that was recorded, as it really is. */
  readonly recorded: readonly Recorded[];
  readonly trunks: Readonly<Record<string, TrunkLimits>>;
  readonly killSwitch: readonly InstantSpell[];
  readonly log: readonly LogLine[];
  /** What rows wait on while the store is away. */
  readonly disk: PretendDisk;
  /** Why processes died by themselves. */
  readonly deaths: readonly string[];
  readonly lostEvents: number;
}

/** What a small carrier allows: more lines than a progressive campaign of a dozen agents can use. */
export const SMALL_TRUNK: TrunkLimits = { linesMax: 30, cpsMax: 5, codecs: ["alaw"] };

export const TIME_ZONE = "Europe/London";
const MINUTE_MS = 60_000;

export const progressiveCampaign = (change: Partial<Omit<Campaign, "campaignId">> = {}): Campaign => ({
  campaignId: campaignId(1),
  name: "pretend",
  mode: "progressive",
  desiredState: "running",
  profile: PRETEND_PROFILE.name,
  tightening: {},
  principal: "Pretend Limited",
  purpose: "marketing",
  sector: "general",
  sectorAuthority: null,
  gate: "bank",
  dialLevelPercent: 100,
  recourse: false,
  preview: DEFAULT_PREVIEW,
  returnCalls: DEFAULT_RETURNS,
  flow: null,
  newSharePercent: 50,
  firstStartedAt: instant(Date.UTC(2026, 9, 20, 9)),
  trunk: "carrier",
  cliNumber: phoneNumber("+441632960000"),
  ringTimeoutMs: 25_000,
  connectTimeoutMs: 2_000,
  connectSafetyMarginMs: 200,
  amd: AMD_OFF,
  recording: NO_RECORDING,
  informationMessage: "sound:information",
  wrapUpMs: 10_000,
  talkMaxMs: 600_000,
  desk: DEFAULT_DESK,
  linesMax: null,
  callingHours: [{ days: [1, 2, 3, 4, 5], fromMinute: 8 * 60, toMinute: 20 * 60 }],
  redial: {
    attemptsMax: 3,
    carrierTriesMax: 3,
    // Minutes instead of hours: a shift should see what happens at the second try.
    bands: [],
    limits: { numberDayMax: null, leadDayMax: null, gapMinMs: 0 },
    byClass: {
      abandoned: { delayMs: 5 * MINUTE_MS, triesMax: 1 },
      busy: { delayMs: 2 * MINUTE_MS, triesMax: 2 },
      "no-answer": { delayMs: 5 * MINUTE_MS, triesMax: 2 },
      machine: { delayMs: 5 * MINUTE_MS, triesMax: 1 },
      rejected: { delayMs: 10 * MINUTE_MS, triesMax: 1 },
      "early-hangup": { delayMs: 5 * MINUTE_MS, triesMax: 1 },
      carrier: { delayMs: MINUTE_MS, triesMax: 2 },
    },
  },
  dispositions: [
    { key: "1", code: "success", kind: "success" },
    { key: "9", code: "never-again", kind: "opt-out-requested" },
  ],
  ...change,
});
