/**
 * A call that somebody asked for by name, looked at once: whose lead it is, or a new one's; for which agent, and where they
 * are. Whether it may be dialled is asked by the node that has the agent, when it dials.
 */
import { isSupportedCountry, type CountryCode } from "libphonenumber-js/max";
import { MANUAL_PAUSE } from "../../agent/agent.ts";
import type { Campaign } from "../../domain/campaign.ts";
import { after, msBetween, type Instant } from "../../domain/instant.ts";
import type { LeadId } from "../../domain/ids.ts";
import type { PhoneNumber } from "../../domain/phone-number.ts";
import { readIntake } from "../../lead/import/intake.ts";
import { countryOf } from "../../lead/number-country.ts";
import {
  addIntakeLead,
  BY_HAND_LIST,
  findAgent,
  findCampaign,
  isAssigned,
  leadByKey,
  leadByNumber,
  leaseForManual,
  lockLead,
  nodeOfAgent,
  numberOfLead,
  type Database,
  type ManualRow,
  type ManualVerdict,
  type Queryable,
} from "../../store/index.ts";
import { REFUSALS } from "../import/refusals.ts";

export interface LookSetting {
  readonly database: Database;
  readonly at: Instant;
}

/** Longer than the call may wait for its node: what is not begun by then goes back by itself. */
const LEASE_MS = 60_000;
/** Whoever asked has given up by now. */
export const MANUAL_AGE_MAX_MS = 30_000;
const PRIORITY = 50;

const refused = (code: string, says: string): ManualVerdict => ({ status: "refused", code, says });

const countryOfCampaign = ({ cliNumber }: Campaign): CountryCode => {
  const country = countryOf(cliNumber);
  return country !== null && isSupportedCountry(country) ? country : "GB";
};

/** Within the transaction that writes the verdict. Throws only what is nobody's fault but ours or the database's. */
export const lookAtManual = async (setting: LookSetting, tx: Queryable, row: ManualRow): Promise<ManualVerdict> => {
  const { database, at } = setting;
  if (msBetween(row.handedInAt, at) > MANUAL_AGE_MAX_MS) {
    return refused("too-late", "It was asked for longer ago than a call may wait.");
  }
  const campaign = row.campaign === null ? null : await findCampaign(database, row.campaign);
  if (campaign === null) return refused("unknown-campaign", "There is no campaign of that name.");
  const agent = row.agent === null ? null : await findAgent(database, row.agent);
  if (agent === null) return refused("unknown-agent", "There is no agent of that name.");
  if (!(await isAssigned(tx, agent.agentId, campaign.campaignId))) {
    return refused("agent-not-assigned", `${agent.name} takes no calls of the campaign ${campaign.name}.`);
  }
  const node = await nodeOfAgent(tx, agent.agentId);
  if (node === null) {
    return refused(
      "agent-away",
      `${agent.name} is not logged in: available, or paused with the reason ${MANUAL_PAUSE}.`,
    );
  }
  const read = readIntake(
    { ...row, numbers: row.number, attributes: null },
    { defaultCountry: countryOfCampaign(campaign), needsNumbers: true },
  );
  if ("code" in read) return refused(read.code, `${read.reason.charAt(0).toUpperCase()}${read.reason.slice(1)}.`);
  const number = read.numbers[0]?.number;
  if (number === undefined) return refused("number-missing", "A call needs the number to dial.");
  const lead = await leadOf(setting, tx, campaign, row, read, number);
  if (typeof lead !== "number") return lead;
  const locked = await lockLead(tx, lead);
  if (locked === null || locked.campaignId !== campaign.campaignId) {
    return refused("unknown-lead", `There is no such lead in the campaign ${campaign.name}.`);
  }
  if (locked.state === "done" || locked.state === "held") {
    const because = locked.reason === null ? "" : ` (${locked.reason})`;
    return refused(`lead-${locked.state}`, `This lead is ${locked.state}${because}: let it come back first.`);
  }
  const numberId = await numberOfLead(tx, lead, number, database.numberHashKey);
  if (numberId === null) return refused("number-of-another", "The lead has no such number.");
  if (!(await leaseForManual(tx, lead, node, after(at, LEASE_MS)))) {
    return refused("lead-in-hand", "Somebody else has this lead in hand at this moment.");
  }
  const { campaignId } = campaign;
  return { status: "ready", campaignId, agentId: agent.agentId, leadId: lead, numberId, nodeId: node };
};

/** The one that was named, else one with this number, else a new one. */
const leadOf = async (
  { database, at }: LookSetting,
  tx: Queryable,
  campaign: Campaign,
  { leadId, externalKey, manualId }: ManualRow,
  read: Exclude<ReturnType<typeof readIntake>, { code: string }>,
  number: PhoneNumber,
): Promise<LeadId | ManualVerdict> => {
  const { campaignId } = campaign;
  if (leadId !== null) return leadId;
  if (externalKey !== null) {
    const known = await leadByKey(tx, campaignId, externalKey);
    if (known !== null) return known;
  } else {
    const known = await leadByNumber(tx, campaignId, number, database.numberHashKey);
    if (known !== null) return known;
  }
  const target = { campaign, at, hashKey: database.numberHashKey, db: database };
  const added = await addIntakeLead(tx, target, { ...read, line: manualId, priority: PRIORITY }, BY_HAND_LIST);
  if (added.refused !== null) return refused(added.refused, `${REFUSALS[added.refused]}.`.replace(/\.\.$/, "."));
  return added.leadId ?? refused("lead-not-added", "The lead could not be added.");
};
