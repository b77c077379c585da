/** `fairdial report penetration`: how far lists have been worked, and why the rest of them is at an end. */
import { mixSince, penetration, PENETRATION_BY, type MixSince, type Penetration } from "../../../store/index.ts";
import { after } from "../../../domain/instant.ts";
import { command } from "../../command.ts";
import { csvLine } from "../../csv.ts";
import { campaignNamed } from "../../lookups.ts";
import { facts, table } from "../../print.ts";
import { checkForm, CSV_FLAG } from "./period.ts";

const DAY_MS = 86_400_000;
const REASONS_SHOWN_MAX = 4;

const percent = (part: number, whole: number): string => (whole === 0 ? "-" : `${((100 * part) / whole).toFixed(1)} %`);

export const penetrationReport = command({
  words: "penetration",
  summary: "How far lists have been worked: tried, reached, at an end and why",
  flags: {
    campaign: { type: "string", demandOption: true, describe: "The campaign" },
    by: { type: "string", choices: PENETRATION_BY, default: "list", describe: "A line for each of these" },
    ...CSV_FLAG,
  },
  examples: [["report penetration --campaign spring --by segment", "Success per segment"]],
  async run(args, session) {
    checkForm(args.csv, session.options.json);
    const database = await session.database();
    const campaign = await campaignNamed(database, args.campaign);
    const by = PENETRATION_BY.find((each) => each === args.by) ?? "list";
    const rows = await penetration(database, campaign.campaignId, by);
    if (args.csv) {
      session.world.stdout.write(csvLine(CSV_HEADINGS));
      for (const row of rows) session.world.stdout.write(csvLine(csvCells(row)));
      return undefined;
    }
    const lastDay = await mixSince(database, campaign.campaignId, after(session.world.now(), -DAY_MS));
    const document = {
      ...{ campaign: campaign.name, by, newSharePercent: campaign.newSharePercent, lastDay },
      rows: rows.map((row) => ({ ...row, firstAttempts: firstOf(row), redials: row.attempts - firstOf(row) })),
    };
    session.answer(document, () => text(rows, by, lastDay, campaign.newSharePercent));
    return undefined;
  },
});

/** One of each lead that was tried; a lead may have been tried without a row that is kept. */
const firstOf = ({ attempts, attempted }: Penetration): number => Math.min(attempts, attempted);

const CSV_HEADINGS = [
  ...["name", "leads", "attempted", "reached", "connected", "attempts", "first_attempts", "redials"],
  ...["waiting", "held", "done", "reasons"],
];

const csvCells = (row: Penetration) => [
  ...[row.name, row.leads, row.attempted, row.reached, row.connected, row.attempts],
  ...[firstOf(row), row.attempts - firstOf(row), row.waiting, row.held, row.done],
  row.reasons.map(({ reason, leads }) => `${reason ?? "none"}=${leads}`).join(" "),
];

const text = (rows: readonly Penetration[], by: string, lastDay: MixSince, newShare: number): string => {
  if (rows.length === 0) return "The campaign has no lead.";
  const sum = (of: (row: Penetration) => number): number => rows.reduce((total, row) => total + of(row), 0);
  const attempts = sum(({ attempts: made }) => made);
  return [
    table(
      [by, "leads", "tried", "", "reached", "", "connected", "waiting", "held", "done", "at an end because"],
      rows.map((row) => [
        ...[row.name ?? "none", row.leads, row.attempted, percent(row.attempted, row.leads)],
        ...[row.reached, percent(row.reached, row.attempted), row.connected, row.waiting, row.held, row.done],
        reasonsOf(row),
      ]),
    ),
    facts([
      ["leads", sum(({ leads }) => leads)],
      [
        "tried",
        `${percent(
          sum(({ attempted }) => attempted),
          sum(({ leads }) => leads),
        )} at least once`,
      ],
      ["attempts", `${attempts}, ${percent(sum(firstOf), attempts)} of them to new leads`],
      [
        "last 24 hours",
        `${lastDay.attempts} attempts, ${percent(lastDay.firstAttempts, lastDay.attempts)} to new leads (wanted: ${newShare} % as long as there are both kinds)`,
      ],
    ]),
  ].join("\n\n");
};

const reasonsOf = ({ reasons }: Penetration): string => {
  const shown = reasons.slice(0, REASONS_SHOWN_MAX).map(({ reason, leads }) => `${leads} ${reason ?? "no reason"}`);
  const more = reasons.length - shown.length;
  return [...shown, ...(more > 0 ? [`${more} other reasons`] : [])].join(", ");
};
