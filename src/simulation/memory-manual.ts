/** Calls that were asked for by name, as rows: looked at already, their leads leased. */
import type { AgentId, NodeId, NumberId } from "../domain/ids.ts";
import { after, type Instant } from "../domain/instant.ts";
import type { ManualEnd, PendingManualCall } from "../engine/ports.ts";
import type { LeadRow } from "./memory-rows.ts";

export interface ManualRow extends PendingManualCall {
  readonly nodeId: NodeId;
  readonly numberId: NumberId;
  end: ManualEnd | null;
}

const LEASE_MS = 60_000;

export class MemoryManual {
  readonly rows: ManualRow[] = [];

  /** As a CRM would, and whoever looks at what it wrote. False where the lead is in another's hand. */
  ask(lead: LeadRow, { agentId, nodeId, at }: { agentId: AgentId; nodeId: NodeId; at: Instant }): boolean {
    const [number] = lead.numbers;
    const isFree = lead.state === "ready" || (lead.state === "leased" && lead.leasedBy === nodeId);
    if (!isFree || number === undefined) return false;
    Object.assign(lead, { state: "leased", leasedBy: nodeId, leasedUntil: after(at, LEASE_MS) });
    const { campaignId, leadId } = lead;
    const manualId = this.rows.length + 1;
    this.rows.push({
      ...{ manualId, campaignId, agentId, leadId, requestedAt: at },
      ...{ nodeId, numberId: number.numberId, end: null },
    });
    return true;
  }

  waiting(nodeId: NodeId): PendingManualCall[] {
    return this.rows
      .filter((row) => row.end === null && row.nodeId === nodeId)
      .map(({ manualId, campaignId, agentId, leadId, requestedAt }) => ({
        ...{ manualId, campaignId, agentId, leadId, requestedAt },
      }));
  }
}
