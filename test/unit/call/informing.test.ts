/** When a message that failed had been heard, and when it had not. What follows from it is in the scenarios. */
import { expect, test } from "@jest/globals";
import { beginCall } from "../../../src/call/call.ts";
import type { CallEvent, CallPolicy, LivingCall } from "../../../src/call/call.ts";
import { transition } from "../../../src/call/transition.ts";
import type { Stamp } from "../../../src/domain/attempt.ts";
import { NOTHING_KNOWN } from "../../../src/domain/attempt.ts";
import type { AttemptId } from "../../../src/domain/ids.ts";
import { instant } from "../../../src/domain/instant.ts";
import { POLICY } from "../../property/call-stories.ts";

const ATTEMPT = "0192f3a4-7b1c-7def-8123-456789abcdef" as AttemptId;
const policy: CallPolicy = POLICY;

/** So long after the message was asked for, by our clock and by Asterisk's. */
const stamp = (ourMs: number, asteriskMs: number | null): Stamp => ({
  at: instant(70_000 + ourMs),
  asteriskAt: asteriskMs === null ? null : instant(69_000 + asteriskMs),
});

const asked: LivingCall = {
  ...beginCall(ATTEMPT, { ...NOTHING_KNOWN, answeredAt: { at: instant(68_200), asteriskAt: null } }, instant(130_000)),
  state: "informing",
  facts: { ...NOTHING_KNOWN, answeredAt: { at: instant(68_200), asteriskAt: null }, messageChoice: "campaign" },
};

const factsAfter = (started: Stamp, failed: Stamp): LivingCall["facts"] => {
  const events: CallEvent[] = [
    { type: "messageStarted", stamp: started, choice: "campaign" },
    { type: "messageFailed", stamp: failed, choice: "campaign", detail: "" },
  ];
  const call = events.reduce<LivingCall>(
    (before, event) => transition(before, event, policy).call as LivingCall,
    asked,
  );
  return call.facts;
};

test.each([
  ["failed at once", stamp(20, 20), stamp(25, 25), "failed"],
  ["failed on the last millisecond that counts as at once", stamp(20, null), stamp(219, null), "failed"],
  ["played for a fifth of a second", stamp(20, null), stamp(220, null), "started"],
  ["broke off after three seconds", stamp(20, 20), stamp(3_020, 3_020), "started"],
  // The process was held up between the two: by our clock it looks as if something had been heard.
  ["failed at once, and we heard of it late", stamp(20, 20), stamp(900, 25), "failed"],
  // The other way round: both events were read in one go.
  ["broke off after three seconds, and we heard of both late", stamp(3_100, 20), stamp(3_101, 3_020), "started"],
])("a message that %s", (_what, started, failed, expected) => {
  expect(factsAfter(started, failed)).toMatchObject({ message: expected, messageChoice: "builtIn" });
});

test.each<LivingCall["state"]>(["informing", "ending"])(
  "an answer that was found at a look is dated by Asterisk's own word of it, once that comes (%s)",
  (state) => {
    const told: Stamp = stamp(-400, -410);
    const hears = (call: LivingCall, answered: Stamp): LivingCall["facts"]["answeredAt"] =>
      transition(call, { type: "answered", stamp: answered, sipCallId: null }, policy).call.facts.answeredAt;
    const found: LivingCall = { ...asked, state };
    expect(hears(found, told)).toEqual(told);
    // Another look tells nothing new, and what Asterisk has told stays.
    expect(hears(found, stamp(-1_000, null))).toEqual(found.facts.answeredAt);
    expect(hears({ ...found, facts: { ...found.facts, answeredAt: told } }, stamp(-1, -1))).toEqual(told);
  },
);
