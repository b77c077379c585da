/** `fairdial campaign add`: a new campaign, stopped, with defaults that need no change for most. */
import { readTransferKeys } from "./desk-options.ts";
import { StoreError } from "../../../engine/ports.ts";
import { addCampaign, assignAgents } from "../../../store/index.ts";
import { readCallingHours } from "../../arguments/calling-hours.ts";
import { namesOption, newName } from "../../arguments/options.ts";
import { CliError, orUsageError, usageError } from "../../cli-error.ts";
import { command } from "../../command.ts";
import { agentsNamed, requireTrunk } from "../../lookups.ts";
import { plural } from "../../print.ts";
import { complianceRemarks, profilesOf, rulesOrRefusal } from "./compliance-options.ts";
import { flowNamed, requireSoundFlow } from "./flow-options.ts";
import { CAMPAIGN_FLAGS, checkCampaign, DEFAULT_HOURS, DEFAULTS, readCampaignArguments, remarksOn } from "./options.ts";
import { recordingRemarks } from "./recording-options.ts";

export const campaignAdd = command({
  words: "add <name>",
  summary: "Make a campaign; it stays stopped until started",
  positionals: { name: { type: "string", demandOption: true, describe: "Letters, digits, hyphens, underscores" } },
  flags: {
    ...CAMPAIGN_FLAGS,
    agents: { type: "array", string: true, describe: "Names of agents who take its calls: a,b" },
  },
  examples: [
    [
      "campaign add spring --trunk carrier --cli '020 7946 0000' --principal 'Acme Ltd' --agents ann,bob",
      "A UK campaign with defaults",
    ],
  ],
  async run(args, session) {
    const name = newName("a campaign", args.name);
    const { trunk, cliNumber, ...rest } = readCampaignArguments(args, DEFAULTS);
    if (trunk === undefined) throw usageError("--trunk is needed: the way to the telephone network.");
    if (cliNumber === undefined) throw usageError("--cli is needed: calls are never made with the number withheld.");
    const { hours: callingHours } = orUsageError("--calling-hours", readCallingHours(DEFAULT_HOURS));
    const said = { callingHours, ...DEFAULTS, ...rest, name, trunk, cliNumber };
    // What is written wrongly is told before anything is asked.
    if (args.flow === undefined) checkCampaign(said, session.config);
    requireTrunk(session.config, trunk);
    const rules = rulesOrRefusal(said, profilesOf(session));

    const database = await session.database();
    const transferKeys = await readTransferKeys(args["transfer-key"], args.country, database);
    const desk = transferKeys === undefined ? said.desk : { ...said.desk, transferKeys };
    const draft = { ...said, desk, flow: null, ...(await flowNamed(database, args.flow)) };
    checkCampaign(draft, session.config);
    await requireSoundFlow(database, draft, rules.profile);
    const agents = await agentsNamed(database, namesOption("agents", args.agents) ?? []);
    const who = session.authority();
    const campaignId = await addCampaign(database, draft, who).catch((error: unknown) => {
      if (!(error instanceof StoreError) || error.kind !== "conflict") throw error;
      throw new CliError("campaign-exists", `There is a campaign "${name}" already: change it with campaign set.`);
    });
    await assignAgents(
      database,
      campaignId,
      agents.map(({ agentId }) => agentId),
      who.at,
    );

    for (const remark of [
      ...remarksOn(draft),
      ...complianceRemarks(draft, rules),
      ...recordingRemarks(draft, rules.profile),
    ])
      session.remark(`note: ${remark}`);
    session.answer({ campaign: { ...draft, campaignId }, agents: agents.map((agent) => agent.name) }, () =>
      [
        `Made the campaign ${name} with ${plural(agents.length, "agent")}; it is stopped.`,
        `Next: fairdial list import FILE --campaign ${name}, then fairdial campaign start ${name}.`,
      ].join("\n"),
    );
    return undefined;
  },
});
