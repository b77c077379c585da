/** Information messages: what is in the file, and who has put their name to it. */
import type { ApprovedMessage } from "../../domain/number-facts.ts";
import type { Instant } from "../../domain/instant.ts";
import type { Database } from "../database.ts";
import { clipped, dateOf, instantOf, instantOrNull } from "../rows.ts";
import type { Authority } from "./campaigns.ts";

export interface MessageRecord extends ApprovedMessage {
  readonly addedBy: string;
  readonly addedAt: Instant;
}

export type MessageDraft = Omit<ApprovedMessage, "approvedBy" | "approvedAt">;

interface MessageRow {
  readonly media: string;
  readonly sha256: string;
  readonly transcript: string;
  readonly principal: string;
  readonly contact_number: string;
  readonly says_purpose: number;
  readonly offers_key_opt_out: number;
  readonly added_by: string;
  readonly added_at: Date;
  readonly approved_by: string | null;
  readonly approved_at: Date | null;
}

const MESSAGE_COLUMNS = `media, sha256, transcript, principal, contact_number, says_purpose, offers_key_opt_out, added_by,
  added_at, approved_by, approved_at`;

const messageOf = (row: MessageRow): MessageRecord => ({
  media: row.media,
  sha256: row.sha256,
  transcript: row.transcript,
  principal: row.principal,
  contactNumber: row.contact_number,
  saysPurpose: row.says_purpose !== 0,
  offersKeyOptOut: row.offers_key_opt_out !== 0,
  addedBy: row.added_by,
  addedAt: instantOf(row.added_at),
  approvedBy: row.approved_by,
  approvedAt: instantOrNull(row.approved_at),
});

export const informationMessages = async (db: Database): Promise<MessageRecord[]> => {
  const rows = await db.rows<MessageRow>(`select ${MESSAGE_COLUMNS} from information_message order by media`);
  return rows.map(messageOf);
};

export const findMessage = async (db: Database, media: string): Promise<MessageRecord | null> => {
  const [row] = await db.rows<MessageRow>(`select ${MESSAGE_COLUMNS} from information_message where media = ?`, [
    media,
  ]);
  return row === undefined ? null : messageOf(row);
};

/**
 * `same`: it was there, word for word, and whoever approved it still does. `changed`: it takes the place of another one,
 * and nobody has approved it yet.
 */
export const putMessage = async (
  db: Database,
  draft: MessageDraft,
  who: Authority,
): Promise<"added" | "changed" | "same"> =>
  db.transaction(async (tx) => {
    const [row] = await tx.rows<MessageRow>(
      `select ${MESSAGE_COLUMNS} from information_message where media = ? for update`,
      [draft.media],
    );
    if (row !== undefined && isSame(messageOf(row), draft)) return "same";
    const values = [
      ...[draft.sha256, draft.transcript, clipped(draft.principal, 100), draft.contactNumber],
      ...[draft.saysPurpose, draft.offersKeyOptOut, clipped(who.by, 100), dateOf(who.at)],
    ];
    if (row === undefined) {
      await tx.write(
        `insert into information_message (sha256, transcript, principal, contact_number, says_purpose,
           offers_key_opt_out, added_by, added_at, media)
         values (?, ?, ?, ?, ?, ?, ?, ?, ?)`,
        [...values, draft.media],
      );
      return "added";
    }
    await tx.write(
      `update information_message set sha256 = ?, transcript = ?, principal = ?, contact_number = ?, says_purpose = ?,
         offers_key_opt_out = ?, added_by = ?, added_at = ?, approved_by = null, approved_at = null
       where media = ?`,
      [...values, draft.media],
    );
    return "changed";
  });

/** Everything that an approval answers for. */
const isSame = (one: MessageDraft, other: MessageDraft): boolean =>
  one.sha256 === other.sha256 &&
  one.transcript === other.transcript &&
  one.principal === other.principal &&
  one.contactNumber === other.contactNumber &&
  one.saysPurpose === other.saysPurpose &&
  one.offersKeyOptOut === other.offersKeyOptOut;

/** Of exactly what was shown: false when it is another one meanwhile, or gone. */
export const approveMessage = async (db: Database, shown: MessageDraft, who: Authority): Promise<boolean> =>
  db.transaction(async (tx) => {
    const [row] = await tx.rows<MessageRow>(
      `select ${MESSAGE_COLUMNS} from information_message where media = ? for update`,
      [shown.media],
    );
    if (row === undefined || !isSame(messageOf(row), shown)) return false;
    await tx.write("update information_message set approved_by = ?, approved_at = ? where media = ?", [
      clipped(who.by, 100),
      dateOf(who.at),
      shown.media,
    ]);
    return true;
  });

/** Campaigns that play it and are not stopped. */
export const campaignsPlaying = async (db: Database, media: string): Promise<string[]> =>
  (
    await db.rows<{ name: string }>(
      "select name from campaign where information_message = ? and desired_state <> 'stopped' order by name",
      [media],
    )
  ).map(({ name }) => name);

/** False when it is not there, or a campaign that is not stopped plays it. */
export const removeMessage = async (db: Database, media: string): Promise<boolean> =>
  (
    await db.write(
      `delete from information_message where media = ?
         and not exists (select 1 from campaign c where c.information_message = ? and c.desired_state <> 'stopped')`,
      [media, media],
    )
  ).matched > 0;
