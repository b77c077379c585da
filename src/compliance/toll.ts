/**
 * Guards against calls that somebody else earns by: countries, special numbers, and what may be spent in an hour. They are
 * asked of every kind of call alike. No law asks for them; whoever pays the bill does.
 */
import type { CampaignRules, DialFacts, CampaignFacts } from "./dial-facts.ts";
import type { Refusal } from "./questions.ts";

/**
 * Kinds of numbers (as libphonenumber names them) where the called earn by the call. Not UAN: in some countries these are
 * companies' ordinary numbers.
 */
export const SPECIAL_TYPES: ReadonlySet<string> = new Set([
  "PREMIUM_RATE",
  "SHARED_COST",
  "PERSONAL_NUMBER",
  "PAGER",
  "VOICEMAIL",
]);

/** One million to the unit of the rates. */
export const MICROS = 1_000_000;

export const money = (micros: number): string => (micros / MICROS).toFixed(2);

export function countryRefusal(
  { country, toll }: Pick<DialFacts, "country" | "toll">,
  rules: CampaignRules,
): Refusal | null {
  if (country === null) return null;
  const own = rules.toll?.countries ?? null;
  if (own !== null && !own.includes(country)) {
    return {
      says: `It is a number of ${country}, and the campaign calls ${own.join(", ")} only.`,
      ruleId: "TOLL-CTY-1",
    };
  }
  const node = toll?.countries ?? null;
  if (node === null || node.includes(country)) return null;
  return { says: `It is a number of ${country}, and this node calls ${node.join(", ")} only.`, ruleId: "TOLL-CTY-2" };
}

export function typeRefusal({ lineType, toll }: Pick<DialFacts, "lineType" | "toll">): Refusal | null {
  if (lineType === null || lineType === undefined || !SPECIAL_TYPES.has(lineType)) return null;
  if (toll?.typesAllowed.includes(lineType) === true) return null;
  return { says: `It is a special number (${lineType}), which may cost dearly.`, ruleId: "TOLL-TYP-1" };
}

export function rateRefusal(
  { number, toll }: Pick<DialFacts, "number" | "toll">,
  rules: CampaignRules,
): Refusal | null {
  if (toll === undefined || toll === null) return null;
  const isBounded = toll.nodeMax !== null || (rules.toll?.spendPerHourMax ?? null) !== null;
  if (!isBounded || toll.rateOf(number) !== null) return null;
  return { says: "What may be spent is bounded, and no rate is given for this number.", ruleId: "TOLL-RTE-1" };
}

export function spendRefusal({ toll }: CampaignFacts, rules: CampaignRules): Refusal | null {
  if (toll === undefined || toll === null) return null;
  const bounds = [
    {
      whose: "The campaign",
      spent: toll.campaignSpent,
      max: rules.toll?.spendPerHourMax ?? null,
      ruleId: "TOLL-SPD-1",
    },
    { whose: "The node", spent: toll.nodeSpent, max: toll.nodeMax, ruleId: "TOLL-SPD-2" },
  ];
  for (const { whose, spent, max, ruleId } of bounds) {
    if (max === null) continue;
    if (spent === null) return { says: `${whose} has a bound on spending, and what was spent is not known.`, ruleId };
    // Without the amount: it grows, and would be news every second.
    if (spent >= max) return { says: `${whose} has spent ${money(max)} within an hour, which is all it may.`, ruleId };
  }
  return null;
}

/** All that is asked of a number alone: for those that no lead has. */
export const numberRefusal = (
  facts: Pick<DialFacts, "number" | "country" | "lineType" | "toll">,
  rules: CampaignRules,
): Refusal | null => countryRefusal(facts, rules) ?? typeRefusal(facts) ?? rateRefusal(facts, rules);
