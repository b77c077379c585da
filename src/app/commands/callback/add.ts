/** `fairdial callback add`: a promise to call somebody at a time, by anybody or by one agent; never outside the hours that hold. */
import { openAt } from "../../../compliance/open-at.ts";
import type { Campaign } from "../../../domain/campaign.ts";
import { after, type Instant } from "../../../domain/instant.ts";
import { nextDayCallback } from "../../../lead/callback.ts";
import { addCallback, FINAL_REASONS, findCallback, leadFile, type LeadFile } from "../../../store/index.ts";
import { textOption } from "../../arguments/text.ts";
import { CALLBACK_AHEAD_MAX_MS, CALLBACK_WINDOW_MS, callbackTime, type CallbackAnswer } from "../../callback-time.ts";
import { CliError, usageError } from "../../cli-error.ts";
import { command } from "../../command.ts";
import { leadNamed } from "../../lead-lookup.ts";
import { agentNamed, campaignNamed } from "../../lookups.ts";
import type { Session } from "../../session.ts";
import { calledOf, storyOf } from "../../why/lead-numbers.ts";
import { readZonedTime, zonedTime } from "../../zoned-time.ts";
import { profilesOf } from "../campaign/compliance-options.ts";
import { callbackDocument, describeCallback } from "./options.ts";

export const callbackAdd = command({
  words: "add",
  summary: "Promise to call somebody back at a time",
  flags: {
    campaign: { type: "string", demandOption: true, describe: "The campaign" },
    lead: { type: "string", demandOption: true, describe: "The CRM's key, one of its numbers, or #ID" },
    at: {
      type: "string",
      describe: "2026-11-23T18:30, or 18:30 (the next), by the person's clock (the next day at this time)",
    },
    until: { type: "string", describe: "As --at: later it is missed (an hour after)" },
    zone: { type: "string", describe: "By the clock of this zone instead, e.g. Europe/London" },
    agent: { type: "string", describe: "To be called by this agent (by anybody)" },
    fallback: {
      type: "string",
      choices: ["anyone", "missed"] as const,
      default: "anyone",
      describe: "When that agent is not there by then: anyone calls, or it is missed",
    },
    move: { type: "boolean", default: false, describe: "To the next moment at which they may be called, if need be" },
    note: { type: "string", describe: "For whoever calls" },
    country: { type: "string", default: "GB", describe: "Country of a number written nationally" },
  },
  examples: [
    ["callback add --campaign spring --lead CRM-77412 --at 18:30 --agent anna", "By Anna, at half past six there"],
  ],
  async run(args, session) {
    const note = textOption("note", args.note, 500) ?? null;
    const database = await session.database();
    const campaign = await campaignNamed(database, args.campaign);
    const fallback = args.fallback === "missed" ? "missed" : "anyone";
    const lead = await leadNamed(database, args.lead, campaign, args.country);
    const agent = args.agent === undefined ? null : await agentNamed(database, args.agent);
    const who = session.authority();
    const file = await leadFile(database, lead, who.at);
    if (file === null) throw new CliError("unknown-lead", `There is no lead "${args.lead}".`);
    refuseFinal(file);
    const wish = wishOf(args, { file, campaign, session });
    const profiles = profilesOf(session);
    const circumstances = { database, profiles, campaign, file, at: who.at, move: args.move };
    const time = orRefused(await callbackTime({ ...wish, numberId: null }, circumstances));
    const id = await database.transaction((tx) =>
      addCallback(tx, {
        ...{ leadId: lead, numberId: time.numberId, agentId: agent?.agentId ?? null },
        ...{ dueAt: time.dueAt, untilAt: time.untilAt, fallback, note, askedBy: who.by, at: who.at },
      }),
    );
    const made = id === null ? null : await findCallback(database, id, who.at);
    if (made === null) throw new CliError("lead-done", "Nobody calls this lead any more.");
    session.answer({ ...callbackDocument(made), moved: time.moved }, () =>
      [
        describeCallback(made),
        ...(time.moved === null ? [] : [`It was moved: ${time.moved}`]),
        ...(file.state === "dialling"
          ? ["It is being dialled just now; the promise counts when that call has ended."]
          : []),
      ].join("\n"),
    );
    return undefined;
  },
});

const refuseFinal = ({ state, reason }: LeadFile): void => {
  if (state !== "done" || !FINAL_REASONS.some((final) => final === reason)) return;
  throw new CliError("lead-done", `Nobody calls this lead any more: it is done (${reason ?? ""}).`);
};

interface Wish {
  readonly dueAt: Instant;
  readonly untilAt: Instant;
}

interface Times {
  readonly at: string | undefined;
  readonly until: string | undefined;
  readonly zone: string | undefined;
}

/** The zone of the number that would be dialled. */
const zoneOf = ({ numbers, nextNumberId }: LeadFile): string | null => {
  const usable = numbers.filter(({ number, takenOut }) => number !== null && takenOut === null);
  const next = usable.find(({ numberId }) => numberId === nextNumberId) ?? usable[0];
  return next?.timeZone ?? null;
};

const wishOf = (
  { at, until, zone }: Times,
  { file, campaign, session }: { file: LeadFile; campaign: Campaign; session: Session },
): Wish => {
  const now = session.world.now();
  if (zone !== undefined && !Intl.supportedValuesOf("timeZone").includes(zone) && zone !== "UTC") {
    throw usageError(`--zone: "${zone}" is not a time zone, such as Europe/London.`);
  }
  const clock = zone ?? zoneOf(file);
  if (clock === null) {
    throw new CliError(
      "zone-unknown",
      "Nobody knows what time it is where this person lives, so nobody may call there.",
    );
  }
  if (at === undefined) {
    if (until !== undefined) throw usageError("--until goes with --at.");
    return nextDay(file, campaign, session, now);
  }
  const dueAt = readTime("at", at, clock, now);
  // From there on: "--at 18:30 --until 19:30" is one evening.
  const untilAt = until === undefined ? after(dueAt, CALLBACK_WINDOW_MS) : readTime("until", until, clock, dueAt);
  if (dueAt < now) throw usageError(`--at: ${zonedTime(dueAt, clock)} is over.`);
  if (untilAt <= dueAt) throw usageError("--until must be after --at.");
  if (untilAt > after(now, CALLBACK_AHEAD_MAX_MS)) throw usageError("--at: more than a year ahead.");
  return { dueAt, untilAt };
};

const readTime = (option: string, text: string, zone: string, now: Instant): Instant => {
  const at = readZonedTime(text, zone, now);
  if (at !== null) return at;
  throw usageError(`--${option}: "${text}" is not a time of ${zone}, such as 2026-11-23T18:30 or 18:30.`);
};

const nextDay = (file: LeadFile, campaign: Campaign, session: Session, now: Instant): Wish => {
  const profile = profilesOf(session).get(campaign.profile) ?? null;
  const hours = { callingHours: campaign.callingHours, purpose: campaign.purpose, profile };
  const asked = {
    story: storyOf(file),
    rules: campaign.redial,
    openAt: (timeZone: string, at: Instant) => openAt(hours, calledOf(file), timeZone, at),
  };
  for (const { numberId } of file.numbers) {
    const found = nextDayCallback(asked, numberId, now);
    if (found !== null) return found;
  }
  throw new CliError(
    "callback-closed",
    "There is no day in the next two weeks on which they may be called at this time; say --at.",
  );
};

const orRefused = (answer: CallbackAnswer): Extract<CallbackAnswer, { ok: true }> => {
  if (answer.ok) return answer;
  const { code, says } = answer;
  throw new CliError(code, code === "callback-closed" ? `${says} Say so with --at, or --move.` : says);
};
