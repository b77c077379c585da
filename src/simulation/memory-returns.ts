/** Return calls as rows: whose they are, and that nobody dials their lead meanwhile. */
import type { NodeId } from "../domain/ids.ts";
import { after, type Instant, latest } from "../domain/instant.ts";
import type { PhoneNumber } from "../domain/phone-number.ts";
import type { OpenReturn, ReturnEnd, ReturnMatch, ReturnRow } from "../domain/return-call.ts";
import type { ReturnStore } from "../engine/ports.ts";
import type { MemoryTables } from "./memory-tables.ts";

const HELD_MS = 3 * 3_600_000;

export class MemoryReturns implements ReturnStore {
  readonly #tables: MemoryTables;

  constructor(tables: MemoryTables) {
    this.#tables = tables;
  }

  async match(caller: PhoneNumber, cliNumber: PhoneNumber, since: Instant): Promise<ReturnMatch | null> {
    const theirs = [...this.#tables.attempts.values()]
      .filter(({ order }) => order.number === caller && order.cliNumber === cliNumber && order.decidedAt >= since)
      .sort((a, b) => b.order.decidedAt - a.order.decidedAt);
    const [latestOne] = theirs;
    if (latestOne === undefined) return null;
    const { attemptId, campaignId, leadId } = latestOne.order;
    const talked = [...this.#tables.attempts.values()]
      .filter(({ order, facts }) => order.leadId === leadId && facts.connectedAt !== null)
      .sort((a, b) => b.order.decidedAt - a.order.decidedAt);
    return { attemptId, campaignId, leadId, lastAgentId: (talked[0] ?? latestOne).facts.agentId };
  }

  async begin(nodeId: NodeId, row: ReturnRow): Promise<void> {
    const known = this.#tables.returns.findIndex((each) => each.row.returnId === row.returnId);
    const before = this.#tables.returns[known];
    if (before !== undefined && (before.row.campaignId !== null || before.end !== null)) return;
    const lead = row.match === null ? undefined : this.#tables.leads.get(row.match.leadId);
    const isFree = lead?.state === "ready" || lead?.state === "leased";
    const held =
      lead !== undefined && isFree ? { dueAt: lead.dueAt, until: latest(lead.dueAt, after(row.at, HELD_MS)) } : null;
    const now = { row, nodeId, held, end: null, disposition: null };
    if (before === undefined) this.#tables.returns.push(now);
    else this.#tables.returns[known] = now;
    if (lead === undefined || held === null) return;
    Object.assign(lead, { state: "ready", leasedBy: null, leasedUntil: null, dueAt: held.until });
  }

  async end(end: ReturnEnd): Promise<void> {
    const found = this.#tables.returns.find(({ row }) => row.returnId === end.returnId);
    if (found === undefined || found.end !== null) return;
    found.end = end;
    const lead = found.row.match === null ? undefined : this.#tables.leads.get(found.row.match.leadId);
    if (lead?.state !== "ready" || found.held === null || lead.dueAt !== found.held.until) return;
    const isPromised = [...this.#tables.leadTable.callbacks.values()].some(
      ({ leadId, state }) => leadId === lead.leadId && state === "waiting",
    );
    if (end.outcome === "talked" && !isPromised) Object.assign(lead, { state: "done", because: "called-back" });
    else lead.dueAt = latest(found.held.dueAt, end.notBefore ?? found.held.dueAt);
  }

  async optOut({ caller }: ReturnRow, at: Instant): Promise<void> {
    if (caller !== null && !this.#tables.suppressed.has(caller)) this.#tables.suppressed.set(caller, at);
  }

  async open(nodeId: NodeId): Promise<readonly OpenReturn[]> {
    return this.#tables.returns
      .filter((each) => each.nodeId === nodeId && each.end === null)
      .map(({ row }) => ({ row, nodeId }));
  }

  /** What an agent says of it. */
  dispose(returnId: string, code: string, at: Instant): void {
    const found = this.#tables.returns.find(({ row }) => row.returnId === returnId);
    if (found === undefined) return;
    const { campaignId } = found.row;
    const campaign = campaignId === null ? undefined : this.#tables.campaigns.get(campaignId);
    const kind = campaign?.dispositions.find((each) => each.code === code)?.kind ?? null;
    if (found.disposition === null || found.disposition.at <= at) found.disposition = { code, kind, at };
    if (kind === "opt-out-requested") void this.optOut(found.row, at);
  }
}
