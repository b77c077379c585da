/** Questions before a call, and what a no to one of them says. */
import type { Instant } from "../domain/instant.ts";
import type { DialRule } from "./dial-rules.ts";

export interface Refusal {
  readonly says: string;
  /** Left out: the profile's rule that stands behind the question. */
  readonly ruleId?: string | null;
  readonly againAt?: Instant | null;
}

/** Null for yes. Made once and asked of many: a question that is not there is another set's, or was answered before. */
export type Questions<Asked extends readonly unknown[]> = Readonly<
  Partial<Record<DialRule, (...asked: Asked) => Refusal | null>>
>;
