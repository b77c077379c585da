/** Whether rows can wait on this machine's disk while the database is away, and whether some do. */
import { closeSync, existsSync, openSync, readdirSync, rmSync, statfsSync, statSync, writeSync } from "node:fs";
import { dirname, join } from "node:path";
import { spoolFolderOf } from "../spool/open-spool.ts";
import type { DaemonConfig } from "../config.ts";
import { fail, ok, warn, type Finding } from "./finding.ts";

const MIB = 1_048_576;
/** Some fifty thousand rows: what a busy node writes in ten minutes. */
const FREE_FAIL_BYTES = 64 * MIB;

const SUBJECT = "spool";

export const judgeSpoolSpace = (folder: string, freeBytes: number, megabytesMax: number): Finding => {
  const sentence = `${folder} can be written, and has ${String(Math.floor(freeBytes / MIB))} MiB free.`;
  if (freeBytes >= megabytesMax * MIB) return ok(SUBJECT, sentence);
  const advice = `Make room for spool.megabytesMax (${String(megabytesMax)}), or lower it: what happens while the database is away is kept there.`;
  return freeBytes < FREE_FAIL_BYTES ? fail(SUBJECT, sentence, advice) : warn(SUBJECT, sentence, advice);
};

/** What people have to look at, by the names of the files. */
export const judgeLeftovers = (folder: string, names: readonly string[]): readonly Finding[] => {
  const kept = names.filter((name) => name.startsWith("torn-") || name.startsWith("refused-"));
  if (kept.length === 0) return [];
  return [
    warn(
      SUBJECT,
      `${folder} keeps ${kept.join(", ")}: rows that could not be read, or that the database refused.`,
      "Look at them with docs/administrators.md at hand, and move them away.",
    ),
  ];
};

export const checkSpool = ({ spool, node }: DaemonConfig): readonly Finding[] => {
  const folder = spoolFolderOf(spool, node.name);
  const advice = `As root: install -d -o fairdial -g fairdial -m 700 ${spool.folder}. Check as the user that runs the daemon.`;
  const above = existingAbove(folder);
  if (!statSync(above).isDirectory()) {
    return [fail(SUBJECT, `${above} is not a folder.`, "Name another with spool.folder, or move what is there.")];
  }
  // Tried and not asked: a disk may be mounted read-only, or be full to the last block.
  const probe = join(above, `.fairdial-check-${String(process.pid)}`);
  try {
    const file = openSync(probe, "wx", 0o600);
    try {
      writeSync(file, "x");
    } finally {
      closeSync(file);
      rmSync(probe, { force: true });
    }
  } catch (error) {
    const because = error instanceof Error && "code" in error ? String(error.code) : String(error);
    return [fail(SUBJECT, `${folder} cannot be written by this user (${because}).`, advice)];
  }
  const { bavail, bsize } = statfsSync(above);
  const names = existsSync(folder) ? readdirSync(folder) : [];
  return [judgeSpoolSpace(folder, bavail * bsize, spool.megabytesMax), ...judgeLeftovers(folder, names)];
};

const existingAbove = (path: string): string => (existsSync(path) ? path : existingAbove(dirname(path)));
