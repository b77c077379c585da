/** `fairdial suppress remove`: only a manager takes back a no. */
import { findSuppressions, removeSuppression } from "../../../store/index.ts";
import { numberArgument } from "../../arguments/options.ts";
import { textOption } from "../../arguments/text.ts";
import { CliError } from "../../cli-error.ts";
import { command } from "../../command.ts";
import { COUNTRY, forWhom, NUMBER, PRINCIPAL } from "./options.ts";

export const suppressRemove = command({
  words: "remove <number>",
  summary: "Take a number off our own list",
  positionals: NUMBER,
  flags: { principal: PRINCIPAL, country: COUNTRY },
  async run(args, session) {
    const number = numberArgument("The number", args.number, args.country);
    const principal = textOption("principal", args.principal, 100) ?? "";
    const database = await session.database();
    const removed = await removeSuppression(database, number, principal);
    const left = [...new Set((await findSuppressions(database, number)).map((entry) => entry.principal))];
    const stillFor = left.map((each) => (each === "" ? "everybody" : each)).join(", ");
    if (!removed) {
      const instead = left.length === 0 ? "" : ` It is for ${stillFor}.`;
      throw new CliError("not-suppressed", `${number} is not suppressed${forWhom(principal)}.${instead}`);
    }
    session.answer({ number, removed, stillSuppressedFor: left }, () =>
      left.length === 0
        ? `${number} is not on our own list any more.`
        : `${number} is suppressed${principal === "" ? " for everybody" : forWhom(principal)} no longer; it still is for ${stillFor}.`,
    );
    return undefined;
  },
});
