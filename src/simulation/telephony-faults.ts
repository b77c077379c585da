/** What can go wrong between the daemon and the pretend Asterisk: on the wire, with a command, with the connection. */
import type { Instant } from "../domain/instant.ts";
import { FAIR_WIRE, type WireFaults } from "./wire.ts";

export type CommandName =
  | "bridge"
  | "unbridge"
  | "hold"
  | "resume"
  | "playInformationMessage"
  | "askAmd"
  | "hangUp"
  | "playFlow"
  | "stopFlow"
  | "admitAgentLeg"
  | "setAgentMusic"
  | "promptAgent"
  | "hangUpAgentLeg"
  | "ring"
  | "bridgeReturn"
  | "inform"
  | "hangUpReturn"
  | "handBack"
  | "meet"
  | "sendHome"
  | "handOver"
  | "supervise"
  | "record";

/** The socket is gone from `from` to `to`; we notice `noticedAfterMs` later, by a ping that is not answered. */
export interface Cut {
  readonly from: Instant;
  readonly to: Instant;
  readonly noticedAfterMs: number;
  /** Whether requests fail as well. Without: only events are missed. */
  readonly requestsToo: boolean;
}

/** So many legs are made in a second, and no more; 0: it stands still until the end. */
export interface Weakness {
  readonly from: Instant;
  readonly to: Instant;
  readonly callsPerSecondMax: number;
}

export interface TelephonyFaults {
  readonly weak: readonly Weakness[];
  readonly wire: WireFaults;
  readonly cuts: readonly Cut[];
  /** A race or a mistake of ours: not carried out. */
  readonly refusedRate: number;
  /** Only these are refused; all of them when not given. */
  readonly refusesOnly?: readonly CommandName[];
  /** No answer in time: carried out, or not. */
  readonly unknownRate: number;
  /** Calls placed of which nothing is ever confirmed; half of them exist. */
  readonly unconfirmedRate: number;
  /** Calls on which tones are heard, before the answer or behind it; none where it is left out. */
  readonly tonesRate?: number;
}

export const FAIR_TELEPHONY: TelephonyFaults = {
  weak: [],
  wire: FAIR_WIRE,
  cuts: [],
  refusedRate: 0,
  unknownRate: 0,
  unconfirmedRate: 0,
};
