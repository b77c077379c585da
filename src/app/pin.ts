/** A PIN comes from a file or from standard input: what is typed as an argument can be read in every process list. */
import { readFileSync } from "node:fs";
import { CliError, usageError } from "./cli-error.ts";
import { STDIN, type World } from "./world.ts";

const readAll = async (stdin: AsyncIterable<Uint8Array>): Promise<string> => {
  const pieces: Uint8Array[] = [];
  for await (const piece of stdin) pieces.push(piece);
  return Buffer.concat(pieces).toString("utf8");
};

/** `-` is standard input. Undefined when no file was given. */
export const readPin = async (file: string | undefined, world: World): Promise<string | undefined> => {
  if (file === undefined) return undefined;
  let text: string;
  try {
    text = file === STDIN ? await readAll(world.stdin) : readFileSync(file, "utf8");
  } catch (error) {
    throw new CliError("pin-file-refused", `The PIN cannot be read from ${file}.`, { cause: error });
  }
  const pin = text.trim();
  // Keyed on a telephone: `#` and `*` mean something else there.
  if (!/^[0-9]{4,12}$/.test(pin)) throw usageError("A PIN has 4 to 12 digits and nothing else.");
  return pin;
};
