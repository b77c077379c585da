/**
 * Leads of the pretend database: whose turn it is, and what becomes of them. One rule to remember: a long list is walked
 * along once a claim, and of each kind of lead only as many are kept as are asked for.
 */
import type { AgentId, CampaignId, LeadId, NumberId } from "../domain/ids.ts";
import { after, type Instant } from "../domain/instant.ts";
import { LEAD_QUEUES } from "../domain/lead.ts";
import { CALLBACK, type Cell, FRESH, LeadMix, PUT_OFF, REDIAL } from "../domain/lead-mix.ts";
import { outcomeFacts } from "../domain/outcome.ts";
import type { AttemptEnd, ContactMade, DialNumber, LeadClaim, LeadToDial, LeadVerdict } from "../engine/ports.ts";
import type { CallbackTime } from "../lead/callback.ts";
import type { ContactCount } from "../lead/redial/contact-rates.ts";
import type { CallbackRow, LeadRow, NewLead, NumberRow, SourceRow } from "./memory-rows.ts";
import type { MemoryCompliance } from "./memory-compliance.ts";

/** What else of the database a lead is looked at with. */
interface Around {
  readonly compliance: MemoryCompliance;
  principalOf(lead: LeadRow): string;
}

interface Waiting extends Cell {
  /** The first in their turn, at most as many as are asked for. */
  readonly leads: LeadRow[];
}

export class MemoryLeads {
  readonly rows = new Map<LeadId, LeadRow>();
  readonly sources = new Map<number, SourceRow>();
  readonly callbacks = new Map<number, CallbackRow>();
  readonly #rates = new Map<CampaignId, Map<string, ContactCount>>();
  readonly #mixes = new Map<CampaignId, LeadMix>();

  add({ numbers, ...lead }: NewLead): void {
    const sourceId = lead.sourceId ?? lead.listId;
    const { campaignId } = lead;
    if (!this.sources.has(sourceId)) this.sources.set(sourceId, { sourceId, campaignId, weight: 1, isReady: true });
    this.rows.set(lead.leadId, {
      // First, because an object that begins with a spread gets a shape of its own (V8 11): all would be read slowly.
      state: "ready",
      leadId: lead.leadId,
      listId: lead.listId,
      campaignId,
      priority: lead.priority ?? 0,
      region: lead.region ?? null,
      consent: lead.consent ?? null,
      attributes: lead.attributes ?? {},
      numbers: numbers.map(({ numberId, number, timeZone, numberType = "mobile", kind = "other" }) => ({
        ...{ numberId, number, timeZone, numberType, kind, isWrong: false },
        ...{ attemptsCounted: 0, lastAttemptAt: null, lastOutcome: null },
      })),
      because: null,
      dueAt: lead.dueAt,
      queue: LEAD_QUEUES.indexOf(lead.queue ?? "fresh"),
      turn: lead.turn ?? 0,
      sourceId,
      nextNumberId: null,
      leasedBy: null,
      leasedUntil: null,
      attemptsCounted: 0,
      carrierTries: 0,
      past: [],
    });
  }

  claim(tables: Around, claim: LeadClaim): LeadToDial[] {
    const { limit, callbacksMax, campaignId } = claim;
    const mix = this.#mixes.get(campaignId) ?? new LeadMix();
    this.#mixes.set(campaignId, mix);
    const cells = this.#waiting(tables, claim);
    const promised = cells.filter(({ queue }) => queue === CALLBACK);
    const claimed = this.#take(tables, claim, { mix, cells: promised, count: Math.min(limit, callbacksMax) });
    const others = cells.filter(({ queue }) => queue !== CALLBACK);
    return [...claimed, ...this.#take(tables, claim, { mix, cells: others, count: limit - claimed.length })];
  }

  #take(
    tables: Around,
    { nodeId, at, leaseMs, newSharePercent }: LeadClaim,
    { mix, cells, count }: { readonly mix: LeadMix; readonly cells: readonly Waiting[]; readonly count: number },
  ): LeadToDial[] {
    const claimed: LeadToDial[] = [];
    let open = cells;
    for (let taken = 0; taken < count && open.length > 0;) {
      const cell = mix.next(open, newSharePercent);
      if (cell === null) break;
      const lead = cell.leads.shift();
      if (lead === undefined) {
        open = open.filter((each) => each !== cell);
        continue;
      }
      taken += 1;
      const made = this.leadToDial(tables, lead, at, null);
      if (made === null) this.settle(lead, { type: "done", because: "invalid" });
      else {
        Object.assign(lead, { state: "leased", leasedBy: nodeId, leasedUntil: after(at, leaseMs) });
        claimed.push(made);
      }
    }
    return claimed;
  }

  #waiting(tables: Around, claim: LeadClaim): Waiting[] {
    const { campaignId, at, limit } = claim;
    const cells = new Map<string, Waiting>();
    const open = new Map<string | null, boolean>();
    let source: SourceRow | undefined;
    let cell: Waiting | undefined;
    for (const lead of this.rows.values()) {
      if (lead.campaignId !== campaignId || !isDue(lead, at)) continue;
      if (source?.sourceId !== lead.sourceId) source = this.sources.get(lead.sourceId);
      if (source === undefined || !source.isReady || source.weight <= 0) continue;
      const zone = zoneOf(tables, lead);
      let isZoneOpen = open.get(zone);
      if (isZoneOpen === undefined) open.set(zone, (isZoneOpen = claim.isOpen(zone)));
      if (!isZoneOpen) continue;
      const { sourceId, queue, priority } = lead;
      // Leads of one kind lie side by side, and the words of a key take longer than all the rest.
      if (
        cell?.sourceId !== sourceId ||
        cell.queue !== queue ||
        cell.priority !== priority ||
        cell.zone !== (zone ?? "")
      ) {
        const key = `${sourceId} ${queue} ${priority} ${zone ?? ""}`;
        cell = cells.get(key);
        if (cell === undefined) {
          cell = { sourceId, weight: source.weight, queue, zone: zone ?? "", priority, leads: [] };
          cells.set(key, cell);
        }
      }
      keepFirst(cell.leads, lead, limit);
    }
    return [...cells.values()];
  }

  /** As the engine gets it. Null where no number is left. */
  leadToDial(
    tables: Around,
    lead: LeadRow,
    at: Instant,
    dialled: NumberId | null,
    principal = tables.principalOf(lead),
  ): LeadToDial | null {
    const callback = lead.queue === CALLBACK || dialled !== null ? this.#promiseOf(lead.leadId) : null;
    const numbers = lead.numbers
      .filter((row) => row.numberId === dialled || !isOut(tables, row))
      .map((row): DialNumber => {
        const { numberId, number, timeZone, numberType } = row;
        return { numberId, number, timeZone, numberType, facts: tables.compliance.factsOf(principal, number, at) };
      });
    const wanted = dialled ?? callback?.numberId ?? lead.nextNumberId;
    const next = numbers.find(({ numberId }) => numberId === wanted) ?? numbers[0];
    if (next === undefined) return null;
    return {
      leadId: lead.leadId,
      listId: lead.listId,
      campaignId: lead.campaignId,
      sourceId: lead.sourceId,
      isFresh: lead.queue === FRESH || lead.queue === PUT_OFF,
      story: {
        attemptsCounted: lead.attemptsCounted,
        carrierTries: lead.carrierTries,
        numbers: lead.numbers.map((row) => {
          const { numberId, kind, timeZone, attemptsCounted, lastAttemptAt, lastOutcome } = row;
          return { numberId, kind, timeZone, attemptsCounted, lastAttemptAt, lastOutcome, isOut: isOut(tables, row) };
        }),
        attempts: lead.past,
      },
      callback: callback === null ? null : { ...callback.promise, agentId: agentOf(callback) },
      numbers,
      region: lead.region,
      consent: lead.consent,
      ...(Object.keys(lead.attributes).length === 0 ? {} : { attributes: lead.attributes }),
      ...next,
    };
  }

  #promiseOf(leadId: LeadId): CallbackRow | null {
    for (const row of this.callbacks.values()) {
      if (row.leadId === leadId && (row.state === "waiting" || row.state === "taken")) return row;
    }
    return null;
  }

  /** Also the promise, where the verdict says what is left of it. */
  settle(lead: LeadRow, verdict: LeadVerdict): void {
    lead.leasedBy = null;
    lead.leasedUntil = null;
    this.#settlePromise(verdict);
    this.#settleLead(lead, verdict);
    this.#queuePromised(lead, verdict.promise?.callbackId ?? null);
  }

  #settleLead(lead: LeadRow, verdict: LeadVerdict): void {
    switch (verdict.type) {
      case "retry": {
        const { at, because, queue, numberId } = verdict;
        const waits = { queue: LEAD_QUEUES.indexOf(queue), turn: 0, nextNumberId: numberId };
        Object.assign(lead, { state: "ready", dueAt: at, because, ...waits });
        return;
      }
      case "done":
      case "held":
        Object.assign(lead, { state: verdict.type, because: verdict.because });
        return;
      case "requeue":
        lead.state = "ready";
    }
  }

  #settlePromise({ promise }: LeadVerdict): void {
    const row = promise === undefined ? undefined : this.callbacks.get(promise.callbackId);
    if (promise === undefined || row === undefined || (row.state !== "waiting" && row.state !== "taken")) return;
    if (promise.fate === "waiting" || promise.fate === "anyone") row.state = "waiting";
    else row.state = promise.fate === "kept" ? "kept" : "missed";
    row.isAnyones ||= promise.fate === "anyone";
  }

  /** Made in a call, by keys that give no name: for whoever is free. */
  promise(leadId: LeadId, promisedBy: AgentId | null, { numberId, dueAt, untilAt }: CallbackTime): void {
    const lead = this.rows.get(leadId);
    if (lead === undefined || isFinal(lead)) return;
    for (const row of this.callbacks.values()) {
      if (row.leadId === leadId && row.state === "waiting") row.state = "withdrawn";
    }
    const callbackId = 1 + Math.max(0, ...this.callbacks.keys());
    const promise = { callbackId, agentId: null, dueAt, untilAt, fallback: "anyone" } as const;
    this.callbacks.set(callbackId, { promise, leadId, numberId, promisedBy, state: "waiting", isAnyones: false });
    this.#queuePromised(lead, null);
  }

  /** They think otherwise now. */
  withdrawOwn(leadId: LeadId, promisedBy: AgentId, at: Instant): void {
    const lead = this.rows.get(leadId);
    for (const row of this.callbacks.values()) {
      if (row.leadId !== leadId || row.state !== "waiting" || row.promisedBy !== promisedBy) continue;
      row.state = "withdrawn";
      if (lead?.state !== "ready" || lead.queue !== CALLBACK) continue;
      const [last] = lead.past;
      const isDone = last !== undefined && outcomeFacts(last.outcome).retryClass === "none";
      const waits = { queue: last === undefined ? PUT_OFF : REDIAL, dueAt: at, because: "callback-withdrawn" };
      Object.assign(lead, { state: isDone ? "done" : "ready", ...waits });
    }
  }

  /** Whoever is promised something waits for that, and for nothing else. */
  #queuePromised(lead: LeadRow, settled: number | null): void {
    let first: CallbackRow | null = null;
    for (const row of this.callbacks.values()) {
      if (row.leadId !== lead.leadId || row.state !== "waiting" || row.promise.callbackId === settled) continue;
      if (first === null || row.promise.dueAt < first.promise.dueAt) first = row;
    }
    if (first === null || lead.state === "dialling" || isFinal(lead)) return;
    const waits = { queue: CALLBACK, turn: 0, dueAt: first.promise.dueAt, because: "callback" };
    const nextNumberId = first.numberId ?? lead.nextNumberId;
    Object.assign(lead, { state: lead.state === "leased" ? "leased" : "ready", nextNumberId, ...waits });
  }

  takePromise(callbackId: number | null): void {
    const row = callbackId === null ? undefined : this.callbacks.get(callbackId);
    if (row?.state === "waiting") row.state = "taken";
  }

  /** What was tried counts in any case; what becomes of the lead is ours to say only while it is being dialled. */
  ended(end: AttemptEnd, decidedAt: Instant): void {
    const lead = this.rows.get(end.leadId);
    if (lead === undefined) return;
    const { outcome, numberId } = end;
    const { countsAsAttempt, retryClass } = outcomeFacts(outcome);
    if (countsAsAttempt) lead.attemptsCounted += 1;
    if (retryClass === "carrier") lead.carrierTries += 1;
    if (retryClass !== "requeue") {
      lead.past = [{ numberId, at: decidedAt, outcome }, ...lead.past];
      const number = lead.numbers.find((each) => each.numberId === numberId);
      if (number !== undefined) {
        number.attemptsCounted += countsAsAttempt ? 1 : 0;
        number.lastAttemptAt = decidedAt;
        number.lastOutcome = outcome;
      }
    }
    if (end.contact !== null) this.#countContact(lead.campaignId, end.contact);
    if (lead.state === "dialling") this.settle(lead, end.verdict);
    else this.#settlePromise(end.verdict);
  }

  #countContact(campaignId: CampaignId, { kind, weekday, hour, isLive }: ContactMade): void {
    const cells = this.#rates.get(campaignId) ?? new Map<string, ContactCount>();
    this.#rates.set(campaignId, cells);
    const key = `${kind} ${weekday} ${hour}`;
    const { attempts = 0, liveAnswers = 0 } = cells.get(key) ?? {};
    cells.set(key, {
      ...{ kind, weekday, hour },
      ...{ attempts: attempts + 1, liveAnswers: liveAnswers + (isLive ? 1 : 0) },
    });
  }

  ratesOf(campaignId: CampaignId): readonly ContactCount[] {
    return [...(this.#rates.get(campaignId)?.values() ?? [])];
  }
}

/** No promise brings back who is done for one of these reasons. */
const FINAL_REASONS = ["opted-out", "suppressed", "invalid", "withdrawn", "erased"];
const isFinal = ({ state, because }: LeadRow): boolean =>
  state === "done" && because !== null && FINAL_REASONS.includes(because);

const agentOf = ({ isAnyones, promise }: CallbackRow): CallbackRow["promise"]["agentId"] =>
  isAnyones ? null : promise.agentId;

const isOut = (tables: Around, { number, isWrong }: NumberRow): boolean =>
  isWrong || tables.compliance.permanent.has(number);

/** Of the number to be dialled next. */
const zoneOf = (tables: Around, lead: LeadRow): string | null => {
  const { numbers, nextNumberId } = lead;
  let first: NumberRow | undefined;
  for (const row of numbers) {
    if (row.numberId === nextNumberId) return row.timeZone;
    if (first === undefined && !isOut(tables, row)) first = row;
  }
  return first?.timeZone ?? null;
};

const inTurn = (a: LeadRow, b: LeadRow): number => a.turn - b.turn || a.dueAt - b.dueAt || a.leadId - b.leadId;

/** Most of a long list is done or waits behind these few, and need not be sorted for them. */
const keepFirst = (first: LeadRow[], lead: LeadRow, count: number): void => {
  const last = first.at(-1);
  if (first.length === count && last !== undefined && inTurn(last, lead) <= 0) return;
  let place = first.length;
  for (let before = first[place - 1]; before !== undefined && inTurn(lead, before) < 0; before = first[place - 1]) {
    place -= 1;
  }
  first.splice(place, 0, lead);
  if (first.length > count) first.pop();
};

/** Waiting and due, or leased by somebody who has let the lease run out. */
const isDue = (lead: LeadRow, at: Instant): boolean =>
  (lead.state === "ready" && lead.dueAt <= at) ||
  (lead.state === "leased" && lead.leasedUntil !== null && lead.leasedUntil <= at);
