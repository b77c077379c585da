/** What the records say of one number, whoever calls it next: read where attempts are decided and where rows are written. */
import type { Instant } from "./instant.ts";

export interface NumberFacts {
  /** On our own suppression list, for everybody or for this principal. */
  readonly suppressed: boolean;
  /** Outcome that took the number out for good. */
  readonly permanentOutcome: string | null;
  /** Names of the registers whose file in force lists it, e.g. `TPS`. */
  readonly registers: readonly string[];
  /** After an abandoned call or a machine verdict: until then only with a guaranteed agent. */
  readonly guaranteedOnlyUntil: Instant | null;
  /** When it was dialled, latest first, over the last 48 hours, by whichever campaign of this principal. */
  readonly attemptsAt: readonly Instant[];
  /**
   * When this was read, if an attempt of this principal to it had not ended in the records by then: it may be on the line,
   * and what its end will forbid is not known. Null where none was open.
   */
  readonly onTheLineAt: Instant | null;
}

export const CONSENT_KINDS = ["consent", "written"] as const;
export type ConsentKind = (typeof CONSENT_KINDS)[number];

/** What the person agreed to, as the list says. */
export interface Consent {
  readonly kind: ConsentKind;
  /** Where the proof lies: an id in the CRM, a recording, a form. */
  readonly reference: string;
  readonly givenAt: Instant | null;
}

/** A do-not-call register as it was last loaded. */
export interface RegisterState {
  readonly name: string;
  /** The date the register's keeper gives the file; age counts from here. */
  readonly fileDate: Instant;
  readonly loadedAt: Instant;
  readonly numbers: number;
  readonly sha256: string;
}

/** An information message, as somebody answers for it. */
export interface ApprovedMessage {
  /** As campaigns name it, e.g. `sound:fairdial/sorry`. */
  readonly media: string;
  readonly sha256: string;
  readonly transcript: string;
  /** On whose behalf it says the call was made. */
  readonly principal: string;
  /** The number it gives for objecting to further calls. */
  readonly contactNumber: string;
  readonly saysPurpose: boolean;
  readonly offersKeyOptOut: boolean;
  /** Null until somebody has listened and put their name to it. */
  readonly approvedBy: string | null;
  readonly approvedAt: Instant | null;
}

/** A number that may be presented on a trunk, and why it is ours. */
export interface OwnedCliNumber {
  readonly cliNumber: string;
  readonly trunk: string;
  readonly proof: string;
  readonly addedAt: Instant;
}

/** Nothing is placed anywhere while it is on. */
export interface KillSwitch {
  readonly since: Instant;
  readonly by: string;
  readonly because: string;
}
