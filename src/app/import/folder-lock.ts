/** One watcher a folder: a file that names who it is, and that a dead one's successor takes over. */
import { closeSync, openSync, readFileSync, rmSync, writeSync } from "node:fs";
import { hostname } from "node:os";
import { join } from "node:path";
import { CliError } from "../cli-error.ts";
import { whenInterrupted } from "./leftovers.ts";

const LOCK_NAME = ".fairdial-watch";

const isRunning = (pid: number): boolean => {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    // Somebody else's process is one too.
    return typeof error === "object" && error !== null && "code" in error && error.code === "EPERM";
  }
};

const holderOf = (path: string): { readonly host: string; readonly pid: number } | null => {
  try {
    const [host = "", pid = ""] = readFileSync(path, "utf8").trim().split(" ");
    return { host, pid: Number(pid) };
  } catch {
    return null;
  }
};

/** Returns how to let go of it. Throws {@link CliError} `folder-watched` when another has it. */
export const lockFolder = (folder: string): (() => void) => {
  const path = join(folder, LOCK_NAME);
  for (let tries = 0; tries < 2; tries += 1) {
    try {
      const file = openSync(path, "wx", 0o600);
      writeSync(file, `${hostname()} ${String(process.pid)}\n`);
      closeSync(file);
      const stayQuiet = whenInterrupted(() => {
        rmSync(path, { force: true });
      });
      return () => {
        stayQuiet();
        rmSync(path, { force: true });
      };
    } catch (error) {
      const exists = typeof error === "object" && error !== null && "code" in error && error.code === "EEXIST";
      if (!exists)
        throw new CliError("folder-refused", `${folder} cannot be written to by this user.`, { cause: error });
      const holder = holderOf(path);
      const isDead = holder !== null && holder.host === hostname() && holder.pid > 0 && !isRunning(holder.pid);
      if (!isDead && holder !== null) {
        throw new CliError(
          "folder-watched",
          `${folder} is watched already, by process ${String(holder.pid)} on ${holder.host}. If that is gone, remove ${path}.`,
        );
      }
      rmSync(path, { force: true });
    }
  }
  throw new CliError("folder-watched", `${folder} is watched already.`);
};
