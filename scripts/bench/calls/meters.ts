// The meters read at the beginning and the end of a measurement: the database server's own counters, processes, the
// daemon's page of metrics. What they count is everything that happened in between, whoever caused it.

import type { Connection, RowDataPacket } from "mysql2/promise";
import { spawn } from "node:child_process";
import { join } from "node:path";
import type { LabFairdial } from "../../lab/fairdial.ts";
import type { Lab } from "../../lab/lab.ts";
import { repositoryDir } from "../../lab/places.ts";
import { cpuMs, rssMb } from "./processes.ts";

/**
 * Counts what is sent to the database server, by the server's own status counters. The server is the lab's, so nobody else
 * asks it anything; our own questions are counted and taken off.
 */
export class StatementMeter {
  readonly #sql: Connection;
  #own = 0;

  constructor(sql: Connection) {
    this.#sql = sql;
  }

  /** A question of the bench's own. */
  async ask(sql: string, values: string[] = []): Promise<RowDataPacket[]> {
    this.#own += 1;
    const [rows] = await this.#sql.query<RowDataPacket[]>(sql, values);
    return rows;
  }

  /** Statements of everybody else so far; of each kind, ours included. */
  async read(): Promise<StatementReading> {
    // What is asked before this question counts; this question itself does too.
    const rows = await this.ask("show global status where Variable_name = 'Questions' or Variable_name like 'Com\\_%'");
    const counts = new Map(rows.map((row) => [String(row["Variable_name"]), Number(row["Value"])]));
    const prepared = counts.get("Com_stmt_prepare") ?? 0;
    return { statements: (counts.get("Questions") ?? 0) - this.#own, prepared, counts };
  }
}

export type StatementReading = {
  readonly statements: number;
  /** Preparing is no statement by the server's count, and costs a round trip all the same. */
  readonly prepared: number;
  readonly counts: ReadonlyMap<string, number>;
};

/** The most frequent kinds between two readings, for people to read. */
export function kindsOf(from: StatementReading, to: StatementReading, calls: number): string {
  const kinds = [...to.counts]
    .filter(([name]) => name.startsWith("Com_"))
    .map(([name, count]) => [name.slice(4), count - (from.counts.get(name) ?? 0)] as const)
    .filter(([, count]) => count > 0)
    .sort(([, a], [, b]) => b - a);
  return kinds
    .slice(0, 8)
    .map(([name, count]) => `${name} ${(count / calls).toFixed(2)}`)
    .join(", ");
}

export type ProcessReading = { readonly daemonMs: number; readonly asteriskMs: number };

export const readProcesses = (lab: Lab, fairdial: LabFairdial): ProcessReading => ({
  daemonMs: cpuMs(fairdial.daemonPid),
  asteriskMs: cpuMs(lab.pbx.pid),
});

export const daemonPeakMb = (fairdial: LabFairdial): number => rssMb(fairdial.daemonPid).peak;

/** The timer by which Node measures its loop comes every 10 ms; what it shows is that and the delay. */
const TIMER_MS = 10;

/** The loop's delay since this was asked the last time, 99th percentile, in milliseconds. */
export async function loopDelayMsP99(fairdial: LabFairdial): Promise<number> {
  const { text } = await fairdial.page("/metrics");
  const seconds = /^nodejs_eventloop_lag_p99_seconds(?:\{[^}]*\})? (\S+)/m.exec(text)?.[1];
  if (seconds === undefined) throw new Error("the daemon's metrics have no delay of the event loop any more");
  return Math.max(0, Number(seconds) * 1000 - TIMER_MS);
}

export type BareLoop = {
  readonly calls: number;
  readonly over: number;
  readonly failed: number;
  readonly cpuMs: number;
};

/** Runs the bare loop in a process of its own, to its end. */
export function runBareLoop(lab: Lab, cps: number, numbers: readonly string[]): Promise<BareLoop> {
  const { url, user, password } = lab.pbx.ari;
  return new Promise((resolve, reject) => {
    const child = spawn(
      process.execPath,
      ["--import", "tsx", join(repositoryDir, "scripts/bench/calls/bare-loop.ts"), url, user, String(cps), ...numbers],
      {
        cwd: repositoryDir,
        stdio: ["ignore", "pipe", "inherit"],
        env: { ...process.env, NODE_OPTIONS: "", FAIRDIAL_BARE_PASSWORD: password },
      },
    );
    let said = "";
    child.stdout.setEncoding("utf8").on("data", (text: string) => (said += text));
    child.once("error", reject);
    child.once("close", (code) => {
      const line = said.trim().split("\n").at(-1) ?? "";
      if (code === 0 && line.startsWith("{")) resolve(JSON.parse(line) as BareLoop);
      else reject(new Error(`the bare loop ended with ${String(code)}: ${said.slice(-500)}`));
    });
  });
}
