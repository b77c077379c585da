// How fast files of numbers are loaded, and in how much memory: node --import tsx scripts/bench/numbers.ts [--rows 1000000]
//
// A private database, the command line in a process of its own, its greatest resident size as Linux keeps it (VmHWM).

import { spawn } from "node:child_process";
import { createWriteStream, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { once } from "node:events";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { stringify } from "yaml";
import { startDatabase } from "../lab/database.ts";
import { repositoryDir } from "../lab/places.ts";

const { values } = parseArgs({ options: { rows: { type: "string", default: "1000000" } } });
const rows = Number(values.rows);
const KEY = "0123456789abcdefghijklmnopqrstuvwxyz-bench";
const folder = mkdtempSync(join(tmpdir(), "fairdial-bench-"));
const server = await startDatabase();

/** In the order of a shuffled pack: a sorted file would be kinder to the database than some keepers are. */
const writeNumbers = async (path: string, line: (digits: string) => string): Promise<void> => {
  const file = createWriteStream(path);
  // Prime to the count, so every number comes once.
  const step = 611_953;
  for (let index = 0, at = 0; index < rows; index += 1, at = (at + step) % rows) {
    if (!file.write(`${line(String(100_000_000 + at).padStart(9, "0"))}\n`)) await once(file, "drain");
  }
  file.end();
  await once(file, "finish");
};

const run = async (database: string, words: readonly string[], env: Record<string, string> = {}) => {
  const access = await server.createDatabase(database);
  const config = join(folder, `${database}.yaml`);
  const { host, port, user, password } = access;
  writeFileSync(config, stringify({ database: { host, port, user, password, name: database } }), { mode: 0o600 });
  const fairdial = async (given: readonly string[]) => {
    const begun = performance.now();
    const child = spawn(process.execPath, ["--import", "tsx", join(repositoryDir, "src/main.ts"), ...given, "--json"], {
      cwd: repositoryDir,
      env: { ...process.env, NODE_OPTIONS: "", FAIRDIAL_CONFIG: config, ...env },
      stdio: ["ignore", "pipe", "inherit"],
    });
    let peakKb = 0;
    const watch = setInterval(() => {
      try {
        const [, kb = "0"] =
          /^VmHWM:\s+(\d+) kB/m.exec(readFileSync(`/proc/${String(child.pid)}/status`, "utf8")) ?? [];
        peakKb = Math.max(peakKb, Number(kb));
      } catch {
        // It has just ended.
      }
    }, 50);
    let out = "";
    child.stdout.on("data", (piece: Buffer) => (out += piece.toString("utf8")));
    const [code] = (await once(child, "close")) as [number | null];
    clearInterval(watch);
    if (code !== 0) throw new Error(`fairdial ${given.join(" ")} ended with ${String(code)}`);
    return { seconds: (performance.now() - begun) / 1_000, peakMb: Math.round(peakKb / 1_024), out };
  };
  await fairdial(["migrate"]);
  const { seconds, peakMb, out } = await fairdial(words);
  const { numbers } = JSON.parse(out) as { numbers: number };
  if (numbers !== rows) throw new Error(`${String(numbers)} of ${String(rows)} numbers arrived`);
  return { seconds: Number(seconds.toFixed(1)), rowsPerSecond: Math.round(rows / seconds), peakMb };
};

try {
  const plain = join(folder, "plain.txt");
  const spaced = join(folder, "spaced.txt");
  await writeNumbers(plain, (digits) => `07${digits}`);
  await writeNumbers(spaced, (digits) => `+44 7${digits.slice(0, 3)} ${digits.slice(3)}`);
  const register = (file: string) => ["register", "import", "TPS", file, "--file-date", "2026-01-01"];
  const report = {
    rows,
    register: await run("bench_plain", register(plain)),
    registerHashed: await run("bench_hashed", register(plain), { FAIRDIAL_NUMBER_HASH_KEY: KEY }),
    registerByPeople: await run("bench_spaced", register(spaced)),
    suppress: await run("bench_suppress", ["suppress", "import", plain]),
  };
  console.log(JSON.stringify(report, null, 2));
} finally {
  await server.stop();
  rmSync(folder, { recursive: true, force: true });
}
