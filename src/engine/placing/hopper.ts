/**
 * A bounded queue of leased leads for each running campaign, refilled before it runs dry. Screening happens again
 * at dial time: what waits here may have been suppressed since, or its window may have closed.
 */
import type { Campaign } from "../../domain/campaign.ts";
import type { CampaignId, LeadId } from "../../domain/ids.ts";
import { after } from "../../domain/instant.ts";
import type { Instant } from "../../domain/instant.ts";
import type { EngineContext } from "../context.ts";
import type { LeadToDial } from "../ports.ts";

interface Leased {
  readonly lead: LeadToDial;
  readonly until: Instant;
}

export interface HopperHost {
  /** Whether leads of that zone are worth taking now. */
  isOpen(campaign: Campaign, timeZone: string | null, at: Instant): boolean;
  /** The lead with the number to dial; null where it may not be dialled now, and was given back. */
  admit(campaign: Campaign, lead: LeadToDial, at: Instant): LeadToDial | null;
}

interface Queue {
  /** Those that were promised a call: before all others. */
  promised: Leased[];
  leads: Leased[];
  claiming: boolean;
  /** Bumped when the queue is emptied, so that a claim on its way back knows that it is no longer wanted. */
  generation: number;
  notBefore: Instant;
}

/** After a claim that brought less than was asked for, the list is as good as empty for so long. */
const EMPTY_PAUSE_MS = 1_000;
/** Of the hopper, so much for promises: they are few, or nobody is there to keep them. */
const PROMISED_SHARE_MAX = 0.5;
/** More than any one country has. */
const ZONES_MAX = 40;
/** A lease that ends within this is not used any more: the row must be written before it does. */
const LEASE_MARGIN_MS = 30_000;

const sizeOf = ({ promised, leads }: Queue): number => promised.length + leads.length;

export class Hopper {
  readonly #context: EngineContext;
  readonly #host: HopperHost;
  readonly #onFilled: () => void;
  readonly #queues = new Map<CampaignId, Queue>();
  readonly #zones = new Map<CampaignId, Set<string>>();
  readonly #taken = new WeakMap<LeadToDial, Instant>();

  constructor(context: EngineContext, host: HopperHost, onFilled: () => void) {
    this.#context = context;
    this.#host = host;
    this.#onFilled = onFilled;
  }

  size(campaignId: CampaignId): number {
    const queue = this.#queues.get(campaignId);
    return queue === undefined ? 0 : sizeOf(queue);
  }

  /** Where the people live whose leads came by so far: IANA zones. */
  zonesOf(campaignId: CampaignId): Iterable<string> {
    return this.#zones.get(campaignId) ?? [];
  }

  /** Asks for more when less than half of `target` is left. */
  refill(campaign: Campaign, target: number): void {
    const queue = this.#queueOf(campaign.campaignId);
    const { clock, settings, store, mailbox, log } = this.#context;
    const now = clock.now();
    if (queue.claiming || sizeOf(queue) * 2 > target || now < queue.notBefore) return;
    const asked = target - sizeOf(queue);
    const { generation } = queue;
    const until = after(now, settings.timings.leaseMs);
    queue.claiming = true;
    mailbox.await(
      "leads claimed",
      store.claimLeads({
        campaignId: campaign.campaignId,
        nodeId: settings.nodeId,
        limit: asked,
        // Promises that wait for their agents must not keep the others out.
        callbacksMax: Math.max(0, Math.ceil(target * PROMISED_SHARE_MAX) - queue.promised.length),
        at: now,
        leaseMs: settings.timings.leaseMs,
        newSharePercent: campaign.newSharePercent,
        isOpen: (timeZone) => this.#host.isOpen(campaign, timeZone, now),
      }),
      (leads) => {
        queue.claiming = false;
        if (leads.length < asked) queue.notBefore = after(clock.now(), EMPTY_PAUSE_MS);
        if (queue.generation !== generation) {
          if (leads.length > 0) this.#giveBack(campaign.campaignId);
          return;
        }
        this.#noteZones(campaign.campaignId, leads);
        for (const lead of leads) this.#admit(queue, campaign, lead, until);
        if (leads.length > 0) this.#onFilled();
      },
      (error) => {
        queue.claiming = false;
        queue.notBefore = after(clock.now(), EMPTY_PAUSE_MS);
        log.warn("leads could not be claimed", { campaign: campaign.name, error });
      },
    );
  }

  #admit(queue: Queue, campaign: Campaign, claimed: LeadToDial, until: Instant): void {
    const lead = this.#host.admit(campaign, claimed, this.#context.clock.now());
    if (lead !== null) this.#put(queue, { lead, until });
  }

  #put(queue: Queue, leased: Leased): void {
    if (leased.lead.callback === null) queue.leads.push(leased);
    else queue.promised.push(leased);
  }

  /** Somebody else has a lead of this campaign in hand: it is not to be dialled from here as well. */
  forget(campaignId: CampaignId, leadId: LeadId): void {
    const queue = this.#queues.get(campaignId);
    if (queue === undefined) return;
    queue.promised = queue.promised.filter(({ lead }) => lead.leadId !== leadId);
    queue.leads = queue.leads.filter(({ lead }) => lead.leadId !== leadId);
  }

  /** Taken and not used now: at the end of the queue, so that others are not held up by it. */
  putBack(lead: LeadToDial): void {
    const until = this.#taken.get(lead);
    if (until !== undefined) this.#put(this.#queueOf(lead.campaignId), { lead, until });
  }

  /** The next lead whose lease still holds. */
  take(campaignId: CampaignId): LeadToDial | null {
    const queue = this.#queues.get(campaignId);
    const usableUntil = after(this.#context.clock.now(), LEASE_MARGIN_MS);
    const shift = (): Leased | undefined => queue?.promised.shift() ?? queue?.leads.shift();
    for (let next = shift(); next !== undefined; next = shift()) {
      if (next.until <= usableUntil) continue;
      this.#taken.set(next.lead, next.until);
      return next.lead;
    }
    return null;
  }

  /** The campaign places nothing any more: its leads go back, whatever is on its way included. */
  empty(campaignId: CampaignId): void {
    const queue = this.#queues.get(campaignId);
    if (queue === undefined || (sizeOf(queue) === 0 && !queue.claiming)) return;
    queue.promised = [];
    queue.leads = [];
    queue.generation += 1;
    queue.notBefore = this.#context.clock.now();
    this.#giveBack(campaignId);
  }

  emptyAll(): void {
    for (const campaignId of this.#queues.keys()) this.empty(campaignId);
  }

  #noteZones(campaignId: CampaignId, leads: readonly LeadToDial[]): void {
    const zones = this.#zones.get(campaignId) ?? new Set();
    this.#zones.set(campaignId, zones);
    for (const { timeZone } of leads) if (timeZone !== null && zones.size < ZONES_MAX) zones.add(timeZone);
  }

  #giveBack(campaignId: CampaignId): void {
    const { writeBehind, settings } = this.#context;
    writeBehind.write({ type: "leasesRelease", nodeId: settings.nodeId, campaignId });
  }

  #queueOf(campaignId: CampaignId): Queue {
    let queue = this.#queues.get(campaignId);
    if (queue === undefined) {
      queue = { promised: [], leads: [], claiming: false, generation: 0, notBefore: this.#context.clock.now() };
      this.#queues.set(campaignId, queue);
    }
    return queue;
  }
}
