/**
 * The command line: reads the words strictly, runs one command, and turns whatever happens into an exit code.
 * 0 it was done; 1 it failed, or a check says no; 2 the command line is wrong and nothing was touched.
 */
import yargs, { type Argv } from "yargs";
import { causesOf, type CliError, EXIT_OK, EXIT_USAGE, toCliError, usageError } from "./cli-error.ts";
import type { Command, CommandGroup } from "./command.ts";
import { COMMANDS } from "./commands/index.ts";
import { CONFIG_PATH, CONFIG_PATH_VARIABLE } from "./config.ts";
import { didYouMean, nearest } from "./nearest.ts";
import { printable } from "./print.ts";
import { programVersion } from "./program-version.ts";
import { Session, type CommonOptions } from "./session.ts";
import { STDIN, type World } from "./world.ts";

const COMMON = {
  config: {
    type: "string",
    describe: `Configuration file (${CONFIG_PATH_VARIABLE}; ${CONFIG_PATH})`,
    requiresArg: true,
  },
  json: { type: "boolean", default: false, describe: "Answer with one JSON document and nothing else" },
  verbose: { type: "boolean", default: false, describe: "Tell causes of errors, and warnings" },
} as const;
const COMMON_NAMES = [...Object.keys(COMMON), "help", "version"];

/** What the parser found out: which command, with which arguments. */
interface Chosen {
  readonly command: Command;
  readonly args: Readonly<Record<string, unknown>>;
}

class Parser {
  chosen: Chosen | null = null;
  /** Set as soon as the words are known, so that a refusal can say how the command goes. */
  #command: Command | null = null;
  #howItGoes = "fairdial <command>";
  #argv: readonly string[] = [];
  readonly #yargs: Argv;

  constructor(commands: readonly (Command | CommandGroup)[], width: number) {
    const base = yargs()
      .scriptName("fairdial")
      .usage("$0 <command>\n\nAn outbound dialler for Asterisk that never meets a person with silence.")
      .locale("en")
      .exitProcess(false)
      .options(COMMON)
      .strict()
      .recommendCommands()
      .demandCommand(1, "Say what to do.")
      .version(programVersion())
      .help()
      .wrap(width)
      // Values stay the text that was typed: 0044… is no number to count with.
      .parserConfiguration({
        "parse-numbers": false,
        "parse-positional-numbers": false,
        "greedy-arrays": false,
        "dot-notation": false,
      })
      .epilogue("Exit codes: 0 done, 1 failed or a check says no, 2 wrong usage.\nMore: docs/managers.md")
      .fail((message, error) => {
        // yargs passes on what a handler threw; ours throw nothing.
        throw (error as Error | undefined) ?? this.#refusal(message);
      });
    for (const entry of commands) {
      if ("word" in entry) this.#addGroup(base, entry);
      else this.#addCommand(base, entry);
    }
    this.#yargs = base;
  }

  /** What yargs wants to print (help, version), or an empty text. */
  async parse(argv: readonly string[]): Promise<string> {
    this.#argv = argv.map((word) => (word === "-" ? STDIN : word));
    let printed = "";
    await this.#yargs.parseAsync([...this.#argv], {}, (_error, _args, output) => {
      printed = output;
    });
    return printed;
  }

  #addGroup(base: Argv, group: CommandGroup): void {
    base.command(group.word, group.summary, (inner) => {
      for (const entry of group.commands) this.#addCommand(inner, entry, `${group.word} `);
      return inner.demandCommand(1, `Say what to do with ${group.word}: \`fairdial ${group.word} --help\`.`);
    });
  }

  #addCommand(base: Argv, entry: Command, group = ""): void {
    base.command(
      entry.words,
      entry.summary,
      (inner) => {
        this.#command = entry;
        this.#howItGoes = `fairdial ${group}${entry.words}`;
        return entry.describe(inner);
      },
      (args) => {
        this.#checkRepeats(entry, args);
        this.chosen = { command: entry, args };
      },
    );
  }

  /** yargs makes a list of an option given twice, and an empty text of one given without a value. */
  #checkRepeats(entry: Command, args: Readonly<Record<string, unknown>>): void {
    for (const name of [...entry.optionNames, ...Object.keys(COMMON)]) {
      const value = args[name];
      if (Array.isArray(value) && !entry.repeatable.has(name)) throw usageError(`--${name} was given more than once.`);
      if (value === "" || (Array.isArray(value) && value.includes(""))) throw usageError(`--${name} needs a value.`);
    }
  }

  /** yargs' complaints, in our words where they can be clearer. */
  #refusal(message: string): CliError {
    const unknown = /^Unknown arguments?: ([^,]+)/.exec(message)?.[1];
    if (unknown !== undefined) {
      const known = [...(this.#command?.optionNames ?? []), ...COMMON_NAMES];
      if (this.#command === null) return usageError(`There is no such command: ${unknown}.`);
      // yargs does not say whether it was a word or an option.
      if (!this.#argv.some((word) => word.replace(/=.*$/, "") === `--${unknown}`)) {
        return usageError(`There is a word too many, "${unknown}": \`${this.#howItGoes}\`.`);
      }
      return usageError(`There is no option --${unknown}.${didYouMean(unknown, known).replace('"', '"--')}`);
    }
    const meant = /^Did you mean (.+)\?$/.exec(message)?.[1];
    if (meant !== undefined) {
      // yargs guesses however far away it is.
      const isNear = this.#argv.some((word) => nearest(word, [meant]) !== null);
      return usageError(`There is no such command.${isNear ? ` Did you mean "${meant}"?` : ""}`);
    }
    if (message.startsWith("Unknown command")) return usageError("There is no such command.");
    if (message.startsWith("Not enough non-option")) return usageError(`Words are missing: \`${this.#howItGoes}\`.`);
    const needed = /^Missing required arguments?: (.+)$/.exec(message)?.[1];
    if (needed !== undefined) {
      const names = needed.split(", ").map((name) => `--${name}`);
      return usageError(`${names.join(" and ")} ${names.length === 1 ? "is" : "are"} needed: \`${this.#howItGoes}\`.`);
    }
    return usageError(message.trim().replace(/\.?$/, "."));
  }
}

const common = (args: Readonly<Record<string, unknown>>): CommonOptions => ({
  config: typeof args["config"] === "string" ? args["config"] : undefined,
  json: args["json"] === true,
  verbose: args["verbose"] === true,
});

const complain = (world: World, thrown: unknown, verbose: boolean): number => {
  const error = toCliError(thrown);
  // A file's name or a key may hold what steers a terminal; the line ends of a list of problems are ours.
  const sentence = error.message.split("\n").map(printable).join("\n");
  world.stderr.write(`fairdial: ${sentence} [${error.code}]\n`);
  if (error.exitCode === EXIT_USAGE) world.stderr.write("`fairdial --help` tells what can be said.\n");
  if (verbose) for (const cause of causesOf(error)) world.stderr.write(`  caused by ${cause}\n`);
  return error.exitCode;
};

const WIDTH_MAX = 110;

/** Runs one command line; never rejects. */
export const runCli = async (
  argv: readonly string[],
  world: World,
  commands: readonly (Command | CommandGroup)[] = COMMANDS,
): Promise<number> => {
  const parser = new Parser(commands, Math.min(world.stdout.columns ?? WIDTH_MAX, WIDTH_MAX));
  try {
    const printed = await parser.parse(argv);
    if (printed !== "") {
      world.stdout.write(`${printed}\n`);
      return EXIT_OK;
    }
  } catch (error) {
    return complain(world, error, argv.includes("--verbose"));
  }
  if (parser.chosen === null) return complain(world, usageError("Say what to do."), false);
  const { command, args } = parser.chosen;
  const options = common(args);
  const session = new Session(world, options);
  try {
    return (await command.run(args, session)) ?? EXIT_OK;
  } catch (error) {
    return complain(world, error, options.verbose);
  } finally {
    // The answer has been given; a connection that will not close takes nothing back.
    await session.close().catch(() => undefined);
  }
};
