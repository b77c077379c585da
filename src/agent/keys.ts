/**
 * What an agent says with the keys of their phone. One digit comes in at a time.
 *
 * `#` available (ends a pause or a wrap-up) · `*1` … `*9` pause with that reason · `*0` end the person's call ·
 * `**` forget what was pressed · a disposition's own key during a call or its wrap-up.
 * On a call: `*7` it is a machine, leave the message · `*4` hold, or back from it; there the others pause after it.
 * `*81` … `*89` pass them on to whom the campaign has on that digit; then `*8#` they are the other's · `*8*` all three · `*80` back.
 * With a lead on the screen: `#` call it · `*1` … `*9` skip it for that reason · `*0` put it back and pause.
 * In a call that may be recorded: `*5` a gap in the recording, and again `*5` its end · `*6` record, where that is on demand.
 * In a gap and right after it bare digits mean nothing: they may be a card's, which nobody may keep, not even as a disposition.
 * During a call the person hears the tones too, so a disposition is better given in wrap-up.
 */
import type { Disposition } from "../domain/disposition.ts";
import type { AttemptId } from "../domain/ids.ts";
import type { Instant } from "../domain/instant.ts";
import { msBetween } from "../domain/instant.ts";
import type { SkipReason } from "../domain/preview.ts";
import type { AgentCommand, AgentState, RecordingAsk } from "./agent.ts";

export interface KeyEntry {
  readonly pressed: string;
  readonly at: Instant;
  /** The lead on the screen when it was begun; what was meant for one is not done to another. */
  readonly screen?: AttemptId | null;
}

export interface KeyMeaning {
  /** What is to be remembered until the next digit; null when nothing is. */
  readonly entry: KeyEntry | null;
  readonly command: AgentCommand | null;
}

export interface KeyedRecording {
  readonly isPaused: boolean;
  /** Bare digits may be a card's: in a gap, and for a moment after it. */
  readonly hidesDigits: boolean;
  readonly mayStart: boolean;
}

export interface KeyPlan {
  /** Digit 1–9 to pause reason. */
  readonly pauseReasons: Readonly<Record<string, string>>;
  readonly dispositions: readonly Disposition[];
  /** Of the lead on the screen. */
  readonly skips?: readonly SkipReason[];
  /** Of the call they are in; null where it may not be recorded. */
  readonly recording?: KeyedRecording | null;
}

export const RECORDING_GAP_KEY = "5";
export const RECORDING_START_KEY = "6";

/** Of somebody who puts a lead back and pauses. */
export const PREVIEW_PAUSE = "break";

/** A half-typed entry older than this is forgotten. */
const ENTRY_MAX_MS = 4_000;

const NOTHING: KeyMeaning = { entry: null, command: null };

export function keyMeaning(
  before: KeyEntry | null,
  digit: string,
  at: Instant,
  state: AgentState,
  plan: KeyPlan,
): KeyMeaning {
  const screen = state.state === "previewing" ? state.attemptId : null;
  const isFresh = before !== null && msBetween(before.at, at) <= ENTRY_MAX_MS;
  // Begun with a lead on the screen that is gone: neither a skip of the next one nor a pause was meant.
  if (isFresh && (before.screen ?? null) !== screen) return digit === "#" ? NOTHING : begun(digit, at, screen);
  const pending = isFresh ? before.pressed : "";
  const pressed = pending + digit;
  if (pending === TRANSFER && state.state === "onCall") return { entry: null, command: afterTransfer(digit) };
  if (digit === "#") return { entry: null, command: afterHash(state) };
  const recording = state.state === "onCall" ? (plan.recording ?? null) : null;
  if (pending === "*" && recording !== null) {
    if (digit === RECORDING_GAP_KEY) return asked(recording.isPaused ? "resume" : "pause");
    if (digit === RECORDING_START_KEY && recording.mayStart) return asked("start");
  }
  if (pressed === TRANSFER && state.state === "onCall") return { entry: { pressed, at }, command: null };
  if (pending === "*") return screen === null ? afterStar(digit, state, plan) : afterStarOnScreen(digit, screen, plan);
  if (digit === "*") return begun(digit, at, screen);
  return recording?.hidesDigits === true ? NOTHING : disposition(pressed, digit, at, state, plan);
}

const TRANSFER = "*8";

/** To whom the digit stands for; or what is to become of it. */
function afterTransfer(digit: string): AgentCommand | null {
  switch (digit) {
    case "0":
      return { type: "takeBack" };
    case "#":
      return { type: "completeTransfer" };
    case "*":
      return { type: "threeWay" };
    default:
      return /^[1-9]$/.test(digit) ? { type: "transferByKey", key: digit } : null;
  }
}

const asked = (what: RecordingAsk): KeyMeaning => ({ entry: null, command: { type: "recording", what } });

const begun = (digit: string, at: Instant, screen: AttemptId | null): KeyMeaning =>
  digit === "*" ? { entry: { pressed: "*", at, screen }, command: null } : NOTHING;

function afterHash(state: AgentState): AgentCommand {
  if (state.state === "previewing") return { type: "dial", attemptId: state.attemptId };
  return { type: state.state === "wrapUp" ? "endWrapUp" : "makeAvailable" };
}

function afterStarOnScreen(digit: string, attemptId: AttemptId, { skips = [] }: KeyPlan): KeyMeaning {
  if (digit === "0") return { entry: null, command: { type: "pause", pauseReason: PREVIEW_PAUSE } };
  const skip = skips.find(({ key }) => key === digit);
  return skip === undefined ? NOTHING : { entry: null, command: { type: "skip", reason: skip.code, attemptId } };
}

/** What these keys mean to somebody who is on a call, whatever pauses they are at other times. */
const ON_A_CALL: Readonly<Record<string, AgentCommand>> = {
  "4": { type: "holdOrResume" },
  "7": { type: "voicemail" },
};

function afterStar(digit: string, state: AgentState, plan: KeyPlan): KeyMeaning {
  if (digit === "0") return { entry: null, command: { type: "hangUp" } };
  const onCall = state.state === "onCall" ? ON_A_CALL[digit] : undefined;
  if (onCall !== undefined) return { entry: null, command: onCall };
  const pauseReason = plan.pauseReasons[digit];
  return pauseReason === undefined ? NOTHING : { entry: null, command: { type: "pause", pauseReason } };
}

function disposition(pressed: string, digit: string, at: Instant, state: AgentState, plan: KeyPlan): KeyMeaning {
  if (state.state !== "onCall" && state.state !== "wrapUp") return NOTHING;
  const keyed = plan.dispositions.filter((each) => each.key !== null);
  // Keys are prefix-free by the campaign's rules, so an exact match can be taken at once.
  const exact = keyed.find((each) => each.key === pressed);
  if (exact !== undefined) return { entry: null, command: { type: "dispose", dispositionCode: exact.code } };
  const mayGrow = keyed.some((each) => each.key?.startsWith(pressed));
  if (mayGrow) return { entry: { pressed, at }, command: null };
  return pressed === digit ? NOTHING : disposition(digit, digit, at, state, plan);
}
