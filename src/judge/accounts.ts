/** The abandon account: what it says equals a recount, and nobody is overdialled beyond it. */
import type { AccountCounts, AccountEntry, AccountReading, AccountScope } from "../domain/account.ts";
import type { AttemptId, CampaignId } from "../domain/ids.ts";
import { after, type Instant } from "../domain/instant.ts";
import { accountAgain, afterDisposition, rateAgain, Recount, total } from "./account.ts";
import type { AccountRow } from "./account.ts";
import type { Invariant } from "./breach.ts";
import type { AccountRead } from "./entries.ts";
import { Recent } from "./recent.ts";
import type { Scene, SeenAttempt } from "./scene.ts";

/** Agents may say what a call was until the next one; hardly a day later. */
const DISPOSED_KEPT_MS = 24 * 3_600_000;
/** What ended may not be written yet, while the database is slow or away. Two readings so far apart must not both lack it. */
const BEHIND_MAX_MS = 600_000;

type Row = Omit<AccountRow, "calls">;

/** Keeps counting from the journal; `Recount` of it is compared with the tables when it is over. */
export class Recounting {
  readonly recount = new Recount();
  readonly #connected = new Recent<AttemptId, { row: Row; first: AccountEntry }>(DISPOSED_KEPT_MS);

  ended(attemptId: AttemptId, seen: SeenAttempt, account: Pick<Row, "entry" | "day">, at: Instant): void {
    const { campaignId, centre } = seen.decided;
    const row: Row = { campaignId, centre: centre ?? "", ...account };
    this.recount.add(row);
    this.#connected.set(attemptId, { row, first: row.entry }, at);
  }

  disposed(attemptId: AttemptId, kind: Parameters<typeof afterDisposition>[1]): void {
    const held = this.#connected.get(attemptId);
    if (held === undefined) return;
    const entry = afterDisposition(held.first, kind);
    if (entry === held.row.entry) return;
    this.recount.add(held.row, -1);
    held.row = { ...held.row, entry };
    this.recount.add(held.row);
  }
}

export const accountEqualsRecount = (recounting: Recounting): Invariant => ({
  says: "The abandon account equals a recount from the attempts that ended.",
  watch: (report) => {
    /** Of the first reading of a scope: what had been counted before this journal begins. */
    const bases = new Map<string, number>();
    const behind = new Map<string, { readonly since: Instant; readonly ended: number }>();
    const read = (at: Instant, campaignId: CampaignId, scope: AccountScope, counted: number): void => {
      const key = JSON.stringify([scope.campaignId, scope.centre, scope.fromDay, scope.toDay]);
      const ended = total(recounting.recount.in(scope));
      const base = bases.get(key);
      if (base === undefined) {
        bases.set(key, counted - ended);
        return;
      }
      report.looked();
      // Too small a base is one that was read before rows that ended earlier had been written.
      if (counted - ended > base) bases.set(key, counted - ended);
      const was = behind.get(key);
      if (counted - base >= (was?.ended ?? ended)) {
        behind.delete(key);
        if (counted - base < ended) behind.set(key, { since: at, ended });
        return;
      }
      if (was === undefined) {
        behind.set(key, { since: at, ended });
        return;
      }
      if (after(was.since, BEHIND_MAX_MS) > at) return;
      behind.delete(key);
      const facts = { campaignId, scope, counted, ended: ended + base };
      report.breach({ at, attemptId: null, says: "an account stays behind the calls that ended", facts });
    };
    return {
      see(entry, scene) {
        if (entry.kind === "disposition" && entry.attemptId !== null) {
          const kinds = [...scene.campaigns.values()].flatMap(({ campaign }) => campaign.dispositions);
          const kind = kinds.find(({ code }) => code === entry.code)?.kind ?? null;
          recounting.disposed(entry.attemptId, kind);
        }
        if (entry.kind !== "account") return;
        for (const { scope, counts } of entry.readings) read(entry.at, entry.campaignId, scope, total(counts));
      },
      ended(end, seen) {
        const { attemptId, at, account } = end;
        const again = accountAgain(end, seen);
        // Kept by the daemon under a profile that this journal does not show.
        const counted = again === undefined ? (account ?? null) : again;
        if (seen !== null && counted !== null) recounting.ended(attemptId, seen, counted, at);
        if (again === undefined || account === undefined) return;
        report.looked();
        if (account?.entry === again?.entry && account?.day === again?.day) return;
        const says = "an attempt is counted otherwise than it ended";
        report.breach({ at, attemptId, says, facts: { counted: account, recounted: again } });
      },
    };
  },
});

/* ------------------------------------------------------------------ Overdialling */

/** Placed beyond the agents, and not yet joined with one. */
const isAtRisk = ({ decided, firstCallAt, isConnected }: SeenAttempt): boolean =>
  decided.overdial && firstCallAt !== null && !isConnected;

const WHOLE = 10_000;
/** Fewer live calls than this are no rate yet, where the budget is banked and not strict. */
const TELLING_CALLS_MIN = 100;

export const overdialWithinCredit = (recounting: Recounting): Invariant => ({
  says: "Nobody is overdialled beyond the abandons in credit, and at the stop level every call has an agent of its own.",
  watch: (report) => {
    const accounts = new Map<CampaignId, AccountRead>();
    const undeclared = new Map<CampaignId, SeenAttempt[]>();
    /** By scope: connects that are in the account and not in this journal. */
    const bases = new Map<string, number>();
    const judged = new Recent<AttemptId, true>(3_600_000);

    const connectsIn = ({ connected, connectedLate }: AccountCounts): number => connected + connectedLate;
    const learn = ({ readings }: AccountRead): void => {
      for (const { scope, counts } of readings) {
        const key = JSON.stringify(scope);
        const base = connectsIn(counts) - connectsIn(recounting.recount.in(scope));
        bases.set(key, Math.max(bases.get(key) ?? base, base));
      }
    };
    /** With those that ended here and may not have been in the rows yet: the daemon knows of them, and so do we. */
    const upToDate = ({ scope, counts }: AccountReading): AccountCounts => {
      const ours = (bases.get(JSON.stringify(scope)) ?? 0) + connectsIn(recounting.recount.in(scope));
      return { ...counts, connected: counts.connected + Math.max(0, ours - connectsIn(counts)) };
    };
    const stopReached = ({ campaignId, readings, peoplePerMillion }: AccountRead, scene: Scene): boolean => {
      const held = scene.campaigns.get(campaignId);
      const abandon = held?.rules?.profile.abandon;
      const stop = abandon?.stopBasisPoints ?? null;
      if (held === undefined || abandon === undefined || stop === null) return false;
      const callsMin = held.campaign.gate === "strict" ? 1 : TELLING_CALLS_MIN;
      return readings.slice(0, abandon.scopes.length).some((reading, index) => {
        const people = peoplePerMillion[index];
        const read = rateAgain(reading.counts, abandon, people);
        // Whether a rate tells anything yet the daemon asks of what it has read: it counts no connect before.
        if (read.x + read.y * read.under < callsMin * read.under) return false;
        const { x, y, under } = rateAgain(upToDate(reading), abandon, people);
        return x * WHOLE >= stop * (x + y * under);
      });
    };
    const inFlight = (scene: Scene, isIn: (seen: SeenAttempt) => boolean): number => {
      let count = 0;
      for (const seen of scene.alive()) if (isAtRisk(seen) && isIn(seen)) count += 1;
      return count;
    };
    /** Every overdialled call on its way is an abandon to come: all of them together must be in credit. */
    const credit = (seen: SeenAttempt, scene: Scene): void => {
      const { attemptId, at, campaignId } = seen.decided;
      const abandon = seen.rules?.profile.abandon;
      const account = accounts.get(campaignId);
      if (abandon === undefined || seen.campaign?.gate !== "strict") return;
      report.looked();
      if (account === undefined) {
        report.breach({ at, attemptId, says: "overdialled on an account that nobody had read", facts: { campaignId } });
        return;
      }
      const limit = Math.min(abandon.stopBasisPoints ?? Infinity, abandon.ceilingBasisPoints ?? Infinity);
      for (const [index, reading] of account.readings.slice(0, abandon.scopes.length).entries()) {
        const { scope } = reading;
        // Abandons that the last reading did not have yet are left out, in favour of the daemon.
        const { x, y, under } = rateAgain(upToDate(reading), abandon, account.peoplePerMillion[index]);
        const onTheWay = inFlight(scene, ({ decided }) =>
          scope.campaignId === null ? decided.centre === scope.centre : decided.campaignId === scope.campaignId,
        );
        const abandoned = x + onTheWay * under;
        const allowed = Number.isFinite(limit) ? limit : 0;
        if (abandoned * WHOLE <= allowed * (abandoned + y * under)) continue;
        const facts = { scope, x: x / under, y, onTheWay, limitBasisPoints: allowed };
        report.breach({ at, attemptId, says: "overdialled beyond the abandons in credit", facts });
      }
    };
    return {
      see(entry, scene) {
        if (entry.kind === "account") {
          accounts.set(entry.campaignId, entry);
          report.looked();
          learn(entry);
          if (entry.mode === null || entry.mode === "reserved" || !stopReached(entry, scene)) return;
          const { at, campaignId, mode } = entry;
          const says = "the account is at the stop level and overdialling was not stopped";
          report.breach({ at, attemptId: null, says, facts: { campaignId, mode } });
        }
        if (entry.kind === "engine" && entry.what === "started") {
          accounts.clear();
          undeclared.clear();
        }
        if (entry.kind === "attempt-decided") {
          const seen = scene.attempt(entry.attemptId);
          const those = undeclared.get(entry.campaignId) ?? [];
          if (seen !== null) undeclared.set(entry.campaignId, [...those, seen]);
        }
        if (entry.kind === "pacing") {
          const those = undeclared.get(entry.campaignId) ?? [];
          undeclared.delete(entry.campaignId);
          const mode = entry.gate?.mode;
          for (const { decided } of those) {
            const { at, attemptId, agentId, overdial, campaignId } = decided;
            if (mode === undefined || agentId !== null) continue;
            report.looked();
            const says =
              mode === "reserved"
                ? "a call without an agent of its own, at the stop level"
                : mode === "oneToOne" && overdial
                  ? "overdialled while only one call for each agent was allowed"
                  : null;
            if (says !== null) report.breach({ at, attemptId, says, facts: { campaignId, mode } });
          }
        }
        if (entry.kind !== "call" || judged.get(entry.attemptId) === true) return;
        const seen = scene.attempt(entry.attemptId);
        if (seen === null || !seen.decided.overdial) return;
        judged.set(entry.attemptId, true, scene.now);
        credit(seen, scene);
      },
    };
  },
});
