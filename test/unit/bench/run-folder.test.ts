/** Folders of labs whose process is gone: what stays of them may not keep the next lab from starting. */
import { expect, test } from "@jest/globals";
import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { makeRunFolder, removeRunFolder } from "../../../scripts/lab/release.ts";

/** No process has this number. */
const NOBODY = "4194305 1";

const withParent = (use: (parent: string) => void): void => {
  const parent = mkdtempSync(join(tmpdir(), "run folders-"));
  try {
    use(parent);
  } finally {
    rmSync(parent, { recursive: true, force: true });
  }
};

const leftBehind = (parent: string): string => {
  const folder = join(parent, "lab-left");
  mkdirSync(join(folder, "journal"), { recursive: true });
  writeFileSync(join(folder, "owner"), `${NOBODY}\n`);
  return folder;
};

test("the folder of a dead process is removed, one of a living process stays", () => {
  withParent((parent) => {
    const ours = makeRunFolder(parent, "lab");
    const left = leftBehind(parent);
    const next = makeRunFolder(parent, "lab");
    expect([ours, left, next].map((each) => existsSync(each))).toEqual([true, false, true]);
    removeRunFolder(ours);
    expect(existsSync(ours)).toBe(false);
  });
});

test("a disk that a dead process had mounted in its folder is taken off first", () => {
  withParent((parent) => {
    const left = leftBehind(parent);
    const journal = join(left, "journal");
    const mounted = spawnSync("mount", ["-t", "tmpfs", "-o", "size=1m", "fairdial-test", journal]).status === 0;
    try {
      makeRunFolder(parent, "lab");
      expect(existsSync(left)).toBe(false);
      expect(readFileSync("/proc/self/mounts", "utf8")).not.toContain(left.replaceAll(" ", "\\040"));
    } finally {
      if (mounted) spawnSync("umount", ["-l", journal]);
    }
  });
});
