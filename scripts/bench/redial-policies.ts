/** Two ways to redial, for scripts/bench/redial.ts: ours, and what diallers do that know one interval. */
import { after, instant, latest } from "../../src/domain/instant.ts";
import type { Instant } from "../../src/domain/instant.ts";
import type { NumberId } from "../../src/domain/ids.ts";
import { outcomeFacts } from "../../src/domain/outcome.ts";
import { DEFAULT_REDIAL, redialPlan } from "../../src/domain/redial-rules.ts";
import type { RedialRules } from "../../src/domain/redial-rules.ts";
import { chooseAgain, chooseNext } from "../../src/lead/redial/choose-next.ts";
import { type ContactRates } from "../../src/lead/redial/contact-rates.ts";
import { firstNumber } from "../../src/lead/redial/first-number.ts";
import type { EndedTry, NextChoice } from "../../src/lead/redial/next-choice.ts";
import { mayBeTried } from "../../src/lead/redial/refusals.ts";
import type { OpenAt } from "../../src/lead/redial/refusals.ts";
import type { LeadStory } from "../../src/lead/redial/story.ts";

export interface Turn {
  readonly story: LeadStory;
  readonly openAt: OpenAt;
  readonly rates: ContactRates;
  readonly jitter: number;
  readonly now: Instant;
}

/** Dial that number now, or come back then; or the lead is done. */
export type Answer = { readonly numberId: NumberId; readonly at: Instant; readonly because: string } | null;

export interface Policy {
  readonly name: string;
  /** Whose rules are judged; null for a policy that promises nothing but the hours. */
  readonly rules: RedialRules | null;
  fresh(turn: Turn): Answer;
  /** Asked when its moment has come, perhaps late. */
  due(turn: Turn, planned: NonNullable<Answer>): Answer;
  ended(turn: Turn, ended: EndedTry): Answer;
}

const answered = (choice: NextChoice): Answer => (choice.type === "retry" ? choice : null);

export class OurRules implements Policy {
  readonly name = "ours";
  readonly rules = DEFAULT_REDIAL;

  fresh(turn: Turn): Answer {
    const first = firstNumber(turn.story.numbers, this.rules, turn.now);
    if (first === null) return null;
    return this.due(turn, { numberId: first.numberId, at: turn.now, because: "fresh" });
  }

  due(turn: Turn, planned: NonNullable<Answer>): Answer {
    const { story, openAt, now } = turn;
    const number = story.numbers.find(({ numberId }) => numberId === planned.numberId);
    const mode = planned.because.endsWith("-any-hour") ? "anyHour" : "strict";
    if (number !== undefined) {
      const prospect = { number, story, plan: redialPlan(this.rules), openAt, notBefore: planned.at, mode } as const;
      if (mayBeTried(prospect, now)) return { ...planned, at: now };
    }
    return answered(chooseAgain({ ...turn, rules: this.rules, from: now }));
  }

  ended(turn: Turn, ended: EndedTry): Answer {
    return answered(chooseNext({ ...turn, ended, promise: null, rules: this.rules }));
  }
}

/**
 * One interval for everything but engaged lines and dead carriers, which even these know; the hours; the list's order of
 * numbers. `rotates`: each attempt on the next number, as some can be told to.
 */
export class FixedInterval implements Policy {
  readonly name: string;
  readonly rules: RedialRules | null = null;
  readonly #intervalMs: number;
  readonly #rotates: boolean;

  constructor(hours: number, rotates: boolean) {
    this.name = `every ${hours} h${rotates ? ", numbers in turn" : ""}`;
    this.#intervalMs = hours * 3_600_000;
    this.#rotates = rotates;
  }

  fresh(turn: Turn): Answer {
    return this.#from(turn, turn.now, null);
  }

  due(turn: Turn, planned: NonNullable<Answer>): Answer {
    const zone = turn.story.numbers[0]?.timeZone ?? "";
    const at = turn.openAt(zone, turn.now);
    return at === null ? null : { ...planned, at };
  }

  ended(turn: Turn, { numberId, outcome, endedAt }: EndedTry): Answer {
    const { retryClass, permanent } = outcomeFacts(outcome);
    if (turn.story.attemptsCounted >= DEFAULT_REDIAL.attemptsMax) return null;
    if (permanent || outcome === "fax") return this.#from(turn, endedAt, numberId);
    if (retryClass === "none") return null;
    if (retryClass === "rejected") return this.#from(turn, after(endedAt, 72 * 3_600_000), numberId);
    const isSoon = retryClass === "busy" || retryClass === "carrier";
    return this.#from(turn, after(endedAt, isSoon ? 600_000 : this.#intervalMs), numberId);
  }

  #from({ story, openAt, now }: Turn, from: Instant, last: NumberId | null): Answer {
    const usable = story.numbers.filter(({ isOut, lastOutcome }) => !isOut && lastOutcome !== "fax");
    const place = usable.findIndex(({ numberId }) => numberId === last);
    const number = this.#rotates ? usable[(place + 1) % Math.max(1, usable.length)] : usable[Math.max(0, place)];
    if (number === undefined) return null;
    const at = openAt(number.timeZone ?? "", latest(now, instant(from)));
    return at === null ? null : { numberId: number.numberId, at, because: "interval" };
  }
}
