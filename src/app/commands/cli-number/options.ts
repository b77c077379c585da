/** What the commands about numbers that we present have in common. */
import { usageError } from "../../cli-error.ts";

export const CLI_NUMBER = {
  number: { type: "string", demandOption: true, describe: "In international or national form" },
} as const;

export const COUNTRY = {
  type: "string",
  default: "GB",
  describe: "Country of a number written nationally",
} as const;

export const trunkName = (text: string): string => {
  if (/^[A-Za-z0-9_-]{1,64}$/.test(text)) return text;
  throw usageError(`--trunk: "${text}" is not the name of a trunk.`);
};
