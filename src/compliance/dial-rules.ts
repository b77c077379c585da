/** The questions asked before one number may be dialled. */
/** In the order in which they are asked. */
export const DIAL_RULES = [
  "KILL-SWITCH",
  "TOLL-SPEND",
  "JURISDICTION",
  "TOLL-COUNTRY",
  "TOLL-TYPE",
  "TOLL-RATE",
  "SECTOR",
  "CONSENT",
  "SUPPRESSED",
  "NUMBER-OUT",
  "REGISTER-STALE",
  "REGISTER-LISTED",
  "ZONE-KNOWN",
  "CALLING-WINDOW",
  "HOLIDAY",
  "FREQUENCY",
  "GUARANTEED-ONLY",
  "CLI-VALID",
  "CLI-OWNED",
  "MESSAGE-APPROVED",
  "MESSAGE-PLAYS",
  "AMD-TEST",
] as const;
export type DialRule = (typeof DIAL_RULES)[number];
