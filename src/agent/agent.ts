/**
 * An agent's state, and what can happen to it. An agent is a phone with a standing leg; without a leg they are logged out.
 */
import type { AgentId, AttemptId } from "../domain/ids.ts";
import type { Instant } from "../domain/instant.ts";
import type { SupervisionMode } from "../domain/supervision.ts";
import type { TransferTarget } from "../domain/transfer.ts";

export type AgentState =
  | { readonly state: "loggedOut"; readonly since: Instant }
  | { readonly state: "available"; readonly since: Instant }
  /**
   * Looks at a lead that nobody has dialled yet, and that will be called as this attempt if they press. Nobody else may
   * have them meanwhile. If nothing comes of it they keep their place.
   */
  | {
      readonly state: "previewing";
      readonly since: Instant;
      readonly idleSince: Instant;
      readonly attemptId: AttemptId;
    }
  /** Promised to a call, not yet joined to it. If nothing comes of it they keep their place, so the idle time is kept. */
  | {
      readonly state: "reserved";
      readonly since: Instant;
      readonly idleSince: Instant;
      readonly attemptId: AttemptId;
    }
  | { readonly state: "onCall"; readonly since: Instant; readonly attemptId: AttemptId }
  | { readonly state: "wrapUp"; readonly since: Instant; readonly attemptId: AttemptId; readonly deadlineAt: Instant }
  | { readonly state: "paused"; readonly since: Instant; readonly pauseReason: string };

/** The pause reason of an agent who takes no calls but those asked for in their name. */
export const MANUAL_PAUSE = "manual";

export type AgentStateName = AgentState["state"];

/** What the agent asked for during a call, to happen when it and its wrap-up are over. */
export type Afterwards = { readonly type: "pause"; readonly pauseReason: string } | { readonly type: "logOut" };

export interface Agent {
  readonly state: AgentState;
  readonly afterwards: Afterwards | null;
}

export type AgentEvent =
  | { readonly type: "loggedIn"; readonly at: Instant; readonly startAvailable: boolean }
  | { readonly type: "legLost"; readonly at: Instant }
  | { readonly type: "previewed"; readonly at: Instant; readonly attemptId: AttemptId }
  /** The lead is off their screen, and nobody was called. */
  | { readonly type: "previewOver"; readonly at: Instant; readonly attemptId: AttemptId }
  /**
   * For a call; of somebody who is previewing, for none but the one on their screen. `manual`: a call that was asked for in
   * their name, so one who paused for such calls may have it, and is paused again after it.
   */
  | { readonly type: "reserved"; readonly at: Instant; readonly attemptId: AttemptId; readonly manual?: boolean }
  | { readonly type: "joined"; readonly at: Instant; readonly attemptId: AttemptId }
  /** The call has no claim on the agent any more. Wrap-up follows if they talked. */
  | {
      readonly type: "released";
      readonly at: Instant;
      readonly attemptId: AttemptId;
      readonly talked: boolean;
      readonly wrapUpMs: number;
    }
  | { readonly type: "madeAvailable"; readonly at: Instant }
  | { readonly type: "paused"; readonly at: Instant; readonly pauseReason: string }
  | { readonly type: "wrapUpEnded"; readonly at: Instant }
  | { readonly type: "loggedOut"; readonly at: Instant }
  | { readonly type: "deadlinePassed"; readonly at: Instant };

export type RecordingAsk = "start" | "pause" | "resume";

/** What agents ask for, by key, command line or SQL: one set of commands for all of them. */
export type AgentCommand =
  | { readonly type: "makeAvailable" }
  | { readonly type: "pause"; readonly pauseReason: string }
  | { readonly type: "endWrapUp" }
  /** Calls the lead on the screen. Of a CRM that shows one: only that one. */
  | { readonly type: "dial"; readonly attemptId?: AttemptId }
  /** Does not call it. */
  | { readonly type: "skip"; readonly reason: string; readonly attemptId?: AttemptId }
  | { readonly type: "dispose"; readonly dispositionCode: string }
  /**
   * The recording of the call: a gap in it while a card is paid with, its end, or, on demand, the recording itself. Of a
   * CRM that names a call: only of that one. `by`: who asks, where it is not the agent.
   */
  | {
      readonly type: "recording";
      readonly what: RecordingAsk;
      readonly attemptId?: AttemptId;
      readonly by?: string;
    }
  /** Ends the person's call; the agent stays logged in. */
  | { readonly type: "hangUp" }
  /** It is a machine: the campaign's message is left on it, and the agent is free. */
  | { readonly type: "voicemail" }
  | { readonly type: "hold" }
  | { readonly type: "resume" }
  /** Whichever it is not, as one key says it. */
  | { readonly type: "holdOrResume" }
  /** Passes on whom they talk to, at once or after a word with the other. Of a CRM that names a call: only that one. */
  | {
      readonly type: "transfer";
      readonly kind: "blind" | "consulted";
      readonly to: TransferTarget;
      readonly attemptId?: AttemptId;
    }
  /** To whom the campaign says that this digit stands for. */
  | { readonly type: "transferByKey"; readonly key: string }
  /** The person is the other's; and the agent out of it. */
  | { readonly type: "completeTransfer" }
  /** Back to the agent, without the other. */
  | { readonly type: "takeBack" }
  | { readonly type: "threeWay" }
  /** Asked of a supervisor's own leg: what another agent says and hears. `follow`: in their next calls, too. */
  | {
      readonly type: "supervise";
      readonly agentId: AgentId;
      readonly mode: SupervisionMode;
      readonly follow: boolean;
    }
  | { readonly type: "endSupervision" }
  | { readonly type: "logOut" };
