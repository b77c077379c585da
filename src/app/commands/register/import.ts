/** `fairdial register import`: a do-not-call register's file, loaded beside the one in force and then put in its place. */
import type { Instant } from "../../../domain/instant.ts";
import { StoreError } from "../../../engine/ports.ts";
import { beginRegisterImport, removeRetiredNumbers, type LoadedRegister } from "../../../store/index.ts";
import { NUMBER_FILE_FLAGS, numberFileOptions } from "../../arguments/number-file.ts";
import { instantOption } from "../../arguments/options.ts";
import { asSentence, CliError, usageError } from "../../cli-error.ts";
import { command } from "../../command.ts";
import { tooManyUnreadable, type NumbersRead } from "../../import/load-numbers.ts";
import { readFacts, requireNumbers, withNumberFile } from "../../import/open-number-file.ts";
import { facts, localTime } from "../../print.ts";
import { iso } from "../../session.ts";
import { NAME, registerName } from "./options.ts";

/** A keeper's export is made by a program: a row in a hundred that cannot be read means that we read the wrong thing. */
const UNREADABLE_MAX_RATIO = 0.01;
/** Registers grow by percents; a file of less than half is a piece of one. */
const SHRINK_MIN_RATIO = 0.5;

const checkDate = (fileDate: Instant, now: Instant): void => {
  if (fileDate <= now) return;
  throw usageError(
    `--file-date ${localTime(fileDate)} has not come yet: give the date that the register's keeper gives.`,
  );
};

const checkOrder = (fileDate: Instant, before: LoadedRegister | null): void => {
  if (before === null || fileDate >= before.fileDate) return;
  throw new CliError(
    "register-older",
    `The file in force is of ${localTime(before.fileDate)}, and this one is older (${localTime(fileDate)}); --force takes it all the same.`,
  );
};

const checkContent = (read: NumbersRead, numbers: number, before: LoadedRegister | null): void => {
  if (read.rowsRejected > read.rowsRead * UNREADABLE_MAX_RATIO)
    throw tooManyUnreadable(read.rowsRejected, read.rowsRead);
  if (before === null || numbers >= before.numbers * SHRINK_MIN_RATIO) return;
  throw new CliError(
    "register-shrank",
    `The file in force holds ${before.numbers.toLocaleString("en-GB")} numbers, and this one ${numbers.toLocaleString("en-GB")}: is it whole? --force takes it all the same.`,
  );
};

export const registerImport = command({
  words: "import <name> <file>",
  summary: "Load a do-not-call register's file and put it in force; - reads standard input",
  positionals: {
    ...NAME,
    file: { type: "string", demandOption: true, describe: "One number a line, or CSV; - for a pipe" },
  },
  flags: {
    "file-date": {
      type: "string",
      demandOption: true,
      describe: "Its keeper's date: 2026-11-21; its age counts from here",
    },
    ...NUMBER_FILE_FLAGS,
    force: { type: "boolean", default: false, describe: "Also when it is older, much shorter or partly unreadable" },
  },
  examples: [
    ["register import TPS tps.txt --file-date 2026-11-21", "Dialling goes by the old file until this one is whole"],
  ],
  async run(args, session) {
    const name = registerName(args.name);
    const { by, at } = session.authority();
    const fileDate = instantOption("file-date", args["file-date"], at);
    if (fileDate === null) throw usageError("--file-date needs a value.");
    checkDate(fileDate, at);
    const order = { file: args.file, rejects: args.rejects, nameForPipe: name, reading: numberFileOptions(args) };
    await withNumberFile(session, order, async (open) => {
      const database = await session.database();
      const draft = { name, fileName: open.name, sha256: open.sha256, fileDate, loadedBy: by, loadedAt: at };
      const loading = await beginRegisterImport(database, draft).catch(asRegisterRefusal);
      try {
        if (!args.force) checkOrder(fileDate, loading.before);
        const read = await open.load(database.numberHashKey, (keys) => loading.add(keys));
        requireNumbers(open, read);
        if (!args.force) checkContent(read, loading.numbers, loading.before);
        const file = await loading.commit();
        const { numbersRemoved } = await removeRetiredNumbers(database, () => session.world.now(), null);
        const rejectFile = open.rejectFile();
        const { fileId: _id, ...told } = file;
        const document = { ...told, fileDate: iso(fileDate), loadedAt: iso(at), ...read, numbersRemoved, rejectFile };
        session.answer({ ...document, numbersBefore: loading.before?.numbers ?? null }, () =>
          [
            `${name} of ${localTime(fileDate)} is in force.`,
            facts([
              ...readFacts(read),
              ["different numbers", file.numbers],
              ["in the file before", loading.before?.numbers ?? "none"],
              ["SHA-256", file.sha256],
            ]),
            ...(rejectFile === null ? [] : [`Rejected rows with reasons: ${rejectFile}`]),
          ].join("\n"),
        );
      } finally {
        await loading.abort();
      }
    });
    return undefined;
  },
});

const asRegisterRefusal = (error: unknown): never => {
  if (!(error instanceof StoreError) || error.kind !== "conflict") throw error;
  throw new CliError("register-busy", `${asSentence(error.message)} Wait until it is done.`, { cause: error });
};
