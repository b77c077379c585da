/** Flows by their ids, and what calls without an agent came to. */
import type { Campaign } from "../domain/campaign.ts";
import type { AttemptId } from "../domain/ids.ts";
import type { Instant } from "../domain/instant.ts";
import type { FlowOnRecord } from "../engine/ports.ts";
import type { CallbackTime } from "../lead/callback.ts";

export interface FlowResultRow {
  readonly flowId: number;
  readonly name: string;
  readonly value: string;
  readonly at: Instant;
}

export class MemoryFlows {
  readonly known = new Map<number, FlowOnRecord>();
  /** By attempt, then by the result's name. */
  readonly results = new Map<AttemptId, Map<string, FlowResultRow>>();
  readonly #promised = new Map<AttemptId, CallbackTime>();

  of(campaigns: Iterable<Campaign>): readonly FlowOnRecord[] {
    const named = new Set([...campaigns].flatMap(({ flow }) => (flow === null ? [] : [flow.flowId])));
    return [...this.known.values()].filter(({ flowId }) => named.has(flowId));
  }

  note(attemptId: AttemptId, row: FlowResultRow): void {
    const ofAttempt = this.results.get(attemptId) ?? new Map<string, FlowResultRow>();
    const before = ofAttempt.get(row.name);
    // Told late, a value does not take the place of the one that came after it.
    if (before === undefined || before.at <= row.at) ofAttempt.set(row.name, row);
    this.results.set(attemptId, ofAttempt);
  }

  isNew(attemptId: AttemptId, callback: CallbackTime): boolean {
    const isNew = this.#promised.get(attemptId)?.dueAt !== callback.dueAt;
    this.#promised.set(attemptId, callback);
    return isNew;
  }
}
