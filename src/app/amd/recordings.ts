/**
 * Labelled recordings of answered calls: WAV files that begin with the answer, each with what was on the line.
 *
 * The label is the name of a folder on the way to the file (`human/0001.wav`), or stands in `labels.csv` beside them
 * (`file,label`). What has no label is refused by name: a figure over an unknown part of a folder would be no figure.
 */
import { readdirSync, readFileSync, statSync } from "node:fs";
import { dirname, join, sep } from "node:path";
import { isTruth, TRUTHS } from "../../amd/confusion.ts";
import type { Truth } from "../../amd/confusion.ts";
import { frameMeans, SAMPLE_RATES } from "../../amd/frames.ts";
import type { SampleRate } from "../../amd/frames.ts";
import { toneEvents } from "../../amd/replay.ts";
import type { TalkEvent } from "../../amd/talk.ts";
import { TONE_RATE } from "../../amd/tones.ts";
import { CliError } from "../cli-error.ts";
import { plural, printable } from "../print.ts";

export interface Recording {
  /** Below the folder that was given. */
  readonly name: string;
  readonly truth: Truth;
  /** Mean loudness of each frame of 20 ms. */
  readonly means: readonly number[];
  /** What a detector of tones says of it. */
  readonly tones: readonly TalkEvent[];
}

const LABELS_FILE = "labels.csv";
/** Verdicts take two seconds; AMD() as it comes takes five. What follows is not listened to. */
const HEARD_MS = 10_000;
/** Of an hour in 16 kHz; a recording of an answer is a few seconds. */
const BYTES_MAX = 120_000_000;
/** So many problems are told of at once. */
const PROBLEMS_MAX = 10;

/** Throws {@link CliError} `recordings-refused` with every problem that was found, the first ten by name. */
export function readRecordings(folder: string): readonly Recording[] {
  const names = namesIn(folder);
  const labels = labelsIn(folder, names);
  const problems: string[] = [];
  const recordings: Recording[] = [];
  for (const name of names) {
    const truth = labels.get(name) ?? folderLabel(name);
    try {
      if (truth === null) {
        problems.push(`${name} has no label: put it into a folder called ${TRUTHS.join(", ")}, or into ${LABELS_FILE}`);
      } else {
        recordings.push({ name, truth, ...heardIn(readFileSync(join(folder, name))) });
      }
    } catch (error) {
      problems.push(`${name} ${error instanceof NoWave ? error.message : "cannot be read"}`);
    }
  }
  if (problems.length > 0) throw refused(folder, problems);
  if (recordings.length === 0) throw refused(folder, ["there is no WAV file in it"]);
  return recordings;
}

const refused = (folder: string, problems: readonly string[]): CliError => {
  const more = problems.length - PROBLEMS_MAX;
  const lines = problems.slice(0, PROBLEMS_MAX).map((problem) => `\n  - ${printable(problem)}`);
  const rest = more > 0 ? `\n  and ${plural(more, "more")}` : "";
  return new CliError("recordings-refused", `The recordings in ${folder} cannot be used:${lines.join("")}${rest}`);
};

function namesIn(folder: string): readonly string[] {
  try {
    if (!statSync(folder).isDirectory()) throw refused(folder, ["it is no folder"]);
    return readdirSync(folder, { recursive: true, encoding: "utf8" })
      .filter((name) => /\.wav$/i.test(name))
      .sort();
  } catch (error) {
    if (error instanceof CliError) throw error;
    throw new CliError("recordings-refused", `The folder ${folder} cannot be read.`, { cause: error });
  }
}

/** Of the folders on the way, the nearest that is a label. */
const folderLabel = (name: string): Truth | null =>
  dirname(name)
    .split(sep)
    .reverse()
    .find((part) => isTruth(part)) ?? null;

/** Lines of a file and its label; a heading is one whose label is `label`. */
function labelsIn(folder: string, names: readonly string[]): ReadonlyMap<string, Truth> {
  const labels = new Map<string, Truth>();
  let text: string;
  try {
    text = readFileSync(join(folder, LABELS_FILE), "utf8");
  } catch {
    return labels;
  }
  const known = new Set(names);
  const problems: string[] = [];
  for (const [index, line] of text
    .replace(/^\uFEFF/, "")
    .split(/\r?\n/)
    .entries()) {
    if (line.trim() === "") continue;
    // A name with a comma is quoted; its label never has one.
    const [, name = "", label = ""] = /^\s*"?(.*?)"?\s*,\s*"?([^",]*)"?\s*$/.exec(line) ?? [];
    if (index === 0 && label.toLowerCase() === "label") continue;
    const file = name.replaceAll("/", sep).replaceAll('""', '"');
    if (!isTruth(label)) problems.push(`${LABELS_FILE}, line ${index + 1}: "${label}" is none of ${TRUTHS.join(", ")}`);
    else if (!known.has(file)) problems.push(`${LABELS_FILE}, line ${index + 1}: there is no file ${name}`);
    else if (labels.has(file)) problems.push(`${LABELS_FILE}, line ${index + 1}: ${name} stands there twice`);
    else labels.set(file, label);
  }
  if (problems.length > 0) throw refused(folder, problems);
  return labels;
}

class NoWave extends Error {}

const WAVE_PLAIN = 1;
/** The format's real code stands further on (WAVE_FORMAT_EXTENSIBLE). */
const WAVE_EXTENSIBLE = 0xfffe;

/** Frames of a WAV file of 8 or 16 kHz, 16 bits, mono. Throws what is wrong with another, to follow its name. */
export const meansOf = (bytes: Buffer): readonly number[] => heardIn(bytes).means;

function heardIn(bytes: Buffer): Pick<Recording, "means" | "tones"> {
  if (bytes.length > BYTES_MAX) throw new NoWave(`is larger than ${BYTES_MAX / 1_000_000} MB`);
  if (bytes.toString("latin1", 0, 4) !== "RIFF" || bytes.toString("latin1", 8, 12) !== "WAVE") {
    throw new NoWave("is no WAV file");
  }
  let rate: SampleRate | null = null;
  for (let at = 12; at + 8 <= bytes.length;) {
    const name = bytes.toString("latin1", at, at + 4);
    const length = bytes.readUInt32LE(at + 4);
    const data = bytes.subarray(at + 8, at + 8 + length);
    if (name === "fmt " && data.length >= 16) rate = rateOf(data);
    if (name === "data" && rate !== null) {
      const samples = samplesOf(data, rate);
      return { means: frameMeans(samples, rate), tones: toneEvents(rate === TONE_RATE ? samples : halved(samples)) };
    }
    at += 8 + length + (length % 2);
  }
  throw new NoWave("holds no sound");
}

function rateOf(format: Buffer): SampleRate {
  const [code, channels, hertz, bits] = [
    format.readUInt16LE(0),
    format.readUInt16LE(2),
    format.readUInt32LE(4),
    format.readUInt16LE(14),
  ];
  const rate = SAMPLE_RATES.find((each) => each === hertz);
  if ((code !== WAVE_PLAIN && code !== WAVE_EXTENSIBLE) || channels !== 1 || bits !== 16 || rate === undefined) {
    throw new NoWave(`is not of 8 or 16 kHz, 16 bits, mono, uncompressed`);
  }
  return rate;
}

/** As telephones carry it: no tone that matters is anywhere near what is lost. */
function halved(samples: Int16Array): Int16Array {
  const narrow = new Int16Array(samples.length >> 1);
  for (let i = 0; i < narrow.length; i += 1) narrow[i] = ((samples[2 * i] ?? 0) + (samples[2 * i + 1] ?? 0)) >> 1;
  return narrow;
}

function samplesOf(data: Buffer, rate: SampleRate): Int16Array {
  const samples = new Int16Array(Math.min(data.length >> 1, (rate / 1_000) * HEARD_MS));
  for (let i = 0; i < samples.length; i += 1) samples[i] = data.readInt16LE(i * 2);
  return samples;
}
