/** `fairdial account close`: writes down what a day came to, once; a further row where it has changed since. */
import { CliError } from "../../cli-error.ts";
import { command } from "../../command.ts";
import { plural, table } from "../../print.ts";
import { iso } from "../../session.ts";
import { closeDay } from "../../statement/close-days.ts";
import { dayOption, profilesNow, profilesOn, todayOf } from "./options.ts";
import { allHeld } from "../../statement/held.ts";

export const accountClose = command({
  words: "close",
  summary: "Write a day into the chained record; harmless to repeat",
  flags: { day: { type: "string", default: "yesterday", describe: "2026-11-21 or yesterday, in each profile's zone" } },
  async run(args, session) {
    const database = await session.database();
    const { held } = await allHeld(database, profilesNow(session));
    const todays = held.map(({ profile }) => todayOf(profile.abandon, session)).sort();
    const earliest = todays[0] ?? todayOf({ timeZone: "UTC" }, session);
    const day = dayOption("day", args.day, earliest);
    if (day >= earliest) {
      throw new CliError("day-not-over", `${day} is not over yet everywhere: the earliest campaign has ${earliest}.`);
    }
    const { statements, written, unruled } = await closeDay(
      database,
      profilesOn(session, day),
      day,
      session.authority(),
    );
    const document = {
      day,
      statements,
      written: written.map(({ writtenAt, ...row }) => ({ ...row, writtenAt: iso(writtenAt) })),
      unruled: unruled.map(({ campaign, says }) => ({ campaign: campaign.name, says })),
    };
    session.answer(document, () =>
      written.length === 0
        ? `${day}: nothing has changed; ${plural(statements, "statement")} as written before.`
        : [
            table(
              ["row", "campaign", "centre", "sequence", "hash"],
              written.map(({ rowId, campaignId, centre, sequence, hash }) => [
                ...[rowId, nameOf(held, campaignId), centre ?? "all", sequence, `${hash.slice(0, 16)}…`],
              ]),
            ),
            `${day}: ${plural(written.length, "row")} written.`,
          ].join("\n\n"),
    );
    for (const { campaign, says } of unruled) session.remark(`warning: ${campaign.name} was not closed: ${says}`);
    return undefined;
  },
});

const nameOf = (
  held: readonly { readonly campaign: { readonly campaignId: number; readonly name: string } }[],
  campaignId: number | null,
): string => {
  if (campaignId === null) return "all";
  return held.find(({ campaign }) => campaign.campaignId === campaignId)?.campaign.name ?? `(${campaignId})`;
};
