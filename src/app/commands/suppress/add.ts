/** `fairdial suppress add`: lasting noes, one by one. They hold from the moment they are written. */
import { addSuppressions } from "../../../store/index.ts";
import { numberArgument } from "../../arguments/options.ts";
import { textOption } from "../../arguments/text.ts";
import { command } from "../../command.ts";
import { plural } from "../../print.ts";
import { COUNTRY, ENTRY_FLAGS, entryOptions, forWhom } from "./options.ts";

export const suppressAdd = command({
  words: "add <numbers..>",
  summary: "Never dial these numbers: for nobody, or not for one principal",
  positionals: {
    numbers: { type: "string", array: true, demandOption: true, describe: "In international or national form" },
  },
  flags: {
    ...ENTRY_FLAGS,
    source: { type: "string", describe: "Where the request is kept: a letter, a ticket (who typed it)" },
    country: COUNTRY,
  },
  examples: [["suppress add '020 7946 0001' --channel letter --source 'letter of 3 March'", "For everybody"]],
  async run(args, session) {
    const entry = entryOptions(args);
    const source = textOption("source", args.source, 200);
    const numbers = [...new Set(args.numbers.map((text) => numberArgument("The number", text, args.country)))];
    const { by, at } = session.authority();
    const drafts = numbers.map((number) => ({ ...entry, number, source: source ?? `by ${by}`, actor: by }));
    const added = await addSuppressions(await session.database(), drafts, at);
    const principal = entry.principal === "" ? null : entry.principal;
    session.answer({ given: numbers.length, added, principal }, () =>
      added === numbers.length
        ? `Suppressed ${plural(added, "number")}${forWhom(entry.principal)}.`
        : `Suppressed ${plural(added, "number")}${forWhom(entry.principal)}; ${numbers.length - added} had been before.`,
    );
    return undefined;
  },
});
