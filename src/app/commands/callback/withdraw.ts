/** `fairdial callback withdraw`: a promise is taken back; the lead goes on as if there had been none. */
import { findCallback, withdrawCallback } from "../../../store/index.ts";
import { countOption } from "../../arguments/options.ts";
import { CliError } from "../../cli-error.ts";
import { command } from "../../command.ts";
import { callbackDocument, describeCallback } from "./options.ts";

export const callbackWithdraw = command({
  words: "withdraw <callback>",
  summary: "Take back a promise that waits",
  positionals: { callback: { type: "string", demandOption: true, describe: "As `callback list` numbers it" } },
  async run(args, session) {
    const id = countOption("callback", args.callback, 1, 999_999_999) ?? 0;
    const database = await session.database();
    const at = session.world.now();
    const found = await findCallback(database, id, at);
    if (found === null) throw new CliError("unknown-callback", `There is no callback ${id}.`);
    if (!(await withdrawCallback(database, id, at))) {
      throw new CliError("callback-settled", `The callback ${id} is ${found.state}, and cannot be taken back.`);
    }
    const after = (await findCallback(database, id, at)) ?? found;
    session.answer(callbackDocument(after), () =>
      `Withdrawn. ${describeCallback(found)}`.replace(" is called ", " was to be called "),
    );
    return undefined;
  },
});
