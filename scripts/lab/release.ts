// Everything the lab starts registers here how it is undone; undone in reverse order, also when the process is
// interrupted or ends by accident. The rule: nothing may outlive the process that started it.

import { spawnSync } from "node:child_process";
import { appendFileSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { mkdtempSync } from "node:fs";
import { join } from "node:path";

/** Undoes one thing for good, at once and without waiting; it may be called when the event loop is already gone. */
type Release = () => void;

const releases: Release[] = [];
let watching = false;

/** Registers how to undo something; the result takes the registration back. */
export function onExit(release: Release): () => void {
  watch();
  releases.push(release);
  return () => {
    const at = releases.indexOf(release);
    if (at >= 0) releases.splice(at, 1);
  };
}

/** Whether run folders are kept for looking at afterwards. */
export function keepsFolders(): boolean {
  return process.env["FAIRDIAL_LAB_KEEP"] === "1";
}

function releaseAll(): void {
  for (let release = releases.pop(); release !== undefined; release = releases.pop()) {
    try {
      release();
    } catch {
      // The next one still has to be undone, and there is nobody left to tell.
    }
  }
}

function watch(): void {
  if (watching) return;
  watching = true;
  process.once("exit", releaseAll);
  // A program with its own way of stopping (the demo) has its listener; it ends in "exit" and comes by here.
  for (const [signal, code] of [
    ["SIGINT", 130],
    ["SIGTERM", 143],
    ["SIGHUP", 129],
  ] as const) {
    process.on(signal, () => {
      if (process.listenerCount(signal) > 1) return;
      releaseAll();
      process.exit(code);
    });
  }
}

/** Whether a process is alive; one that is dead but not yet buried by its parent is not. */
export function isAlive(pid: number): boolean {
  return bornAt(pid) !== null;
}

/** What Linux says a process was born at, in clock ticks since boot; null when there is no such process. */
function bornAt(pid: number): string | null {
  try {
    const stat = readFileSync(`/proc/${String(pid)}/stat`, "utf8");
    // The name is in brackets and may itself contain spaces and brackets: count from the last one. Field 22 overall.
    const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
    // A zombie is dead, it only has not been buried.
    return fields[0] === "Z" ? null : (fields[19] ?? null);
  } catch {
    return null;
  }
}

/** Writes down a process that must not outlive the folder's owner. */
export function noteProcess(folder: string, pid: number): void {
  appendFileSync(join(folder, "processes"), `${String(pid)} ${bornAt(pid) ?? "?"}\n`);
}

/** A new folder under `parent` that belongs to this process; folders of dead owners are reclaimed on the way. */
export function makeRunFolder(parent: string, name: string): string {
  mkdirSync(parent, { recursive: true });
  reclaim(parent);
  const folder = mkdtempSync(join(parent, `${name}-`));
  writeFileSync(join(folder, "owner"), `${String(process.pid)} ${bornAt(process.pid) ?? "?"}\n`);
  return folder;
}

/** Removes a run folder, unless folders are kept. */
export function removeRunFolder(folder: string): void {
  if (keepsFolders()) {
    writeFileSync(join(folder, "kept"), "");
    return;
  }
  rmSync(folder, { recursive: true, force: true, maxRetries: 3 });
}

function reclaim(parent: string): void {
  for (const name of readdirSync(parent)) {
    const folder = join(parent, name);
    if (existsSync(join(folder, "kept"))) continue;
    let owner: string;
    try {
      owner = readFileSync(join(folder, "owner"), "utf8").trim();
    } catch {
      // Another lab is making it at this moment, or it is none of ours.
      continue;
    }
    const [pid, born] = owner.split(" ");
    if (bornAt(Number(pid)) === born) continue;
    killNoted(folder);
    unmountBelow(folder);
    try {
      rmSync(folder, { recursive: true, force: true, maxRetries: 3 });
    } catch (error) {
      // Somebody else's leavings are no reason why this lab should not start.
      process.stderr.write(`a run folder of a dead process stays: ${String(error)}\n`);
    }
  }
}

/** Disks that a dead process had mounted in its folder; a mounted folder cannot be removed. */
function unmountBelow(folder: string): void {
  let mounts: string;
  try {
    mounts = readFileSync("/proc/self/mounts", "utf8");
  } catch {
    return;
  }
  for (const line of mounts.split("\n").reverse()) {
    // Blanks in names are written in octal.
    const at = (line.split(" ")[1] ?? "").replace(/\\(\d{3})/g, (_, octal: string) =>
      String.fromCharCode(parseInt(octal, 8)),
    );
    if (at.startsWith(`${folder}/`)) spawnSync("umount", ["-l", at]);
  }
}

function killNoted(folder: string): void {
  const file = join(folder, "processes");
  if (!existsSync(file)) return;
  for (const line of readFileSync(file, "utf8").trim().split("\n")) {
    const [pid, born] = line.split(" ");
    // The number alone could by now be somebody else's.
    if (pid === undefined || bornAt(Number(pid)) !== born) continue;
    try {
      process.kill(Number(pid), "SIGKILL");
    } catch {
      // Gone in between.
    }
  }
}
