/** Recordings as managers see them, whose files are to go, and what CRMs ask of those that run. */
import { isAttemptId, type AttemptId, type NodeId } from "../../domain/ids.ts";
import type { Instant } from "../../domain/instant.ts";
import type { GapHow, RecordingState } from "../../domain/recording.ts";
import type { RecordingAsk } from "../../agent/agent.ts";
import type { Database, Queryable } from "../database.ts";
import { clipped, dateOf, instantOf, instantOrNull, jsonOf } from "../rows.ts";
import type { GoOn } from "./retention.ts";

export interface RecordingRecord {
  readonly attemptId: AttemptId;
  readonly campaign: string;
  readonly agent: string | null;
  readonly node: string;
  readonly file: string;
  readonly state: RecordingState;
  readonly startedAt: Instant;
  readonly endedAt: Instant | null;
  readonly bytes: number | null;
  readonly sha256: string | null;
  readonly says: string | null;
  readonly gaps: number;
  readonly gapsMs: number;
  readonly eraseWantedAt: Instant | null;
  readonly erasedAt: Instant | null;
}

export interface GapRecord {
  readonly from: Instant;
  readonly until: Instant | null;
  readonly by: string;
  readonly how: GapHow;
  readonly endedBy: string | null;
  readonly endedHow: GapHow | null;
}

interface RecordingRow {
  readonly attempt_id: string;
  readonly campaign: string;
  readonly agent: string | null;
  readonly node: string;
  readonly file: string;
  readonly state: string;
  readonly started_at: Date;
  readonly ended_at: Date | null;
  readonly bytes: number | null;
  readonly sha256: string | null;
  readonly says: string | null;
  readonly gaps: number;
  readonly gaps_ms: number | string;
  readonly erase_wanted_at: Date | null;
  readonly erased_at: Date | null;
}

export interface RecordingFilter {
  readonly campaignId?: number;
  readonly agent?: string;
  readonly attemptId?: string;
  readonly state?: RecordingState;
  readonly limit: number;
}

/** Latest first. */
export const recordings = async (
  db: Queryable,
  { campaignId, agent, attemptId, state, limit }: RecordingFilter,
): Promise<RecordingRecord[]> => {
  const rows = await db.rows<RecordingRow>(
    `select attempt_id, campaign, agent, node, file, state, started_at, ended_at, bytes, sha256, says, gaps, gaps_ms,
       erase_wanted_at, erased_at
     from crm_recording
     where (? is null or campaign_id = ?) and (? is null or agent = ?) and (? is null or attempt_id = ?)
       and (? is null or state = ?)
     order by started_at desc, attempt_id desc limit ?`,
    [
      ...[campaignId ?? null, campaignId ?? null, agent ?? null, agent ?? null],
      ...[attemptId ?? null, attemptId ?? null, state ?? null, state ?? null, limit],
    ],
  );
  return rows.map((row) => ({
    ...{ attemptId: row.attempt_id as AttemptId, campaign: row.campaign, agent: row.agent, node: row.node },
    ...{ file: row.file, state: row.state as RecordingState, startedAt: instantOf(row.started_at) },
    ...{ endedAt: instantOrNull(row.ended_at), bytes: row.bytes, sha256: row.sha256, says: row.says },
    ...{ gaps: row.gaps, gapsMs: Number(row.gaps_ms), eraseWantedAt: instantOrNull(row.erase_wanted_at) },
    erasedAt: instantOrNull(row.erased_at),
  }));
};

export const gapsOf = async (db: Queryable, attemptId: AttemptId): Promise<GapRecord[]> => {
  const rows = await db.rows<{
    from_at: Date;
    until_at: Date | null;
    made_by: string;
    made_how: GapHow;
    ended_by: string | null;
    ended_how: GapHow | null;
  }>(
    `select from_at, until_at, made_by, made_how, ended_by, ended_how
     from recording_gap where attempt_id = ? order by from_at`,
    [attemptId],
  );
  return rows.map((row) => ({
    ...{ from: instantOf(row.from_at), until: instantOrNull(row.until_at), by: row.made_by, how: row.made_how },
    ...{ endedBy: row.ended_by, endedHow: row.ended_how },
  }));
};

/** The agent who is in this call now; null where nobody is. */
export const agentInCall = async (db: Queryable, attemptId: AttemptId): Promise<string | null> => {
  const [row] = await db.rows<{ name: string }>(
    `select g.name from agent_live v join agent g on g.agent_id = v.agent_id
     where v.state = 'onCall' and v.attempt_id = ?`,
    [attemptId],
  );
  return row?.name ?? null;
};

/* ---------------------------------------------------------------- Files that are to go */

/** Of these attempts; returns how many files wait to be removed. */
export const wantRecordingsErased = async (
  tx: Queryable,
  attempts: readonly string[],
  at: Instant,
): Promise<number> => {
  if (attempts.length === 0) return 0;
  const { matched } = await tx.write(
    "update recording set erase_wanted_at = coalesce(erase_wanted_at, ?) where attempt_id in (?) and erased_at is null",
    [dateOf(at), attempts],
  );
  return matched;
};

const ROWS_AT_ONCE = 500;

/** Those of attempts whose records' time is over: `forgetAttempts` has marked them. Returns how many. */
export const wantOldRecordingsErased = async (db: Queryable, at: Instant, goOn: GoOn): Promise<number> => {
  let wanted = 0;
  while (goOn()) {
    const rows = await db.rows<{ attempt_id: string }>(
      `select r.attempt_id from recording r join attempt a on a.attempt_id = r.attempt_id
       where r.erase_wanted_at is null and r.erased_at is null and r.ended_at is not null and a.erased_at is not null
       limit ?`,
      [ROWS_AT_ONCE],
    );
    if (rows.length === 0) break;
    wanted += await wantRecordingsErased(
      db,
      rows.map(({ attempt_id }) => attempt_id),
      at,
    );
  }
  return wanted;
};

export interface FileToRemove {
  readonly attemptId: AttemptId;
  readonly file: string;
}

/** Not of recordings that still run: those have their end first. */
export const filesToRemove = async (db: Queryable, node: NodeId, limit: number): Promise<FileToRemove[]> => {
  const rows = await db.rows<{ attempt_id: string; file: string }>(
    `select attempt_id, file from recording
     where node_id = ? and erased_at is null and erase_wanted_at is not null and ended_at is not null
     order by erase_wanted_at limit ?`,
    [node, limit],
  );
  return rows.map(({ attempt_id, file }) => ({ attemptId: attempt_id as AttemptId, file }));
};

export const fileRemoved = async (db: Queryable, attemptId: AttemptId, at: Instant): Promise<void> => {
  await db.write("update recording set erased_at = ? where attempt_id = ? and erased_at is null", [
    dateOf(at),
    attemptId,
  ]);
};

/** Files that wait to be removed, by the node that has them. */
export const filesWaiting = async (
  db: Queryable,
  wantedAt: Instant,
): Promise<readonly { readonly node: string; readonly files: number }[]> =>
  db.rows<{ node: string; files: number }>(
    `select node_id as node, count(*) as files from recording
     where erased_at is null and erase_wanted_at = ? group by node_id order by node_id`,
    [dateOf(wantedAt)],
  );

/* ---------------------------------------------------------------- What CRMs ask for */

const ASKS: readonly string[] = ["start", "pause", "resume"] satisfies readonly RecordingAsk[];
const NEVER_ANSWERED_MS = 60_000;

interface AskedRow {
  readonly command_id: number;
  readonly what: string | null;
  readonly attempt_id: string | null;
  readonly agent: string | null;
}

/** Hands new rows to the daemon that has the agent, and writes down what became of earlier ones. Returns how many rows. */
export const settleRecordingCommands = async (db: Database, at: Instant, limit: number): Promise<number> => {
  const rows = await db.transaction(async (tx) => {
    const found = await tx.rows<AskedRow>(
      `select command_id, what, attempt_id, agent from crm_recording_command
       where status = 'new' order by command_id limit ? for update skip locked`,
      [limit],
    );
    for (const row of found) await handOn(tx, row, at);
    return found.length;
  });
  const { matched } = await db.write(
    `update crm_recording_command q join agent_command c on c.command_id = q.agent_command_id
     set q.status = if(c.result in ('done', 'no-change'), 'done', 'refused'), q.code = left(c.result, 40), q.settled_at = ?
     where q.status = 'asked' and c.handled_at is not null`,
    [dateOf(at)],
  );
  return rows + matched;
};

/** Those that no daemon answered within a minute are refused. Returns how many. */
export const expireRecordingCommands = async (db: Queryable, at: Instant): Promise<number> => {
  const { matched } = await db.write(
    `update crm_recording_command set status = 'refused', code = 'no-daemon-answered', settled_at = ?
     where status = 'asked' and handed_in_at < ?`,
    [dateOf(at), new Date(at - NEVER_ANSWERED_MS)],
  );
  return matched;
};

const handOn = async (tx: Queryable, row: AskedRow, at: Instant): Promise<void> => {
  const refused = async (code: string, says: string): Promise<void> => {
    await tx.write(
      "update crm_recording_command set status = 'refused', code = ?, says = ?, settled_at = ? where command_id = ?",
      [code, says, dateOf(at), row.command_id],
    );
  };
  const what = row.what?.trim() ?? "";
  const attemptId = row.attempt_id?.trim() ?? "";
  const agent = row.agent?.trim() ?? "";
  if (!ASKS.includes(what)) return refused("unknown-command", "The column what takes start, pause or resume.");
  if (attemptId === "" && agent === "") return refused("nobody-named", "Give attempt_id, agent, or both.");
  if (attemptId !== "" && !isAttemptId(attemptId)) return refused("unknown-attempt", "There is no such attempt.");
  const [who] = await tx.rows<{ agent_id: number }>(
    `select v.agent_id from agent_live v join agent g on g.agent_id = v.agent_id
     where v.state = 'onCall' and (? = '' or v.attempt_id = ?) and (? = '' or g.name = ?)`,
    [attemptId, attemptId, agent, agent],
  );
  if (who === undefined) return refused("not-on-a-call", "No agent is in that call now.");
  const command = { type: "recording", what, by: "crm", ...(attemptId === "" ? {} : { attemptId }) };
  const { insertId } = await tx.write(
    "insert into agent_command (agent_id, command, requested_at, requested_by) values (?, ?, ?, ?)",
    [who.agent_id, jsonOf(command), dateOf(at), clipped("crm", 100)],
  );
  await tx.write("update crm_recording_command set status = 'asked', agent_command_id = ? where command_id = ?", [
    insertId,
    row.command_id,
  ]);
};

/** Answers that a CRM has read by then. Returns how many. */
export const forgetRecordingCommands = async (db: Queryable, before: Instant, goOn: GoOn): Promise<number> => {
  let forgotten = 0;
  while (goOn()) {
    const { matched } = await db.write("delete from crm_recording_command where settled_at < ? limit ?", [
      dateOf(before),
      ROWS_AT_ONCE,
    ]);
    forgotten += matched;
    if (matched < ROWS_AT_ONCE) break;
  }
  return forgotten;
};
