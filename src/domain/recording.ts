/** Recordings of conversations: what a campaign wants recorded, what is known of one, and the gaps in it. */
import type { AttemptId } from "./ids.ts";
import type { Instant } from "./instant.ts";

/** `demand`: only when the agent asks for it. `sample`: so many of a hundred, chosen by the attempt's own name. */
export const RECORD_KINDS = ["off", "all", "demand", "sample"] as const;
export type RecordKind = (typeof RECORD_KINDS)[number];

export interface RecordingPlan {
  readonly kind: RecordKind;
  /** With `sample`: of a hundred conversations so many are recorded. */
  readonly samplePercent: number;
  /** What both hear when a recording begins, e.g. `sound:acme/recorded`; null for nothing. */
  readonly announcement: string | null;
  /** A gap ends by itself after so long, in ms. */
  readonly pauseMaxMs: number;
}

export const NO_RECORDING: RecordingPlan = {
  kind: "off",
  samplePercent: 100,
  announcement: null,
  pauseMaxMs: 5 * 60_000,
};

/** A gap that lasts longer is looked at by somebody: a card is paid with in less (our own figure, not a rule's). */
export const GAP_ALARM_MS = 180_000;

/**
 * `starting` until Asterisk has said yes; `paused` while nothing is heard; `ended` with a whole file; `failed` where there
 * is none, or one that broke off by itself.
 */
export const RECORDING_STATES = ["starting", "recording", "paused", "ended", "failed"] as const;
export type RecordingState = (typeof RECORDING_STATES)[number];

/**
 * Who made or ended a gap: an agent's key, a command or a CRM, the clock, or the end of the conversation. `restart`: of what
 * the last process did after its beginning nobody knows; another gap begins where the next one found it.
 */
export type GapHow = "key" | "command" | "time" | "end" | "restart";

/** One recording as it is written down; repeated with every change. */
export interface RecordingNote {
  readonly attemptId: AttemptId;
  /** Its name in Asterisk, without `.wav`. */
  readonly file: string;
  readonly state: RecordingState;
  readonly startedAt: Instant;
  /** Null while it goes on. */
  readonly endedAt: Instant | null;
  /** Of the whole file; null where that is not known. */
  readonly bytes: number | null;
  /** Of the whole file, in hexadecimal digits. */
  readonly sha256: string | null;
  /** Why it failed; null where it did not. */
  readonly says: string | null;
}

/** Nothing that was said between these two is in the file: from Asterisk's word that it is mute, to our asking for sound. */
export interface RecordingGap {
  readonly attemptId: AttemptId;
  readonly from: Instant;
  /** Null while it lasts. */
  readonly until: Instant | null;
  readonly by: string;
  readonly how: GapHow;
  readonly endedBy: string | null;
  readonly endedHow: GapHow | null;
}

/** One that a node has not closed yet. */
export interface OpenRecording {
  readonly note: RecordingNote;
  /** The gap it is in; null where it is in none. */
  readonly gap: RecordingGap | null;
}

/** FNV-1a, 32 bits: the same attempt is in the sample on every node and after every restart. */
const OFFSET = 0x811c9dc5;
const PRIME = 0x01000193;

/** Whether the recording of this attempt begins by itself. */
export function isRecorded({ kind, samplePercent }: RecordingPlan, attemptId: AttemptId): boolean {
  if (kind !== "sample") return kind === "all";
  let hash = OFFSET;
  for (const character of attemptId) hash = Math.imul(hash ^ (character.codePointAt(0) ?? 0), PRIME) >>> 0;
  // The low bits of FNV-1a are its weakest.
  return ((hash ^ (hash >>> 16)) >>> 0) % 100 < samplePercent;
}

/** `fairdial/CAMPAIGN/YYYY-MM-DD/ATTEMPT`, by the day in UTC on which they were joined. Nothing of the person is in it. */
export function recordingName(campaign: string, joinedAt: Instant, attemptId: AttemptId): string {
  // A campaign's name holds nothing else; somebody may have written into the table by hand.
  const folder = campaign.replace(/[^A-Za-z0-9_-]/g, "_").slice(0, 64) || "_";
  return `fairdial/${folder}/${new Date(joinedAt).toISOString().slice(0, 10)}/${attemptId}`;
}

/** Whose recording this is by its name; null for a name that is not ours. */
export function attemptOfRecording(name: string): string | null {
  return /^fairdial\/[A-Za-z0-9_-]+\/\d{4}-\d{2}-\d{2}\/([0-9a-f-]{36})$/.exec(name)?.[1] ?? null;
}
