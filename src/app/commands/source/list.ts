/** `fairdial source list`: the mix of a campaign: where its leads come from, how many are left, in which shares. */
import { assignmentState, countSources, NO_SOURCE_COUNTS, sourcesOf, type SourceRecord } from "../../../store/index.ts";
import { formatSourceOrder } from "../../arguments/source-order.ts";
import { command } from "../../command.ts";
import { campaignNamed } from "../../lookups.ts";
import { plural, table } from "../../print.ts";
import { iso } from "../../session.ts";

export const sourceList = command({
  words: "list",
  summary: "What a campaign takes leads from, how many are left, and in which shares",
  flags: { campaign: { type: "string", demandOption: true, describe: "The campaign" } },
  async run(args, session) {
    const database = await session.database();
    const { campaignId, name } = await campaignNamed(database, args.campaign);
    const sources = await sourcesOf(database, campaignId);
    const counts = await countSources(database, campaignId, session.world.now());
    const state = await assignmentState(database, campaignId);
    const leadsOf = (source: SourceRecord) => counts.get(source.sourceId) ?? NO_SOURCE_COUNTS;
    // Only those that have something to give have a share now.
    const giving = sources.filter((each) => !each.isLoading && leadsOf(each).fresh + leadsOf(each).again > 0);
    const weights = giving.reduce((sum, { weight }) => sum + weight, 0);
    const shareOf = (source: SourceRecord): number =>
      weights === 0 || !giving.includes(source) ? 0 : (100 * source.weight) / weights;
    const unplaced = counts.get(0) ?? NO_SOURCE_COUNTS;
    const isAssigning = state?.isPending === true;
    session.answer(
      {
        campaign: name,
        isAssigning,
        sources: sources.map((source) => ({
          ...{ source: source.sourceId, position: source.position, list: source.list, segment: source.segment },
          ...{ weight: source.weight, sharePercent: Math.round(shareOf(source) * 10) / 10, order: source.order },
          ...{ isLoading: source.isLoading, ...leadsOf(source) },
          ...{ changedAt: iso(source.changedAt), changedBy: source.changedBy },
        })),
        unplaced,
      },
      () => {
        const lines =
          sources.length === 0
            ? [
                `${name} has no source: none of its leads is dialled. \`fairdial source add --campaign ${name}\` takes all.`,
              ]
            : [
                table(
                  [
                    "source",
                    "list",
                    "segment",
                    "order",
                    "weight",
                    "share",
                    "leads",
                    "new",
                    "again",
                    "due",
                    "held",
                    "done",
                  ],
                  sources.map((source) => {
                    const { leads, fresh, again, due, held, done } = leadsOf(source);
                    return [
                      ...[
                        source.sourceId,
                        source.list ?? "all",
                        source.segment ?? "all",
                        formatSourceOrder(source.order),
                      ],
                      ...[source.weight, source.isLoading ? "loading" : `${Math.round(shareOf(source))} %`],
                      ...[leads, fresh, again, due, held, done],
                    ];
                  }),
                ),
              ];
        const waiting = unplaced.fresh + unplaced.again;
        if (waiting > 0) lines.push(`${plural(waiting, "lead")} are in no source, and wait.`);
        if (isAssigning) lines.push("Leads are being put into sources; these counts are on their way.");
        return lines.join("\n");
      },
    );
    return undefined;
  },
});
