/**
 * What an agent says with the keys of their phone. One digit comes in at a time.
 *
 * `#` available (ends a pause or a wrap-up) · `*1` … `*9` pause with that reason · `*0` end the person's call ·
 * `**` forget what was pressed · a disposition's own key during a call or its wrap-up.
 * With a lead on the screen: `#` call it · `*1` … `*9` skip it for that reason · `*0` put it back and pause.
 * During a call the person hears the tones too, so a disposition is better given in wrap-up.
 */
import type { Disposition } from "../domain/disposition.ts";
import type { AttemptId } from "../domain/ids.ts";
import type { Instant } from "../domain/instant.ts";
import { msBetween } from "../domain/instant.ts";
import type { SkipReason } from "../domain/preview.ts";
import type { AgentCommand, AgentState } from "./agent.ts";

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

export interface KeyPlan {
  /** Digit 1–9 to pause reason. */
  readonly pauseReasons: Readonly<Record<string, string>>;
  readonly dispositions: readonly Disposition[];
  /** Of the lead on the screen. */
  readonly skips?: readonly SkipReason[];
}

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
  if (digit === "#") return { entry: null, command: afterHash(state) };
  if (pending === "*") return screen === null ? afterStar(digit, plan) : afterStarOnScreen(digit, screen, plan);
  if (digit === "*") return begun(digit, at, screen);
  return disposition(pressed, digit, at, state, plan);
}

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

function afterStar(digit: string, plan: KeyPlan): KeyMeaning {
  if (digit === "0") return { entry: null, command: { type: "hangUp" } };
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
