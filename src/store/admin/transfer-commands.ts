/** What CRMs ask of transfers: rows that are handed to the daemon that has the agent, and its answers. */
import { isAttemptId } from "../../domain/ids.ts";
import type { Instant } from "../../domain/instant.ts";
import { isPhoneNumber } from "../../domain/phone-number.ts";
import type { TransferTarget } from "../../domain/transfer.ts";
import { agentId, campaignId } from "../../domain/ids.ts";
import type { AgentCommand } from "../../agent/agent.ts";
import type { Database, Queryable } from "../database.ts";
import { clipped, dateOf, jsonOf } from "../rows.ts";
import type { GoOn } from "./retention.ts";

const NEVER_ANSWERED_MS = 60_000;
const ROWS_AT_ONCE = 500;
const KINDS: Readonly<Record<string, "blind" | "consulted">> = { blind: "blind", consult: "consulted" };
const PLAIN: Readonly<Record<string, AgentCommand>> = {
  complete: { type: "completeTransfer" },
  "three-way": { type: "threeWay" },
  "take-back": { type: "takeBack" },
};

interface AskedRow {
  readonly command_id: number;
  readonly what: string | null;
  readonly attempt_id: string | null;
  readonly agent: string | null;
  readonly to_agent: string | null;
  readonly to_campaign: string | null;
  readonly to_number: string | null;
}

/** Hands new rows on, and writes down what became of earlier ones. Returns how many rows. */
export const settleTransferCommands = async (db: Database, at: Instant, limit: number): Promise<number> => {
  const rows = await db.transaction(async (tx) => {
    const found = await tx.rows<AskedRow>(
      `select command_id, what, attempt_id, agent, to_agent, to_campaign, to_number from crm_transfer_command
       where status = 'new' order by command_id limit ? for update skip locked`,
      [limit],
    );
    for (const row of found) await handOn(tx, row, at);
    return found.length;
  });
  const { matched } = await db.write(
    `update crm_transfer_command q join agent_command c on c.command_id = q.agent_command_id
     set q.status = if(c.result = 'done', 'done', 'refused'), q.code = left(c.result, 40), q.settled_at = ?
     where q.status = 'asked' and c.handled_at is not null`,
    [dateOf(at)],
  );
  return rows + matched;
};

/** Those that no daemon answered within a minute are refused. Returns how many. */
export const expireTransferCommands = async (db: Queryable, at: Instant): Promise<number> => {
  const { matched } = await db.write(
    `update crm_transfer_command set status = 'refused', code = 'no-daemon-answered', settled_at = ?
     where status = 'asked' and handed_in_at < ?`,
    [dateOf(at), new Date(at - NEVER_ANSWERED_MS)],
  );
  return matched;
};

const handOn = async (tx: Queryable, row: AskedRow, at: Instant): Promise<void> => {
  const read = await commandOf(tx, row);
  if ("code" in read) {
    await tx.write(
      "update crm_transfer_command set status = 'refused', code = ?, says = ?, settled_at = ? where command_id = ?",
      [read.code, read.says, dateOf(at), row.command_id],
    );
    return;
  }
  const { insertId } = await tx.write(
    "insert into agent_command (agent_id, command, requested_at, requested_by) values (?, ?, ?, ?)",
    [read.agent, jsonOf(read.command), dateOf(at), clipped("crm", 100)],
  );
  await tx.write("update crm_transfer_command set status = 'asked', agent_command_id = ? where command_id = ?", [
    insertId,
    row.command_id,
  ]);
};

type Asked =
  { readonly agent: number; readonly command: AgentCommand } | { readonly code: string; readonly says: string };

const commandOf = async (tx: Queryable, row: AskedRow): Promise<Asked> => {
  const [what, attempt, agent] = [row.what, row.attempt_id, row.agent].map((text) => text?.trim() ?? "") as [
    string,
    string,
    string,
  ];
  const kind = KINDS[what];
  const plain = PLAIN[what];
  if (kind === undefined && plain === undefined)
    return { code: "unknown-command", says: "what is blind, consult, complete, three-way or take-back." };
  if (attempt === "" && agent === "") return { code: "nobody-named", says: "Give attempt_id, agent, or both." };
  if (attempt !== "" && !isAttemptId(attempt)) return { code: "unknown-attempt", says: "There is no such attempt." };
  // Of several agents in one call only one has the person; whom that is, the daemon knows.
  const [who] = await tx.rows<{ agent_id: number }>(
    `select v.agent_id from agent_live v join agent g on g.agent_id = v.agent_id
     left join attempt a on a.attempt_id = v.attempt_id
     where v.state = 'onCall' and (? = '' or v.attempt_id = ?) and (? = '' or g.name = ?)
     order by a.agent_id = v.agent_id desc`,
    [attempt, attempt, agent, agent],
  );
  if (who === undefined) return { code: "not-on-a-call", says: "No agent is in that call now." };
  if (plain !== undefined) return { agent: who.agent_id, command: plain };
  const to = await targetOf(tx, row);
  if (to === null || kind === undefined)
    return { code: "unknown-target", says: "Give one of to_agent, to_campaign and to_number, and one that there is." };
  const named = attempt === "" || !isAttemptId(attempt) ? {} : { attemptId: attempt };
  return { agent: who.agent_id, command: { type: "transfer", kind, to, ...named } };
};

const targetOf = async (tx: Queryable, row: AskedRow): Promise<TransferTarget | null> => {
  const given = [row.to_agent, row.to_campaign, row.to_number].map((text) => text?.trim() ?? "");
  if (given.filter((text) => text !== "").length !== 1) return null;
  const [agent = "", campaign = "", number = ""] = given;
  if (number !== "") return isPhoneNumber(number) ? { number } : null;
  if (agent !== "") {
    const [found] = await tx.rows<{ agent_id: number }>("select agent_id from agent where name = ?", [agent]);
    return found === undefined ? null : { agentId: agentId(found.agent_id) };
  }
  const [found] = await tx.rows<{ campaign_id: number }>("select campaign_id from campaign where name = ?", [campaign]);
  return found === undefined ? null : { campaignId: campaignId(found.campaign_id) };
};

/** Answers that a CRM has read by then. Returns how many. */
export const forgetTransferCommands = async (db: Queryable, before: Instant, goOn: GoOn): Promise<number> => {
  let forgotten = 0;
  while (goOn()) {
    const { matched } = await db.write("delete from crm_transfer_command where settled_at < ? limit ?", [
      dateOf(before),
      ROWS_AT_ONCE,
    ]);
    forgotten += matched;
    if (matched < ROWS_AT_ONCE) break;
  }
  return forgotten;
};
