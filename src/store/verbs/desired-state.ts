/**
 * What managers want now: asked several times a second, so what must be quick is one statement, and what changes seldom
 * is believed for a moment.
 *
 * One rule to remember: papers (messages, caller numbers, registers, flows, tests) are read after the campaigns that need
 * them, and anew whenever a campaign has changed; so none runs with older ones than its start could know. The kill switch
 * is never believed, and never older than the campaigns either.
 */
import { agentId, campaignId, type AttemptId, type CampaignId, type NodeId } from "../../domain/ids.ts";
import type { AgentProfile, DesiredState } from "../../engine/ports.ts";
import { campaignOf, SELECT_CAMPAIGN, type CampaignRow } from "../campaign-row.ts";
import { readPapers } from "../compliance-state.ts";
import type { Queryable } from "../database.ts";
import type { NumberHashKey } from "../number-key.ts";
import { FlowMemory } from "./flow-memory.ts";
import { optedOut } from "./opted-out.ts";
import { markOfCampaigns, urgentWishes, type UrgentWishes } from "./urgent-wishes.ts";

/** How long what was read is believed. The store reads no clock itself. */
export interface Belief {
  /** Milliseconds from anywhere, that only ever grow. */
  readonly steadyMs: () => number;
  /** Agents, papers and flows, as long as no campaign has changed. */
  readonly lastingMs: number;
  /** Who of those under way was suppressed. */
  readonly optedOutMs: number;
}

/** Everything is read each time: for whoever asks now and then. */
export const BELIEVE_NOTHING: Belief = { steadyMs: () => 0, lastingMs: 0, optedOutMs: 0 };

/**
 * Of a daemon that asks each 300 ms: agents and papers are read each 900 ms and opt-outs each 600, somewhat less than
 * these and the time between two askings, so that a late timer does not put them off to the next.
 */
export const DAEMON_BELIEF: Omit<Belief, "steadyMs"> = { lastingMs: 750, optedOutMs: 450 };

type Lasting = Pick<DesiredState, "campaigns" | "flows" | "agents"> & {
  readonly papers: Awaited<ReturnType<typeof readPapers>>;
};

interface Believed<T> {
  readonly value: T;
  /** When reading it began. */
  readonly at: number;
}

export class DesiredReader {
  readonly #db: Queryable;
  readonly #hashKey: NumberHashKey;
  readonly #belief: Belief;
  readonly #flows = new FlowMemory();
  #lasting: (Believed<Lasting> & { readonly mark: string }) | null = null;
  #optedOut: (Believed<readonly AttemptId[]> & { readonly node: NodeId }) | null = null;
  #manualSeen: ReadonlySet<number> = new Set();

  constructor(db: Queryable, hashKey: NumberHashKey, belief: Belief) {
    this.#db = db;
    this.#hashKey = hashKey;
    this.#belief = belief;
  }

  async read(node: NodeId): Promise<DesiredState> {
    const [lasting, urgent] = await this.#both(node);
    const { campaigns, flows, agents, papers } = lasting;
    const { killSwitch, agentCommands, manualCalls, nodeDrained } = urgent;
    this.#manualSeen = new Set(manualCalls.map(({ manualId }) => manualId));
    const compliance = { killSwitch, ...papers, optedOut: await this.#whoOptedOut(node, urgent.isUnderway) };
    return { campaigns, flows, agents, agentCommands, manualCalls, compliance, nodeDrained };
  }

  async #both(node: NodeId): Promise<[Lasting, UrgentWishes]> {
    const urgent = await urgentWishes(this.#db, node);
    const known = this.#lasting;
    if (known !== null && !this.#isDue(known, this.#belief.lastingMs) && !this.#isNews(known, urgent))
      return [known.value, urgent];
    const at = this.#belief.steadyMs();
    const rows = await this.#db.rows<CampaignRow>(`${SELECT_CAMPAIGN} order by campaign_id`);
    const mark = markOfCampaigns(rows);
    // One that was started since: a switch that was thrown before its start must be seen with it.
    const seen = mark === urgent.campaignsMark ? urgent : await urgentWishes(this.#db, node);
    const campaigns = rows.map(campaignOf);
    const agents = await enabledAgents(this.#db);
    const papers = await readPapers(this.#db);
    const value = { campaigns, agents, papers, flows: await this.#flows.of(this.#db, campaigns) };
    this.#lasting = { value, at, mark };
    return [value, seen];
  }

  /** Whatever is told of campaigns or agents whose record may have been changed for it just now. */
  #isNews({ mark, value }: { readonly mark: string; readonly value: Lasting }, urgent: UrgentWishes): boolean {
    const { campaignsMark, agentsAway, agentCommands, manualCalls } = urgent;
    const isKnown = (id: number): boolean => value.agents.some((agent) => agent.agentId === id);
    return (
      campaignsMark !== mark ||
      agentsAway.length > 0 ||
      agentCommands.some((each) => !isKnown(each.agentId)) ||
      manualCalls.some(({ manualId }) => !this.#manualSeen.has(manualId))
    );
  }

  async #whoOptedOut(node: NodeId, isUnderway: boolean): Promise<readonly AttemptId[]> {
    if (!isUnderway) return [];
    const known = this.#optedOut;
    if (known?.node === node && !this.#isDue(known, this.#belief.optedOutMs)) return known.value;
    const at = this.#belief.steadyMs();
    const value = await optedOut(this.#db, node, this.#hashKey);
    this.#optedOut = { value, at, node };
    return value;
  }

  #isDue({ at }: { readonly at: number }, believedMs: number): boolean {
    return this.#belief.steadyMs() - at >= believedMs;
  }
}

const enabledAgents = async (db: Queryable): Promise<AgentProfile[]> => {
  // One row for each assignment, and one for an agent without any.
  const rows = await db.rows<{
    agent_id: number;
    name: string;
    endpoint: string;
    has_pin: number;
    campaign_id: number | null;
  }>(
    `select a.agent_id, a.name, a.endpoint, a.pin_hash is not null as has_pin, c.campaign_id
     from agent a left join agent_campaign c on c.agent_id = a.agent_id
     where a.enabled = 1
     order by a.agent_id, c.campaign_id`,
  );
  const profiles = new Map<number, AgentProfile & { readonly campaignIds: CampaignId[] }>();
  for (const row of rows) {
    const profile = profiles.get(row.agent_id) ?? {
      agentId: agentId(row.agent_id),
      name: row.name,
      endpoint: row.endpoint,
      hasPin: row.has_pin === 1,
      campaignIds: [],
    };
    profiles.set(row.agent_id, profile);
    if (row.campaign_id !== null) profile.campaignIds.push(campaignId(row.campaign_id));
  }
  return [...profiles.values()];
};
