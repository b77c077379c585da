// A campaign in the lab, set up through fairdial's own commands and read through the views that a CRM reads.

import { setTimeout as sleep } from "node:timers/promises";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Connection, RowDataPacket } from "mysql2/promise";
import { LabFairdial } from "../../scripts/lab/fairdial.ts";
import type { FairdialOptions } from "../../scripts/lab/fairdial.ts";
import type { Lab } from "../../scripts/lab/lab.ts";
import { allowCliNumber, approveMessage, campaignPapers } from "../../scripts/lab/papers.ts";
import { runInProcess } from "./in-process.ts";

export interface CampaignSetup {
  readonly name: string;
  readonly numbers: readonly string[];
  readonly trunk?: string;
  /** Phones of the agents assigned to it. */
  readonly phones: readonly number[];
  /** Seconds. */
  readonly ringTimeout?: number;
  readonly wrapUp?: number;
  readonly more?: readonly string[];
}

export interface AttemptRow {
  readonly attempt_id: string;
  readonly campaign: string;
  readonly number: string;
  readonly agent: string | null;
  readonly state: string;
  readonly outcome: string | null;
  readonly placed_at: Date | null;
  readonly progress_at: Date | null;
  readonly ringing_at: Date | null;
  readonly answered_at: Date | null;
  readonly connected_at: Date | null;
  readonly message_at: Date | null;
  readonly message: string | null;
  readonly disposition: string | null;
  readonly ended_at: Date | null;
  readonly answer_to_connect_ms: number | null;
  readonly ended_by: string | null;
  readonly end_reason: string | null;
  readonly cause: number | null;
  readonly sip: number | null;
  readonly sip_call_id: string | null;
}

/** One database and one node of fairdial in a running lab. */
export class LabCampaign {
  readonly fairdial: LabFairdial;
  /** Replaced when a test takes the database away. */
  sql: Connection;

  static async open(lab: Lab, name: string, options: Partial<FairdialOptions> = {}): Promise<LabCampaign> {
    const database = await lab.database.createDatabase(`fd_${name.replaceAll("-", "_")}`);
    const fairdial = new LabFairdial(lab, { database, node: name, runCommand: runInProcess, ...options });
    lab.network.phones.setWitness(() => fairdial.lastWords());
    await fairdial.must("migrate");
    await approveMessage(lab, fairdial);
    return new LabCampaign(fairdial, await lab.database.connect({ database: database.database }));
  }

  /** Trunks on which the lab's number may be presented, or is about to be. */
  readonly #allowed = new Map<string, Promise<void>>();

  private constructor(fairdial: LabFairdial, sql: Connection) {
    this.fairdial = fairdial;
    this.sql = sql;
  }

  async add(setup: CampaignSetup): Promise<void> {
    const { fairdial } = this;
    const trunk = setup.trunk ?? "carrier";
    const allowing = this.#allowed.get(trunk) ?? allowCliNumber(fairdial, trunk);
    this.#allowed.set(trunk, allowing);
    await allowing;
    await fairdial.must(
      ...["campaign", "add", setup.name, "--trunk", trunk, ...campaignPapers(fairdial)],
      ...["--attempts-max", "1", "--carrier-tries-max", "1"],
      ...["--ring-timeout", `${String(setup.ringTimeout ?? 15)}s`, "--wrap-up", `${String(setup.wrapUp ?? 0)}s`],
      ...(setup.more ?? []),
    );
    for (const phone of setup.phones) {
      await fairdial.must(
        "agent",
        "add",
        `a${String(phone)}`,
        "--endpoint",
        `PJSIP/${String(phone)}`,
        "--campaigns",
        setup.name,
      );
    }
    if (setup.numbers.length > 0) await this.list(setup.name, setup.numbers);
  }

  /** Gives a campaign its leads. */
  async list(name: string, numbers: readonly string[]): Promise<void> {
    const file = join(this.fairdial.folder, `${name}.csv`);
    writeFileSync(file, `phone\n${numbers.join("\n")}\n`);
    await this.fairdial.must("list", "import", file, "--campaign", name, "--list", name, "--country", "GB");
  }

  async attempts(): Promise<AttemptRow[]> {
    const [rows] = await this.sql.query<(AttemptRow & RowDataPacket)[]>(
      "select * from crm_attempt order by decided_at",
    );
    return rows;
  }

  async agents(): Promise<Record<string, string>> {
    const [rows] = await this.sql.query<RowDataPacket[]>("select agent, state from crm_agent_now");
    return Object.fromEntries(rows.map((row) => [String(row["agent"]), String(row["state"])]));
  }

  async leadsDone(): Promise<number> {
    const [rows] = await this.sql.query<RowDataPacket[]>(
      "select count(*) as n from crm_lead where status in ('done', 'held')",
    );
    return Number(rows[0]?.["n"]);
  }

  /** Waits until every lead is done and every attempt has ended. */
  async finished(leads: number, withinMs: number): Promise<void> {
    await until(
      async () => (await this.leadsDone()) >= leads && (await this.attempts()).every((row) => row.outcome !== null),
      withinMs,
      async () =>
        `${String(await this.leadsDone())} of ${String(leads)} leads done\n${this.fairdial.lastWords().join("\n")}`,
    );
  }

  async close(): Promise<void> {
    await this.fairdial.killDaemon();
    await this.sql.end();
  }
}

/** Waits for something to become true; fails with a sentence when it does not. */
export async function until(
  isSo: () => boolean | Promise<boolean>,
  withinMs: number,
  otherwise: () => string | Promise<string> = () => "it did not come to pass",
): Promise<void> {
  const end = Date.now() + withinMs;
  while (!(await isSo())) {
    if (Date.now() > end) throw new Error(`after ${String(withinMs)} ms: ${await otherwise()}`);
    await sleep(50);
  }
}
