/** `fairdial alarm list`: what nobody has looked at yet. */
import { alarms } from "../../../store/index.ts";
import { countOption } from "../../arguments/options.ts";
import { command } from "../../command.ts";
import { campaignNamed } from "../../lookups.ts";
import { localTime, table } from "../../print.ts";
import { iso } from "../../session.ts";

export const alarmList = command({
  words: "list",
  summary: "Alarms that nobody has seen, latest first",
  flags: {
    all: { type: "boolean", default: false, describe: "Also those that were seen" },
    campaign: { type: "string", describe: "Only this campaign's" },
    limit: { type: "string", default: "50", describe: "At most so many" },
  },
  async run(args, session) {
    const limit = countOption("limit", args.limit, 1, 100_000) ?? 50;
    const database = await session.database();
    const campaignId = args.campaign === undefined ? null : (await campaignNamed(database, args.campaign)).campaignId;
    const found = await alarms(database, { seenToo: args.all, campaignId }, limit);
    const document = found.map(({ firstAt, lastAt, seenAt, ...rest }) => ({
      ...rest,
      firstAt: iso(firstAt),
      lastAt: iso(lastAt),
      seenAt: iso(seenAt),
    }));
    session.answer(document, () =>
      found.length === 0
        ? args.all
          ? "No alarm was ever raised."
          : "No alarm waits for anybody."
        : table(
            ["alarm", "last", "times", "campaign", "code", "says", "attempt", ...(args.all ? ["seen"] : [])],
            found.map((each) => [
              ...[
                each.alarmId,
                localTime(each.lastAt),
                each.times,
                each.campaign,
                each.code,
                each.says,
                each.attemptId,
              ],
              ...(args.all ? [each.seenAt === null ? null : `${localTime(each.seenAt)} ${each.seenBy ?? ""}`] : []),
            ]),
          ),
    );
    return undefined;
  },
});
