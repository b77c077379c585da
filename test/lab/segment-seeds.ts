/** Leads with any facts, written past the store: what filters ask, and nothing that they do not. */
import { campaignId, listId, type CampaignId, type ListId } from "../../src/domain/ids.ts";
import { addCampaign, type Database } from "../../src/store/index.ts";
import { dateOf, dateOrNull, jsonOf } from "../../src/store/rows.ts";
import { anyCampaign, anyNumber, T0 } from "../contract/store/fixture.ts";
import type { LeadSeed } from "../support/segment-samples.ts";

const WHO = { by: "segments", at: T0 };
let serial = 0;

export const seedCampaign = (db: Database): Promise<CampaignId> => addCampaign(db, anyCampaign(), WHO);

export const seedEmptyList = async (db: Database, campaign: CampaignId, name: string): Promise<ListId> => {
  const { insertId } = await db.write(
    `insert into list (campaign_id, name, imported_by, imported_at, state, leads_loaded) values (?, ?, 'seed', ?, 'ready', 0)`,
    [campaign, name, dateOf(T0)],
  );
  return listId(insertId);
};

const STATES = { open: "ready", held: "held", done: "done" } as const;

/** Ids in the order given. */
export const seedLeads = async (
  db: Database,
  seeds: readonly LeadSeed[],
  campaign: CampaignId | null = null,
): Promise<number[]> => {
  const owner = campaign ?? (await seedCampaign(db));
  const lists = new Map<string, ListId>();
  const node = `seed-${(serial += 1)}`;
  await db.write("insert into node (node_id) values (?)", [node]);
  const ids: number[] = [];
  for (const [index, { facts }] of seeds.entries()) {
    const list = lists.get(facts.list) ?? (await seedEmptyList(db, owner, facts.list));
    lists.set(facts.list, list);
    const { insertId } = await db.write(
      `insert into campaign_lead (list_id, campaign_id, line, external_key, name, attributes, priority, state, due_at,
         attempts_counted, changed_at, region, added_at, last_attempt_at, last_attempt_id)
       values (?)`,
      [
        [
          ...[list, campaignId(owner), index + 2, facts.key, facts.name, jsonOf(facts.attributes), facts.priority],
          ...[STATES[facts.state], dateOf(T0), facts.attempts, dateOf(T0), facts.region, dateOf(facts.addedAt)],
          ...[dateOrNull(facts.lastAttemptAt), facts.lastOutcome === null ? null : attemptName(node, index)],
        ],
      ],
    );
    ids.push(insertId);
    await seedNumbers(db, owner, insertId, facts);
    if (facts.lastOutcome !== null) await seedAttempt(db, owner, insertId, attemptName(node, index), node, facts);
  }
  await db.write("update list i set leads_loaded = (select count(*) from campaign_lead l where l.list_id = i.list_id)");
  return ids;
};

const attemptName = (node: string, index: number): string => `${node}-${index}`.padEnd(36, "x").slice(0, 36);

const seedNumbers = async (
  db: Database,
  campaign: CampaignId,
  lead: number,
  { numbers }: LeadSeed["facts"],
): Promise<void> => {
  await db.write(
    "insert into lead_number (lead_id, campaign_id, position, e164, number_type, time_zone, kind, country) values ?",
    [
      numbers.map(({ type, kind, country, timeZone }, index) => [
        ...[lead, campaign, index + 1, anyNumber(), type, timeZone, kind, country],
      ]),
    ],
  );
};

const seedAttempt = async (
  db: Database,
  campaign: CampaignId,
  lead: number,
  attempt: string,
  node: string,
  { lastOutcome, lastDisposition }: LeadSeed["facts"],
): Promise<void> => {
  const [number] = await db.rows<{ number_id: number }>(
    "select number_id from lead_number where lead_id = ? order by position limit 1",
    [lead],
  );
  await db.write(
    `insert into attempt (attempt_id, node_id, campaign_id, lead_id, number_id, e164, cli_number, trunk, decided_at,
       decided_hour, evidence, state, outcome, disposition)
     values (?)`,
    [
      [
        ...[attempt, node, campaign, lead, number!.number_id, "+442079460000", "+442079460001", "t", dateOf(T0)],
        ...[dateOf(T0), "{}", "ended", lastOutcome, lastDisposition],
      ],
    ],
  );
};
