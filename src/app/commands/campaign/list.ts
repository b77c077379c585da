/** `fairdial campaign list`: all campaigns and how far they have come, a line each. */
import { campaignSummaries } from "../../../store/index.ts";
import { command } from "../../command.ts";
import { table } from "../../print.ts";
import { iso } from "../../session.ts";

export const campaignList = command({
  words: "list",
  summary: "All campaigns, a line each",
  async run(_args, session) {
    const summaries = await campaignSummaries(await session.database(), session.world.now());
    const document = summaries.map(({ campaign, changedAt, ...rest }) => ({
      campaign: { ...campaign, firstStartedAt: iso(campaign.firstStartedAt) },
      ...rest,
      changedAt: iso(changedAt),
    }));
    session.answer(document, () =>
      summaries.length === 0
        ? "There is no campaign yet: fairdial campaign add."
        : table(
            ["campaign", "state", "mode", "trunk", "due", "waiting", "done", "held", "calls", "agents"],
            summaries.map(({ campaign, leads, attemptsOpen, agentsAssigned, agentsLoggedIn }) => [
              ...[campaign.name, campaign.desiredState, campaign.mode, campaign.trunk],
              ...[leads.due, leads.ready - leads.due, leads.done, leads.held, attemptsOpen],
              `${agentsLoggedIn}/${agentsAssigned}`,
            ]),
          ),
    );
    return undefined;
  },
});
