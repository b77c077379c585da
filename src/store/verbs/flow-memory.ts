/**
 * The flows that campaigns name. A version never changes, so each is read once and kept for as long as a campaign names it:
 * desired state is asked for several times a second.
 */
import type { Campaign } from "../../domain/campaign.ts";
import type { FlowOnRecord } from "../../engine/ports.ts";
import { flowById } from "../admin/flows.ts";
import type { Queryable } from "../database.ts";

export class FlowMemory {
  #known = new Map<number, FlowOnRecord>();

  /** Those that are there. Rejects with `broken` for a format of another release. */
  async of(db: Queryable, campaigns: readonly Campaign[]): Promise<readonly FlowOnRecord[]> {
    const named = new Set(campaigns.flatMap(({ flow }) => (flow === null ? [] : [flow.flowId])));
    const found: FlowOnRecord[] = [];
    for (const flowId of named) {
      const record = this.#known.get(flowId) ?? (await flowById(db, flowId));
      if (record !== null) found.push({ flowId, flow: record.flow });
    }
    this.#known = new Map(found.map((record) => [record.flowId, record]));
    return found;
  }
}
