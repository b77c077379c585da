// The data folder of the lab's PBX: the installation's own, seen through links, with sounds added as an administrator
// would add them. The installation itself is left as it is: labs side by side share it, and it may be the machine's.

import {
  copyFileSync,
  existsSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  symlinkSync,
} from "node:fs";
import { dirname, join, resolve } from "node:path";
import type { AsteriskPlace } from "./places.ts";

/** Where Asterisk looks first; what has no folder for a caller's own language is looked for here in the end. */
const LANGUAGE = "en";

/** Debian's; what asterisk.conf says goes before it. */
const USUAL = "/usr/share/asterisk";

/**
 * Makes `folder` and returns what Asterisk calls it.
 * @param added folders of sound files, by the name that they get below the sounds: `sound:<name>/<file>`
 */
export function makeDataFolder(
  asterisk: AsteriskPlace,
  folder: string,
  added: Readonly<Record<string, string>>,
): string {
  const installed = installedDataFolder(asterisk);
  const sounds = join(folder, "sounds", LANGUAGE);
  mkdirSync(sounds, { recursive: true });
  link(asterisk, installed, folder, ["sounds"]);
  link(asterisk, `${installed}/sounds`, join(folder, "sounds"), [LANGUAGE]);
  link(asterisk, `${installed}/sounds/${LANGUAGE}`, sounds, Object.keys(added));
  for (const [name, files] of Object.entries(added)) {
    mkdirSync(join(sounds, name));
    for (const file of readdirSync(files)) copyFileSync(join(files, file), join(sounds, name, file));
  }
  return asterisk.inside(folder);
}

/** As that Asterisk sees it. */
function installedDataFolder({ root }: AsteriskPlace): string {
  const conf = `${root}/etc/asterisk/asterisk.conf`;
  const said = existsSync(conf) ? /^astdatadir\s*=>\s*(\S+)/m.exec(readFileSync(conf, "utf8")) : null;
  return said?.[1] ?? USUAL;
}

/** A link in `to` for everything that `from` holds, but for what is made anew. */
function link({ root }: AsteriskPlace, from: string, to: string, except: readonly string[]): void {
  const source = followed(root, from);
  // An Asterisk without sounds of its own has no such folder.
  if (source === null) return;
  for (const name of readdirSync(root + source)) {
    if (!except.includes(name)) symlinkSync(`${source}/${name}`, join(to, name));
  }
}

/** Debian's folder of sounds is a link to a link, and their absolute paths begin at the root that Asterisk sees. */
function followed(root: string, path: string): string | null {
  const found = lstatSync(root + path, { throwIfNoEntry: false });
  if (found === undefined) return null;
  if (!found.isSymbolicLink()) return path;
  return followed(root, resolve(dirname(path), readlinkSync(root + path)));
}
