/** What the person agreed to. A consent without a place where its proof lies is none. */
import { isBefore } from "../domain/instant.ts";
import type { Instant } from "../domain/instant.ts";
import type { Consent, ConsentKind } from "../domain/number-facts.ts";

/** Written consent is consent; not the other way round. */
export const isConsentTo = (asked: ConsentKind, given: Consent | null, at: Instant): boolean =>
  given !== null &&
  given.reference.trim() !== "" &&
  !(given.givenAt !== null && isBefore(at, given.givenAt)) &&
  (given.kind === "written" || asked === "consent");
