/**
 * What went wrong with one attempt, found again from what is on record: its facts, what its decision saw, and what was
 * in force at that moment. One rule to remember: what cannot be shown to have been right is a breach.
 */
import { rangForMs } from "../../compliance/account.ts";
import { regionsOf } from "../../compliance/applies.ts";
import type { CampaignRules, DialFacts } from "../../compliance/dial-facts.ts";
import { mayDial } from "../../compliance/may-dial.ts";
import type { ComplianceProfile } from "../../compliance/profile.ts";
import { registersFor, staleness } from "../../compliance/registers.ts";
import { ruleBehind, ruleSetting } from "../../compliance/rule-id.ts";
import type { AccountEntry } from "../../domain/account.ts";
import { toIso } from "../../domain/instant.ts";
import type { Instant } from "../../domain/instant.ts";
import type { ApprovedMessage, OwnedCliNumber, RegisterState } from "../../domain/number-facts.ts";
import { isPhoneNumber, phoneNumber, type PhoneNumber } from "../../domain/phone-number.ts";
import type { AttemptOfDay } from "../../store/index.ts";
import { seenIn, type Seen } from "./seen.ts";

export const BREACH_KINDS = [
  "silent",
  "late-message",
  "late-connect",
  "short-ring",
  "no-evidence",
  "suppressed",
  "register-stale",
  "outside-window",
  "guarantee-broken",
  "message-not-approved",
  "cli-not-owned",
  "amd-no-estimate",
] as const;
export type BreachKind = (typeof BREACH_KINDS)[number];

export interface Breach {
  readonly kind: BreachKind;
  /** The profile's rule; null where none of its rules names it. */
  readonly ruleId: string | null;
  readonly attemptId: string;
  readonly at: Instant;
  /** In plain words. */
  readonly says: string;
  readonly facts: Readonly<Record<string, unknown>>;
}

/** What was in force, over the whole period. */
export interface OnRecord {
  readonly profile: ComplianceProfile;
  /** Every file there ever was, oldest first. */
  readonly registers: readonly RegisterState[];
  readonly messages: readonly ApprovedMessage[];
  readonly cliNumbers: readonly OwnedCliNumber[];
  /** What was found of a minute in some zone: most attempts share theirs with thousands. Filled as it is asked. */
  readonly windows: Map<string, WindowFinding | null>;
}

interface WindowFinding {
  readonly ruleId: string | null;
  readonly says: string;
}

/** A judge's notes serve one profile; another campaign's needs its own. */
export const recordFor = (profile: ComplianceProfile, record: Omit<OnRecord, "profile" | "windows">): OnRecord => ({
  ...record,
  profile,
  windows: new Map(),
});

/** Nothing can have left for the network: no call, whatever the law calls a call. */
export const isTakenBack = ({ facts }: Pick<AttemptOfDay, "facts">): boolean =>
  facts.placedAt === null && (facts.placeFailure === "withdrawn" || facts.placeFailure === "refused");

export function breachesOf(attempt: AttemptOfDay, entry: AccountEntry | null, record: OnRecord): Breach[] {
  if (isTakenBack(attempt)) return [];
  const found = [heardBreach(attempt, entry, record.profile)];
  const seen = seenIn(attempt.evidence);
  if (seen === null) {
    const says = "The row does not hold what the decision to dial saw.";
    found.push(breach(attempt, "no-evidence", record.profile, says, {}));
  } else {
    found.push(
      suppressedBreach(attempt, seen, record),
      ...registerBreaches(attempt, seen, record),
      windowBreach(attempt, seen, record),
      messageBreach(attempt, seen, record),
      cliBreach(attempt, seen, record),
      amdBreach(attempt, entry, seen, record),
    );
  }
  return found.filter((each) => each !== null);
}

const PLACES: Readonly<Record<BreachKind, (profile: ComplianceProfile) => string | null>> = {
  silent: (profile) => ruleSetting(profile, "silentStopCount"),
  "late-message": (profile) => ruleSetting(profile, "clock"),
  "late-connect": (profile) => ruleSetting(profile, "clock"),
  "short-ring": (profile) => ruleSetting(profile, "ringMinMs"),
  "no-evidence": (profile) => ruleSetting(profile, "recordsMonths"),
  suppressed: (profile) => ruleBehind(profile, "SUPPRESSED"),
  "register-stale": (profile) => ruleBehind(profile, "REGISTER-STALE"),
  "outside-window": (profile) => ruleBehind(profile, "CALLING-WINDOW"),
  "guarantee-broken": (profile) => ruleSetting(profile, "guaranteedAfterAbandonMs"),
  "message-not-approved": (profile) => ruleBehind(profile, "MESSAGE-APPROVED"),
  "cli-not-owned": (profile) => ruleBehind(profile, "CLI-OWNED"),
  "amd-no-estimate": (profile) => ruleBehind(profile, "AMD-TEST"),
};

export const breach = (
  attempt: { readonly attemptId: string; readonly decidedAt: Instant },
  kind: BreachKind,
  profile: ComplianceProfile,
  says: string,
  facts: Breach["facts"],
): Breach => ({
  kind,
  ruleId: PLACES[kind](profile),
  attemptId: attempt.attemptId,
  at: attempt.decidedAt,
  says,
  facts,
});

function heardBreach(attempt: AttemptOfDay, entry: AccountEntry | null, profile: ComplianceProfile): Breach | null {
  const { facts } = attempt;
  const since = (stamp: { readonly at: Instant } | null): number | null =>
    stamp === null || facts.answeredAt === null ? null : stamp.at - facts.answeredAt.at;
  const waited = {
    answerToMessageMs: since(facts.messageAt),
    answerToAgentMs: since(facts.connectedAt),
    answerToEndMs: since(facts.endedAt),
    endedBy: facts.endedBy,
    outcome: attempt.outcome,
  };
  switch (entry) {
    case "silent":
      return facts.messageAt !== null && facts.message !== "failed"
        ? breach(attempt, "late-message", profile, "The information message began later than the clock allows.", waited)
        : breach(attempt, "silent", profile, "A person answered and heard nothing in time.", waited);
    case "connectedLate":
      return breach(attempt, "late-connect", profile, "An agent came later than the clock allows.", waited);
    case "cancelledShort": {
      const rang = { rangMs: rangForMs(facts), endedBy: facts.endedBy, endReason: facts.endReason };
      return breach(attempt, "short-ring", profile, "We gave it up before it had rung for the least time.", rang);
    }
    default:
      return null;
  }
}

const suppressedBreach = (attempt: AttemptOfDay, seen: Seen, { profile }: OnRecord): Breach | null =>
  seen.suppressed
    ? breach(attempt, "suppressed", profile, "Its number was on the suppression list.", { checkedAt: seen.checkedAt })
    : null;

/** By the files as they were loaded, not by what the decision believed. */
function registerBreaches(attempt: AttemptOfDay, seen: Seen, { profile, registers }: OnRecord): Breach[] {
  const { decidedAt } = attempt;
  const inForce = new Map(
    registers.filter(({ loadedAt }) => loadedAt <= decidedAt).map((state) => [state.name, state]),
  );
  return registersFor(profile.registers, seen.purpose, seen.numberType).flatMap((rule) => {
    const says = staleness(rule, [...inForce.values()], decidedAt);
    if (says === null) return [];
    const fileDate = inForce.get(rule.name)?.fileDate;
    const facts = { register: rule.name, fileDate: fileDate === undefined ? null : toIso(fileDate) };
    return [breach(attempt, "register-stale", profile, says, { ...facts, ageMaxDays: rule.ageMaxDays })];
  });
}

/** In place of a number that is kept as a hash: no region is told by it. */
const HIDDEN_NUMBER = phoneNumber("+9999999");

const MINUTE_MS = 60_000;

function windowBreach(attempt: AttemptOfDay, seen: Seen, { profile, windows }: OnRecord): Breach | null {
  const number = isPhoneNumber(attempt.numberKey) ? attempt.numberKey : HIDDEN_NUMBER;
  const { timeZone, region, numberType, purpose, country, window } = seen;
  // Windows and holidays are by the minute at the finest, and of a number only its regions matter.
  const regions = regionsOf(profile, region, number).map(([code]) => code);
  const minute = Math.floor(attempt.decidedAt / MINUTE_MS);
  const key = JSON.stringify([minute, timeZone, region, regions, numberType, purpose, country, window]);
  const known = windows.get(key);
  const found = known === undefined ? windowFinding(attempt, seen, number, profile) : known;
  windows.set(key, found);
  if (found === null) return null;
  const broken = breach(attempt, "outside-window", profile, found.says, { timeZone });
  return found.ruleId === null ? broken : { ...broken, ruleId: found.ruleId };
}

/** Decided again, with everything but the time as it should be. */
function windowFinding(
  attempt: AttemptOfDay,
  seen: Seen,
  number: PhoneNumber,
  profile: ComplianceProfile,
): WindowFinding | null {
  const country = seen.country ?? profile.countries[0] ?? "";
  const rules: CampaignRules = {
    profile: { ...profile, countries: [country], registers: [], consent: [], blockedSectors: [] },
    callingHours: seen.window,
    purpose: seen.purpose,
    sector: "general",
    sectorAuthority: null,
    amdDrops: false,
  };
  const facts: DialFacts = {
    killSwitch: null,
    principal: attempt.principal,
    cliNumber: isPhoneNumber(attempt.cliNumber) ? attempt.cliNumber : HIDDEN_NUMBER,
    cliOwned: null,
    registers: [],
    message: null,
    messagePlays: "played",
    number,
    country,
    numberType: seen.numberType,
    region: seen.region,
    timeZone: seen.timeZone,
    consent: null,
    facts: {
      suppressed: false,
      permanentOutcome: null,
      registers: [],
      guaranteedOnlyUntil: null,
      attemptsAt: [],
      onTheLineAt: null,
    },
    guaranteed: true,
  };
  const verdict = mayDial(facts, rules, attempt.decidedAt);
  if (verdict.allowed) return null;
  const isTime = verdict.rule === "ZONE-KNOWN" || verdict.rule === "CALLING-WINDOW" || verdict.rule === "HOLIDAY";
  return isTime ? { ruleId: verdict.ruleId, says: verdict.says } : null;
}

/** By the record of approvals where that still names the file, and by the decision's own word where it does not. */
function messageBreach(attempt: AttemptOfDay, { message }: Seen, { profile, messages }: OnRecord): Breach | null {
  if (message === null) {
    return breach(attempt, "message-not-approved", profile, "No information message was on record.", {});
  }
  const { media, sha256, approvedBy } = message;
  const known = messages.find((each) => each.media === media && each.sha256 === sha256);
  const approvedAt = known?.approvedAt ?? null;
  const isApproved = known === undefined ? approvedBy !== null : approvedAt !== null && approvedAt <= attempt.decidedAt;
  if (isApproved) return null;
  const facts = { media, sha256, approvedAt: approvedAt === null ? null : toIso(approvedAt) };
  return breach(attempt, "message-not-approved", profile, "Nobody had approved its information message.", facts);
}

function cliBreach(attempt: AttemptOfDay, { cliProof }: Seen, { profile, cliNumbers }: OnRecord): Breach | null {
  const known = cliNumbers.filter(({ cliNumber }) => cliNumber === attempt.cliNumber);
  const isOwned = known.some(({ addedAt }) => addedAt <= attempt.decidedAt);
  // A number that has left the pool was proved at the time, if the decision says so.
  if (isOwned || cliProof !== null) return null;
  const says = "Nothing shows that the presented number was ours.";
  return breach(attempt, "cli-not-owned", profile, says, { cliNumber: attempt.cliNumber });
}

function amdBreach(attempt: AttemptOfDay, entry: AccountEntry | null, seen: Seen, record: OnRecord): Breach | null {
  if (seen.amdTest !== null || !(seen.amdDrops || entry === "machineDropped")) return null;
  const says = "Calls could be dropped on a machine verdict, and no valid test said how many were people.";
  return breach(attempt, "amd-no-estimate", record.profile, says, { amdDrops: seen.amdDrops, entry });
}
