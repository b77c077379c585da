/** Whose call it is, of a lead that may have been promised to a certain agent. */
import type { AgentId } from "../../domain/ids.ts";
import type { Instant } from "../../domain/instant.ts";
import type { Agents } from "./agents.ts";
import type { LeadToDial } from "../ports.ts";

export interface PromisedAgent {
  /** Null for anybody. */
  readonly agentId: AgentId | null;
  /** `busy`: with somebody else, and waited for; `missing`: not here, or waited for long enough. */
  readonly is: "free" | "busy" | "missing";
}

export function promisedAgent(agents: Agents, { callback, campaignId }: LeadToDial, at: Instant): PromisedAgent {
  const agentId = callback?.agentId ?? null;
  if (agentId === null) return { agentId, is: "free" };
  const where = agents.whereabouts(agentId, campaignId);
  if (where === "available") return { agentId, is: "free" };
  return { agentId, is: where === "away" || at > (callback?.untilAt ?? at) ? "missing" : "busy" };
}
