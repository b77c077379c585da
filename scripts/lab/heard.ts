// What a called person heard, measured from the recording: silence is written down as zeros, not left out.

import { readFileSync } from "node:fs";

/** Samples per frame: 20 ms at 8 kHz. */
const FRAME = 160;
/** Loudest sample of a frame that a person would call silent, of 32767; our quietest tone peaks at 4000. */
const AUDIBLE_PEAK = 200;

/** Milliseconds of sound in a recording, counted in frames of 20 ms; 0 means that the person heard nothing. */
export function audibleMs(file: string): number {
  const wav = readFileSync(file);
  // Asterisk writes the plain 44-byte header.
  const bytes = wav.subarray(44);
  let frames = 0;
  for (let at = 0; at + FRAME * 2 <= bytes.length; at += FRAME * 2) {
    let peak = 0;
    for (let i = 0; i < FRAME; i += 1) peak = Math.max(peak, Math.abs(bytes.readInt16LE(at + i * 2)));
    if (peak > AUDIBLE_PEAK) frames += 1;
  }
  return frames * 20;
}
