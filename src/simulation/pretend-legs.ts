/** What the pretend Asterisk keeps of each leg, and what it is made of beside them. */
import type { AttemptId, LegId } from "../domain/ids.ts";
import type { Instant } from "../domain/instant.ts";
import type { ListeningOrder, PlaceOrder, TelephonyEvent } from "../engine/ports.ts";
import type { Callee, CalleeOnTheLine } from "./callee.ts";
import type { Playbacks } from "./pretend-playbacks.ts";
import type { VirtualClock } from "./virtual-clock.ts";

export interface CustomerLeg {
  readonly attemptId: AttemptId;
  readonly trunk: string;
  readonly createdAt: Instant;
  readonly callee: CalleeOnTheLine;
  readonly alarms: (() => void)[];
  state: "down" | "dialling" | "ringing" | "up";
  inAgentBridge: LegId | null;
  /** Told of all that is said, after so much quiet; null for the first greeting alone. */
  listening: ListeningOrder | null;
  hasGreeted: boolean;
  /** They talk, or have not been quiet for long enough. */
  talk: { readonly since: Instant; readonly cancelEnd: () => void } | null;
  readonly playbacks: Playbacks;
}

export interface AgentLeg {
  readonly legId: LegId;
  readonly endpoint: string;
  ready: boolean;
}

/** A sound file that is not there, or is broken, in this spell. */
export interface MissingMedia {
  readonly media: string;
  readonly from: Instant;
  readonly to: Instant;
}

/** The other end of the one socket that our application has. */
export interface Socket {
  deliver(event: TelephonyEvent): void;
  /** A second connection for the same application came; the first stays open and hears nothing more. */
  replaced(): void;
}

export interface AsteriskOptions {
  readonly clock: VirtualClock;
  /** @param linesInUse of its trunk, this call not among them */
  readonly calleeAt: (order: PlaceOrder, linesInUse: number) => Callee;
  /** Length of every message that is there. */
  readonly messageMs: number;
  readonly missingMedia?: readonly MissingMedia[];
  /** Its clock minus ours. */
  readonly skewMs: number;
}
