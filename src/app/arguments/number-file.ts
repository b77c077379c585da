/** Options of the commands that read a file of numbers. */
import type { NumberFileOptions } from "../import/number-file.ts";
import { numberRules } from "./options.ts";

export const NUMBER_FILE_FLAGS = {
  column: { type: "string", describe: "Heading or place of the number; A+B for two that are joined (seen)" },
  header: { type: "boolean", describe: "--header or --no-header (seen)" },
  encoding: { type: "string", describe: "e.g. windows-1252 (by the file's mark, else utf-8)" },
  country: { type: "string", default: "GB", describe: "Country of numbers written nationally" },
  rejects: { type: "string", describe: "Where refused rows go (FILE.rejects.csv)" },
} as const;

interface NumberFileArguments {
  readonly column: string | undefined;
  readonly header: boolean | undefined;
  readonly encoding: string | undefined;
  readonly country: string;
}

export const numberFileOptions = ({ column, header, encoding, country }: NumberFileArguments): NumberFileOptions => ({
  encoding: encoding ?? null,
  column: column ?? null,
  hasHeader: header ?? null,
  rules: numberRules(country),
});
