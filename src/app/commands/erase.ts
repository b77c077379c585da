/** `fairdial erase`: forgets a person, and keeps under a hash that they are not called, and that calls were in order. */
import { setTimeout as sleep } from "node:timers/promises";
import type { Instant } from "../../domain/instant.ts";
import {
  becauseTells,
  erase,
  filesWaiting,
  leadsWithKey,
  planErasure,
  type Database,
  type ErasurePlan,
  type LeadFound,
} from "../../store/index.ts";
import { numberArgument } from "../arguments/options.ts";
import { neededText } from "../arguments/text.ts";
import { CliError, usageError } from "../cli-error.ts";
import { command } from "../command.ts";
import { campaignNamed } from "../lookups.ts";
import { facts, plural, type Cell } from "../print.ts";

interface Named {
  readonly number: string | undefined;
  readonly lead: string | undefined;
  readonly campaign: string | undefined;
  readonly country: string;
}

/** A CRM's key may be two people's in two campaigns; which one is meant is not for us to guess. */
const leadsNamed = async (database: Database, key: string, campaign: string | undefined): Promise<LeadFound[]> => {
  const only = campaign === undefined ? null : (await campaignNamed(database, campaign)).campaignId;
  const found = (await leadsWithKey(database, key)).filter(({ campaignId }) => only === null || campaignId === only);
  if (found.length === 0) {
    throw new CliError(
      "unknown-lead",
      `No lead has the key "${key}"${campaign === undefined ? "" : ` in ${campaign}`}.`,
    );
  }
  const campaigns = [...new Set(found.map((lead) => lead.campaign))];
  if (campaigns.length > 1) {
    throw new CliError(
      "lead-ambiguous",
      `Leads of ${campaigns.join(", ")} have the key "${key}": say which with --campaign, or erase by number.`,
    );
  }
  return found;
};

const planFor = async (database: Database, named: Named): Promise<ErasurePlan> => {
  if ((named.number === undefined) === (named.lead === undefined)) throw usageError("Give --number or --lead.");
  if (named.lead !== undefined) {
    return planErasure(database, { leads: await leadsNamed(database, named.lead, named.campaign) });
  }
  if (named.campaign !== undefined) throw usageError("--campaign goes with --lead; a number is erased everywhere.");
  return planErasure(database, { number: numberArgument("--number", named.number ?? "", named.country) });
};

const perCampaign = ({ leads }: ErasurePlan): (readonly [string, Cell])[] => {
  const counts = new Map<string, number>();
  for (const { campaign } of leads) counts.set(campaign, (counts.get(campaign) ?? 0) + 1);
  return [...counts].map(([campaign, count]) => [`  of ${campaign}`, count] as const);
};

interface Recordings {
  readonly removed: number;
  /** By node. */
  readonly waiting: Readonly<Record<string, number>>;
}

/** Files are removed by the node that has them; a living daemon does so within seconds, and is waited for. */
const recordingsOf = async (database: Database, at: Instant): Promise<Recordings> => {
  const count = (waiting: readonly { readonly files: number }[]): number =>
    waiting.reduce((sum, { files }) => sum + files, 0);
  const first = count(await filesWaiting(database, at));
  let waiting = await filesWaiting(database, at);
  for (let waitedMs = 0; waiting.length > 0 && waitedMs < FILES_WAIT_MS; waitedMs += FILES_POLL_MS) {
    await sleep(FILES_POLL_MS);
    waiting = await filesWaiting(database, at);
  }
  return {
    removed: first - count(waiting),
    waiting: Object.fromEntries(waiting.map(({ node, files }) => [node, files])),
  };
};

const recordingsText = ({ removed, waiting }: Recordings): string[] => [
  ...(removed === 0 ? [] : [`${plural(removed, "recording")} removed.`]),
  ...Object.entries(waiting).map(
    ([node, files]) => `${plural(files, "recording")} on ${node} still there: its daemon removes them when it runs.`,
  ),
];

/** Daemons look every two seconds. */
const FILES_WAIT_MS = 8_000;
const FILES_POLL_MS = 200;

export const eraseCommand = command({
  words: "erase",
  summary: "Forget a person: name, key, attributes and number; they are not called again",
  flags: {
    number: { type: "string", describe: "Every lead that has this number, in every campaign" },
    lead: { type: "string", describe: "The lead with this key, and every other that has one of its numbers" },
    campaign: { type: "string", describe: "Whose lead, where several campaigns have the key" },
    because: {
      type: "string",
      demandOption: true,
      describe: "Kept with the erasure: a ticket, the letter's date; no name",
    },
    "dry-run": { type: "boolean", default: false, describe: "Only say what would go" },
    suppress: {
      type: "boolean",
      default: true,
      describe: "--no-suppress: they may be called again when they are imported",
    },
    country: { type: "string", default: "GB", describe: "Country of --number written nationally" },
  },
  examples: [["erase --number '07911 123456' --because 'letter of 3 March' --dry-run", "Look first"]],
  async run(args, session) {
    const because = neededText("because", args.because, 200);
    const database = await session.database();
    if (database.numberHashKey === null) {
      throw new CliError(
        "hash-key-needed",
        "What is kept after an erasure is kept under a keyed hash, and the configuration has no numberHashKey: see docs/administrators.md.",
      );
    }
    const plan = await planFor(database, args);
    if (becauseTells(plan, because)) {
      throw usageError("--because is kept, and holds the number, name or key that is to be erased.");
    }
    if (plan.attemptsOpen > 0) {
      throw new CliError(
        "attempt-open",
        "A call to this person is under way: nothing was erased; try again when it has ended.",
      );
    }
    const told = { leads: plan.leads.length, numbers: plan.numbers.length, attempts: plan.attempts };
    if (args["dry-run"]) {
      const suppressed = args.suppress ? plan.notSuppressed.length : 0;
      session.answer({ dryRun: true, ...told, suppressed }, () =>
        facts([
          ["would erase", ""],
          ["leads", told.leads],
          ...perCampaign(plan),
          ["numbers", told.numbers],
          ["attempts, kept under a hash", told.attempts],
          ["numbers added to our own list", suppressed],
        ]),
      );
      return undefined;
    }
    const order = { plan, because, suppress: args.suppress, who: session.authority() };
    const report = await erase(database, order);
    const recordings = await recordingsOf(database, order.who.at);
    session.answer({ dryRun: false, ...report, recordings }, () =>
      report.erasureId === null
        ? "There was nothing to erase."
        : [
            `Erased (${report.erasureId}): ${plural(report.leads, "lead")}, ${plural(report.attempts, "attempt")} kept under a hash.`,
            args.suppress
              ? "They are on our own list and are not called again."
              : "They may be called again when they are imported.",
            ...recordingsText(recordings),
          ].join("\n"),
    );
    return undefined;
  },
});
