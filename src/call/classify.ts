/**
 * From the facts of one attempt to its outcome. Nothing else may decide an outcome.
 *
 * Who ended the call comes before any code: when Asterisk hangs up a call itself it invents a SIP code for it
 * (res_pjsip, `hangup_cause2sip`), so its own ring time-out reads 19/480, exactly like a carrier's 480.
 * The dialstatus of ARI `Dial` events is never used: it says NOANSWER for a 404 (main/dial.c).
 */
import { isTakenForPerson } from "../domain/amd.ts";
import type { AttemptFacts } from "../domain/attempt.ts";
import { isInTime } from "../domain/connect-clock.ts";
import type { ConnectClock } from "../domain/connect-clock.ts";
import { msBetween } from "../domain/instant.ts";
import type { Outcome } from "../domain/outcome.ts";
import { outcomeOfNetworkEnd } from "./network-end.ts";
import { announcedOutcome, announcement, nobodyThere } from "./unheard.ts";

export interface ClassifyPolicy {
  readonly ringTimeoutMs: number;
  readonly clock: ConnectClock;
}

export function classify(facts: AttemptFacts, policy: ClassifyPolicy): Outcome {
  // Whoever hung up first: it was no person's call any more.
  if (facts.verdictAct === "dropped") return dropped(facts);
  // By the word of the agent who talked to it.
  if (facts.machineReportedAt !== null && facts.connectedAt !== null) return byMessage(facts);
  if (facts.connectedAt !== null) return connected(facts, policy);
  if (facts.answeredAt !== null) return answeredOnly(facts, policy);
  if (facts.placedAt === null && facts.placeFailure !== null) return notPlaced(facts);
  return announcedOutcome(facts, unanswered(facts, policy));
}

function dropped(facts: AttemptFacts): Outcome {
  switch (facts.verdict) {
    case "fax":
      return "fax";
    case "sit":
      // The network speaks, after an answer of its own.
      return announcement(facts.verdictCause);
    default:
      return byMessage(facts);
  }
}

/** Half a message is none. */
const byMessage = ({ message, messageChoice }: AttemptFacts): Outcome =>
  messageChoice === "voicemail" && message === "finished" ? "machine-message-left" : "machine-hung-up";

function notPlaced(facts: AttemptFacts): Outcome {
  switch (facts.placeFailure) {
    case "withdrawn":
      return "not-placed";
    case "refused":
      return "place-refused";
    case "unavailable":
      return "trunk-unreachable";
    default:
      // Nobody knows whether an INVITE left. It counts, like a call that never rang.
      return facts.endedBy === "us" ? byOurReason(facts) : "no-ringback";
  }
}

function unanswered(facts: AttemptFacts, policy: ClassifyPolicy): Outcome {
  switch (facts.endedBy) {
    case "us":
    case "agent":
      return byOurReason(facts);
    case "farEnd":
      return outcomeOfNetworkEnd(facts.sip, facts.cause, facts.ringing !== "none");
    case "asterisk":
      return endedByAsterisk(facts, policy);
    case null:
      return "lost";
  }
}

function byOurReason(facts: AttemptFacts): Outcome {
  const rang = facts.ringing !== "none";
  switch (facts.endReason) {
    case "noAgent":
      // Cancelled for want of an agent: the person had the full least ring, by the network's own word, and did not come to
      // the phone. The reason stays in the row, and tells it from a ring time-out.
      return rang ? "no-answer" : "cancelled-unrung";
    case "ringTimeout":
      return rang ? "no-answer" : "no-ringback";
    case "placeTimeout":
      // Nobody confirmed it, and it rang all the same: we cut that short, they did not fail to answer.
      return rang ? "cancelled-while-ringing" : "no-ringback";
    case "lengthLimit":
      return "cancelled-by-length";
    default:
      return rang ? "cancelled-while-ringing" : "cancelled-unrung";
  }
}

/**
 * No intention of ours, and no word from the far end: Asterisk's own time-out, a failure before any INVITE,
 * or the far end's word was lost on the way. The elapsed time tells the first, a real network code the last.
 */
function endedByAsterisk(facts: AttemptFacts, policy: ClassifyPolicy): Outcome {
  const rang = facts.ringing !== "none";
  const placedAt = facts.placedAt?.at;
  const endedAt = facts.endedAt?.at;
  if (placedAt !== undefined && endedAt !== undefined && msBetween(placedAt, endedAt) >= policy.ringTimeoutMs) {
    return rang ? "no-answer" : "no-ringback";
  }
  const sip = isInvented(facts) ? null : facts.sip;
  if (rang) return outcomeOfNetworkEnd(sip, facts.cause, true);
  // 20 is Asterisk's own word for "no contact", and 0 for "died before anything was sent".
  const local = sip === null || facts.cause === 0 || facts.cause === 20;
  return local ? "trunk-unreachable" : outcomeOfNetworkEnd(sip, facts.cause, false);
}

/**
 * Pairs that Asterisk makes up (res_pjsip, `hangup_cause2sip`) and that no real answer leads to, for the way there maps
 * each code to another cause. A failure of its own as 3/404 must not take a number out for good.
 */
const INVENTED: ReadonlySet<string> = new Set(["2+404", "3+404", "20+480", "31+480", "42+503", "66+503", "127+500"]);

const isInvented = ({ cause, sip }: AttemptFacts): boolean =>
  cause !== null && sip !== null && INVENTED.has(`${cause}+${sip}`);

function answeredOnly(facts: AttemptFacts, policy: ClassifyPolicy): Outcome {
  // Even if the person hung up during it: what was owed to them had begun.
  if (informedInTime(facts, policy)) return facts.messageChoice === "flow" ? spokenTo(facts) : "abandoned-with-message";
  if (facts.endedBy === "farEnd" && facts.sip !== NOT_ACCEPTABLE) {
    // They left while we could still have connected them in time: not an abandon, we did not end the call.
    return leftInTime(facts, policy) ? (leftUnheard(facts) ?? "hung-up-early") : "hung-up-waiting";
  }
  if (facts.agentLegFailed) return "agent-leg-failed";
  // Ended by us, by Asterisk, or nobody saw how: the reading that is worst for us.
  return "abandoned-silent";
}

/** Nobody there, or an assistant that asked who calls. */
const leftUnheard = (facts: AttemptFacts): Outcome | null =>
  facts.verdict === "screened" ? "screened" : nobodyThere(facts);

/** By a call flow that began in time. Whoever asked for an agent and got none was abandoned (rule UK-IVM-1). */
function spokenTo({ agentWaitedMs, verdict, message }: AttemptFacts): Outcome {
  if (agentWaitedMs !== null) return "abandoned-with-message";
  const isDelivered = message === "finished";
  // What AMD was sure of; its doubts are people.
  if (verdict !== null && !isTakenForPerson(verdict)) return isDelivered ? "machine-message-left" : "machine-hung-up";
  return isDelivered ? "message-delivered" : "message-cut-short";
}

/**
 * A BYE brings no 406. It is what the SIP stack gives when an answer came without SDP (pjproject, sip_inv.c): it then
 * says BYE by itself, and Asterisk tells that like a hang-up of theirs. They picked up, and we cut them off.
 */
const NOT_ACCEPTABLE = 406;

/**
 * A late message is none (UK-CLK-1, UK-SIL-1). Nor is one that failed, even after its start: Asterisk says that a
 * playback has started before it looks for the file (res_stasis_playback, `play_on_channel`).
 */
const informedInTime = (facts: AttemptFacts, policy: ClassifyPolicy): boolean =>
  facts.messageAt !== null && facts.message !== "failed" && isInTime(facts, policy.clock, facts.messageAt.at);

function connected(facts: AttemptFacts, policy: ClassifyPolicy): Outcome {
  const { answeredAt, connectedAt } = facts;
  if (answeredAt === null || connectedAt === null) return "unclassified";
  // Handed over by a call flow, in whose words they had been spoken to in time.
  if (facts.messageChoice === "flow" && informedInTime(facts, policy)) return "connected";
  if (!isInTime(facts, policy.clock, connectedAt.at)) return "connected-late";
  // The agent heard nobody: another day somebody may be there.
  return nobodyThere(facts) ?? "connected";
}

const leftInTime = (facts: AttemptFacts, policy: ClassifyPolicy): boolean =>
  facts.endedAt === null || isInTime(facts, policy.clock, facts.endedAt.at);
