/** Leads of the pretend database that stand alike, counted together, as the SQL behind `fairdial why campaign` does it. */
import type { CampaignId } from "../../../src/domain/ids.ts";
import type { Instant } from "../../../src/domain/instant.ts";
import { LEAD_QUEUES } from "../../../src/domain/lead.ts";
import type { MemoryTables } from "../../../src/simulation/memory-tables.ts";
import type { LeadsStanding } from "../../../src/store/index.ts";

export const standingOf = (tables: MemoryTables, campaignId: CampaignId, at: Instant): LeadsStanding[] => {
  const alike = new Map<string, LeadsStanding>();
  for (const lead of tables.leads.values()) {
    if (lead.campaignId !== campaignId) continue;
    const { sourceId, state, because: reason, dueAt, numbers, nextNumberId } = lead;
    const isDue = dueAt <= at;
    const queue = LEAD_QUEUES[lead.queue] ?? "redial";
    const next = numbers.find(({ numberId }) => numberId === nextNumberId) ?? numbers[0];
    const timeZone = state === "ready" && isDue ? (next?.timeZone ?? null) : null;
    const key = JSON.stringify([sourceId, state, queue, isDue, reason, timeZone]);
    const before = alike.get(key);
    alike.set(key, {
      ...{ isLoading: false, sourceId, state, queue, isDue, reason, timeZone },
      leads: (before?.leads ?? 0) + 1,
      dueAt: before !== undefined && before.dueAt < dueAt ? before.dueAt : dueAt,
    });
  }
  return [...alike.values()];
};
