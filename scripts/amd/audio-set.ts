// Makes the labelled audio set on which answering-machine detection is tuned and measured, and says where it is.

import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import yargs from "yargs";
import { hideBin } from "yargs/helpers";
import { cacheDir } from "../lab/places.ts";
import { DEFAULT_SEED, ensureAudioSet, fileOf } from "./make.ts";

const options = await yargs(hideBin(process.argv))
  .scriptName("npx tsx scripts/amd/audio-set.ts --")
  .option("seed", { type: "number", default: DEFAULT_SEED, describe: "another seed, another set" })
  .option("folder", { type: "string", default: cacheDir, describe: "where the set's own folder is made" })
  .check(({ seed }) => {
    if (!Number.isInteger(seed) || seed < 0) throw new Error("--seed must be a whole number from 0");
    return true;
  })
  .strict()
  .version(false)
  .parse();

const set = await ensureAudioSet(options.folder, options.seed);
const counts = new Map<string, number>();
const hash = createHash("sha256");
for (const clip of set.clips) {
  const name = `${clip.half} ${clip.truth} ${clip.kind}`;
  counts.set(name, (counts.get(name) ?? 0) + 1);
  hash.update(readFileSync(fileOf(set, clip)));
}
for (const [name, count] of [...counts].sort()) console.log(`${name.padEnd(28)}${String(count).padStart(4)}`);
console.log(`${String(set.clips.length)} clips in ${set.folder}, sha256 ${hash.digest("hex").slice(0, 16)}`);
