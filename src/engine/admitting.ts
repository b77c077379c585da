/** Lets claimed leads into the hopper and out of it, and gives back those that may not be dialled, saying why. */
import type { CampaignRules, DialVerdict } from "../compliance/dial-facts.ts";
import { isOpenSomewhere } from "../compliance/open-at.ts";
import type { Campaign } from "../domain/campaign.ts";
import type { Instant } from "../domain/instant.ts";
import { admission, redialOf, refused } from "./admission.ts";
import type { Candidate } from "./admission.ts";
import type { EngineContext } from "./context.ts";
import type { LeadToDial, LeadVerdict } from "./ports.ts";
import { afterAgentMissing } from "./redialling.ts";
import type { RuleBook } from "./rule-book.ts";

export class Admitting {
  readonly #context: EngineContext;
  readonly #ruleBook: RuleBook;

  constructor(context: EngineContext, ruleBook: RuleBook) {
    this.#context = context;
    this.#ruleBook = ruleBook;
  }

  /** Whether leads of that zone are worth taking now. */
  isOpen(campaign: Campaign, timeZone: string | null, at: Instant): boolean {
    const rules = this.#ruleBook.rulesOf(campaign.campaignId);
    return rules !== null && isOpenSomewhere(rules, timeZone, at);
  }

  /** The lead with the number to dial now; null where it was given back. */
  admit(campaign: Campaign, lead: LeadToDial, at: Instant): LeadToDial | null {
    const rules = this.#ruleBook.rulesOf(campaign.campaignId);
    if (rules === null) {
      this.giveBack(lead, { type: "requeue" }, at);
      return null;
    }
    const answer = admission(this.#candidate(campaign, rules, lead), at);
    if (answer.admitted) return answer.lead;
    const { refusal, verdict } = answer;
    if (refusal === null) this.#context.journal.append({ at, kind: "lead-put-off", leadId: lead.leadId, verdict });
    else {
      const { rule, ruleId, says } = refusal;
      this.#context.journal.append({ at, kind: "refused", leadId: lead.leadId, rule, ruleId, says, evidence: {} });
    }
    this.giveBack(lead, verdict, at);
    return null;
  }

  /** Screened when it was about to be dialled, and refused. */
  refuse(
    campaign: Campaign,
    rules: CampaignRules,
    lead: LeadToDial,
    refusal: Extract<DialVerdict, { allowed: false }>,
    at: Instant,
  ): void {
    const { rule, ruleId, says, evidence } = refusal;
    this.#context.journal.append({ at, kind: "refused", leadId: lead.leadId, rule, ruleId, says, evidence });
    const candidate = this.#candidate(campaign, rules, lead);
    this.giveBack(lead, refused(redialOf(candidate, lead), refusal), at);
  }

  /** Promised to an agent who is not there. */
  agentMissing(campaign: Campaign, rules: CampaignRules, lead: LeadToDial, at: Instant): void {
    const verdict = afterAgentMissing(redialOf(this.#candidate(campaign, rules, lead), lead), at);
    this.#context.journal.append({ at, kind: "lead-put-off", leadId: lead.leadId, verdict });
    this.giveBack(lead, verdict, at);
  }

  giveBack(lead: LeadToDial, verdict: LeadVerdict, at: Instant): void {
    const { writeBehind, store, settings } = this.#context;
    tellPromise(this.#context, lead, verdict, at);
    writeBehind.write("lead released", () => store.releaseLead(settings.nodeId, lead.leadId, verdict, at));
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
