/** One row of a CRM's, carried out: what it asks, whether it may be, and the verdict that the CRM reads. */
import type { Campaign } from "../../domain/campaign.ts";
import type { LeadId } from "../../domain/ids.ts";
import { after, type Instant } from "../../domain/instant.ts";
import type { ImportedLead } from "../../lead/import/lead.ts";
import { INTAKE_ACTIONS, readIntake, type IntakeAction, type IntakeProblem } from "../../lead/import/intake.ts";
import { countryOf } from "../../lead/number-country.ts";
import {
  addCallback,
  addIntakeLead,
  changeIntakeLead,
  FINAL_REASONS,
  campaignById,
  findAgent,
  findCampaign,
  leadByKey,
  leadFile,
  lockLead,
  numbersOfLead,
  ownNumber,
  suppressNumbers,
  withdrawLead,
  type Database,
  type IntakeRow,
  type IntakeVerdict,
  type IntakeLead,
  type Queryable,
} from "../../store/index.ts";
import { isSupportedCountry, type CountryCode } from "libphonenumber-js/max";
import { CALLBACK_AHEAD_MAX_MS, CALLBACK_WINDOW_MS, callbackTime } from "../callback-time.ts";
import { nearest } from "../nearest.ts";
import type { ProfileSet } from "../profiles.ts";
import { REFUSALS } from "../import/refusals.ts";

export interface IntakeSetting {
  readonly database: Database;
  readonly profiles: ProfileSet;
  readonly at: Instant;
}

const PRIORITY_MAX = 99;
const PRIORITY = 50;

const refused = (code: string, says: string): IntakeVerdict => ({
  status: "refused",
  code,
  says: sentence(says),
  leadId: null,
  callbackId: null,
});
const done = (code: string, says: string, lead: LeadId | null, callbackId: number | null = null): IntakeVerdict => ({
  status: "done",
  code,
  says: sentence(says),
  leadId: lead,
  callbackId,
});
const sentence = (text: string): string => {
  const whole = text.charAt(0).toUpperCase() + text.slice(1);
  return /[.!?]$/.test(whole) ? whole : `${whole}.`;
};
const problem = ({ code, reason }: IntakeProblem): IntakeVerdict => refused(code, reason);

/** Within the transaction that writes the verdict. Throws only what is nobody's fault but ours or the database's. */
export const carryOut = async (setting: IntakeSetting, tx: Queryable, row: IntakeRow): Promise<IntakeVerdict> => {
  const action = INTAKE_ACTIONS.find((each) => each === row.action.trim().toLowerCase());
  if (action === undefined) {
    const guess = nearest(row.action, INTAKE_ACTIONS);
    return refused(
      "unknown-action",
      `the action is none of ${INTAKE_ACTIONS.join(", ")}${guess === null ? "" : `: did you mean ${guess}?`}`,
    );
  }
  const campaign = row.campaign === null ? null : await findCampaign(setting.database, row.campaign);
  if (row.campaign !== null && campaign === null)
    return refused("unknown-campaign", "there is no campaign of that name");
  return ACTIONS[action]({ ...setting, tx, row, campaign });
};

interface Work extends IntakeSetting {
  readonly tx: Queryable;
  readonly row: IntakeRow;
  readonly campaign: Campaign | null;
}

/** Numbers without a plus sign are of the country whose number the campaign shows. */
const countryOfCampaign = (campaign: Campaign | null): CountryCode => {
  const country = campaign === null ? null : countryOf(campaign.cliNumber);
  return country !== null && isSupportedCountry(country) ? country : "GB";
};

const person = ({ row, campaign }: Work, needsNumbers: boolean): ImportedLead | IntakeProblem =>
  readIntake(row, { defaultCountry: countryOfCampaign(campaign), needsNumbers });

const priorityOf = ({ row: { priority } }: Work): number | null | IntakeProblem => {
  if (priority === null || priority.trim() === "") return null;
  const value = /^[0-9]{1,2}$/.test(priority.trim()) ? Number(priority) : Number.NaN;
  return value <= PRIORITY_MAX
    ? value
    : { code: "priority-unreadable", reason: `the priority must be a whole number from 0 to ${PRIORITY_MAX}` };
};

const target = ({ at, database }: Work, campaign: Pick<Campaign, "campaignId">) => ({
  ...{ campaign, at, hashKey: database.numberHashKey, db: database },
});

const add = async (work: Work): Promise<IntakeVerdict> => {
  const { row, campaign, tx } = work;
  if (campaign === null) return refused("campaign-missing", "an added lead needs its campaign");
  const lead = person(work, true);
  if ("code" in lead) return problem(lead);
  const priority = priorityOf(work);
  if (typeof priority === "object" && priority !== null) return problem(priority);
  const added = await addIntakeLead(tx, target(work, campaign), {
    ...{ ...lead, line: row.intakeId, priority: priority ?? PRIORITY },
  });
  if (added.refused !== null) return refused(added.refused, REFUSALS[added.refused]);
  const [notice] = added.notices;
  return notice === undefined
    ? done("added", "the lead was added", added.leadId)
    : done(`added-${notice.code}`.slice(0, 40), `the lead was added; of one number: ${notice.code}`, added.leadId);
};

/** By its number, else by the CRM's key in its campaign. */
const leadOf = async ({ tx, row, campaign }: Work): Promise<IntakeLead | IntakeProblem> => {
  const key = row.externalKey;
  if (row.leadId === null && (key === null || campaign === null)) {
    return { code: "lead-missing", reason: "say which lead: lead_id, or external_key with its campaign" };
  }
  const id = row.leadId ?? (key === null || campaign === null ? null : await leadByKey(tx, campaign.campaignId, key));
  const lead = id === null ? null : await lockLead(tx, id);
  const isOthers = lead !== null && campaign !== null && lead.campaignId !== campaign.campaignId;
  return lead === null || isOthers ? { code: "unknown-lead", reason: "there is no such lead in this campaign" } : lead;
};

const update = async (work: Work): Promise<IntakeVerdict> => {
  const lead = await leadOf(work);
  if ("code" in lead) return problem(lead);
  const row = person(work, false);
  if ("code" in row) return problem(row);
  const priority = priorityOf(work);
  if (typeof priority === "object" && priority !== null) return problem(priority);
  const changed = await changeIntakeLead(work.tx, target(work, lead), lead.leadId, { ...row, priority });
  return changed.leftOut.length === 0
    ? done("changed", "the lead was changed", lead.leadId)
    : done("changed-number-left-out", "the lead was changed; a number that another lead has was left out", lead.leadId);
};

const withdraw = async (work: Work): Promise<IntakeVerdict> => {
  const lead = await leadOf(work);
  if ("code" in lead) return problem(lead);
  await withdrawLead(work.tx, lead, work.at);
  return lead.state === "dialling"
    ? done("withdrawn", "the lead is withdrawn; the call that goes on is its last", lead.leadId)
    : done("withdrawn", "the lead is withdrawn and will not be dialled", lead.leadId);
};

const suppress = async (work: Work): Promise<IntakeVerdict> => {
  const { row, tx, at, database, campaign } = work;
  const says = row.numbers !== null && row.numbers.trim() !== "";
  let numbers = [];
  let lead: LeadId | null = null;
  if (says) {
    const read = readIntake(
      { ...row, externalKey: null, name: null, attributes: null, timeZone: null, region: null },
      { defaultCountry: countryOfCampaign(campaign), needsNumbers: true, anyNumber: true },
    );
    if ("code" in read) return problem(read);
    numbers = read.numbers.map(({ number }) => number);
  } else {
    const found = await leadOf(work);
    if ("code" in found) return problem(found);
    lead = found.leadId;
    numbers = await numbersOfLead(tx, found.leadId);
    await withdrawLead(tx, found, at);
    if (numbers.length === 0) return done("withdrawn", "the lead has no number left, and is withdrawn", lead);
  }
  await suppressNumbers(tx, numbers, {
    ...{ reason: row.reason?.trim() ?? "opt-out", source: `crm_intake ${row.intakeId}`, at },
    hashKey: database.numberHashKey,
  });
  return done(
    "suppressed",
    `${numbers.length === 1 ? "the number is" : "the numbers are"} not dialled any more, for anybody`,
    lead,
  );
};

interface Promised {
  readonly dueAt: Instant;
  readonly untilAt: Instant;
  readonly fallback: "anyone" | "missed";
}

/** What the row says by itself. */
const promised = ({ row, at }: Work): Promised | IntakeProblem => {
  const { dueAt } = row;
  if (dueAt === null) return { code: "due-missing", reason: "a callback needs its time: due_at, in UTC" };
  const untilAt = row.untilAt ?? after(dueAt, CALLBACK_WINDOW_MS);
  if (untilAt <= dueAt || untilAt <= at)
    return { code: "due-past", reason: "the callback's time is over, or ends before it begins" };
  if (dueAt > after(at, CALLBACK_AHEAD_MAX_MS))
    return { code: "due-too-far", reason: "the callback is more than a year ahead" };
  const fallback = (row.fallback ?? "anyone").trim().toLowerCase();
  if (fallback !== "anyone" && fallback !== "missed")
    return { code: "fallback-unreadable", reason: "the fallback is anyone or missed" };
  return { dueAt, untilAt, fallback };
};

/** On which of the lead's numbers; null where the row does not say, or the lead has no such number. */
const numberAsked = async ({ row, tx, database, campaign }: Work, lead: LeadId) => {
  if (row.numbers === null || row.numbers.trim() === "") return null;
  const read = readIntake(row, { defaultCountry: countryOfCampaign(campaign), needsNumbers: true });
  if ("code" in read) return read;
  const number = read.numbers[0]?.number;
  return number === undefined ? null : ownNumber(tx, lead, number, database.numberHashKey);
};

const callback = async (work: Work): Promise<IntakeVerdict> => {
  const { row, tx, at, database, profiles } = work;
  const lead = await leadOf(work);
  if ("code" in lead) return problem(lead);
  const wish = promised(work);
  if ("code" in wish) return problem(wish);
  const agent = row.agent === null ? null : await findAgent(database, row.agent);
  if (row.agent !== null && agent === null) return refused("unknown-agent", "there is no agent of that name");
  const numberId = await numberAsked(work, lead.leadId);
  if (typeof numberId === "object" && numberId !== null) return problem(numberId);
  // Within the transaction: the lead may have come in the row before.
  const within = { ...tx, rows: tx.rows.bind(tx), write: tx.write.bind(tx), numberHashKey: database.numberHashKey };
  const [campaign, file] = [
    work.campaign ?? (await campaignById(within, lead.campaignId)),
    await leadFile(within, lead.leadId, at),
  ];
  if (campaign === null || file === null || isOver(lead)) return refused("lead-done", NOBODY_CALLS);
  const circumstances = { database: within, profiles, campaign, file, at, move: false };
  const time = await callbackTime({ ...wish, numberId }, circumstances);
  if (!time.ok) return refused(time.code, time.says);
  const id = await addCallback(tx, {
    ...{ leadId: lead.leadId, numberId: time.numberId, agentId: agent?.agentId ?? null },
    ...{ dueAt: time.dueAt, untilAt: time.untilAt, fallback: wish.fallback, note: row.note, askedBy: "crm", at },
  });
  if (id === null) return refused("lead-done", NOBODY_CALLS);
  return time.moved === null
    ? done("callback-promised", "the lead is called back at that time", lead.leadId, id)
    : done("callback-moved", `the lead is called back, but later: ${time.moved}`, lead.leadId, id);
};

const NOBODY_CALLS = "nobody calls this lead any more: it opted out, was withdrawn, or has no number";

/** No promise brings it back; addCallback says the same. */
const isOver = ({ state, reason }: IntakeLead): boolean =>
  reason === "withdrawn" || (state === "done" && FINAL_REASONS.some((final) => final === reason));

const ACTIONS: Readonly<Record<IntakeAction, (work: Work) => Promise<IntakeVerdict>>> = {
  ...{ add, update, withdraw, suppress, callback },
};
