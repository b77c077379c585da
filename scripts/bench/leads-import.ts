// How fast a list is loaded, and in how much memory: node --import tsx scripts/bench/leads-import.ts [--rows 1000000]
//
// A private database, the command line in a process of its own, its greatest resident size as Linux keeps it (VmHWM).
// One row in twenty is bad in some way, one in ten repeats an earlier number or key, one in ten has a second number;
// each has six attributes. On a machine that others use, seconds of processor time say more than those on the clock.

import { spawn } from "node:child_process";
import { createWriteStream, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { once } from "node:events";
import { loadavg, tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { stringify } from "yaml";
import { startDatabase, type LabDatabase } from "../lab/database.ts";
import { repositoryDir } from "../lab/places.ts";

export interface ImportFigures {
  readonly importRows: number;
  readonly importSeconds: number;
  readonly importRssMbPeak: number;
  readonly importCpuSeconds: number;
  readonly importDatabaseCpuSeconds: number;
  /** Of the machine, one minute's, when it was over. */
  readonly importLoad: number;
  readonly leadsLoaded: number;
  readonly rowsRejected: number;
}

const BAD = [
  (id: number) => `C${String(id)},No Number,,,Leeds,41,gold,2024-01-01,north,eve`,
  (id: number) => `C${String(id)},Too Short,07911,,Leeds,41,gold,2024-01-01,north,eve`,
  (id: number) => `C${String(id)},Premium,09098790123,,Leeds,41,gold,2024-01-01,north,eve`,
  (id: number) => `C${String(id)},Open,"07911 1234,,Leeds,41,gold,2024-01-01,north,eve`,
];
const TOWNS = ["Leeds", "York", "Bath", "Hull", "Derby", "Newcastle upon Tyne", "Stoke-on-Trent"];

/** In no order: a sorted file would be kinder to the database than people are. */
const rowOf = (index: number, rows: number): string => {
  const bad = BAD[index % 80];
  if (bad !== undefined) return bad(index);
  // Prime to the count, so every number comes once.
  const at = (index * 611_953) % rows;
  const number = `07${String(400_000_000 + at)}`;
  const again = index % 10 === 7 && index > 10;
  const key = again && index % 20 === 7 ? `C${String(index - 1)}` : `C${String(index)}`;
  const main = again && index % 20 !== 7 ? `07${String(400_000_000 + (((index - 1) * 611_953) % rows))}` : number;
  const second =
    index % 10 === 3
      ? `020 7${String(1_000_000 + (at % 9_000_000)).slice(0, 3)} ${String(at % 10_000).padStart(4, "0")}`
      : "";
  const town = TOWNS[index % TOWNS.length] ?? "";
  return `${key},Person Number ${String(index)},${main.slice(0, 5)} ${main.slice(5)},${second},${town},${String(18 + (index % 70))},gold,2024-01-${String(1 + (index % 28)).padStart(2, "0")},"North, East",evening`;
};

export const writeLeads = async (path: string, rows: number): Promise<void> => {
  const file = createWriteStream(path);
  file.write("Customer ID,Name,Mobile,Home phone,Town,Age,Plan,Since,Region name,Best time\n");
  for (let index = 0; index < rows; index += 1) {
    if (!file.write(`${rowOf(index, rows)}\n`)) await once(file, "drain");
  }
  file.end();
  await once(file, "finish");
};

const CAMPAIGN = `insert into campaign (name, mode, desired_state, trunk, cli_number, ring_timeout_ms, connect_timeout_ms,
    connect_safety_margin_ms, information_message, wrap_up_ms, talk_max_ms, calling_hours, redial, dispositions, added_at,
    changed_at, changed_by)
  values ('bench', 'progressive', 'stopped', 'carrier', '+442079460000', 25000, 2000, 200, 'sound:x', 15000, 7200000,
    '{}', '{}', '[]', now(3), now(3), 'bench')`;

const cpuSecondsOf = (pid: number): number => {
  const [, rest = ""] = readFileSync(`/proc/${String(pid)}/stat`, "utf8").split(") ");
  const [user = 0, system = 0] = rest.split(" ").slice(11, 13).map(Number);
  return (user + system) / 100;
};

/** Loads so many rows into a new database of this server's. */
export const importFigures = async (server: LabDatabase, importRows: number): Promise<ImportFigures> => {
  const folder = mkdtempSync(join(tmpdir(), "fairdial-bench-"));
  try {
    const { host, port, user, password, database } = await server.createDatabase("bench_import");
    const config = join(folder, "fairdial.yaml");
    writeFileSync(config, stringify({ database: { host, port, user, password, name: database } }), { mode: 0o600 });
    const fairdial = async (given: readonly string[]) => {
      const begun = performance.now();
      const child = spawn(
        process.execPath,
        ["--import", "tsx", join(repositoryDir, "src/main.ts"), ...given, "--json"],
        {
          cwd: repositoryDir,
          env: { ...process.env, NODE_OPTIONS: "", FAIRDIAL_CONFIG: config },
          stdio: ["ignore", "pipe", "inherit"],
        },
      );
      let peakKb = 0;
      let cpuSeconds = 0;
      const watch = setInterval(() => {
        try {
          const status = readFileSync(`/proc/${String(child.pid)}/status`, "utf8");
          peakKb = Math.max(peakKb, Number(/^VmHWM:\s+(\d+) kB/m.exec(status)?.[1] ?? 0));
          cpuSeconds = cpuSecondsOf(child.pid ?? 0);
        } catch {
          // It has just ended.
        }
      }, 50);
      let out = "";
      child.stdout.on("data", (piece: Buffer) => (out += piece.toString("utf8")));
      const [code] = (await once(child, "close")) as [number | null];
      clearInterval(watch);
      if (code !== 0) throw new Error(`fairdial ${given.join(" ")} ended with ${String(code)}: ${out}`);
      return { seconds: (performance.now() - begun) / 1_000, peakMb: Math.round(peakKb / 1_024), cpuSeconds, out };
    };
    await fairdial(["migrate"]);
    const connection = await server.connect({ database });
    await connection.query(CAMPAIGN);
    await connection.end();
    const file = join(folder, "leads.csv");
    await writeLeads(file, importRows);
    const before = cpuSecondsOf(server.pid);
    const { seconds, peakMb, cpuSeconds, out } = await fairdial(["list", "import", file, "--campaign", "bench"]);
    const account = JSON.parse(out) as { rowsRead: number; leadsLoaded: number; rowsRejected: number };
    if (account.rowsRead !== importRows) throw new Error(`${String(account.rowsRead)} rows were read`);
    return {
      importRows,
      importSeconds: Number(seconds.toFixed(1)),
      importRssMbPeak: peakMb,
      importCpuSeconds: Number(cpuSeconds.toFixed(1)),
      importDatabaseCpuSeconds: Number((cpuSecondsOf(server.pid) - before).toFixed(1)),
      importLoad: Number((loadavg()[0] ?? 0).toFixed(1)),
      leadsLoaded: account.leadsLoaded,
      rowsRejected: account.rowsRejected,
    };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
};

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const { values } = parseArgs({ options: { rows: { type: "string", default: "1000000" } } });
  const server = await startDatabase();
  try {
    console.log(JSON.stringify(await importFigures(server, Number(values.rows)), null, 2));
  } finally {
    await server.stop();
  }
}
