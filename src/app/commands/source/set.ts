/** `fairdial source set`: another share, order or place. */
import { changeSource } from "../../../store/index.ts";
import { sourceOrderOption } from "../../arguments/source-order.ts";
import { assignWithBar, describeAssignment } from "../../assigning.ts";
import { usageError } from "../../cli-error.ts";
import { command } from "../../command.ts";
import { described, ORDER, POSITION, positionOption, SOURCE, sourceNumbered, WEIGHT, weightOption } from "./options.ts";

export const sourceSet = command({
  words: "set <source>",
  summary: "Change the weight, order or position of a source",
  positionals: SOURCE,
  flags: { weight: WEIGHT, order: ORDER, position: POSITION },
  async run(args, session) {
    const weight = weightOption(args.weight);
    const order = args.order === undefined ? undefined : sourceOrderOption(args.order);
    const position = positionOption(args.position);
    if (weight === undefined && order === undefined && position === undefined) {
      throw usageError("Give --weight, --order or --position.");
    }
    const database = await session.database();
    const source = await sourceNumbered(database, args.source);
    const change = {
      ...(weight === undefined ? {} : { weight }),
      ...(order === undefined ? {} : { order }),
      ...(position === undefined ? {} : { position }),
    };
    const changed = await changeSource(database, source.sourceId, change, session.authority());
    const assigned = changed?.sorts === true ? await assignWithBar(session, database, source.campaignId) : null;
    session.answer({ source: source.sourceId, campaign: source.campaign, ...change, assigned }, () =>
      [
        `Source ${source.sourceId} of ${source.campaign} (${described(source)}) is changed.`,
        ...(changed?.sorts === true ? [describeAssignment(assigned)] : []),
      ].join("\n"),
    );
    return undefined;
  },
});
