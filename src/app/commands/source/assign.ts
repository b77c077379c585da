/** `fairdial source assign`: goes on with putting leads into sources, or does it anew. */
import { assignmentState, requestAssignment } from "../../../store/index.ts";
import { assignWithBar, describeAssignment } from "../../assigning.ts";
import { command } from "../../command.ts";
import { campaignNamed } from "../../lookups.ts";

export const sourceAssign = command({
  words: "assign",
  summary: "Put leads into sources anew, or go on where that was cut off; the daemon does so by itself",
  flags: { campaign: { type: "string", demandOption: true, describe: "The campaign" } },
  async run(args, session) {
    const database = await session.database();
    const { campaignId, name } = await campaignNamed(database, args.campaign);
    const state = await assignmentState(database, campaignId);
    const goesOn = state?.isPending === true;
    if (!goesOn) await requestAssignment(database, campaignId, session.world.now());
    const assigned = await assignWithBar(session, database, campaignId);
    session.answer({ campaign: name, wasPending: goesOn, assigned }, () => describeAssignment(assigned));
    return undefined;
  },
});
