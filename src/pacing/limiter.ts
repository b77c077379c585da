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

/** A carrier that allows ten calls per second dislikes twenty in the first millisecond: a tenth of a second's worth, at least one. */
const burstOf = (cpsMax: number): number => Math.max(1, cpsMax / 10);

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
}

/** Whole calls that may be placed now out of those wanted. */
export function callsAllowed(wanted: number, lines: LineState): number {
  const free = lines.linesMax - lines.linesInUse;
  const campaignFree = lines.campaignLinesMax === null ? wanted : lines.campaignLinesMax - lines.campaignLinesInUse;
  return Math.max(0, Math.min(wanted, free, campaignFree, Math.floor(lines.bucket.tokens)));
}

export const spend = (bucket: TokenBucket, calls: number): TokenBucket => ({
  ...bucket,
  tokens: bucket.tokens - calls,
});

/** Milliseconds until the next whole token; 0 when there is one. */
export const msUntilToken = (bucket: TokenBucket, cpsMax: number): number =>
  bucket.tokens >= 1 ? 0 : Math.ceil(((1 - bucket.tokens) / cpsMax) * 1000);
