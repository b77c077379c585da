/** `fairdial source remove`: its leads go to whichever other source takes them, or to none. */
import { countSources, removeSource } from "../../../store/index.ts";
import { assignWithBar, describeAssignment } from "../../assigning.ts";
import { command } from "../../command.ts";
import { plural } from "../../print.ts";
import { described, orRefused, SOURCE, sourceNumbered } from "./options.ts";

export const sourceRemove = command({
  words: "remove <source>",
  summary: "Take a source away; leads that no other source takes wait",
  positionals: SOURCE,
  async run(args, session) {
    const database = await session.database();
    const source = await sourceNumbered(database, args.source);
    await orRefused(removeSource(database, source.sourceId, session.authority()));
    const assigned = await assignWithBar(session, database, source.campaignId);
    const counts = (await countSources(database, source.campaignId, session.world.now())).get(0);
    const unplaced = (counts?.fresh ?? 0) + (counts?.again ?? 0);
    session.answer({ source: source.sourceId, campaign: source.campaign, removed: true, unplaced, assigned }, () =>
      [
        `${source.campaign} takes no leads from ${described(source)} any more.`,
        describeAssignment(assigned),
        ...(unplaced === 0 ? [] : [`${plural(unplaced, "lead")} of the campaign are in no source, and wait.`]),
      ].join("\n"),
    );
    return undefined;
  },
});
