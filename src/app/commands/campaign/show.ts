/** `fairdial campaign show`: everything about one campaign, in the words in which it can be set. */
import { redialPlan } from "../../../domain/redial-rules.ts";
import { agentsNow, campaignSummaries, listSummaries, type CampaignSummary } from "../../../store/index.ts";
import { formatCallingHours, formatDays } from "../../arguments/calling-hours.ts";
import { formatDisposition, formatRedialRules } from "../../arguments/campaign-rules.ts";
import { formatDuration } from "../../arguments/duration.ts";
import { formatBands, formatLimits } from "../../arguments/redial-plan.ts";
import { formatTightening } from "../../arguments/tightening.ts";
import { command } from "../../command.ts";
import { campaignNamed } from "../../lookups.ts";
import { facts, localTime, table } from "../../print.ts";
import { iso } from "../../session.ts";
import { formatDesk } from "./desk-options.ts";
import { formatReturns } from "./return-options.ts";
import { recordText } from "./recording-options.ts";
import { formatPreview } from "./preview-options.ts";

export const campaignShow = command({
  words: "show <name>",
  summary: "One campaign: its rules, lists, agents and progress",
  positionals: { name: { type: "string", demandOption: true, describe: "The campaign" } },
  async run(args, session) {
    const database = await session.database();
    const { campaignId } = await campaignNamed(database, args.name);
    const at = session.world.now();
    const [summary] = await campaignSummaries(database, at, campaignId);
    if (summary === undefined) return undefined;
    const agents = await agentsNow(database, campaignId);
    const lists = await listSummaries(database, at, campaignId);
    const document = {
      ...summary,
      campaign: { ...summary.campaign, firstStartedAt: iso(summary.campaign.firstStartedAt) },
      changedAt: iso(summary.changedAt),
      agents: agents.map((agent) => ({ ...agent, since: iso(agent.since) })),
      lists: lists.map((list) => ({ ...list, importedAt: iso(list.importedAt) })),
    };
    session.answer(document, () =>
      [
        facts(rules(summary)),
        lists.length === 0
          ? "No list has been imported."
          : table(
              ["list", "leads", "due", "waiting", "done", "held"],
              lists.map(({ name, leadsLoaded, leads }) => [
                ...[name, leadsLoaded, leads.due, leads.ready - leads.due, leads.done, leads.held],
              ]),
            ),
        agents.length === 0
          ? "No agent is assigned."
          : table(
              ["agent", "endpoint", "state", "since"],
              agents.map(({ name, endpoint, state, since }) => [name, endpoint, state, localTime(since)]),
            ),
      ].join("\n\n"),
    );
    return undefined;
  },
});

const amdFacts = ({ amd }: CampaignSummary["campaign"]): readonly (readonly [string, string])[] =>
  amd.kind === "off"
    ? [["amd", "off"], ...(amd.voicemailMessage === null ? [] : [["voicemail message", amd.voicemailMessage] as const])]
    : [
        ["amd", amd.kind],
        ["on a machine", amd.onMachine],
        ...(amd.voicemailMessage === null ? [] : [["voicemail message", amd.voicemailMessage] as const]),
        ["amd sample", `${amd.samplePercent} of a hundred`],
      ];

const recordingFacts = ({ recording }: CampaignSummary["campaign"]): readonly (readonly [string, string])[] =>
  recording.kind === "off"
    ? [["record", "off"]]
    : [
        ["record", recordText(recording)],
        ["record announce", recording.announcement ?? "nothing"],
        ["record pause max", formatDuration(recording.pauseMaxMs)],
      ];

const rules = ({ campaign, leads, attemptsOpen, changedAt, changedBy, stoppedBecause }: CampaignSummary) =>
  [
    ["campaign", campaign.name],
    ["state", campaign.desiredState],
    ...(stoppedBecause === null ? [] : [["stopped because", stoppedBecause] as const]),
    ["mode", campaign.mode],
    ...(campaign.mode === "power" ? [["dial level", campaign.dialLevelPercent / 100] as const] : []),
    ...(campaign.mode === "predictive" ? [["recourse", campaign.recourse ? "on" : "off"] as const] : []),
    ...(campaign.mode === "preview" ? [["preview", formatPreview(campaign.preview)] as const] : []),
    ["return calls", formatReturns(campaign.returnCalls)],
    ...(campaign.flow === null ? [] : [["flow", `${campaign.flow.name}@${campaign.flow.version}`] as const]),
    ["new leads", `${campaign.newSharePercent} of a hundred`],
    ["profile", campaign.profile],
    ["stricter than it", formatTightening(campaign.tightening) || null],
    ["principal", campaign.principal || null],
    ["purpose", campaign.purpose],
    ["sector", `${campaign.sector}${campaign.sectorAuthority === null ? "" : ` (${campaign.sectorAuthority})`}`],
    ["gate", campaign.gate],
    ["first started", localTime(campaign.firstStartedAt)],
    ["trunk", campaign.trunk],
    ["cli", campaign.cliNumber],
    ...amdFacts(campaign),
    ...recordingFacts(campaign),
    ["information message", campaign.informationMessage],
    ["ring timeout", formatDuration(campaign.ringTimeoutMs)],
    [
      "connect limit",
      `${formatDuration(campaign.connectTimeoutMs)}, less ${formatDuration(campaign.connectSafetyMarginMs)}`,
    ],
    ["wrap-up", formatDuration(campaign.wrapUpMs)],
    ["during calls", formatDesk(campaign.desk)],
    ["talk max", formatDuration(campaign.talkMaxMs)],
    ["lines max", campaign.linesMax ?? "the trunk's"],
    ["calling hours", formatCallingHours(campaign.callingHours)],
    ["attempts max", `${campaign.redial.attemptsMax} (${campaign.redial.carrierTriesMax} that the carrier failed)`],
    ["redial", formatRedialRules(campaign.redial.byClass)],
    ["bands", formatBands(redialPlan(campaign.redial).bands)],
    ["redial limits", formatLimits(redialPlan(campaign.redial).limits)],
    ["number order", redialPlan(campaign.redial).kinds.join(",")],
    ["working days", formatDays(redialPlan(campaign.redial).workingDays)],
    ["spare workers", redialPlan(campaign.redial).sparesWorkers ? "on" : "off"],
    ["dispositions", campaign.dispositions.map(formatDisposition).join(" ")],
    ["leads", `${leads.due} due, ${leads.ready - leads.due} waiting, ${leads.done} done, ${leads.held} held`],
    ["calls in progress", attemptsOpen],
    ["last change", `${localTime(changedAt)} by ${changedBy}`],
  ] as const;
