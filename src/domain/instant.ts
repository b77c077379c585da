/**
 * A moment, in whole milliseconds since 1970-01-01T00:00:00Z, stamped once where an event enters the process.
 *
 * Durations are plain numbers whose names end in `Ms`; only instants are branded, because mixing the two is
 * the mistake worth catching.
 */
declare const brand: unique symbol;
export type Instant = number & { readonly [brand]: "Instant" };

export const instant = (epochMs: number): Instant => epochMs as Instant;
export const after = (at: Instant, durationMs: number): Instant => (at + durationMs) as Instant;
export const isBefore = (a: Instant, b: Instant): boolean => a < b;
export const msBetween = (earlier: Instant, later: Instant): number => later - earlier;
export const earliest = (a: Instant, b: Instant): Instant => (a < b ? a : b);
export const latest = (a: Instant, b: Instant): Instant => (a < b ? b : a);
export const toIso = (at: Instant): string => new Date(at).toISOString();
