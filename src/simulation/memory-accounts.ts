/** The abandon account of the pretend database: counts, changed with the attempts, and what is in flight beyond the agents. */
import {
  type AccountCounts,
  type AccountDay,
  type AccountEntry,
  type AccountReading,
  type AccountScope,
  entryAfterDisposition,
  NO_COUNTS,
} from "../domain/account.ts";
import { isInTime } from "../domain/connect-clock.ts";
import type { DispositionKind } from "../domain/disposition.ts";
import type { CampaignId, NodeId } from "../domain/ids.ts";
import type { AttemptRow } from "./memory-rows.ts";

export interface AccountRow {
  readonly campaignId: CampaignId;
  readonly day: AccountDay;
  readonly centre: string;
  readonly nodeId: NodeId;
  readonly entry: AccountEntry;
  calls: number;
}

/** Where an attempt counts now: as it ended, and as the agent says. */
export const currentEntry = ({ account, disposition }: AttemptRow): AccountEntry | null => {
  if (account === null) return null;
  const kind: DispositionKind | null = disposition?.kind ?? null;
  return kind === null ? account.entry : entryAfterDisposition(account.entry, kind);
};

export class MemoryAccounts {
  readonly #rows = new Map<string, AccountRow>();

  get rows(): readonly AccountRow[] {
    return [...this.#rows.values()];
  }

  /** Does the change, and moves the attempt's count to where it belongs afterwards. */
  changing(attempt: AttemptRow, change: () => void): void {
    const before = currentEntry(attempt);
    change();
    const now = currentEntry(attempt);
    if (before === now) return;
    if (before !== null) this.#add(attempt, before, -1);
    if (now !== null) this.#add(attempt, now, 1);
  }

  #add({ order, nodeId, account }: AttemptRow, entry: AccountEntry, calls: number): void {
    if (account === null) return;
    const { campaignId, centre } = order;
    const { day } = account;
    const key = JSON.stringify([campaignId, day, centre, nodeId, entry]);
    const row = this.#rows.get(key) ?? { campaignId, day, centre, nodeId, entry, calls: 0 };
    row.calls += calls;
    this.#rows.set(key, row);
  }

  read(scopes: readonly AccountScope[], attempts: Iterable<AttemptRow>): AccountReading[] {
    const exposed = [...attempts].filter(isExposed);
    return scopes.map((scope) => ({
      scope,
      counts: this.#countsOf(scope),
      overdialInFlight: exposed.filter(({ order }) => isIn(scope, order)).length,
    }));
  }

  #countsOf(scope: AccountScope): AccountCounts {
    const counts = { ...NO_COUNTS };
    for (const row of this.#rows.values()) {
      if (isIn(scope, row) && row.day >= scope.fromDay && row.day <= scope.toDay) counts[row.entry] += row.calls;
    }
    return counts;
  }
}

const isIn = (
  { campaignId, centre }: AccountScope,
  row: { readonly campaignId: CampaignId; readonly centre: string },
): boolean => (campaignId === null || campaignId === row.campaignId) && (centre === null || centre === row.centre);

/** Whoever was connected in time is no risk any more; whoever was connected late is in no account before the call is over. */
const isExposed = ({ order, state, facts }: AttemptRow): boolean =>
  order.overdial &&
  state !== "ended" &&
  (facts.connectedAt === null || !isInTime(facts, order.clock, facts.connectedAt.at));
