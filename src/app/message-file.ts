/**
 * The audio of an information message, looked at before anybody puts their name to it: a kind that Asterisk plays as it
 * is, and something to be heard in it. A message of silence is a silent call.
 */
import { createHash } from "node:crypto";
import { readFileSync, statSync } from "node:fs";
import { extname } from "node:path";
import { CliError } from "./cli-error.ts";

export interface MessageFile {
  /** SHA-256 of all bytes, in hexadecimal. */
  readonly sha256: string;
  readonly sizeBytes: number;
  /** Null where only Asterisk can tell. */
  readonly durationMs: number | null;
  /** Not wrong, and worth a look. */
  readonly remarks: readonly string[];
}

/** An hour of 8 kHz, 16 bit: a message is half a minute. */
const BYTES_MAX = 60_000_000;
/** Asterisk's own file formats by their endings (main/file.c, formats/format_*.c). */
const PLAYED = [".wav", ".ulaw", ".ul", ".pcm", ".alaw", ".al", ".gsm", ".g722", ".sln", ".sln16", ".g729"];
/** Shorter than anybody can say who called. */
const DURATION_MIN_MS = 1_000;
/** Longer than anybody listens. */
const DURATION_ADVISED_MAX_MS = 30_000;
/** Of 32,767: a quiet voice on a telephone line peaks some forty times higher. */
const PEAK_MIN = 100;

const refuse = (path: string, sentence: string): CliError => new CliError("message-refused", `${path} ${sentence}.`);

/** Throws {@link CliError} `message-refused` for what cannot be heard. */
export const lookAtMessage = (path: string): MessageFile => {
  const bytes = readWhole(path);
  const sha256 = createHash("sha256").update(bytes).digest("hex");
  const ending = extname(path).toLowerCase();
  if (!PLAYED.includes(ending)) {
    throw refuse(path, `is no file that Asterisk plays as it is: make it a .wav of 8 kHz, 16 bit, mono`);
  }
  if (ending !== ".wav") return { sha256, sizeBytes: bytes.length, durationMs: null, remarks: [] };
  const { durationMs, peak } = readWave(path, bytes);
  if (peak < PEAK_MIN) throw refuse(path, "holds nothing but silence");
  if (durationMs < DURATION_MIN_MS)
    throw refuse(path, `lasts ${durationMs} ms: nobody can say who called in that time`);
  return {
    ...{ sha256, sizeBytes: bytes.length, durationMs },
    remarks:
      durationMs > DURATION_ADVISED_MAX_MS
        ? [`It lasts ${Math.round(durationMs / 1_000)} seconds, and holds a line for as long; few people listen on.`]
        : [],
  };
};

const readWhole = (path: string): Buffer => {
  try {
    const about = statSync(path);
    if (!about.isFile()) throw refuse(path, "is no ordinary file");
    if (about.size === 0) throw refuse(path, "is empty");
    if (about.size > BYTES_MAX) throw refuse(path, `is larger than ${BYTES_MAX / 1_000_000} MB`);
    return readFileSync(path);
  } catch (error) {
    if (error instanceof CliError) throw error;
    const isMissing = typeof error === "object" && error !== null && "code" in error && error.code === "ENOENT";
    throw new CliError("message-refused", `${path} ${isMissing ? "does not exist" : "cannot be read"}.`, {
      cause: error,
    });
  }
};

/** RIFF: pieces of a name of four letters and a length each (Microsoft, "Multimedia Data Standards", 1991). */
function* chunksOf(bytes: Buffer): Generator<{ readonly name: string; readonly data: Buffer }> {
  for (let at = 12; at + 8 <= bytes.length;) {
    const length = bytes.readUInt32LE(at + 4);
    yield { name: bytes.toString("latin1", at, at + 4), data: bytes.subarray(at + 8, at + 8 + length) };
    // A piece of odd length is followed by a byte that belongs to nobody.
    at += 8 + length + (length % 2);
  }
}

const PCM = 1;

const readWave = (path: string, bytes: Buffer): { readonly durationMs: number; readonly peak: number } => {
  const isWave = bytes.toString("latin1", 0, 4) === "RIFF" && bytes.toString("latin1", 8, 12) === "WAVE";
  if (!isWave) throw refuse(path, "is called .wav and is something else");
  const chunks = [...chunksOf(bytes)];
  const format = chunks.find(({ name }) => name === "fmt ")?.data;
  const data = chunks.find(({ name }) => name === "data")?.data;
  if (format === undefined || format.length < 16 || data === undefined) throw refuse(path, "was cut off");
  const [codec, channels, rate, bits] = [
    ...[format.readUInt16LE(0), format.readUInt16LE(2), format.readUInt32LE(4), format.readUInt16LE(14)],
  ];
  // Asterisk's format_wav.c takes nothing else, and says so only when it is to play it.
  if (codec !== PCM || channels !== 1 || rate !== 8_000 || bits !== 16) {
    throw refuse(
      path,
      `is ${rate ?? 0} Hz, ${bits ?? 0} bit, ${channels === 1 ? "mono" : `${channels ?? 0} channels`}${codec === PCM ? "" : ", compressed"}; Asterisk plays 8,000 Hz, 16 bit, mono`,
    );
  }
  let peak = 0;
  for (let at = 0; at + 2 <= data.length; at += 2) peak = Math.max(peak, Math.abs(data.readInt16LE(at)));
  return { durationMs: Math.round(data.length / 16), peak };
};
