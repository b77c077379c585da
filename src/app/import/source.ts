/**
 * The bytes of a list: a file, or what comes through a pipe, kept in a file of our own for as long as it is needed.
 * Looked through once before reading, for its hash and for what kind of file it is; and when it is read it must be the
 * same bytes, or nothing of it counts.
 */
import { createHash } from "node:crypto";
import { createReadStream, createWriteStream, mkdtempSync, rmSync } from "node:fs";
import { stat } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pipeline } from "node:stream/promises";
import { CliError } from "../cli-error.ts";
import { STDIN } from "../world.ts";
import { whenInterrupted } from "./leftovers.ts";
import { Utf8Look, type Utf8 } from "./utf8-look.ts";

export interface ListSource {
  /** As the person called it; `-` is standard input. */
  readonly name: string;
  readonly path: string;
  /** False for what came through a pipe and will not come again. */
  readonly isFile: boolean;
  readonly sizeBytes: number;
  /** SHA-256 of all bytes, in hexadecimal. */
  readonly hash: string;
  /** The beginning, enough to tell encoding and separator. */
  readonly head: Uint8Array;
  /** Whether all of it is UTF-8, as far as bytes can tell. */
  readonly utf8: Utf8;
  /** All of it from the beginning; rejects with {@link CliError} `file-changed` when it is not what was looked at. */
  pieces(): AsyncIterable<Uint8Array>;
  /** Forgets what was kept. */
  release(): void;
}

const HEAD_BYTES = 65_536;
/** Some ten million leads: more is not one list but a mistake. */
const FILE_BYTES_MAX = 2_000_000_000;

/** What people send instead of CSV, by the first bytes. */
const OTHER_KINDS: readonly (readonly [magic: readonly number[], sentence: string])[] = [
  [[0x50, 0x4b, 0x03, 0x04], "is a spreadsheet or a zip file: open it and save it as CSV (UTF-8)"],
  [[0xd0, 0xcf, 0x11, 0xe0], "is an old spreadsheet: open it and save it as CSV (UTF-8)"],
  [[0x1f, 0x8b], "is compressed: unpack it first, or pipe it in (gunzip -c FILE | fairdial list import - …)"],
  [[0x25, 0x50, 0x44, 0x46], "is a PDF: a list has to be CSV or NDJSON"],
];

const refuse = (name: string, sentence: string): CliError => new CliError("file-refused", `${name} ${sentence}.`);

const tooLarge = (name: string): CliError => refuse(name, "is larger than 2 GB: split it into several lists");

/** Stops at the bound: what never ends must not fill the disk. */
const copyInto = async (path: string, pieces: AsyncIterable<Uint8Array>, name: string): Promise<void> => {
  async function* bounded(): AsyncGenerator<Uint8Array> {
    let sizeBytes = 0;
    for await (const piece of pieces) {
      sizeBytes += piece.length;
      if (sizeBytes > FILE_BYTES_MAX) throw tooLarge(name);
      yield piece;
    }
  }
  await pipeline(bounded(), createWriteStream(path, { mode: 0o600 }));
};

type Looked = Pick<ListSource, "hash" | "head" | "sizeBytes" | "utf8">;

const look = async (path: string): Promise<Looked> => {
  const hash = createHash("sha256");
  const utf8 = new Utf8Look();
  const beginning: Buffer[] = [];
  let sizeBytes = 0;
  for await (const piece of createReadStream(path) as AsyncIterable<Buffer>) {
    hash.update(piece);
    utf8.push(piece);
    if (sizeBytes < HEAD_BYTES) beginning.push(piece);
    sizeBytes += piece.length;
  }
  const head = Buffer.concat(beginning).subarray(0, HEAD_BYTES);
  return { hash: hash.digest("hex"), head, sizeBytes, utf8: utf8.end() };
};

/** So that a file that somebody still writes to is given up early, and not after a million rows. */
const ASKED_AGAIN_BYTES = 16_777_216;

async function* unchanged(name: string, path: string, looked: Looked): AsyncGenerator<Uint8Array> {
  const changed = (): CliError =>
    new CliError("file-changed", `${name} changed while it was read: wait until it is written, and import it again.`);
  const before = await stat(path);
  const hash = createHash("sha256");
  let sizeBytes = 0;
  let askedAt = 0;
  for await (const piece of createReadStream(path) as AsyncIterable<Buffer>) {
    hash.update(piece);
    sizeBytes += piece.length;
    if (sizeBytes - askedAt > ASKED_AGAIN_BYTES) {
      askedAt = sizeBytes;
      const now = await stat(path);
      if (now.size !== before.size || now.mtimeMs !== before.mtimeMs || now.ino !== before.ino) throw changed();
    }
    yield piece;
  }
  if (sizeBytes !== looked.sizeBytes || hash.digest("hex") !== looked.hash) throw changed();
}

const reasonFor = (error: unknown): string => {
  const code = typeof error === "object" && error !== null && "code" in error ? error.code : null;
  if (code === "ENOENT") return "does not exist";
  if (code === "EACCES" || code === "EPERM") return "may not be read by this user";
  if (code === "EISDIR") return "is a folder";
  return "cannot be read";
};

/** Before anything else is begun; throws {@link CliError} `file-refused` as {@link openListSource} would. */
export const requireFile = async (file: string): Promise<void> => {
  if (file === STDIN) return;
  try {
    if ((await stat(file)).isDirectory()) throw refuse(file, "is a folder");
  } catch (error) {
    if (error instanceof CliError) throw error;
    throw new CliError("file-refused", `${file} ${reasonFor(error)}.`, { cause: error });
  }
};

/** Throws {@link CliError} `file-refused` for what cannot be a list. */
export const openListSource = async (file: string, stdin: AsyncIterable<Uint8Array>): Promise<ListSource> => {
  let folder: string | null = null;
  let stayQuiet: () => void = () => undefined;
  const release = (): void => {
    stayQuiet();
    if (folder !== null) rmSync(folder, { recursive: true, force: true });
    folder = null;
  };
  const name = file === STDIN ? "Standard input" : file;
  try {
    let path = file;
    const about = file === STDIN ? null : await stat(file);
    if (about?.isDirectory() === true) throw refuse(name, "is a folder");
    if (about?.isFile() === true) {
      if (about.size > FILE_BYTES_MAX) throw tooLarge(name);
    } else {
      // A pipe, `<(zcat leads.csv.gz)` too, can be read once only, and a list is read twice.
      // mkdtemp makes a folder that nobody else may enter: the list is personal data.
      folder = mkdtempSync(join(tmpdir(), "fairdial-import-"));
      stayQuiet = whenInterrupted(release);
      path = join(folder, "list.csv");
      const pieces = about === null ? stdin : (createReadStream(file) as AsyncIterable<Uint8Array>);
      await copyInto(path, pieces, name);
    }
    const looked = await look(path);
    if (looked.sizeBytes === 0) throw refuse(name, "is empty");
    const kind = OTHER_KINDS.find(([magic]) => magic.every((byte, index) => looked.head[index] === byte));
    if (kind !== undefined) throw refuse(name, kind[1]);
    return {
      name: file === STDIN ? "-" : file,
      path,
      isFile: about?.isFile() === true,
      ...looked,
      pieces: () => unchanged(name, path, looked),
      release,
    };
  } catch (error) {
    release();
    if (error instanceof CliError) throw error;
    throw new CliError("file-refused", `${name} ${reasonFor(error)}.`, { cause: error });
  }
};
