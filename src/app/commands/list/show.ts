/** `fairdial list show`: where lists came from and how far they have been worked. */
import { listSummaries } from "../../../store/index.ts";
import { command } from "../../command.ts";
import { campaignNamed, requireList } from "../../lookups.ts";
import { facts, localTime, table } from "../../print.ts";
import { iso } from "../../session.ts";

export const listShow = command({
  words: "show [list]",
  summary: "Lists and how far they have been worked, newest first",
  positionals: { list: { type: "string", describe: "One list; needs --campaign" } },
  flags: { campaign: { type: "string", describe: "Only this campaign's" } },
  async run(args, session) {
    const database = await session.database();
    const campaign = args.campaign === undefined ? null : await campaignNamed(database, args.campaign);
    if (campaign !== null && args.list !== undefined) await requireList(database, campaign, args.list);
    const wanted = args.list?.toLowerCase();
    const all = await listSummaries(database, session.world.now(), campaign?.campaignId);
    const lists = all.filter(({ name }) => wanted === undefined || name.toLowerCase() === wanted);
    const document = lists.map((list) => ({ ...list, importedAt: iso(list.importedAt) }));
    session.answer(document, () => {
      if (lists.length === 0) return "No such list has been imported.";
      const [only] = lists;
      if (args.list === undefined || lists.length > 1 || only === undefined) {
        return table(
          ["list", "campaign", "imported", "leads", "due", "waiting", "done", "held", "rejected"],
          lists.map(({ name, campaignName, importedAt, leadsLoaded, leads, rowsRejected, rowsDuplicate }) => [
            ...[name, campaignName, localTime(importedAt), leadsLoaded],
            ...[leads.due, leads.ready - leads.due, leads.done, leads.held, rowsRejected + rowsDuplicate],
          ]),
        );
      }
      return facts([
        ["list", only.name],
        ["campaign", only.campaignName],
        ["file", only.fileName],
        ["SHA-256", only.fileHash],
        ["imported", `${localTime(only.importedAt)} by ${only.importedBy}`],
        ["rows read", only.rowsRead],
        ["rows rejected", only.rowsRejected],
        ["duplicates", only.rowsDuplicate],
        ["leads", only.leadsLoaded],
        ["numbers", only.numbersLoaded],
        ["time zone", only.defaultTimeZone ?? "by number"],
        ["due", only.leads.due],
        ["waiting", only.leads.ready - only.leads.due],
        ["done", only.leads.done],
        ["held", only.leads.held],
      ]);
    });
    return undefined;
  },
});
