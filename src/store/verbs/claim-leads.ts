/**
 * Leases leads that are due: callbacks first, then new leads and redials as they are to be mixed.
 *
 * One rule to remember: a claim reads what it takes and never the whole list. Who comes first is looked up without a
 * lock; then exactly these rows are locked, whoever else has one of them meanwhile is passed over (`skip locked`), and
 * what is missing is looked up again. Several nodes neither wait for one another nor meet on a lead.
 */
import type { CampaignId } from "../../domain/ids.ts";
import { after, type Instant } from "../../domain/instant.ts";
import { CALLBACK, LeadMix } from "../../domain/lead-mix.ts";
import type { LeadClaim, LeadToDial } from "../../engine/ports.ts";
import {
  firstDue,
  highestPriorities,
  placesOf,
  PRIORITY_MAX,
  sourcesOf,
  type Place,
  type Source,
  type SqlCell,
} from "../claim-cells.ts";
import type { Database, Queryable } from "../database.ts";
import { LEAD_COLUMNS, leadsToDial, type LeadColumns } from "../lead-to-dial.ts";
import type { NumberHashKey } from "../number-key.ts";
import { dateOf } from "../rows.ts";

/** A zone that turns up for the first time, or a queue, waits so long; less when the others come short. */
const PLACES_KEPT_MS = 10_000;
/** Times that leads are looked up again because another node was quicker. */
const ROUNDS_MAX = 3;

interface Known {
  readonly mix: LeadMix;
  places: readonly Place[];
  /** Of which sources. */
  sources: string;
  readAt: number;
}

/** What one process remembers between claims: whose turn it is, and where leads wait. */
export class ClaimMemory {
  readonly #known = new Map<CampaignId, Known>();
  #zones = new Map<number, string>();

  of(campaign: CampaignId): Known {
    const known = this.#known.get(campaign) ?? { mix: new LeadMix(), places: [], sources: "", readAt: -Infinity };
    this.#known.set(campaign, known);
    return known;
  }

  /** Null for a zone that nobody knows. */
  async zoneNames(db: Queryable, ids: readonly number[]): Promise<ReadonlyMap<number, string>> {
    if (ids.some((id) => id !== 0 && !this.#zones.has(id))) {
      const rows = await db.rows<{ zone_id: number; name: string }>("select zone_id, name from time_zone");
      this.#zones = new Map(rows.map(({ zone_id, name }) => [zone_id, name]));
    }
    return this.#zones;
  }
}

export interface ClaimContext {
  readonly db: Database;
  readonly memory: ClaimMemory;
  readonly hashKey: NumberHashKey;
}

export const claimLeads = async (context: ClaimContext, claim: LeadClaim): Promise<LeadToDial[]> => {
  if (claim.limit <= 0) return [];
  const { db } = context;
  const sources = await sourcesOf(db, claim.campaignId);
  await reclaimExpired(db, claim, sources);
  const ready = sources.filter(({ isReady, weight }) => isReady && weight > 0);
  if (ready.length === 0) return [];
  const wasFresh = await knowPlaces(context, claim, ready, false);
  const leads = await lease(context, claim);
  if (leads.length >= claim.limit || wasFresh) return leads;
  // Perhaps others wait where nobody waited the last time we looked.
  await knowPlaces(context, claim, ready, true);
  return [...leads, ...(await lease(context, { ...claim, limit: claim.limit - leads.length }))];
};

/** Returns whether it was read just now. */
const knowPlaces = async (
  { db, memory }: ClaimContext,
  { campaignId }: LeadClaim,
  ready: readonly Source[],
  anew: boolean,
): Promise<boolean> => {
  const known = memory.of(campaignId);
  const now = Date.now();
  const sources = ready.map(({ sourceId, weight }) => `${sourceId}:${weight}`).join();
  if (!anew && known.sources === sources && now - known.readAt < PLACES_KEPT_MS) return false;
  Object.assign(known, { places: await placesOf(db, campaignId, ready), sources, readAt: now });
  return true;
};

const lease = (context: ClaimContext, claim: LeadClaim): Promise<LeadToDial[]> =>
  context.db.transaction(async (tx) => {
    const rows = await lockDue(tx, context, claim);
    if (rows.length === 0) return [];
    const principal = await principalOf(tx, claim.campaignId);
    const leads = await leadsToDial(tx, rows, { principal, at: claim.at, hashKey: context.hashKey });
    const usable = new Set<number>(leads.map(({ leadId }) => leadId));
    const unusable = rows.flatMap(({ lead_id }) => (usable.has(lead_id) ? [] : [lead_id]));
    if (usable.size > 0) await leaseRows(tx, claim, [...usable]);
    if (unusable.length > 0) await settleUnusable(tx, claim, unusable);
    return leads;
  });

const principalOf = async (tx: Queryable, campaign: CampaignId): Promise<string> => {
  const [row] = await tx.rows<{ principal: string }>("select principal from campaign where campaign_id = ?", [
    campaign,
  ]);
  return row?.principal ?? "";
};

/** Callbacks, then everybody else; in the order in which they are to be dialled. */
const lockDue = async (tx: Queryable, { memory }: ClaimContext, claim: LeadClaim): Promise<LeadColumns[]> => {
  const known = memory.of(claim.campaignId);
  const zones = await memory.zoneNames(
    tx,
    known.places.map(({ zone }) => zone),
  );
  const open = known.places.filter(({ zone }) => claim.isOpen(zones.get(zone) ?? null));
  const callbacks = open.filter(({ queue }) => queue === CALLBACK);
  const wanted = Math.min(claim.limit, claim.callbacksMax);
  const promised = await lockSome(tx, known.mix, claim, callbacks, wanted);
  const others = open.filter(({ queue }) => queue !== CALLBACK);
  return [...promised, ...(await lockSome(tx, known.mix, claim, others, claim.limit - promised.length))];
};

const lockSome = async (
  tx: Queryable,
  mix: LeadMix,
  claim: LeadClaim,
  places: readonly Place[],
  count: number,
): Promise<LeadColumns[]> => {
  const locked: LeadColumns[] = [];
  const seen = new Set<number>();
  if (places.length === 0) return locked;
  for (let round = 0; round < ROUNDS_MAX && locked.length < count; round += 1) {
    const chosen = await choose(tx, { mix, claim, places, seen }, count - locked.length);
    if (chosen.length === 0) break;
    for (const lead of chosen) seen.add(lead);
    const rows = await tx.rows<LeadColumns>(
      `select ${LEAD_COLUMNS} from campaign_lead l
       where lead_id in (?) and state = 'ready' and due_at <= ? and source_id in (?)
       for update skip locked`,
      [chosen, dateOf(claim.at), [...new Set(places.map(({ sourceId }) => sourceId))]],
    );
    const byId = new Map(rows.map((row) => [row.lead_id, row]));
    locked.push(...chosen.flatMap((lead) => byId.get(lead) ?? []));
    // Nobody was quicker: what is missing is not there.
    if (rows.length === chosen.length) break;
  }
  return locked;
};

interface Choice {
  readonly mix: LeadMix;
  readonly claim: LeadClaim;
  readonly places: readonly Place[];
  /** Chosen before: ours, or another's meanwhile. */
  readonly seen: ReadonlySet<number>;
}

/** Up to so many leads in the order of their turns. A cell that runs out gives way to the others, and to lower priorities. */
const choose = async (tx: Queryable, { mix, claim, places, seen }: Choice, count: number): Promise<number[]> => {
  const { campaignId, at, newSharePercent } = claim;
  const chosen: number[] = [];
  const given = new Map<SqlCell, number>();
  let cells = await highestPriorities(tx, campaignId, places.map(fromTheTop));
  while (chosen.length < count && cells.length > 0) {
    const turns: SqlCell[] = [];
    for (let index = chosen.length; index < count; index += 1) {
      const cell = mix.next(cells, newSharePercent);
      if (cell === null) break;
      turns.push(cell);
    }
    const asked = new Map<SqlCell, number>();
    for (const cell of turns) asked.set(cell, (asked.get(cell) ?? 0) + 1);
    if (asked.size === 0) break;
    const limits = [...asked].map(([cell, some]) => [cell, some + (given.get(cell) ?? 0) + seen.size] as const);
    const found = await firstDue(tx, campaignId, limits, at);
    const fresh = new Map(
      [...found].map(([cell, leads]) => [cell, leads.filter((lead) => !seen.has(lead)).slice(given.get(cell) ?? 0)]),
    );
    const spent = new Set<SqlCell>();
    for (const cell of turns) {
      const lead = fresh.get(cell)?.shift();
      if (lead === undefined) {
        spent.add(cell);
        continue;
      }
      chosen.push(lead);
      given.set(cell, (given.get(cell) ?? 0) + 1);
    }
    if (spent.size === 0) break;
    const lower = await highestPriorities(tx, campaignId, [...spent].map(fromBelow));
    cells = [...cells.filter((cell) => !spent.has(cell)), ...lower];
  }
  return chosen;
};

const fromTheTop = (place: Place): Place & { below: number } => ({ ...place, below: PRIORITY_MAX + 1 });
const fromBelow = (cell: SqlCell): Place & { below: number } => ({ ...cell, below: cell.priority });

/** Gives back what a node leased and did not use in time. Read first, because there is rarely anything. */
const reclaimExpired = async (
  db: Queryable,
  { campaignId, at }: LeadClaim,
  sources: readonly Source[],
): Promise<void> => {
  const expired = await db.rows<{ lead_id: number }>(EXPIRED_QUESTION, [
    ...[campaignId, [0, ...sources.map(({ sourceId }) => sourceId)]],
    dateOf(at),
  ]);
  if (expired.length === 0) return;
  await db.write(
    `update campaign_lead set state = 'ready', lease_node = null, lease_until = null, changed_at = ?
     where lead_id in (?) and state = 'leased' and lease_until <= ?`,
    [dateOf(at), expired.map(({ lead_id }) => lead_id), dateOf(at)],
  );
};

export const EXPIRED_QUESTION = `
  select lead_id from campaign_lead force index (lead_to_claim)
  where campaign_id = ? and source_id in (?) and state = 'leased' and lease_until <= ?
  limit 1000`;

const leaseRows = async (
  tx: Queryable,
  { nodeId, at, leaseMs }: LeadClaim,
  leads: readonly number[],
): Promise<void> => {
  const until: Instant = after(at, leaseMs);
  await tx.write(
    `update campaign_lead set state = 'leased', lease_node = ?, lease_until = ?, changed_at = ?
     where lead_id in (?)`,
    [nodeId, dateOf(until), dateOf(at), leads],
  );
};

const settleUnusable = async (tx: Queryable, { at }: LeadClaim, leads: readonly number[]): Promise<void> => {
  await tx.write("update campaign_lead set state = 'done', reason = 'invalid', changed_at = ? where lead_id in (?)", [
    dateOf(at),
    leads,
  ]);
};
