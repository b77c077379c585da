/** `fairdial kill-switch on`: nothing is placed anywhere any more. */
import { setKillSwitch } from "../../../store/index.ts";
import { neededText } from "../../arguments/text.ts";
import { command } from "../../command.ts";
import { localTime } from "../../print.ts";
import { iso } from "../../session.ts";

export const killSwitchOn = command({
  words: "on",
  summary: "Place nothing anywhere, from now on; calls in progress finish",
  flags: { because: { type: "string", demandOption: true, describe: "Why, for whoever finds it on" } },
  async run(args, session) {
    const because = neededText("because", args.because, 500);
    const who = session.authority();
    const set = await setKillSwitch(await session.database(), because, who);
    const isOurs = set?.since === who.at && set.by === who.by;
    session.answer({ on: set !== null, since: iso(set?.since ?? null), by: set?.by, because: set?.because }, () =>
      isOurs || set === null
        ? "The kill switch is on: every daemon stops placing calls within a second, and calls in progress finish."
        : `The kill switch was on already, since ${localTime(set.since)}, by ${set.by}: ${set.because}`,
    );
    return undefined;
  },
});
