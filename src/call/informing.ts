/** A person for whom nobody was free: they hear the information message, to its end, and then the line is closed. */
import type { InformationChoice, Stamp } from "../domain/attempt.ts";
import { after, earliest, latest, msBetween } from "../domain/instant.ts";
import type { Instant } from "../domain/instant.ts";
import type { CallEffect, CallPolicy, LivingCall, Transition } from "./call.ts";
import { answeredFacts, hangUp, hasTalked, hold, releaseHeld, same, to, withoutAgent } from "./steps.ts";
import type { StateEvent } from "./steps.ts";

/** A message that failed sooner than this was not there to be heard; one that lasted longer was cut off. */
export const HEARD_MIN_MS = 200;

/**
 * Asterisk tells of a beginning within milliseconds of the request. Of whatever is not told of by then, nothing may be
 * heard; where it plays all the same, and only the news of it is lost, the second message follows it.
 */
export const BEGUN_WITHIN_MS = 1_000;

/** The message has been asked for. It plays to its end, whatever else happens, unless the person leaves. */
export function whileInforming(call: LivingCall, event: StateEvent, policy: CallPolicy): Transition {
  // News of the other message, late or said twice: what is heard now is neither begun nor over by it.
  if ("choice" in event && event.choice !== call.facts.messageChoice) return same(call);
  switch (event.type) {
    case "answered": {
      const facts = answeredFacts(call.facts, event.stamp);
      return facts === call.facts ? same(call) : to({ ...call, facts }, []);
    }
    case "messageStarted":
      return begun(call, event.stamp, policy);
    case "messageFinished":
      return hangUp(
        { ...call, facts: { ...call.facts, message: "finished" } },
        event.stamp.at,
        "messagePlayed",
        policy,
      );
    case "messageFailed":
      return failed(call, event.stamp, policy);
    case "messageUnheard":
      return unheard(call, event.at);
    case "deadlinePassed":
      return overdue(call, event.at, policy);
    case "parted":
      return to(withoutAgent(call, {}), releaseHeld(call, hasTalked(call.facts)));
    case "agentLost":
      return call.heldAgentId === event.agentId ? to(withoutAgent(call, {}), []) : same(call);
    case "agentReserved":
      return hold(call, event.agentId);
    default:
      return same(call);
  }
}

export function inform(call: LivingCall, at: Instant, policy: CallPolicy): Transition {
  // A command to join may still be on its way to Asterisk, also one that we were told had failed: undo it before the
  // message, or the agent talks over it.
  const joining = call.state === "connecting" || call.facts.agentLegFailed;
  const unbridge: readonly CallEffect[] = joining ? [{ type: "unbridge" }] : [];
  // Whoever was promised stays so until the person is certainly out of their bridge, or gone: otherwise the next person
  // would be joined to both of them.
  const { facts } = call;
  // What was heard of a flow says nothing of the message: that is still to begin.
  const message = facts.messageChoice === "flow" && facts.message !== "failed" ? "none" : facts.message;
  const informing = play({ ...call, state: "informing", facts: { ...facts, message } }, "campaign", at, policy);
  return to(informing.call, [...unbridge, ...informing.effects]);
}

const play = (call: LivingCall, choice: InformationChoice, at: Instant, policy: CallPolicy): Transition =>
  to(
    {
      ...call,
      unheard: false,
      deadlineAt: after(at, patienceMs(choice, policy)),
      facts: { ...call.facts, messageChoice: choice },
    },
    [{ type: "playInformationMessage", choice }],
  );

/** The second may have to wait for the end of the first, of which nobody heard: it gets the time of a whole message. */
const patienceMs = (choice: InformationChoice, { messageMaxMs }: CallPolicy): number =>
  choice === "campaign" ? Math.min(BEGUN_WITHIN_MS, messageMaxMs) : messageMaxMs;

/** What failed was not heard: then this is the first word they hear. From here on it has its time. */
const begun = (call: LivingCall, stamp: Stamp, policy: CallPolicy): Transition => {
  const { message, messageAt } = call.facts;
  const heardBefore = message === "failed" ? null : messageAt;
  return to(
    {
      ...call,
      deadlineAt: latest(call.deadlineAt, after(stamp.at, policy.messageMaxMs)),
      facts: { ...call.facts, message: "started", messageAt: heardBefore ?? stamp },
    },
    [],
  );
};

/**
 * Asterisk says that a playback has begun before it looks for the file, and calls it failed as well when the person
 * hangs up in the middle. Either way the other message is asked for: to whoever has left it does nothing.
 */
function failed(call: LivingCall, stamp: Stamp, policy: CallPolicy): Transition {
  const { messageAt, messageChoice } = call.facts;
  const wasHeard = messageAt !== null && playedMs(messageAt, stamp) >= HEARD_MIN_MS;
  const silent: LivingCall = wasHeard ? call : { ...call, facts: { ...call.facts, message: "failed" } };
  return messageChoice === "campaign"
    ? play(silent, "builtIn", stamp.at, policy)
    : hangUp(silent, stamp.at, "noAgent", policy);
}

/** By Asterisk's clock where it tells: a process that was held up between the two events must not take that for sound. */
export const playedMs = (from: Stamp, until: Stamp): number =>
  from.asteriskAt === null || until.asteriskAt === null
    ? msBetween(from.at, until.at)
    : msBetween(from.asteriskAt, until.asteriskAt);

/** Whoever still waits when Asterisk can be asked again is owed the message, and no hang-up: soon it is asked again. */
const unheard = (call: LivingCall, at: Instant): Transition =>
  call.facts.message === "started"
    ? same(call)
    : to({ ...call, unheard: true, deadlineAt: earliest(call.deadlineAt, after(at, BEGUN_WITHIN_MS)) }, []);

/** It has had its time. What was never heard to begin has failed, though nobody said so. */
function overdue(call: LivingCall, at: Instant, policy: CallPolicy): Transition {
  const { message, messageChoice } = call.facts;
  if (message === "started") return hangUp(call, at, "messagePlayed", policy);
  return messageChoice === "campaign" || call.unheard
    ? play(call, "builtIn", at, policy)
    : hangUp(call, at, "noAgent", policy);
}
