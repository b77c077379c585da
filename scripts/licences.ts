// Prints what the packages that are shipped are licensed under, and ends with 1 where that is not on the list of what may go
// with an Apache-2.0 program. Reads the lock file, and the packages themselves where it says nothing of one.

import { readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const root = join(import.meta.dirname, "..");

/** They ask for nothing but their notices. */
export const ALLOWED: readonly string[] = [
  ...["MIT", "Apache-2.0", "ISC", "BSD-2-Clause", "BSD-3-Clause", "0BSD", "Unlicense", "CC0-1.0", "BlueOak-1.0.0"],
];

/** As their authors wrote them. */
const SPELT: Readonly<Record<string, string>> = { Apache2: "Apache-2.0", "apache 2.0": "Apache-2.0" };

/** Their package.json says nothing, and a human has read what else they say; by version, so that another is read anew. */
const READ: Readonly<Record<string, string>> = {
  // By the head of lib/sprintf.js.
  "sprintf@0.1.1": "BSD-3-Clause",
};

export interface LockedPackage {
  readonly version?: string;
  readonly license?: string;
  readonly dev?: boolean;
  readonly devOptional?: boolean;
}

export interface Shipped {
  readonly name: string;
  readonly version: string;
  /** Null where nobody says. */
  readonly licence: string | null;
  readonly allowed: boolean;
}

type ReadPackage = (path: string) => { readonly licenses?: readonly { readonly type?: string }[] } | null;

/** One of several is enough where a package lets choose. */
const isAllowed = (licence: string): boolean =>
  licence
    .replace(/[()]/g, "")
    .split(/\s+OR\s+/)
    .some((each) => ALLOWED.includes(SPELT[each] ?? each));

export const shipped = (packages: Readonly<Record<string, LockedPackage>>, read: ReadPackage): readonly Shipped[] =>
  Object.entries(packages)
    .filter(([path, { dev, devOptional }]) => path !== "" && dev !== true && devOptional !== true)
    .map(([path, { version = "", license }]) => {
      const name = path.slice(path.lastIndexOf("node_modules/") + "node_modules/".length);
      const licence = license ?? read(path)?.licenses?.[0]?.type ?? READ[`${name}@${version}`] ?? null;
      return { name, version, licence, allowed: licence !== null && isAllowed(licence) };
    });

export const lockedPackages = (): Readonly<Record<string, LockedPackage>> =>
  (JSON.parse(readFileSync(join(root, "package-lock.json"), "utf8")) as { packages: Record<string, LockedPackage> })
    .packages;

export const fromDisk: ReadPackage = (path) => {
  try {
    return JSON.parse(readFileSync(join(root, path, "package.json"), "utf8")) as ReturnType<ReadPackage>;
  } catch {
    return null;
  }
};

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const all = shipped(lockedPackages(), fromDisk);
  const counts = new Map<string, number>();
  for (const { licence } of all) counts.set(licence ?? "none named", (counts.get(licence ?? "none named") ?? 0) + 1);
  for (const [licence, count] of [...counts].sort(([, a], [, b]) => b - a)) console.log(`${String(count)}\t${licence}`);
  const refused = all.filter(({ allowed }) => !allowed);
  for (const { name, version, licence } of refused) console.error(`${name}@${version}: ${licence ?? "none named"}`);
  process.exitCode = refused.length > 0 ? 1 : 0;
}
