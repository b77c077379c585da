/**
 * Which leads are called now, out of those at hand: screened once more, promised an agent where they must have one, or
 * sent on their way without. How many is placing.ts's business, and what becomes of it inserting.ts's.
 */
import type { CampaignRules, DialVerdict } from "../../compliance/dial-facts.ts";
import type { Campaign } from "../../domain/campaign.ts";
import { floorOf } from "../../pacing/strategy.ts";
import type { PacingSample } from "../../pacing/strategy.ts";
import type { Admitting } from "./admitting.ts";
import type { Agents } from "../agents/agents.ts";
import type { Allowance } from "../rules/allowance.ts";
import { decided } from "../calls/attempt-order.ts";
import type { Capacity } from "../pacing/capacity.ts";
import type { EngineContext } from "../context.ts";
import type { Hopper } from "./hopper.ts";
import type { Inserting, Pending } from "./inserting.ts";
import { mustReserve } from "../pacing/pace.ts";
import type { LeadToDial } from "../ports.ts";
import { promisedAgent } from "../agents/promised-agent.ts";
import type { RuleBook } from "../rules/rule-book.ts";
import { screened } from "../rules/screening.ts";
import type { StandingCode } from "../standing/standing.ts";

/** One campaign at one tick: what it is held to, and what it may. */
export interface Turn {
  readonly campaign: Campaign;
  readonly rules: CampaignRules;
  readonly allowance: Allowance;
  readonly sample: PacingSample;
}

export interface Decision {
  readonly pending: readonly Pending[];
  /** What kept it from deciding more; null where it decided all that were asked for. */
  readonly because: StandingCode | null;
}

export const NOTHING_DECIDED: Decision = { pending: [], because: null };

export interface ChoosingParts {
  readonly agents: Agents;
  readonly hopper: Hopper;
  readonly admitting: Admitting;
  readonly ruleBook: RuleBook;
  readonly capacity: Capacity;
  readonly inserting: Inserting;
}

/** Screens leads and promises agents until `count` calls are decided, or one or the other runs out. */
export function choose(context: EngineContext, parts: ChoosingParts, turn: Turn, count: number): Decision {
  const { campaign, rules } = turn;
  const { clock, random } = context;
  const { hopper, ruleBook, agents, admitting, capacity, inserting } = parts;
  /** Whether somebody would still be free if all calls on their way were answered. */
  const hasSpareAgent = (): boolean => floorOf(capacity.sample(campaign, 1)) > 0;
  const facts = ruleBook.factsOf(campaign);
  const needy = capacity.needy();
  const reserving = mustReserve(campaign, turn.allowance);
  const pending: Pending[] = [];
  const aside: LeadToDial[] = [];
  let because: StandingCode | null = null;
  while (pending.length < count) {
    const taken = hopper.take(campaign.campaignId);
    if (taken === null) {
      because = aside.length > 0 ? "guaranteed-only" : "few-leads";
      break;
    }
    const at = clock.now();
    const lead = admitting.admit(campaign, taken, at);
    if (lead === null) continue;
    const { agentId: whose, is: where } = promisedAgent(agents, lead, at);
    if (where === "missing") {
      admitting.agentMissing(campaign, rules, lead, at);
      continue;
    }
    if (where === "busy") {
      aside.push(taken);
      continue;
    }
    const attemptId = random.attemptId(at);
    const ask = (guaranteed: boolean): DialVerdict =>
      screened({ lead, campaign: facts, rules, guaranteed }, lead.facts, at);
    let verdict = ask(reserving);
    // Whoever was abandoned, or taken for a machine, is called with an agent of their own or not at all.
    const onlyGuaranteed = !verdict.allowed && verdict.rule === "GUARANTEED-ONLY" && !reserving;
    if (onlyGuaranteed) verdict = ask(true);
    if (!verdict.allowed) {
      admitting.refuse(campaign, rules, lead, verdict, at);
      if (verdict.concerns === "campaign") {
        because = "barred";
        break;
      }
      continue;
    }
    const isPromised = lead.callback !== null;
    // Not at the cost of a call that rings already, and counts on whoever is free.
    if (whose === null && (onlyGuaranteed || (isPromised && !reserving)) && !hasSpareAgent()) {
      aside.push(taken);
      if (!isPromised) continue;
      // Nor is anybody dialled before whom we promised to call: somebody will be free when these have ended.
      because = "guaranteed-only";
      break;
    }
    const must = reserving || onlyGuaranteed || isPromised;
    const agentId = must ? agents.reserve(attemptId, campaign.campaignId, null, needy, whose) : null;
    if (agentId === null && must) {
      admitting.giveBack(lead, { type: "requeue" }, at);
      because = "agents";
      break;
    }
    const overdial = agentId === null && !hasSpareAgent();
    const { evidence } = verdict;
    const made = decided(context, turn, { attemptId, lead, agentId, overdial, evidence, at }, "pacing");
    inserting.add(made);
    pending.push(made);
  }
  for (const lead of aside) hopper.putBack(lead);
  return { pending, because };
}
