/** `fairdial list recycle`: leads that are done come back for another round, by what their last attempt came to. */
import { isOutcome, OUTCOMES, type Outcome } from "../../../domain/outcome.ts";
import {
  findListId,
  recycle,
  RECYCLE_AGE_MIN_MS,
  STAYS_OUT,
  type RecycleReport,
  type StaysOut,
} from "../../../store/index.ts";
import { countOption, durationOption, namesOption } from "../../arguments/options.ts";
import { stepsBar } from "../../assigning.ts";
import { usageError } from "../../cli-error.ts";
import { command } from "../../command.ts";
import { campaignNamed, requireList } from "../../lookups.ts";
import { didYouMean } from "../../nearest.ts";
import { plural, table } from "../../print.ts";

const DAY_MS = 86_400_000;

export const listRecycle = command({
  words: "recycle",
  summary: "Let leads that are done come back, by the outcome of their last attempt",
  flags: {
    campaign: { type: "string", demandOption: true, describe: "The campaign" },
    list: { type: "string", describe: "Only this list (all of its lists)" },
    outcome: { type: "array", string: true, demandOption: true, describe: "Such as no-answer,busy" },
    "older-than": { type: "string", default: "30d", describe: "Last tried so long ago, at least; 8d or more" },
    "attempts-max": { type: "string", describe: "Tried at most so often in their last round" },
    "dry-run": {
      type: "boolean",
      default: false,
      describe: "Only say how many would come back, and how many not and why",
    },
  },
  examples: [["list recycle --campaign spring --outcome no-answer,busy --dry-run", "Nothing is changed"]],
  async run(args, session) {
    const outcomes = outcomesOption(args.outcome);
    const olderThanMs = durationOption("older-than", args["older-than"], RECYCLE_AGE_MIN_MS, 3_650 * DAY_MS) ?? 0;
    const attemptsMax = countOption("attempts-max", args["attempts-max"], 1, 65_535) ?? null;
    const dryRun = args["dry-run"];
    const database = await session.database();
    const campaign = await campaignNamed(database, args.campaign);
    if (args.list !== undefined) await requireList(database, campaign, args.list);
    const { campaignId } = campaign;
    const listId = args.list === undefined ? null : await findListId(database, campaignId, args.list);
    const bar = stepsBar(session);
    bar.begin();
    const asked = { campaignId, listId, outcomes, olderThanMs, attemptsMax };
    const run = { who: session.authority(), dryRun, onProgress: bar.onProgress };
    const report = await recycle(database, asked, run).finally(bar.end);
    const total = sum(report.comingBack);
    session.answer({ campaign: campaign.name, list: args.list ?? null, dryRun, leads: total, ...report }, () =>
      describe(report, total, dryRun),
    );
    return undefined;
  },
});

/** A permanent outcome says that there is nobody at that number: its leads would only be sorted out again. */
const outcomesOption = (values: readonly string[]): readonly Outcome[] => {
  const names = namesOption("outcome", values) ?? [];
  return names.map((name) => {
    if (!isOutcome(name)) {
      throw usageError(`--outcome: "${name}" is not an outcome.${didYouMean(name, Object.keys(OUTCOMES))}`);
    }
    return name;
  });
};

const sum = (counts: Readonly<Record<string, number>>): number =>
  Object.values(counts).reduce((total, leads) => total + leads, 0);

const WORDS: Readonly<Record<StaysOut, string>> = {
  erased: "erased",
  "still-worked": "still being worked",
  held: "held: fairdial campaign release lets them go",
  "opted-out": "asked not to be called, or were withdrawn",
  "tried-lately": "last tried too short a time ago",
  "tried-too-often": "tried more often than --attempts-max",
  "number-out": "no number left that is in service",
  suppressed: "all numbers suppressed",
};

const describe = ({ comingBack, stayingOut }: RecycleReport, total: number, dryRun: boolean): string => {
  const back = Object.entries(comingBack).sort(([, a], [, b]) => b - a);
  const out = STAYS_OUT.flatMap((why): [string, number][] => {
    const leads = stayingOut[why] ?? 0;
    return leads === 0 ? [] : [[WORDS[why], leads]];
  });
  const verb = dryRun ? "would come back" : total === 1 ? "has come back" : "have come back";
  return [
    `${plural(total, "lead")} ${verb}.`,
    ...(back.length === 0 ? [] : [table(["last outcome", "leads"], back)]),
    ...(out.length === 0 ? [] : ["", table(["staying out", "leads"], out)]),
  ].join("\n");
};
