/**
 * The last look before a number is dialled: what is known of lead, number, campaign and agent, put before the rules.
 * Asked when the decision is taken, and once more inside the transaction that writes the row.
 */
import type { CampaignFacts, CampaignRules, DialFacts, DialVerdict } from "../../compliance/dial-facts.ts";
import { mayDial, whyNotDial } from "../../compliance/may-dial.ts";
import type { DialRefusal } from "../../compliance/may-dial.ts";
import type { Instant } from "../../domain/instant.ts";
import type { NumberFacts } from "../../domain/number-facts.ts";
import { countryOf, lineTypeOf } from "../../lead/number-country.ts";
import type { LeadToDial, LeadVerdict } from "../ports.ts";

export interface Screening {
  readonly lead: LeadToDial;
  readonly campaign: CampaignFacts;
  readonly rules: CampaignRules;
  readonly guaranteed: boolean;
}

export const screened = (screening: Screening, facts: NumberFacts, at: Instant): DialVerdict =>
  mayDial(dialFacts(screening, facts), screening.rules, at);

/** The same answer, where nobody keeps the evidence; null for yes. */
export const whyNot = (screening: Screening, facts: NumberFacts, at: Instant): DialRefusal | null =>
  whyNotDial(dialFacts(screening, facts), screening.rules, at);

const dialFacts = ({ lead, campaign, guaranteed }: Screening, facts: NumberFacts): DialFacts => ({
  number: lead.number,
  ...campaign,
  country: countryOf(lead.number),
  numberType: lead.numberType,
  lineType: lineTypeOf(lead.number),
  region: lead.region,
  timeZone: lead.timeZone,
  consent: lead.consent,
  facts,
  guaranteed,
});

/** What a refusal that no time mends means for the lead: never, or not before somebody sees to it. */
export function refusalVerdict({ rule, concerns }: DialRefusal): LeadVerdict {
  if (concerns === "campaign") return { type: "requeue" };
  if (rule === "SUPPRESSED" || rule === "REGISTER-LISTED") return { type: "done", because: "suppressed" };
  if (rule === "NUMBER-OUT") return { type: "done", because: "invalid" };
  return { type: "held", because: rule };
}
