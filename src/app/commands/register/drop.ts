/** `fairdial register drop`: a register that was loaded under a wrong name, or is not asked any more. */
import { dropRegister } from "../../../store/index.ts";
import { command } from "../../command.ts";
import { localTime, plural } from "../../print.ts";
import { NAME, registerName, registerNamed } from "./options.ts";

export const registerDrop = command({
  words: "drop <name>",
  summary: "Take a register out of force; campaigns whose profile asks for it stop dialling",
  positionals: NAME,
  async run(args, session) {
    const name = registerName(args.name);
    const database = await session.database();
    const file = await registerNamed(database, name);
    const dropped = await dropRegister(database, name, () => session.world.now());
    const numbersRemoved = dropped?.numbersRemoved ?? 0;
    session.answer({ name, dropped: dropped !== null, numbersRemoved }, () =>
      dropped === null
        ? `Somebody else has dropped ${name} just now.`
        : `${name} of ${localTime(file.fileDate)} is in force no longer; ${plural(numbersRemoved, "number")} removed.`,
    );
    return undefined;
  },
});
