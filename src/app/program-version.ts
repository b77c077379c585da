/** Which release this program is: from the package it was built from. */
import { readFileSync } from "node:fs";
import { dirname, join } from "node:path";

/** From this file's place upwards: sources and the built program lie at different depths. */
export const programVersion = (): string => {
  for (let folder = import.meta.dirname; folder !== dirname(folder); folder = dirname(folder)) {
    try {
      const about = JSON.parse(readFileSync(join(folder, "package.json"), "utf8")) as { version?: string };
      return about.version ?? "unknown";
    } catch {
      continue;
    }
  }
  return "unknown";
};
