/**
 * Decisions to dial: each has its evidence, and by that evidence it is taken again here. One rule to remember: what the
 * evidence does not show was not shown.
 */
import type { Applies, ComplianceProfile, HoursRule } from "../compliance/profile.ts";
import type { CampaignRules } from "../compliance/dial-facts.ts";
import type { AttemptFacts } from "../domain/attempt.ts";
import type { CallingHours } from "../domain/campaign.ts";
import { after, type Instant, toIso } from "../domain/instant.ts";
import type { Invariant } from "./breach.ts";
import { waitedMs } from "./connect-clock.ts";
import type { AttemptDecided } from "./entries.ts";
import { isHoliday, isOpen, localTime } from "./local-time.ts";
import { Recent } from "./recent.ts";
import type { SeenAttempt } from "./scene.ts";
import { tollBreach } from "./toll.ts";

type Evidence = Readonly<Record<string, unknown>>;

/** Without each of these nobody can say a year later why the number was dialled. */
const NEEDED = [
  ...["checkedAt", "profile", "profileVersion", "purpose", "sector", "principal", "killSwitch", "registers"],
  ...["cliNumber", "cliProof", "message", "amdDrops", "country", "numberType", "region", "timeZone", "consent"],
  ...["suppressed", "permanentOutcome", "listedOn", "window", "hoursRules", "localDay", "holidayCalendars"],
  ...["attemptsToday", "attempts24Hours", "lastAttemptAt", "frequency", "guaranteedOnlyUntil", "guaranteed"],
] as const;

const missingOf = ({ profile, profileVersion, clock, principal, centre, evidence, at, agentId }: AttemptDecided) => {
  const missing: string[] = [];
  if (profile === null) missing.push("profile");
  if (profileVersion === null || !/^[0-9a-f]{16}$/.test(profileVersion)) missing.push("profileVersion");
  if (clock === null || !(clock.limitMs > 0)) missing.push("clock");
  if (principal === null) missing.push("principal");
  if (centre === null) missing.push("centre");
  if (evidence === null) return [...missing, "evidence"];
  missing.push(...NEEDED.filter((name) => !Object.hasOwn(evidence, name)).map((name) => `evidence.${name}`));
  if (evidence["profile"] !== profile || evidence["profileVersion"] !== profileVersion) missing.push("one profile");
  if (evidence["checkedAt"] !== toIso(at)) missing.push("evidence of that very moment");
  if (evidence["guaranteed"] !== (agentId !== null)) missing.push("one word on whether an agent was guaranteed");
  return missing;
};

export const evidenceComplete: Invariant = {
  says: "Every decision keeps its profile, the profile's version, its clock, and all that its rules were asked about.",
  watch: (report) => ({
    see(entry, scene) {
      if (entry.kind !== "attempt-decided") return;
      report.looked();
      const { at, attemptId, campaignId, profileVersion } = entry;
      const missing = missingOf(entry);
      if (missing.length > 0)
        report.breach({ at, attemptId, says: "a decision without its evidence", facts: { missing } });
      const inForce = scene.campaigns.get(campaignId)?.rules?.profile;
      if (inForce === undefined || profileVersion === null || inForce.version === profileVersion) return;
      const facts = { profileVersion, inForce: inForce.version };
      report.breach({ at, attemptId, says: "a decision under another version of the profile", facts });
    },
  }),
};

/* ------------------------------------------------------------------ Taken again */

const isoInstant = (value: unknown): Instant | null => {
  const at = typeof value === "string" ? Date.parse(value) : Number.NaN;
  return Number.isFinite(at) ? (at as Instant) : null;
};
const count = (value: unknown): number | null => (typeof value === "number" ? value : null);
const text = (value: unknown): string | null => (typeof value === "string" ? value : null);
const list = (value: unknown): readonly unknown[] => (Array.isArray(value) ? (value as unknown[]) : []);
const object = (value: unknown): Evidence => (typeof value === "object" && value !== null ? (value as Evidence) : {});

/** What a type of number is only when an import could tell; all others may be anything. */
const CERTAIN = new Set(["mobile", "fixed", "toll-free", "voip", "personal", "company", "pager", "voicemail"]);

const isMeant = ({ purposes, numberTypes }: Applies, purpose: string, type: string): boolean => {
  if (purposes !== null && !(purposes as readonly string[]).includes(purpose)) return false;
  if (numberTypes === null || numberTypes.includes(type)) return true;
  if (type === "fixed-or-mobile") return numberTypes.includes("fixed") || numberTypes.includes("mobile");
  return !CERTAIN.has(type);
};

const hoursThatApply = ({ profile, purpose }: CampaignRules, evidence: Evidence): readonly HoursRule[] => {
  const type = text(evidence["numberType"]) ?? "unknown";
  const region = text(evidence["region"])?.toUpperCase();
  const regional = Object.entries(profile.regions)
    .filter(([code]) => region !== undefined && (code === region || code.endsWith(`-${region}`)))
    .flatMap(([, { hours }]) => hours ?? []);
  return [...profile.hours, ...regional].filter((rule) => isMeant(rule, purpose, type));
};

type Says = readonly [says: string, facts: Evidence] | null;

const window = (evidence: Evidence, rules: CampaignRules | null, own: readonly CallingHours[], at: Instant): Says => {
  const zone = text(evidence["timeZone"]);
  const local = zone === null ? null : localTime(zone, at);
  if (local === null) return ["a number of no known zone was dialled", { zone }];
  const where = { zone, at: toIso(at) };
  if (!isOpen(own, local)) return ["a number was dialled outside the campaign's hours", where];
  if (rules === null) return null;
  const hours = hoursThatApply(rules, evidence);
  if (hours.some((rule) => !isOpen(rule.hours, local)))
    return ["a number was dialled outside the profile's hours", where];
  if (!hours.some(({ closedOnHolidays }) => closedOnHolidays)) return null;
  for (const code of list(evidence["holidayCalendars"]).map(String)) {
    const calendar = rules.profile.holidays?.[code];
    if (calendar === undefined) return ["a number was dialled under holidays that nobody knows", { calendar: code }];
    if (isHoliday(calendar, local)) return ["a number was dialled on a public holiday", { ...where, calendar: code }];
  }
  return null;
};

const registers = (evidence: Evidence, { profile, purpose }: CampaignRules, at: Instant): Says => {
  const shown = list(evidence["registers"]).map(object);
  const listedOn = list(evidence["listedOn"]);
  const type = text(evidence["numberType"]) ?? "unknown";
  for (const rule of profile.registers) {
    if (!isMeant(rule, purpose, type)) continue;
    const fileDate = isoInstant(shown.find(({ name }) => name === rule.name)?.["fileDate"]);
    if (fileDate === null || at - fileDate > rule.ageMaxDays * 86_400_000) {
      return [
        "a number was dialled on a register that was too old",
        { register: rule.name, ageMaxDays: rule.ageMaxDays },
      ];
    }
    const isOverridden = (rule.overriddenBy ?? null) !== null && evidence["consent"] !== null;
    if (listedOn.includes(rule.name) && !isOverridden) return ["a listed number was dialled", { register: rule.name }];
  }
  return null;
};

const consent = (evidence: Evidence, { profile, purpose }: CampaignRules): Says => {
  const type = text(evidence["numberType"]) ?? "unknown";
  const needed = profile.consent.filter((rule) => isMeant(rule, purpose, type));
  const given = object(evidence["consent"]);
  const lacks = needed.find(({ kind }) => given["kind"] !== "written" && given["kind"] !== kind);
  return lacks === undefined ? null : ["a number was dialled without the consent that it needs", { kind: lacks.kind }];
};

const oftenEnough = (evidence: Evidence, at: Instant): Says => {
  const { perDayMax, per24HoursMax, gapMinMs } = object(evidence["frequency"]);
  const [today, recent] = [count(evidence["attemptsToday"]), count(evidence["attempts24Hours"])];
  const lastAt = isoInstant(evidence["lastAttemptAt"]);
  const over = (most: unknown, had: number | null): boolean =>
    count(most) !== null && had !== null && had >= Number(most);
  if (over(perDayMax, today)) return ["a number was dialled too often on one day", { today, perDayMax }];
  if (over(per24HoursMax, recent)) return ["a number was dialled too often in 24 hours", { recent, per24HoursMax }];
  const tooSoon = count(gapMinMs) !== null && lastAt !== null && at - lastAt < Number(gapMinMs);
  return tooSoon ? ["a number was dialled again too soon", { lastAt: toIso(lastAt), gapMinMs }] : null;
};

const rest = (evidence: Evidence, profile: ComplianceProfile, decided: AttemptDecided): Says => {
  const message = object(evidence["message"]);
  const until = isoInstant(evidence["guaranteedOnlyUntil"]);
  if (evidence["killSwitch"] !== null) return ["dialled while the kill switch was on", {}];
  const country = text(evidence["country"]);
  if (country === null || !profile.countries.includes(country))
    return ["dialled beyond the profile's countries", { country }];
  if (text(evidence["cliProof"]) === null) return ["dialled with a caller number that is not shown to be ours", {}];
  if (text(message["approvedBy"]) === null) return ["dialled without an approved message", {}];
  if (message["plays"] !== "played") return ["dialled with a message that does not play", { plays: message["plays"] }];
  if (until !== null && until > decided.at && decided.agentId === null) {
    return ["dialled without a guaranteed agent after an abandoned call", { until: toIso(until) }];
  }
  return null;
};

/** Every answer that the evidence gives by itself; the first that says no. */
const refusalOf = (seen: SeenAttempt): Says => {
  const { decided, rules, campaign } = seen;
  const { at } = decided;
  const evidence = decided.evidence ?? {};
  if (evidence["suppressed"] === true) return ["a suppressed number was dialled", {}];
  const permanentOutcome = text(evidence["permanentOutcome"]);
  if (permanentOutcome !== null) return ["a number that had been taken out was dialled", { permanentOutcome }];
  const own = rules?.callingHours ?? campaign?.callingHours ?? (list(evidence["window"]) as readonly CallingHours[]);
  const closed = window(evidence, rules, own, at);
  // Of a version that kept no more evidence than that, no more can be said.
  if (closed !== null || rules === null || !Object.hasOwn(evidence, "registers")) return closed;
  return (
    registers(evidence, rules, at) ??
    consent(evidence, rules) ??
    oftenEnough(evidence, at) ??
    rest(evidence, rules.profile, decided) ??
    tollBreach(evidence, rules)
  );
};

/** Asked when the network has it: what was taken back before has disturbed nobody. */
export const allowedWhenDialled: Invariant = {
  says: "What was dialled was allowed: hours, holidays, registers, consent, caps and the rest, worked out once more.",
  watch: (report) => {
    const asked = new Recent<string, true>(3_600_000);
    return {
      see(entry, scene) {
        if (entry.kind !== "call") return;
        const seen = scene.attempt(entry.attemptId);
        if (seen?.isDialled !== true || asked.get(entry.attemptId) === true) return;
        asked.set(entry.attemptId, true, scene.now);
        report.looked();
        const { at, attemptId, numberId } = seen.decided;
        const since = scene.suppressedSince(numberId);
        const refusal: Says =
          since !== null && since < at
            ? ["a suppressed number was dialled", { since: toIso(since), at: toIso(at) }]
            : refusalOf(seen);
        if (refusal !== null) report.breach({ at, attemptId, says: refusal[0], facts: refusal[1] });
      },
    };
  },
};

/* ------------------------------------------------------------------ Across calls */

const DAY_MS = 86_400_000;
/** A local day of 25 hours, and an hour to spare. */
const LOOKED_BACK_MS = 26 * 3_600_000;

const least = (...caps: readonly unknown[]): number => Math.min(...caps.map((cap) => count(cap) ?? Infinity));
const greatest = (...gaps: readonly unknown[]): number => Math.max(0, ...gaps.map((gap) => count(gap) ?? 0));

export const withinFrequencyCaps: Invariant = {
  says: "No number is dialled oftener than its caps allow, counted across leads and campaigns of one principal.",
  watch: (report) => {
    const dialled = new Recent<string, readonly Instant[]>(LOOKED_BACK_MS);
    const counted = new Recent<string, true>(3_600_000);
    return {
      see(entry, scene) {
        if (entry.kind !== "call") return;
        const seen = scene.attempt(entry.attemptId);
        if (seen?.isDialled !== true || counted.get(entry.attemptId) === true) return;
        counted.set(entry.attemptId, true, scene.now);
        const { at, attemptId, numberId, principal, evidence } = seen.decided;
        const key = `${scene.numberOf(numberId)} ${principal ?? ""}`;
        const before = (dialled.get(key) ?? []).filter((each) => each > at - LOOKED_BACK_MS);
        dialled.set(key, [...before, at], scene.now);
        const caps = [object(evidence?.["frequency"]), object(seen.rules?.profile.frequency)];
        if (caps.every((each) => Object.keys(each).length === 0)) return;
        report.looked();
        const zone = text(evidence?.["timeZone"]);
        const today = zone === null ? null : (localTime(zone, at)?.date ?? null);
        const facts = (more: Evidence): Evidence => ({ numberId, ...more });
        const breach = (says: string, more: Evidence): void => {
          report.breach({ at, attemptId, says, facts: facts(more) });
        };
        const onThisDay = before.filter((each) => zone !== null && localTime(zone, each)?.date === today).length;
        const perDayMax = least(...caps.map((each) => each["perDayMax"]));
        if (onThisDay >= perDayMax)
          breach("a number was dialled oftener than once a day allows", { onThisDay, perDayMax });
        const recent = before.filter((each) => after(each, DAY_MS) > at).length;
        const per24HoursMax = least(...caps.map((each) => each["per24HoursMax"]));
        if (recent >= per24HoursMax) breach("a number was dialled too often in 24 hours", { recent, per24HoursMax });
        const gapMinMs = greatest(...caps.map((each) => each["gapMinMs"]));
        const lastAt = before.reduce<number>((latest, each) => Math.max(latest, each), -Infinity);
        if (at - lastAt < gapMinMs) breach("a number was dialled again too soon", { gapMs: at - lastAt, gapMinMs });
      },
    };
  },
};

const NO_PERSON: ReadonlySet<string> = new Set(["machine", "fax", "sit", "tone"]);

/** Longer than any flag of a profile that we know. */
const FLAG_KEPT_MS = 14 * DAY_MS;

/** By a call flow, in time, and without having asked for an agent who did not come. */
const isSpokenTo = (facts: AttemptFacts, { decided }: SeenAttempt): boolean => {
  const { messageChoice, message, agentWaitedMs } = facts;
  if (messageChoice !== "flow" || message === "failed" || agentWaitedMs !== null || decided.clock === null)
    return false;
  return (waitedMs(facts, decided.clock, decided.at) ?? Infinity) <= decided.clock.limitMs;
};

export const guaranteedOnly: Invariant = {
  says: "After an abandoned call, or one taken for a machine, a number is dialled with a guaranteed agent only.",
  watch: (report) => {
    const flags = new Recent<string, { readonly until: Instant; readonly because: string }>(FLAG_KEPT_MS);
    /** Decided against a flag, and not yet known to have been dialled. */
    const pending = new Recent<string, { readonly until: Instant; readonly because: string }>(3_600_000);
    const keyOf = ({ decided }: SeenAttempt, number: string): string => `${number} ${decided.principal ?? ""}`;
    return {
      see(entry, scene) {
        if (entry.kind !== "attempt-decided") return;
        const seen = scene.attempt(entry.attemptId);
        const flag = seen === null ? undefined : flags.get(keyOf(seen, scene.numberOf(entry.numberId)));
        if (flag === undefined || flag.until <= entry.at) return;
        report.looked();
        if (entry.agentId !== null) return;
        pending.set(entry.attemptId, flag, entry.at);
      },
      ended({ attemptId, facts }, seen, scene) {
        if (seen === null) return;
        const flag = pending.get(attemptId);
        const { at, numberId } = seen.decided;
        if (flag !== undefined && seen.isDialled) {
          const told = { numberId, until: toIso(flag.until), because: flag.because };
          report.breach({ at, attemptId, says: "a number was dialled without a guaranteed agent", facts: told });
        }
        const profile = seen.rules?.profile;
        if (profile === undefined || facts.answeredAt === null) return;
        const key = keyOf(seen, scene.numberOf(numberId));
        const isMachine = facts.verdict !== null && NO_PERSON.has(facts.verdict);
        const isAbandoned =
          facts.connectedAt === null && !isMachine && facts.endedBy === "us" && !isSpokenTo(facts, seen);
        const ms = isMachine ? profile.guaranteedAfterMachineMs : isAbandoned ? profile.guaranteedAfterAbandonMs : 0;
        const from = isMachine ? (facts.verdictAt ?? facts.answeredAt).at : (facts.endedAt?.at ?? scene.now);
        if (ms <= 0) return;
        const until = after(from, ms);
        if ((flags.get(key)?.until ?? 0) < until) flags.set(key, { until, because: attemptId }, scene.now);
      },
    };
  },
};
