// How far a campaign is, read from the views that a CRM reads.

import type { Connection, RowDataPacket } from "mysql2/promise";

export type Progress = {
  readonly leadsDone: number;
  readonly attemptsOpen: number;
  /** Attempts that have not ended, by state. */
  readonly calls: ReadonlyMap<string, number>;
  readonly agents: ReadonlyMap<string, number>;
  readonly outcomes: ReadonlyMap<string, number>;
  /** From answer to both legs joined, in milliseconds, ascending. */
  readonly answerToConnectMs: readonly number[];
};

export async function progress(connection: Connection, campaign: string): Promise<Progress> {
  const leads = await counts(
    connection,
    "select status as k, count(*) as n from crm_lead where campaign = ? group by status",
    campaign,
  );
  const calls = await counts(
    connection,
    "select state as k, count(*) as n from crm_attempt where campaign = ? and outcome is null group by state",
    campaign,
  );
  const outcomes = await counts(
    connection,
    "select outcome as k, count(*) as n from crm_attempt where campaign = ? and outcome is not null group by outcome",
    campaign,
  );
  const agents = await counts(
    connection,
    "select state as k, count(*) as n from crm_agent_now group by state",
    campaign,
  );
  const [rows] = await connection.query<RowDataPacket[]>(
    "select answer_to_connect_ms as ms from crm_attempt where campaign = ? and connected_at is not null order by ms",
    [campaign],
  );
  return {
    leadsDone: (leads.get("done") ?? 0) + (leads.get("held") ?? 0),
    attemptsOpen: [...calls.values()].reduce((a, b) => a + b, 0),
    calls,
    agents,
    outcomes,
    answerToConnectMs: rows.map((row) => Number(row["ms"])),
  };
}

async function counts(connection: Connection, sql: string, campaign: string): Promise<Map<string, number>> {
  const [rows] = await connection.query<RowDataPacket[]>(sql, [campaign]);
  return new Map(rows.map((row) => [String(row["k"]), Number(row["n"])]));
}

/** The value below which `share` of the ascending figures lie; 0 of none. */
export function quantile(ascending: readonly number[], share: number): number {
  return ascending[Math.min(ascending.length - 1, Math.max(0, Math.ceil(share * ascending.length) - 1))] ?? 0;
}
