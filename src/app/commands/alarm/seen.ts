/** `fairdial alarm seen`: somebody has looked, and puts their name to it. */
import { alarmsThere, markAlarmsSeen } from "../../../store/index.ts";
import { CliError, usageError } from "../../cli-error.ts";
import { command } from "../../command.ts";
import { plural } from "../../print.ts";

const readId = (text: string): number => {
  if (/^[1-9][0-9]{0,14}$/.test(text)) return Number(text);
  throw usageError(`"${text}" is not the number of an alarm: \`fairdial alarm list\` shows them.`);
};

export const alarmSeen = command({
  words: "seen [alarms..]",
  summary: "Say that you have looked at alarms",
  positionals: { alarms: { type: "string", array: true, describe: "Their numbers, as `alarm list` shows them" } },
  flags: { all: { type: "boolean", default: false, describe: "All that there are" } },
  async run(args, session) {
    const ids = [...new Set((args.alarms ?? []).map(readId))];
    if (args.all === ids.length > 0) throw usageError("Give the numbers of alarms, or --all.");
    const database = await session.database();
    const there = new Set(await alarmsThere(database, ids));
    const missing = ids.filter((id) => !there.has(id));
    if (missing.length > 0) throw new CliError("unknown-alarm", `There is no alarm ${missing.join(", ")}.`);
    const seen = await markAlarmsSeen(database, args.all ? null : ids, session.authority());
    session.answer({ seen }, () => (seen === 0 ? "They had been seen before." : `Seen: ${plural(seen, "alarm")}.`));
    return undefined;
  },
});
