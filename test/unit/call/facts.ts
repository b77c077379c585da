/** Facts of pretended attempts, for tests: begin with one of these and say only what differs. */
import { NOTHING_KNOWN } from "../../../src/domain/attempt.ts";
import type { AttemptFacts, Ringing, Stamp } from "../../../src/domain/attempt.ts";
import { instant } from "../../../src/domain/instant.ts";
import type { ClassifyPolicy } from "../../../src/call/classify.ts";

export const POLICY: ClassifyPolicy = {
  ringTimeoutMs: 30_000,
  clock: { start: "answer", limitMs: 2_000, safetyMarginMs: 200, noSpeechGraceMs: 0, greetingMaxMs: 5_000 },
};
export const RINGING: readonly Ringing[] = ["none", "early", "ringing"];

/** So many milliseconds after the call was placed. */
export const stamp = (ms: number): Stamp => ({ at: instant(1_000_000 + ms), asteriskAt: null });

/** Placed, and ended after five seconds; how, the caller says. */
export const unanswered = (more: Partial<AttemptFacts>): AttemptFacts => ({
  ...NOTHING_KNOWN,
  placedAt: stamp(0),
  endedAt: stamp(5_000),
  ...more,
});

/** The far end said no, in these words. */
export const refused = (sip: number | null, cause: number | null, ringing: Ringing): AttemptFacts =>
  unanswered({ endedBy: "farEnd", sip, cause, ringing });

/** Answered after ten seconds, ended so many milliseconds later; nobody was joined to them. */
export const answered = (waitedMs: number, more: Partial<AttemptFacts>): AttemptFacts =>
  unanswered({ ringing: "ringing", answeredAt: stamp(10_000), endedAt: stamp(10_000 + waitedMs), ...more });
