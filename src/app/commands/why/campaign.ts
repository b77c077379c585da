/** `fairdial why campaign`: what holds its pacing back now, in one sentence; and what that was taken from. */
import { agentsNow, campaignSummaries, nodesNow, pacingSaid, readComplianceState } from "../../../store/index.ts";
import { campaignRefusal } from "../../campaign-refusal.ts";
import { command } from "../../command.ts";
import { campaignNamed } from "../../lookups.ts";
import { facts, printable } from "../../print.ts";
import { iso } from "../../session.ts";
import { roughly } from "../../why/reason.ts";
import { funnelNow } from "../../why/funnel-now.ts";
import { funnelLines } from "../../why/funnel-lines.ts";
import { countLeads, nextDueAt, whyCampaign, type NodeSays } from "../../why/why-campaign.ts";
import { profilesOf } from "../campaign/compliance-options.ts";

export const whyCampaignCommand = command({
  words: "campaign <name>",
  summary: "What holds a campaign's pacing back now",
  positionals: { name: { type: "string", demandOption: true, describe: "The campaign" } },
  examples: [["why campaign spring", "The answer first, then what each daemon says, leads and agents"]],
  async run(args, session) {
    const database = await session.database();
    const { campaignId } = await campaignNamed(database, args.name);
    const at = session.world.now();
    const [summary] = await campaignSummaries(database, at, campaignId);
    if (summary === undefined) return undefined;
    const { campaign } = summary;
    const profiles = profilesOf(session);
    const funnel = await funnelNow(database, campaign, profiles, at);
    const agents = (await agentsNow(database, campaignId)).filter(({ enabled }) => enabled);
    const agentStates = agents.map(({ state }) => state);
    const { answer, besides, nodes } = whyCampaign(
      {
        summary,
        refusal: campaignRefusal(campaign, profiles, await readComplianceState(database), at),
        nodes: await nodesNow(database),
        said: await pacingSaid(database, campaignId),
        agentStates,
        funnel,
      },
      at,
    );
    const document = {
      campaign: campaign.name,
      state: campaign.desiredState,
      mode: campaign.mode,
      at: iso(at),
      answer,
      besides,
      nodes: nodes.map(({ said, ...node }) => ({
        ...node,
        said: said === null ? null : { ...said, at: iso(said.at), savedAt: iso(said.savedAt) },
      })),
      leads: {
        ...countLeads(funnel),
        nextDueAt: iso(nextDueAt(funnel)),
        funnel: funnel.parts.map((part) => ({ ...part, nextAt: iso(part.nextAt) })),
      },
      agents: { assigned: agents.length, byState: counted(agentStates) },
      callsInProgress: summary.attemptsOpen,
    };
    session.answer(document, () =>
      [
        printable(`${campaign.name}: ${answer.says}`),
        "",
        ...nodes.map((node) => printable(nodeLine(node))),
        ...besides.map(({ says }) => printable(`besides: ${says}`)),
        "",
        facts([
          ["state", `${campaign.desiredState}, ${campaign.mode}`],
          ["calls", `${summary.attemptsOpen} in progress`],
          ["agents", agentsText(agentStates)],
        ]),
        "",
        ...funnelLines(funnel).map(printable),
      ].join("\n"),
    );
    return undefined;
  },
});

const nodeLine = ({ node, isAlive, isFresh, said, ageMs }: NodeSays): string => {
  if (said === null || ageMs === null) return `node ${node}: it has said nothing of this campaign yet.`;
  const age = roughly(ageMs);
  if (isFresh) return `node ${node}, ${age} ago: ${said.says} [${said.because}]`;
  const away = isAlive ? "its daemon may be away" : "no daemon runs as it now";
  return `node ${node} said so ${age} ago; ${away}: ${said.says} [${said.because}]`;
};

const counted = (words: readonly string[]): Record<string, number> => {
  const counts: Record<string, number> = {};
  for (const word of words) counts[word] = (counts[word] ?? 0) + 1;
  return counts;
};

const agentsText = (states: readonly string[]): string => {
  const byState = Object.entries(counted(states)).map(([state, agents]) => `${agents} ${state}`);
  return [`${states.length} assigned`, ...byState].join(", ");
};
