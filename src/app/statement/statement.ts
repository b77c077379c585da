/**
 * The statement an auditor would ask for: what a campaign or a centre did in some days, from the attempts' facts, beside
 * what the account and the chained record say of the same days.
 */
import {
  abandonRate,
  FORMULA_VERSION,
  reaches,
  type AbandonRate,
  type FalsePositives,
} from "../../compliance/abandon-rate.ts";
import { spanOfDay, dayAfter, windowOfDay } from "../../compliance/account.ts";
import type { Profiles } from "../../compliance/campaign-rules.ts";
import type { AbandonRules, ComplianceProfile } from "../../compliance/profile.ts";
import { ruleSetting } from "../../compliance/rule-id.ts";
import type { AccountCounts, AccountDay } from "../../domain/account.ts";
import type { CampaignId } from "../../domain/ids.ts";
import { toIso, type Instant } from "../../domain/instant.ts";
import {
  accountDays,
  atOneMoment,
  brokenGuarantees,
  canonicalJson,
  closedDays,
  proveChain,
  readComplianceState,
  registerHistory,
  suppressedWhenDialled,
  type ChainProof,
  type Database,
  type DayRow,
  type Queryable,
} from "../../store/index.ts";
import { peopleOfDays } from "./estimates.ts";
import type { Held } from "./held.ts";
import { breach, breachesOf, recordFor, type Breach, type OnRecord } from "./breaches.ts";
import { collect, wantedOf, type Days } from "./collect.ts";
import { DayCounts, sumOf, Tally, type Counted } from "./tally.ts";

export interface StatementWanted {
  /** The campaign asked for; or all campaigns, for a centre. */
  readonly held: readonly Held[];
  /** Null for the campaign at every centre. */
  readonly centre: string | null;
  /** Under whose rules: the campaign's, or what the centre calls under. */
  readonly profile: ComplianceProfile;
  readonly profiles: Profiles;
  readonly days: Days;
  readonly now: Instant;
  /** Prove the whole chain, and hold this head of an earlier proof against it. */
  readonly verify: { readonly anchor: string | null } | null;
}

export const LEVELS = ["ceiling", "stop", "throttle", "alert"] as const;
export type Level = (typeof LEVELS)[number];

export interface RateLine {
  readonly counts: AccountCounts;
  readonly rate: AbandonRate;
  /** The highest level that the rate reaches; null for none. */
  readonly reached: Level | null;
}

export interface DayLine extends RateLine {
  readonly day: AccountDay;
  /** 23 or 25 where clocks change. */
  readonly hours: number;
  /** What the chained record says of it. */
  readonly closed: {
    readonly state: "not-over" | "not-closed" | "as-closed" | "changed-since";
    readonly rowId: number | null;
    readonly sequence: number | null;
    readonly hash: string | null;
  };
}

export interface WindowLine extends RateLine, Days {}

export interface Statement {
  readonly campaign: string | null;
  readonly centre: string | null;
  readonly campaigns: readonly string[];
  readonly days: readonly DayLine[];
  /** For regimes that compute over more than a day: every window that the period touches, up to its end. */
  readonly windows: readonly WindowLine[];
  readonly profile: ComplianceProfile;
  readonly formulaVersion: number;
  readonly counts: AccountCounts;
  readonly counted: Counted;
  readonly record: OnRecord;
  readonly breaches: readonly Breach[];
  /** Whether the account's table says the same as the attempts, and how many attempts' rows do not. */
  readonly accountEqual: boolean;
  readonly rowsDifferent: number;
  readonly chain: ChainProof | null;
}

/** Everything is read as it stood at one moment. */
export const makeStatement = (database: Database, wanted: StatementWanted): Promise<Statement> =>
  atOneMoment(database, (moment) => statementAt(moment, wanted));

async function statementAt(moment: Queryable, wanted: StatementWanted): Promise<Statement> {
  const { held, centre, profile, profiles, days } = wanted;
  const compliance = await readComplianceState(moment);
  const registers = await registerHistory(moment);
  const kept = { registers, messages: compliance.messages, cliNumbers: compliance.cliNumbers };
  const record = recordFor(profile, kept);
  const tally = new Tally();
  const counts = new DayCounts();
  const breaches: Breach[] = [];
  const dialled = new Set<string>();
  let rowsDifferent = 0;
  for (const one of held) {
    const own = recordFor(one.profile, kept);
    for await (const { attempt, day, entry, differs } of collect(moment, one, profiles, { centre, days })) {
      tally.add(attempt, entry);
      counts.add(day, entry);
      breaches.push(...breachesOf(attempt, entry, own));
      if (differs) rowsDifferent += 1;
      dialled.add(one.campaign.name);
    }
    if (dialled.has(one.campaign.name)) breaches.push(...(await laterBreaches(moment, one, centre, days)));
  }
  const campaignId = centre === null ? (held[0]?.campaign.campaignId ?? null) : null;
  const dayLines = await dayLinesOf(moment, wanted, counts, campaignId);
  return {
    campaign: centre === null ? (held[0]?.campaign.name ?? null) : null,
    centre,
    campaigns: [...dialled].sort(),
    days: dayLines,
    windows: await windowsOf(moment, wanted, campaignId),
    profile,
    formulaVersion: FORMULA_VERSION,
    counts: counts.sum(),
    counted: tally.counted,
    record,
    breaches: inOrder(breaches),
    accountEqual: await equalsTable(moment, wanted, counts, campaignId),
    rowsDifferent,
    chain: wanted.verify === null ? null : await proveChain(moment, wanted.verify.anchor),
  };
}

/** By time; what was found in two ways is told once. */
const inOrder = (breaches: readonly Breach[]): Breach[] => {
  const once = new Map(breaches.toReversed().map((each) => [`${each.kind} ${each.attemptId}`, each]));
  const all = [...once.values()];
  return all.sort((a, b) => a.at - b.at || (`${a.attemptId} ${a.kind}` < `${b.attemptId} ${b.kind}` ? -1 : 1));
};

/** What only shows beside other rows: promises of an agent that were not kept, and people who had objected. */
async function laterBreaches(moment: Queryable, held: Held, centre: string | null, days: Days): Promise<Breach[]> {
  const { profile } = held;
  const attempts = wantedOf(held, centre, days);
  const guarantees = await brokenGuarantees(moment, attempts, {
    afterAbandonMs: profile.guaranteedAfterAbandonMs,
    afterMachineMs: profile.guaranteedAfterMachineMs,
  });
  const suppressed = await suppressedWhenDialled(moment, attempts);
  return [
    ...guarantees.map(({ afterAttemptId, afterEntry, afterEndedAt, ...attempt }) => {
      const facts = { afterAttemptId, afterEntry, afterEndedAt: toIso(afterEndedAt) };
      const says = "It was dialled without a reserved agent, too soon after an abandoned call or a machine.";
      const found = breach(attempt, "guarantee-broken", profile, says, facts);
      return afterEntry === "machineDropped"
        ? { ...found, ruleId: ruleSetting(profile, "guaranteedAfterMachineMs") }
        : found;
    }),
    ...suppressed.map(({ addedAt, reason, ...attempt }) =>
      breach(attempt, "suppressed", profile, "Its number was on the suppression list when it was dialled.", {
        addedAt: toIso(addedAt),
        reason,
      }),
    ),
  ];
}

async function dayLinesOf(
  moment: Queryable,
  { centre, profile, days, now }: StatementWanted,
  counts: DayCounts,
  campaignId: CampaignId | null,
): Promise<DayLine[]> {
  const closed = new Map<AccountDay, DayRow>();
  // The last of each day counts: corrections follow what they correct.
  for (const row of await closedDays(moment, { campaignId, centre, profile: profile.name }, days))
    closed.set(row.day, row);
  const lines: DayLine[] = [];
  for (const day of daysFrom(days)) {
    const { from, to } = spanOfDay(profile.abandon, day);
    const row = closed.get(day);
    const ofDay = counts.of(day);
    const people = await peopleOfDays(moment, { campaignId, centre, profile }, { fromDay: day, toDay: day });
    lines.push({
      day,
      hours: (to - from) / 3_600_000,
      ...lineOf(ofDay, profile, people),
      closed: {
        state: row === undefined ? (to > now ? "not-over" : "not-closed") : closedAs(row, ofDay),
        rowId: row?.rowId ?? null,
        sequence: row?.sequence ?? null,
        hash: row?.hash ?? null,
      },
    });
  }
  return lines;
}

const closedAs = (row: DayRow, counts: AccountCounts): "as-closed" | "changed-since" => {
  const inputs = JSON.parse(row.inputs) as { readonly counts?: unknown };
  return canonicalJson(inputs.counts) === canonicalJson(counts) ? "as-closed" : "changed-since";
};

const lineOf = (counts: AccountCounts, { abandon }: ComplianceProfile, people: FalsePositives): RateLine => {
  const rate = abandonRate(counts, abandon, people);
  return { counts, rate, reached: reachedBy(rate, abandon) };
};

export const levelOf = (abandon: AbandonRules, level: Level): number | null => abandon[`${level}BasisPoints`];

const reachedBy = (rate: AbandonRate, abandon: AbandonRules): Level | null =>
  LEVELS.find((level) => {
    const basisPoints = levelOf(abandon, level);
    return basisPoints !== null && reaches(rate, basisPoints);
  }) ?? null;

const daysFrom = ({ fromDay, toDay }: Days): AccountDay[] => {
  const all: AccountDay[] = [];
  for (let day = fromDay; day <= toDay; day = dayAfter(day)) all.push(day);
  return all;
};

/** By the account's table: a window reaches beyond the days that were asked for. */
async function windowsOf(
  moment: Queryable,
  { centre, held, profile, days }: StatementWanted,
  campaignId: CampaignId | null,
): Promise<WindowLine[]> {
  const { abandon } = profile;
  if (abandon.window === "calendarDay") return [];
  const firstStartedAt = campaignId === null ? null : (held[0]?.campaign.firstStartedAt ?? null);
  const lines: WindowLine[] = [];
  for (let day = days.fromDay; day <= days.toDay;) {
    const window = windowOfDay(abandon, firstStartedAt, day);
    const rows = await accountDays(moment, { campaignId, centre, ...window });
    const people = await peopleOfDays(moment, { campaignId, centre, profile }, window);
    lines.push({ ...window, ...lineOf(sumOf(rows.map(({ counts }) => counts)), profile, people) });
    day = dayAfter(window.toDay);
  }
  return lines;
}

async function equalsTable(
  moment: Queryable,
  { centre, held, days }: StatementWanted,
  counts: DayCounts,
  campaignId: CampaignId | null,
): Promise<boolean> {
  const known = new Set(held.map(({ campaign }) => campaign.campaignId as number));
  const rows = await accountDays(moment, { campaignId, centre, ...days });
  return daysFrom(days).every((day) => {
    const ofDay = rows.filter((row) => row.day === day && known.has(row.campaignId));
    return canonicalJson(sumOf(ofDay.map((row) => row.counts))) === canonicalJson(counts.of(day));
  });
}
