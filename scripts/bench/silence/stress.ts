// Making life hard for the daemon, and for nobody else: a tenth of a processor, no database, everybody at once.

import { spawn } from "node:child_process";
import type { ChildProcess } from "node:child_process";
import { existsSync, mkdirSync, readdirSync, readFileSync, rmdirSync, writeFileSync } from "node:fs";
import { setPriority } from "node:os";
import { join } from "node:path";

export const STRESSES = ["cpu", "database", "burst"] as const;
export type Stress = (typeof STRESSES)[number];

/** Of one processor, in short slices: what is left out is pauses of at most 18 ms, over and over. */
const SLICE_US = 20_000;
const SHARE_US = 2_000;

export type Starved = {
  /** How it was done, for the report. */
  readonly how: string;
  feed(): void;
};

/**
 * Leaves these processes a tenth of one processor together, by a control group where we may make one; else by being the
 * least important beside two processes that never rest.
 */
export function starve(pids: readonly number[]): Starved {
  return byControlGroup(pids) ?? byPriority(pids);
}

function byControlGroup(pids: readonly number[]): Starved | null {
  const name = `fairdial-bench-${String(process.pid)}`;
  const [v1, v2] = ["/sys/fs/cgroup/cpu", "/sys/fs/cgroup"];
  const isV1 = existsSync(join(v1, "cpu.cfs_quota_us"));
  const folder = join(isV1 ? v1 : v2, name);
  try {
    mkdirSync(folder);
    if (isV1) {
      writeFileSync(join(folder, "cpu.cfs_period_us"), String(SLICE_US));
      writeFileSync(join(folder, "cpu.cfs_quota_us"), String(SHARE_US));
    } else writeFileSync(join(folder, "cpu.max"), `${String(SHARE_US)} ${String(SLICE_US)}`);
    for (const pid of pids) writeFileSync(join(folder, "cgroup.procs"), String(pid));
  } catch {
    remove(folder);
    return null;
  }
  return {
    how: `a control group with ${String(SHARE_US / 1000)} ms of every ${String(SLICE_US / 1000)} ms of one processor`,
    feed: () => {
      for (const pid of pids) {
        try {
          writeFileSync(join(isV1 ? v1 : v2, "cgroup.procs"), String(pid));
        } catch {
          // It has ended.
        }
      }
      remove(folder);
    },
  };
}

function remove(folder: string): void {
  try {
    rmdirSync(folder);
  } catch {
    // Never made, or somebody is still in it; an empty group costs nothing.
  }
}

function byPriority(pids: readonly number[]): Starved {
  for (const pid of pids) setPriority(pid, 19);
  // Less important than Asterisk and the database, so that only the daemon suffers.
  const loops: ChildProcess[] = [0, 1].map(() =>
    spawn("nice", ["-n", "5", process.execPath, "-e", "for (;;);"], { stdio: "ignore" }),
  );
  return {
    how: "priority 19 beside two processes of priority 5 that never rest",
    feed: () => {
      for (const loop of loops) loop.kill("SIGKILL");
    },
  };
}

/** The processes of a group, as the kernel lists them. */
export function groupOf(groupId: number): readonly number[] {
  return readdirSync("/proc")
    .filter((name) => /^\d+$/.test(name))
    .map(Number)
    .filter((pid) => {
      try {
        // After the name, which may hold anything but ends with the last bracket: state, parent, group.
        const stat = readFileSync(`/proc/${String(pid)}/stat`, "utf8");
        return Number(stat.slice(stat.lastIndexOf(")") + 2).split(" ")[2]) === groupId;
      } catch {
        // Gone in between.
        return false;
      }
    });
}
