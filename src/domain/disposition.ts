/**
 * What the agent says the conversation was. Campaigns define their own; each points to a kind, and the kind is
 * what redialling and suppression understand.
 */
export const DISPOSITION_KINDS = [
  "success",
  "refusal",
  "callback-requested",
  "machine-callback",
  "wrong-number",
  "wrong-party",
  "opt-out-requested",
  "machine-reported",
  "other",
] as const;

export type DispositionKind = (typeof DISPOSITION_KINDS)[number];

export interface Disposition {
  /** What the agent presses on the phone, one or two digits; null when the phone cannot give it. */
  readonly key: string | null;
  /** Stable name, as CRMs read it: letters, digits, hyphens. */
  readonly code: string;
  readonly kind: DispositionKind;
}
