/** Where transfers meet agents, rules and lines. */
import type { Agents } from "./agents.ts";
import type { Calls, CallsHost } from "../calls/calls.ts";
import type { EngineContext } from "../context.ts";
import { outsideRefusal, type OutsideRules } from "./outside.ts";
import type { RuleBook } from "../rules/rule-book.ts";
import type { Wishes } from "../wishes.ts";

/** `parts` are made after calls are, for which this is. */
export function transferHost(
  context: EngineContext,
  agents: Agents,
  parts: () => readonly [calls: Calls, ruleBook: RuleBook, wishes: Wishes],
): CallsHost["transfers"] {
  const calls = (): Calls => parts()[0];
  const ruleBook = (): RuleBook => parts()[1];
  const outside: OutsideRules = {
    campaign: ({ order }) => parts()[2].campaign(order.campaignId),
    rulesOf: ({ order }) => ruleBook().rulesOf(order.campaignId),
    isBarred: (wanted, rules, at) => ruleBook().barOf(wanted, rules, at) !== null,
    toll: (wanted) => ruleBook().factsOf(wanted).toll ?? null,
    trunk: (name) => context.telephony.trunk(name),
    linesOf: (trunk) =>
      [...calls().all()].reduce(
        (lines, { order, call }) => lines + (order.trunk !== trunk ? 0 : call.transfer?.other === "outside" ? 2 : 1),
        0,
      ),
    outside: ({ campaignId }) =>
      [...calls().all()].filter(
        ({ order, call }) => order.campaignId === campaignId && call.transfer?.other === "outside",
      ).length,
  };
  return {
    reserveOne: (agentId, { order }) => agents.reserveOne(agentId, order.attemptId, order.campaignId, "manual"),
    reserveAny: (campaignId, { order }, except) => agents.reserve(order.attemptId, campaignId, except),
    holds: (agentId, attemptId) => agents.holds(agentId, attemptId),
    consults: (agentId, attemptId) => {
      agents.consults(agentId, attemptId);
    },
    passedOn: (agentId, attemptId) => {
      agents.passedOn(agentId, attemptId);
    },
    outsideRefusal: (live, number) => outsideRefusal(live, number, context.clock.now(), outside),
  };
}
