/** Where the refused rows of an import go. */
import { statSync } from "node:fs";
import { usageError } from "../cli-error.ts";
import { STDIN } from "../world.ts";

export interface RejectsWanted {
  /** {@link STDIN} for standard input. */
  readonly file: string;
  readonly nameForPipe: string;
  /** Undefined to put refused rows beside the file. */
  readonly rejects: string | undefined;
}

/** Refused rows are in the file's own format, so that they can be imported as they are. */
export const rejectsPathFor = ({ file, nameForPipe, rejects }: RejectsWanted): string => {
  const path = rejects ?? (file === STDIN ? `${nameForPipe}.rejects.csv` : `${file}.rejects.${endingOf(file)}`);
  if (isOneFile(path, file)) throw usageError("--rejects must be another file than the one that is read.");
  return path;
};

const endingOf = (file: string): string => (/\.(ndjson|jsonl)$/i.test(file) ? "ndjson" : "csv");

/** Also by two names: whoever mixes them up would lose the file. */
const isOneFile = (one: string, other: string): boolean => {
  const [a, b] = [one, other].map((path) => statSync(path, { throwIfNoEntry: false }));
  return a !== undefined && b !== undefined && a.dev === b.dev && a.ino === b.ino;
};
