/** Who answers when, as it was read last: redialling prefers those hours. What is some minutes old is as good as new. */
import type { CampaignId } from "../../domain/ids.ts";
import { after } from "../../domain/instant.ts";
import type { Instant } from "../../domain/instant.ts";
import { ContactRates, NO_RATES } from "../../lead/redial/contact-rates.ts";
import type { Log, Store } from "../ports.ts";

/** A rate changes over days. */
const READ_EVERY_MS = 300_000;

export class ContactBook {
  #rates: ReadonlyMap<CampaignId, ContactRates> = new Map();
  #again: Instant | null = null;

  of(campaignId: CampaignId): ContactRates {
    return this.#rates.get(campaignId) ?? NO_RATES;
  }

  /** Reads them anew where that is due; asked at every tick. Without an answer what is known stays. */
  refresh(
    { store, log }: { readonly store: Store; readonly log: Log },
    campaigns: readonly CampaignId[],
    now: Instant,
  ): void {
    if (campaigns.length === 0 || (this.#again !== null && now < this.#again)) return;
    this.#again = after(now, READ_EVERY_MS);
    store.contactRates(campaigns).then(
      (counts) => {
        this.#rates = new Map([...counts].map(([campaignId, some]) => [campaignId, new ContactRates(some)]));
      },
      (error: unknown) => {
        log.warn("who answers when could not be read", { error });
      },
    );
  }
}
