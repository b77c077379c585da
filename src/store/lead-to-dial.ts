/** A claimed lead with the number to dial, from its rows. */
import { campaignId, leadId, listId, numberId } from "../domain/ids.ts";
import { CONSENT_KINDS, type Consent, type NumberFacts } from "../domain/number-facts.ts";
import { phoneNumber, type PhoneNumber } from "../domain/phone-number.ts";
import type { LeadToDial } from "../engine/ports.ts";
import { instantOrNull } from "./rows.ts";

/** What is kept of the lead itself. */
export const LEAD_COLUMNS = `l.lead_id, l.list_id, l.campaign_id, l.attempts_counted, l.carrier_tries,
  l.last_retry_class, l.last_retry_class_count, l.region, l.consent_kind, l.consent_reference, l.consent_at`;

export interface LeadColumns {
  readonly lead_id: number;
  readonly list_id: number;
  readonly campaign_id: number;
  readonly attempts_counted: number;
  readonly carrier_tries: number;
  readonly last_retry_class: string | null;
  readonly last_retry_class_count: number;
  readonly region: string | null;
  readonly consent_kind: string | null;
  readonly consent_reference: string | null;
  readonly consent_at: Date | null;
}

/** One of its numbers. The zone is the number's, else the list's; what was found out is this lead's or the number's. */
export const NUMBER_COLUMNS = `n.number_id, n.e164, n.number_type,
  coalesce(n.time_zone, s.default_time_zone) as time_zone,
  coalesce(n.permanent_outcome, t.permanent_outcome) as permanent_outcome,
  exists (
    select 1 from lead_number o left join number_status u on u.e164 = o.e164
    where o.lead_id = n.lead_id and o.number_id <> n.number_id and o.permanent_outcome is null and u.e164 is null
  ) as has_other`;

/** With `l` for the lead and `n` for the number. */
export const NUMBER_JOINS = `
  join list s on s.list_id = l.list_id
  left join number_status t on t.e164 = n.e164`;

export interface NumberColumns {
  readonly number_id: number;
  readonly e164: string;
  readonly number_type: string;
  readonly time_zone: string | null;
  readonly permanent_outcome: string | null;
  readonly has_other: number;
}

export const leadToDialOf = (
  lead: LeadColumns,
  number: NumberColumns,
  dialled: PhoneNumber,
  facts: NumberFacts,
): LeadToDial => ({
  leadId: leadId(lead.lead_id),
  listId: listId(lead.list_id),
  campaignId: campaignId(lead.campaign_id),
  numberId: numberId(number.number_id),
  number: dialled,
  timeZone: number.time_zone,
  attemptsCounted: lead.attempts_counted,
  carrierTries: lead.carrier_tries,
  lastRetryClass: lead.last_retry_class,
  lastRetryClassCount: lead.last_retry_class_count,
  numberType: number.number_type,
  region: lead.region,
  consent: consentOf(lead),
  facts: { ...facts, permanentOutcome: number.permanent_outcome ?? facts.permanentOutcome },
  hasOtherNumber: number.has_other === 1,
});

export const numberOf = ({ e164 }: Pick<NumberColumns, "e164">): PhoneNumber => phoneNumber(e164);

/** A consent that names no proof, or is of a kind nobody knows, is none. */
const consentOf = ({ consent_kind, consent_reference, consent_at }: LeadColumns): Consent | null => {
  const kind = CONSENT_KINDS.find((known) => known === consent_kind);
  if (kind === undefined || consent_reference === null) return null;
  return { kind, reference: consent_reference, givenAt: instantOrNull(consent_at) };
};
