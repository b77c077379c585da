/** Why a campaign would dial nobody, as far as the records can tell: asked when it is started, and by `fairdial check`. */
import { rulesFor } from "../compliance/campaign-rules.ts";
import { mayCampaignDial } from "../compliance/may-dial.ts";
import type { ComplianceProfile } from "../compliance/profile.ts";
import type { Campaign } from "../domain/campaign.ts";
import type { Instant } from "../domain/instant.ts";
import type { readComplianceState } from "../store/index.ts";

export interface CampaignRefusal {
  readonly says: string;
  /** The profile's rule and the question, e.g. `UK-MSG-1, MESSAGE-APPROVED`. */
  readonly by: string;
}

/** Null when it may dial, its message playing: only a node can tell that, and places nothing until it has heard it. */
export const campaignRefusal = (
  campaign: Campaign,
  profiles: ReadonlyMap<string, ComplianceProfile>,
  known: Awaited<ReturnType<typeof readComplianceState>>,
  at: Instant,
): CampaignRefusal | null => {
  const found = rulesFor(campaign, profiles);
  if (!found.ok) return { says: found.says, by: found.rule };
  if (campaign.mode === "agentless" && campaign.flow === null) {
    return { says: "It has no flow: name one with --flow.", by: "FLOW" };
  }
  const { principal, cliNumber, trunk, informationMessage } = campaign;
  const verdict = mayCampaignDial(
    {
      killSwitch: known.killSwitch,
      principal,
      cliNumber,
      cliOwned: known.cliNumbers.find((each) => each.cliNumber === cliNumber && each.trunk === trunk) ?? null,
      registers: known.registers,
      message: known.messages.find(({ media }) => media === informationMessage) ?? null,
      messagePlays: "played",
    },
    found.rules,
    at,
  );
  if (verdict.allowed) return null;
  return { says: verdict.says, by: verdict.ruleId === null ? verdict.rule : `${verdict.ruleId}, ${verdict.rule}` };
};
