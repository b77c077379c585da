/** `fairdial suppress add|remove|check`: the lasting noes. They hold from the moment they are written. */
import { readFileSync } from "node:fs";
import type { PhoneNumber } from "../../domain/phone-number.ts";
import { addSuppressions, findSuppression, removeSuppression } from "../../store/index.ts";
import { readNumber } from "../../lead/import/number.ts";
import { numberArgument, numberRules } from "../arguments/options.ts";
import { CliError, EXIT_FAILED, usageError } from "../cli-error.ts";
import { command } from "../command.ts";
import { facts, localTime, plural } from "../print.ts";
import { iso } from "../session.ts";
import { STDIN } from "../world.ts";

const COUNTRY = { type: "string", default: "GB", describe: "Country of numbers written nationally" } as const;
/** One statement each: a do-not-call register has millions. */
const BATCH = 1_000;

const SHOWN_CHARACTERS_MAX = 60;

/** All of them, or the first that cannot be read is named with its line. */
const numbersOf = (file: string, country: string): PhoneNumber[] => {
  let text: string;
  try {
    text = readFileSync(file === STDIN ? 0 : file, "utf8");
  } catch (error) {
    throw new CliError("file-refused", `${file} cannot be read.`, { cause: error });
  }
  const rules = numberRules(country);
  return text.split(/\r?\n/).flatMap((line, index) => {
    if (line.trim() === "") return [];
    const result = readNumber(line, rules);
    if (!("code" in result)) return [result.number];
    const shown = line.length > SHOWN_CHARACTERS_MAX ? `${line.slice(0, SHOWN_CHARACTERS_MAX)}…` : line;
    throw new CliError(
      "file-refused",
      `Line ${index + 1} of ${file}, "${shown}": ${result.reason}. Nothing was suppressed.`,
    );
  });
};

export const suppressAdd = command({
  words: "add [numbers..]",
  summary: "Never dial these numbers, in no campaign",
  positionals: { numbers: { type: "string", array: true, describe: "In international or national form" } },
  flags: {
    file: { type: "string", describe: "One number a line; - reads standard input" },
    reason: { type: "string", default: "opt-out", describe: "opt-out, dnc, …" },
    country: COUNTRY,
  },
  async run(args, session) {
    if (args.reason.length > 64) throw usageError("--reason has at most 64 characters.");
    const typed = (args.numbers ?? []).map((text) => numberArgument("The number", text, args.country));
    const numbers = [...new Set([...typed, ...(args.file === undefined ? [] : numbersOf(args.file, args.country))])];
    if (numbers.length === 0) throw usageError("Give numbers, or --file.");
    const { by, at } = session.authority();
    const source = args.file === undefined || args.file === STDIN ? `by ${by}` : `${args.file}, by ${by}`;
    const database = await session.database();
    let added = 0;
    for (let start = 0; start < numbers.length; start += BATCH) {
      const batch = numbers.slice(start, start + BATCH);
      added += await addSuppressions(
        database,
        batch.map((number: PhoneNumber) => ({ number, reason: args.reason, source: source.slice(0, 191) })),
        at,
      );
    }
    session.answer({ given: numbers.length, added }, () =>
      added === numbers.length
        ? `Suppressed ${plural(added, "number")}.`
        : `Suppressed ${plural(added, "number")}; ${numbers.length - added} had been before.`,
    );
    return undefined;
  },
});

const NUMBER = {
  number: { type: "string", demandOption: true, describe: "In international or national form" },
} as const;

export const suppressRemove = command({
  words: "remove <number>",
  summary: "Allow a number again",
  positionals: NUMBER,
  flags: { country: COUNTRY },
  async run(args, session) {
    const number = numberArgument("The number", args.number, args.country);
    const removed = await removeSuppression(await session.database(), number);
    if (!removed) throw new CliError("not-suppressed", `${number} is not suppressed.`);
    session.answer({ number, removed }, () => `${number} may be dialled again.`);
    return undefined;
  },
});

export const suppressCheck = command({
  words: "check <number>",
  summary: "Whether a number is suppressed; exit code 1 when it is",
  positionals: NUMBER,
  flags: { country: COUNTRY },
  async run(args, session) {
    const number = numberArgument("The number", args.number, args.country);
    const found = await findSuppression(await session.database(), number);
    const document = {
      number,
      suppressed: found !== null,
      reason: found?.reason ?? null,
      source: found?.source ?? null,
    };
    session.answer({ ...document, addedAt: iso(found?.addedAt ?? null) }, () =>
      found === null
        ? `${number} is not suppressed.`
        : facts([
            ["suppressed", number],
            ["reason", found.reason],
            ["source", found.source],
            ["since", localTime(found.addedAt)],
          ]),
    );
    return found === null ? undefined : EXIT_FAILED;
  },
});
