/** `fairdial cli-number list`: what may be presented, and why. */
import { cliNumbers } from "../../../store/index.ts";
import { command } from "../../command.ts";
import { localTime, table } from "../../print.ts";
import { iso } from "../../session.ts";

export const cliNumberList = command({
  words: "list",
  summary: "Numbers that may be presented, by trunk",
  flags: { trunk: { type: "string", describe: "Only on this trunk" } },
  async run(args, session) {
    const all = await cliNumbers(await session.database());
    const found = all.filter(
      ({ trunk }) => args.trunk === undefined || trunk.toLowerCase() === args.trunk.toLowerCase(),
    );
    session.answer(
      found.map(({ addedAt, ...rest }) => ({ ...rest, addedAt: iso(addedAt) })),
      () =>
        found.length === 0
          ? "No number may be presented: `fairdial cli-number add`."
          : table(
              ["trunk", "number", "proof", "added", "by"],
              found.map((each) => [each.trunk, each.cliNumber, each.proof, localTime(each.addedAt), each.addedBy]),
            ),
    );
    return undefined;
  },
});
