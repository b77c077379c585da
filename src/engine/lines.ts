/** What the trunks of this node carry now, and when they take the next call: lines at once and calls per second. */
import type { Campaign } from "../domain/campaign.ts";
import { after } from "../domain/instant.ts";
import { callsAllowed, fullBucket, msUntilToken, refilled, spend } from "../pacing/limiter.ts";
import type { TokenBucket } from "../pacing/limiter.ts";
import type { Capacity } from "./capacity.ts";
import type { EngineContext } from "./context.ts";
import type { FreeLines } from "./pace.ts";
import type { TrunkLimits } from "./ports.ts";

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
  readonly #buckets = new Map<string, TokenBucket>();

  constructor(context: EngineContext, capacity: Capacity) {
    this.#context = context;
    this.#capacity = capacity;
  }

  /** Null where this node does not have the campaign's trunk. */
  of(campaign: Campaign): Lines | null {
    const trunk = this.#context.telephony.trunk(campaign.trunk);
    if (trunk === null) return null;
    const campaignLinesInUse = this.#capacity.linesInUse((order) => order.campaignId === campaign.campaignId);
    const linesInUse = this.#capacity.linesInUse((order) => order.trunk === campaign.trunk);
    const ofTrunk = Math.max(0, trunk.linesMax - linesInUse);
    const ofCampaign = Math.max(0, (campaign.linesMax ?? Infinity) - campaignLinesInUse);
    return { trunk, linesInUse, campaignLinesInUse, free: { ofTrunk, ofCampaign } };
  }

  /** Calls that may be placed now, out of those wanted. */
  allowed(campaign: Campaign, { trunk, linesInUse, campaignLinesInUse }: Lines, wanted: number): number {
    return callsAllowed(wanted, {
      linesMax: trunk.linesMax,
      linesInUse,
      campaignLinesMax: campaign.linesMax,
      campaignLinesInUse,
      bucket: this.#bucketOf(campaign.trunk, trunk.cpsMax),
    });
  }

  /** So many were placed of those wanted; comes back when the trunk takes the next one. */
  spend(campaign: Campaign, { trunk: { cpsMax } }: Lines, placed: number, wanted: number): void {
    const before = this.#bucketOf(campaign.trunk, cpsMax);
    this.#buckets.set(campaign.trunk, spend(before, placed));
    if (wanted <= 0) return;
    const { clock, deadlines } = this.#context;
    const waitMs = msUntilToken(before, cpsMax);
    if (waitMs > 0) deadlines.set(TOKEN_DEADLINE, after(clock.now(), waitMs));
    else if (placed > 0 && placed < wanted) {
      deadlines.set(TOKEN_DEADLINE, after(clock.now(), Math.ceil(1000 / cpsMax)));
    }
  }

  #bucketOf(trunk: string, cpsMax: number): TokenBucket {
    const now = this.#context.clock.now();
    const bucket = refilled(this.#buckets.get(trunk) ?? fullBucket(cpsMax, now), cpsMax, now);
    this.#buckets.set(trunk, bucket);
    return bucket;
  }
}
