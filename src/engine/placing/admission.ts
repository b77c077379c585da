/**
 * Into the hopper and out of it: the number to dial at this moment, looked at under every rule. A number that may never be
 * dialled gives way to the lead's next one; what time will mend is put off, and whoever has nothing left is done or held.
 */
import type { CampaignFacts, CampaignRules } from "../../compliance/dial-facts.ts";
import type { DialRefusal } from "../../compliance/may-dial.ts";
import type { Campaign } from "../../domain/campaign.ts";
import type { Instant } from "../../domain/instant.ts";
import type { NumberId } from "../../domain/ids.ts";
import type { ContactRates } from "../../lead/redial/contact-rates.ts";
import type { LeadToDial, LeadVerdict } from "../ports.ts";
import { afterRefusal, choiceNow, putOff } from "../calls/redialling.ts";
import type { Redial } from "../calls/redialling.ts";
import { refusalVerdict, whyNot } from "../rules/screening.ts";

export interface Candidate {
  readonly lead: LeadToDial;
  readonly campaign: Campaign;
  readonly facts: CampaignFacts;
  readonly rules: CampaignRules;
  readonly rates: ContactRates;
  /** In [0, 1). */
  readonly jitter: number;
}

export type Admission =
  | { readonly admitted: true; readonly lead: LeadToDial }
  | {
      readonly admitted: false;
      readonly verdict: LeadVerdict;
      /** Null where redialling alone says not now. */
      readonly refusal: DialRefusal | null;
    };

/** What no time changes for that number, whatever it does for the lead's others. */
const OF_THE_NUMBER: ReadonlySet<string> = new Set(["SUPPRESSED", "NUMBER-OUT", "REGISTER-LISTED"]);

/** Asked as if an agent were reserved: who needs one is told apart when it is dialled. */
export function admission(candidate: Candidate, at: Instant): Admission {
  let { lead } = candidate;
  let first: DialRefusal | null = null;
  for (let round = 0; round <= candidate.lead.numbers.length; round += 1) {
    const redial = redialOf(candidate, lead);
    const now = choiceNow(redial, at);
    if (now.type !== "now") {
      if (first === null) return { admitted: false, verdict: putOff(lead, now), refusal: null };
      const verdict = now.type === "retry" || now.type === "requeue" ? putOff(lead, now) : refusalVerdict(first);
      return { admitted: false, verdict: promiseMissed(lead, verdict), refusal: first };
    }
    lead = onNumber(lead, now.numberId);
    const { facts: campaign, rules } = candidate;
    const refusal = whyNot({ lead, campaign, rules, guaranteed: true }, lead.facts, at);
    // What bars the whole campaign is told of the campaign, when it dials.
    if (refusal === null || refusal.concerns === "campaign") return { admitted: true, lead };
    first ??= refusal;
    if (!OF_THE_NUMBER.has(refusal.rule)) {
      return { admitted: false, verdict: refused(redialOf(candidate, lead), refusal), refusal };
    }
    lead = withoutNumber(lead, now.numberId);
  }
  const verdict: LeadVerdict = first === null ? { type: "held", because: "no-number" } : refusalVerdict(first);
  return { admitted: false, verdict: promiseMissed(lead, verdict), refusal: first };
}

/** Of one that was screened when it was dialled. */
export const refused = (redial: Redial, refusal: DialRefusal): LeadVerdict => {
  if (refusal.concerns !== "campaign" && refusal.againAt !== null) {
    return afterRefusal(redial, refusal.againAt, refusal.rule);
  }
  return promiseMissed(redial.lead, refusalVerdict(refusal));
};

export const redialOf = ({ campaign, rules, rates, jitter }: Candidate, lead: LeadToDial): Redial => ({
  lead,
  campaign,
  profile: rules.profile,
  rates,
  jitter,
});

/** Whoever is done or held is not called back. */
const promiseMissed = ({ callback }: LeadToDial, verdict: LeadVerdict): LeadVerdict =>
  callback === null || verdict.promise !== undefined || (verdict.type !== "done" && verdict.type !== "held")
    ? verdict
    : { ...verdict, promise: { callbackId: callback.callbackId, fate: "missed" } };

const onNumber = (lead: LeadToDial, numberId: NumberId): LeadToDial => {
  if (lead.numberId === numberId) return lead;
  const number = lead.numbers.find((each) => each.numberId === numberId);
  return number === undefined ? lead : { ...lead, ...number };
};

const withoutNumber = (lead: LeadToDial, numberId: NumberId): LeadToDial => ({
  ...lead,
  story: {
    ...lead.story,
    numbers: lead.story.numbers.map((number) => (number.numberId === numberId ? { ...number, isOut: true } : number)),
  },
});
