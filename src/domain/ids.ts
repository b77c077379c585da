/**
 * The names things go by. Branded, so that a lead can never be passed where a campaign is meant.
 *
 * Numeric ids are the database's own; an attempt names itself (see {@link AttemptId}), because its
 * name must exist before the row and before the channel do.
 */
declare const brand: unique symbol;
type Branded<Base, Name extends string> = Base & { readonly [brand]: Name };

/** UUIDv7 in lower case. The channel is named after it, so every telephony event finds its row. */
export type AttemptId = Branded<string, "AttemptId">;
export type CampaignId = Branded<number, "CampaignId">;
export type ListId = Branded<number, "ListId">;
export type LeadId = Branded<number, "LeadId">;
/** One dialable number of one lead. */
export type NumberId = Branded<number, "NumberId">;
export type AgentId = Branded<number, "AgentId">;
/** One side of a call as telephony names it. For an agent's standing leg. */
export type LegId = Branded<string, "LegId">;
/** One daemon and its Asterisk. Letters, digits and hyphens. */
export type NodeId = Branded<string, "NodeId">;

const ATTEMPT_ID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;

export const isAttemptId = (text: string): text is AttemptId => ATTEMPT_ID.test(text);
export const campaignId = (id: number): CampaignId => id as CampaignId;
export const listId = (id: number): ListId => id as ListId;
export const leadId = (id: number): LeadId => id as LeadId;
export const numberId = (id: number): NumberId => id as NumberId;
export const agentId = (id: number): AgentId => id as AgentId;
export const legId = (id: string): LegId => id as LegId;
export const nodeId = (id: string): NodeId => id as NodeId;
