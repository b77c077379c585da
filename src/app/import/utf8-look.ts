/** Whether bytes are UTF-8: asked of a whole file before it is read, so that nobody has to know what wrote it. */
import { isAscii } from "node:buffer";

/**
 * `valid`: all of it. `damaged`: characters of several bytes, and bytes that are none of it. `absent`: bytes beyond
 * ASCII, and not one character of UTF-8 among them, as in Latin-1 and Windows-1252.
 */
export type Utf8 = "valid" | "damaged" | "absent";

/** Looked at closely, one by one; a file of several hundred megabytes says by then what it is. */
const COUNTED_BYTES_MAX = 4_194_304;

/** How many bytes follow this one in a character of several; 0 for none that begins one. */
const following = (byte: number): number => {
  if (byte >= 0xc2 && byte <= 0xdf) return 1;
  if (byte >= 0xe0 && byte <= 0xef) return 2;
  return byte >= 0xf0 && byte <= 0xf4 ? 3 : 0;
};

const hasCharacterOfSeveral = (piece: Uint8Array): boolean => {
  for (let at = 0; at < piece.length; at += 1) {
    const count = following(piece[at] ?? 0);
    if (count === 0 || at + count >= piece.length) continue;
    const rest = piece.subarray(at + 1, at + 1 + count);
    if (rest.every((byte) => (byte & 0xc0) === 0x80)) return true;
  }
  return false;
};

export class Utf8Look {
  readonly #decoder = new TextDecoder("utf-8", { fatal: true });
  #isValid = true;
  #hasCharacters = false;
  #countedBytes = 0;

  push(piece: Uint8Array): void {
    this.#decode(piece, true);
    if (this.#hasCharacters || this.#countedBytes >= COUNTED_BYTES_MAX || isAscii(piece)) return;
    this.#countedBytes += piece.length;
    this.#hasCharacters = hasCharacterOfSeveral(piece);
  }

  end(): Utf8 {
    this.#decode(new Uint8Array(), false);
    if (this.#isValid) return "valid";
    return this.#hasCharacters ? "damaged" : "absent";
  }

  #decode(piece: Uint8Array, stream: boolean): void {
    if (!this.#isValid) return;
    try {
      this.#decoder.decode(piece, { stream });
    } catch {
      this.#isValid = false;
    }
  }
}
