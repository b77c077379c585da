/** Whom a rule is about, and what part of a country somebody is in. What is not known for sure counts as meant. */
import type { Purpose } from "../domain/campaign.ts";
import type { PhoneNumber } from "../domain/phone-number.ts";
import type { Applies, ComplianceProfile, FrequencyRules, HoursRule, RegionRules } from "./profile.ts";

/** Types of the import that say for sure what a number is. `fixed-or-mobile` and `unknown` do not. */
const SURE_TYPES = ["mobile", "fixed", "toll-free", "voip", "personal", "company", "pager", "voicemail"];

export const appliesTo = (rule: Applies, purpose: Purpose, numberType: string | null): boolean => {
  if (rule.purposes?.includes(purpose) === false) return false;
  if (rule.numberTypes === null || numberType === null) return true;
  if (numberType === "fixed-or-mobile") return ["fixed", "mobile"].some((type) => rule.numberTypes?.includes(type));
  return rule.numberTypes.includes(numberType) || !SURE_TYPES.includes(numberType);
};

/** `FL` and `US-FL` name the same region. */
export const isRegion = (code: string, region: string): boolean => {
  const [wanted, given] = [code.toUpperCase(), region.trim().toUpperCase()];
  return given !== "" && (wanted === given || wanted.endsWith(`-${given}`));
};

/** Rules of all regions the person may be in: by what the list says and by the number, since people keep numbers when they move. */
export const regionsOf = (
  profile: Pick<ComplianceProfile, "regions">,
  region: string | null,
  number: PhoneNumber,
): readonly (readonly [code: string, rules: RegionRules])[] =>
  Object.entries(profile.regions).filter(
    ([code, { prefixes }]) =>
      (region !== null && isRegion(code, region)) || prefixes.some((prefix) => number.startsWith(prefix)),
  );

/** Calendars that count for somebody: of the region where that is known to have one, else all of them. */
export const calendarsOf = (
  { holidayCalendars }: Pick<ComplianceProfile, "holidayCalendars">,
  region: string | null,
): readonly string[] => {
  const own = region === null ? [] : holidayCalendars.filter((code) => isRegion(code, region));
  return own.length > 0 ? own : holidayCalendars;
};

/** All of these must be open at once. */
export const hoursOf = (
  profile: Pick<ComplianceProfile, "hours">,
  regions: readonly (readonly [string, RegionRules])[],
  purpose: Purpose,
  numberType: string,
): readonly HoursRule[] =>
  [...profile.hours, ...regions.flatMap(([, { hours }]) => hours ?? [])].filter((rule) =>
    appliesTo(rule, purpose, numberType),
  );

const least = (values: readonly (number | null | undefined)[]): number | null => {
  const known = values.filter((value) => value !== null && value !== undefined);
  return known.length === 0 ? null : Math.min(...known);
};
const greatest = (values: readonly (number | null | undefined)[]): number | null => {
  const known = values.filter((value) => value !== null && value !== undefined);
  return known.length === 0 ? null : Math.max(...known);
};

/** The strictest of each. */
export const frequencyOf = (
  profile: Pick<ComplianceProfile, "frequency">,
  regions: readonly (readonly [string, RegionRules])[],
): FrequencyRules => {
  const all = [profile.frequency, ...regions.flatMap(([, { frequency }]) => (frequency === null ? [] : [frequency]))];
  return {
    perDayMax: least(all.map((rules) => rules.perDayMax)),
    per24HoursMax: least(all.map((rules) => rules.per24HoursMax)),
    gapMinMs: greatest(all.map((rules) => rules.gapMinMs)),
  };
};
