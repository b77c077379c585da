/** When something happened, as two clocks have it. */
import type { Instant } from "./instant.ts";

/** Our clock, and Asterisk's own where the event carried one. */
export interface Stamp {
  readonly at: Instant;
  readonly asteriskAt: Instant | null;
}
