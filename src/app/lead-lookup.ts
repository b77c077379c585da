/** Finds leads by what people know of them: the CRM's key, our own id as `#123`, or a number. */
import type { Campaign } from "../domain/campaign.ts";
import { leadId, type LeadId } from "../domain/ids.ts";
import { readNumber } from "../lead/import/number.ts";
import { findLeads, type Database } from "../store/index.ts";
import { numberRules } from "./arguments/options.ts";
import { CliError } from "./cli-error.ts";

/** Of one person there are few; more are named by their ids. */
export const LEADS_SHOWN_MAX = 10;

export const leadsNamed = async (
  database: Database,
  text: string,
  campaign: Campaign | null,
  country: string,
): Promise<readonly LeadId[]> => {
  const wanted = text.trim();
  const id = /^#[0-9]{1,15}$/.test(wanted) ? leadId(Number(wanted.slice(1))) : null;
  const read = id === null ? readNumber(wanted, numberRules(country)) : null;
  const found = await findLeads(
    database,
    {
      campaignId: campaign?.campaignId ?? null,
      leadId: id,
      key: id === null ? wanted : null,
      number: read === null || "code" in read ? null : read.number,
    },
    LEADS_SHOWN_MAX + 1,
  );
  if (found.length > 0) return found;
  const where = campaign === null ? "" : ` in the campaign "${campaign.name}"`;
  const hint =
    id === null ? " A key is taken as it was loaded, capitals and all; a lead by its id is written #123." : "";
  throw new CliError("unknown-lead", `There is no lead with the key or number "${wanted}"${where}.${hint}`);
};

/** The only one; else it is said which there are. */
export const leadNamed = async (
  database: Database,
  text: string,
  campaign: Campaign | null,
  country: string,
): Promise<LeadId> => {
  const [only, ...others] = await leadsNamed(database, text, campaign, country);
  if (only === undefined) throw new CliError("unknown-lead", `There is no lead "${text}".`);
  if (others.length === 0) return only;
  const ids = [only, ...others].slice(0, LEADS_SHOWN_MAX).map((id) => `#${id}`);
  throw new CliError("several-leads", `Several leads are "${text.trim()}": say which by its id: ${ids.join(", ")}.`);
};
