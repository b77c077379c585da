/** `fairdial register list`: which files are in force, how old they are, and what was in force before. */
import { registersBefore, registersInForce, type LoadedRegister } from "../../../store/index.ts";
import { command } from "../../command.ts";
import { localTime, table } from "../../print.ts";
import { iso } from "../../session.ts";
import { registerName, registerNamed } from "./options.ts";

const DAY_MS = 86_400_000;
const BEFORE_MAX = 100;

export const registerList = command({
  words: "list [name]",
  summary: "Registers in force; with a name also its earlier files",
  positionals: { name: { type: "string", describe: "Only this one" } },
  async run(args, session) {
    const database = await session.database();
    const now = session.world.now();
    const ageDays = ({ fileDate }: LoadedRegister): number => Math.floor((now - fileDate) / DAY_MS);
    const document = ({ fileId: _id, ...file }: LoadedRegister) => ({
      ...file,
      fileDate: iso(file.fileDate),
      loadedAt: iso(file.loadedAt),
    });
    const files =
      args.name === undefined
        ? await registersInForce(database)
        : [await registerNamed(database, registerName(args.name))];
    const before = args.name === undefined ? [] : await registersBefore(database, args.name, BEFORE_MAX);
    const all = [
      ...files.map((file) => ({ ...document(file), inForce: true, ageDays: ageDays(file) })),
      ...before.map((file) => ({ ...document(file), inForce: false, ageDays: null })),
    ];
    session.answer(all, () =>
      files.length === 0
        ? "No register is loaded."
        : table(
            ["register", "in force", "file of", "days old", "numbers", "loaded", "by", "file", "SHA-256"],
            [...files, ...before].map((file, index) => [
              ...[file.name, index < files.length ? "yes" : "no", localTime(file.fileDate)],
              ...[index < files.length ? ageDays(file) : null, file.numbers, localTime(file.loadedAt), file.loadedBy],
              ...[file.fileName, file.sha256.slice(0, 12)],
            ]),
          ),
    );
    return undefined;
  },
});
