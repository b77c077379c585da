/** What a lead has been through in its campaign, as far as redialling asks; and one attempt more. */
import type { Instant } from "../../domain/instant.ts";
import type { NumberId } from "../../domain/ids.ts";
import type { LeadNumber } from "../../domain/lead.ts";
import { outcomeFacts } from "../../domain/outcome.ts";
import type { Outcome, RetryClass } from "../../domain/outcome.ts";
import type { RedialPlan } from "../../domain/redial-rules.ts";

export interface PastAttempt {
  readonly numberId: NumberId;
  /** When it was placed: the time of day at which somebody was there, or not. */
  readonly at: Instant;
  readonly outcome: Outcome;
}

export interface LeadStory {
  /** Attempts that counted. */
  readonly attemptsCounted: number;
  /** Attempts that the carrier failed. */
  readonly carrierTries: number;
  /** In the order of the list. */
  readonly numbers: readonly LeadNumber[];
  /** Latest first. Those of the last eight days at least; the more there are, the longer a row of tries can be seen. */
  readonly attempts: readonly PastAttempt[];
}

export const NEVER_TRIED = { attemptsCounted: 0, carrierTries: 0, attempts: [] } as const;

/** The story with this attempt in it. */
export function storyAfter(story: LeadStory, attempt: PastAttempt): LeadStory {
  const { countsAsAttempt, permanent, retryClass } = outcomeFacts(attempt.outcome);
  // Given back as it was: nothing was learnt, and nobody was called.
  if (retryClass === "requeue") return story;
  return {
    attemptsCounted: story.attemptsCounted + (countsAsAttempt ? 1 : 0),
    carrierTries: story.carrierTries + (retryClass === "carrier" ? 1 : 0),
    numbers: story.numbers.map((number) =>
      number.numberId === attempt.numberId
        ? {
            ...number,
            attemptsCounted: number.attemptsCounted + (countsAsAttempt ? 1 : 0),
            lastAttemptAt: attempt.at,
            lastOutcome: attempt.outcome,
            isOut: number.isOut || permanent,
          }
        : number,
    ),
    attempts: [attempt, ...story.attempts],
  };
}

/** Outcomes of the latest class in a row, on that number; null for whichever. */
export function rowOf(
  { attempts }: LeadStory,
  numberId: NumberId | null,
): { retryClass: RetryClass | null; length: number } {
  let retryClass: RetryClass | null = null;
  let length = 0;
  for (const attempt of attempts) {
    if (numberId !== null && attempt.numberId !== numberId) continue;
    const its = outcomeFacts(attempt.outcome).retryClass;
    if (retryClass !== null && its !== retryClass) break;
    retryClass = its;
    length += 1;
  }
  return { retryClass, length };
}

/** Classes that say something of a number; the others are about the person, the promise or ourselves. */
const OF_A_NUMBER: readonly RetryClass[] = ["no-answer", "busy", "machine", "not-home", "carrier"];

/** Why that number is not dialled any more in this campaign, or null. */
export function isSpent(story: LeadStory, number: LeadNumber, plan: RedialPlan): string | null {
  if (number.isOut) return "out";
  // Not taken out for everybody, and no person's telephone.
  if (number.lastOutcome === "fax") return "fax";
  const lifeMax = plan.limits.numberLifeMax;
  if (lifeMax !== null && number.attemptsCounted >= lifeMax) return "number-limit";
  const { retryClass, length } = rowOf(story, number.numberId);
  if (retryClass === null || !OF_A_NUMBER.includes(retryClass)) return null;
  const rule = plan.byClass[retryClass];
  if (rule === undefined) return `no-rule-for-${retryClass}`;
  return length > rule.triesMax ? `${retryClass}-tries-exhausted` : null;
}

/** Whether it said that nobody is there at this time of day. */
export const saidNobodyThere = ({ nobodyThere }: RedialPlan, { outcome }: PastAttempt): boolean =>
  nobodyThere.includes(outcomeFacts(outcome).retryClass);
