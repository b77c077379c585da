/**
 * A campaign's fortnight through the real engine, in virtual time: hopper, screening, pacing, calls, redialling and rows,
 * with the judge beside it. One rule to remember: two runs that differ in their redial rules alone call the same people.
 */
import type { CallingHours, Campaign } from "../../../src/domain/campaign.ts";
import { instant } from "../../../src/domain/instant.ts";
import { DEFAULT_REDIAL, type RedialRules } from "../../../src/domain/redial-rules.ts";
import { PRETEND_PROFILE } from "../../../src/simulation/pretend-profile.ts";
import { type Interference, progressiveCampaign, type Spell } from "../../../src/simulation/shift.ts";
import { runShift } from "../../../src/simulation/world.ts";
import { wallOf } from "../../../test/property/wall.ts";
import { ZONES } from "../redial-people.ts";
import { Ledger, type Night, tellBreach } from "./ledger.ts";
import { COUNTRIES, MadeUpTown } from "./town.ts";

const DAY_MS = 86_400_000;
const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;

/** A Thursday: Europe's clocks go back on the fourth day, North America's on the eleventh, with working days after both. */
export const FROM = instant(Date.UTC(2026, 9, 22));

const HOURS: readonly CallingHours[] = [
  { days: [1, 2, 3, 4, 5], fromMinute: 480, toMinute: 1_260 },
  { days: [6], fromMinute: 540, toMinute: 1_260 },
];

/** When the agents are there, in minutes from midnight in London; not on Sundays. */
export type WorkingTimes = readonly (readonly [fromMinute: number, toMinute: number])[];
export const ALL_DAY: WorkingTimes = [[480, 1_260]];

export const OUR_RULES: RedialRules = DEFAULT_REDIAL;

/**
 * What diallers do that know one interval: the same number again, whatever the hour and whoever lives there. Engaged lines
 * and dead carriers come back soon, declines late, as with us.
 */
export const fixedInterval = (hours: number): RedialRules => {
  const interval = { delayMs: hours * HOUR_MS, triesMax: 5, number: "same", anotherBand: false } as const;
  const { busy, rejected, abandoned, carrier } = DEFAULT_REDIAL.byClass;
  if (busy === undefined || rejected === undefined || abandoned === undefined || carrier === undefined) {
    throw new Error("the default rules lack a class");
  }
  return {
    attemptsMax: DEFAULT_REDIAL.attemptsMax,
    carrierTriesMax: DEFAULT_REDIAL.carrierTriesMax,
    bands: [],
    limits: { numberDayMax: null, numberWeekMax: null, leadDayMax: null, leadWeekMax: null, gapMinMs: 2 * MINUTE_MS },
    byClass: {
      ...{ "no-answer": interval, machine: interval, "not-home": interval, "early-hangup": interval },
      ...{ busy, rejected, abandoned, carrier },
    },
  };
};

export interface FortnightOptions {
  readonly leads: number;
  readonly days: number;
  readonly seed: number;
  readonly agents: number;
  readonly times: WorkingTimes;
  readonly newSharePercent: number;
  readonly policy: string;
  readonly redial: RedialRules;
  /** Faults planted by tests. */
  readonly interferences?: readonly Interference[];
  readonly onNight?: (night: Night) => void;
}

export interface Figures {
  readonly policy: string;
  readonly attempts: number;
  /** Connected, per attempt placed. */
  readonly contactRate: number;
  /** The same of second and further attempts. */
  readonly redialContactRate: number;
  readonly reachedShare: number;
  /** Of leads, those that were tried, or that nobody may call on any number. */
  readonly penetration: number;
  /** Never tried, because every number is on a register or its owner has objected. */
  readonly barred: number;
  readonly penetratedOnDay: number | null;
  /** Of all attempts, third and later ones, when the last lead was tried for the first time; till the end if never. */
  readonly thirdShareAtPenetration: number;
  /** Leads given back untried, by why. */
  readonly exclusions: Readonly<Record<string, number>>;
  /** Attempts after the clocks had changed where the people live. */
  readonly afterClockChange: Readonly<Record<string, number>>;
  /** The last night's, by step and reason. */
  readonly funnel: Readonly<Record<string, number>>;
  /** Promises of the judge that found no case to look at. */
  readonly idlePromises: readonly string[];
  readonly casesJudged: number;
  /** Everything that is wrong. */
  readonly problems: readonly string[];
  readonly cpuSeconds: number;
  readonly heapMbAtNight: readonly number[];
}

export const fortnight = async (options: FortnightOptions): Promise<Figures> => {
  const { leads, days, seed, agents, redial, newSharePercent } = options;
  const begun = process.cpuUsage();
  const town = new MadeUpTown({ leads, days, seed, startAt: FROM });
  const change: Partial<Campaign> = { redial, newSharePercent, callingHours: HOURS, name: "fortnight" };
  const profile = { countries: COUNTRIES };
  const heapMbAtNight: number[] = [];
  const ledger = new Ledger({
    town,
    campaign: progressiveCampaign(change),
    profile: { ...PRETEND_PROFILE, ...profile },
    from: FROM,
    to: instant(FROM + days * DAY_MS),
    onNight: (night) => {
      heapMbAtNight.push(Math.round(process.memoryUsage().heapUsed / 1e6));
      options.onNight?.(night);
    },
  });
  const result = await runShift({
    ...{ seed, agents, town, profile, campaign: change, chronicler: ledger, startAt: FROM },
    openings: openingsOf(days, options.times),
    interferences: [...wishesOf(town), ...(options.interferences ?? [])],
    trunk: { linesMax: Math.max(30, 2 * agents), cpsMax: Math.max(5, agents), codecs: ["alaw"] },
  });
  const { breaches, findings } = ledger.finish(result.tables);
  const problems = [
    ...breaches.map(tellBreach),
    ...ledger.problems,
    ...result.deaths.map((why) => `the daemon died: ${why}`),
    ...(result.drained ? [] : ["the daemon did not drain in the evening"]),
    ...result.log.filter(({ level }) => level === "error").map(({ message }) => `the daemon complained: ${message}`),
  ];
  const { user, system } = process.cpuUsage(begun);
  return {
    ...figuresOf(ledger, options),
    idlePromises: findings.filter(({ looked }) => looked === 0).map(({ invariant }) => invariant),
    casesJudged: findings.reduce((sum, { looked }) => sum + looked, 0),
    problems,
    cpuSeconds: Math.round((user + system) / 1e5) / 10,
    heapMbAtNight,
  };
};

/** A register that is loaded before the first call, and objections that come in while the campaign runs. */
const wishesOf = ({ listed, objectors, objectionAfterMs }: MadeUpTown): Interference[] => [
  {
    atMs: 0,
    act: ({ compliance: { registers } }, now) => {
      const state = { name: "TPS", fileDate: now, loadedAt: now, numbers: listed.size, sha256: "0".repeat(64) };
      registers.set("TPS", { state, numbers: listed });
    },
  },
  {
    atMs: objectionAfterMs,
    act: ({ suppressed }, now) => {
      for (const number of objectors) if (!suppressed.has(number)) suppressed.set(number, now);
    },
  },
];

const figuresOf = (ledger: Ledger, { policy, leads }: FortnightOptions) => {
  const { attempts, connected, redials, redialsConnected, third, tried, barred, reached } = ledger.sum;
  const { penetrated } = ledger;
  return {
    policy,
    attempts,
    contactRate: rounded(connected / Math.max(1, attempts)),
    redialContactRate: rounded(redialsConnected / Math.max(1, redials)),
    reachedShare: rounded(reached / leads),
    penetration: rounded((tried + barred) / leads),
    barred,
    penetratedOnDay: penetrated === null ? null : 1 + Math.floor((penetrated.at - FROM) / DAY_MS),
    thirdShareAtPenetration: rounded(penetrated?.thirdShare ?? third / Math.max(1, attempts)),
    exclusions: Object.fromEntries(ledger.exclusions),
    afterClockChange: Object.fromEntries(ledger.afterClockChange),
    funnel: Object.fromEntries(
      (ledger.nights.at(-1)?.funnel.parts ?? []).map(({ step, because, leads: count }) => [
        because === null ? step : `${step}: ${because}`,
        count,
      ]),
    ),
  };
};

const rounded = (value: number): number => Math.round(value * 10_000) / 10_000;

/** By London's clock, which is why a day may be an hour longer than another. */
const openingsOf = (days: number, times: WorkingTimes): Spell[] => {
  const wall = wallOf(ZONES[0]);
  return Array.from({ length: days }, (_, day) => FROM + day * DAY_MS).flatMap((midnight) => {
    const noon = wall(midnight + DAY_MS / 2);
    if (noon.weekday === 7) return [];
    // What London is ahead of Greenwich on that day: clocks change on Sundays, when nobody works.
    const aheadMs = noon.minute * MINUTE_MS - DAY_MS / 2;
    return times.map(([from, to]) => ({
      fromMs: midnight - aheadMs + from * MINUTE_MS - FROM,
      toMs: midnight - aheadMs + to * MINUTE_MS - FROM,
    }));
  });
};

/** What these figures fail to show. The share left to redials is what the campaign's own mix leaves. */
export const findingsOf = (
  ours: Figures,
  others: readonly Figures[],
  { newSharePercent, days }: Pick<FortnightOptions, "newSharePercent" | "days">,
): string[] => {
  const findings = [ours, ...others].flatMap(({ policy, problems }) =>
    problems.slice(0, 5).map((problem) => `${policy}: ${problem}`),
  );
  const leftToRedials = 1 - newSharePercent / 100;
  if (ours.penetration < 1) findings.push(`penetration is ${percent(ours.penetration)}`);
  if (ours.thirdShareAtPenetration > leftToRedials) {
    findings.push(
      `third attempts took ${percent(ours.thirdShareAtPenetration)} before the list was reached to its end`,
    );
  }
  for (const { policy, contactRate } of others) {
    if (ours.contactRate <= contactRate) findings.push(`no better than ${policy}`);
  }
  for (const [zone, attempts] of Object.entries(ours.afterClockChange)) {
    if (attempts === 0) findings.push(`nobody was called in ${zone} after the clocks had changed`);
  }
  if (days >= 5 && Object.keys(ours.afterClockChange).length === 0) findings.push("no clock changed");
  return findings;
};

export const percent = (ratio: number): string => `${(100 * ratio).toFixed(1)} %`;
