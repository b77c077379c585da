/**
 * By when somebody must be joined or the message asked for, written a second time and from the other side: not from the
 * facts that the call keeps but from what was told to it, and as the earliest of the instants at which patience ends.
 */
import type { CallEvent } from "../../src/call/call.ts";
import type { ConnectClock } from "../../src/domain/connect-clock.ts";

/** Epoch milliseconds; Infinity before the answer. */
export function latestServiceAt(told: readonly CallEvent[], clock: ConnectClock): number {
  const answer = told.find((event) => event.type === "answered");
  if (answer === undefined) return Infinity;
  return latestClockStart(answer.stamp.at, told.slice(told.indexOf(answer)), clock) + Math.max(0, allowed(clock));
}

const allowed = (clock: ConnectClock): number => clock.limitMs - clock.safetyMarginMs;

function latestClockStart(answeredAt: number, since: readonly CallEvent[], clock: ConnectClock): number {
  const silenceEnds = answeredAt + clock.noSpeechGraceMs;
  const speech = since.find((event) => event.type === "speechStarted");
  const spokeAt = speech?.stamp.at ?? Infinity;
  switch (clock.start) {
    case "answer":
      return answeredAt;
    case "speechStart":
      return Math.min(silenceEnds, spokeAt);
    case "greetingEnd": {
      if (speech === undefined || spokeAt > silenceEnds) return silenceEnds;
      const quiet = since.slice(since.indexOf(speech)).find((event) => event.type === "speechEnded");
      return spokeAt + Math.min(quiet?.durationMs ?? Infinity, clock.greetingMaxMs);
    }
  }
}
