// What the demo comes to: every lead against the number plan, and four accounts of the same calls against each other.

import Table from "cli-table3";
import type { Connection, RowDataPacket } from "mysql2/promise";
import type { LabFairdial } from "../fairdial.ts";
import type { Lab } from "../lab.ts";
import { rangeOf } from "../number-plan.ts";
import { quantile } from "./progress.ts";

export type Verdict = {
  readonly ok: boolean;
  /** What is wrong, a sentence each. */
  readonly faults: readonly string[];
  /** Calls as each party counted them. */
  readonly counted: {
    readonly database: number;
    readonly journal: number;
    readonly pbx: number;
    readonly network: number;
  };
  /** What fairdial itself says of the campaign: its message, its profile and its abandon account. */
  readonly compliance: readonly string[];
  readonly json: {
    readonly leads: number;
    readonly outcomes: Readonly<Record<string, number>>;
    readonly mismatched: number;
    readonly lost: number;
    readonly silent: number;
    readonly answerToBridgeMsP50: number;
    readonly answerToBridgeMsP99: number;
    readonly answerToBridgeMsMax: number;
    readonly seconds: number;
  };
};

type Attempt = {
  readonly attemptId: string;
  readonly leadId: number;
  readonly number: string;
  readonly outcome: string | null;
  readonly answered: boolean;
  readonly served: boolean;
  readonly endedBy: string | null;
  readonly answerToConnectMs: number | null;
};

export async function verdict(
  connection: Connection,
  lab: Lab,
  fairdial: LabFairdial,
  campaign: string,
  seconds: number,
): Promise<Verdict> {
  const attempts = await attemptsOf(connection);
  const leads = await leadsOf(connection);
  const byLead = new Map<number, Attempt[]>();
  for (const attempt of attempts) byLead.set(attempt.leadId, [...(byLead.get(attempt.leadId) ?? []), attempt]);

  const faults: string[] = [];
  let mismatched = 0;
  let lost = 0;
  for (const lead of leads) {
    const tries = byLead.get(lead.leadId) ?? [];
    const [attempt] = tries;
    const expected = rangeOf(lab.network.plan, lead.number)?.expected ?? [];
    if (attempt === undefined || attempt.outcome === null || attempt.outcome === "lost") {
      lost += 1;
      faults.push(`${lead.number}: no outcome`);
    } else if (tries.length !== 1 || !expected.includes(attempt.outcome)) {
      mismatched += 1;
      const outcomes = tries.map((each) => each.outcome ?? "none").join(", ");
      faults.push(`${lead.number}: ${outcomes} where the plan says ${expected.join(" or ")}`);
    }
  }
  // Answered, never joined to anybody, heard no message, and did not leave by themselves in time.
  const silent = attempts.filter((each) => each.answered && !each.served && each.outcome !== "hung-up-early").length;
  if (silent > 0) faults.push(`${String(silent)} people heard nothing`);

  const counted = accounts(attempts, lab, fairdial);
  if (new Set(Object.values(counted)).size > 1) {
    faults.push(
      `the accounts differ: database ${String(counted.database)}, journal ${String(counted.journal)}, ` +
        `PBX ${String(counted.pbx)}, network ${String(counted.network)}`,
    );
  }
  // The account against a recount from the attempts' facts.
  const recount = await fairdial.run("account", "recount", "--campaign", campaign);
  if (recount.code !== 0)
    faults.push(`the abandon account is not what the attempts come to:\n${recount.stdout}${recount.stderr}`);
  const outcomes: Record<string, number> = {};
  for (const each of attempts) outcomes[each.outcome ?? "none"] = (outcomes[each.outcome ?? "none"] ?? 0) + 1;
  const ms = attempts
    .flatMap((each) => (each.answerToConnectMs === null ? [] : [each.answerToConnectMs]))
    .sort((a, b) => a - b);
  return {
    ok: faults.length === 0,
    faults,
    counted,
    compliance: [
      await fairdial.must("message", "list"),
      await fairdial.must("account", "show", "--campaign", campaign),
      recount.stdout,
    ],
    json: {
      leads: leads.length,
      outcomes,
      mismatched,
      lost,
      silent,
      answerToBridgeMsP50: quantile(ms, 0.5),
      answerToBridgeMsP99: quantile(ms, 0.99),
      answerToBridgeMsMax: quantile(ms, 1),
      seconds: Math.round(seconds * 10) / 10,
    },
  };
}

export function report(result: Verdict): string {
  const table = new Table({
    head: ["outcome", "leads"],
    colAligns: ["left", "right"],
    style: { head: [], border: [] },
  });
  for (const [outcome, count] of Object.entries(result.json.outcomes).sort((a, b) => b[1] - a[1])) {
    table.push([outcome, count]);
  }
  const { json, counted } = result;
  return [
    ...result.compliance.map((text) => text.trimEnd()),
    table.toString(),
    `slowest answer→agent: ${String(json.answerToBridgeMsMax)} ms (median ${String(json.answerToBridgeMsP50)}, 99 % within ${String(json.answerToBridgeMsP99)})`,
    `calls counted: database ${String(counted.database)}, journal ${String(counted.journal)}, PBX ${String(counted.pbx)}, network ${String(counted.network)}`,
    `${String(json.leads)} leads in ${String(json.seconds)} s; mismatched ${String(json.mismatched)}, lost ${String(json.lost)}, silent ${String(json.silent)}`,
    ...result.faults.map((fault) => `FAULT ${fault}`),
    result.ok ? "Every lead ended as the number plan says." : "Not as it should be.",
  ].join("\n");
}

/** The same calls, counted by four parties that do not ask each other. */
function accounts(attempts: readonly Attempt[], lab: Lab, fairdial: LabFairdial): Verdict["counted"] {
  const ended = fairdial.journal().filter((entry) => entry["kind"] === "attempt-ended");
  const ids = new Set(attempts.map((each) => each.attemptId));
  const channels = new Set(
    lab.pbx
      .channels()
      .filter((channel) => [...ids].some((id) => channel.uniqueId.includes(id)))
      .map((channel) => channel.uniqueId),
  );
  return {
    database: attempts.length,
    journal: new Set(ended.map((entry) => entry["attemptId"])).size,
    pbx: channels.size,
    network: lab.network.calls().length,
  };
}

async function attemptsOf(connection: Connection): Promise<Attempt[]> {
  const [rows] = await connection.query<RowDataPacket[]>(
    `select attempt_id, lead_id, number, outcome, answered_at, connected_at, message_at, ended_by, answer_to_connect_ms
     from crm_attempt order by decided_at`,
  );
  return rows.map((row) => ({
    attemptId: String(row["attempt_id"]),
    leadId: Number(row["lead_id"]),
    number: String(row["number"]),
    outcome: row["outcome"] as string | null,
    answered: row["answered_at"] !== null,
    served: row["connected_at"] !== null || row["message_at"] !== null,
    endedBy: row["ended_by"] as string | null,
    answerToConnectMs: row["answer_to_connect_ms"] === null ? null : Number(row["answer_to_connect_ms"]),
  }));
}

async function leadsOf(connection: Connection): Promise<{ readonly leadId: number; readonly number: string }[]> {
  const [rows] = await connection.query<RowDataPacket[]>("select lead_id, number from crm_lead order by lead_id");
  return rows.map((row) => ({ leadId: Number(row["lead_id"]), number: String(row["number"]) }));
}
