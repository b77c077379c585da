/** `fairdial campaign set`: changes what is named and leaves the rest; a running daemon obeys within a second. */
import { readTransferKeys } from "./desk-options.ts";
import {
  agentsNow,
  assignAgents,
  changeCampaign,
  noteCliChange,
  unassignAgents,
  type Database,
} from "../../../store/index.ts";
import { AMD_OFF } from "../../../domain/campaign.ts";
import { NO_RECORDING } from "../../../domain/recording.ts";
import type { AgentId, CampaignId } from "../../../domain/ids.ts";
import type { Instant } from "../../../domain/instant.ts";
import { DEFAULT_DESK } from "../../../domain/desk.ts";
import { DEFAULT_RETURNS } from "../../../domain/return-call.ts";
import { DEFAULT_PREVIEW } from "../../../domain/preview.ts";
import { namesOption } from "../../arguments/options.ts";
import { CliError, usageError } from "../../cli-error.ts";
import { command } from "../../command.ts";
import { agentsNamed, campaignNamed, requireTrunk } from "../../lookups.ts";
import { complianceRemarks, dayOf, profilesOf, rulesOrRefusal } from "./compliance-options.ts";
import { flowNamed, requireSoundFlow } from "./flow-options.ts";
import { CAMPAIGN_FLAGS, checkCampaign, readCampaignArguments, remarksOn } from "./options.ts";
import { recordingRemarks } from "./recording-options.ts";

export const campaignSet = command({
  words: "set <name>",
  summary: "Change a campaign, also while it runs",
  positionals: { name: { type: "string", demandOption: true, describe: "The campaign" } },
  flags: {
    ...CAMPAIGN_FLAGS,
    agents: { type: "array", string: true, conflicts: ["add-agents", "remove-agents"], describe: "Exactly these: a,b" },
    "add-agents": { type: "array", string: true, describe: "These as well" },
    "remove-agents": { type: "array", string: true, describe: "No longer these" },
    because: { type: "string", describe: "Why --cli changes for a second time in one day; kept as an alarm" },
  },
  examples: [
    ["campaign set spring --mode agentless --flow delivery --lines-max 20", "No agents: a flow talks to them"],
    ["campaign set spring --wrap-up 30s", "More time after each call"],
    ["campaign set spring --redial busy:5m:3 --redial machine:never", "Other rules for two classes"],
  ],
  async run(args, session) {
    const agents = {
      exactly: namesOption("agents", args.agents),
      more: namesOption("add-agents", args["add-agents"]),
      less: namesOption("remove-agents", args["remove-agents"]),
    };
    // A first reading without the campaign: what is written wrongly is told before anything is asked.
    const said = readCampaignArguments(args, {
      redial: { attemptsMax: 1, carrierTriesMax: 1, byClass: {} },
      tightening: {},
      preview: DEFAULT_PREVIEW,
      returnCalls: DEFAULT_RETURNS,
      amd: AMD_OFF,
      desk: DEFAULT_DESK,
      recording: NO_RECORDING,
    });
    const isNothing =
      Object.keys(said).length === 0 &&
      args["transfer-key"] === undefined &&
      args.flow === undefined &&
      Object.values(agents).every((names) => names === undefined);
    if (isNothing) throw usageError("Say what to change: `fairdial campaign set --help` lists it.");
    if (said.trunk !== undefined) requireTrunk(session.config, said.trunk);

    const database = await session.database();
    const before = await campaignNamed(database, args.name);
    const transferKeys = await readTransferKeys(args["transfer-key"], args.country, database);
    const read = readCampaignArguments(args, before);
    const keyed = transferKeys === undefined ? {} : { desk: { ...(read.desk ?? before.desk), transferKeys } };
    const change = { ...read, ...keyed, ...(await flowNamed(database, args.flow)) };
    const after = { ...before, ...change };
    checkCampaign(after, session.config);
    const rules = rulesOrRefusal(after, profilesOf(session));
    await requireSoundFlow(database, after, rules.profile);
    const [exactly, more, less] = await Promise.all(
      [agents.exactly, agents.more, agents.less].map(async (names) =>
        names === undefined ? null : (await agentsNamed(database, names)).map(({ agentId }) => agentId),
      ),
    );

    const who = session.authority();
    if (after.cliNumber !== before.cliNumber) {
      const because = args.because?.trim() ?? "";
      const noted = await noteCliChange(database, before.campaignId, dayOf(rules, who.at), because, who);
      if (!noted) {
        throw new CliError(
          "cli-changed-today",
          `The number of ${before.name} was changed today already, and numbers are not rotated: say why with --because.`,
        );
      }
    }
    if (Object.keys(change).length > 0) await changeCampaign(database, before.campaignId, change, who);
    if (exactly) await setAgents(database, before.campaignId, exactly, who.at);
    if (more) await assignAgents(database, before.campaignId, more, who.at);
    if (less) await unassignAgents(database, before.campaignId, less);

    for (const remark of [
      ...remarksOn(after),
      ...complianceRemarks(after, rules),
      ...recordingRemarks(after, rules.profile),
    ])
      session.remark(`note: ${remark}`);
    session.answer({ campaign: before.name, changed: change }, () => `Changed the campaign ${before.name}.`);
    return undefined;
  },
});

const setAgents = async (
  database: Database,
  campaignId: CampaignId,
  wanted: readonly AgentId[],
  at: Instant,
): Promise<void> => {
  const present = (await agentsNow(database, campaignId)).map(({ agentId }) => agentId);
  await assignAgents(database, campaignId, wanted, at);
  await unassignAgents(
    database,
    campaignId,
    present.filter((agentId) => !wanted.includes(agentId)),
  );
};
