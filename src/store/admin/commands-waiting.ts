/** Whether CRMs ask for anything that somebody waits for: one question, before anything is locked or written. */
import type { Queryable } from "../database.ts";

/** Which tables have a row that is new, or one whose answer has come and is to be written down. */
export interface CommandsWaiting {
  readonly recordings: boolean;
  readonly transfers: boolean;
  readonly manualCalls: boolean;
}

/** For the test that explains it, too. */
export const WAITING_QUESTION = `
  select
    exists (select 1 from crm_recording_command where status = 'new')
      or exists (
        select 1 from crm_recording_command q join agent_command c on c.command_id = q.agent_command_id
        where q.status = 'asked' and c.handled_at is not null) as recordings,
    exists (select 1 from crm_transfer_command where status = 'new')
      or exists (
        select 1 from crm_transfer_command q join agent_command c on c.command_id = q.agent_command_id
        where q.status = 'asked' and c.handled_at is not null) as transfers,
    exists (select 1 from crm_manual_call force index (manual_to_settle) where status = 'new') as manual_calls`;

export const commandsWaiting = async (db: Queryable): Promise<CommandsWaiting> => {
  const [row] = await db.rows<{ recordings: number; transfers: number; manual_calls: number }>(WAITING_QUESTION);
  return {
    recordings: row?.recordings === 1,
    transfers: row?.transfers === 1,
    manualCalls: row?.manual_calls === 1,
  };
};
