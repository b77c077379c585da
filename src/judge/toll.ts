/** The guards against other people's earnings, worked out once more from what a decision saw. */
import type { CampaignRules } from "../compliance/dial-facts.ts";

type Evidence = Readonly<Record<string, unknown>>;

/** Where the called earn by the call, as libphonenumber names them; written down here a second time on purpose. */
const DEAR = /^(PREMIUM_RATE|SHARED_COST|PERSONAL_NUMBER|PAGER|VOICEMAIL)$/;

/** Null where nothing was wrong, or the version that wrote it knew of no such guards. */
export function tollBreach(evidence: Evidence, rules: CampaignRules): readonly [says: string, facts: Evidence] | null {
  if (!Object.hasOwn(evidence, "lineType")) return null;
  const { country, lineType, tollRate, tollCountries, tollTypesAllowed } = evidence;
  const { tollSpent, tollNodeSpent, tollNodeMax } = evidence;
  const own = rules.toll?.countries ?? null;
  for (const allowed of [own, tollCountries]) {
    if (Array.isArray(allowed) && !allowed.includes(country))
      return ["dialled beyond the countries allowed", { country }];
  }
  const isAllowed = Array.isArray(tollTypesAllowed) && tollTypesAllowed.includes(lineType);
  if (typeof lineType === "string" && DEAR.test(lineType) && !isAllowed) {
    return ["a special number was dialled", { lineType }];
  }
  const bounds = [
    [tollSpent, rules.toll?.spendPerHourMax ?? null],
    [tollNodeSpent, tollNodeMax],
  ] as const;
  for (const [spent, max] of bounds) {
    if (typeof max !== "number") continue;
    if (typeof tollRate !== "number") return ["a number of no known rate was dialled under a bound on spending", {}];
    if (typeof spent !== "number" || spent >= max)
      return ["dialled when all that may be spent was spent", { spent, max }];
  }
  return null;
}
