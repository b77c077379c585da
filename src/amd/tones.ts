/**
 * Tones on a line: a fax machine's, special information tones, and a telephone that rings. From the sound itself, in
 * frames of 20 ms at 8,000 samples a second, by Goertzel's algorithm on a handful of frequencies.
 *
 * The rule to remember: a tone is nearly all of what is heard for a fifth of a second or more, and no voice is so. Speech,
 * music and whatever else is in doubt is never a tone, and ends the belief that nobody but a telephone is there.
 */
import type { HeardTone } from "../domain/amd.ts";

export interface ToneHeard {
  readonly type: "tone";
  readonly tone: HeardTone;
  /** Which of several: `cng`, `ced`; `sit` with `-vacant`, `-intercept`, `-no-circuit`, `-reorder`; `ringback`. */
  readonly name: ToneName;
}

export type ToneName =
  "cng" | "ced" | "sit" | "sit-vacant" | "sit-intercept" | "sit-no-circuit" | "sit-reorder" | "ringback";

/** After ring tone: something that is none, for so long that it is no click. */
export interface VoiceHeard {
  readonly type: "voice";
}

export type Heard = ToneHeard | VoiceHeard;

export const TONE_FRAME_MS = 20;
export const TONE_RATE = 8_000;
export const TONE_FRAME_SAMPLES = (TONE_RATE / 1_000) * TONE_FRAME_MS;

/** `low`, `middle`, `high`: the three of special information tones. */
type Kind = "cng" | "ced" | "low" | "middle" | "high" | "ring";

/**
 * In hertz. T.30 allows 38 either way for 1,100, and 15 for 2,100. E.180 has 950, 1,400 and 1,800 for the information
 * tones; North America varies the first two to say what is wrong. Ring tone is of 400 to 480, one frequency or two.
 */
const CANDIDATES: Readonly<Record<Exclude<Kind, "ring">, readonly number[]>> = {
  cng: [1_075, 1_100, 1_125],
  ced: [2_090, 2_100, 2_110],
  low: [914, 950, 985],
  middle: [1_371, 1_400, 1_429],
  high: [1_777, 1_800],
};
const SINGLE = Object.keys(CANDIDATES) as readonly (keyof typeof CANDIDATES)[];
/** Orthogonal in a frame of 20 ms, so that what they hold adds up. */
const RING_BINS = [400, 450, 500] as const;
/** Of the frame's energy: a frequency between two candidates, on a line that hisses, still has so much. */
const PURE_MIN = 0.7;
const RING_MIN = 0.75;
/** Mean square of the frame: below a mean of about 60 of 32,767 nothing is told apart from the line's own noise. */
const QUIET_BELOW = 5_000;
/** As talk detection has it: louder than this and no tone is somebody. */
const VOICE_MEAN_SQUARE = 200_000;

/** In frames. A fax calls for half a second and answers for three: 300 ms are no beep of an answering machine. */
const FAX_FRAMES = 15;
/** Each of the three lasts 274 to 380 ms; of the last a little is enough. */
const SIT_FRAMES = 10;
const SIT_LAST_FRAMES = 4;
/** Between two of the three. */
const SIT_GAP_FRAMES = 4;
/** Longer than the 400 ms of British ring tone, and than any vowel. */
const RING_FRAMES = 36;
/** Two bursts of 400 ms, 200 ms apart. */
const RING_BURST_FRAMES = 16;
const RING_BURST_MAX_FRAMES = 24;
const RING_GAP_FRAMES = [6, 14] as const;
/** A lost packet, a turn of phase, or the trough of a beat. */
const DROPOUT_FRAMES = 2;
const VOICE_FRAMES = 10;

interface Run {
  readonly kind: Kind;
  readonly frames: number;
  /** Frames since the last of this kind. */
  readonly since: number;
  /** By candidate: how often it was the strongest. */
  readonly votes: readonly number[];
}

export interface Tones {
  readonly run: Run | null;
  /** The runs that are over, the last three of them, and how many frames ago each ended. */
  readonly past: readonly Run[];
  /** What was told: each once. */
  readonly told: readonly HeardTone[];
  readonly voiceFrames: number;
  readonly voiceTold: boolean;
}

export const NO_TONES: Tones = { run: null, past: [], told: [], voiceFrames: 0, voiceTold: false };

/** What is known after one more frame, and what is to be told because of it. A frame of another length is no frame. */
export function hearTones(
  before: Tones,
  frame: Int16Array,
): { readonly tones: Tones; readonly heard: readonly Heard[] } {
  if (frame.length !== TONE_FRAME_SAMPLES) return { tones: before, heard: [] };
  const label = labelOf(frame);
  const tones = continued(before, label);
  const found = label === null ? null : toneOf(tones);
  if (found !== null && !tones.told.includes(found.tone)) {
    return { tones: { ...tones, told: [...tones.told, found.tone] }, heard: [found] };
  }
  return heardVoice(tones, frame, label);
}

function heardVoice(tones: Tones, frame: Int16Array, label: Label | null): ReturnType<typeof hearTones> {
  if (label !== null || tones.voiceTold || !tones.told.includes("ringback") || energyOf(frame) < VOICE_MEAN_SQUARE) {
    return { tones, heard: [] };
  }
  const voiceFrames = tones.voiceFrames + 1;
  const voiceTold = voiceFrames >= VOICE_FRAMES;
  return { tones: { ...tones, voiceFrames, voiceTold }, heard: voiceTold ? [{ type: "voice" }] : [] };
}

/* ------------------------------------------------------------------ One frame */

interface Label {
  readonly kind: Kind;
  readonly candidate: number;
}

/** Mean square. */
const energyOf = (frame: Int16Array): number => {
  let sum = 0;
  for (const sample of frame) sum += sample * sample;
  return sum / frame.length;
};

/** The share of the frame's energy that is at this frequency: 1 for a pure tone. */
function shareAt(frame: Int16Array, hertz: number, energy: number): number {
  const turn = 2 * Math.cos((2 * Math.PI * hertz) / TONE_RATE);
  let last = 0;
  let beforeLast = 0;
  for (const sample of frame) {
    const now = sample + turn * last - beforeLast;
    beforeLast = last;
    last = now;
  }
  const power = last * last + beforeLast * beforeLast - turn * last * beforeLast;
  return (2 * power) / (frame.length * frame.length * energy);
}

function labelOf(frame: Int16Array): Label | null {
  const energy = energyOf(frame);
  if (energy < QUIET_BELOW) return null;
  const ring = RING_BINS.reduce((sum, hertz) => sum + shareAt(frame, hertz, energy), 0);
  if (ring >= RING_MIN) return { kind: "ring", candidate: 0 };
  let best: Label | null = null;
  let most = PURE_MIN;
  for (const kind of SINGLE) {
    for (const [candidate, hertz] of CANDIDATES[kind].entries()) {
      const share = shareAt(frame, hertz, energy);
      if (share < most) continue;
      most = share;
      best = { kind, candidate };
    }
  }
  return best;
}

/* ------------------------------------------------------------------ Frame after frame */

const begun = ({ kind, candidate }: Label): Run => ({ kind, frames: 1, since: 0, votes: voted([], candidate) });

const voted = (votes: readonly number[], candidate: number): readonly number[] => {
  const counted = [...votes];
  while (counted.length <= candidate) counted.push(0);
  counted[candidate] = (counted[candidate] ?? 0) + 1;
  return counted;
};

const PAST_MAX = 3;

function continued(before: Tones, label: Label | null): Tones {
  const past = before.past.map((run) => ({ ...run, since: run.since + 1 }));
  const { run } = before;
  if (run === null) return { ...before, past, run: label === null ? null : begun(label) };
  if (label?.kind === run.kind) {
    const frames = run.frames + 1 + run.since;
    return { ...before, past, run: { ...run, frames, since: 0, votes: voted(run.votes, label.candidate) } };
  }
  const older: Run = { ...run, since: run.since + 1 };
  if (label === null && older.since <= DROPOUT_FRAMES) return { ...before, past, run: older };
  return { ...before, past: [...past, older].slice(-PAST_MAX), run: label === null ? null : begun(label) };
}

function toneOf({ run, past }: Tones): ToneHeard | null {
  if (run === null || run.since > 0) return null;
  switch (run.kind) {
    case "cng":
    case "ced":
      return run.frames >= FAX_FRAMES ? { type: "tone", tone: "fax", name: run.kind } : null;
    case "high":
      return run.frames >= SIT_LAST_FRAMES ? sitOf(run, past) : null;
    case "ring":
      return run.frames >= RING_FRAMES || isSecondBurst(run, past)
        ? { type: "tone", tone: "ringback", name: "ringback" }
        : null;
    default:
      return null;
  }
}

/** Low, middle and high one after the other, without anything else between them. */
function sitOf(run: Run, past: readonly Run[]): ToneHeard | null {
  const [low, middle] = past.slice(-2);
  if (low?.kind !== "low" || middle?.kind !== "middle") return null;
  if (low.frames < SIT_FRAMES || middle.frames < SIT_FRAMES) return null;
  // Counted back from now: the end of one to the beginning of the next.
  const gap = middle.since - run.frames;
  const gapBefore = low.since - middle.since - middle.frames;
  if (gap > SIT_GAP_FRAMES || gapBefore > SIT_GAP_FRAMES) return null;
  return { type: "tone", tone: "sit", name: SIT_NAMES[`${strongest(low)}${strongest(middle)}`] ?? "sit" };
}

/** By the candidates of the first and the second: 914 or 985 Hz, 1,371 or 1,429 Hz. The world's 950 and 1,400 say nothing. */
const SIT_NAMES: Readonly<Record<string, ToneName>> = {
  "00": "sit-intercept",
  "20": "sit-vacant",
  "02": "sit-reorder",
  "22": "sit-no-circuit",
};

const strongest = ({ votes }: Run): number => votes.indexOf(Math.max(...votes));

function isSecondBurst(run: Run, past: readonly Run[]): boolean {
  const first = past.at(-1);
  if (first?.kind !== "ring" || run.frames < RING_BURST_FRAMES) return false;
  const gap = first.since - run.frames;
  const [shortest, longest] = RING_GAP_FRAMES;
  const isBurst = first.frames >= RING_BURST_FRAMES && first.frames <= RING_BURST_MAX_FRAMES;
  return isBurst && gap >= shortest && gap <= longest;
}
