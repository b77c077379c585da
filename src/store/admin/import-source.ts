/** The source that an imported list is taken from: there from the first row on, and closed until the last. */
import type { CampaignId, ListId } from "../../domain/ids.ts";
import type { Instant } from "../../domain/instant.ts";
import type { Queryable } from "../database.ts";
import { clipped, dateOf } from "../rows.ts";

export interface SourceDraft {
  readonly campaignId: CampaignId;
  readonly importedBy: string;
  readonly importedAt: Instant;
}

/**
 * Number of the list's own source. 0 where the campaign has sources of its own making that take in every list: which of
 * them a lead belongs to is asked when all of them are loaded.
 */
export const addSourceOf = async (tx: Queryable, draft: SourceDraft, list: ListId): Promise<number> => {
  const [covering] = await tx.rows("select 1 from campaign_source where campaign_id = ? and list_id is null limit 1", [
    draft.campaignId,
  ]);
  if (covering !== undefined) return 0;
  const [own] = await tx.rows<{ source_id: number }>(
    "select source_id from campaign_source where list_id = ? and segment_id is null limit 1",
    [list],
  );
  if (own !== undefined) return own.source_id;
  const [last] = await tx.rows<{ position: number | null }>(
    "select max(position) as position from campaign_source where campaign_id = ?",
    [draft.campaignId],
  );
  const { insertId } = await tx.write(
    `insert into campaign_source (campaign_id, position, list_id, state, added_at, changed_at, changed_by)
     values (?, ?, ?, 'loading', ?, ?, ?)`,
    [
      ...[draft.campaignId, (last?.position ?? 0) + 1, list, dateOf(draft.importedAt), dateOf(draft.importedAt)],
      clipped(draft.importedBy, 100),
    ],
  );
  return insertId;
};

export const openSourceOf = async (tx: Queryable, list: ListId, at: Instant): Promise<void> => {
  await tx.write("update campaign_source set state = 'ready', changed_at = ? where list_id = ? and state = 'loading'", [
    dateOf(at),
    list,
  ]);
};
