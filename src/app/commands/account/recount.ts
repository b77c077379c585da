/** `fairdial account recount`: proves the abandon account against the attempts it was counted from. */
import { abandonRate, type AbandonRate } from "../../../compliance/abandon-rate.ts";
import { accountDays, recountAccounts } from "../../../store/index.ts";
import type { AttemptsWanted, Database, Recount } from "../../../store/index.ts";
import { EXIT_FAILED } from "../../cli-error.ts";
import { command } from "../../command.ts";
import { campaignNamed } from "../../lookups.ts";
import { plural, table } from "../../print.ts";
import { wantedOf } from "../../statement/collect.ts";
import { peopleOfDays } from "../../statement/estimates.ts";
import { estimateLines } from "../../statement/print-estimate.ts";
import { sumOf } from "../../statement/tally.ts";
import { DAY_FLAGS, daysOption, profilesNow, todayOf } from "./options.ts";
import { allHeld, heldOrRefused, recomputeFor, type Held } from "../../statement/held.ts";

interface CampaignRecount extends Recount {
  readonly campaign: string;
  /** Of all these days together, as the account has them: an account by itself has none, its days have theirs. */
  readonly rate: AbandonRate;
}

/** With the people who may be among those dropped as machines, by the tests that the calls themselves cite. */
const rateOf = async (database: Database, { profile }: Held, wanted: AttemptsWanted): Promise<AbandonRate> => {
  const days = await accountDays(database, wanted);
  const people = await peopleOfDays(database, { ...wanted, profile }, wanted);
  return abandonRate(sumOf(days.map(({ counts }) => counts)), profile.abandon, people);
};

const isEqual = ({ counts, rowsDifferent }: Recount): boolean => counts.length === 0 && rowsDifferent === 0;

export const accountRecount = command({
  words: "recount",
  summary: "Count the abandon account again from the attempts' facts; exit code 1 on any difference",
  flags: {
    campaign: { type: "string", describe: "Only this campaign" },
    ...DAY_FLAGS,
  },
  examples: [["account recount --from 2026-11-01 --to 2026-11-30", "A month of all campaigns"]],
  async run(args, session) {
    const profiles = profilesNow(session);
    const database = await session.database();
    const found =
      args.campaign === undefined
        ? await allHeld(database, profiles)
        : { held: [heldOrRefused(await campaignNamed(database, args.campaign), profiles)], unruled: [] };
    const recounts: CampaignRecount[] = [];
    for (const held of found.held) {
      const today = todayOf(held.profile.abandon, session);
      const wanted = wantedOf(held, null, daysOption(args, today, today));
      const recount = await recountAccounts(database, wanted, recomputeFor(held, profiles));
      recounts.push({ campaign: held.campaign.name, ...recount, rate: await rateOf(database, held, wanted) });
    }
    const equal = recounts.every(isEqual);
    const unruled = found.unruled.map(({ campaign, says }) => ({ campaign: campaign.name, says }));
    session.answer({ equal, campaigns: recounts, unruled }, () => textOf(recounts, found.held));
    for (const { campaign, says } of unruled) session.remark(`warning: ${campaign} was not counted: ${says}`);
    return equal ? undefined : EXIT_FAILED;
  },
});

const textOf = (recounts: readonly CampaignRecount[], held: readonly Held[]): string => {
  if (held.length === 0) return "There is no campaign to count.";
  const lines = [
    table(
      ["campaign", "attempts", "in the account", "differences", "rows that say otherwise", "of unknown profiles"],
      recounts.map((each) => [
        ...[each.campaign, each.attempts, each.counted, each.counts.length, each.rowsDifferent, each.unknown],
      ]),
    ),
  ];
  lines.push(...estimateLines(recounts.map(({ campaign, rate }) => ({ of: campaign, rate }))));
  const counts = recounts.flatMap(({ campaign, counts: differences }) =>
    differences.map(({ day, centre, entry, inTable, recounted }) => [campaign, day, centre, entry, inTable, recounted]),
  );
  if (counts.length > 0) {
    lines.push(table(["campaign", "day", "centre", "entry", "in the account", "recounted"], counts));
  }
  const rows = recounts.flatMap(({ rows: differences }) =>
    differences.map(({ attemptId, inRow, recomputed }) => [
      ...[attemptId, inRow?.entry ?? "nothing", inRow?.day, recomputed?.entry ?? "nothing", recomputed?.day],
    ]),
  );
  if (rows.length > 0) {
    lines.push(table(["attempt", "its row says", "on", "its facts say", "on"], rows.slice(0, ROWS_SHOWN)));
    const more = recounts.reduce((sum, { rowsDifferent }) => sum + rowsDifferent, 0) - ROWS_SHOWN;
    if (more > 0) lines.push(`… and ${plural(more, "more attempt")}; --json has the first thousand of each campaign.`);
  }
  if (counts.length === 0 && rows.length === 0) lines.push("The account equals the recount.");
  return lines.join("\n\n");
};

const ROWS_SHOWN = 20;
