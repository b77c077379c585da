/** `fairdial campaign start|pause|stop`: writes what is wanted; every daemon reads it within a second. */
import type { Campaign, CampaignState } from "../../../domain/campaign.ts";
import type { Instant } from "../../../domain/instant.ts";
import {
  campaignSummaries,
  nodesNow,
  readComplianceState,
  setCampaignState,
  type CampaignSummary,
  type Database,
} from "../../../store/index.ts";
import { campaignRefusal } from "../../campaign-refusal.ts";
import { CliError } from "../../cli-error.ts";
import { command } from "../../command.ts";
import type { Config } from "../../config.ts";
import { campaignNamed } from "../../lookups.ts";
import type { Session } from "../../session.ts";
import { amdRefusal } from "./amd-options.ts";
import { requireSoundFlow } from "./flow-options.ts";
import { profilesOf, rulesOrRefusal } from "./compliance-options.ts";

const stateCommand = (word: string, state: CampaignState, summary: string, done: string) =>
  command({
    words: `${word} <name>`,
    summary,
    positionals: { name: { type: "string", demandOption: true, describe: "The campaign" } },
    async run(args, session) {
      const database = await session.database();
      const campaign = await campaignNamed(database, args.name);
      const who = session.authority();
      if (state === "running") await requireMayDial(database, campaign, session, who.at);
      const before = await setCampaignState(database, campaign.campaignId, state, who);
      const [now] = await campaignSummaries(database, who.at, campaign.campaignId);
      const remarks =
        state === "running" && now !== undefined ? await doubts(database, session.config, now, who.at) : [];
      for (const remark of remarks) session.remark(`note: ${remark}`);
      session.answer({ campaign: campaign.name, state, before, remarks }, () =>
        before === state ? `The campaign ${campaign.name} was ${state} already.` : `${campaign.name}: ${done}`,
      );
      return undefined;
    },
  });

/** Started it would dial nobody: better to be told now than to wonder. */
const requireMayDial = async (database: Database, campaign: Campaign, session: Session, at: Instant): Promise<void> => {
  const profiles = profilesOf(session);
  const { profile } = rulesOrRefusal(campaign, profiles);
  const deaf = amdRefusal(campaign, profile, session.config.amd);
  const code = campaign.amd.kind === "outside" ? "amd-no-detector" : "amd-too-late";
  if (deaf !== null) throw new CliError(code, `${campaign.name} may not dial: ${deaf}`);
  await requireSoundFlow(database, campaign, profile);
  const refusal = campaignRefusal(campaign, profiles, await readComplianceState(database), at);
  if (refusal === null) return;
  throw new CliError("campaign-may-not-dial", `${campaign.name} may not dial: ${refusal.says} (${refusal.by})`);
};

/** Why nothing may happen although it was started. */
const doubts = async (database: Database, config: Config, now: CampaignSummary, at: Instant): Promise<string[]> => {
  const { campaign, leads } = now;
  const isAgentless = campaign.mode === "agentless";
  const nodes = await nodesNow(database);
  const isAlive = nodes.some(({ heldUntil }) => heldUntil !== null && heldUntil > at);
  const doubted: (readonly [boolean, string])[] = [
    [!isAlive, "No daemon is running: start one with `fairdial run`, or as a service."],
    [leads.ready === 0 && leads.leased === 0 && leads.dialling === 0, "No lead is left to dial: import a list."],
    [!isAgentless && now.agentsAssigned === 0, "No agent is assigned: campaign set --add-agents."],
    [!isAgentless && now.agentsAssigned > 0 && now.agentsLoggedIn === 0, "None of its agents is logged in."],
    [
      config.trunks.length > 0 && !config.trunks.some(({ name }) => name === campaign.trunk),
      `The configuration on this machine has no trunk "${campaign.trunk}".`,
    ],
  ];
  return doubted.flatMap(([is, sentence]) => (is ? [sentence] : []));
};

export const campaignStart = stateCommand("start", "running", "Begin or go on dialling", "dialling begins.");
export const campaignPause = stateCommand(
  "pause",
  "paused",
  "Place no more calls; those in progress finish",
  "nothing more is placed; calls in progress finish.",
);
export const campaignStop = stateCommand(
  "stop",
  "stopped",
  "As pause, and give the leads in hand back",
  "nothing more is placed; calls in progress finish, and leads in hand are given back.",
);
