/**
 * What the network or the dialler says happened to an attempt: machine-made, a closed set, exactly one per attempt.
 *
 * What the agent says the conversation was is a disposition; it never replaces the outcome.
 * The flags are data beside the outcome, so that redialling, accounts and trunk health ask the row and not the code.
 */

export type RetryClass =
  | "none" // no automatic redial of this number in this campaign
  | "no-answer" // later, and at another time of day
  | "busy" // soon; minutes
  | "machine" // by machine rule
  | "rejected" // long delay, low maximum
  | "abandoned" // only under the cool-off rule after an abandon
  | "early-hangup" // the person left before we owed them anyone
  | "not-home" // another person answered; later
  | "callback" // at the promised time
  | "carrier" // other trunk or short delay; no try used, but a ceiling of its own so that a dead route cannot loop
  | "requeue" // back to pending at once
  | "operator"; // held until a human or a configuration change releases it

export interface OutcomeFacts {
  /** Uses up one try of the redial budget. Legal caps count every attempt whose INVITE may have left, whatever this says. */
  readonly countsAsAttempt: boolean;
  /** A person answered, as far as network and AMD can tell. */
  readonly liveVoice: boolean;
  /** The number is taken out, and stays out when it is imported again. */
  readonly permanent: boolean;
  readonly retryClass: RetryClass;
  /** Feeds the trunk's failure rate and its breaker. */
  readonly chargesCarrierHealth: boolean;
}

const facts = (flags: string, retryClass: RetryClass): OutcomeFacts => ({
  countsAsAttempt: flags.includes("A"),
  liveVoice: flags.includes("L"),
  permanent: flags.includes("P"),
  retryClass,
  chargesCarrierHealth: flags.includes("C"),
});

/** Flags: A counts as attempt, L live voice, P permanent, C charges carrier health. */
export const OUTCOMES = {
  // Nothing was placed, or the placing was refused.
  "not-placed": facts("", "requeue"),
  suppressed: facts("P", "none"),
  "preview-rejected": facts("", "no-answer"),
  "preview-closed": facts("", "none"),
  "preview-timed-out": facts("", "no-answer"),
  "callback-agent-missing": facts("", "callback"),
  "place-refused": facts("", "operator"),
  "trunk-unreachable": facts("C", "carrier"),
  "all-trunks-busy": facts("", "carrier"),
  // Ended before an answer.
  busy: facts("A", "busy"),
  "no-answer": facts("A", "no-answer"),
  "subscriber-absent": facts("A", "no-answer"),
  "no-ringback": facts("AC", "no-answer"),
  "no-response": facts("C", "carrier"),
  rejected: facts("A", "rejected"),
  blocked: facts("AC", "rejected"),
  "spam-rejected": facts("A", "none"),
  "auth-rejected": facts("C", "operator"),
  unallocated: facts("AP", "none"),
  "invalid-number": facts("AP", "none"),
  "number-changed": facts("AP", "none"),
  "no-route": facts("C", "carrier"),
  "not-in-service": facts("AP", "none"),
  "destination-unavailable": facts("C", "carrier"),
  congestion: facts("C", "carrier"),
  "network-failure": facts("C", "carrier"),
  "network-disconnect": facts("AC", "no-answer"),
  "media-refused": facts("C", "operator"),
  "signalling-error": facts("C", "operator"),
  redirected: facts("A", "no-answer"),
  "network-machine": facts("A", "machine"),
  "cancelled-while-ringing": facts("A", "abandoned"),
  "cancelled-unrung": facts("", "requeue"),
  // Answered, never connected.
  "hung-up-early": facts("AL", "early-hangup"),
  "hung-up-waiting": facts("AL", "abandoned"),
  "abandoned-silent": facts("AL", "abandoned"),
  "abandoned-with-message": facts("AL", "abandoned"),
  "agent-leg-failed": facts("L", "abandoned"),
  "machine-hung-up": facts("A", "machine"),
  "machine-message-left": facts("A", "machine"),
  fax: facts("A", "none"),
  "no-speech": facts("A", "no-answer"),
  "no-media": facts("C", "carrier"),
  "ringback-after-answer": facts("AC", "no-answer"),
  screened: facts("AL", "no-answer"),
  // Connected, or served without an agent.
  connected: facts("AL", "none"),
  "connected-late": facts("AL", "none"),
  "message-delivered": facts("AL", "none"),
  "message-cut-short": facts("AL", "early-hangup"),
  // The machinery.
  "cancelled-by-length": facts("A", "operator"),
  lost: facts("A", "no-answer"),
  "internal-error": facts("", "operator"),
  unclassified: facts("A", "operator"),
} as const satisfies Record<string, OutcomeFacts>;

export type Outcome = keyof typeof OUTCOMES;

export const outcomeFacts = (outcome: Outcome): OutcomeFacts => OUTCOMES[outcome];
export const isOutcome = (text: string): text is Outcome => Object.hasOwn(OUTCOMES, text);
