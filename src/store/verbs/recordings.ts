/** Recordings and the gaps in them, as the daemon tells of them. */
import type { AttemptId, NodeId } from "../../domain/ids.ts";
import type { GapHow, OpenRecording, RecordingGap, RecordingNote, RecordingState } from "../../domain/recording.ts";
import type { Queryable } from "../database.ts";
import { clipped, clippedOrNull, dateOf, dateOrNull, instantOf, instantOrNull } from "../rows.ts";

const BY_CHARACTERS_MAX = 100;

export const noteRecording = async (db: Queryable, node: NodeId, note: RecordingNote): Promise<void> => {
  const { attemptId, file, state, startedAt, endedAt, bytes, sha256, says } = note;
  // What is closed stays so. The assignments are made one after the other: `ended_at`, which is asked for, comes last.
  await db.write(
    `insert into recording (attempt_id, node_id, file, state, started_at, ended_at, bytes, sha256, says)
     values (?, ?, ?, ?, ?, ?, ?, ?, ?)
     on duplicate key update
       state = if(recording.ended_at is null, values(state), recording.state),
       bytes = if(recording.ended_at is null, values(bytes), recording.bytes),
       sha256 = if(recording.ended_at is null, values(sha256), recording.sha256),
       says = if(recording.ended_at is null, values(says), recording.says),
       ended_at = coalesce(recording.ended_at, values(ended_at))`,
    [
      ...[attemptId, node, file, state, dateOf(startedAt), dateOrNull(endedAt), bytes, sha256],
      clippedOrNull(says, 500),
    ],
  );
};

export const noteRecordingGap = async (db: Queryable, gap: RecordingGap): Promise<void> => {
  const { attemptId, from, until, by, how, endedBy, endedHow } = gap;
  await db.write(
    `insert into recording_gap (attempt_id, from_at, until_at, made_by, made_how, ended_by, ended_how)
     values (?, ?, ?, ?, ?, ?, ?)
     on duplicate key update
       ended_by = if(recording_gap.until_at is null, values(ended_by), recording_gap.ended_by),
       ended_how = if(recording_gap.until_at is null, values(ended_how), recording_gap.ended_how),
       until_at = coalesce(recording_gap.until_at, values(until_at))`,
    [
      ...[attemptId, dateOf(from), dateOrNull(until), clipped(by, BY_CHARACTERS_MAX), how],
      ...[clippedOrNull(endedBy, BY_CHARACTERS_MAX), endedHow],
    ],
  );
};

interface OpenRow {
  readonly attempt_id: string;
  readonly file: string;
  readonly state: string;
  readonly started_at: Date;
  readonly says: string | null;
  readonly from_at: Date | null;
  readonly made_by: string | null;
  readonly made_how: string | null;
}

export const openRecordings = async (db: Queryable, node: NodeId): Promise<OpenRecording[]> => {
  const rows = await db.rows<OpenRow>(
    `select r.attempt_id, r.file, r.state, r.started_at, r.says, g.from_at, g.made_by, g.made_how
     from recording r
     left join recording_gap g on g.attempt_id = r.attempt_id and g.until_at is null
     where r.node_id = ? and r.ended_at is null`,
    [node],
  );
  return rows.map((row): OpenRecording => {
    const attemptId = row.attempt_id as AttemptId;
    const from = instantOrNull(row.from_at);
    return {
      note: {
        ...{ attemptId, file: row.file, state: row.state as RecordingState, startedAt: instantOf(row.started_at) },
        ...{ endedAt: null, bytes: null, sha256: null, says: row.says },
      },
      gap:
        from === null
          ? null
          : {
              ...{ attemptId, from, until: null, by: row.made_by ?? "", how: row.made_how as GapHow },
              ...{ endedBy: null, endedHow: null },
            },
    };
  });
};
