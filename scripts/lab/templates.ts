// Turns the files under asterisk-config/ into an Asterisk's configuration. The lab's PBX runs on the administrator's
// samples, changed only where stated: a sample that no longer fits makes the lab fail, so the samples are known to work.

import { cpSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { configDir } from "./places.ts";

/** Fills in {{words}}; a word without a value is a mistake. */
export function render(template: string, values: Readonly<Record<string, string>>): string {
  return template.replaceAll(/\{\{(\w+)\}\}/g, (_, name: string) => {
    const value = values[name];
    if (value === undefined) throw new Error(`template: no value for ${name}`);
    return value;
  });
}

/** Renders files of asterisk-config/lab into `etc`; a name without a folder is shared by PBX and network. */
export function renderInto(etc: string, names: readonly string[], values: Readonly<Record<string, string>>): void {
  mkdirSync(etc, { recursive: true });
  for (const name of names) {
    const text = render(readFileSync(join(configDir, "lab", name), "utf8"), values);
    writeFileSync(join(etc, name.replace(/^.*\//, "")), text);
  }
}

/** One change to a sample: [file, what it says there, what the lab says instead]. */
export type SampleChange = readonly [file: string, from: string, to: string];

/** Copies the administrator's samples to `etc`/samples with the lab's own addresses and passwords in them. */
export function copySamples(etc: string, changes: readonly SampleChange[]): void {
  cpSync(join(configDir, "samples"), join(etc, "samples"), { recursive: true });
  for (const [file, from, to] of changes) {
    const path = join(etc, "samples", file);
    const text = readFileSync(path, "utf8");
    if (!text.includes(from)) throw new Error(`samples/${file} no longer says "${from}"`);
    writeFileSync(path, text.replaceAll(from, to));
  }
}

/** Files that Asterisk complains about when they are missing, although their defaults are wanted. */
export function writeEmpty(etc: string, names: readonly string[]): void {
  for (const name of names) writeFileSync(join(etc, name), "");
}
