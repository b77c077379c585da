/** What `list import` and `list watch` are told alike: how a file is read, and what becomes of duplicates. */
import type { CountryCode } from "libphonenumber-js/max";
import { likeHome } from "../../lead/import/home-countries.ts";
import { readMapping } from "../../lead/import/columns.ts";
import { readTimeZone } from "../../lead/import/time-zone.ts";
import { DUPLICATE_BY, DUPLICATE_SCOPES, ON_DUPLICATE, type DuplicatePolicy } from "../../store/index.ts";
import { countryOption, namesOption } from "../arguments/options.ts";
import { orUsageError, usageError } from "../cli-error.ts";
import { didYouMean } from "../nearest.ts";
import { LIST_FORMATS, type ReadingOptions } from "./rows.ts";

const SEPARATORS: ReadonlyMap<string, string> = new Map([
  ["comma", ","],
  ["semicolon", ";"],
  ["tab", "\t"],
  ["pipe", "|"],
]);

export const LIST_FLAGS = {
  map: {
    type: "array",
    string: true,
    describe:
      "number=Phone,number:work=Office,name=Full name,key=Id,time-zone=Zone,region=State,consent=…,consent-reference=…,consent-at=…",
  },
  format: { type: "string", describe: "csv or ndjson (by the name, else by how it begins)" },
  country: { type: "string", default: "GB", describe: "Country of numbers written nationally; others are refused" },
  "allow-country": { type: "array", string: true, describe: "Numbers of these countries too: IE,FR; any for all" },
  countries: { type: "array", string: true, describe: "Numbers of exactly these countries: GB,IE" },
  "allow-premium": { type: "boolean", default: false, describe: "Load premium-rate numbers too" },
  "only-in-use": { type: "boolean", default: false, describe: "Refuse numbers in ranges not listed as in use" },
  "time-zone": { type: "string", describe: "For rows that name none (by the number's country)" },
  delimiter: { type: "string", describe: "comma, semicolon, tab, pipe or the character (detected)" },
  encoding: { type: "string", describe: "e.g. windows-1252 (detected)" },
  header: { type: "boolean", default: true, describe: "--no-header: columns are called 1, 2, 3…" },
  priority: { type: "string", default: "50", describe: "0 to 99; higher is dialled first" },
  duplicates: {
    type: "string",
    default: "campaign",
    describe: "Where others are looked for: file, list, campaign, all",
  },
  "duplicate-by": { type: "string", default: "both", describe: "number, key or both" },
  "on-duplicate": { type: "string", default: "reject", describe: "reject, skip, or update the lead with that key" },
  partial: { type: "boolean", default: false, describe: "Keep what was loaded when the file fails on the way" },
  again: { type: "boolean", default: false, describe: "Load a file that was loaded before" },
} as const;

export interface ListArguments {
  readonly map: readonly string[] | undefined;
  readonly format: string | undefined;
  readonly country: string;
  readonly "allow-country": readonly string[] | undefined;
  readonly countries: readonly string[] | undefined;
  readonly "allow-premium": boolean;
  readonly "only-in-use": boolean;
  readonly "time-zone": string | undefined;
  readonly delimiter: string | undefined;
  readonly encoding: string | undefined;
  readonly header: boolean;
  readonly duplicates: string;
  readonly "duplicate-by": string;
  readonly "on-duplicate": string;
}

const wordOption = <Word extends string>(option: string, text: string, words: readonly Word[]): Word => {
  const known = words.find((word) => word === text);
  if (known !== undefined) return known;
  const choice = `${words.slice(0, -1).join(", ")} or ${words.at(-1) ?? ""}`;
  throw usageError(`--${option} is ${choice}; it is "${text}".${didYouMean(text, words)}`);
};

export const readingOptions = (args: ListArguments): ReadingOptions => {
  const zone = args["time-zone"] === undefined ? null : readTimeZone(args["time-zone"]);
  if (args["time-zone"] !== undefined && zone === null) {
    throw usageError(`--time-zone: "${args["time-zone"]}" is not a zone, such as Europe/London.`);
  }
  const delimiter = args.delimiter === undefined ? null : (SEPARATORS.get(args.delimiter) ?? args.delimiter);
  if (delimiter !== null && (delimiter.length !== 1 || /["\r\n\p{L}\p{N}]/u.test(delimiter))) {
    throw usageError(`--delimiter must be comma, semicolon, tab, pipe or one character; it is "${delimiter}".`);
  }
  const country = countryOption("country", args.country);
  return {
    format: args.format === undefined ? null : wordOption("format", args.format, LIST_FORMATS),
    encoding: args.encoding ?? null,
    delimiter,
    hasHeader: args.header,
    mapping: (args.map ?? []).flatMap((text) => orUsageError("--map", readMapping(text))),
    rules: {
      defaultCountry: country,
      countriesAllowed: countriesAllowed(country, args),
      premiumAllowed: args["allow-premium"],
      onlyInUse: args["only-in-use"],
      timeZone: zone,
    },
  };
};

/** Its own country and no other, unless somebody says so: a foreign number in a list is a mistake, or a dear one. */
const countriesAllowed = (
  own: CountryCode,
  { countries, "allow-country": more }: Pick<ListArguments, "countries" | "allow-country">,
): readonly CountryCode[] | null => {
  const exactly = namesOption("countries", countries)?.map((code) => countryOption("countries", code));
  const added = namesOption("allow-country", more);
  if (exactly !== undefined && added !== undefined) {
    throw usageError("--countries says all of them, and --allow-country adds some: give one of the two.");
  }
  if (exactly !== undefined) return exactly;
  if (added?.some((code) => code.toLowerCase() === "any") === true) return null;
  return [...likeHome(own), ...(added ?? []).map((code) => countryOption("allow-country", code))];
};

export const duplicatePolicy = (args: ListArguments): DuplicatePolicy => {
  const policy = {
    scope: wordOption("duplicates", args.duplicates, DUPLICATE_SCOPES),
    by: wordOption("duplicate-by", args["duplicate-by"], DUPLICATE_BY),
    onDuplicate: wordOption("on-duplicate", args["on-duplicate"], ON_DUPLICATE),
  };
  if (policy.onDuplicate !== "update") return policy;
  if (policy.by === "number")
    throw usageError("--on-duplicate update finds leads by their key: not with --duplicate-by number.");
  if (policy.scope === "file" || policy.scope === "list") {
    throw usageError("--on-duplicate update looks in the campaign: not with --duplicates file or list.");
  }
  return policy;
};
