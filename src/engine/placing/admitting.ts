/** Lets claimed leads into the hopper and out of it, and gives back those that may not be dialled, saying why. */
import type { CampaignRules, DialVerdict } from "../../compliance/dial-facts.ts";
import { isOpenSomewhere } from "../../compliance/open-at.ts";
import type { Campaign } from "../../domain/campaign.ts";
import type { LeadId } from "../../domain/ids.ts";
import type { Instant } from "../../domain/instant.ts";
import { admission, redialOf, refused } from "./admission.ts";
import type { Admission, Candidate } from "./admission.ts";
import type { EngineContext } from "../context.ts";
import type { LeadToDial, LeadVerdict } from "../ports.ts";
import { afterAgentMissing, afterPreview } from "../calls/redialling.ts";
import type { RuleBook } from "../rules/rule-book.ts";

export class Admitting {
  readonly #context: EngineContext;
  readonly #ruleBook: RuleBook;
  readonly #isBeingCalled: (leadId: LeadId) => boolean;

  constructor(context: EngineContext, ruleBook: RuleBook, isBeingCalled: (leadId: LeadId) => boolean) {
    this.#context = context;
    this.#ruleBook = ruleBook;
    this.#isBeingCalled = isBeingCalled;
  }

  /** Whether leads of that zone are worth taking now. */
  isOpen(campaign: Campaign, timeZone: string | null, at: Instant): boolean {
    const rules = this.#ruleBook.rulesOf(campaign.campaignId);
    return rules !== null && isOpenSomewhere(rules, timeZone, at);
  }

  /** The lead with the number to dial now; null where it was given back, or is being called. */
  admit(campaign: Campaign, lead: LeadToDial, at: Instant): LeadToDial | null {
    // Its lease was given back and claimed anew, and both arrived: the call under way settles the lead.
    if (this.#isBeingCalled(lead.leadId)) return null;
    const answer = this.admission(campaign, lead, at);
    if (answer.admitted) return answer.lead;
    this.giveBack(lead, answer.verdict, at);
    return null;
  }

  /** The same, told in the journal, and left to the caller to give back. */
  admission(campaign: Campaign, lead: LeadToDial, at: Instant): Admission {
    const { journal } = this.#context;
    const rules = this.#ruleBook.rulesOf(campaign.campaignId);
    if (rules === null) return { admitted: false, verdict: { type: "requeue" }, refusal: null };
    const answer = admission(this.#candidate(campaign, rules, lead), at);
    if (answer.admitted) return answer;
    const { refusal, verdict } = answer;
    if (refusal === null) journal.append({ at, kind: "lead-put-off", leadId: lead.leadId, verdict });
    else {
      const { rule, ruleId, says } = refusal;
      journal.append({ at, kind: "refused", leadId: lead.leadId, rule, ruleId, says, evidence: {} });
    }
    return answer;
  }

  /** Screened when it was about to be dialled, and refused. */
  refuse(
    campaign: Campaign,
    rules: CampaignRules,
    lead: LeadToDial,
    refusal: Extract<DialVerdict, { allowed: false }>,
    at: Instant,
  ): void {
    this.giveBack(lead, this.refusal(campaign, rules, lead, refusal, at), at);
  }

  /** The same, left to the caller to give back with this verdict. */
  refusal(
    campaign: Campaign,
    rules: CampaignRules,
    lead: LeadToDial,
    { rule, ruleId, says, evidence, ...why }: Extract<DialVerdict, { allowed: false }>,
    at: Instant,
  ): LeadVerdict {
    this.#context.journal.append({ at, kind: "refused", leadId: lead.leadId, rule, ruleId, says, evidence });
    const candidate = this.#candidate(campaign, rules, lead);
    return refused(redialOf(candidate, lead), { rule, ruleId, says, ...why });
  }

  /** An agent looked at it, and nobody was called. */
  previewed(campaign: Campaign, lead: LeadToDial, end: Parameters<typeof afterPreview>[1], at: Instant): LeadVerdict {
    const rules = this.#ruleBook.rulesOf(campaign.campaignId);
    const verdict: LeadVerdict =
      rules === null
        ? { type: "requeue" }
        : afterPreview(redialOf(this.#candidate(campaign, rules, lead), lead), end, at);
    this.#context.journal.append({ at, kind: "lead-put-off", leadId: lead.leadId, verdict });
    return verdict;
  }

  /** Promised to an agent who is not there. */
  agentMissing(campaign: Campaign, rules: CampaignRules, lead: LeadToDial, at: Instant): void {
    const verdict = afterAgentMissing(redialOf(this.#candidate(campaign, rules, lead), lead), at);
    this.#context.journal.append({ at, kind: "lead-put-off", leadId: lead.leadId, verdict });
    this.giveBack(lead, verdict, at);
  }

  giveBack(lead: LeadToDial, verdict: LeadVerdict, at: Instant): void {
    const { writeBehind, settings } = this.#context;
    tellPromise(this.#context, lead, verdict, at);
    writeBehind.write({ type: "leadRelease", nodeId: settings.nodeId, leadId: lead.leadId, verdict, at });
  }

  #candidate(campaign: Campaign, rules: CampaignRules, lead: LeadToDial): Candidate {
    const { contacts, random } = this.#context;
    const facts = this.#ruleBook.factsOf(campaign);
    return { lead, campaign, facts, rules, rates: contacts.of(campaign.campaignId), jitter: random.next() };
  }
}

/** What was promised and came to nothing is told at once: somebody waits for a call. */
export function tellPromise(
  { journal, log }: EngineContext,
  lead: LeadToDial,
  { promise }: LeadVerdict,
  at: Instant,
): void {
  if (promise?.fate !== "missed" && promise?.fate !== "unreached") return;
  const { callbackId, fate } = promise;
  journal.append({ at, kind: "callback-missed", campaignId: lead.campaignId, leadId: lead.leadId, callbackId, fate });
  log.warn("a callback was missed", { leadId: lead.leadId, callbackId, fate });
}
