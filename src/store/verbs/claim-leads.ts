/**
 * Leases leads that are due: highest priority first, then whoever has been due longest.
 *
 * One rule to remember: a claim walks along the index `lead_by_due` and reads what it takes, never the whole list.
 * Within one priority the leads that are due lie together, so it goes priority by priority; `skip locked` lets several
 * nodes walk the same way at once without waiting for one another or meeting on a lead.
 */
import type { CampaignId, NodeId } from "../../domain/ids.ts";
import { after, type Instant } from "../../domain/instant.ts";
import { isPhoneNumber } from "../../domain/phone-number.ts";
import type { LeadToDial } from "../../engine/ports.ts";
import type { Database, Queryable } from "../database.ts";
import {
  LEAD_COLUMNS,
  leadToDialOf,
  NUMBER_COLUMNS,
  NUMBER_JOINS,
  numberOf,
  type LeadColumns,
  type NumberColumns,
} from "../lead-to-dial.ts";
import { NO_FACTS, numberFacts } from "../number-facts.ts";
import type { NumberHashKey } from "../number-key.ts";
import { dateOf } from "../rows.ts";

/** What its column holds. */
const PRIORITY_MAX = 255;

export interface Claim {
  readonly campaignId: CampaignId;
  readonly nodeId: NodeId;
  readonly limit: number;
  readonly at: Instant;
  readonly leaseMs: number;
  readonly hashKey: NumberHashKey;
}

export const claimLeads = async (db: Database, claim: Claim): Promise<LeadToDial[]> => {
  if (claim.limit <= 0) return [];
  await reclaimExpired(db, claim);
  return db.transaction(async (tx) => {
    const leads = await lockDue(tx, claim);
    if (leads.length === 0) return [];
    const numbers = await firstUsable(tx, leads);
    const usable = leads.filter(({ lead_id }) => numbers.has(lead_id));
    const unusable = leads.filter(({ lead_id }) => !numbers.has(lead_id));
    if (usable.length > 0) await lease(tx, claim, usable);
    if (unusable.length > 0) await settleUnusable(tx, claim, unusable);
    return withFacts(tx, claim, usable, numbers);
  });
};

/** What is known of the numbers now, so that most of what may not be dialled never gets near an agent. */
const withFacts = async (
  tx: Queryable,
  { campaignId, at, hashKey }: Claim,
  leads: readonly LeadColumns[],
  numbers: ReadonlyMap<number, NumberColumns>,
): Promise<LeadToDial[]> => {
  const dialled = leads.flatMap((lead) => {
    const row = numbers.get(lead.lead_id);
    return row === undefined ? [] : [{ lead, row, number: numberOf(row) }];
  });
  if (dialled.length === 0) return [];
  const [campaign] = await tx.rows<{ principal: string }>("select principal from campaign where campaign_id = ?", [
    campaignId,
  ]);
  const who = { principal: campaign?.principal ?? "", at, hashKey };
  const facts = await numberFacts(tx, who, [...new Set(dialled.map(({ number }) => number))]);
  return dialled.map(({ lead, row, number }) => leadToDialOf(lead, row, number, facts.get(number) ?? NO_FACTS));
};

/** Gives back what a node leased and did not use in time. Read first, because there is rarely anything. */
const reclaimExpired = async (db: Queryable, { campaignId, at }: Claim): Promise<void> => {
  const expired = await db.rows<{ lead_id: number }>(
    `select lead_id from campaign_lead force index (lead_by_due)
     where campaign_id = ? and state = 'leased' and lease_until <= ?
     limit 1000`,
    [campaignId, dateOf(at)],
  );
  if (expired.length === 0) return;
  await db.write(
    `update campaign_lead set state = 'ready', lease_node = null, lease_until = null, changed_at = ?
     where lead_id in (?) and state = 'leased' and lease_until <= ?`,
    [dateOf(at), expired.map(({ lead_id }) => lead_id), dateOf(at)],
  );
};

/** From the highest priority down, until there are enough. */
const lockDue = async (tx: Queryable, claim: Claim): Promise<LeadColumns[]> => {
  const leads: LeadColumns[] = [];
  const loading = await listsLoading(tx, claim);
  let priority = await nextPriority(tx, claim, PRIORITY_MAX + 1);
  while (priority !== null && leads.length < claim.limit) {
    leads.push(...(await lockDueOf(tx, claim, { priority, limit: claim.limit - leads.length, loading })));
    priority = await nextPriority(tx, claim, priority);
  }
  return leads;
};

/** The end of a stretch of the index: one look, however many leads there are. Grouping would read them all. */
const nextPriority = async (tx: Queryable, { campaignId }: Claim, below: number): Promise<number | null> => {
  const [row] = await tx.rows<{ priority: number | null }>(
    `select max(priority) as priority from campaign_lead force index (lead_by_due)
     where campaign_id = ? and state = 'ready' and priority < ?`,
    [campaignId, below],
  );
  return row?.priority ?? null;
};

/** Leads of an import that goes on are nobody's yet: it may still fail. 0 is no list. */
const listsLoading = async (tx: Queryable, { campaignId }: Claim): Promise<number[]> => {
  const rows = await tx.rows<{ list_id: number }>(
    "select list_id from list where campaign_id = ? and state = 'loading'",
    [campaignId],
  );
  return [0, ...rows.map(({ list_id }) => list_id)];
};

interface Stretch {
  readonly priority: number;
  readonly limit: number;
  readonly loading: readonly number[];
}

const lockDueOf = (
  tx: Queryable,
  { campaignId, at }: Claim,
  { priority, limit, loading }: Stretch,
): Promise<LeadColumns[]> =>
  tx.rows<LeadColumns>(
    `select ${LEAD_COLUMNS} from campaign_lead l force index (lead_by_due)
     where campaign_id = ? and state = 'ready' and priority = ? and due_at <= ? and list_id not in (?)
     order by due_at, lead_id
     limit ?
     for update skip locked`,
    [campaignId, priority, dateOf(at), loading, limit],
  );

/**
 * By lead: the first number, in the list's order, that was not taken out. In this order of tables: after a large
 * import, before the server has counted anew, it would begin with the whole list (measured: 90 ms for 50 leads).
 */
const firstUsable = async (tx: Queryable, leads: readonly LeadColumns[]): Promise<Map<number, NumberColumns>> => {
  const rows = await tx.rows<NumberColumns & { readonly lead_id: number }>(
    `select straight_join n.lead_id, ${NUMBER_COLUMNS}
     from lead_number n force index (number_of_lead) join campaign_lead l on l.lead_id = n.lead_id ${NUMBER_JOINS}
     where n.lead_id in (?)
     order by n.lead_id, n.position`,
    [leads.map(({ lead_id }) => lead_id)],
  );
  const first = new Map<number, NumberColumns>();
  // A number that was erased since cannot be dialled.
  const isUsable = (row: NumberColumns): boolean => row.permanent_outcome === null && isPhoneNumber(row.e164);
  for (const row of rows) if (isUsable(row) && !first.has(row.lead_id)) first.set(row.lead_id, row);
  return first;
};

const lease = async (tx: Queryable, { nodeId, at, leaseMs }: Claim, leads: readonly LeadColumns[]): Promise<void> => {
  await tx.write(
    `update campaign_lead set state = 'leased', lease_node = ?, lease_until = ?, changed_at = ?
     where lead_id in (?)`,
    [nodeId, dateOf(after(at, leaseMs)), dateOf(at), leads.map(({ lead_id }) => lead_id)],
  );
};

const settleUnusable = async (tx: Queryable, { at }: Claim, leads: readonly LeadColumns[]): Promise<void> => {
  await tx.write("update campaign_lead set state = 'done', reason = 'invalid', changed_at = ? where lead_id in (?)", [
    dateOf(at),
    leads.map(({ lead_id }) => lead_id),
  ]);
};
