/** Call flows by name and version. A version is written once: what a person heard last year can still be shown. */
import type { Flow } from "../../flow/flow.ts";
import type { Instant } from "../../domain/instant.ts";
import { StoreError } from "../../engine/ports.ts";
import type { Database, Queryable } from "../database.ts";
import { DatabaseError } from "../errors.ts";
import { clipped, dateOf, instantOf, jsonOf, parsed } from "../rows.ts";
import type { Authority } from "./campaigns.ts";

/** Of the shape of a flow in the row: one that another release wrote in another shape is not guessed at. */
const DOCUMENT_FORMAT = 1;

export interface FlowDraft {
  /** Whatever its case, one name is one flow. */
  readonly name: string;
  /** 16 hexadecimal digits over what the flow says. */
  readonly version: string;
  readonly flow: Flow;
  /** The file's text. */
  readonly source: string;
}

/** What lists tell of a version. */
export interface FlowVersion {
  readonly flowId: number;
  readonly name: string;
  readonly version: string;
  readonly addedAt: Instant;
  readonly addedBy: string;
}

export interface FlowRecord extends FlowVersion {
  readonly flow: Flow;
  readonly source: string;
}

interface VersionRow {
  readonly flow_id: number;
  readonly name: string;
  readonly version: string;
  readonly added_at: Date;
  readonly added_by: string;
}

interface FlowRow extends VersionRow {
  readonly document: string;
  readonly source: string;
}

const versionOf = (row: VersionRow): FlowVersion => ({
  flowId: row.flow_id,
  name: row.name,
  version: row.version,
  addedAt: instantOf(row.added_at),
  addedBy: row.added_by,
});

/** Adding the same again changes nothing: `isNew` is false, and the id is the one it had. */
export const addFlow = async (
  db: Database,
  draft: FlowDraft,
  who: Authority,
): Promise<{ readonly flowId: number; readonly isNew: boolean }> => {
  const document = jsonOf({ format: DOCUMENT_FORMAT, flow: draft.flow });
  try {
    const { insertId } = await db.write(
      "insert into flow (name, version, document, source, added_at, added_by) values (?)",
      [[draft.name, draft.version, document, draft.source, dateOf(who.at), clipped(who.by, 100)]],
    );
    return { flowId: insertId, isNew: true };
  } catch (error) {
    if (!(error instanceof DatabaseError && error.trouble === "duplicate")) throw error;
    const known = await findFlow(db, draft.name, draft.version);
    if (known === null) throw error;
    return { flowId: known.flowId, isNew: false };
  }
};

/** Every version of every flow: by name, the newest first. */
export const flowVersions = async (db: Queryable): Promise<FlowVersion[]> => {
  const rows = await db.rows<VersionRow>(
    "select flow_id, name, version, added_at, added_by from flow order by name, flow_id desc",
  );
  return rows.map(versionOf);
};

const SELECT_FLOW = "select flow_id, name, version, added_at, added_by, document, source from flow";

const recordOf = (row: FlowRow): FlowRecord => {
  const { format, flow } = parsed(row.document) as { readonly format: number; readonly flow: Flow };
  if (format !== DOCUMENT_FORMAT) {
    throw new StoreError(
      "broken",
      `the flow "${row.name}" was written by another version of this program; add it again`,
    );
  }
  return { ...versionOf(row), flow, source: row.source };
};

/** By name, whatever its case; the newest when no version is named. Rejects with `broken` for a format of another release. */
export const findFlow = async (db: Queryable, name: string, version: string | null): Promise<FlowRecord | null> => {
  const [row] =
    version === null
      ? await db.rows<FlowRow>(`${SELECT_FLOW} where name = ? order by flow_id desc limit 1`, [name])
      : await db.rows<FlowRow>(`${SELECT_FLOW} where name = ? and version = ?`, [name, version]);
  return row === undefined ? null : recordOf(row);
};

/** For whoever carries it out: a campaign names its flow by this id. */
export const flowById = async (db: Queryable, flowId: number): Promise<FlowRecord | null> => {
  const [row] = await db.rows<FlowRow>(`${SELECT_FLOW} where flow_id = ?`, [flowId]);
  return row === undefined ? null : recordOf(row);
};
