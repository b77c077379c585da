/**
 * What calls have cost lately, against what may be spent: the guard against somebody else's calls on our bill. One rule to
 * remember: where a bound is set, not knowing what was spent counts as having spent it.
 */
import type { CampaignRules, TollFacts } from "../../compliance/dial-facts.ts";
import type { Campaign } from "../../domain/campaign.ts";
import type { CampaignId } from "../../domain/ids.ts";
import { after, msBetween, type Instant } from "../../domain/instant.ts";
import type { EngineContext } from "../context.ts";
import type { TollSpent } from "../ports.ts";

const HOUR_MS = 3_600_000;
const READ_EVERY_MS = 5_000;
/** A reading older than this says nothing of what is being spent. */
const STALE_MS = 60_000;

export class TollWatch {
  readonly #context: EngineContext;
  #spent: readonly TollSpent[] = [];
  #readAt: Instant | null = null;
  #askedAt: Instant | null = null;

  constructor(context: EngineContext) {
    this.#context = context;
  }

  /** For the questions before a call. */
  factsFor(campaignId: CampaignId): TollFacts {
    const { toll, nodeId } = this.#context.settings;
    const isKnown = this.#readAt !== null && msBetween(this.#readAt, this.#context.clock.now()) <= STALE_MS;
    const sum = (is: (each: TollSpent) => boolean): number | null =>
      isKnown ? this.#spent.filter(is).reduce((total, { spent }) => total + spent, 0) : null;
    return {
      countries: toll.countries,
      typesAllowed: toll.typesAllowed,
      campaignSpent: sum((each) => each.campaignId === campaignId),
      nodeSpent: toll.spendPerHourMax === null ? null : sum((each) => each.nodeId === nodeId),
      nodeMax: toll.spendPerHourMax,
      rateOf: (number) => toll.rateOf(number),
    };
  }

  /**
   * Reads anew what was spent, if anybody set a bound and it is time.
   * @param over told of each running campaign that has reached its own bound
   */
  read(
    campaigns: Iterable<Campaign>,
    rulesOf: (campaignId: CampaignId) => CampaignRules | null,
    over: (campaign: Campaign, spent: number, max: number) => void,
  ): void {
    const { clock, settings, store, mailbox, log, journal } = this.#context;
    const bounded = [...campaigns].flatMap((campaign) => {
      const max = campaign.desiredState === "running" ? rulesOf(campaign.campaignId)?.toll?.spendPerHourMax : null;
      return max === null || max === undefined ? [] : [{ campaign, max }];
    });
    if (bounded.length === 0 && settings.toll.spendPerHourMax === null) return;
    const at = clock.now();
    if (this.#askedAt !== null && msBetween(this.#askedAt, at) < READ_EVERY_MS) return;
    this.#askedAt = at;
    mailbox.await(
      "toll",
      store.tollSpent(after(at, -HOUR_MS), at),
      (spent) => {
        this.#spent = spent;
        this.#readAt = at;
        for (const { campaign, max } of bounded) {
          const { campaignSpent } = this.factsFor(campaign.campaignId);
          if (campaignSpent === null || campaignSpent < max) continue;
          journal.append({ at, kind: "toll", campaignId: campaign.campaignId, spent: campaignSpent, max });
          over(campaign, campaignSpent, max);
        }
      },
      (error) => {
        log.warn("what calls have cost could not be read", { error });
      },
    );
  }
}
