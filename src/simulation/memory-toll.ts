/** What calls have cost, counted from the rows in memory. */
import { isBefore, msBetween, type Instant } from "../domain/instant.ts";
import type { TollSpent } from "../engine/ports.ts";
import type { AttemptRow } from "./memory-rows.ts";

const MINUTE_MS = 60_000;

export function tollOf(rows: Iterable<AttemptRow>, since: Instant, at: Instant): readonly TollSpent[] {
  const sums = new Map<string, TollSpent>();
  for (const { order, nodeId, facts } of rows) {
    const rate = order.evidence["tollRate"];
    const answeredAt = facts.answeredAt?.at;
    if (typeof rate !== "number" || answeredAt === undefined || isBefore(order.decidedAt, since)) continue;
    const minutes = Math.max(1, Math.ceil(msBetween(answeredAt, facts.endedAt?.at ?? at) / MINUTE_MS));
    const key = `${order.campaignId} ${nodeId}`;
    const spent = (sums.get(key)?.spent ?? 0) + rate * minutes;
    sums.set(key, { campaignId: order.campaignId, nodeId, spent });
  }
  return [...sums.values()];
}
