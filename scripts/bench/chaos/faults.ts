// What is broken, and how it comes back. Each fault is done to the lab's real parts, from outside, without their help.

import { spawnSync } from "node:child_process";
import { copyFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import type { LabFairdial } from "../../lab/fairdial.ts";
import type { Lab } from "../../lab/lab.ts";
import type { Healing, Wire } from "../../lab/wire.ts";
import { groupOf } from "../silence/stress.ts";

export const FAULTS = [
  "daemon-kill",
  "asterisk-kill",
  "database-kill",
  "cut-asterisk",
  "cut-database",
  "cut-network",
  "stop-daemon",
  "stop-asterisk",
  "stop-database",
  "stop-network",
  "disk-full",
] as const;
export type Fault = (typeof FAULTS)[number];

/** What a round is done to. */
export type Scene = {
  readonly lab: Lab;
  readonly fairdial: LabFairdial;
  /** Between the daemon and Asterisk, or the database, where that is what is cut. */
  readonly wire: Wire | null;
  /** 0 to below 1, seeded. */
  readonly random: () => number;
  readonly say: (text: string) => void;
};

/** Milliseconds since 1970: when the part was gone, and when it was back. */
export type Spell = { readonly goneAt: number; readonly backAt: number };

const STOPPED_MS = 5_000;
/** A short cut heals unnoticed, a long one is found out by the pings. */
const CUT_MS = [2_000, 12_000] as const;
const FULL_MS = 5_000;

/** Whose end is every call's end: those in progress cannot be saved by anybody. */
export const endsEveryCall = (fault: Fault): boolean => fault === "asterisk-kill";
/** While it lasts no sound gets through to anybody. */
export const isDeaf = (fault: Fault): boolean =>
  fault === "cut-network" || fault === "stop-asterisk" || fault === "stop-network";
/** While it lasts nobody is served: people wait, and are late to hear anything. */
export const isUnserved = (fault: Fault): boolean =>
  isDeaf(fault) || endsEveryCall(fault) || ["daemon-kill", "stop-daemon", "cut-asterisk"].includes(fault);

/** Breaks it at once; resolves when it is back. */
export async function inflict(fault: Fault, scene: Scene): Promise<Spell> {
  const { lab, fairdial } = scene;
  switch (fault) {
    case "daemon-kill":
      return gone(async () => {
        await fairdial.killDaemon();
        keepLog(fairdial);
        // The next process is there from now on: what it needs to begin is its own time.
        const backAt = Date.now();
        await fairdial.startDaemon(180_000);
        return backAt;
      });
    case "asterisk-kill":
      return gone(async () => {
        await lab.pbx.kill();
        await lab.pbx.start();
        return Date.now();
      });
    case "database-kill":
      return gone(async () => {
        await lab.database.kill();
        await lab.database.start();
        return Date.now();
      });
    case "cut-asterisk":
    case "cut-database":
      return cut(scene);
    case "cut-network":
      return gone(async () => {
        lab.trunk?.cut();
        await sleep(between(CUT_MS, scene.random()));
        lab.trunk?.heal();
        return Date.now();
      });
    case "stop-daemon":
      return stopped(
        () => {
          fairdial.signal("SIGSTOP");
        },
        () => {
          fairdial.signal("SIGCONT");
        },
      );
    case "stop-asterisk":
      return stopped(
        () => {
          lab.pbx.pause();
        },
        () => {
          lab.pbx.resume();
        },
      );
    case "stop-database":
      return stopped(
        () => {
          lab.database.pause();
        },
        () => {
          lab.database.resume();
        },
      );
    case "stop-network":
      return stopped(
        () => {
          lab.network.pause();
        },
        () => {
          lab.network.resume();
        },
      );
    case "disk-full":
      return full(scene);
  }
}

async function gone(doing: () => Promise<number>): Promise<Spell> {
  const goneAt = Date.now();
  return { goneAt, backAt: await doing() };
}

const stopped = (stop: () => void, go: () => void): Promise<Spell> =>
  gone(async () => {
    stop();
    await sleep(STOPPED_MS);
    go();
    return Date.now();
  });

const cut = ({ wire, random, say }: Scene): Promise<Spell> =>
  gone(async () => {
    if (wire === null) throw new Error("there is no wire to cut");
    const healing: Healing = random() < 0.5 ? "resumed" : "reset";
    const forMs = between(CUT_MS, random());
    say(`cut for ${String(forMs)} ms; then the connections are ${healing}`);
    wire.cut();
    await sleep(forMs);
    wire.heal(healing);
    return Date.now();
  });

/** A disk of two megabytes that holds the journal and nothing else; false where mounting is not permitted. */
export function mountSmallDisk(folder: string): boolean {
  return spawnSync("mount", ["-t", "tmpfs", "-o", "size=2m", "fairdial-chaos", folder]).status === 0;
}

export function unmountSmallDisk(folder: string): void {
  spawnSync("umount", ["-l", folder]);
}

/**
 * On the small disk, really full: a file takes what is left (ENOSPC). Without it, the daemon may write no file any more at
 * all (EFBIG by the limit on a file's size, its log included), which needs no privilege.
 */
const full = ({ fairdial, say }: Scene): Promise<Spell> =>
  gone(async () => {
    const ballast = join(fairdial.journalFolder, "ballast");
    const isSmall = spawnSync("mountpoint", ["-q", fairdial.journalFolder]).status === 0;
    say(isSmall ? "the journal's disk is full" : "the daemon may write no file (by its limit on their size)");
    if (isSmall) {
      spawnSync("dd", ["if=/dev/zero", `of=${ballast}`, "bs=4k"]);
      await sleep(FULL_MS);
      rmSync(ballast);
    } else {
      const pids = groupOf(fairdial.daemonGroup);
      for (const pid of pids) spawnSync("prlimit", ["--pid", String(pid), "--fsize=0:"]);
      await sleep(FULL_MS);
      for (const pid of pids) spawnSync("prlimit", ["--pid", String(pid), "--fsize=unlimited:"]);
    }
    return Date.now();
  });

/** The next process begins its log anew; what the last one said is kept beside it. */
function keepLog(fairdial: LabFairdial): void {
  copyFileSync(fairdial.logFile, `${fairdial.logFile}.${String(Date.now())}`);
  writeFileSync(fairdial.logFile, "");
}

const between = ([least, most]: readonly [number, number], random: number): number =>
  Math.round(least + (most - least) * random);
