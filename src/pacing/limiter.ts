/**
 * What a trunk is able and allowed to carry: lines at once, and calls per second by a token bucket.
 * Apart from strategy on purpose: how many we want and how many may go are different questions.
 */
import type { Instant } from "../domain/instant.ts";
import { msBetween } from "../domain/instant.ts";

export interface TokenBucket {
  readonly tokens: number;
  readonly at: Instant;
}

/** Calls that are decided together leave one by one; a quarter of a second's worth, so that none is decided long before. */
const burstOf = (cpsMax: number): number => Math.max(1, cpsMax / 4);

export const fullBucket = (cpsMax: number, at: Instant): TokenBucket => ({ tokens: burstOf(cpsMax), at });

export function refilled(bucket: TokenBucket, cpsMax: number, at: Instant): TokenBucket {
  const gained = (Math.max(0, msBetween(bucket.at, at)) / 1000) * cpsMax;
  return { tokens: Math.min(burstOf(cpsMax), bucket.tokens + gained), at };
}

export interface LineState {
  readonly linesMax: number;
  readonly linesInUse: number;
  readonly campaignLinesMax: number | null;
  readonly campaignLinesInUse: number;
  readonly bucket: TokenBucket;
  /** As {@link atOnceOf}; absent: one at a time. */
  readonly atOnce?: number;
}

/**
 * Calls that go together where more are wanted than the trunk takes: their rows are committed in one transaction, which
 * costs the same for one. Less than a burst, so that whoever comes for them a moment late loses no token to a full bucket.
 */
export const atOnceOf = (cpsMax: number): number => Math.max(1, Math.floor(0.8 * burstOf(cpsMax)));

/** Whole calls that may be placed now out of those wanted; none while the trunk would soon take more of them at once. */
export function callsAllowed(wanted: number, lines: LineState): number {
  const free = lines.linesMax - lines.linesInUse;
  const campaignFree = lines.campaignLinesMax === null ? wanted : lines.campaignLinesMax - lines.campaignLinesInUse;
  const most = Math.min(wanted, free, campaignFree);
  const tokens = Math.floor(lines.bucket.tokens);
  if (tokens < most && tokens < (lines.atOnce ?? 1)) return 0;
  return Math.max(0, Math.min(most, tokens));
}

export const spend = (bucket: TokenBucket, calls: number): TokenBucket => ({
  ...bucket,
  tokens: bucket.tokens - calls,
});

/** Milliseconds until there are so many whole tokens; 0 when there are. */
export const msUntilTokens = (bucket: TokenBucket, cpsMax: number, count = 1): number =>
  bucket.tokens >= count ? 0 : Math.ceil(((count - bucket.tokens) / cpsMax) * 1000);
