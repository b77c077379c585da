// Sounds as samples of 8 kHz: tones, noise, words in the band of a telephone, and how they are put together. Numbers from -1
// to 1 until the end.

import type { SeededRandom } from "../../src/simulation/seeded-random.ts";

export const RATE = 8_000;

export type Sound = Float64Array;

const samplesOf = (ms: number): number => Math.round((ms / 1_000) * RATE);

export const silence = (ms: number): Sound => new Float64Array(samplesOf(ms));

/** Sines of these frequencies together, each of this amplitude, with edges of 5 ms that do not click. */
export function tone(frequencies: readonly number[], ms: number, amplitude: number): Sound {
  const sound = silence(ms);
  const edge = RATE * 0.005;
  for (let i = 0; i < sound.length; i += 1) {
    const sum = frequencies.reduce((total, hertz) => total + Math.sin((2 * Math.PI * hertz * i) / RATE), 0);
    sound[i] = amplitude * sum * Math.min(1, i / edge, (sound.length - 1 - i) / edge);
  }
  return sound;
}

export type NoiseColour = "white" | "pink" | "hum";

/** Noise whose mean absolute value is `mean` of 32,767, as Asterisk measures loudness. */
export function noise(colour: NoiseColour, ms: number, mean: number, dice: SeededRandom): Sound {
  const sound = silence(ms);
  // Pink by three leaky sums of the same dice (after Paul Kellet's filter); hum is the mains and its overtones.
  let [slow, middle, quick] = [0, 0, 0];
  for (let i = 0; i < sound.length; i += 1) {
    const white = dice.next() * 2 - 1;
    slow = 0.997 * slow + 0.0296 * white;
    middle = 0.963 * middle + 0.0326 * white;
    quick = 0.57 * quick + 0.048 * white;
    const at = (2 * Math.PI * 50 * i) / RATE;
    const hum = Math.sin(2 * at) + 0.5 * Math.sin(4 * at) + 0.3 * Math.sin(6 * at) + 0.05 * white;
    sound[i] = colour === "white" ? white : colour === "pink" ? slow + middle + quick + 0.05 * white : hum;
  }
  return scaled(sound, mean / 32_767 / Math.max(1e-9, meanOf(sound)));
}

const meanOf = (sound: Sound): number =>
  sound.length === 0 ? 0 : sound.reduce((sum, each) => sum + Math.abs(each), 0) / sound.length;

export const scaled = (sound: Sound, factor: number): Sound => sound.map((each) => each * factor);

/** With its loudest sample at `peak`. */
export function levelled(sound: Sound, peak: number): Sound {
  const loudest = sound.reduce((most, each) => Math.max(most, Math.abs(each)), 0);
  return loudest === 0 ? sound : scaled(sound, peak / loudest);
}

export function joined(...parts: readonly Sound[]): Sound {
  const whole = new Float64Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}

/** One over the other from its beginning; as long as the first. */
export const mixed = (under: Sound, over: Sound): Sound => under.map((each, i) => each + (over[i] ?? 0));

/** Exactly so long: cut, or silent at the end. */
export function lasting(sound: Sound, ms: number): Sound {
  const whole = silence(ms);
  whole.set(sound.subarray(0, whole.length));
  return whole;
}

/** From its first sound to its last, of a fiftieth of its loudest. */
export function trimmed(sound: Sound): Sound {
  const floor = sound.reduce((most, each) => Math.max(most, Math.abs(each)), 0) / 50;
  const isHeard = (each: number): boolean => Math.abs(each) > floor;
  const first = sound.findIndex(isHeard);
  return first < 0 ? new Float64Array() : sound.slice(first, sound.findLastIndex(isHeard) + 1);
}

/** With pauses of at most so long; a pause is what is a hundredth as loud as the loudest. */
export function withPauses(sound: Sound, pauseMaxMs: number): Sound {
  const floor = sound.reduce((most, each) => Math.max(most, Math.abs(each)), 0) / 100;
  const longest = samplesOf(pauseMaxMs);
  let quiet = 0;
  return sound.filter((each) => {
    quiet = Math.abs(each) > floor ? 0 : quiet + 1;
    return quiet <= longest;
  });
}

/** Half the width of the filter below, in samples of the output. */
const REACH = 16;
const HIGHEST_HZ = 3_400;
const LOWEST_HZ = 300;

/** Any rate to 8 kHz, in the band of a telephone (300 to 3400 Hz): a sinc under a Hann window, and a pole below. */
export function toTelephone(samples: Float64Array, rate: number): Sound {
  const step = rate / RATE;
  const cutoff = HIGHEST_HZ / rate;
  const reach = REACH * step;
  const out = new Float64Array(Math.floor(samples.length / step));
  for (let n = 0; n < out.length; n += 1) {
    const centre = n * step;
    let sum = 0;
    for (let i = Math.max(0, Math.ceil(centre - reach)); i <= Math.min(samples.length - 1, centre + reach); i += 1) {
      const x = i - centre;
      const sinc = x === 0 ? 2 * cutoff : Math.sin(2 * Math.PI * cutoff * x) / (Math.PI * x);
      sum += (samples[i] ?? 0) * sinc * (0.5 + 0.5 * Math.cos((Math.PI * x) / reach));
    }
    out[n] = sum;
  }
  return highPassed(out);
}

function highPassed(sound: Sound): Sound {
  const keep = 1 / (1 + (2 * Math.PI * LOWEST_HZ) / RATE);
  const out = new Float64Array(sound.length);
  for (let i = 1; i < sound.length; i += 1) out[i] = keep * ((out[i - 1] ?? 0) + (sound[i] ?? 0) - (sound[i - 1] ?? 0));
  return out;
}

/** 16 bits, mono, 8 kHz, with the plain header of 44 bytes. */
export function wavOf(sound: Sound): Buffer {
  const bytes = Buffer.alloc(44 + sound.length * 2);
  bytes.write("RIFF", 0);
  bytes.writeUInt32LE(36 + sound.length * 2, 4);
  bytes.write("WAVEfmt ", 8);
  bytes.writeUInt32LE(16, 16);
  bytes.writeUInt16LE(1, 20);
  bytes.writeUInt16LE(1, 22);
  bytes.writeUInt32LE(RATE, 24);
  bytes.writeUInt32LE(RATE * 2, 28);
  bytes.writeUInt16LE(2, 32);
  bytes.writeUInt16LE(16, 34);
  bytes.write("data", 36);
  bytes.writeUInt32LE(sound.length * 2, 40);
  for (const [i, each] of sound.entries()) {
    bytes.writeInt16LE(Math.max(-32_767, Math.min(32_767, Math.round(each * 32_767))), 44 + i * 2);
  }
  return bytes;
}
