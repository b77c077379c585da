/** Why a command did not do what was asked: one sentence for the person, a stable code for the script. */
import { StoreError } from "../engine/ports.ts";
import { DatabaseError, type DatabaseTrouble } from "../store/index.ts";
import { ConfigError } from "./config-problems.ts";

export const EXIT_OK = 0;
/** The operation failed, or a check says no. */
export const EXIT_FAILED = 1;
/** The command line itself is wrong; nothing was touched. */
export const EXIT_USAGE = 2;

export class CliError extends Error {
  readonly code: string;
  readonly exitCode: number;
  constructor(code: string, sentence: string, options: { exitCode?: number; cause?: unknown } = {}) {
    super(sentence, options.cause === undefined ? undefined : { cause: options.cause });
    this.name = "CliError";
    this.code = code;
    this.exitCode = options.exitCode ?? EXIT_FAILED;
  }
}

export const usageError = (sentence: string): CliError =>
  new CliError("wrong-usage", sentence, { exitCode: EXIT_USAGE });

/** For arguments that are read by functions which give a value or a problem. */
export const orUsageError = <Value extends object>(
  option: string,
  read: Value | { readonly problem: string },
): Value => {
  if ("problem" in read && typeof read.problem === "string") throw usageError(`${option}: ${read.problem}`);
  return read as Value;
};

const DATABASE_SENTENCES: Readonly<Record<DatabaseTrouble, string>> = {
  unreachable: "The database cannot be reached: is it running, and are its host and port (or socket) right?",
  timedOut: "The database did not answer in time.",
  locked: "The database is busy with other changes to the same rows: try again.",
  accessDenied: "The database refuses us: user or password is wrong, or this user may not do that.",
  unknownDatabase:
    "The database server has no database of the configured name: create it, then run `fairdial migrate`.",
  wrongSchema: "The database's tables are not this program's: run `fairdial migrate`.",
  readOnly: "The database only lets us read.",
  full: "The database's disk is full.",
  duplicate: "That exists already.",
  missingParent: "Something that this belongs to was removed in the meantime.",
  other: "The database refused what was asked.",
};

/** `accessDenied` is `database-access-denied`. */
const kebab = (name: string): string => name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);

/** Other rooms' messages begin small, to stand in the middle of a log line. */
export const asSentence = (message: string): string =>
  `${message.slice(0, 1).toUpperCase()}${message.slice(1)}`.replace(/(?<![.?!])$/, ".");

/** Whatever was thrown, as something that can be told. */
export const toCliError = (thrown: unknown): CliError => {
  if (thrown instanceof CliError) return thrown;
  if (thrown instanceof ConfigError) {
    const problems = thrown.problems.map((problem) => `\n  - ${problem}`).join("");
    return new CliError("configuration-refused", `The configuration ${thrown.file} cannot be used:${problems}`, {
      cause: thrown.cause,
    });
  }
  if (thrown instanceof DatabaseError) {
    return new CliError(`database-${kebab(thrown.trouble)}`, DATABASE_SENTENCES[thrown.trouble], { cause: thrown });
  }
  if (thrown instanceof StoreError) {
    return new CliError(`store-${thrown.kind}`, asSentence(thrown.message), { cause: thrown });
  }
  return new CliError("unexpected", "Something went wrong that was not foreseen; --verbose tells more.", {
    cause: thrown,
  });
};

/** The chain of causes, for `--verbose`: each with its name and code. */
export const causesOf = (error: Error): readonly string[] => {
  const lines: string[] = [];
  for (let cause = error.cause; cause !== undefined && lines.length < 10;) {
    if (!(cause instanceof Error)) {
      lines.push(typeof cause === "string" ? cause : JSON.stringify(cause));
      break;
    }
    const code = "code" in cause && typeof cause.code === "string" ? ` (${cause.code})` : "";
    lines.push(lines.length === 0 ? (cause.stack ?? cause.message) : `${cause.name}: ${cause.message}${code}`);
    cause = cause.cause;
  }
  return lines;
};
