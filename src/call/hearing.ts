/**
 * What a detector of tones hears of a call: announcements before the answer, ring tone behind it.
 *
 * The rule to remember: a tone alone ends no call and keeps nobody waiting. Before the answer it only says why nobody
 * came; after it, whoever listens for AMD decides, and ring tone is a person who may still come.
 */
import type { AttemptFacts } from "../domain/attempt.ts";
import type { CallEvent, LivingCall, Transition } from "./call.ts";
import { same, to } from "./steps.ts";

export function toned(call: LivingCall, event: Extract<CallEvent, { type: "toneHeard" | "voiceHeard" }>): Transition {
  const { facts, announced } = call;
  if (event.type === "voiceHeard") {
    const isNews = facts.verdict === "ringback" && facts.voiceAt === null;
    return isNews ? to({ ...call, facts: { ...facts, voiceAt: event.stamp } }, []) : same(call);
  }
  // Behind the answer AMD listens, and has the word.
  if (facts.answeredAt !== null || event.tone !== "sit" || announced !== null) return same(call);
  return to({ ...call, announced: { stamp: event.stamp, name: event.name } }, []);
}

/** Of a call that is over: that its network announced why, where nobody ever answered. */
export function announcedFacts({ facts, announced }: LivingCall): AttemptFacts {
  if (announced === null || facts.answeredAt !== null || facts.verdict !== null) return facts;
  return { ...facts, verdict: "sit", verdictAt: announced.stamp, verdictCause: announced.name };
}
