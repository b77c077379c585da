// What the kernel says of a process: processor time, memory, open files.

import { execFileSync } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";

/** Clock ticks of a second, in which the kernel counts processor time. */
let ticksPerSecond = 0;

/** Processor time of all its threads so far, in milliseconds. */
export function cpuMs(pid: number): number {
  ticksPerSecond ||= Number(execFileSync("getconf", ["CLK_TCK"], { encoding: "utf8" }));
  const stat = readFileSync(`/proc/${String(pid)}/stat`, "utf8");
  // After the name, which may hold anything but ends with the last bracket; then user and system time are the 12th and 13th.
  const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
  return ((Number(fields[11]) + Number(fields[12])) / ticksPerSecond) * 1000;
}

/** Resident memory in MB, now and at its most. */
export function rssMb(pid: number): { readonly now: number; readonly peak: number } {
  const status = readFileSync(`/proc/${String(pid)}/status`, "utf8");
  const of = (name: string): number => Number(new RegExp(`^${name}:\\s+(\\d+) kB`, "m").exec(status)?.[1]) / 1024;
  return { now: of("VmRSS"), peak: of("VmHWM") };
}

export function openFiles(pid: number): number {
  return readdirSync(`/proc/${String(pid)}/fd`).length;
}

export function threads(pid: number): number {
  return readdirSync(`/proc/${String(pid)}/task`).length;
}
