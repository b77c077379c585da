/** What the commands about registers have in common. */
import { registersInForce, type Database, type LoadedRegister } from "../../../store/index.ts";
import { CliError, usageError } from "../../cli-error.ts";
import { didYouMean } from "../../nearest.ts";

export const NAME = {
  name: { type: "string", demandOption: true, describe: "As profiles name it: TPS, CTPS, …" },
} as const;

/** As profiles write it; case counts there, so it must not slip here. */
export const registerName = (text: string): string => {
  if (/^[A-Z][A-Z0-9_-]{0,31}$/.test(text)) return text;
  throw usageError(
    `The name of a register must be capital letters, digits, hyphens and underscores, at most 32; it is "${text}".`,
  );
};

export const registerNamed = async (database: Database, name: string): Promise<LoadedRegister> => {
  const all = await registersInForce(database);
  const found = all.find((each) => each.name === name);
  if (found !== undefined) return found;
  const known = all.map((each) => each.name);
  const none = known.length === 0 ? " None is loaded: `fairdial register import`." : ` Loaded: ${known.join(", ")}.`;
  throw new CliError("unknown-register", `No register "${name}" is loaded.${didYouMean(name, known) || none}`);
};
