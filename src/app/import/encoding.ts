/** From a file's bytes to text, whatever program wrote them. */
import { CliError, usageError } from "../cli-error.ts";
import type { ListSource } from "./source.ts";

export interface FileText {
  /** As the decoder calls it. */
  readonly encoding: string;
  /** The beginning, enough to tell the separator. */
  readonly sample: string;
  /** All of it, from the beginning. `onBytes` hears of each piece when whoever reads is done with it. */
  pieces(): AsyncIterable<string>;
}

const SAMPLE_CHARACTERS = 2_000;

/** A byte order mark says what the bytes are, whatever anybody else says. */
const markedEncoding = (head: Uint8Array): string | null => {
  if (head[0] === 0xef && head[1] === 0xbb && head[2] === 0xbf) return "utf-8";
  if (head[0] === 0xff && head[1] === 0xfe) return "utf-16le";
  if (head[0] === 0xfe && head[1] === 0xff) return "utf-16be";
  return null;
};

/** Not fatal: a bad byte becomes U+FFFD, and costs its row instead of the file. */
const decoderFor = (encoding: string): InstanceType<typeof TextDecoder> => {
  try {
    return new TextDecoder(encoding);
  } catch {
    throw usageError(`--encoding: "${encoding}" is not known; try utf-8, utf-16le, windows-1252 or iso-8859-15.`);
  }
};

/** Every other byte zero: somebody's UTF-16 without its mark. Zeros on both sides are no text at all. */
const unmarkedUtf16 = (head: Uint8Array): "utf-16le" | "utf-16be" | null => {
  const sample = head.subarray(0, 2_000);
  const zeros = [0, 0];
  for (const [index, byte] of sample.entries()) if (byte === 0) zeros[index % 2] = (zeros[index % 2] ?? 0) + 1;
  const [even = 0, odd = 0] = zeros;
  if (odd > sample.length / 4 && even < odd / 4) return "utf-16le";
  return even > sample.length / 4 && odd < even / 4 ? "utf-16be" : null;
};

/** The mark, else what was said, else what the bytes look like. Bytes beyond ASCII that are no UTF-8: Windows-1252. */
const encodingOf = ({ head, utf8 }: Pick<ListSource, "head" | "utf8">, wanted: string | null): string =>
  markedEncoding(head) ?? wanted ?? unmarkedUtf16(head) ?? (utf8 === "absent" ? "windows-1252" : "utf-8");

type Bytes = Pick<ListSource, "name" | "head" | "utf8" | "pieces">;

/** `wanted` is null to see for ourselves. */
export const textOf = (source: Bytes, wanted: string | null, onBytes: (count: number) => void): FileText => {
  const encoding = encodingOf(source, wanted);
  const decoder = decoderFor(encoding);
  const sample = decoderFor(encoding).decode(source.head, { stream: true });
  const zeros = sample.slice(0, SAMPLE_CHARACTERS).split("\u0000").length - 1;
  if (zeros > Math.min(sample.length, SAMPLE_CHARACTERS) / 4) {
    throw new CliError("file-refused", `${source.name} holds zero bytes and is no text: export it as CSV (UTF-8).`);
  }
  async function* pieces(): AsyncGenerator<string> {
    for await (const piece of source.pieces()) {
      yield decoder.decode(piece, { stream: true });
      onBytes(piece.length);
    }
    yield decoder.decode();
  }
  return { encoding: decoder.encoding, sample, pieces };
};
