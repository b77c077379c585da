/** `fairdial list import`: a CSV file becomes leads, whole or not at all; rows that cannot be read come back with reasons. */
import { statSync } from "node:fs";
import { basename, extname } from "node:path";
import { StoreError } from "../../../engine/ports.ts";
import { readMapping } from "../../../lead/import/columns.ts";
import { readTimeZone } from "../../../lead/import/time-zone.ts";
import { findListByHash } from "../../../store/index.ts";
import { countOption, countryOption, namesOption, newName } from "../../arguments/options.ts";
import { asSentence, CliError, EXIT_FAILED, orUsageError, usageError } from "../../cli-error.ts";
import { command } from "../../command.ts";
import { importList, type ImportAccount } from "../../import/import-list.ts";
import { progressBar } from "../../import/progress-bar.ts";
import { RejectFile } from "../../import/reject-file.ts";
import { readListFile, type Layout, type ReadingOptions } from "../../import/rows.ts";
import { openListSource } from "../../import/source.ts";
import { campaignNamed } from "../../lookups.ts";
import { facts, localTime, plural } from "../../print.ts";
import { STDIN } from "../../world.ts";

const SEPARATORS: ReadonlyMap<string, string> = new Map([
  ["comma", ","],
  ["semicolon", ";"],
  ["tab", "\t"],
  ["pipe", "|"],
]);

export const listImport = command({
  words: "import <file>",
  summary: "Load a CSV file into a campaign; - reads standard input",
  positionals: { file: { type: "string", demandOption: true, describe: "CSV file, or -" } },
  flags: {
    campaign: { type: "string", demandOption: true, describe: "Campaign that gets the leads" },
    list: { type: "string", describe: "Name of the new list (the file's name)" },
    map: {
      type: "array",
      string: true,
      describe:
        "number=Phone,name=Full name,key=Id,time-zone=Zone,region=State,consent=…,consent-reference=…,consent-at=…",
    },
    country: { type: "string", default: "GB", describe: "Country of numbers written nationally" },
    countries: { type: "array", string: true, describe: "Refuse numbers of other countries: GB,IE" },
    "only-in-use": { type: "boolean", default: false, describe: "Refuse numbers in ranges not listed as in use" },
    "time-zone": { type: "string", describe: "For rows that name none (by the number's country)" },
    delimiter: { type: "string", describe: "comma, semicolon, tab, pipe or the character (detected)" },
    encoding: { type: "string", describe: "e.g. windows-1252 (by the file's mark, else utf-8)" },
    header: { type: "boolean", default: true, describe: "--no-header: columns are called 1, 2, 3…" },
    priority: { type: "string", default: "50", describe: "0 to 99; higher is dialled first" },
    rejects: { type: "string", describe: "Where refused rows go (FILE.rejects.csv)" },
    again: { type: "boolean", default: false, describe: "Load a file that was loaded before" },
  },
  examples: [
    ["list import leads.csv --campaign spring", "Columns go by their headings"],
    ["list import crm.csv --campaign spring --map number=Tel1,number=Tel2,key=CustNo", "Two numbers a lead"],
  ],
  async run(args, session) {
    const name = listName(args.list, args.file);
    const reading = readingOptions(args);
    const priority = countOption("priority", args.priority, 0, 99) ?? 50;
    const rejectsPath = args.rejects ?? (args.file === STDIN ? `${name}.rejects.csv` : `${args.file}.rejects.csv`);
    if (isOneFile(rejectsPath, args.file)) throw usageError("--rejects must be another file than the list itself.");
    const source = await openListSource(args.file, session.world.stdin);
    const bar = progressBar(session.world, session.options.json, source.sizeBytes);
    try {
      const { layout, rows } = await readListFile(source, reading, (bytes) => bar.advance(bytes));
      session.remark(describeLayout(layout));
      const database = await session.database();
      const { campaignId, name: campaign } = await campaignNamed(database, args.campaign);
      const before = args.again ? null : await findListByHash(database, campaignId, source.hash);
      if (before !== null) {
        throw new CliError(
          "file-imported-before",
          `This very file was loaded as "${before.name}" on ${localTime(before.importedAt)}; --again loads it once more.`,
        );
      }
      const who = session.authority();
      const draft = {
        ...{ campaignId, name, fileName: source.name, fileHash: source.hash, importedBy: who.by, importedAt: who.at },
        defaultTimeZone: reading.rules.timeZone,
      };
      const rejects = new RejectFile(rejectsPath, layout.columns.names);
      bar.begin();
      const account = await importList(database, { campaignId, draft, priority }, rows, rejects).catch(
        (error: unknown) => {
          if (!(error instanceof StoreError) || error.kind !== "conflict") throw error;
          throw new CliError("list-refused", `${asSentence(error.message)} Name another with --list, or try again.`, {
            cause: error,
          });
        },
      );
      bar.end();
      const rejectFile = rejects.isUsed ? rejects.path : null;
      session.answer({ campaign, list: name, file: source.name, ...shownLayout(layout), ...account, rejectFile }, () =>
        summary(campaign, name, account, rejectFile, layout),
      );
      return account.listId === null ? EXIT_FAILED : undefined;
    } finally {
      bar.end();
      source.release();
    }
  },
});

/** Also by two names: whoever mixes them up would lose the list. */
const isOneFile = (one: string, other: string): boolean => {
  const [a, b] = [one, other].map((path) => statSync(path, { throwIfNoEntry: false }));
  return a !== undefined && b !== undefined && a.dev === b.dev && a.ino === b.ino;
};

const listName = (given: string | undefined, file: string): string => {
  if (given !== undefined) return newName("a list", given);
  if (file === STDIN) throw usageError("--list is needed when the rows come from standard input.");
  const stem = basename(file, extname(file))
    .replace(/[^A-Za-z0-9_-]+/g, "-")
    .replace(/^[^A-Za-z0-9]+/, "");
  if (stem === "") throw usageError("--list is needed: no name can be made of the file's.");
  return stem.slice(0, 64);
};

interface ReadingArguments {
  readonly map: readonly string[] | undefined;
  readonly country: string;
  readonly countries: readonly string[] | undefined;
  readonly "only-in-use": boolean;
  readonly "time-zone": string | undefined;
  readonly delimiter: string | undefined;
  readonly encoding: string | undefined;
  readonly header: boolean;
}

const readingOptions = (args: ReadingArguments): ReadingOptions => {
  const zone = args["time-zone"] === undefined ? null : readTimeZone(args["time-zone"]);
  if (args["time-zone"] !== undefined && zone === null) {
    throw usageError(`--time-zone: "${args["time-zone"]}" is not a zone, such as Europe/London.`);
  }
  const delimiter = args.delimiter === undefined ? null : (SEPARATORS.get(args.delimiter) ?? args.delimiter);
  if (delimiter !== null && (delimiter.length !== 1 || /["\r\n\p{L}\p{N}]/u.test(delimiter))) {
    throw usageError(`--delimiter must be comma, semicolon, tab, pipe or one character; it is "${delimiter}".`);
  }
  return {
    encoding: args.encoding ?? null,
    delimiter,
    hasHeader: args.header,
    mapping: (args.map ?? []).flatMap((text) => orUsageError("--map", readMapping(text))),
    rules: {
      defaultCountry: countryOption("country", args.country),
      countriesAllowed:
        namesOption("countries", args.countries)?.map((code) => countryOption("countries", code)) ?? null,
      onlyInUse: args["only-in-use"],
      timeZone: zone,
    },
  };
};

const columnNamesOf = ({ columns }: Layout) => {
  const name = (index: number | null): string | null => (index === null ? null : (columns.names[index] ?? null));
  return {
    number: columns.numbers.map((index) => name(index)),
    name: name(columns.name),
    key: name(columns.key),
    timeZone: name(columns.timeZone),
    region: name(columns.region),
    consent:
      columns.consent === null
        ? null
        : {
            kind: name(columns.consent.kind),
            reference: name(columns.consent.reference),
            at: name(columns.consent.at),
          },
    attributes: columns.attributes.map((index) => name(index)),
  };
};

const shownLayout = (layout: Layout) => ({
  encoding: layout.encoding,
  delimiter: layout.delimiter,
  columns: columnNamesOf(layout),
});

const describeLayout = (layout: Layout): string => {
  const { number, name, key, timeZone, region, consent, attributes } = columnNamesOf(layout);
  const said = [
    `number from ${number.join(", then ")}`,
    ...(name === null ? [] : [`name from ${name}`]),
    ...(key === null ? [] : [`key from ${key}`]),
    ...(timeZone === null ? [] : [`time zone from ${timeZone}`]),
    ...(region === null ? [] : [`region from ${region}`]),
    ...(consent === null ? [] : [`consent from ${consent.kind ?? ""}, its proof from ${consent.reference ?? ""}`]),
    ...(attributes.length === 0 ? [] : [plural(attributes.length, "attribute")]),
  ];
  return `Reading ${layout.encoding}: ${said.join("; ")}.`;
};

const summary = (
  campaign: string,
  list: string,
  account: ImportAccount,
  rejectFile: string | null,
  layout: Layout,
): string => {
  const byCode = Object.entries(account.rejectedByCode).sort(([, a], [, b]) => b - a);
  const leftOut = Object.entries(account.numbersLeftOut);
  const lines: (readonly [string, string | number])[] = [
    ["rows read", account.rowsRead],
    ["leads loaded", account.leadsLoaded],
    ["numbers loaded", account.numbersLoaded],
    ["rows rejected", account.rowsRejected],
    ...byCode.map(([code, rows]) => [`  ${code}`, rows] as const),
    ...leftOut.map(([code, numbers]) => [`left out, ${code}`, numbers] as const),
    ...(account.numbersSuppressed > 0 ? [["suppressed, not dialled", account.numbersSuppressed] as const] : []),
    ...(account.numbersTakenOut > 0 ? [["known as invalid, not dialled", account.numbersTakenOut] as const] : []),
  ];
  const damaged = account.rejectedByCode["row-bad-encoding"] ?? 0;
  return [
    account.listId === null
      ? `No row could be loaded: the list ${list} was not made.`
      : `Loaded the list ${list} into ${campaign}.`,
    facts(lines),
    ...(account.numbersWithoutTimeZone > 0
      ? [
          `${plural(account.numbersWithoutTimeZone, "number")} without a time zone: not dialled until the list says where (--time-zone, or a column).`,
        ]
      : []),
    ...(damaged > 0 && layout.encoding === "utf-8"
      ? ["Rows with damaged text: the file may be in another encoding, such as --encoding windows-1252."]
      : []),
    ...(rejectFile === null ? [] : [`Rejected rows with reasons: ${rejectFile}`]),
  ].join("\n");
};
