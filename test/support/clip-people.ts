// People and machines of the AMD audio set on the pretend network: a number for each clip, which rings, answers and plays it.

import { copyFileSync, mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { addExtension } from "../../scripts/amd/calls.ts";
import { DEFAULT_SEED, fileOf, makeClips } from "../../scripts/amd/make.ts";
import { planClips } from "../../scripts/amd/plan.ts";
import { silence, wavOf } from "../../scripts/amd/sound.ts";
import type { Lab } from "../../scripts/lab/lab.ts";

/** 0114 496 0xxx, kept free for drama: the last three digits say who it is. */
const PREFIX = "+441144960";
/** How long a machine records after its beep: the least quiet before a message, and the message. */
const RECORDS_MS = 8_000;

/**
 * Makes the clips and gives each number of `people`, by its last three digits, one of them; those of `machines` stay on the
 * line in silence after it. What they hear is recorded as of the network's other people.
 */
export async function addClipPeople(
  lab: Lab,
  people: Readonly<Record<string, string>>,
  machines: Readonly<Record<string, string>>,
): Promise<void> {
  const folder = join(lab.ground.folder, "amd-clips");
  mkdirSync(folder, { recursive: true });
  const wanted = new Set([...Object.values(people), ...Object.values(machines)]);
  const clips = planClips(DEFAULT_SEED).filter(({ id }) => wanted.has(id));
  await makeClips(folder, clips);
  for (const clip of clips) copyFileSync(fileOf({ folder }, clip), join(folder, `${clip.id}.wav`));
  writeFileSync(join(folder, "record.wav"), wavOf(silence(RECORDS_MS)));
  const sounds = lab.ground.asterisk.inside(folder);
  const add = async (last: string, clip: string, after: string): Promise<void> => {
    // Trunks send numbers with and without the plus.
    for (const number of [clipNumber(last), clipNumber(last).slice(1)]) {
      await addExtension(lab.network, "numbers", number, [
        "Set(NUMBER=${EXTEN})",
        "Ringing()",
        "Wait(0.3)",
        "Gosub(hear,s,1)",
        "Answer()",
        "Set(GLOBAL(SPOKE_${NUMBER})=${STRFTIME(,,%s.%3q)})",
        `Playback(${sounds}/${clip}${after})`,
        "Hangup(16)",
      ]);
    }
  };
  for (const [last, clip] of Object.entries(people)) await add(last, clip, "");
  for (const [last, clip] of Object.entries(machines)) await add(last, clip, `&${sounds}/record`);
}

/** Somebody who answers and leaves 0.8 seconds later, before any verdict. */
export async function addLeaver(lab: Lab, last: string): Promise<void> {
  for (const number of [clipNumber(last), clipNumber(last).slice(1)]) {
    await addExtension(lab.network, "numbers", number, [
      "Ringing()",
      "Wait(0.3)",
      "Answer()",
      "Wait(0.8)",
      "Hangup(16)",
    ]);
  }
}

export const clipNumber = (last: string): string => `${PREFIX}${last}`;
