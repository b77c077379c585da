/**
 * Leads: each in one place, and none tried oftener, or sooner again, than its campaign says. One rule to remember: other
 * nodes' attempts are not in this journal, so what is counted here is never too much.
 */
import { after, type Instant } from "../domain/instant.ts";
import type { AttemptId, LeadId, NumberId } from "../domain/ids.ts";
import { outcomeFacts } from "../domain/outcome.ts";
import { redialPlan, type RedialPlan } from "../domain/redial-rules.ts";
import type { Invariant } from "./breach.ts";
import { localTime } from "./local-time.ts";
import { Recent } from "./recent.ts";
import type { Scene, SeenAttempt } from "./scene.ts";

const DAY_MS = 86_400_000;
/** What was tried lies further back than anybody counts. */
const REMEMBERED_MS = 60 * DAY_MS;
/** Nobody comes back for another round sooner; the journal does not tell who did. */
const ROUND_PAUSE_MS = 8 * DAY_MS;
const WEEK_DAYS = 7;

/** An attempt that counted. */
interface Tried {
  readonly at: Instant;
  readonly numberId: NumberId;
  /** It rang somewhere, or may have. */
  readonly rang: boolean;
}

/** Without those of a round that may be over: counted in the daemon's favour. */
const ofThisRound = (before: readonly Tried[], at: Instant): readonly Tried[] => {
  let next = at;
  let first = before.length;
  while (first > 0) {
    const tried = before[first - 1];
    if (tried === undefined || next - tried.at >= ROUND_PAUSE_MS) break;
    next = tried.at;
    first -= 1;
  }
  return before.slice(first);
};

/** Days of the calendar there, counted through; null where nobody knows the zone. */
const dayOf = (zone: unknown, at: Instant): number | null => {
  const local = typeof zone === "string" ? localTime(zone, at) : null;
  return local === null ? null : Date.UTC(local.year, local.month - 1, local.day) / DAY_MS;
};

type Over = readonly [says: string, facts: Readonly<Record<string, unknown>>];

/** Limits by the calendar of whoever is called, today included. */
const overInDays = ({ decided }: SeenAttempt, before: readonly Tried[], { limits }: RedialPlan): Over | null => {
  const zone = decided.evidence?.["timeZone"];
  const today = dayOf(zone, decided.at);
  if (today === null) return null;
  const within = (days: number, some: readonly Tried[]): number =>
    some.filter(({ at }) => (dayOf(zone, at) ?? today) > today - days).length;
  const own = before.filter(({ numberId }) => numberId === decided.numberId);
  const questions = [
    ["a lead was tried too often on one day", within(1, before), limits.leadDayMax],
    ["a lead was tried too often in a week", within(WEEK_DAYS, before), limits.leadWeekMax],
    ["a lead's number was tried too often on one day", within(1, own), limits.numberDayMax],
    ["a lead's number was tried too often in a week", within(WEEK_DAYS, own), limits.numberWeekMax],
  ] as const;
  for (const [says, attempts, most] of questions) {
    if (most !== null && attempts >= most) return [says, { zone, attempts, most }];
  }
  return null;
};

const overInLife = ({ decided }: SeenAttempt, round: readonly Tried[], plan: RedialPlan): Over | null => {
  const { attemptsMax, limits } = plan;
  if (round.length >= attemptsMax) {
    return ["a lead was tried oftener than its campaign allows", { attempts: round.length, attemptsMax }];
  }
  // A version that knew of no promises knew of none of the other limits either.
  if (decided.callbackId === undefined || limits.numberLifeMax === null) return null;
  const attempts = round.filter(({ numberId }) => numberId === decided.numberId).length;
  if (attempts < limits.numberLifeMax) return null;
  return ["a lead's number was tried oftener than its campaign allows", { attempts, most: limits.numberLifeMax }];
};

const tooSoon = ({ decided }: SeenAttempt, before: readonly Tried[], { limits }: RedialPlan): Over | null => {
  const last = before.findLast(({ rang }) => rang)?.at;
  if (last === undefined || after(last, limits.gapMinMs) <= decided.at) return null;
  return ["a lead was tried again too soon", { gapMs: decided.at - last, gapMinMs: limits.gapMinMs }];
};

export const asRedialSays: Invariant = {
  says: "No lead and no number of it is tried oftener than its campaign allows, ever, in a week or on a day, nor within the least gap.",
  watch: (report) => {
    const tried = new Recent<LeadId, readonly Tried[]>(REMEMBERED_MS);
    const asked = new Recent<AttemptId, true>(3_600_000);
    return {
      see(entry, scene) {
        if (entry.kind !== "call") return;
        const seen = scene.attempt(entry.attemptId);
        if (seen === null || !seen.isDialled || seen.campaign === null || asked.get(entry.attemptId) === true) return;
        asked.set(entry.attemptId, true, scene.now);
        const { at, attemptId, leadId, numberId, callbackId, begunBy } = seen.decided;
        // Redialling is what the campaign does by itself.
        if (begunBy === "manual") return;
        report.looked();
        const before = tried.get(leadId);
        if (before === undefined) return;
        const plan = redialPlan(seen.campaign.redial);
        const isPromised = typeof callbackId === "number";
        const over = [
          // What somebody asked for gives way to the gap alone.
          isPromised ? null : overInLife(seen, ofThisRound(before, at), plan),
          callbackId === null ? overInDays(seen, before, plan) : null,
          callbackId === undefined ? null : tooSoon(seen, before, plan),
        ];
        for (const found of over) {
          if (found === null) continue;
          const [says, facts] = found;
          report.breach({ at, attemptId, says, facts: { leadId, numberId, ...facts } });
        }
      },
      ended({ outcome }, seen, scene) {
        const { countsAsAttempt, permanent } = outcomeFacts(outcome);
        if (seen === null || !countsAsAttempt) return;
        const { leadId, numberId, at } = seen.decided;
        const known = (tried.get(leadId) ?? []).filter((each) => each.at > at - REMEMBERED_MS);
        tried.set(leadId, [...known, { at, numberId, rang: !permanent }], scene.now);
      },
    };
  },
};

const isOnItsWay = (seen: SeenAttempt | null): boolean => seen !== null && seen.firstCallAt !== null;

export const leadInOnePlace: Invariant = {
  says: "While a lead is called nobody else calls it, decides to, or finds it among those that wait.",
  watch: (report) => {
    const calls = new Map<LeadId, Set<AttemptId>>();
    const leadOf = new Map<AttemptId, LeadId>();
    /** By the second attempt: told when it was decided, and not again when it rings. */
    const told = new Recent<string, true>(3_600_000);
    const over = (attemptId: AttemptId): void => {
      const leadId = leadOf.get(attemptId);
      leadOf.delete(attemptId);
      if (leadId === undefined) return;
      const those = calls.get(leadId);
      those?.delete(attemptId);
      if (those?.size === 0) calls.delete(leadId);
    };
    /** Another attempt to that lead which has begun and has not ended. */
    const elsewhere = (leadId: LeadId, than: AttemptId | null, scene: Scene): AttemptId | null => {
      for (const each of calls.get(leadId) ?? []) {
        if (each !== than && isOnItsWay(scene.attempt(each))) return each;
      }
      return null;
    };
    const alone = (says: string, leadId: LeadId, than: AttemptId | null, scene: Scene): void => {
      const first = elsewhere(leadId, than, scene);
      if (first === null || (than !== null && (told.get(`${than} ${first}`) ?? told.get(`${first} ${than}`)) === true))
        return;
      if (than !== null) told.set(`${than} ${first}`, true, scene.now);
      report.breach({ at: scene.now, attemptId: than ?? first, says, facts: { leadId, first } });
    };
    return {
      see(entry, scene) {
        if (entry.kind === "attempt-ended" || entry.kind === "attempt-withdrawn") over(entry.attemptId);
        if (entry.kind === "engine" && entry.what === "started") {
          // Decided and never placed, as far as anybody knows: it keeps nobody from the lead.
          for (const { dormant, decided } of scene.alive()) if (dormant) over(decided.attemptId);
        }
        // Decided while another was decided too, and both rang: the one that was taken back rang nobody.
        if (entry.kind === "call" && scene.attempt(entry.attemptId)?.firstCallAt === entry.at) {
          const leadId = leadOf.get(entry.attemptId);
          if (leadId !== undefined) alone("a lead was called twice at once", leadId, entry.attemptId, scene);
        }
        if (entry.kind === "refused" || entry.kind === "lead-put-off") {
          alone("a lead was in the hopper while it was called", entry.leadId, null, scene);
        }
        if (entry.kind !== "attempt-decided" || leadOf.has(entry.attemptId)) return;
        report.looked();
        const { attemptId, leadId } = entry;
        leadOf.set(attemptId, leadId);
        calls.set(leadId, (calls.get(leadId) ?? new Set()).add(attemptId));
        alone("a lead that was being called was to be called", leadId, attemptId, scene);
      },
    };
  },
};
