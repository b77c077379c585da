/** `fairdial agent show|list`: who they are, and what they are doing now. */
import { agentsNow, type AgentNow } from "../../../store/index.ts";
import { formatDuration } from "../../arguments/duration.ts";
import { command } from "../../command.ts";
import { agentNamed, campaignNamed } from "../../lookups.ts";
import { facts, localTime, table } from "../../print.ts";
import { iso } from "../../session.ts";
import type { Instant } from "../../../domain/instant.ts";

const document = (agent: AgentNow) => ({ ...agent, since: iso(agent.since) });

const doing = ({ enabled, state, pauseReason }: AgentNow): string => {
  if (!enabled) return "disabled";
  return pauseReason === null ? state : `${state} (${pauseReason})`;
};

/** To the second: nobody reads a table by milliseconds. */
const forHowLong = (since: Instant | null, now: Instant): string =>
  since === null ? "-" : formatDuration(Math.max(0, Math.floor((now - since) / 1_000) * 1_000));

export const agentShow = command({
  words: "show <name>",
  summary: "One agent",
  positionals: { name: { type: "string", demandOption: true, describe: "The agent" } },
  async run(args, session) {
    const database = await session.database();
    const { agentId } = await agentNamed(database, args.name);
    const agent = (await agentsNow(database)).find((each) => each.agentId === agentId);
    if (agent === undefined) return undefined;
    session.answer(document(agent), () =>
      facts([
        ["agent", agent.name],
        ["endpoint", agent.endpoint],
        ["PIN", agent.hasPin ? "needed" : "none"],
        ["state", doing(agent)],
        ["since", localTime(agent.since)],
        ["node", agent.nodeId],
        ["attempt", agent.attemptId],
        ["campaigns", agent.campaignNames.join(", ")],
      ]),
    );
    return undefined;
  },
});

export const agentList = command({
  words: "list",
  summary: "All agents and what they are doing now",
  flags: { campaign: { type: "string", describe: "Only this campaign's" } },
  async run(args, session) {
    const database = await session.database();
    const campaign = args.campaign === undefined ? null : await campaignNamed(database, args.campaign);
    const agents = await agentsNow(database, campaign?.campaignId);
    const now = session.world.now();
    session.answer(agents.map(document), () =>
      agents.length === 0
        ? "There is no such agent yet: fairdial agent add."
        : table(
            ["agent", "endpoint", "state", "for", "campaigns"],
            agents.map((agent) => [
              ...[agent.name, agent.endpoint, doing(agent), forHowLong(agent.since, now)],
              agent.campaignNames.join(", "),
            ]),
          ),
    );
    return undefined;
  },
});
