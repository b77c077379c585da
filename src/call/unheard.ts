/**
 * Outcomes of what was heard besides people: the network's announcements, ring tone behind an answer, and nobody at all.
 *
 * The rule to remember: whoever may have been heard was there. Only a line on which nobody was, from the answer to the end,
 * has one of these names, and only where no agent could have talked with somebody unheard.
 */
import type { AttemptFacts } from "../domain/attempt.ts";
import { msBetween } from "../domain/instant.ts";
import type { Outcome } from "../domain/outcome.ts";

/** What these tones say is wrong with the number itself. */
const NOT_IN_SERVICE: ReadonlySet<string> = new Set(["sit-vacant", "sit-intercept"]);
/** That the network had no way to it. */
const NO_WAY: ReadonlySet<string> = new Set(["sit-no-circuit", "sit-reorder"]);

/** Endings that do not say why, or say it in words that networks use for everything. */
const SAYS_LITTLE: ReadonlySet<Outcome> = new Set<Outcome>([
  ...(["no-answer", "no-ringback", "subscriber-absent", "no-response", "unclassified"] as const),
  ...(["network-disconnect", "network-failure", "destination-unavailable"] as const),
]);

/** With what the network announced before anybody answered, where its last word says less. */
export function announcedOutcome({ verdict, verdictCause, endReason }: AttemptFacts, told: Outcome): Outcome {
  // Cut short by us, for reasons of our own: nobody knows what else it would have come to.
  const isOurs = endReason !== null && endReason !== "ringTimeout";
  if (verdict !== "sit" || isOurs || !SAYS_LITTLE.has(told)) return told;
  return NO_WAY.has(verdictCause ?? "") ? "congestion" : announcement(verdictCause);
}

/** An announcement of the network's; only where it says that the number is wrong is the number given up. */
export const announcement = (name: string | null): Outcome =>
  NOT_IN_SERVICE.has(name ?? "") ? "not-in-service" : "network-machine";

/** AMD()'s word for a line from which no packet came. */
const NO_PACKETS = "NOAUDIODATA";
/** Whoever talks for longer than this was heard, whatever talk detection missed. */
const SILENCE_MAX_MS = 20_000;
/** Switchboards give up ringing after a minute or two. */
const RINGS_MAX_MS = 180_000;

/** Answered, and nobody was ever heard there; null where somebody was, or may have been. */
export function nobodyThere(facts: AttemptFacts): Outcome | null {
  const { verdict, verdictCause, voiceAt, speechStartedAt, connectedAt, endedAt, machineReportedAt } = facts;
  if (endedAt === null || machineReportedAt !== null) return null;
  const lastedMs = connectedAt === null ? 0 : msBetween(connectedAt.at, endedAt.at);
  if (verdict === "ringback") return voiceAt === null && lastedMs <= RINGS_MAX_MS ? "ringback-after-answer" : null;
  if (speechStartedAt !== null || lastedMs > SILENCE_MAX_MS) return null;
  if (verdict === "unsure" && verdictCause === NO_PACKETS) return "no-media";
  return verdict === "silence" ? "no-speech" : null;
}
