/** `fairdial why lead`: every rule about one lead with what it says now, and when the lead can be dialled next. */
import type { Campaign } from "../../../domain/campaign.ts";
import type { Instant } from "../../../domain/instant.ts";
import { campaignSummaries, leadFile, type Database, type LeadFile } from "../../../store/index.ts";
import { command } from "../../command.ts";
import { LEADS_SHOWN_MAX, leadsNamed } from "../../lead-lookup.ts";
import { campaignNamed } from "../../lookups.ts";
import { facts, printable, table } from "../../print.ts";
import { iso, type Session } from "../../session.ts";
import { leadKnown } from "../../why/lead-known.ts";
import { whyLead, type LeadKnown, type WhyLead } from "../../why/why-lead.ts";
import type { NumberVerdict } from "../../why/lead-numbers.ts";
import { zonedTime } from "../../zoned-time.ts";
import { profilesOf } from "../campaign/compliance-options.ts";

interface Asked {
  readonly known: LeadKnown;
  readonly why: WhyLead;
}

export const whyLeadCommand = command({
  words: "lead <lead>",
  summary: "What keeps one person from being called, rule by rule, and until when",
  positionals: {
    lead: { type: "string", demandOption: true, describe: "The CRM's key, one of its numbers, or #ID" },
  },
  flags: {
    campaign: { type: "string", describe: "Only this campaign's" },
    country: { type: "string", default: "GB", describe: "Country of a number written nationally" },
  },
  examples: [["why lead CRM-77412", "The answer first, then every rule and every number"]],
  async run(args, session) {
    const database = await session.database();
    const campaign = args.campaign === undefined ? null : await campaignNamed(database, args.campaign);
    const ids = await leadsNamed(database, args.lead, campaign, args.country);
    const at = session.world.now();
    const asked: Asked[] = [];
    for (const id of ids.slice(0, LEADS_SHOWN_MAX)) {
      const file = await leadFile(database, id, at);
      if (file !== null) asked.push(await askAbout(session, database, file, at));
    }
    const more = ids.length > LEADS_SHOWN_MAX;
    session.answer({ asked: args.lead, at: iso(at), more, leads: asked.map(document) }, () =>
      [
        ...asked.map((each) => text(each, at)),
        ...(more ? ["There are more: say which campaign with --campaign, or which lead with #ID."] : []),
      ].join("\n\n"),
    );
    return undefined;
  },
});

const askAbout = async (session: Session, database: Database, file: LeadFile, at: Instant): Promise<Asked> => {
  const [summary] = await campaignSummaries(database, at, file.campaignId);
  // A lead's campaign is never removed.
  const campaign = summary?.campaign as Campaign;
  const known = await leadKnown(database, file, campaign, profilesOf(session), at);
  return { known, why: whyLead(known, at) };
};

const document = ({ known: { file, campaign, callbacks }, why }: Asked) => ({
  lead: file.leadId,
  ...{ campaign: campaign.name, list: file.list, key: file.key, name: file.name },
  ...{ state: file.state, reason: file.reason, queue: file.queue, dueAt: iso(file.dueAt) },
  ...{ source: file.sourceId === 0 ? null : file.sourceId, attempts: file.attemptsCounted },
  ...{ lastAttemptAt: iso(file.lastAttemptAt), lastOutcome: file.lastOutcome, recycledAt: iso(file.recycledAt) },
  answer: why.answer,
  dialableAt: iso(why.dialableAt),
  checks: why.checks.map((each) => ({ ...each, until: iso(each.until) })),
  numbers: why.numbers.map(({ screening, redial, blockers, dialableAt, ...number }) => ({
    ...number,
    screening: screening === null ? null : { ...screening, until: iso(screening.until) },
    redial: redial.map((each) => ({ ...each, until: iso(each.until) })),
    dialableAt: iso(dialableAt),
    blockers: blockers.map((each) => ({ ...each, at: iso(each.at), until: iso(each.until) })),
  })),
  callbacks: callbacks.map((each) => ({
    ...{ callback: each.callbackId, state: each.state, agent: each.agent, fallback: each.fallback, note: each.note },
    ...{ dueAt: iso(each.dueAt), untilAt: iso(each.untilAt) },
  })),
});

const text = ({ known: { file, campaign }, why }: Asked, at: Instant): string => {
  const called = [file.key, file.name].filter((word) => word !== null).join(", ");
  const zone = why.numbers.find(({ timeZone }) => timeZone !== null)?.timeZone ?? null;
  return [
    printable(`#${file.leadId}${called === "" ? "" : ` (${called})`}: ${why.answer.says}`),
    "",
    facts([
      ["campaign", `${campaign.name}, list ${file.list}`],
      ["attempts", `${file.attemptsCounted}${file.lastOutcome === null ? "" : `, the last: ${file.lastOutcome}`}`],
      ["dialled next", why.dialableAt === null ? "not by itself" : dated(why.dialableAt, zone, at)],
    ]),
    "",
    table(
      ["", "rule", "says", "until"],
      why.checks.map(({ rule, lets, says, until }) => [
        ...[lets ? "yes" : "no", rule, says, until === null ? "" : zonedTime(until, zone)],
      ]),
    ),
    ...why.numbers.flatMap((number) => ["", numberText(number, at)]),
  ].join("\n");
};

const dated = (moment: Instant, zone: string | null, at: Instant): string =>
  moment <= at ? "now" : zonedTime(moment, zone);

const numberText = (number: NumberVerdict, at: Instant): string => {
  const { screening, redial, timeZone, dialableAt } = number;
  const until = (moment: Instant | null): string => (moment === null ? "" : zonedTime(moment, timeZone));
  const when = dialableAt === null ? "never by itself" : dated(dialableAt, timeZone, at);
  const title = printable(`${number.number ?? "erased"} (${number.kind}): ${when}`);
  const noes = redial.filter(({ lets }) => !lets);
  const yeses = redial.filter(({ lets }) => lets).map(({ rule }) => rule);
  return [
    title,
    table(
      ["", "rule", "says", "until"],
      [
        screening === null
          ? ["yes", "screening", "No rule of its profile says no.", ""]
          : ["no", screening.rule, screening.says, until(screening.until)],
        ...noes.map((each) => ["no", each.rule, each.says, until(each.until)]),
        ...(yeses.length === 0 ? [] : [["yes", "others", yeses.join(", "), ""]]),
      ],
    ),
  ].join("\n");
};
