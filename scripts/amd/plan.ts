// Which clips there are: what each of them is, who speaks, how soon, how loud, over which noise. The plan is made of dice
// alone, so a seed gives the same clips, and it can be looked at without making a sound.
//
// When people begin to speak, how loud and over what is our guess at telephones, not a measurement of any: figures found on
// these clips compare detectors with each other, and promise nothing about a campaign's own lists.

import type { Truth } from "../../src/amd/confusion.ts";
import { SeededRandom } from "../../src/simulation/seeded-random.ts";
import type { Language, PhraseGroup } from "./phrases.ts";
import { LANGUAGES, PHRASES, VARIANTS, VOICES } from "./phrases.ts";
import type { NoiseColour } from "./sound.ts";

/** `tune`: parameters may be chosen on it. `report`: held out, and only ever measured. */
export type Half = "tune" | "report";
export const HALVES: readonly Half[] = ["tune", "report"];

/** What a clip holds besides words. */
export type ClipKind = PhraseGroup | "silence" | "noise" | "ringback" | "sit" | "fax-cng" | "fax-ced";

export interface Words {
  readonly text: string;
  readonly language: Language;
  /** As the synthesiser knows it. */
  readonly voice: string;
  /** Words a minute. */
  readonly speed: number;
  /** 0 to 99. */
  readonly pitch: number;
}

export interface Clip {
  /** Three digits; the number that is dialled ends in them. */
  readonly id: string;
  readonly truth: Truth;
  readonly kind: ClipKind;
  readonly half: Half;
  readonly words: Words | null;
  /** From the answer to the first word, or tone. */
  readonly beginsAfterMs: number;
  /** Between the two parts of an opener; no pause within words is longer, for the synthesiser's are longer than people's. */
  readonly pauseMs: number;
  /** Loudest sample, of 1. */
  readonly peak: number;
  readonly noise: { readonly colour: NoiseColour; readonly mean: number };
  /** Of whatever the kind leaves open: which beep, which of several tones. */
  readonly variety: number;
}

/** How many of each there are in a set of scale 1; even, for the halves. */
const COUNTS: Readonly<Record<ClipKind, number>> = {
  hello: 120,
  named: 56,
  business: 32,
  personal: 80,
  carrier: 56,
  company: 32,
  opener: 16,
  silence: 16,
  noise: 16,
  ringback: 16,
  sit: 16,
  "fax-cng": 8,
  "fax-ced": 16,
};

export const TRUTH_OF: Readonly<Record<ClipKind, Truth>> = {
  hello: "human",
  named: "human",
  business: "human",
  personal: "machine",
  carrier: "machine",
  company: "machine",
  opener: "machine",
  silence: "silence",
  noise: "noise",
  ringback: "ringback",
  sit: "sit",
  "fax-cng": "fax",
  "fax-ced": "fax",
};

/** From the answer to the first word, least and most: people raise the receiver first, machines start a tape. */
const BEGINS: Readonly<Record<ClipKind, readonly [number, number]>> = {
  hello: [100, 1_000],
  named: [100, 900],
  business: [100, 600],
  personal: [100, 900],
  carrier: [0, 500],
  company: [50, 700],
  opener: [100, 700],
  silence: [0, 0],
  noise: [0, 0],
  ringback: [0, 1_500],
  sit: [0, 300],
  "fax-cng": [0, 500],
  "fax-ced": [200, 1_000],
};

const PHRASE_KINDS: ReadonlySet<string> = new Set(Object.keys(PHRASES));

/** Clips of a seed, in the order in which they are numbered: halves and kinds take turns. */
export function planClips(seed: number): readonly Clip[] {
  const kinds = Object.keys(COUNTS) as ClipKind[];
  const drafts = kinds.flatMap((kind) =>
    HALVES.flatMap((half, side) => {
      const dice = new SeededRandom(seed).stream(`${kind} ${half}`);
      return Array.from({ length: COUNTS[kind] / 2 }, (_, nth) => draft(kind, half, side, nth, dice));
    }),
  );
  const order = new SeededRandom(seed).stream("order");
  return drafts
    .map((clip) => ({ clip, key: order.next() }))
    .sort((a, b) => a.key - b.key)
    .map(({ clip }, n) => ({ id: String(n).padStart(3, "0"), ...clip }));
}

function draft(kind: ClipKind, half: Half, side: number, nth: number, dice: SeededRandom): Omit<Clip, "id"> {
  const [least, most] = BEGINS[kind];
  return {
    truth: TRUTH_OF[kind],
    kind,
    half,
    words: PHRASE_KINDS.has(kind) ? wordsOf(kind as PhraseGroup, side, nth, dice) : null,
    beginsAfterMs: dice.between(least, most),
    pauseMs: kind === "opener" ? dice.between(300, 900) : dice.between(250, 550),
    // Peaks of 3 to 15 dB below the loudest: speech of -15 to -30 dBov, as telephone networks carry it.
    peak: 10 ** (-dice.between(3, 15) / 20),
    noise: noiseOf(kind, dice),
    variety: dice.next(),
  };
}

function wordsOf(group: PhraseGroup, side: number, nth: number, dice: SeededRandom): Words {
  const language = LANGUAGES[nth % LANGUAGES.length] ?? "en";
  const own = PHRASES[group][language].filter((_, n) => n % HALVES.length === side);
  const voices = VOICES[language];
  const variants = VARIANTS[side] ?? [];
  return {
    text: own[Math.floor(nth / LANGUAGES.length) % own.length] ?? "",
    language,
    voice: `${voices[dice.below(voices.length)] ?? language}+${variants[dice.below(variants.length)] ?? "m1"}`,
    speed: dice.between(140, 190),
    pitch: dice.between(35, 65),
  };
}

/** One line in twenty is about as noisy as what Asterisk takes for talking (256); most are quiet. */
function noiseOf(kind: ClipKind, dice: SeededRandom): Clip["noise"] {
  const colour = (["white", "pink", "hum"] as const)[dice.below(3)] ?? "white";
  if (kind === "noise") return { colour, mean: dice.between(150, 900) };
  const roll = dice.next();
  if (roll < 0.75) return { colour, mean: dice.between(0, 30) };
  return { colour, mean: roll < 0.95 ? dice.between(30, 150) : dice.between(150, 350) };
}
