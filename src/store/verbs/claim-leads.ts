/**
 * Leases leads that are due: callbacks first, then new leads and redials as they are to be mixed.
 *
 * One rule to remember: a claim reads what it takes and never the whole list. Who comes first is looked up without a
 * lock; then exactly these rows are locked, whoever else has one of them meanwhile is passed over (`skip locked`), and
 * what is missing is looked up again. Several nodes neither wait for one another nor meet on a lead.
 */
import type { CampaignId } from "../../domain/ids.ts";
import { after } from "../../domain/instant.ts";
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

/** A zone, queue or priority that turns up for the first time waits so long, twice at most; less when the others come short. */
const CELLS_KEPT_MS = 10_000;
/** How soon a lease that ran out is looked for while there are others to dial. */
const RECLAIM_MS = 60_000;
/** Times that leads are looked up again because another node was quicker. */
const ROUNDS_MAX = 3;

interface Known {
  readonly mix: LeadMix;
  /** Each with the highest priority that there was. */
  cells: readonly SqlCell[];
  /** Of which sources. */
  sources: string;
  readAt: number;
  /** Cells are being read behind the claims. */
  isReading: boolean;
  reclaimedAt: number;
}

/** What one process remembers between claims: whose turn it is, and where leads wait. */
export class ClaimMemory {
  readonly #known = new Map<CampaignId, Known>();
  #zones = new Map<number, string>();

  of(campaign: CampaignId): Known {
    const nothing = { cells: [], sources: "", readAt: -Infinity, isReading: false, reclaimedAt: Date.now() };
    const known = this.#known.get(campaign) ?? { mix: new LeadMix(), ...nothing };
    this.#known.set(campaign, known);
    return known;
  }

  /** A zone that nobody knows has no name. */
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
  const { db, memory } = context;
  const { principal, sources } = await sourcesOf(db, claim.campaignId);
  const known = memory.of(claim.campaignId);
  if (Date.now() - known.reclaimedAt > RECLAIM_MS) await reclaimExpired(db, claim, sources, known);
  const ready = sources.filter(({ isReady, weight }) => isReady && weight > 0);
  if (ready.length === 0) return [];
  const isNew = await knowCells(context, claim, ready, false);
  const leads = await lease(context, claim, principal);
  if (leads.length >= claim.limit) return leads;
  // Perhaps somebody let a lease run out, or others wait where nobody waited the last time we looked.
  const reclaimed = await reclaimExpired(db, claim, sources, known);
  if (isNew && reclaimed === 0) return leads;
  await knowCells(context, claim, ready, true);
  return [...leads, ...(await lease(context, { ...claim, limit: claim.limit - leads.length }, principal))];
};

/** Returns whether they were read just now. */
const knowCells = async (
  { db, memory }: ClaimContext,
  { campaignId }: LeadClaim,
  ready: readonly Source[],
  anew: boolean,
): Promise<boolean> => {
  const known = memory.of(campaignId);
  const now = Date.now();
  const sources = ready.map(({ sourceId, weight }) => `${sourceId}:${weight}`).join();
  const read = async (): Promise<void> => {
    const places = await placesOf(db, campaignId, ready);
    const cells = await highestPriorities(db, campaignId, places.map(fromTheTop));
    Object.assign(known, { cells, sources, readAt: now });
  };
  const ageMs = now - known.readAt;
  if (anew || known.sources !== sources || ageMs >= 2 * CELLS_KEPT_MS) {
    await read();
    return true;
  }
  if (ageMs >= CELLS_KEPT_MS && !known.isReading) {
    // Half a dozen questions, for which this claim does not wait; where they fail, the next one asks again.
    known.isReading = true;
    void read()
      .catch(() => undefined)
      .finally(() => (known.isReading = false));
  }
  return false;
};

/** The rows are leased while what else is known of the leads is read: two halves of the time it takes. */
const lease = async (context: ClaimContext, claim: LeadClaim, principal: string): Promise<LeadToDial[]> => {
  const { db, hashKey } = context;
  let told: Promise<LeadToDial[]> = Promise.resolve([]);
  const rows = await db.transaction(async (tx) => {
    const locked = await lockDue(tx, context, claim);
    if (locked.length === 0) return locked;
    told = leadsToDial(db, locked, { principal, at: claim.at, hashKey });
    // Heard below; until then it is nobody's rejection.
    told.catch(() => undefined);
    await leaseRows(tx, claim, locked);
    return locked;
  });
  const leads = await told.catch(async (error: unknown) => {
    await releaseRows(db, claim, rows);
    throw error;
  });
  const usable = new Set<number>(leads.map(({ leadId }) => leadId));
  const unusable = rows.filter(({ lead_id }) => !usable.has(lead_id));
  if (unusable.length > 0) await settleUnusable(db, claim, unusable);
  return leads;
};

/** Callbacks, then everybody else; in the order in which they are to be dialled. */
const lockDue = async (tx: Queryable, { memory }: ClaimContext, claim: LeadClaim): Promise<LeadColumns[]> => {
  const known = memory.of(claim.campaignId);
  const zones = await memory.zoneNames(
    tx,
    known.cells.map(({ zone }) => zone),
  );
  const open = known.cells.filter(({ zone }) => claim.isOpen(zones.get(zone) ?? null));
  const callbacks = open.filter(({ queue }) => queue === CALLBACK);
  const wanted = Math.min(claim.limit, claim.callbacksMax);
  const promised = await lockSome(tx, known.mix, claim, callbacks, wanted);
  const others = open.filter(({ queue }) => queue !== CALLBACK);
  return [...promised, ...(await lockSome(tx, known.mix, claim, others, claim.limit - promised.length))];
};

/** By the key, however few leads there are: walking along the table would lock all of it. */
export const LOCK_QUESTION = `
  select ${LEAD_COLUMNS} from campaign_lead l force index (primary)
  where lead_id in (?) and state = 'ready' and due_at <= ? and source_id in (?)
  for update skip locked`;

const lockSome = async (
  tx: Queryable,
  mix: LeadMix,
  claim: LeadClaim,
  cells: readonly SqlCell[],
  count: number,
): Promise<LeadColumns[]> => {
  const locked: LeadColumns[] = [];
  const seen = new Set<number>();
  if (cells.length === 0) return locked;
  for (let round = 0; round < ROUNDS_MAX && locked.length < count; round += 1) {
    const chosen = await choose(tx, { mix, claim, cells, seen }, count - locked.length);
    if (chosen.length === 0) break;
    for (const lead of chosen) seen.add(lead);
    const from = [...new Set(cells.map(({ sourceId }) => sourceId))];
    const rows = await tx.rows<LeadColumns>(LOCK_QUESTION, [chosen, dateOf(claim.at), from]);
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
  readonly cells: readonly SqlCell[];
  /** Chosen before: ours, or another's meanwhile. */
  readonly seen: ReadonlySet<number>;
}

/** Up to so many leads in the order of their turns. A cell that runs out gives way to the others, and to lower priorities. */
const choose = async (tx: Queryable, { mix, claim, cells: all, seen }: Choice, count: number): Promise<number[]> => {
  const { campaignId, at, newSharePercent } = claim;
  const chosen: number[] = [];
  const given = new Map<SqlCell, number>();
  /** Read and not chosen yet; `isAll` where the cell had no more. */
  const stock = new Map<SqlCell, { readonly leads: number[]; readonly isAll: boolean }>();
  let cells = all;
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
    const limits = [...asked].flatMap(([cell, some]) => {
      const there = stock.get(cell);
      if (there !== undefined && (there.isAll || there.leads.length >= some)) return [];
      // Twice as many: where another cell has none, they are wanted as well, and a row costs less than a question.
      return [[cell, 2 * some + (given.get(cell) ?? 0) + seen.size] as const];
    });
    const found = await firstDue(tx, campaignId, limits, at);
    for (const [cell, limit] of limits) {
      const leads = found.get(cell) ?? [];
      const fresh = leads.filter((lead) => !seen.has(lead)).slice(given.get(cell) ?? 0);
      stock.set(cell, { leads: fresh, isAll: leads.length < limit });
    }
    const spent = new Set<SqlCell>();
    for (const cell of turns) {
      const lead = stock.get(cell)?.leads.shift();
      if (lead === undefined) {
        spent.add(cell);
        continue;
      }
      chosen.push(lead);
      given.set(cell, (given.get(cell) ?? 0) + 1);
    }
    if (spent.size === 0) break;
    const lower = await lowerCells(tx, campaignId, [...spent]);
    cells = [...cells.filter((cell) => !spent.has(cell)), ...lower];
  }
  return chosen;
};

/** As they were read with the cell: what turns up for the first time waits until the cells are read anew. */
const LOWER = new WeakMap<SqlCell, readonly SqlCell[]>();

const lowerCells = async (tx: Queryable, campaign: CampaignId, cells: readonly SqlCell[]): Promise<SqlCell[]> => {
  const asked = cells.filter((cell) => !LOWER.has(cell));
  const found = await highestPriorities(tx, campaign, asked.map(fromBelow));
  for (const cell of asked)
    LOWER.set(
      cell,
      found.filter((lower) => isSamePlace(lower, cell)),
    );
  return cells.flatMap((cell) => LOWER.get(cell) ?? []);
};

const isSamePlace = (one: Place, other: Place): boolean =>
  one.sourceId === other.sourceId && one.queue === other.queue && one.zone === other.zone;

const fromTheTop = (place: Place): Place & { below: number } => ({ ...place, below: PRIORITY_MAX + 1 });
const fromBelow = (cell: SqlCell): Place & { below: number } => ({ ...cell, below: cell.priority });

/** Gives back what a node leased and did not use in time; returns how many. Read first, because there is rarely anything. */
const reclaimExpired = async (
  db: Queryable,
  { campaignId, at }: LeadClaim,
  sources: readonly Source[],
  known: Known,
): Promise<number> => {
  known.reclaimedAt = Date.now();
  const expired = await db.rows<{ lead_id: number }>(EXPIRED_QUESTION, [
    ...[campaignId, [0, ...sources.map(({ sourceId }) => sourceId)]],
    dateOf(at),
  ]);
  if (expired.length === 0) return 0;
  const { matched } = await db.write(
    `update campaign_lead set state = 'ready', lease_node = null, lease_until = null, changed_at = ?
     where lead_id in (?) and state = 'leased' and lease_until <= ?`,
    [dateOf(at), expired.map(({ lead_id }) => lead_id), dateOf(at)],
  );
  return matched;
};

export const EXPIRED_QUESTION = `
  select lead_id from campaign_lead force index (lead_to_claim)
  where campaign_id = ? and source_id in (?) and state = 'leased' and lease_until <= ?
  limit 1000`;

const idsOf = (leads: readonly LeadColumns[]): number[] => leads.map(({ lead_id }) => lead_id);

const leaseRows = async (
  tx: Queryable,
  { nodeId, at, leaseMs }: LeadClaim,
  leads: readonly LeadColumns[],
): Promise<void> => {
  await tx.write(
    `update campaign_lead force index (primary) set state = 'leased', lease_node = ?, lease_until = ?, changed_at = ?
     where lead_id in (?)`,
    [nodeId, dateOf(after(at, leaseMs)), dateOf(at), idsOf(leads)],
  );
};

/** Nobody was told of them. Where even this cannot be written, the lease runs out. */
const releaseRows = async (db: Queryable, { nodeId }: LeadClaim, leads: readonly LeadColumns[]): Promise<void> => {
  if (leads.length === 0) return;
  await db
    .write(
      `update campaign_lead set state = 'ready', lease_node = null, lease_until = null
       where lead_id in (?) and state = 'leased' and lease_node = ?`,
      [idsOf(leads), nodeId],
    )
    .catch(() => undefined);
};

const settleUnusable = async (
  db: Queryable,
  { nodeId, at }: LeadClaim,
  leads: readonly LeadColumns[],
): Promise<void> => {
  await db.write(
    `update campaign_lead set state = 'done', reason = if(reason <=> 'withdrawn', reason, 'invalid'), lease_node = null, lease_until = null, changed_at = ?
     where lead_id in (?) and state = 'leased' and lease_node = ?`,
    [dateOf(at), idsOf(leads), nodeId],
  );
};
