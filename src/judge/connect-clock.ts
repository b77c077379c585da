/**
 * How long a person was kept waiting, by the clock their call was placed under. Written apart from the one that the
 * daemon obeys, so that one mistake is not made twice.
 */
import type { AttemptFacts } from "../domain/attempt.ts";
import type { ConnectClock } from "../domain/connect-clock.ts";
import { type Instant, msBetween } from "../domain/instant.ts";

/**
 * When the wait began, or null when nobody answered. Whoever keeps still for the whole grace has waited since it ended,
 * and a greeting without an end is over after the longest that is waited for.
 */
export const waitBegan = ({ answeredAt, speechStartedAt, greetingEndedAt }: AttemptFacts, clock: ConnectClock) => {
  if (answeredAt === null) return null;
  const graceEnd = answeredAt.at + clock.noSpeechGraceMs;
  const spokeInGrace = speechStartedAt !== null && speechStartedAt.at <= graceEnd;
  const began: Readonly<Record<ConnectClock["start"], number>> = {
    answer: answeredAt.at,
    speechStart: spokeInGrace ? speechStartedAt.at : graceEnd,
    greetingEnd: spokeInGrace
      ? Math.min(greetingEndedAt?.at ?? Infinity, speechStartedAt.at + clock.greetingMaxMs)
      : graceEnd,
  };
  return began[clock.start] as Instant;
};

/** When the first word came to them that was not lost again; null for never. */
export const firstWordAt = ({ connectedAt, messageAt, message }: AttemptFacts): Instant | null => {
  const heard = [connectedAt?.at, message === "failed" ? undefined : messageAt?.at].filter((at) => at !== undefined);
  return heard.length === 0 ? null : (Math.min(...heard) as Instant);
};

/** From where the clock starts to the first word, or to the end where none came; null when nobody answered. */
export const waitedMs = (facts: AttemptFacts, clock: ConnectClock, now: Instant): number | null => {
  const began = waitBegan(facts, clock);
  return began === null ? null : msBetween(began, firstWordAt(facts) ?? facts.endedAt?.at ?? now);
};
