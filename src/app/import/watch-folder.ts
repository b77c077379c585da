/**
 * Files that somebody drops into a folder, imported one after the other and moved away with what is to be said of them.
 *
 * One rule to remember: a file moves only when its import has ended, so whoever is killed in between finds it again, and
 * the import goes on where it was.
 */
import { existsSync, mkdirSync, readdirSync, renameSync, rmSync, statSync, writeFileSync } from "node:fs";
import { basename, extname, join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { StoreError } from "../../engine/ports.ts";
import { CliError } from "../cli-error.ts";
import { importFile, type FileImported, type FileOrder, type FileSetting } from "./import-file.ts";

export interface WatchOrder extends Omit<FileOrder, "file" | "list" | "rejects"> {
  readonly folder: string;
  /** A file that did not change for so long is whole. */
  readonly settleMs: number;
  readonly everyMs: number;
  /** Ends when no file is left. */
  readonly once: boolean;
}

export type FileResult =
  | { readonly kind: "done"; readonly file: string; readonly list: string; readonly imported: FileImported }
  | { readonly kind: "failed"; readonly file: string; readonly code: string; readonly says: string };

const LISTS = /\.(csv|tsv|txt|ndjson|jsonl)$/i;
const OUR_OWN = /\.(rejects\.(csv|ndjson)|part)$/i;

interface Seen {
  readonly sizeBytes: number;
  readonly changedMs: number;
}

const filesIn = (folder: string): string[] =>
  readdirSync(folder, { withFileTypes: true })
    .filter(
      (entry) => entry.isFile() && !entry.name.startsWith(".") && LISTS.test(entry.name) && !OUR_OWN.test(entry.name),
    )
    .map(({ name }) => name)
    .sort();

const seen = (path: string): Seen | null => {
  const about = statSync(path, { throwIfNoEntry: false });
  return about === undefined ? null : { sizeBytes: about.size, changedMs: about.mtimeMs };
};

/** Unique among drops, and the same when the import goes on after a restart. */
const listOf = (name: string, { changedMs }: Seen): string => {
  const stem = basename(name, extname(name))
    .replace(/[^A-Za-z0-9_-]+/g, "-")
    .replace(/^[^A-Za-z0-9]+/, "");
  const when = new Date(changedMs).toISOString().replace(/\..*$/, "").replace(/[-:]/g, "");
  return `${stem.slice(0, 40) || "list"}-${when}`;
};

/** What another moment may mend: the file stays, and is tried again. */
const isForLater = (error: unknown): boolean => {
  if (error instanceof StoreError) return error.kind === "away";
  if (!(error instanceof CliError)) return false;
  if (error.code === "file-changed") return true;
  return error.cause instanceof StoreError && error.cause.message.includes("under way");
};

/** Goes on until its process is ended, or with `once` until the folder is empty. */
export const watchFolder = async (
  setting: FileSetting,
  order: WatchOrder,
  onResult: (result: FileResult) => void,
): Promise<void> => {
  for (const folder of ["done", "failed"]) mkdirSync(join(order.folder, folder), { recursive: true });
  const before = new Map<string, Seen>();
  const quietSince = new Map<string, number>();
  for (;;) {
    const names = filesIn(order.folder);
    for (const known of [...before.keys()]) if (!names.includes(known)) before.delete(known);
    let waiting = 0;
    for (const name of names) {
      const now = seen(join(order.folder, name));
      const last = before.get(name);
      const isSame = now !== null && last?.sizeBytes === now.sizeBytes && last.changedMs === now.changedMs;
      if (!isSame) quietSince.set(name, performance.now());
      if (now !== null) before.set(name, now);
      // By our own clock: the file's may be another machine's.
      if (!isSame || performance.now() - (quietSince.get(name) ?? 0) < order.settleMs) waiting += 1;
      else if (!(await take(setting, order, { name, seen: now }, onResult))) waiting += 1;
    }
    if (order.once && waiting === 0) return;
    await sleep(Math.min(order.everyMs, Math.max(50, order.settleMs)));
  }
};

/** False when it has to be tried again. */
const take = async (
  setting: FileSetting,
  order: WatchOrder,
  { name, seen: about }: { readonly name: string; readonly seen: Seen },
  onResult: (result: FileResult) => void,
): Promise<boolean> => {
  const file = join(order.folder, name);
  const list = listOf(name, about);
  const rejects = join(order.folder, "done", `${list}.rejects${/\.(ndjson|jsonl)$/i.test(name) ? ".ndjson" : ".csv"}`);
  try {
    const who = { ...setting.who, at: setting.world.now() };
    const imported = await importFile({ ...setting, who }, { ...order, file, list, rejects });
    const isLoaded = imported.account.listId !== null;
    moveAway(file, join(order.folder, isLoaded ? "done" : "failed"), list);
    if (isLoaded) onResult({ kind: "done", file: name, list, imported });
    else {
      if (imported.rejectFile !== null)
        renameSync(imported.rejectFile, join(order.folder, "failed", basename(rejects)));
      const says = "No row could be loaded.";
      writeFileSync(join(order.folder, "failed", `${list}.reason.txt`), `no-row-loaded: ${says}\n`, { mode: 0o600 });
      onResult({ kind: "failed", file: name, code: "no-row-loaded", says });
    }
    return true;
  } catch (error) {
    if (isForLater(error)) {
      setting.remark(`${name} waits: ${error instanceof Error ? error.message : "it cannot be read now"}`);
      return false;
    }
    if (!(error instanceof CliError)) throw error;
    // A file that can be read and not moved would be imported for ever.
    moveAway(file, join(order.folder, "failed"), list);
    writeFileSync(join(order.folder, "failed", `${list}.reason.txt`), `${error.code}: ${error.message}\n`, {
      mode: 0o600,
    });
    onResult({ kind: "failed", file: name, code: error.code, says: error.message });
    return true;
  }
};

const moveAway = (file: string, folder: string, list: string): void => {
  const target = join(folder, `${list}${extname(file)}`);
  if (existsSync(target)) rmSync(target);
  renameSync(file, target);
};
