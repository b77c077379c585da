/**
 * From a press to an attempt: the lead on the screen is looked at under every rule once more, because what held when it
 * was shown may not hold any more, and its agent is promised to the call.
 */
import type { CampaignRules } from "../../compliance/dial-facts.ts";
import type { Campaign } from "../../domain/campaign.ts";
import type { Admitting } from "../placing/admitting.ts";
import type { Agents } from "../agents/agents.ts";
import { decided } from "../calls/attempt-order.ts";
import type { EngineContext } from "../context.ts";
import type { Pending } from "../placing/inserting.ts";
import type { Previews, Screen } from "./previews.ts";
import type { RuleBook } from "../rules/rule-book.ts";
import { screened } from "../rules/screening.ts";

export interface PressingParts {
  readonly agents: Agents;
  readonly admitting: Admitting;
  readonly ruleBook: RuleBook;
  readonly previews: Previews;
}

/** What is dialled is what was shown. */
const OTHER_NUMBER = { rule: "NUMBER-CHANGED", says: "by now another of the lead's numbers is the one to call" };
const PUT_OFF = { rule: "NOT-NOW", says: "by the campaign's redial rules it is not called now" };

/** The attempt that the press makes; null where none may be made, and the agent was told. */
export function pressed(
  context: EngineContext,
  { agents, admitting, ruleBook, previews }: PressingParts,
  { campaign, rules }: { readonly campaign: Campaign; readonly rules: CampaignRules },
  { shown, lead }: Screen,
): Pending | null {
  const at = context.clock.now();
  const { attemptId, agentId, numberId } = shown;
  const admission = admitting.admission(campaign, lead, at);
  if (!admission.admitted) {
    previews.refused(attemptId, admission.refusal ?? PUT_OFF, admission.verdict);
    return null;
  }
  if (admission.lead.numberId !== numberId) {
    previews.refused(attemptId, OTHER_NUMBER, { type: "requeue" });
    return null;
  }
  const facts = ruleBook.factsOf(campaign);
  const verdict = screened({ lead, campaign: facts, rules, guaranteed: true }, lead.facts, at);
  if (!verdict.allowed) {
    previews.refused(attemptId, verdict, admitting.refusal(campaign, rules, lead, verdict, at));
    return null;
  }
  if (!agents.reserveOne(agentId, attemptId, campaign.campaignId, "press")) return null;
  const { evidence } = verdict;
  return decided(context, { campaign, rules }, { attemptId, lead, agentId, overdial: false, evidence, at }, "press");
}
