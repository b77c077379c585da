/** `fairdial suppress import`: a file of any length, suppressed at one moment or not at all. */
import { beginSuppressionImport } from "../../../store/index.ts";
import { NUMBER_FILE_FLAGS, numberFileOptions } from "../../arguments/number-file.ts";
import { textOption } from "../../arguments/text.ts";
import { command } from "../../command.ts";
import { readFacts, requireNumbers, withNumberFile } from "../../import/open-number-file.ts";
import { facts } from "../../print.ts";
import { ENTRY_FLAGS, entryOptions, forWhom } from "./options.ts";

export const suppressImport = command({
  words: "import <file>",
  summary: "Never dial the numbers of a file; - reads standard input",
  positionals: { file: { type: "string", demandOption: true, describe: "One number a line, or CSV; - for a pipe" } },
  flags: {
    ...ENTRY_FLAGS,
    source: { type: "string", describe: "Where the file came from (its name and hash)" },
    ...NUMBER_FILE_FLAGS,
  },
  examples: [["suppress import optouts.csv --column Phone --channel web --principal Acme", "All of them or none"]],
  async run(args, session) {
    const entry = entryOptions(args);
    const given = textOption("source", args.source, 200);
    const { by, at } = session.authority();
    const order = {
      ...{ file: args.file, rejects: args.rejects, nameForPipe: "suppressions" },
      reading: numberFileOptions(args),
    };
    await withNumberFile(session, order, async (open) => {
      const database = await session.database();
      const source = given ?? `${open.name.slice(-150)}, SHA-256 ${open.sha256.slice(0, 16)}`;
      const loading = await beginSuppressionImport(database, { ...entry, source, actor: by });
      try {
        const read = await open.load(database.numberHashKey, (keys) => loading.add(keys));
        requireNumbers(open, read);
        const { numbers, added } = await loading.commit(at);
        const rejectFile = open.rejectFile();
        const principal = entry.principal === "" ? null : entry.principal;
        session.answer({ file: open.name, sha256: open.sha256, principal, ...read, numbers, added, rejectFile }, () =>
          [
            `Suppressed the numbers of ${open.name}${forWhom(entry.principal)}.`,
            facts([
              ...readFacts(read),
              ["different numbers", numbers],
              ["added", added],
              ["had been", numbers - added],
            ]),
            ...(rejectFile === null ? [] : [`Rejected rows with reasons: ${rejectFile}`]),
          ].join("\n"),
        );
      } finally {
        loading.abort();
      }
    });
    return undefined;
  },
});
