/**
 * What a day came to, written once and never changed: append only, each row hashed over what it says and over the row
 * before it. Whoever changes or removes one later breaks every hash behind it.
 *
 * One rule to remember: a day that changed afterwards gets a further row with a higher sequence, never another text.
 * What the chain cannot show by itself is that its last rows were cut off: note its head somewhere else.
 */
import { createHash } from "node:crypto";
import type { AccountDay } from "../../domain/account.ts";
import type { CampaignId } from "../../domain/ids.ts";
import { toIso, type Instant } from "../../domain/instant.ts";
import type { Database, Queryable } from "../database.ts";
import { DatabaseError } from "../errors.ts";
import { clipped, dateOf, instantOf } from "../rows.ts";
import type { Authority } from "./campaigns.ts";

/** What one day of one scope came to. */
export interface DayStatement {
  /** Null for the centre as a whole. */
  readonly campaignId: CampaignId | null;
  /** Null for the campaign across centres. */
  readonly centre: string | null;
  readonly day: AccountDay;
  readonly formula: string;
  readonly formulaVersion: number;
  readonly profile: string;
  readonly profileVersion: string;
  /** Every input of the formula. Equal inputs mean that nothing changed, so no clock's time belongs in here. */
  readonly inputs: Readonly<Record<string, unknown>>;
}

export interface DayRow extends Omit<DayStatement, "inputs"> {
  readonly rowId: number;
  readonly sequence: number;
  /** JSON, as it was hashed. */
  readonly inputs: string;
  readonly previousHash: string;
  readonly hash: string;
  readonly writtenAt: Instant;
  readonly writtenBy: string;
}

/** What the first row follows. */
export const CHAIN_BEGIN = "0".repeat(64);

const PAGE = 500;
const WRITTEN_BY_CHARACTERS_MAX = 100;
const SCOPE_KEY_CHARACTERS_MAX = 96;
const TRIES = 5;

/**
 * Both halves in one word. A centre has a row for each profile it called under, since each has its own formula.
 */
export const scopeKeyOf = ({
  campaignId,
  centre,
  profile,
}: Pick<DayStatement, "campaignId" | "centre" | "profile">): string => {
  const key = campaignId === null ? `centre ${centre ?? ""} ${profile}` : `campaign ${campaignId} ${centre ?? "*"}`;
  if (key.length <= SCOPE_KEY_CHARACTERS_MAX) return key;
  return `${key.slice(0, 30)}#${createHash("sha256").update(key).digest("hex")}`;
};

/** JSON whose keys are in one order, whoever made the object. */
export const canonicalJson = (value: unknown): string =>
  JSON.stringify(value, (_key, part: unknown) =>
    typeof part === "object" && part !== null && !Array.isArray(part)
      ? Object.fromEntries(Object.entries(part).sort(([a], [b]) => (a < b ? -1 : 1)))
      : part,
  );

/** The hash of a row: over everything it says, and the hash of the row before it. */
export const hashOf = (row: Omit<DayRow, "rowId" | "hash">): string =>
  createHash("sha256")
    .update(
      canonicalJson({
        scopeKey: scopeKeyOf(row),
        campaignId: row.campaignId,
        centre: row.centre,
        day: row.day,
        sequence: row.sequence,
        formula: row.formula,
        formulaVersion: row.formulaVersion,
        profile: row.profile,
        profileVersion: row.profileVersion,
        inputs: row.inputs,
        previousHash: row.previousHash,
        writtenAt: toIso(row.writtenAt),
        writtenBy: row.writtenBy,
      }),
    )
    .digest("hex");

/**
 * Writes down the days that were not, and those that have changed since; returns the rows it wrote. Repeating it
 * writes nothing. Two at once take turns.
 */
export const closeDays = async (
  db: Database,
  statements: readonly DayStatement[],
  who: Authority,
): Promise<readonly DayRow[]> => {
  for (let attempt = 1; ; attempt++) {
    try {
      return await db.transaction((tx) => append(tx, statements, who));
    } catch (error) {
      // Somebody else has followed the same row in the meantime: begin again behind theirs.
      const isRace = error instanceof DatabaseError && error.trouble === "duplicate";
      if (!isRace || attempt === TRIES) throw error;
    }
  }
};

const append = async (
  tx: Queryable,
  statements: readonly DayStatement[],
  { by, at }: Authority,
): Promise<readonly DayRow[]> => {
  const [end] = await tx.rows<{ hash: string }>(
    "select hash from compliance_day order by row_id desc limit 1 for update",
  );
  let previousHash = end?.hash ?? CHAIN_BEGIN;
  const written: DayRow[] = [];
  for (const statement of statements) {
    const inputs = canonicalJson(statement.inputs);
    const last = await lastOf(tx, statement);
    if (last?.inputs === inputs) continue;
    const unhashed = {
      ...statement,
      inputs,
      sequence: last === null ? 0 : last.sequence + 1,
      previousHash,
      writtenAt: at,
      writtenBy: clipped(by, WRITTEN_BY_CHARACTERS_MAX),
    };
    const row = { ...unhashed, hash: hashOf(unhashed) };
    written.push({ ...row, rowId: await insert(tx, row) });
    previousHash = row.hash;
  }
  return written;
};

const lastOf = async (
  tx: Queryable,
  statement: DayStatement,
): Promise<{ readonly sequence: number; readonly inputs: string } | null> => {
  const [row] = await tx.rows<{ sequence: number; inputs: string }>(
    "select sequence, inputs from compliance_day where scope_key = ? and day = ? order by sequence desc limit 1",
    [scopeKeyOf(statement), statement.day],
  );
  return row ?? null;
};

const insert = async (tx: Queryable, row: Omit<DayRow, "rowId">): Promise<number> => {
  const { insertId } = await tx.write(
    `insert into compliance_day (campaign_id, centre, scope_key, day, sequence, formula, formula_version, profile,
       profile_version, inputs, previous_hash, hash, written_at, written_by)
     values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
    [
      ...[row.campaignId, row.centre, scopeKeyOf(row), row.day, row.sequence, row.formula, row.formulaVersion],
      ...[row.profile, row.profileVersion, row.inputs, row.previousHash, row.hash, dateOf(row.writtenAt)],
      row.writtenBy,
    ],
  );
  return insertId;
};

/* ------------------------------------------------------------------ Reading and proving */

interface TableRow {
  readonly row_id: number;
  readonly campaign_id: CampaignId | null;
  readonly centre: string | null;
  readonly scope_key: string;
  readonly day: AccountDay;
  readonly sequence: number;
  readonly formula: string;
  readonly formula_version: number;
  readonly profile: string;
  readonly profile_version: string;
  readonly inputs: string;
  readonly previous_hash: string;
  readonly hash: string;
  readonly written_at: Date;
  readonly written_by: string;
}

const COLUMNS = `row_id, campaign_id, centre, scope_key, cast(day as char) as day, sequence, formula, formula_version,
  profile, profile_version, inputs, previous_hash, hash, written_at, written_by`;

const rowOf = (row: TableRow): DayRow => ({
  rowId: row.row_id,
  campaignId: row.campaign_id,
  centre: row.centre,
  day: row.day,
  sequence: row.sequence,
  formula: row.formula,
  formulaVersion: row.formula_version,
  profile: row.profile,
  profileVersion: row.profile_version,
  inputs: row.inputs,
  previousHash: row.previous_hash,
  hash: row.hash,
  writtenAt: instantOf(row.written_at),
  writtenBy: row.written_by,
});

/** All rows of one scope in these days, corrections after what they correct. */
export const closedDays = async (
  db: Queryable,
  scope: Pick<DayStatement, "campaignId" | "centre" | "profile">,
  days: { readonly fromDay: AccountDay; readonly toDay: AccountDay },
): Promise<readonly DayRow[]> => {
  const rows = await db.rows<TableRow>(
    `select ${COLUMNS} from compliance_day where scope_key = ? and day between ? and ? order by day, sequence`,
    [scopeKeyOf(scope), days.fromDay, days.toDay],
  );
  return rows.map(rowOf);
};

/** Which scopes have a row for this day: they are closed again even when nothing is left of them. */
export const scopesClosed = async (
  db: Queryable,
  day: AccountDay,
): Promise<readonly Pick<DayRow, "campaignId" | "centre" | "profile" | "profileVersion">[]> => {
  const rows = await db.rows<TableRow>(`select ${COLUMNS} from compliance_day where day = ? order by row_id`, [day]);
  const last = new Map(rows.map((row) => [row.scope_key, rowOf(row)]));
  return [...last.values()];
};

export interface BrokenRow {
  readonly rowId: number;
  readonly day: AccountDay;
  readonly campaignId: CampaignId | null;
  readonly centre: string | null;
  readonly sequence: number;
  /** In plain words. */
  readonly says: string;
}

export interface ChainProof {
  readonly rows: number;
  /** The hash of the last row; note it elsewhere, and a later proof can be held against it. Null for an empty chain. */
  readonly head: string | null;
  /** The first row that does not fit; null when all do. */
  readonly broken: BrokenRow | null;
  /** Whether the hash that was asked for is in the chain; null when none was. */
  readonly holdsAnchor: boolean | null;
}

/** Every row from the first. `anchor`: the head of an earlier proof, which must still be in the chain. */
export const proveChain = async (db: Queryable, anchor: string | null = null): Promise<ChainProof> => {
  let previous: DayRow | null = null;
  let count = 0;
  let holdsAnchor = anchor === null ? null : anchor === CHAIN_BEGIN;
  const sequences = new Map<string, number>();
  for (;;) {
    const rows: TableRow[] = await db.rows<TableRow>(
      `select ${COLUMNS} from compliance_day where row_id > ? order by row_id limit ${PAGE}`,
      [previous?.rowId ?? 0],
    );
    for (const raw of rows) {
      const row = rowOf(raw);
      const key = JSON.stringify([raw.scope_key, row.day]);
      const says = wrongWith(row, raw.scope_key, previous) ?? outOfTurn(row, sequences.get(key));
      if (says !== null)
        return { rows: count, head: previous?.hash ?? null, broken: brokenRow(row, says), holdsAnchor };
      sequences.set(key, row.sequence);
      if (row.hash === anchor) holdsAnchor = true;
      previous = row;
      count += 1;
    }
    if (rows.length < PAGE) return { rows: count, head: previous?.hash ?? null, broken: null, holdsAnchor };
  }
};

const wrongWith = (row: DayRow, scopeKey: string, previous: DayRow | null): string | null => {
  if (scopeKey !== scopeKeyOf(row) || hashOf(row) !== row.hash) {
    return "What it says is not what was hashed: it was changed after it was written.";
  }
  if (row.previousHash === (previous?.hash ?? CHAIN_BEGIN)) return null;
  return previous === null
    ? "It is the first row and follows another: rows before it are missing."
    : `It does not follow row ${previous.rowId}: a row between them is missing, or row ${previous.rowId} was replaced.`;
};

const outOfTurn = (row: DayRow, before: number | undefined): string | null =>
  row.sequence === (before ?? -1) + 1 ? null : "Its sequence does not follow that of the day's row before it.";

const brokenRow = ({ rowId, day, campaignId, centre, sequence }: DayRow, says: string): BrokenRow => ({
  rowId,
  day,
  campaignId,
  centre,
  sequence,
  says,
});
