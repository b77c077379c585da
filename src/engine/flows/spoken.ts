/**
 * Which leads an agentless campaign calls now: as many as it has lines and its trunk takes, for nobody has to be there.
 * Whoever must have an agent of their own, by law or because something could not be said to them, is not called so.
 */
import type { CampaignRules } from "../../compliance/dial-facts.ts";
import type { Campaign } from "../../domain/campaign.ts";
import type { Flow } from "../../flow/flow.ts";
import { unreadableAttributes } from "../../flow/unreadable.ts";
import type { PacingSample } from "../../pacing/strategy.ts";
import type { Admitting } from "../placing/admitting.ts";
import type { Allowance } from "../rules/allowance.ts";
import { decided } from "../calls/attempt-order.ts";
import type { EngineContext } from "../context.ts";
import type { Hopper } from "../placing/hopper.ts";
import type { Inserting, Pending } from "../placing/inserting.ts";
import type { Lines, TrunkLines } from "../pacing/lines.ts";
import { linesCode } from "../pacing/pace.ts";
import type { LeadToDial } from "../ports.ts";
import type { RuleBook } from "../rules/rule-book.ts";
import { screened } from "../rules/screening.ts";
import type { StandingCode } from "../standing/standing.ts";
import type { Standings } from "../standing/standings.ts";

export interface SpokenTurn {
  readonly campaign: Campaign;
  readonly rules: CampaignRules;
  readonly allowance: Allowance;
  readonly sample: PacingSample;
}

export interface SpokenParts {
  readonly hopper: Hopper;
  readonly admitting: Admitting;
  readonly ruleBook: RuleBook;
  readonly inserting: Inserting;
  readonly standings: Standings;
  readonly lines: TrunkLines;
}

/** One campaign at one tick. @param shortOfLeads what to say where leads are short */
export function placeSpoken(
  context: EngineContext,
  parts: SpokenParts,
  turn: SpokenTurn,
  lines: Lines,
  shortOfLeads: () => StandingCode,
): void {
  const { campaign, sample, allowance } = turn;
  const { ruleBook, inserting, standings } = parts;
  const flow = ruleBook.flows.flowOf(campaign);
  const held = flow === null ? "mode" : heldByAbandons(flow, allowance);
  const free = Math.min(lines.free.ofTrunk, lines.free.ofCampaign);
  const wanted = held === null ? Math.min(free, sample.leadsReady) : 0;
  const allowed = parts.lines.allowed(campaign, lines, wanted);
  const chosen = flow === null || allowed === 0 ? NOTHING_DECIDED : decideSpoken(context, parts, turn, flow, allowed);
  const placed = chosen.pending.length;
  parts.lines.spend(campaign, lines, placed, wanted);
  const short = sample.leadsReady <= free ? shortOfLeads() : linesCode(lines.free);
  const because = held ?? chosen.because ?? (allowed < wanted ? parts.lines.rateCode() : short);
  const linesMax = lines.trunk.linesMax;
  standings.paced(campaign, sample, allowance, { wanted, allowed, placed, because, theta: null, loss: null, linesMax });
  if (placed > 0) inserting.insert(turn, chosen.pending);
}

interface Decision {
  readonly pending: readonly Pending[];
  readonly because: StandingCode | null;
}

const NOTHING_DECIDED: Decision = { pending: [], because: null };

/** Whether people who ask for an agent may be left without one often enough for nobody else to be called. */
const heldByAbandons = (flow: Flow, { mode, code }: Allowance): StandingCode | null => {
  const handsOver = Object.values(flow.steps).some(({ kind }) => kind === "handOver");
  return handsOver && mode === "reserved" && code !== "free" ? code : null;
};

/** Screens leads until `count` calls are decided, or none is left. */
function decideSpoken(
  context: EngineContext,
  { hopper, admitting, ruleBook, inserting }: SpokenParts,
  turn: SpokenTurn,
  flow: Flow,
  count: number,
): Decision {
  const { campaign, rules } = turn;
  const { clock, random } = context;
  const facts = ruleBook.factsOf(campaign);
  const pending: Pending[] = [];
  while (pending.length < count) {
    const taken = hopper.take(campaign.campaignId);
    if (taken === null) return { pending, because: "few-leads" };
    const at = clock.now();
    const lead = admitting.admit(campaign, taken, at);
    if (lead === null || !canBeSaid(context, admitting, flow, lead)) continue;
    const verdict = screened({ lead, campaign: facts, rules, guaranteed: false }, lead.facts, at);
    if (!verdict.allowed) {
      admitting.refuse(campaign, rules, lead, verdict, at);
      if (verdict.concerns === "campaign") return { pending, because: "barred" };
      continue;
    }
    const evidence = { ...verdict.evidence, flow: campaign.flow };
    const chosen = { attemptId: random.attemptId(at), lead, agentId: null, overdial: false, evidence, at };
    const made: Pending = { ...decided(context, turn, chosen, "pacing"), flow };
    inserting.add(made);
    pending.push(made);
  }
  return { pending, because: null };
}

/** What could not be said to them is found before they are called: their lead is held until somebody puts it right. */
function canBeSaid({ clock, journal }: EngineContext, admitting: Admitting, flow: Flow, lead: LeadToDial): boolean {
  const [unreadable] = unreadableAttributes(flow, lead.attributes ?? {});
  if (unreadable === undefined) return true;
  const at = clock.now();
  const { name, kind, isMissing } = unreadable;
  // The name of the attribute, and never what it holds.
  const says = isMissing ? `It has no attribute "${name}".` : `Its attribute "${name}" cannot be read as ${kind}.`;
  journal.append({
    at,
    kind: "refused",
    leadId: lead.leadId,
    rule: "FLOW-ATTRIBUTES",
    ruleId: null,
    says,
    evidence: {},
  });
  admitting.giveBack(lead, { type: "held", because: "flow-attributes" }, at);
  return false;
}
