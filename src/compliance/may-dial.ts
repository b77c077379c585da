/**
 * May this number be dialled now? The first failing rule wins, and what is unknown means no.
 * The evidence goes into the attempt's row, so that the decision can be shown a year later.
 */
import type { CallingHours } from "../domain/campaign.ts";
import type { Instant } from "../domain/instant.ts";
import { toIso } from "../domain/instant.ts";
import type { PhoneNumber } from "../domain/phone-number.ts";
import { isPhoneNumber } from "../domain/phone-number.ts";
import { isTimeZone, isWithinHours, nextOpening } from "./calling-window.ts";

export interface DialFacts {
  readonly number: PhoneNumber;
  readonly cliNumber: PhoneNumber;
  readonly suppressed: boolean;
  /** Outcome that took the number out for good. */
  readonly permanentOutcome: string | null;
  readonly timeZone: string | null;
}

export interface DialRules {
  readonly callingHours: readonly CallingHours[];
}

export type Evidence = Readonly<Record<string, unknown>>;

export type DialRule = "SUPPRESSED" | "NUMBER-OUT" | "CLI-VALID" | "ZONE-KNOWN" | "CALLING-WINDOW";

export type DialVerdict =
  | { readonly allowed: true; readonly evidence: Evidence }
  | {
      readonly allowed: false;
      readonly rule: DialRule;
      /** When asking again makes sense; null when time alone changes nothing. */
      readonly againAt: Instant | null;
      readonly evidence: Evidence;
    };

export function mayDial(facts: DialFacts, rules: DialRules, at: Instant): DialVerdict {
  const evidence: Evidence = {
    checkedAt: toIso(at),
    suppressed: facts.suppressed,
    permanentOutcome: facts.permanentOutcome,
    cliNumber: facts.cliNumber,
    timeZone: facts.timeZone,
  };
  const no = (rule: DialRule, againAt: Instant | null = null): DialVerdict => ({
    allowed: false,
    rule,
    againAt,
    evidence,
  });

  if (facts.suppressed) return no("SUPPRESSED");
  if (facts.permanentOutcome !== null) return no("NUMBER-OUT");
  // A withheld or broken CLI is never presented (UK: General Condition C6).
  if (!isPhoneNumber(facts.cliNumber)) return no("CLI-VALID");
  if (facts.timeZone === null || !isTimeZone(facts.timeZone)) return no("ZONE-KNOWN");
  if (!isWithinHours(rules.callingHours, facts.timeZone, at)) {
    return no("CALLING-WINDOW", nextOpening(rules.callingHours, facts.timeZone, at));
  }
  return { allowed: true, evidence: { ...evidence, window: rules.callingHours } };
}
