/** Each law of a call's life has seen its fault: a transition with one thing wrong, and the stories find it. */
import { describe, expect, test } from "@jest/globals";
import fc from "fast-check";
import { transition } from "../../src/call/transition.ts";
import { after } from "../../src/domain/instant.ts";
import { begun, brokenLaws } from "./call-laws.ts";
import type { Law, Step } from "./call-laws.ts";
import { anyStory } from "./call-stories.ts";
import { letsGoEarly, tampered, wantsNobody, without } from "./call-tampering.ts";

const RUNS = { numRuns: 40_000 };

const PLANTED: readonly (readonly [what: string, Law, Step])[] = [
  [
    "waits for the music for as long as it takes",
    "nobody on hold is left in silence",
    tampered((before, _event, _policy, { call, effects }) =>
      before.state === "connected" && call.state === "onHold"
        ? { call: { ...call, deadlineAt: after(call.deadlineAt, 5_000) }, effects }
        : { call, effects },
    ),
  ],
  [
    "tries to bring them back for ever",
    "nobody on hold is left in silence",
    tampered((_before, _event, _policy, { call, effects }) =>
      call.state === "resuming" && call.hold !== null
        ? { call: { ...call, hold: { ...call.hold, tries: 0 } }, effects }
        : { call, effects },
    ),
  ],
  [
    "takes any answer for the one to the way back",
    "nobody on hold is left in silence",
    (call, event, policy) =>
      call.state === "resuming" && event.type === "resumed"
        ? transition(call, { ...event, nth: call.deskCommands }, policy)
        : transition(call, event, policy),
  ],
  [
    "holds somebody for as long as the agent likes",
    "a hold ends in time",
    tampered((_before, event, policy, { call, effects }) =>
      event.type === "held" && call.state === "onHold" && call.hold?.isSure === true
        ? { call: { ...call, deadlineAt: after(event.at, policy.holdMaxMs + 60_000) }, effects }
        : { call, effects },
    ),
  ],
  [
    "forgets the other agent when the person is brought back",
    "whoever is promised is released once",
    tampered((_before, _event, _policy, { call, effects }) => ({ call, effects: without("dismiss")(effects) })),
  ],
  [
    "lets the agent go whom nobody could be brought back to, before they hear music",
    "nobody is let go while the person may be with them",
    letsGoEarly,
  ],
  [
    "hands the person over and waits for news for as long as it takes",
    "nobody on hold is left in silence",
    tampered((_before, _event, _policy, { call, effects }) =>
      call.state === "resuming" && effects.some(({ type }) => type === "handOver")
        ? { call: { ...call, deadlineAt: after(call.deadlineAt, 5_000) }, effects }
        : { call, effects },
    ),
  ],
  [
    "lets an outside number ring for ever",
    "a hold ends in time",
    tampered((_before, event, _policy, { call, effects }) =>
      event.type === "held" && call.state === "onHold" && call.transfer?.stage === "calling"
        ? { call: { ...call, deadlineAt: after(call.deadlineAt, 600_000) }, effects }
        : { call, effects },
    ),
  ],
  [
    "leaves an agent's message before the agent is gone",
    "a message is left whole, once, and to a machine alone",
    tampered((before, event, _policy, { call, effects }) =>
      event.type === "machineReported" && before.state === "connected"
        ? { call, effects: [...effects, { type: "playVoicemailMessage" }] }
        : { call, effects },
    ),
  ],
  [
    "forgets to release the agent at the end",
    "whoever is promised is released once",
    tampered((_call, _event, _policy, { call, effects }) =>
      call.state === "ended" ? { call, effects: without("releaseAgent")(effects) } : { call, effects },
    ),
  ],
  [
    "releases an agent whose leg is gone",
    "whoever is promised is released once",
    tampered((_before, event, _policy, { call, effects }) =>
      event.type === "agentLost"
        ? { call, effects: [...effects, { type: "releaseAgent", agentId: event.agentId, talked: false }] }
        : { call, effects },
    ),
  ],
  [
    "keeps an agent who was found after the end",
    "whoever is promised is released once",
    tampered((before, _event, _policy, { call, effects }) =>
      before.state === "ended" ? { call, effects: [] } : { call, effects },
    ),
  ],
  [
    "joins an agent who was not promised",
    "only the promised agent is joined",
    tampered((_before, event, _policy, { call, effects }) =>
      event.type === "agentReserved" && call.state === "connected"
        ? { call, effects: [{ type: "bridge", agentId: event.agentId }] }
        : { call, effects },
    ),
  ],
  [
    "hangs up in silence when nobody is free",
    "nobody who answered is hung up on in silence",
    (call, event, policy) => {
      if (call.state !== "answered" || event.type !== "deadlinePassed") return transition(call, event, policy);
      const facts = { ...call.facts, endedBy: "us", endReason: "noAgent" } as const;
      const deadlineAt = after(event.at, policy.hangUpRetryMs);
      return {
        call: { ...call, state: "ending", facts, deadlineAt },
        effects: [{ type: "hangUp", reason: "noAgent" }],
      };
    },
  ],
  [
    "forgets to ask for the message",
    "nobody who answered is hung up on in silence",
    tampered((_before, _event, _policy, { call, effects }) => ({
      call,
      effects: without("playInformationMessage")(effects),
    })),
  ],
  [
    "ends twice",
    "a call ends once",
    (call, event, policy) => {
      if (call.state !== "ended" || event.type !== "destroyed") return transition(call, event, policy);
      return transition({ ...begun({ promised: null, policy }), facts: call.facts, state: "ending" }, event, policy);
    },
  ],
  [
    "ends a call by itself",
    "only telephony ends a call",
    tampered((before, event, _policy, { call, effects }) => {
      if (before.state === "ended" || event.type !== "agentHungUp") return { call, effects };
      const facts = { ...call.facts, endedAt: { at: event.at, asteriskAt: null } };
      return { call: { state: "ended", attemptId: call.attemptId, facts, outcome: "lost" }, effects };
    }),
  ],
  [
    "goes on acting after the end",
    "nothing but a release follows the end",
    tampered((before, event, _policy, { call, effects }) =>
      before.state === "ended" && event.type === "answered"
        ? { call, effects: [{ type: "hangUp", reason: "operator" }] }
        : { call, effects },
    ),
  ],
  [
    "forgets a deadline",
    "a call is ended with an outcome or has a deadline",
    tampered((_before, event, _policy, { call, effects }) =>
      event.type === "joined" && call.state === "connected"
        ? { call: { ...call, deadlineAt: after(call.deadlineAt, Infinity) }, effects }
        : { call, effects },
    ),
  ],
  [
    "gives the person's two seconds anew to every agent",
    "the wait ends by the clock, whoever comes and goes",
    tampered((_before, event, policy, { call, effects }) =>
      event.type === "agentReserved" && call.state === "connecting"
        ? { call: { ...call, deadlineAt: after(event.at, policy.clock.limitMs) }, effects }
        : { call, effects },
    ),
  ],
  [
    "waits for a word from whoever says none",
    "the wait ends by the clock, whoever comes and goes",
    (call, event, policy) =>
      transition(call, event, { ...policy, clock: { ...policy.clock, noSpeechGraceMs: 60_000 } }),
  ],
  [
    "waits for the end of a greeting however long",
    "the wait ends by the clock, whoever comes and goes",
    (call, event, policy) => transition(call, event, { ...policy, clock: { ...policy.clock, greetingMaxMs: 60_000 } }),
  ],
  [
    "forgets the margin",
    "the wait ends by the clock, whoever comes and goes",
    (call, event, policy) => transition(call, event, { ...policy, clock: { ...policy.clock, safetyMarginMs: 0 } }),
  ],
  [
    "does not hear the person",
    "the wait ends by the clock, whoever comes and goes",
    (call, event, policy) => (event.type === "speechStarted" ? { call, effects: [] } : transition(call, event, policy)),
  ],
  [
    "does nothing when the deadline comes",
    "the message is asked for by the deadline",
    (call, event, policy) =>
      event.type === "deadlinePassed" && (call.state === "answered" || call.state === "connecting")
        ? { call: { ...call, deadlineAt: after(event.at, 1) }, effects: [] }
        : transition(call, event, policy),
  ],
  [
    "has no second message",
    "the other message is asked for when the first fails",
    tampered((_before, _event, _policy, { call, effects }) => ({
      call,
      effects: effects.filter((each) => each.type !== "playInformationMessage" || each.choice === "campaign"),
    })),
  ],
  [
    "takes silence for a message",
    "the other message is asked for when the first fails",
    (call, event, policy) => {
      const isUnheard = call.state === "informing" && call.facts.message === "none";
      return event.type === "deadlinePassed" && isUnheard
        ? transition({ ...call, facts: { ...call.facts, message: "started" } }, event, policy)
        : transition(call, event, policy);
    },
  ],
  [
    "plays the one message again and again",
    "each message is asked for once, and nobody talks over it",
    tampered((before, event, _policy, { call, effects }) =>
      before.state === "informing" && event.type === "speechStarted"
        ? { call, effects: [{ type: "playInformationMessage", choice: "campaign" }] }
        : { call, effects },
    ),
  ],
  [
    "gives up when nobody answers who was asked to play it",
    "the message plays to its end",
    (call, event, policy) =>
      event.type === "messageUnheard" && call.state === "informing" && call.facts.message === "none"
        ? transition({ ...call, deadlineAt: event.at }, { type: "deadlinePassed", at: event.at }, policy)
        : transition(call, event, policy),
  ],
  [
    "asks again for what has been answered",
    "each message is asked for once, and nobody talks over it",
    (call, event, policy) =>
      call.state === "informing"
        ? transition({ ...call, unheard: true }, event, policy)
        : transition(call, event, policy),
  ],
  [
    "hangs up at the news of a message that it does not wait for",
    "the message plays to its end",
    (call, event, policy) =>
      event.type === "messageFinished" &&
      call.state === "informing" &&
      call.facts.messageChoice !== null &&
      call.facts.messageChoice !== "flow"
        ? transition(call, { ...event, choice: call.facts.messageChoice }, policy)
        : transition(call, event, policy),
  ],
  [
    "gives up when the ring time-out says so, however short it rang",
    "it rings for the least time before we give up",
    (call, event, policy) => transition(call, event, { ...policy, ringMinMs: 0, earlyRingMinMs: 0 }),
  ],
  [
    "takes a 183 for ringing",
    "it rings for the least time before we give up",
    (call, event, policy) => transition(call, event, { ...policy, earlyRingMinMs: policy.ringMinMs }),
  ],
  [
    "cancels at once for whoever objects",
    "it rings for the least time before we give up",
    (call, event, policy) =>
      event.type === "optedOut"
        ? transition(call, { ...event, type: "cancelled", reason: "drain" }, policy)
        : transition(call, event, policy),
  ],
  [
    "cancels for want of an agent as soon as the profile's least ring is over",
    "the want of an agent ends only what has rung long enough for nobody",
    wantsNobody(
      ({ facts }, at, { ringMinMs }) => facts.ringingAt !== null && at >= after(facts.ringingAt.at, ringMinMs),
    ),
  ],
  [
    "cancels for want of an agent on the strength of a 183",
    "the want of an agent ends only what has rung long enough for nobody",
    wantsNobody(({ facts }, at) => facts.progressAt !== null && at >= after(facts.progressAt.at, 15_000)),
  ],
  [
    "cancels for want of an agent a call that has one",
    "the want of an agent ends only what has rung long enough for nobody",
    wantsNobody(
      ({ facts, heldAgentId }, at) => heldAgentId !== null && facts.ringingAt !== null && at >= facts.ringingAt.at,
    ),
  ],
  [
    "does not care for an objection",
    "an objection ends the ringing as soon as it may",
    (call, event, policy) => (event.type === "optedOut" ? { call, effects: [] } : transition(call, event, policy)),
  ],
  [
    "lets the agent talk over the message",
    "each message is asked for once, and nobody talks over it",
    tampered((_before, _event, _policy, { call, effects }) => ({ call, effects: without("unbridge")(effects) })),
  ],
  [
    "breaks the message off when asked to stop",
    "the message plays to its end",
    (call, event, policy) => {
      if (call.state !== "informing" || event.type !== "cancelled") return transition(call, event, policy);
      const facts = { ...call.facts, endedBy: "us", endReason: event.reason } as const;
      return { call: { ...call, state: "ending", facts }, effects: [{ type: "hangUp", reason: event.reason }] };
    },
  ],
  [
    "forgets that somebody answered",
    "facts grow and never change",
    tampered((_before, event, _policy, { call, effects }) =>
      event.type === "destroyed"
        ? { call: { ...call, facts: { ...call.facts, answeredAt: null } }, effects }
        : { call, effects },
    ),
  ],
  [
    "remembers the first message's failure as the second's start",
    "facts grow and never change",
    tampered((before, event, _policy, { call, effects }) =>
      before.state === "informing" && event.type === "messageFinished" && call.state === "ending"
        ? { call: { ...call, facts: { ...call.facts, messageChoice: "campaign", message: "none" } }, effects }
        : { call, effects },
    ),
  ],
  [
    "hangs up and goes on as if nothing were",
    "a hang-up leads to the end",
    tampered((before, _event, _policy, { call, effects }) =>
      before.state === "ringing" && call.state === "ending" ? { call: before, effects } : { call, effects },
    ),
  ],
  [
    "drops whoever nobody is sure of",
    "only a sure and licensed verdict in time costs a call its agent",
    (call, event, policy) =>
      event.type === "verdictReached" && event.verdict === "unsure"
        ? transition(call, { ...event, verdict: "machine" }, policy)
        : transition(call, event, policy),
  ],
  [
    "takes silence for a machine",
    "only a sure and licensed verdict in time costs a call its agent",
    (call, event, policy) =>
      event.type === "verdictReached" && event.verdict === "silence"
        ? transition(call, { ...event, verdict: "machine" }, policy)
        : transition(call, event, policy),
  ],
  [
    "drops people in the middle of a conversation",
    "only a sure and licensed verdict in time costs a call its agent",
    (call, event, policy) =>
      transition(call, event, {
        ...policy,
        amd:
          policy.amd === null || call.state !== "connected" ? policy.amd : { ...policy.amd, verdictMaxMs: 3_600_000 },
      }),
  ],
  [
    "does not ask whether a test allows it",
    "only a sure and licensed verdict in time costs a call its agent",
    (call, event, policy) =>
      event.type === "verdictReached" && event.licence === "unlicensed"
        ? transition(call, { ...event, licence: "allowed" }, policy)
        : transition(call, event, policy),
  ],
  [
    "drops those who were drawn by lot",
    "only a sure and licensed verdict in time costs a call its agent",
    (call, event, policy) =>
      event.type === "verdictReached" && event.licence === "sampled"
        ? transition(call, { ...event, licence: "allowed" }, policy)
        : transition(call, event, policy),
  ],
  [
    "takes the silence of its detector for a machine",
    "only a sure and licensed verdict in time costs a call its agent",
    (call, event, policy) => {
      if (call.state !== "listening" || event.type !== "deadlinePassed") return transition(call, event, policy);
      const stamp = { at: event.at, asteriskAt: null };
      const word = { type: "verdictReached", verdict: "machine", cause: "", licence: "allowed" } as const;
      return transition(call, { ...word, stamp }, policy);
    },
  ],
  [
    "listens as long as it likes",
    "nobody is listened to beyond the time for it",
    tampered((_before, event, _policy, { call, effects }) =>
      event.type === "answered" && call.state === "listening"
        ? { call: { ...call, deadlineAt: after(call.deadlineAt, 200) }, effects }
        : { call, effects },
    ),
  ],
  [
    "leaves no time to join an agent",
    "nobody is listened to beyond the time for it",
    (call, event, policy) =>
      transition(call, event, {
        ...policy,
        clock: { ...policy.clock, safetyMarginMs: policy.clock.safetyMarginMs - 100 },
      }),
  ],
  [
    "leaves a message while the agent is still on the line",
    "a message is left whole, once, and to a machine alone",
    (call, event, policy) =>
      call.state === "leaving" && event.type === "deadlinePassed"
        ? transition({ ...call, heldAgentId: null, speaking: false }, event, policy)
        : transition(call, event, policy),
  ],
  [
    "leaves a message on a fax machine",
    "a message is left whole, once, and to a machine alone",
    (call, event, policy) =>
      event.type === "verdictReached" && event.verdict === "fax"
        ? transition(call, { ...event, verdict: "machine" }, policy)
        : transition(call, event, policy),
  ],
  [
    "leaves half a message when asked to stop",
    "a message is left whole, once, and to a machine alone",
    (call, event, policy) =>
      call.state === "leaving" && event.type === "cancelled"
        ? transition({ ...call, facts: { ...call.facts, messageChoice: null } }, event, policy)
        : transition(call, event, policy),
  ],
  [
    "takes every repetition for news",
    "an event that repeats itself changes nothing",
    tampered((_before, event, policy, { call, effects }) =>
      event.type === "rang" && call.state === "ringing"
        ? { call: { ...call, deadlineAt: after(call.deadlineAt, policy.ringTimeoutMs) }, effects }
        : { call, effects },
    ),
  ],
];

describe("a planted fault is caught: a transition that", () => {
  test.each(PLANTED)("%s breaks the law that %s", (_what, law, faulty) => {
    const found = fc.check(
      fc.property(anyStory, (story) => !brokenLaws(faulty, story).includes(law)),
      RUNS,
    );
    expect(found.failed).toBe(true);
  });

  test("every law has a fault planted for it", () => {
    const laws = new Set(PLANTED.map(([, law]) => law));
    const all: Record<Law, true> = {
      "a call is ended with an outcome or has a deadline": true,
      "a call ends once": true,
      "only telephony ends a call": true,
      "nothing but a release follows the end": true,
      "whoever is promised is released once": true,
      "only the promised agent is joined": true,
      "nobody who answered is hung up on in silence": true,
      "the wait ends by the clock, whoever comes and goes": true,
      "the message is asked for by the deadline": true,
      "the other message is asked for when the first fails": true,
      "each message is asked for once, and nobody talks over it": true,
      "the message plays to its end": true,
      "only a sure and licensed verdict in time costs a call its agent": true,
      "nobody is listened to beyond the time for it": true,
      "a message is left whole, once, and to a machine alone": true,
      "nobody on hold is left in silence": true,
      "a hold ends in time": true,
      "nobody is let go while the person may be with them": true,
      "it rings for the least time before we give up": true,
      "the want of an agent ends only what has rung long enough for nobody": true,
      "an objection ends the ringing as soon as it may": true,
      "facts grow and never change": true,
      "a hang-up leads to the end": true,
      "an event that repeats itself changes nothing": true,
    };
    expect([...laws].sort()).toEqual(Object.keys(all).sort());
  });
});
