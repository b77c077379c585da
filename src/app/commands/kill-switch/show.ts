/** `fairdial kill-switch show`: whether anything may be placed at all. */
import { killSwitchNow } from "../../../store/index.ts";
import { command } from "../../command.ts";
import { facts, localTime } from "../../print.ts";
import { iso } from "../../session.ts";

export const killSwitchShow = command({
  words: "show",
  summary: "Whether it is on, since when and why",
  async run(_args, session) {
    const set = await killSwitchNow(await session.database());
    const document = {
      on: set !== null,
      since: iso(set?.since ?? null),
      by: set?.by ?? null,
      because: set?.because ?? null,
    };
    session.answer(document, () =>
      set === null
        ? "The kill switch is off."
        : facts([
            ["kill switch", "on: nothing is placed anywhere"],
            ["since", localTime(set.since)],
            ["by", set.by],
            ["because", set.because],
          ]),
    );
    return undefined;
  },
});
