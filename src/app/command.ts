/** The shape of a command: its words, its options, what it does. One file each under commands/. */
import type { Argv, InferredOptionTypes, Options, PositionalOptions } from "yargs";
import type { Session } from "./session.ts";

type Names<Of> = Readonly<Record<string, Of>>;
type Read<Positionals extends Names<PositionalOptions>, Flags extends Names<Options>> = InferredOptionTypes<
  Positionals & Flags
>;

export interface CommandDefinition<Positionals extends Names<PositionalOptions>, Flags extends Names<Options>> {
  /** As yargs writes it: `add <name>`. */
  readonly words: string;
  readonly summary: string;
  readonly positionals?: Positionals;
  readonly flags?: Flags;
  readonly examples?: readonly (readonly [command: string, meaning: string])[];
  /** Returns the exit code; nothing means 0. */
  run(args: Read<Positionals, Flags>, session: Session): Promise<number | undefined>;
}

/** A command as the registry sees it, its argument types settled inside. */
export interface Command {
  readonly words: string;
  readonly summary: string;
  /** Names of the options that may be given more than once. */
  readonly repeatable: ReadonlySet<string>;
  /** All options, for guessing what was meant. */
  readonly optionNames: readonly string[];
  describe(yargs: Argv): Argv;
  run(args: Readonly<Record<string, unknown>>, session: Session): Promise<number | undefined>;
}

export interface CommandGroup {
  readonly word: string;
  readonly summary: string;
  readonly commands: readonly Command[];
}

// A command without options has none, not "any": `{}` is what is meant here.
/* eslint-disable @typescript-eslint/no-generated-empty-object-type */
type None = Record<never, never>;
/* eslint-enable @typescript-eslint/no-generated-empty-object-type */

export const command = <Positionals extends Names<PositionalOptions> = None, Flags extends Names<Options> = None>(
  definition: CommandDefinition<Positionals, Flags>,
): Command => {
  const positionals = Object.entries<PositionalOptions>(definition.positionals ?? {});
  const flags = Object.entries<Options>(definition.flags ?? {});
  return {
    words: definition.words,
    summary: definition.summary,
    repeatable: new Set([
      ...flags.filter(([, { type }]) => type === "array").map(([name]) => name),
      ...positionals.filter(([, { array }]) => array === true).map(([name]) => name),
    ]),
    optionNames: flags.map(([name]) => name),
    describe(yargs) {
      for (const [name, option] of positionals) yargs.positional(name, option);
      for (const [name, option] of flags) yargs.option(name, option);
      for (const [line, meaning] of definition.examples ?? []) yargs.example(`$0 ${line}`, meaning);
      return yargs;
    },
    // yargs has read the arguments by this very definition.
    run: (args, session) => definition.run(args as Read<Positionals, Flags>, session),
  };
};
