/** Questions before a call, and what a no to one of them says. */
import type { Instant } from "../domain/instant.ts";
import type { DialRule } from "./dial-rules.ts";

export interface Refusal {
  readonly says: string;
  /** Left out: the profile's rule that stands behind the question. */
  readonly ruleId?: string | null;
  readonly againAt?: Instant | null;
}

/** Null for yes. A question that is not there was answered before. */
export type Questions = Readonly<Partial<Record<DialRule, () => Refusal | null>>>;
