/**
 * Why a row was not loaded, or was loaded without one of its numbers. The code is for programs and never changes its
 * meaning; the reason is one sentence for the person who will correct the file.
 */
export const REJECTION_CODES = [
  // The row itself.
  "row-quote-unclosed",
  "row-quote-misplaced",
  "row-too-long",
  "row-too-many-fields",
  "row-field-too-long",
  "row-bad-encoding",
  "row-not-json",
  "row-number-inexact",
  "row-key-too-long",
  // The number.
  "number-missing",
  "number-unreadable",
  "number-in-scientific-notation",
  "number-several",
  "number-with-extension",
  "number-impossible",
  "number-not-in-use",
  "number-premium-rate",
  "number-global-network",
  "number-country-refused",
  // The rest of the lead.
  "time-zone-unknown",
  "region-unreadable",
  "consent-unreadable",
  "consent-without-proof",
  "key-too-long",
  "name-too-long",
  // What only the whole file or the whole campaign can tell.
  "duplicate-number-in-file",
  "duplicate-key-in-file",
  "duplicate-number-in-campaign",
  "duplicate-key-in-campaign",
  "duplicate-number-elsewhere",
  "duplicate-key-elsewhere",
  "number-suppressed",
  "number-taken-out",
] as const;

export type RejectionCode = (typeof REJECTION_CODES)[number];

export interface Rejection {
  readonly code: RejectionCode;
  readonly reason: string;
}

export const rejection = (code: RejectionCode, reason: string): Rejection => ({ code, reason });
