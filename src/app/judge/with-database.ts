/** Holds the database to the journal of one node or several: their attempts, the abandon account, suppressions and the kill switch. */
import type { CampaignId, NumberId } from "../../domain/ids.ts";
import { after, type Instant } from "../../domain/instant.ts";
import { type AccountRow, entryAgain } from "../../judge/account.ts";
import type { Breach, Spell } from "../../judge/breach.ts";
import type { Entry } from "../../judge/entries.ts";
import type { KnownNumbers } from "../../judge/scene.ts";
import { localTime } from "../../judge/local-time.ts";
import { type JudgedRow, RowComparison, type RowFinding } from "../../judge/rows.ts";
import type { CampaignRules } from "../../compliance/dial-facts.ts";
import {
  accountDays,
  atOneMoment,
  attemptsOf,
  type AttemptOfDay,
  type Database,
  killSwitchNow,
  numbersCalled,
  type Period,
  suppressedAmongCalled,
} from "../../store/index.ts";

/** Numbers of the period, so that caps hold across leads; some tens of bytes each. */
export async function knownNumbers(db: Database, period: Period): Promise<KnownNumbers> {
  const keys = new Map<NumberId, string>();
  for await (const { numberId, numberKey } of numbersCalled(db, period)) keys.set(numberId, numberKey);
  const suppressed = new Map<NumberId, Instant>();
  for (const { numberId, since } of await suppressedAmongCalled(db, period)) suppressed.set(numberId, since);
  return {
    numberOf: (numberId) => keys.get(numberId) ?? null,
    suppressedSince: (numberId) => suppressed.get(numberId) ?? null,
  };
}

/** As far as the database still knows: a switch that was taken back leaves no row. */
export async function killSwitchSpells(db: Database): Promise<readonly Spell[]> {
  const now = await killSwitchNow(db);
  return now === null ? [] : [{ from: now.since, to: 8.64e15 as Instant }];
}

/** Ends may still be on their way to the rows, and decisions to the journal's disk. */
const FRESH_MS = 60_000;

interface Seen {
  readonly rules: CampaignRules | null;
}

export class DatabaseComparison {
  readonly #rows: RowComparison;
  readonly #campaigns = new Map<CampaignId, Seen>();

  constructor(onBreach: (breach: Breach) => void) {
    this.#rows = new RowComparison(onBreach);
  }

  see(entry: Entry): void {
    this.#rows.see(entry);
    if (entry.kind === "campaign") this.#campaigns.set(entry.campaign.campaignId, { rules: entry.rules });
    if (entry.kind === "attempt-decided" && !this.#campaigns.has(entry.campaignId)) {
      this.#campaigns.set(entry.campaignId, { rules: null });
    }
  }

  /** @param nodes whose journals were read; none where they did not say */
  async compare(db: Database, nodes: readonly string[]): Promise<readonly RowFinding[]> {
    const { period } = this.#rows;
    if (period === null) return this.#rows.finish();
    const until = after(period.to, -FRESH_MS);
    await atOneMoment(db, async (moment) => {
      const accounts: AccountRow[] = [];
      for (const [campaignId, { rules }] of this.#campaigns) {
        const zone = rules?.profile.abandon.timeZone ?? "UTC";
        const dayOf = (at: Instant): string => localTime(zone, at)?.date ?? "0000-00-00";
        const days = { fromDay: dayOf(period.from), toDay: dayOf(period.to) };
        const wanted = { campaignId, centre: null, ...days, from: startOfDay(period.from), to: endOfDay(period.to) };
        for await (const attempt of attemptsOf(moment, wanted)) {
          const row = judgedRow(attempt, campaignId, rules);
          const { decidedAt } = attempt;
          const isOurs = nodes.length === 0 || nodes.includes(attempt.nodeId);
          this.#rows.count(row, days);
          // Whoever settled what a dead node left wrote nothing into its journal.
          const isToldOf = isOurs && attempt.settledBy === null;
          if (isToldOf && decidedAt >= period.from && decidedAt < until) this.#rows.row(row);
          else this.#rows.leaveOut(row.attemptId);
        }
        for (const { day, centre, counts } of await accountDays(moment, { campaignId, centre: null, ...days })) {
          for (const [entry, calls] of Object.entries(counts)) {
            accounts.push({ campaignId, day, centre, entry: entry as AccountRow["entry"], calls });
          }
        }
      }
      this.#rows.accounts(accounts);
    });
    return this.#rows.finish();
  }
}

const DAY_MS = 86_400_000;
/** Wide enough for every zone; whoever counts asks each attempt for its day. */
const startOfDay = (at: Instant): Instant => after(at, -2 * DAY_MS);
const endOfDay = (at: Instant): Instant => after(at, DAY_MS);

/** What its facts come to, where the journal shows the very profile it was decided under; else as its row says. */
const judgedRow = (attempt: AttemptOfDay, campaignId: CampaignId, rules: CampaignRules | null): JudgedRow => {
  const { centre, decidedAt, state, outcome, facts, entry, day, clock, profileVersion, dispositionKind } = attempt;
  const isKnown = rules !== null && rules.profile.version === profileVersion && clock !== null && outcome !== null;
  const again = isKnown ? entryAgain({ facts, outcome }, clock, rules.profile.ringMinMs) : entry;
  return {
    attemptId: attempt.attemptId as JudgedRow["attemptId"],
    campaignId,
    ...{ centre, decidedAt, state, outcome, dispositionKind },
    endedAt: facts.endedAt?.at ?? null,
    account: entry === null || day === null ? null : { entry, day },
    recounted: again === null || day === null ? null : { entry: again, day },
  };
};
