/** `fairdial register check`: whether registers list a number; exit code 1 when one does. */
import { registersInForce, registersListing } from "../../../store/index.ts";
import { numberArgument } from "../../arguments/options.ts";
import { EXIT_FAILED } from "../../cli-error.ts";
import { command } from "../../command.ts";
import { localTime, table } from "../../print.ts";
import { iso } from "../../session.ts";

export const registerCheck = command({
  words: "check <number>",
  summary: "Which registers list a number; exit code 1 when one does",
  positionals: { number: { type: "string", demandOption: true, describe: "In international or national form" } },
  flags: { country: { type: "string", default: "GB", describe: "Country of a number written nationally" } },
  async run(args, session) {
    const number = numberArgument("The number", args.number, args.country);
    const database = await session.database();
    const listing = await registersListing(database, number);
    const files = await registersInForce(database);
    const document = files.map(({ name, fileDate, sha256 }) => ({
      register: name,
      listed: listing.includes(name),
      fileDate: iso(fileDate),
      sha256,
    }));
    session.answer({ number, listed: listing.length > 0, registers: document }, () =>
      files.length === 0
        ? "No register is loaded."
        : table(
            ["register", "listed", "file of"],
            files.map(({ name, fileDate }) => [name, listing.includes(name) ? "yes" : "no", localTime(fileDate)]),
          ),
    );
    return listing.length === 0 ? undefined : EXIT_FAILED;
  },
});
