/** What is asked after an attempt, and what can be answered: the words that redialling shares. */
import type { Instant } from "../../domain/instant.ts";
import type { NumberId } from "../../domain/ids.ts";
import type { CallbackPromise, LeadQueue } from "../../domain/lead.ts";
import type { Outcome } from "../../domain/outcome.ts";
import type { RedialRules } from "../../domain/redial-rules.ts";
import type { ContactRates } from "./contact-rates.ts";
import type { OpenAt } from "./refusals.ts";
import type { LeadStory } from "./story.ts";

/** What is left of a promise: still good, or settled in one of these ways. `anyone`: its agent is not waited for any more. */
export type PromiseFate = "waiting" | "kept" | "anyone" | "missed" | "unreached";

export type NextChoice = (
  | {
      readonly type: "retry";
      readonly at: Instant;
      /** The band is over then, and whoever comes later asks `chooseAgain`. */
      readonly until: Instant;
      readonly numberId: NumberId;
      readonly queue: Extract<LeadQueue, "redial" | "callback">;
      readonly because: string;
    }
  | { readonly type: "done"; readonly because: string }
  | { readonly type: "held"; readonly because: string }
  | { readonly type: "requeue" }
) & {
  /** Absent where nothing was promised. */
  readonly promise?: PromiseFate;
};

export interface EndedTry {
  readonly numberId: NumberId;
  readonly outcome: Outcome;
  readonly endedAt: Instant;
}

export interface NextQuestion {
  /** With the attempt that just ended in it: `storyAfter`. */
  readonly story: LeadStory;
  readonly ended: EndedTry;
  /** What the attempt was to keep; null for none. */
  readonly promise: CallbackPromise | null;
  readonly rules: RedialRules;
  readonly openAt: OpenAt;
  readonly rates: ContactRates;
  /** In [0, 1). */
  readonly jitter: number;
  /** Nothing is chosen before; an attempt of a process that died may have ended long ago. */
  readonly now: Instant;
}

export type AgainQuestion = Pick<NextQuestion, "story" | "rules" | "openAt" | "rates" | "jitter"> & {
  /** Not before: now, or what a rule outside redialling says. */
  readonly from: Instant;
};
