/**
 * What a day came to, of every campaign at each centre and across them, and of every centre, chained into the record. One
 * rule to remember: it is counted from the attempts' facts, and closing a day again writes only what has changed.
 */
import { abandonRate, FORMULA_VERSION, type AbandonRate } from "../../compliance/abandon-rate.ts";
import { accountDay, dayAfter, spanOfDay, windowOfDay } from "../../compliance/account.ts";
import type { Profiles } from "../../compliance/campaign-rules.ts";
import type { ComplianceProfile } from "../../compliance/profile.ts";
import type { AccountCounts, AccountDay } from "../../domain/account.ts";
import type { Instant } from "../../domain/instant.ts";
import {
  accountDays,
  atOneMoment,
  closeDays,
  scopeKeyOf,
  scopesClosed,
  type Authority,
  type Database,
  type DayRow,
  type DayStatement,
  type Queryable,
} from "../../store/index.ts";
import { collect } from "./collect.ts";
import { peopleOfDays } from "./estimates.ts";
import { DayCounts, sumOf, Tally } from "./tally.ts";
import { allHeld, type Held, type Unruled } from "./held.ts";

export interface DayClosed {
  readonly day: AccountDay;
  /** Statements made; those that nothing had changed in are not written again. */
  readonly statements: number;
  readonly written: readonly DayRow[];
  /** Campaigns whose profile is not known: nothing could be said of them. */
  readonly unruled: readonly Unruled[];
}

/** Everything of one day, by each campaign's own zone. */
export const closeDay = async (
  database: Database,
  profiles: Profiles,
  day: AccountDay,
  who: Authority,
): Promise<DayClosed> => {
  const { held, unruled } = await allHeld(database, profiles);
  const statements = await atOneMoment(database, (moment) => statementsOf(moment, held, profiles, day));
  return { day, statements: statements.length, written: await closeDays(database, statements, who), unruled };
};

/** For the nightly job: the last day that is over in every zone that a profile counts by, and late changes to the one before. */
export const closeYesterday = async (
  database: Database,
  profiles: Profiles,
  now: Instant,
  by: string,
): Promise<readonly DayClosed[]> => {
  const { held } = await allHeld(database, profiles);
  const yesterdays = held.map(({ profile }) => dayAfter(accountDay(profile.abandon, now), -1)).sort();
  const yesterday = yesterdays[0] ?? dayAfter(accountDay({ timeZone: "UTC" }, now), -1);
  const closed: DayClosed[] = [];
  for (const day of [dayAfter(yesterday, -1), yesterday]) {
    closed.push(await closeDay(database, profiles, day, { by, at: now }));
  }
  return closed;
};

interface Scope {
  readonly campaignId: DayStatement["campaignId"];
  readonly centre: string | null;
  readonly profile: ComplianceProfile;
  readonly held: Held | null;
  readonly tally: Tally;
  readonly counts: DayCounts;
}

class Scopes {
  readonly #byKey = new Map<string, Scope>();

  of(held: Held | null, centre: string | null, profile: ComplianceProfile): Scope {
    const campaignId = held?.campaign.campaignId ?? null;
    const key = scopeKeyOf({ campaignId, centre, profile: profile.name });
    const known = this.#byKey.get(key);
    if (known !== undefined) return known;
    const made = { campaignId, centre, profile, held, tally: new Tally(), counts: new DayCounts() };
    this.#byKey.set(key, made);
    return made;
  }

  all(): Scope[] {
    return [...this.#byKey].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, scope]) => scope);
  }
}

async function statementsOf(
  moment: Queryable,
  held: readonly Held[],
  profiles: Profiles,
  day: AccountDay,
): Promise<DayStatement[]> {
  const scopes = new Scopes();
  const centres = new Map<string, Set<ComplianceProfile>>();
  for (const one of held) {
    for await (const { attempt, entry } of collect(moment, one, profiles, {
      centre: null,
      days: { fromDay: day, toDay: day },
    })) {
      const ofCentre = centres.get(attempt.centre) ?? new Set();
      centres.set(attempt.centre, ofCentre.add(untightened(one, profiles)));
      for (const scope of [scopes.of(one, null, one.profile), scopes.of(one, attempt.centre, one.profile)]) {
        scope.tally.add(attempt, entry);
        scope.counts.add(day, entry);
      }
    }
  }
  await centreScopes(moment, scopes, { held, profiles, day, centres });
  await emptyScopes(moment, scopes, { held, profiles, day });
  const statements: DayStatement[] = [];
  for (const scope of scopes.all()) statements.push(await statementOf(moment, scope, day));
  return statements;
}

/** A centre answers for all that was dialled from it, so for the campaigns of every profile it called under. */
async function centreScopes(
  moment: Queryable,
  scopes: Scopes,
  {
    held,
    profiles,
    day,
    centres,
  }: {
    readonly held: readonly Held[];
    readonly profiles: Profiles;
    readonly day: AccountDay;
    readonly centres: ReadonlyMap<string, ReadonlySet<ComplianceProfile>>;
  },
): Promise<void> {
  for (const [centre, under] of centres) {
    const all = [...under].map((profile) => scopes.of(null, centre, profile));
    for (const one of held) {
      for await (const { attempt, entry } of collect(moment, one, profiles, {
        centre,
        days: { fromDay: day, toDay: day },
      })) {
        for (const scope of all) {
          scope.tally.add(attempt, entry);
          scope.counts.add(day, entry);
        }
      }
    }
  }
}

/** What has been closed before is closed again, even when nothing is left of it. */
async function emptyScopes(
  moment: Queryable,
  scopes: Scopes,
  { held, profiles, day }: { readonly held: readonly Held[]; readonly profiles: Profiles; readonly day: AccountDay },
): Promise<void> {
  for (const { campaignId, centre, profile } of await scopesClosed(moment, day)) {
    const one = held.find(({ campaign }) => campaign.campaignId === campaignId) ?? null;
    const rules = one?.profile ?? (campaignId === null ? profiles.get(profile) : undefined);
    if (rules !== undefined) scopes.of(one, centre, rules);
  }
}

/** A campaign's own tightening is not the centre's. */
const untightened = ({ campaign, profile }: Held, profiles: Profiles): ComplianceProfile =>
  profiles.get(campaign.profile) ?? profile;

async function statementOf(moment: Queryable, scope: Scope, day: AccountDay): Promise<DayStatement> {
  const { campaignId, centre, profile, tally } = scope;
  const { abandon } = profile;
  const counts = scope.counts.of(day);
  const { from, to } = spanOfDay(abandon, day);
  const window = windowOfDay(abandon, scope.held?.campaign.firstStartedAt ?? null, day);
  const inputs = {
    timeZone: abandon.timeZone,
    hours: (to - from) / 3_600_000,
    counts,
    rate: figuresOf(abandonRate(counts, abandon, await peopleOfDays(moment, scope, { fromDay: day, toDay: day }))),
    // Up to this day: what came after it is of the days after.
    window:
      abandon.window === "calendarDay"
        ? null
        : await windowInputs(moment, scope, { fromDay: window.fromDay, toDay: day, counts }),
    attempts: tally.counted,
  };
  return {
    campaignId,
    centre,
    day,
    formula: abandon.formula,
    formulaVersion: FORMULA_VERSION,
    profile: profile.name,
    profileVersion: profile.version,
    inputs,
  };
}

const figuresOf = ({
  withAmd,
  inputs,
  x,
  y,
  numerator,
  denominator,
  rateBasisPoints,
  estimateMissing,
}: AbandonRate) => ({
  ...{ withAmd, inputs, x, y, numerator, denominator, rateBasisPoints, estimateMissing },
});

async function windowInputs(
  moment: Queryable,
  { campaignId, centre, profile }: Scope,
  {
    fromDay,
    toDay,
    counts,
  }: { readonly fromDay: AccountDay; readonly toDay: AccountDay; readonly counts: AccountCounts },
): Promise<Record<string, unknown>> {
  const before =
    fromDay === toDay ? [] : await accountDays(moment, { campaignId, centre, fromDay, toDay: dayAfter(toDay, -1) });
  const sum = sumOf([...before.map((each) => each.counts), counts]);
  const people = await peopleOfDays(moment, { campaignId, centre, profile }, { fromDay, toDay });
  return { fromDay, toDay, counts: sum, rate: figuresOf(abandonRate(sum, profile.abandon, people)) };
}
