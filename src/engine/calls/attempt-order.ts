/** A decision to dial, as its row will hold it: told in the journal at once, and kept until the row is written. */
import type { CampaignRules } from "../../compliance/dial-facts.ts";
import type { AttemptOrder } from "../../domain/attempt.ts";
import type { Campaign } from "../../domain/campaign.ts";
import type { AgentId, AttemptId } from "../../domain/ids.ts";
import type { Instant } from "../../domain/instant.ts";
import type { EngineContext } from "../context.ts";
import type { Pending } from "../placing/inserting.ts";
import type { LeadToDial } from "../ports.ts";

export interface Chosen {
  readonly attemptId: AttemptId;
  readonly lead: LeadToDial;
  readonly agentId: AgentId | null;
  readonly overdial: boolean;
  readonly evidence: AttemptOrder["evidence"];
  readonly at: Instant;
}

/** Whether a call flow is carried out on it; of a row as well, whoever wrote it. */
export const isForFlow = ({ evidence }: Pick<AttemptOrder, "evidence">): boolean => (evidence["flow"] ?? null) !== null;

/** @param begunBy what made it: the pace of the campaign, an agent who looked at the lead, or somebody who named it */
export function decided(
  { settings, journal }: EngineContext,
  { campaign, rules }: { readonly campaign: Campaign; readonly rules: CampaignRules },
  { attemptId, lead, agentId, overdial, evidence, at }: Chosen,
  begunBy: "pacing" | "press" | "manual",
): Pending {
  const order: AttemptOrder = {
    attemptId,
    campaignId: campaign.campaignId,
    leadId: lead.leadId,
    numberId: lead.numberId,
    number: lead.number,
    cliNumber: campaign.cliNumber,
    trunk: campaign.trunk,
    principal: campaign.principal,
    centre: settings.centre,
    agentId,
    sourceId: lead.sourceId,
    callbackId: lead.callback?.callbackId ?? null,
    overdial,
    profile: rules.profile.name,
    profileVersion: rules.profile.version,
    clock: rules.profile.clock,
    decidedAt: at,
    // A recount a year later must not ask what the campaign asks then.
    evidence: { ...evidence, ringMinMs: rules.profile.ringMinMs },
  };
  // The number is for the row alone: journals are kept longer, and read by more.
  const { number: _number, decidedAt: _decidedAt, ...told } = order;
  journal.append({ at, kind: "attempt-decided", ...told, begunBy });
  return { order, lead, campaign, rules };
}
