/** From a file's bytes to text, whatever program wrote them. */
import { createReadStream } from "node:fs";
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

/** Every other byte zero: somebody's UTF-16 without its mark. */
const looksLikeUtf16 = (head: Uint8Array): boolean => {
  const sample = head.subarray(0, 200);
  return sample.filter((byte) => byte === 0).length > sample.length / 4;
};

/** `wanted` is null to go by the file's mark, else UTF-8. */
export const textOf = (source: ListSource, wanted: string | null, onBytes: (count: number) => void): FileText => {
  const encoding = markedEncoding(source.head) ?? wanted ?? "utf-8";
  const decoder = decoderFor(encoding);
  const sample = decoderFor(encoding).decode(source.head, { stream: true });
  if (/^utf-?8$/i.test(encoding) && looksLikeUtf16(source.head)) {
    throw new CliError("file-refused", `${source.name} looks like UTF-16: give --encoding utf-16le.`);
  }
  async function* pieces(): AsyncGenerator<string> {
    for await (const piece of createReadStream(source.path) as AsyncIterable<Buffer>) {
      yield decoder.decode(piece, { stream: true });
      onBytes(piece.length);
    }
    yield decoder.decode();
  }
  return { encoding: decoder.encoding, sample, pieces };
};
