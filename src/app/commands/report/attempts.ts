/** `fairdial report attempts`: single attempts with what is known about them, newest first. */
import type { Stamp } from "../../../domain/attempt.ts";
import { isAttemptId, leadId, type AttemptId } from "../../../domain/ids.ts";
import { isOutcome, OUTCOMES, type Outcome } from "../../../domain/outcome.ts";
import { reportAttempts, type AttemptFilter, type AttemptRecord } from "../../../store/index.ts";
import { countOption, numberArgument } from "../../arguments/options.ts";
import { usageError } from "../../cli-error.ts";
import { command } from "../../command.ts";
import { csvLine } from "../../csv.ts";
import { agentNamed, campaignNamed } from "../../lookups.ts";
import { didYouMean } from "../../nearest.ts";
import { localTime, table } from "../../print.ts";
import { iso } from "../../session.ts";
import { checkForm, CSV_FLAG, PERIOD_FLAGS, readPeriod } from "./period.ts";

const stamp = (of: Stamp | null) => (of === null ? null : { at: iso(of.at), asteriskAt: iso(of.asteriskAt) });

const document = ({ facts, decidedAt, ...rest }: AttemptRecord) => ({
  ...rest,
  decidedAt: iso(decidedAt),
  facts: {
    ...facts,
    placedAt: stamp(facts.placedAt),
    progressAt: stamp(facts.progressAt),
    ringingAt: stamp(facts.ringingAt),
    answeredAt: stamp(facts.answeredAt),
    connectedAt: stamp(facts.connectedAt),
    messageAt: stamp(facts.messageAt),
    endedAt: stamp(facts.endedAt),
  },
});

const CSV_HEADINGS = [
  ...["attempt_id", "campaign", "list", "lead_id", "external_key", "name", "number", "cli_number", "trunk", "agent"],
  ...["decided_at", "placed_at", "answered_at", "connected_at", "ended_at", "ended_by", "cause", "sip", "sip_call_id"],
  ...["state", "outcome", "disposition"],
];

const csvCells = (each: AttemptRecord) => {
  const { facts } = each;
  const at = (of: Stamp | null) => iso(of?.at ?? null);
  return [
    ...[each.attemptId, each.campaignName, each.listName, each.leadId, each.externalKey, each.leadName],
    ...[each.number, each.cliNumber, each.trunk, each.agentName],
    ...[iso(each.decidedAt), at(facts.placedAt), at(facts.answeredAt), at(facts.connectedAt), at(facts.endedAt)],
    ...[facts.endedBy, facts.cause, facts.sip, facts.sipCallId, each.state, each.outcome, each.disposition],
  ];
};

const readOutcome = (text: string | undefined): Outcome | undefined => {
  if (text === undefined || isOutcome(text)) return text;
  throw usageError(`--outcome: "${text}" is not an outcome.${didYouMean(text, Object.keys(OUTCOMES))}`);
};

const readAttemptId = (text: string | undefined): AttemptId | undefined => {
  if (text === undefined || isAttemptId(text)) return text;
  throw usageError(`--attempt: "${text}" is not the name of an attempt.`);
};

export const attemptsReport = command({
  words: "attempts",
  summary: "Single attempts, newest first",
  flags: {
    campaign: { type: "string", describe: "Only this campaign" },
    agent: { type: "string", describe: "Only this agent" },
    outcome: { type: "string", describe: "Only with this outcome" },
    number: { type: "string", describe: "Only to this number" },
    lead: { type: "string", describe: "Only of this lead, by its id" },
    attempt: { type: "string", describe: "Only this one" },
    open: { type: "boolean", describe: "Only those in progress (--no-open: only those ended)" },
    country: { type: "string", default: "GB", describe: "Country of --number written nationally" },
    ...PERIOD_FLAGS,
    limit: { type: "string", default: "100", describe: "At most so many" },
    ...CSV_FLAG,
  },
  async run(args, session) {
    checkForm(args.csv, session.options.json);
    const limit = countOption("limit", args.limit, 1, 1_000_000) ?? 100;
    const lead = countOption("lead", args.lead, 1, 999_999_999);
    const outcome = readOutcome(args.outcome);
    const attemptId = readAttemptId(args.attempt);
    const number = args.number === undefined ? undefined : numberArgument("--number", args.number, args.country);
    const period = readPeriod(args, session.world.now());
    const database = await session.database();
    const campaign = args.campaign === undefined ? null : await campaignNamed(database, args.campaign);
    const agent = args.agent === undefined ? null : await agentNamed(database, args.agent);
    const filter: AttemptFilter = {
      ...period,
      ...(campaign === null ? {} : { campaignId: campaign.campaignId }),
      ...(agent === null ? {} : { agentId: agent.agentId }),
      ...(lead === undefined ? {} : { leadId: leadId(lead) }),
      ...(attemptId === undefined ? {} : { attemptId }),
      ...(number === undefined ? {} : { number }),
      ...(outcome === undefined ? {} : { outcome }),
      ...(args.open === undefined ? {} : { open: args.open }),
    };
    const attempts = await reportAttempts(database, filter, limit);
    if (args.csv) {
      session.world.stdout.write(csvLine(CSV_HEADINGS));
      for (const each of attempts) session.world.stdout.write(csvLine(csvCells(each)));
      return undefined;
    }
    session.answer(attempts.map(document), () => (attempts.length === 0 ? "No such attempt." : asTable(attempts)));
    return undefined;
  },
});

const asTable = (attempts: readonly AttemptRecord[]): string =>
  table(
    ["decided", "campaign", "number", "outcome", "agent", "answer→agent", "cause", "SIP", "disposition"],
    attempts.map(({ decidedAt, campaignName, number, outcome, state, agentName, facts, disposition }) => [
      ...[localTime(decidedAt), campaignName, number, outcome ?? `(${state})`, agentName],
      facts.answeredAt === null || facts.connectedAt === null
        ? null
        : `${facts.connectedAt.at - facts.answeredAt.at} ms`,
      ...[facts.cause, facts.sip, disposition],
    ]),
  );
