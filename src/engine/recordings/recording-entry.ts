/** One recording as the engine holds it, and what its next step is: where it is, and where somebody wants it to be. */
import type { Agent, AgentCommand, RecordingAsk } from "../../agent/agent.ts";
import type { AttemptId, CampaignId } from "../../domain/ids.ts";
import { after, earliest, msBetween, type Instant } from "../../domain/instant.ts";
import { GAP_ALARM_MS } from "../../domain/recording.ts";
import type { GapHow, OpenRecording, RecordingGap, RecordingNote, RecordingPlan } from "../../domain/recording.ts";
import type { AgentProfile } from "../ports/agent.ts";
import type { LiveCall, RecordingHandle } from "../calls/live-call.ts";

/** Who asks for something, and by what. */
export interface Asker {
  readonly by: string;
  readonly how: GapHow;
}

/** `nothing`: on demand, and nobody has asked yet. */
export type Wanted = "nothing" | "sound" | "gap" | "end";
/** What Asterisk has confirmed. `over`: nothing is recorded any more, and nothing will be. */
export type Actual = "nothing" | "sound" | "gap" | "over";

export interface Entry {
  readonly attemptId: AttemptId;
  /** Null of a row that the last process left behind, as long as its call has not been found. */
  live: LiveCall | null;
  campaignId: CampaignId | null;
  plan: RecordingPlan;
  readonly file: string;
  wanted: Wanted;
  actual: Actual;
  /** Who wanted what is wanted now. */
  asker: Asker;
  /** When the last request went to Asterisk, and for whom: meanwhile somebody may want something else. */
  sent: { readonly at: Instant; readonly asker: Asker };
  /** A request is out, and its answer is waited for. */
  busy: boolean;
  /** Failures of the present step, one after the other. */
  tries: number;
  note: RecordingNote | null;
  gap: RecordingGap | null;
  /** Null before the first gap has ended. */
  gapEndedAt: Instant | null;
  /** Somebody was told that this gap is a long one. */
  alarmed: boolean;
  /** Why there is no whole file; null as long as nothing is wrong. */
  fault: string | null;
}

export type Step = "start" | "pause" | "resume" | "stop" | "read";

/** Null when it is as it is wanted, or cannot be otherwise. */
export function nextStep({ wanted, actual, note }: Entry): Step | null {
  if (actual === "over") return note === null || note.endedAt !== null ? null : "read";
  if (wanted === "end") return actual === "nothing" ? null : "stop";
  if (wanted === "nothing") return null;
  if (actual === "nothing") return wanted === "sound" ? "start" : null;
  if (actual === wanted) return null;
  return wanted === "gap" ? "pause" : "resume";
}

export const newEntry = (
  of: Pick<Entry, "attemptId" | "live" | "campaignId" | "plan" | "file" | "asker">,
  at: Instant,
): Entry => ({
  ...of,
  wanted: "nothing",
  actual: "nothing",
  sent: { at, asker: of.asker },
  busy: false,
  tries: 0,
  note: null,
  gap: null,
  gapEndedAt: null,
  alarmed: false,
  fault: null,
});

/** Of the last process: it was recording, or in a gap, when that went. */
export const foundEntry = ({ note, gap }: OpenRecording, plan: RecordingPlan, at: Instant): Entry => ({
  ...newEntry(
    { attemptId: note.attemptId, live: null, campaignId: null, plan, file: note.file, asker: { by: "", how: "time" } },
    at,
  ),
  note,
  gap,
  wanted: gap === null ? "sound" : "gap",
  actual: gap === null ? "sound" : "gap",
});

/** What could not be ended is tried again, and not in the same moment. */
const GAP_AGAIN_MS = 10_000;

/** When a gap is to be looked at next: it is a long one, or has lasted as long as it may. Null where there is none. */
export function gapDueAt({ gap, alarmed, plan }: Entry, now: Instant): Instant | null {
  if (gap === null) return null;
  const endsAt = after(gap.from, plan.pauseMaxMs);
  const next = alarmed ? endsAt : earliest(endsAt, after(gap.from, GAP_ALARM_MS));
  return next > now ? next : after(now, GAP_AGAIN_MS);
}

/** A key is told when it is let go, and a busy Asterisk tells it late: what was typed in a gap may come after it. */
const DIGITS_LATE_MS = 2_000;

/** What an agent's keys and commands see of a recording, as it is whenever they look. */
export function handleOf(
  entry: Entry,
  { now, obey }: { now: () => Instant; obey: (what: RecordingAsk, asker: Asker) => string },
): RecordingHandle {
  return {
    get isPaused() {
      return entry.wanted === "gap";
    },
    get hidesDigits() {
      const { wanted, gap, gapEndedAt } = entry;
      return wanted === "gap" || gap !== null || (gapEndedAt !== null && msBetween(gapEndedAt, now()) < DIGITS_LATE_MS);
    },
    get mayStart() {
      return entry.plan.kind === "demand" && entry.wanted === "nothing";
    },
    obey: (what, by, how) => obey(what, { by, how }),
  };
}

/** Of the call that the agent is in. Returns what became of it, for whoever asked. */
export function askRecording(
  {
    agent,
    lastCall,
    profile,
  }: { readonly agent: Agent; readonly lastCall: LiveCall | null; readonly profile: AgentProfile },
  { what, attemptId, by: asker }: Extract<AgentCommand, { type: "recording" }>,
  how: "key" | "command",
): string {
  if (agent.state.state !== "onCall" || lastCall === null) return "not-on-a-call";
  if (attemptId !== undefined && attemptId !== agent.state.attemptId) return "another-call";
  return lastCall.recording?.obey(what, asker ?? profile.name, how) ?? "not-recorded";
}
