// Makes the audio set: every clip of the plan as a WAV file that begins with the answer, and a manifest that says what each
// of them is. The same seed makes the same bytes, given the same version of espeak-ng.

import { execFile } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { promisify } from "node:util";
import { SeededRandom } from "../../src/simulation/seeded-random.ts";
import type { Clip, Words } from "./plan.ts";
import { planClips } from "./plan.ts";
import {
  joined,
  lasting,
  levelled,
  mixed,
  noise,
  silence,
  tone,
  toTelephone,
  trimmed,
  wavOf,
  withPauses,
} from "./sound.ts";
import type { Sound } from "./sound.ts";

const run = promisify(execFile);

/** Raise it when a recipe changes: older sets are then left alone and a new one is made. */
export const SET_VERSION = 1;
export const DEFAULT_SEED = 1;
/** Longer than the longest verdict of any detector that is measured (AMD() with its defaults: 5 s). */
export const CLIP_MS = 6_500;
/** So many clips are made side by side. */
const AT_ONCE = 4;

export interface AudioSet {
  readonly folder: string;
  readonly clips: readonly Clip[];
}

export const fileOf = (set: Pick<AudioSet, "folder">, clip: Pick<Clip, "id" | "half" | "truth">): string =>
  join(set.folder, clip.half, clip.truth, `${clip.id}.wav`);

/** The set below `parent`, made where it is missing; about half a minute. */
export async function ensureAudioSet(parent: string, seed = DEFAULT_SEED): Promise<AudioSet> {
  const folder = join(parent, `fairdial-amd-${String(SET_VERSION)}-${String(seed)}`);
  const manifest = join(folder, "manifest.json");
  if (existsSync(manifest)) return { folder, clips: JSON.parse(readFileSync(manifest, "utf8")) as Clip[] };
  mkdirSync(parent, { recursive: true });
  const making = mkdtempSync(`${folder}.`);
  try {
    const clips = planClips(seed);
    await makeClips(making, clips, seed);
    writeFileSync(join(making, "manifest.json"), `${JSON.stringify(clips, null, 1)}\n`);
    // Renamed last: a half-made set is never used. Two may do this at the same time; the first one wins.
    if (existsSync(manifest)) rmSync(making, { recursive: true });
    else renameSync(making, folder);
    return { folder, clips };
  } catch (error) {
    rmSync(making, { recursive: true, force: true });
    throw error;
  }
}

/** Some clips of a seed's plan, as the set below `folder` has them. */
export async function makeClips(folder: string, clips: readonly Clip[], seed = DEFAULT_SEED): Promise<void> {
  const make = async (clip: Clip): Promise<void> => {
    const file = fileOf({ folder }, clip);
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, wavOf(await soundOf(clip, seed, folder)));
  };
  for (let n = 0; n < clips.length; n += AT_ONCE) await Promise.all(clips.slice(n, n + AT_ONCE).map(make));
}

async function soundOf(clip: Clip, seed: number, scratch: string): Promise<Sound> {
  const dice = new SeededRandom(seed).stream(`noise ${clip.id}`);
  const said = joined(silence(clip.beginsAfterMs), await heard(clip, scratch));
  const line = noise(clip.noise.colour, CLIP_MS, clip.noise.mean, dice);
  return mixed(line, lasting(said, CLIP_MS));
}

/** Whatever is heard from the first sound on, without the line's noise. */
async function heard(clip: Clip, scratch: string): Promise<Sound> {
  const { peak, variety } = clip;
  switch (clip.kind) {
    case "hello":
    case "named": {
      // Whoever gets no answer says it again.
      const words = await spoken(clip, clip.words, scratch);
      return joined(words, silence(1_800 + 1_000 * variety), words);
    }
    case "business":
      return spoken(clip, clip.words, scratch);
    case "personal":
    case "carrier":
    case "company":
      return joined(await spoken(clip, clip.words, scratch), silence(300 + 700 * variety), beep(variety, peak));
    case "opener": {
      const [first = "", rest = ""] = clip.words?.text.split("|") ?? [];
      return joined(
        await spoken(clip, clip.words && { ...clip.words, text: first }, scratch),
        silence(clip.pauseMs),
        await spoken(clip, clip.words && { ...clip.words, text: rest }, scratch),
        beep(variety, peak),
      );
    }
    case "silence":
    case "noise":
      return silence(0);
    case "ringback":
      return ringback(variety, peak);
    case "sit":
      // Special information tones, as ITU-T E.180 has them, and again after a second.
      return joined(sit(peak), silence(1_000), sit(peak));
    case "fax-cng":
      // The calling tone of ITU-T T.30: half a second of every three and a half.
      return joined(tone([1_100], 500, peak * 0.5), silence(3_000), tone([1_100], 500, peak * 0.5));
    case "fax-ced":
      // What a called fax machine says: 2100 Hz for about three seconds.
      return tone([2_100], 2_600 + 1_400 * variety, peak * 0.5);
  }
}

const sit = (peak: number): Sound =>
  joined(...([950, 1_400, 1_800] as const).map((hertz) => tone([hertz], 330, peak * 0.5)));

const beep = (variety: number, peak: number): Sound =>
  tone([[425, 800, 1_000, 1_400][Math.floor(variety * 4)] ?? 1_000], 200 + 600 * variety, peak * 0.5);

/** British, American, or continental ring tone, for as long as the clip lasts. */
function ringback(variety: number, peak: number): Sound {
  const amplitude = peak * 0.25;
  const cadences: readonly Sound[] = [
    joined(tone([400, 450], 400, amplitude), silence(200), tone([400, 450], 400, amplitude), silence(2_000)),
    joined(tone([440, 480], 2_000, amplitude), silence(4_000)),
    joined(tone([425], 1_000, amplitude), silence(4_000)),
  ];
  const once = cadences[Math.floor(variety * cadences.length)] ?? silence(0);
  return joined(once, once, once);
}

async function spoken({ id, peak, pauseMs }: Clip, words: Words | null, scratch: string): Promise<Sound> {
  if (words === null) return silence(0);
  const file = join(scratch, `words-${id}.wav`);
  const { voice, speed, pitch, text } = words;
  await run("espeak-ng", ["-v", voice, "-s", String(speed), "-p", String(pitch), "-w", file, text]);
  const bytes = readFileSync(file);
  rmSync(file);
  // espeak-ng writes the plain header of 44 bytes, and 16 bits mono.
  const samples = new Float64Array((bytes.length - 44) >> 1);
  for (let i = 0; i < samples.length; i += 1) samples[i] = bytes.readInt16LE(44 + i * 2) / 32_768;
  return levelled(withPauses(trimmed(toTelephone(samples, bytes.readUInt32LE(24))), pauseMs), peak);
}
