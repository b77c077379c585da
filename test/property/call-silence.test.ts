/**
 * No life of a call is a silent call by our own doing. Whatever people, agents and networks do, as long as deadlines come
 * in time and one of the two messages can be played, whoever answers is joined, informed in time, or leaves by themselves.
 *
 * Unlike in the laws, telephony here is honest: what is asked of it happens, after as long as the margin allows for.
 */
import { describe, expect, test } from "@jest/globals";
import fc from "fast-check";
import type { Call, CallEvent } from "../../src/call/call.ts";
import { transition } from "../../src/call/transition.ts";
import type { MessageChoice } from "../../src/domain/attempt.ts";
import { after, isBefore } from "../../src/domain/instant.ts";
import type { Instant } from "../../src/domain/instant.ts";
import type { Outcome } from "../../src/domain/outcome.ts";
import { begun } from "./call-laws.ts";
import type { Step } from "./call-laws.ts";
import { anyStory, BEGUN_AT, eventOf } from "./call-stories.ts";
import type { Happening, Story } from "./call-stories.ts";

/** What telephony itself says, or what our own clock does: not to be made up here. */
const OURS: readonly Happening["what"][] = [
  "deadlinePassed",
  "timeout",
  "messageStarted",
  "messageFinished",
  "messageFailed",
  "placeFailed",
  "destroyed",
  "vanished",
];

interface Honest {
  readonly story: Story;
  /** Which of the messages can be played; the other fails at once. */
  readonly plays: MessageChoice;
  /** From a command to its effect, as a share of what the margin allows. */
  readonly slowness: number;
}

const anyHonest: fc.Arbitrary<Honest> = fc.record({
  // A message whose longest time is over before it can begin is nobody's idea of a policy.
  story: anyStory.map((story) => ({
    ...story,
    policy: { ...story.policy, messageMaxMs: Math.max(3_000, story.policy.messageMaxMs) },
  })),
  plays: fc.constantFrom<MessageChoice>("campaign", "builtIn"),
  slowness: fc.constantFrom(0, 0.5, 1),
});

/** A call with everything that is still to come of itself, in the order of its time. */
class Life {
  #call: Call;
  #pending: CallEvent[] = [];
  readonly events: CallEvent[] = [];
  readonly #step: Step;
  readonly #honest: Honest;
  /** Nothing more can be done for whoever answers while our hang-up is on its way. */
  hungUpUnanswered = false;

  constructor(step: Step, honest: Honest) {
    this.#step = step;
    this.#honest = honest;
    this.#call = begun(honest.story);
  }

  get call(): Call {
    return this.#call;
  }

  /** Deadlines and the effects of commands come in their time, up to this moment. */
  until(at: Instant): void {
    for (;;) {
      const next = this.#pending[0];
      const dueAt = this.#call.state === "ended" ? null : this.#call.deadlineAt;
      const nextAt = next === undefined ? null : timeOf(next);
      if (next !== undefined && nextAt !== null && nextAt <= at && (dueAt === null || nextAt <= dueAt)) {
        this.#pending.shift();
        this.happens(next);
      } else if (dueAt !== null && dueAt <= at) this.happens({ type: "deadlinePassed", at: dueAt });
      else return;
    }
  }

  happens(event: CallEvent): void {
    if (event.type === "hangupRequested" && this.#call.state !== "ended") {
      // Whoever leaves is gone a moment later.
      const { stamp, cause, sip } = event;
      this.#later({ type: "destroyed", stamp: { ...stamp, at: after(stamp.at, 1) }, cause, sip, sipCallId: null });
    }
    const { call, effects } = this.#step(this.#call, event, this.#honest.story.policy);
    this.events.push(event);
    this.#call = call;
    for (const effect of effects) {
      if (effect.type === "playInformationMessage") this.#play(effect.choice, timeOf(event));
      if (effect.type === "playVoicemailMessage") this.#play("voicemail", timeOf(event));
      if (effect.type === "hangUp") {
        if (call.facts.answeredAt === null) this.hungUpUnanswered = true;
        const stamp = { at: timeOf(event), asteriskAt: null };
        this.#later({ type: "destroyed", stamp, cause: 16, sip: null, sipCallId: null });
      }
    }
  }

  #play(choice: MessageChoice, at: Instant): void {
    const { clock, messageMaxMs } = this.#honest.story.policy;
    const spareMs = Math.min(clock.limitMs, clock.safetyMarginMs) * this.#honest.slowness;
    // The failure of the first has to fit into the margin as well.
    const startsAt = after(at, this.#honest.plays === "builtIn" ? Math.floor(spareMs / 2) : spareMs);
    const started: CallEvent = { type: "messageStarted", stamp: { at: startsAt, asteriskAt: null }, choice };
    if (choice === this.#honest.plays || choice === "voicemail") {
      const ends = { at: after(startsAt, Math.max(0, messageMaxMs - spareMs - 1)), asteriskAt: null };
      this.#later(started, { type: "messageFinished", stamp: ends, choice });
    } else this.#later(started, { type: "messageFailed", stamp: started.stamp, choice, detail: "no such file" });
  }

  #later(...events: CallEvent[]): void {
    this.#pending = [...this.#pending, ...events].sort((a, b) => timeOf(a) - timeOf(b));
  }
}

const timeOf = (event: CallEvent): Instant => ("stamp" in event ? event.stamp.at : event.at);

function lived(step: Step, honest: Honest): Life {
  const life = new Life(step, honest);
  const { story } = honest;
  let now = BEGUN_AT;
  for (const happening of story.happenings) {
    now = after(now, happening.afterMs);
    life.until(now);
    if (OURS.includes(happening.what)) continue;
    const event = eventOf(happening, now);
    if (event.type === "speechEnded") {
      const began = life.call.facts.speechStartedAt?.at ?? now;
      // Told at most so long after it was over as the whole limit is: later news would make us late after the fact.
      const allowedMs = Math.max(0, story.policy.clock.limitMs - story.policy.clock.safetyMarginMs);
      const lagMs = Math.min(happening.variant * 50, allowedMs, now - began);
      life.happens({ ...event, durationMs: now - began - lagMs });
    } else life.happens(event);
  }
  life.until(after(now, 24 * 3_600_000));
  return life;
}

/** By the account of the call itself, and without any of the excuses. */
const SILENT: readonly Outcome[] = ["abandoned-silent", "agent-leg-failed", "hung-up-waiting"];

function isOurSilence({ call, events, hungUpUnanswered }: Life): boolean {
  if (call.state !== "ended") return true;
  if (hungUpUnanswered) return false;
  // Asterisk's own failures and the SIP stack's are outside of anything that we do.
  const cutOff = events.find((event) => event.type === "hangupRequested");
  const isOutside = cutOff?.type === "hangupRequested" && (cutOff.by === "asterisk" || cutOff.sip === 406);
  return !isOutside && SILENT.includes(call.outcome);
}

const RUNS = { numRuns: 4_000 };

test("whoever answers is joined or informed in time, or leaves by themselves", () => {
  const outcomes = new Map<string, number>();
  fc.assert(
    fc.property(anyHonest, (honest) => {
      const life = lived(transition, honest);
      if (life.call.state === "ended") {
        outcomes.set(life.call.outcome, (outcomes.get(life.call.outcome) ?? 0) + 1);
      }
      expect({ events: life.events, ourSilence: isOurSilence(life) }).toMatchObject({ ourSilence: false });
    }),
    RUNS,
  );
  // The stories come to all of these, or the test would prove less than it says.
  for (const each of [
    ...["connected", "abandoned-with-message", "hung-up-early", "no-answer"],
    ...["machine-hung-up", "machine-message-left", "fax"],
  ]) {
    expect([...outcomes.keys()]).toContain(each);
  }
});

describe("a planted fault makes silent calls: a transition that", () => {
  const FAULTS: readonly (readonly [string, Step])[] = [
    [
      "has no second message",
      (call, event, policy) => {
        const { call: next, effects } = transition(call, event, policy);
        return { call: next, effects: effects.filter((each) => !("choice" in each) || each.choice === "campaign") };
      },
    ],
    [
      "waits for a word from whoever says none",
      (call, event, policy) =>
        event.type === "destroyed"
          ? transition(call, event, policy)
          : transition(call, event, { ...policy, clock: { ...policy.clock, noSpeechGraceMs: 60_000 } }),
    ],
    [
      "gives the two seconds anew to every agent",
      (call, event, policy) => {
        const { call: next, effects } = transition(call, event, policy);
        return event.type === "agentReserved" && next.state === "connecting"
          ? { call: { ...next, deadlineAt: after(event.at, policy.clock.limitMs) }, effects }
          : { call: next, effects };
      },
    ],
    [
      "takes the margin for its own use",
      (call, event, policy) => {
        const { safetyMarginMs, limitMs } = policy.clock;
        const { call: next, effects } = transition(call, event, policy);
        const waits = next.state === "answered" || next.state === "connecting";
        if (!waits || isBefore(next.deadlineAt, event.type === "answered" ? event.stamp.at : next.deadlineAt)) {
          return { call: next, effects };
        }
        const wasSame = call.state !== "ended" && call.deadlineAt === next.deadlineAt;
        const extraMs = Math.min(safetyMarginMs, limitMs);
        return wasSame
          ? { call: next, effects }
          : { call: { ...next, deadlineAt: after(next.deadlineAt, extraMs) }, effects };
      },
    ],
    [
      "listens as long as the limit of the verdict lets it, whatever the clock says",
      (call, event, policy) => {
        const { call: next, effects } = transition(call, event, policy);
        return next.state === "listening"
          ? { call: { ...next, deadlineAt: after(next.deadlineAt, policy.clock.limitMs) }, effects }
          : { call: next, effects };
      },
    ],
    [
      "hangs up on whoever objected and answers",
      (call, event, policy) =>
        event.type === "answered" && call.state === "ringing" && call.optedOut
          ? {
              call: {
                ...call,
                state: "ending",
                deadlineAt: event.stamp.at,
                facts: { ...call.facts, answeredAt: event.stamp, endedBy: "us", endReason: "optedOut" },
              },
              effects: [{ type: "hangUp", reason: "optedOut" }],
            }
          : transition(call, event, policy),
    ],
  ];

  test.each(FAULTS)("%s", (_what, faulty) => {
    const found = fc.check(
      fc.property(anyHonest, (honest) => !isOurSilence(lived(faulty, honest))),
      RUNS,
    );
    expect(found.failed).toBe(true);
  });
});
