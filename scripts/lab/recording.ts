// What a person heard, sample by sample: when it began, whether it was a certain message, and whether its end was there.

import { readFileSync } from "node:fs";

/** Samples a millisecond. */
const RATE = 8;
/** Louder than a person would call silence, of 32767; a-law turns silence into ±8, and our quietest tone peaks at 4000. */
const AUDIBLE = 200;
/** So much of a message's beginning and of its end is compared. */
const WINDOW_MS = 400;
/** How alike two stretches must be, 1 being the same: what was sent twice through a-law comes to 0.99, other words to 0.2. */
const ALIKE_MIN = 0.8;
/** The beginning is looked for so far from the first sound: a packet or two may be missing before it. */
const HEAD_SHIFT_MAX_MS = 60;
/** The end is looked for so far from where it should be: packets that come late shift what follows. */
const SHIFT_MAX_MS = 400;

/** 8 kHz, 16 bits, mono. */
export type Samples = Int16Array;

/** A WAV file with the plain header of 44 bytes, as Asterisk and the lab's recipes write it. */
export function readSamples(file: string): Samples {
  const bytes = readFileSync(file);
  const samples = new Int16Array(Math.max(0, bytes.length - 44) >> 1);
  for (let i = 0; i < samples.length; i += 1) samples[i] = bytes.readInt16LE(44 + i * 2);
  return samples;
}

/** Milliseconds from the beginning to the first sound; null when there is none. */
export function firstSoundMs(samples: Samples): number | null {
  const at = samples.findIndex((sample) => Math.abs(sample) > AUDIBLE);
  return at < 0 ? null : at / RATE;
}

/** Milliseconds from the beginning to the end of the last sound; null when there is none. */
export function lastSoundMs(samples: Samples): number | null {
  const at = samples.findLastIndex((sample) => Math.abs(sample) > AUDIBLE);
  return at < 0 ? null : (at + 1) / RATE;
}

export type MessageHeard = {
  /** From the beginning of the recording to the message's first sound. */
  readonly beganMs: number;
  /** Whether its last words were heard, about when they should have been. */
  readonly toItsEnd: boolean;
  /** From its first sound to the last sound of the recording. */
  readonly lastedMs: number;
};

/** Whether the first thing in a recording is this message, and how much of it; null when it is something else, or nothing. */
export function messageHeard(recording: Samples, message: Samples): MessageHeard | null {
  const beganMs = firstSoundMs(recording);
  const [begins, ends] = [firstSoundMs(message), lastSoundMs(message)];
  if (beganMs === null || begins === null || ends === null) return null;
  const head = slice(message, begins, begins + WINDOW_MS);
  // What was sent before the recording began is not in it.
  if (likeness(recording, head, beganMs, HEAD_SHIFT_MAX_MS) < ALIKE_MIN) return null;
  const tail = slice(message, ends - WINDOW_MS, ends);
  const tailAt = beganMs + (ends - WINDOW_MS - begins);
  return {
    beganMs,
    toItsEnd: likeness(recording, tail, tailAt, SHIFT_MAX_MS) >= ALIKE_MIN,
    lastedMs: (lastSoundMs(recording) ?? beganMs) - beganMs,
  };
}

const slice = (samples: Samples, fromMs: number, toMs: number): Samples =>
  samples.subarray(Math.round(fromMs * RATE), Math.round(toMs * RATE));

/** Greatest normalised correlation of `part` with the recording, at most `shiftMs` from where it is expected. */
function likeness(recording: Samples, part: Samples, atMs: number, shiftMs: number): number {
  const power = (samples: Samples): number => samples.reduce((sum, sample) => sum + sample * sample, 0);
  const partPower = power(part);
  let best = 0;
  const first = Math.max(0, Math.round((atMs - shiftMs) * RATE));
  const last = Math.min(recording.length - part.length, Math.round((atMs + shiftMs) * RATE));
  for (let at = first; at <= last; at += 1) {
    let product = 0;
    let here = 0;
    for (let i = 0; i < part.length; i += 1) {
      const sample = recording[at + i] ?? 0;
      product += sample * (part[i] ?? 0);
      here += sample * sample;
    }
    if (here > 0) best = Math.max(best, product / Math.sqrt(here * partPower));
  }
  return best;
}
