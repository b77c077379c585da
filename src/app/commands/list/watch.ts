/** `fairdial list watch`: files dropped into a folder become lists, one after the other, until it is ended. */
import { statSync } from "node:fs";
import { countOption, durationOption } from "../../arguments/options.ts";
import { CliError } from "../../cli-error.ts";
import { command } from "../../command.ts";
import { lockFolder } from "../../import/folder-lock.ts";
import { duplicatePolicy, LIST_FLAGS, readingOptions } from "../../import/list-options.ts";
import { watchFolder, type FileResult } from "../../import/watch-folder.ts";
import { campaignNamed } from "../../lookups.ts";
import { plural } from "../../print.ts";

export const listWatch = command({
  words: "watch <folder>",
  summary: "Import every file dropped into a folder; moves it to done/ or failed/",
  positionals: { folder: { type: "string", demandOption: true, describe: "Folder that files are dropped into" } },
  flags: {
    campaign: { type: "string", demandOption: true, describe: "Campaign that gets the leads" },
    ...LIST_FLAGS,
    settle: { type: "string", default: "10s", describe: "A file that did not change for so long is whole" },
    every: { type: "string", default: "5s", describe: "How often the folder is looked at" },
    once: { type: "boolean", default: false, describe: "Import what is there, and end" },
  },
  examples: [["list watch /srv/leads --campaign spring --on-duplicate update", "Until it is ended, as by systemd"]],
  async run(args, session) {
    const reading = readingOptions(args);
    const policy = duplicatePolicy(args);
    const priority = countOption("priority", args.priority, 0, 99) ?? 50;
    const settleMs = durationOption("settle", args.settle, 100, 3_600_000) ?? 10_000;
    const everyMs = durationOption("every", args.every, 100, 3_600_000) ?? 5_000;
    if (statSync(args.folder, { throwIfNoEntry: false })?.isDirectory() !== true) {
      throw new CliError("folder-refused", `${args.folder} is no folder.`);
    }
    const database = await session.database();
    const campaign = await campaignNamed(database, args.campaign);
    const release = lockFolder(args.folder);
    let failed = 0;
    try {
      const { folder, partial, again, once } = args;
      await watchFolder(
        {
          ...{ world: session.world, silent: true, database, who: session.authority() },
          remark: (text) => {
            session.remark(text);
          },
        },
        { ...{ folder, campaign, reading, policy, priority, partial, again, settleMs, everyMs, once } },
        (result) => {
          if (result.kind === "failed") failed += 1;
          session.answer(document(result), () => sentence(result));
        },
      );
    } finally {
      release();
    }
    return failed > 0 ? 1 : undefined;
  },
});

/** One line of JSON a file. */
const document = (result: FileResult) =>
  result.kind === "failed"
    ? result
    : {
        ...{ kind: result.kind, file: result.file, list: result.list, ...result.imported.account },
        ...{ rejectFile: result.imported.rejectFile, rowsPerSecond: result.imported.rowsPerSecond },
      };

const sentence = (result: FileResult): string =>
  result.kind === "failed"
    ? `${result.file}: not loaded. ${result.says} [${result.code}]`
    : `${result.file}: ${plural(result.imported.account.leadsLoaded, "lead")} loaded as ${result.list}, ${plural(result.imported.account.rowsRejected, "row")} rejected.`;
