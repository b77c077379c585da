/** What the trunks of this node carry now, and when they take the next call: lines at once and calls per second. */
import type { Campaign } from "../../domain/campaign.ts";
import { after } from "../../domain/instant.ts";
import { atOnceOf, callsAllowed, fullBucket, msUntilTokens, refilled, spend } from "../../pacing/limiter.ts";
import type { TokenBucket } from "../../pacing/limiter.ts";
import type { Capacity } from "./capacity.ts";
import type { EngineContext } from "../context.ts";
import type { Overload } from "./overload.ts";
import type { FreeLines } from "./pace.ts";
import type { TrunkLimits } from "../ports.ts";

export interface Lines {
  readonly trunk: TrunkLimits;
  readonly linesInUse: number;
  readonly campaignLinesInUse: number;
  readonly free: FreeLines;
}

export const TOKEN_DEADLINE = "token";

export class TrunkLines {
  readonly #context: EngineContext;
  readonly #capacity: Capacity;
  readonly #overload: Overload;
  readonly #buckets = new Map<string, TokenBucket>();

  constructor(context: EngineContext, capacity: Capacity, overload: Overload) {
    this.#context = context;
    this.#capacity = capacity;
    this.#overload = overload;
  }

  /** Null where this node does not have the campaign's trunk. */
  of(campaign: Campaign): Lines | null {
    const trunk = this.#context.telephony.trunk(campaign.trunk);
    if (trunk === null) return null;
    const campaignLinesInUse = this.#capacity.linesInUse((order) => order.campaignId === campaign.campaignId);
    const linesInUse = this.#capacity.linesOfTrunk(campaign.trunk);
    const inUse = { ofTrunk: linesInUse, ofNode: this.#capacity.linesOfNode() };
    const { lines: ofTrunk, short } = this.#overload.linesFree(campaign.trunk, trunk, inUse);
    const ofCampaign = Math.max(0, (campaign.linesMax ?? Infinity) - campaignLinesInUse);
    return { trunk, linesInUse, campaignLinesInUse, free: { ofTrunk, ofCampaign, short } };
  }

  /** Calls that may be placed now, out of those wanted. */
  allowed(campaign: Campaign, { trunk, linesInUse, campaignLinesInUse, free }: Lines, wanted: number): number {
    return callsAllowed(this.#overload.withinRate(wanted), {
      linesMax: linesInUse + free.ofTrunk,
      linesInUse,
      campaignLinesMax: campaign.linesMax,
      campaignLinesInUse,
      bucket: this.#bucketOf(campaign.trunk, trunk.cpsMax),
      atOnce: atOnceOf(trunk.cpsMax),
    });
  }

  /** So many were placed of those wanted; comes back when the trunk takes the next ones. */
  spend(campaign: Campaign, { trunk: { cpsMax } }: Lines, placed: number, wanted: number): void {
    const left = spend(this.#bucketOf(campaign.trunk, cpsMax), placed);
    this.#buckets.set(campaign.trunk, left);
    const ofNodeMs = this.#overload.spend(placed, wanted);
    if (placed >= wanted) return;
    const together = Math.min(atOnceOf(cpsMax), wanted - placed);
    const waitMs = Math.max(msUntilTokens(left, cpsMax, together), ofNodeMs);
    const { clock, deadlines } = this.#context;
    if (waitMs > 0) deadlines.set(TOKEN_DEADLINE, after(clock.now(), waitMs));
  }

  /** Of calls that might have been placed but for their number per second. */
  rateCode(): "cps" | "slowed" {
    return this.#overload.withinRate(1) < 1 ? "slowed" : "cps";
  }

  #bucketOf(trunk: string, cpsMax: number): TokenBucket {
    const now = this.#context.clock.now();
    const bucket = refilled(this.#buckets.get(trunk) ?? fullBucket(cpsMax, now), cpsMax, now);
    this.#buckets.set(trunk, bucket);
    return bucket;
  }
}
