/**
 * A bounded queue of leased leads for each running campaign, refilled before it runs dry. Screening happens again
 * at dial time: what waits here may have been suppressed since, or its window may have closed.
 */
import type { Campaign } from "../domain/campaign.ts";
import type { CampaignId } from "../domain/ids.ts";
import { after } from "../domain/instant.ts";
import type { Instant } from "../domain/instant.ts";
import type { EngineContext } from "./context.ts";
import type { LeadToDial } from "./ports.ts";

interface Leased {
  readonly lead: LeadToDial;
  readonly until: Instant;
}

interface Queue {
  leads: Leased[];
  claiming: boolean;
  /** Bumped when the queue is emptied, so that a claim on its way back knows that it is no longer wanted. */
  generation: number;
  notBefore: Instant;
}

/** After a claim that brought less than was asked for, the list is as good as empty for so long. */
const EMPTY_PAUSE_MS = 1_000;
/** More than any one country has. */
const ZONES_MAX = 40;
/** A lease that ends within this is not used any more: the row must be written before it does. */
const LEASE_MARGIN_MS = 30_000;

export class Hopper {
  readonly #context: EngineContext;
  readonly #onFilled: () => void;
  readonly #queues = new Map<CampaignId, Queue>();
  readonly #zones = new Map<CampaignId, Set<string>>();
  readonly #taken = new WeakMap<LeadToDial, Instant>();

  constructor(context: EngineContext, onFilled: () => void) {
    this.#context = context;
    this.#onFilled = onFilled;
  }

  size(campaignId: CampaignId): number {
    return this.#queues.get(campaignId)?.leads.length ?? 0;
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
    if (queue.claiming || queue.leads.length * 2 > target || now < queue.notBefore) return;
    const asked = target - queue.leads.length;
    const { generation } = queue;
    const until = after(now, settings.timings.leaseMs);
    queue.claiming = true;
    mailbox.await(
      "leads claimed",
      store.claimLeads(campaign.campaignId, settings.nodeId, asked, now, settings.timings.leaseMs),
      (leads) => {
        queue.claiming = false;
        if (leads.length < asked) queue.notBefore = after(clock.now(), EMPTY_PAUSE_MS);
        if (queue.generation !== generation) {
          if (leads.length > 0) this.#giveBack(campaign.campaignId);
          return;
        }
        this.#noteZones(campaign.campaignId, leads);
        queue.leads.push(...leads.map((lead) => ({ lead, until })));
        if (leads.length > 0) this.#onFilled();
      },
      (error) => {
        queue.claiming = false;
        queue.notBefore = after(clock.now(), EMPTY_PAUSE_MS);
        log.warn("leads could not be claimed", { campaign: campaign.name, error });
      },
    );
  }

  /** Taken and not used now: at the end of the queue, so that others are not held up by it. */
  putBack(lead: LeadToDial): void {
    const until = this.#taken.get(lead);
    if (until !== undefined) this.#queueOf(lead.campaignId).leads.push({ lead, until });
  }

  /** The next lead whose lease still holds. */
  take(campaignId: CampaignId): LeadToDial | null {
    const queue = this.#queues.get(campaignId);
    const usableUntil = after(this.#context.clock.now(), LEASE_MARGIN_MS);
    for (let next = queue?.leads.shift(); next !== undefined; next = queue?.leads.shift()) {
      if (next.until <= usableUntil) continue;
      this.#taken.set(next.lead, next.until);
      return next.lead;
    }
    return null;
  }

  /** The campaign places nothing any more: its leads go back, whatever is on its way included. */
  empty(campaignId: CampaignId): void {
    const queue = this.#queues.get(campaignId);
    if (queue === undefined || (queue.leads.length === 0 && !queue.claiming)) return;
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
    const { writeBehind, store, settings } = this.#context;
    writeBehind.write("leases given back", () => store.releaseLeases(settings.nodeId, campaignId));
  }

  #queueOf(campaignId: CampaignId): Queue {
    let queue = this.#queues.get(campaignId);
    if (queue === undefined) {
      queue = { leads: [], claiming: false, generation: 0, notBefore: this.#context.clock.now() };
      this.#queues.set(campaignId, queue);
    }
    return queue;
  }
}
