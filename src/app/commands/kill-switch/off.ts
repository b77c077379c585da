/** `fairdial kill-switch off`: campaigns that run go on. */
import { clearKillSwitch } from "../../../store/index.ts";
import { command } from "../../command.ts";

export const killSwitchOff = command({
  words: "off",
  summary: "Let running campaigns go on",
  async run(_args, session) {
    const wasOn = await clearKillSwitch(await session.database());
    session.answer({ on: false, wasOn }, () =>
      wasOn ? "The kill switch is off: running campaigns go on within a second." : "The kill switch was not on.",
    );
    return undefined;
  },
});
