/**
 * Reads journals back, line by line and in the order of time, however many there are. One rule to remember: a journal
 * may be torn anywhere, by a full disk or a daemon that was killed; what can be read is read, and the rest is told.
 */
import { createReadStream, readdirSync, statSync } from "node:fs";
import { basename, join } from "node:path";
import { createGunzip } from "node:zlib";
import { CliError } from "./cli-error.ts";
import { type World, STDIN } from "./world.ts";

const NAME = /^journal-(\d{4}-\d{2}-\d{2})\.jsonl(\.gz)?$/;
const CHUNK_BYTES = 1 << 20;
/** Ours are some kilobytes at most; whatever is longer is no line of a journal, and must not fill the memory. */
const LINE_CHARACTERS_MAX = 4_000_000;
const LINE_END = 10;

/** Files of the folder whose days (UTC) lie between these, both included and null for no bound; oldest first. */
export function journalFiles(folder: string, fromDay: string | null, toDay: string | null): readonly string[] {
  let names: readonly string[];
  try {
    names = readdirSync(folder);
  } catch (error) {
    throw new CliError("no-journal", `The journal's folder ${folder} cannot be read.`, { cause: error });
  }
  return names
    .flatMap((name) => {
      const day = NAME.exec(name)?.[1];
      return day === undefined ? [] : [{ name, day }];
    })
    .filter(({ day }) => (fromDay === null || day >= fromDay) && (toDay === null || day <= toDay))
    .sort((a, b) => (a.name < b.name ? -1 : 1))
    .map(({ name }) => join(folder, name));
}

export interface JournalLine {
  readonly file: string;
  /** Counted from 1. */
  readonly line: number;
  /** What JSON made of it; `undefined` for what is no JSON. */
  readonly value: unknown;
  /** Something stood before it in its line: the end of what another process was writing when it died. */
  readonly isSalvaged: boolean;
  /** Without a line end at the end of its file: being written, or never finished. */
  readonly isLast: boolean;
}

/** Lines in batches, so that two million of them are not two million promises. */
export async function* journalLines(file: string, world: Pick<World, "stdin">): AsyncGenerator<JournalLine[]> {
  let [line, rest, isLong] = [0, "", false];
  const decoder = new TextDecoder();
  for await (const chunk of chunksOf(file, world)) {
    const text = rest + decoder.decode(chunk, { stream: true });
    if (!chunk.includes(LINE_END)) {
      isLong ||= text.length > LINE_CHARACTERS_MAX;
      rest = isLong ? "" : text;
      continue;
    }
    const lines = text.split("\n");
    rest = lines.pop() ?? "";
    // Of a line that was too long only its end is left.
    if (isLong) lines[0] = "";
    isLong = false;
    const batch: JournalLine[] = [];
    for (const each of lines) {
      line += 1;
      if (each.trim() !== "") batch.push(parsed(file, line, each, false));
    }
    yield batch;
  }
  if (rest.trim() !== "" || isLong) yield [parsed(file, line + 1, rest, true)];
}

async function* chunksOf(file: string, { stdin }: Pick<World, "stdin">): AsyncGenerator<Uint8Array> {
  if (file === STDIN) {
    yield* stdin;
    return;
  }
  try {
    if (statSync(file).isDirectory()) throw new CliError("no-journal", `${file} is a folder, and no journal.`);
    const bytes = createReadStream(file, { highWaterMark: CHUNK_BYTES });
    if (!file.endsWith(".gz")) {
      for await (const chunk of bytes) yield chunk as Uint8Array;
      return;
    }
    const unzipped = bytes.on("error", (error) => unzipped.destroy(error)).pipe(createGunzip());
    for await (const chunk of unzipped) yield chunk as Uint8Array;
  } catch (error) {
    if (error instanceof CliError) throw error;
    throw new CliError("no-journal", `The journal ${file} cannot be read.`, { cause: error });
  }
}

const json = (text: string): unknown => {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
};

/** A process that comes after one that was torn off goes on in the same line. All our entries begin alike. */
const BEGINNING = '{"at":';

function parsed(file: string, line: number, text: string, isLast: boolean): JournalLine {
  const value = json(text);
  if (value !== undefined) return { file, line, value, isSalvaged: false, isLast: false };
  const salvaged = salvage(text);
  return { file, line, value: salvaged, isSalvaged: salvaged !== undefined, isLast };
}

/** Instants inside an entry begin alike as well, but what follows them is no whole entry. */
function salvage(text: string): unknown {
  for (let from = text.indexOf(BEGINNING, 1); from > 0; from = text.indexOf(BEGINNING, from + 1)) {
    const value = json(text.slice(from));
    if (value !== undefined) return value;
  }
  return undefined;
}

/** As somebody gave them, in whatever order: by the day in their names, else by their first entry. */
export async function inOrder(files: readonly string[], world: Pick<World, "stdin">): Promise<readonly string[]> {
  if (files.length < 2) return files;
  if (files.includes(STDIN))
    throw new CliError("wrong-usage", "Standard input goes with no other file.", { exitCode: 2 });
  const keyed: { file: string; at: number }[] = [];
  for (const file of files) keyed.push({ file, at: dayIn(file) ?? (await firstInstant(file, world)) });
  return keyed.sort((a, b) => a.at - b.at || (a.file < b.file ? -1 : 1)).map(({ file }) => file);
}

const dayIn = (file: string): number | null => {
  const day = NAME.exec(basename(file))?.[1];
  return day === undefined ? null : Date.parse(day);
};

/** In milliseconds since 1970; infinity where nothing can be read. */
export async function firstInstant(file: string, world: Pick<World, "stdin">): Promise<number> {
  for await (const batch of journalLines(file, world)) {
    for (const { value } of batch) {
      const at = typeof value === "object" && value !== null && "at" in value ? value.at : null;
      if (typeof at === "number") return at;
    }
  }
  return Infinity;
}
