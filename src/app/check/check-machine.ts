/** What must hold on this machine before the daemon starts: folders that can be written, a Node that is new enough. */
import { accessSync, constants, existsSync, statSync } from "node:fs";
import { dirname } from "node:path";
import type { DaemonConfig } from "../config.ts";
import { fail, ok, warn, type Finding } from "./finding.ts";

const isWritable = (path: string): boolean => {
  try {
    accessSync(path, constants.W_OK);
    return true;
  } catch {
    return false;
  }
};

/** The nearest folder above that exists: it is where a missing one would be made. */
const existingAbove = (path: string): string => (existsSync(path) ? path : existingAbove(dirname(path)));

const judgeFolder = (subject: string, folder: string): Finding => {
  if (existsSync(folder) && !statSync(folder).isDirectory()) {
    return fail(subject, `${folder} is not a folder.`, "Name another, or move what is there.");
  }
  const above = existingAbove(folder);
  return isWritable(above)
    ? ok(subject, `${folder} can be written.`)
    : fail(
        subject,
        `${folder} cannot be written by this user.`,
        `As root: install -d -o fairdial -g fairdial -m 750 ${folder}. Check as the user that runs the daemon.`,
      );
};

const NODE_NEEDED = [20, 19] as const;

export const judgeNodeVersion = (version: string): Finding => {
  const [major = 0, minor = 0] = version.replace(/^v/, "").split(".").map(Number);
  const isEnough = major > NODE_NEEDED[0] || (major === NODE_NEEDED[0] && minor >= NODE_NEEDED[1]);
  return isEnough
    ? ok("node.js", `Node ${version}.`)
    : fail("node.js", `Node ${version} is too old.`, `Install Node ${NODE_NEEDED.join(".")} or newer.`);
};

export const checkMachine = (config: DaemonConfig, warnings: readonly string[]): readonly Finding[] => [
  ok("configuration", `${config.file} is complete.`),
  ...warnings.map((warning) => {
    const [sentence = "", advice] = warning.split(/: (?=chmod )/);
    return warn(
      "configuration",
      `${sentence}${sentence.endsWith(".") ? "" : "."}`,
      advice ?? "See docs/administrators.md.",
    );
  }),
  judgeNodeVersion(process.version),
  judgeFolder("journal", config.journal.folder),
  ...(config.log.file === undefined ? [] : [judgeFolder("log", dirname(config.log.file))]),
];
