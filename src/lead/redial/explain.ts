/** For `why`: every redial rule about every number of a lead, what it says now, and when it lets the lead through. */
import { latest } from "../../domain/instant.ts";
import type { Instant } from "../../domain/instant.ts";
import type { NumberId } from "../../domain/ids.ts";
import type { NumberKind } from "../../domain/lead.ts";
import { redialPlan } from "../../domain/redial-rules.ts";
import type { RedialRules } from "../../domain/redial-rules.ts";
import { firstMoment, REDIAL_RULES, refusals } from "./refusals.ts";
import type { OpenAt, Prospect, RedialRule } from "./refusals.ts";
import type { LeadStory } from "./story.ts";

export interface RuleVerdict {
  readonly rule: RedialRule;
  readonly lets: boolean;
  /** A sentence; empty where it has nothing against it. */
  readonly says: string;
  /** This rule alone says no until then; null where it lets the number through, or never will by itself. */
  readonly until: Instant | null;
}

export interface NumberVerdict {
  readonly numberId: NumberId;
  readonly kind: NumberKind;
  readonly verdicts: readonly RuleVerdict[];
  /** When all of them let it through at once; null when no time will. */
  readonly dialableAt: Instant | null;
}

export interface RedialVerdict {
  readonly dialable: boolean;
  /** The earliest of its numbers; null for none. */
  readonly dialableAt: Instant | null;
  readonly numbers: readonly NumberVerdict[];
}

export interface ExplainQuestion {
  readonly story: LeadStory;
  readonly rules: RedialRules;
  readonly openAt: OpenAt;
  /** When the lead is due, as the last choice wrote it down; null for at once. */
  readonly dueAt: Instant | null;
  /** Somebody asked to be called then: limits and bands give way. */
  readonly isPromised: boolean;
  readonly at: Instant;
}

export function explainRedial({ story, rules, openAt, dueAt, isPromised, at }: ExplainQuestion): RedialVerdict {
  const plan = redialPlan(rules);
  const mode: Prospect["mode"] = isPromised ? "promised" : "strict";
  const numbers = story.numbers.map((number): NumberVerdict => {
    const prospect: Prospect = { number, story, plan, openAt, notBefore: dueAt, mode };
    const said = new Map(refusals(prospect, at).map((refusal) => [refusal.rule, refusal]));
    const verdicts = REDIAL_RULES.map((rule): RuleVerdict => {
      const refusal = said.get(rule);
      return { rule, lets: refusal === undefined, says: refusal?.says ?? "", until: refusal?.until ?? null };
    });
    const first = firstMoment(prospect, latest(at, dueAt ?? at));
    return {
      ...{ numberId: number.numberId, kind: number.kind, verdicts },
      dialableAt: typeof first === "number" ? first : null,
    };
  });
  const moments = numbers.flatMap(({ dialableAt }) => (dialableAt === null ? [] : [dialableAt]));
  const dialableAt = moments.reduce<Instant | null>(
    (least, each) => (least === null || each < least ? each : least),
    null,
  );
  return { dialable: dialableAt !== null && dialableAt <= at, dialableAt, numbers };
}
