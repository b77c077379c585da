/** What is known of the numbers and keys of some hundred rows: whose they are, and which may not be dialled. */
import type { LeadId } from "../../domain/ids.ts";
import { leadId } from "../../domain/ids.ts";
import type { Queryable } from "../database.ts";
import { numberKeysOf } from "../number-key.ts";
import type { ImportMemory } from "./import-memory.ts";
import type { ImportTarget, LeadToImport } from "./import-types.ts";

/** Whose a number or a key is already. */
export type Owner = "file" | "campaign" | "elsewhere";

export interface Known {
  readonly numbers: Map<string, Owner>;
  readonly keys: Map<string, { readonly owner: Owner; readonly leadId: LeadId | null }>;
  readonly suppressed: ReadonlySet<string>;
  readonly takenOut: ReadonlySet<string>;
}

/** Whether leads of other lists have to be looked for at all: a first file is asked of nobody but itself. */
export interface Around {
  readonly campaign: boolean;
  /** Other campaigns that have leads. */
  readonly elsewhere: readonly number[];
}

/** Asked with the gate locked, so that nothing is added in between. */
export const leadsAround = async (
  tx: Queryable,
  { campaignId, listId, policy }: Pick<ImportTarget, "campaignId" | "listId" | "policy">,
): Promise<Around> => {
  if (policy.scope === "file" || policy.scope === "list") return { campaign: false, elsewhere: [] };
  const rows = await tx.rows<{ campaign_id: number }>(
    "select distinct campaign_id from list where leads_loaded > 0 and list_id <> ?",
    [listId],
  );
  const others = rows.map(({ campaign_id }) => campaign_id);
  return {
    campaign: others.includes(campaignId),
    elsewhere: policy.scope === "all" ? others.filter((other) => other !== campaignId) : [],
  };
};

export const whatIsKnown = async (
  tx: Queryable,
  target: ImportTarget,
  around: Around,
  memory: ImportMemory,
  rows: readonly LeadToImport[],
): Promise<Known> => {
  const { campaignId, policy } = target;
  const numbers = [...new Set(rows.flatMap((row) => row.numbers.map(({ number }) => number)))];
  const keys = [...new Set(rows.flatMap(({ externalKey }) => (externalKey === null ? [] : [externalKey])))];
  const known = { numbers: new Map<string, Owner>(), keys: new Map<string, { owner: Owner; leadId: LeadId | null }>() };
  const byNumber = policy.by !== "key";
  const byKey = policy.by !== "number";
  for (const elsewhere of around.elsewhere) {
    if (byNumber) for (const number of await numbersIn(tx, elsewhere, numbers)) known.numbers.set(number, "elsewhere");
    if (!byKey) continue;
    for (const { external_key } of await keysIn(tx, elsewhere, keys)) {
      known.keys.set(external_key, { owner: "elsewhere", leadId: null });
    }
  }
  if (byNumber && around.campaign) {
    for (const number of await numbersIn(tx, campaignId, numbers)) known.numbers.set(number, "campaign");
  }
  if (byNumber) for (const number of numbers) if (memory.hasNumber(number)) known.numbers.set(number, "file");
  if (byKey) {
    const asked = around.campaign ? keys : keys.filter((key) => memory.mayHaveKey(key));
    for (const { external_key, list_id, lead_id } of await keysIn(tx, campaignId, asked)) {
      const owner = list_id === target.listId ? "file" : "campaign";
      if (owner === "campaign" && !around.campaign) continue;
      known.keys.set(external_key, { owner, leadId: leadId(lead_id) });
    }
  }
  return { ...known, ...(await notToDial(tx, target, numbers)) };
};

/** With nothing to look for, `in ()` would be no SQL. */
const numbersIn = async (tx: Queryable, campaign: number, numbers: readonly string[]): Promise<string[]> => {
  if (numbers.length === 0) return [];
  const rows = await tx.rows<{ e164: string }>(
    "select e164 from lead_number force index (number_in_campaign) where campaign_id = ? and e164 in (?)",
    [campaign, numbers],
  );
  return rows.map(({ e164 }) => e164);
};

interface KeyRow {
  readonly external_key: string;
  readonly list_id: number;
  readonly lead_id: number;
}

const keysIn = async (tx: Queryable, campaign: number, keys: readonly string[]): Promise<KeyRow[]> =>
  keys.length === 0
    ? []
    : tx.rows<KeyRow>(
        `select external_key, list_id, lead_id from campaign_lead force index (lead_by_external_key)
         where campaign_id = ? and external_key in (?)`,
        [campaign, keys],
      );

const notToDial = async (
  tx: Queryable,
  { campaignId, hashKey }: Pick<ImportTarget, "campaignId" | "hashKey">,
  numbers: readonly string[],
): Promise<Pick<Known, "suppressed" | "takenOut">> => {
  const numberOf = new Map(
    numbers.flatMap((number) => numberKeysOf(number as never, hashKey).map((key) => [key, number])),
  );
  if (numberOf.size === 0) return { suppressed: new Set(), takenOut: new Set() };
  const asked = [...numberOf.keys()];
  const rows = await tx.rows<{ e164: string; what: "suppressed" | "out" }>(
    `select e164, 'suppressed' as what from suppression force index (primary)
       where principal in ('', (select principal from campaign where campaign_id = ?)) and e164 in (?)
     union all
     select e164, 'out' from number_status force index (primary) where e164 in (?)`,
    [campaignId, asked, asked],
  );
  const of = (wanted: string): Set<string> =>
    new Set(rows.flatMap(({ e164, what }) => (what === wanted ? [numberOf.get(e164) ?? e164] : [])));
  return { suppressed: of("suppressed"), takenOut: of("out") };
};
