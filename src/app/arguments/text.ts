/** Words that are kept as somebody typed them. */
import { usageError } from "../cli-error.ts";

/** Without the spaces around, so that one name is one; refused when nothing is left, or too much. */
export const textOption = (option: string, text: string | undefined, charactersMax: number): string | undefined => {
  if (text === undefined) return undefined;
  const trimmed = text.trim();
  if (trimmed === "") throw usageError(`--${option} needs a value.`);
  if (trimmed.length > charactersMax) throw usageError(`--${option} has at most ${charactersMax} characters.`);
  return trimmed;
};

/** For options that must be given. */
export const neededText = (option: string, text: string, charactersMax: number): string =>
  textOption(option, text, charactersMax) ?? "";
