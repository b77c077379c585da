/** What the pretend floor shows to a pacing policy, and what it wants to know. Times are virtual milliseconds. */
import type { Ages } from "../../pacing/forecast.ts";

export interface Floor {
  readonly atMs: number;
  /** When the day, and with it the account, ends. */
  readonly endMs: number;
  /** Logged in and not about to leave. */
  readonly agents: number;
  readonly agentsAvailable: number;
  readonly talk: Ages;
  readonly wrapUp: Ages;
  /** Calls on their way, since placing; the pretend network rings at once. */
  readonly ringing: Ages;
  readonly callsWaiting: number;
  /** Leads that could be dialled now. */
  readonly leadsReady: number;
  /** Since the day began. */
  readonly connected: number;
  readonly abandoned: number;
}

export interface Wish {
  readonly place: number;
  /** Calls to cancel, by their place in `ringing`. */
  readonly cancel: readonly number[];
}

/** What a policy may learn from. */
export interface Listener {
  callsPlaced(atMs: number, calls: number): void;
  liveAnswer(placedAtMs: number, atMs: number): void;
  callFailed(placedAtMs: number, atMs: number): void;
  callCancelled(placedAtMs: number, atMs: number): void;
  talkEnded(durationMs: number): void;
  wrapUpEnded(durationMs: number): void;
}

export interface PacingPolicy {
  readonly listener: Listener | null;
  /** Asked at each event as well as on the tick; or on the tick only, as a dialler that loops. */
  readonly onEvents: boolean;
  decide(floor: Floor): Wish;
}

/** The set-up of a day that a policy may know. */
export interface PolicySetting {
  readonly seed: number;
  readonly agents: number;
  readonly ringTimeoutMs: number;
  readonly connectLimitMs: number;
  readonly minimumRingMs: number;
  readonly recourse: boolean;
  /** The legal limit on abandons per day, in basis points, and what is aimed at. */
  readonly limitBasisPoints: number;
  readonly targetBasisPoints: number;
}

export type MakePolicy = (setting: PolicySetting) => PacingPolicy;

export const NOTHING: Wish = { place: 0, cancel: [] };
