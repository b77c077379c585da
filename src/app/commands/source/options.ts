/** What the commands about sources have in common. */
import { findSource, SOURCE_WEIGHT_MAX, type Database, type SourceRecord } from "../../../store/index.ts";
import { StoreError } from "../../../engine/ports.ts";
import { countOption } from "../../arguments/options.ts";
import { asSentence, CliError } from "../../cli-error.ts";

export const SOURCE = {
  source: { type: "string", demandOption: true, describe: "Its number, as `source list` shows it" },
} as const;

export const WEIGHT = {
  type: "string",
  describe: "Share in the mix, beside the other sources' weights; 0 takes none",
} as const;
export const ORDER = {
  type: "string",
  describe: "Of leads never tried: imported, random, attribute:NAME or attribute:NAME:desc",
} as const;
export const POSITION = { type: "string", describe: "From 1: a lead goes to the first source that it fits" } as const;

export const weightOption = (text: string | undefined): number | undefined =>
  countOption("weight", text, 0, SOURCE_WEIGHT_MAX);
export const positionOption = (text: string | undefined): number | undefined => countOption("position", text, 1, 1_000);

export const sourceNumbered = async (database: Database, text: string): Promise<SourceRecord> => {
  const id = countOption("source", text, 1, 999_999_999) ?? 0;
  const found = await findSource(database, id);
  if (found !== null) return found;
  throw new CliError(
    "unknown-source",
    `There is no source ${id}; \`fairdial source list --campaign NAME\` shows them.`,
  );
};

/** `march through south`, `all lists`. */
export const described = ({
  list,
  segment,
}: {
  readonly list: string | null;
  readonly segment: string | null;
}): string => `${list ?? "all lists"}${segment === null ? "" : ` through ${segment}`}`;

/** A refusal of the store, told as one of the command's. */
export const orRefused = async <T>(work: Promise<T>): Promise<T> =>
  work.catch((error: unknown) => {
    if (!(error instanceof StoreError) || error.kind !== "conflict") throw error;
    throw new CliError("source-refused", asSentence(error.message), { cause: error });
  });
