// SIPp as the callee behind the PBX's endpoint "sipp": every final code, early media, duplicates, silence.

import { existsSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { Child } from "./child.ts";
import type { LabGround } from "./pbx.ts";
import { sippScenario } from "./sipp-scenario.ts";

export type LabSipp = {
  readonly port: number;
  readonly pid: number;
  /** Where SIPp writes what it did not expect. */
  readonly errorFile: string;
  /** Everything that was sent and received so far; empty unless asked for. */
  messages(): string;
  /** What the scenario itself noted down so far (`note` in sipp-xml.ts), a line each; empty unless asked for. */
  notes(): readonly string[];
  stop(): Promise<void>;
};

export type SippOptions = {
  /** XML; by default the callee whose behaviour is in the number (see `sippNumber`). */
  readonly scenario?: string;
  /** Percentage of packets that are lost in either direction. */
  readonly lossPercent?: number;
  /** Keeps every message. */
  readonly keepMessages?: boolean;
  /** Keeps what the scenario notes down. */
  readonly keepNotes?: boolean;
};

/** Starts SIPp on the lab's port for it; dial PJSIP/<number>@sipp. */
export async function startSipp(ground: LabGround, options: SippOptions = {}): Promise<LabSipp> {
  const file = join(ground.folder, "callee.xml");
  const errorFile = join(ground.folder, "sipp-errors.log");
  writeFileSync(file, options.scenario ?? sippScenario());
  const messageFile = join(ground.folder, "sipp-messages.log");
  rmSync(errorFile, { force: true });
  rmSync(messageFile, { force: true });
  const noteFile = join(ground.folder, "sipp-notes.log");
  rmSync(noteFile, { force: true });
  const port = ground.ports.sippSip;
  const child = new Child({
    name: "SIPp",
    command: "sipp",
    args: [
      ...["-sf", file, "-i", "127.0.0.1", "-p", String(port), "-mi", "127.0.0.1", "-mp", String(ground.ports.sippRtp)],
      ...["-nostdin", "-trace_err", "-error_file", errorFile, "-rtp_echo", "-skip_rlimit"],
      // Its watchdog ends the test when the machine is busy for half a second, now and then.
      ...["-watchdog_minor_maxtriggers", "1000000", "-watchdog_major_maxtriggers", "1000000"],
      ...(options.keepMessages === true ? ["-trace_msg", "-message_file", messageFile] : []),
      ...(options.keepNotes === true ? ["-trace_logs", "-log_file", noteFile] : []),
      ...(options.lossPercent === undefined ? [] : ["-lost", String(options.lossPercent)]),
    ],
    folder: ground.folder,
    logFile: join(ground.folder, "sipp.log"),
    // It paints a screen into its log unless there is no terminal to speak of.
    env: { TERM: "dumb" },
    cwd: ground.folder,
  });
  await child.waitUntil(() => Promise.resolve(isBound(port)), 10_000);
  return {
    port,
    pid: child.pid,
    errorFile,
    messages: () => (existsSync(messageFile) ? readFileSync(messageFile, "utf8") : ""),
    notes: () => (existsSync(noteFile) ? readFileSync(noteFile, "utf8").split("\n").slice(0, -1) : []),
    // SIGTERM lets SIPp wait for its calls; a test has no use for that.
    stop: () => child.stop("SIGKILL"),
  };
}

/** Whether somebody has this UDP port on 127.0.0.1 (0100007F). */
function isBound(port: number): boolean {
  const wanted = `0100007F:${port.toString(16).toUpperCase().padStart(4, "0")}`;
  return readFileSync("/proc/net/udp", "utf8").includes(wanted);
}
