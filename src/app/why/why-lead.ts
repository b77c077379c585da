/**
 * Why one person is not called: every rule with what it says now, and when the lead can be dialled next. Asking is the
 * command's, judging is here and pure. One rule to remember: the answer is what would have to change first.
 */
import type { CampaignFacts, CampaignRules } from "../../compliance/dial-facts.ts";
import type { Campaign } from "../../domain/campaign.ts";
import type { Instant } from "../../domain/instant.ts";
import type { FailedTerm } from "../../lead/segment/why-not.ts";
import type { CallbackRecord, LeadFile } from "../../store/index.ts";
import type { CampaignRefusal } from "../campaign-refusal.ts";
import { zonedTime } from "../zoned-time.ts";
import { numberVerdicts, type NumberVerdict } from "./lead-numbers.ts";
import type { Reason } from "./reason.ts";

/** In the order in which one is the answer rather than another. */
export const LEAD_CODES = [
  "lead-erased",
  "lead-done",
  "lead-held",
  "lead-dialling",
  "lead-in-hand",
  "list-loading",
  "no-source",
  "source-off",
  "no-number",
  "campaign-stopped",
  "campaign-paused",
  "campaign-barred",
  "callback-promised",
  "not-yet",
  "ready",
] as const;
export type LeadCode = (typeof LEAD_CODES)[number];

/** A source of the campaign, before this lead. */
export interface SourceBefore {
  readonly sourceId: number;
  /** As people know it: `list march, segment south`. */
  readonly name: string;
  readonly weight: number;
  readonly isLoading: boolean;
  /** Whether it is of the lead's list, or of all. */
  readonly fitsList: boolean;
  /** Parts of its segment that say no. */
  readonly failed: readonly FailedTerm[];
}

export interface LeadKnown {
  readonly file: LeadFile;
  readonly campaign: Campaign;
  readonly refusal: CampaignRefusal | null;
  /** Null for a campaign whose profile is unknown or contradicted: `refusal` says so. */
  readonly rules: CampaignRules | null;
  readonly facts: CampaignFacts;
  readonly sources: readonly SourceBefore[];
  /** Leads are being put into sources just now. */
  readonly isAssigning: boolean;
  readonly callbacks: readonly CallbackRecord[];
}

export interface Check {
  readonly rule: "campaign" | "list" | "source" | "lead" | "due" | "callback" | "numbers";
  readonly lets: boolean;
  readonly says: string;
  /** Says no until then; null where it lets the lead through, or time alone changes nothing. */
  readonly until: Instant | null;
}

export interface WhyLead {
  readonly answer: { readonly code: LeadCode; readonly says: string };
  /** When it may be dialled if nothing else changes, and the campaign runs; null when no time will do. */
  readonly dialableAt: Instant | null;
  readonly checks: readonly Check[];
  readonly numbers: readonly NumberVerdict[];
}

export const whyLead = (known: LeadKnown, at: Instant): WhyLead => {
  const { file, campaign, rules, facts } = known;
  const numbers = rules === null ? [] : numberVerdicts({ file, campaign, rules, facts, at });
  const first = earliest(numbers);
  const checks = [
    campaignCheck(known),
    listCheck(known),
    leadCheck(known, at),
    sourceCheck(known),
    dueCheck(known, at),
    ...callbackChecks(known, at),
    numbersCheck(numbers, first, at),
  ];
  const waits = file.state === "ready" || file.state === "leased";
  const isKeptBack = checks.some(
    ({ rule, lets }) => !lets && (rule === "list" || rule === "lead" || rule === "source"),
  );
  const dialableAt = waits && (!isKeptBack || file.state === "leased") ? (first?.dialableAt ?? null) : null;
  return { answer: answerOf(known, { first, numbers, dialableAt }, at), dialableAt, checks, numbers };
};

const earliest = (numbers: readonly NumberVerdict[]): NumberVerdict | null =>
  numbers.reduce<NumberVerdict | null>((first, each) => {
    if (each.dialableAt === null) return first;
    return first?.dialableAt === null || first === null || each.dialableAt < first.dialableAt ? each : first;
  }, null);

/* ------------------------------------------------------------------ Rules */

const check = (rule: Check["rule"], lets: boolean, says: string, until: Instant | null = null): Check => ({
  ...{ rule, lets, says, until },
});

const campaignCheck = ({ campaign, refusal }: LeadKnown): Check => {
  const { name, desiredState } = campaign;
  if (desiredState !== "running") return check("campaign", false, `The campaign ${name} is ${desiredState}.`);
  if (refusal !== null) {
    return check("campaign", false, `The campaign ${name} may not dial: ${refusal.says} (${refusal.by})`);
  }
  return check("campaign", true, `The campaign ${name} is running.`);
};

const listCheck = ({ file }: LeadKnown): Check =>
  file.isLoading
    ? check("list", false, `Its list ${file.list} is being imported.`)
    : check("list", true, `Its list ${file.list} is loaded.`);

const leadCheck = ({ file }: LeadKnown, at: Instant): Check => {
  const why = file.reason === null ? "" : ` (${file.reason})`;
  switch (file.state) {
    case "done":
      return check("lead", false, `It is done${why} and is not dialled any more.`);
    case "held":
      return check("lead", false, `It is held${why} until somebody lets it go.`);
    case "dialling":
      return check("lead", false, "It is being dialled now.");
    case "leased": {
      const until = file.leaseUntil;
      const isOver = until !== null && until <= at;
      const who = file.leaseNode ?? "a daemon";
      return isOver
        ? check("lead", true, `${who} took it and did not dial it; it is given back with the next claim.`)
        : check("lead", true, `${who} has taken it, to be dialled next.`);
    }
    case "ready":
      return check("lead", true, `It waits${why}.`);
  }
};

const sourceCheck = ({ file, sources, isAssigning }: LeadKnown): Check => {
  const pending = isAssigning ? " Leads are being put into sources just now." : "";
  if (file.sourceId === 0) {
    const each = sources.map((source) => `${source.name}: ${whyNotFrom(source)}`);
    const detail = each.length === 0 ? "The campaign has none." : `${each.join("; ")}.`;
    return check("source", false, `It is in no source. ${detail}${pending}`);
  }
  const source = sources.find(({ sourceId }) => sourceId === file.sourceId);
  if (source === undefined) return check("source", false, `Its source has been removed.${pending}`);
  if (source.isLoading) return check("source", false, `Its source (${source.name}) is being loaded.`);
  if (source.weight === 0) return check("source", false, `Its source (${source.name}) has weight 0 and gives no lead.`);
  return check("source", true, `It is in ${source.name}.${pending}`);
};

const whyNotFrom = ({ fitsList, failed }: SourceBefore): string => {
  if (!fitsList) return "another list";
  if (failed.length === 0) return "it fits, and has not been put there yet";
  return failed
    .map(({ term, has }) => {
      const values = has.filter((value) => value !== null).map((value) => JSON.stringify(value));
      return `not \`${term}\` (it has ${values.length === 0 ? "nothing there" : values.join(", ")})`;
    })
    .join(", ");
};

const dueCheck = ({ file }: LeadKnown, at: Instant): Check => {
  if (file.state !== "ready" || file.dueAt <= at) return check("due", true, "Its time has come.");
  const words = { fresh: "not due yet", putOff: "put off", redial: "to be tried again", callback: "to be called back" };
  const why = file.reason === null ? "" : ` (${file.reason})`;
  return check("due", false, `It is ${words[file.queue]}${why}.`, file.dueAt);
};

const callbackChecks = ({ callbacks }: LeadKnown, at: Instant): Check[] =>
  callbacks
    .filter(({ state }) => state === "waiting" || state === "taken")
    .map((promise) => {
      const { dueAt, untilAt, timeZone, agent, fallback } = promise;
      const who = agent === null ? "anybody" : `${agent}, else ${fallback === "anyone" ? "anybody" : "nobody"}`;
      const says = `Promised by ${who} between ${zonedTime(dueAt, timeZone)} and ${zonedTime(untilAt, timeZone)}${untilAt < at ? ", which is over" : ""}.`;
      return check("callback", dueAt <= at, says, dueAt <= at ? null : dueAt);
    });

const numbersCheck = (numbers: readonly NumberVerdict[], first: NumberVerdict | null, at: Instant): Check => {
  if (numbers.length === 0) return check("numbers", false, "No number of it can be judged.");
  if (first === null) return check("numbers", false, lastingNo(numbers));
  const { dialableAt } = first;
  if (dialableAt === null || dialableAt <= at) return check("numbers", true, "A number of it may be dialled.");
  return check("numbers", false, first.blockers.at(-1)?.says ?? "Not now.", dialableAt);
};

/** In the words of the rule that says no for good, number by number. */
const lastingNo = (numbers: readonly NumberVerdict[]): string => {
  const says = [...new Set(numbers.map(({ number, blockers }) => whyNever(number, blockers)))];
  return numbers.length === 1
    ? (says[0] ?? "")
    : `None of its ${numbers.length} numbers may be dialled: ${says.join(" ")}`;
};

const whyNever = (number: string | null, blockers: NumberVerdict["blockers"]): string => {
  if (number === null) return "The number was erased.";
  return blockers.at(-1)?.says ?? "No rule says when.";
};

/* ----------------------------------------------------------------- Answer */

interface Found {
  readonly first: NumberVerdict | null;
  readonly numbers: readonly NumberVerdict[];
  readonly dialableAt: Instant | null;
}

const answerOf = (known: LeadKnown, { first, numbers, dialableAt }: Found, at: Instant): WhyLead["answer"] => {
  const { file, campaign, refusal, rules } = known;
  const told = (code: LeadCode, says: string): Reason & { code: LeadCode } => ({ code, says });
  if (file.reason === "erased") return told("lead-erased", "It was erased: nobody may be called there any more.");
  const state = leadCheck(known, at);
  if (file.state === "done") return told("lead-done", state.says);
  if (file.state === "held") {
    return told("lead-held", `${state.says} \`fairdial campaign release ${campaign.name}\` does.`);
  }
  if (file.state === "dialling") return told("lead-dialling", state.says);
  if (file.state === "leased" && state.lets && (file.leaseUntil ?? 0) > at) return told("lead-in-hand", state.says);
  if (file.isLoading) return told("list-loading", listCheck(known).says);
  const source = sourceCheck(known);
  if (!source.lets) return told(isOff(known) ? "source-off" : "no-source", source.says);
  const number = numbersCheck(numbers, first, at);
  if (rules !== null && first === null) return told("no-number", number.says);
  const when =
    dialableAt === null || dialableAt <= at ? "now" : `from ${zonedTime(dialableAt, first?.timeZone ?? null)}`;
  if (campaign.desiredState !== "running" || refusal !== null) {
    const code = campaign.desiredState === "running" ? "campaign-barred" : CAMPAIGN_CODES[campaign.desiredState];
    const itself = rules === null ? "" : ` The lead itself could be dialled ${when}.`;
    return told(code, `${campaignCheck(known).says}${itself}`);
  }
  if (dialableAt === null || dialableAt <= at) {
    return told(
      "ready",
      "It may be dialled now, and waits for its turn: `fairdial why campaign` tells what holds that back.",
    );
  }
  const promise = callbackChecks(known, at).at(0);
  if (file.queue === "callback" && promise !== undefined) {
    return told("callback-promised", `It may be dialled ${when}. ${promise.says}`);
  }
  const because = first?.blockers.at(-1)?.says ?? dueCheck(known, at).says;
  return told("not-yet", `It may be dialled ${when}: ${because}`);
};

const CAMPAIGN_CODES = { stopped: "campaign-stopped", paused: "campaign-paused" } as const;

const isOff = ({ file, sources }: LeadKnown): boolean => sources.some(({ sourceId }) => sourceId === file.sourceId);
