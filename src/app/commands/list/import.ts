/** `fairdial list import`: a file becomes leads, whole or not at all; rows that cannot be read come back with reasons. */
import { countOption } from "../../arguments/options.ts";
import { EXIT_FAILED } from "../../cli-error.ts";
import { command } from "../../command.ts";
import { importFile, listName, type FileImported } from "../../import/import-file.ts";
import { shownLayout } from "../../import/layout-words.ts";
import { duplicatePolicy, LIST_FLAGS, readingOptions } from "../../import/list-options.ts";
import { rejectsPathFor } from "../../import/rejects-path.ts";
import { requireFile } from "../../import/source.ts";
import { campaignNamed } from "../../lookups.ts";
import { facts, plural } from "../../print.ts";

export const listImport = command({
  words: "import <file>",
  summary: "Load a CSV or NDJSON file into a campaign; - reads standard input",
  positionals: { file: { type: "string", demandOption: true, describe: "CSV or NDJSON file, or -" } },
  flags: {
    campaign: { type: "string", demandOption: true, describe: "Campaign that gets the leads" },
    list: { type: "string", describe: "Name of the new list (the file's name)" },
    ...LIST_FLAGS,
    rejects: { type: "string", describe: "Where refused rows go (FILE.rejects.csv)" },
  },
  examples: [
    ["list import leads.csv --campaign spring", "Columns go by their headings"],
    [
      "list import crm.csv --campaign spring --map number:home=Tel1,number:mobile=Tel2,key=CustNo",
      "Two numbers a lead",
    ],
    ["list import crm.csv --campaign spring --list may --on-duplicate update", "Leads with a known key are changed"],
  ],
  async run(args, session) {
    const list = listName(args.list, args.file);
    const reading = readingOptions(args);
    const policy = duplicatePolicy(args);
    const priority = countOption("priority", args.priority, 0, 99) ?? 50;
    const { file, rejects, partial, again } = args;
    rejectsPathFor({ file, nameForPipe: list, rejects });
    await requireFile(file);
    const database = await session.database();
    const campaign = await campaignNamed(database, args.campaign);
    const setting = {
      ...{ world: session.world, silent: session.options.json, database, who: session.authority() },
      remark: (text: string) => session.remark(text),
    };
    const done = await importFile(setting, {
      ...{ file, list, campaign, reading, policy, priority, partial, again, rejects },
    });
    const { account, layout, sourceName, rejectFile, seconds, rowsPerSecond } = done;
    session.answer(
      {
        ...{ campaign: campaign.name, list, file: sourceName, ...shownLayout(layout) },
        ...{ ...account, rejectFile, seconds, rowsPerSecond },
      },
      () => summary(campaign.name, list, done),
    );
    return account.listId === null || account.endedEarly !== null ? EXIT_FAILED : undefined;
  },
});

const summary = (campaign: string, list: string, { account, rejectFile, layout, ...speed }: FileImported): string => {
  const byCode = Object.entries(account.rejectedByCode).sort(([, a], [, b]) => b - a);
  const leftOut = Object.entries(account.numbersLeftOut);
  const lines: (readonly [string, string | number])[] = [
    ["rows read", account.rowsRead],
    ["leads loaded", account.leadsLoaded],
    ["numbers loaded", account.numbersLoaded],
    ...(account.leadsChanged > 0 ? [["leads changed", account.leadsChanged] as const] : []),
    ...(account.rowsSkipped > 0 ? [["duplicates skipped", account.rowsSkipped] as const] : []),
    ["rows rejected", account.rowsRejected],
    ...byCode.map(([code, rows]) => [`  ${code}`, rows] as const),
    ...leftOut.map(([code, numbers]) => [`left out, ${code}`, numbers] as const),
    ...(account.numbersSuppressed > 0 ? [["suppressed, not dialled", account.numbersSuppressed] as const] : []),
    ["rows per second", speed.rowsPerSecond],
    ...(account.numbersTakenOut > 0 ? [["known as invalid, not dialled", account.numbersTakenOut] as const] : []),
  ];
  const damaged = account.rejectedByCode["row-bad-encoding"] ?? 0;
  return [
    account.listId === null
      ? `No row could be loaded: the list ${list} was not made.`
      : `Loaded the list ${list} into ${campaign}.`,
    facts(lines),
    ...(account.endedEarly === null ? [] : [`${account.endedEarly} What was read before is loaded (--partial).`]),
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
