/** Which of a profile's rules is behind a question or a value. */
import type { DialRule } from "./dial-rules.ts";
import type { ComplianceProfile } from "./profile.ts";

/** The rule behind a question before a call; null when no regime asks it. */
export const ruleBehind = ({ rules }: Pick<ComplianceProfile, "rules">, question: DialRule): string | null =>
  rules.find((rule) => rule.decides?.includes(question) === true)?.id ?? null;

/** The rule that gives the value at this place of the profile, e.g. `clock.limitMs` or `abandon`. */
export const ruleSetting = ({ rules }: Pick<ComplianceProfile, "rules">, place: string): string | null => {
  const gives = (key: string): boolean => key === place || key.startsWith(`${place}.`);
  return rules.findLast((rule) => Object.keys(rule.sets ?? {}).some(gives))?.id ?? null;
};
