/** `fairdial source add`: a campaign takes leads from a list, through a segment, in a share and an order. */
import { addSource, attributeNames, findListId } from "../../../store/index.ts";
import { sourceOrderOption } from "../../arguments/source-order.ts";
import { assignWithBar, describeAssignment } from "../../assigning.ts";
import { command } from "../../command.ts";
import { campaignNamed, requireList } from "../../lookups.ts";
import { didYouMean } from "../../nearest.ts";
import { segmentNamed } from "../../segment-filter.ts";
import { described, ORDER, orRefused, POSITION, positionOption, WEIGHT, weightOption } from "./options.ts";

export const sourceAdd = command({
  words: "add",
  summary: "Let a campaign take leads from a list, through a segment",
  flags: {
    campaign: { type: "string", demandOption: true, describe: "The campaign" },
    list: { type: "string", describe: "Only this list (all of its lists)" },
    segment: { type: "string", describe: "Only leads that fit this segment (all)" },
    weight: { ...WEIGHT, default: "1" },
    order: { ...ORDER, default: "imported" },
    position: { ...POSITION, describe: `${POSITION.describe} (last)` },
  },
  examples: [
    [
      "source add --campaign spring --segment south --weight 3 --position 1",
      "Three of these for each of a source of weight 1",
    ],
  ],
  async run(args, session) {
    const weight = weightOption(args.weight) ?? 1;
    const order = sourceOrderOption(args.order);
    const position = positionOption(args.position) ?? null;
    const database = await session.database();
    const { campaignId, ...campaign } = await campaignNamed(database, args.campaign);
    if (args.list !== undefined) await requireList(database, { campaignId, ...campaign }, args.list);
    const listId = args.list === undefined ? null : await findListId(database, campaignId, args.list);
    const segment = args.segment === undefined ? null : await segmentNamed(database, args.segment);
    if (order.by === "attribute") {
      const known = await attributeNames(database, campaignId);
      if (!known.includes(order.attribute)) {
        const guess = didYouMean(order.attribute, known);
        session.remark(`warning: No lead that was looked at has an attribute "${order.attribute}".${guess}`);
      }
    }
    const draft = { campaignId, listId, segmentId: segment?.segmentId ?? null, weight, order, position };
    const source = await orRefused(addSource(database, draft, session.authority()));
    const assigned = await assignWithBar(session, database, campaignId);
    const names = { list: args.list ?? null, segment: segment?.name ?? null };
    session.answer({ source, campaign: campaign.name, ...names, weight, order, assigned }, () =>
      [`${campaign.name} takes leads from ${described(names)}: source ${source}.`, describeAssignment(assigned)].join(
        "\n",
      ),
    );
    return undefined;
  },
});
