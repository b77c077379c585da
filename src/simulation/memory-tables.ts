/**
 * The rows of the pretend database, and how a test fills and reads them. The engine sees them only through the Store
 * port; the judge reads them when the shift is over.
 */
import type { DeskWork } from "../domain/desk.ts";
import type { SupervisionNote } from "../domain/supervision.ts";
import type { TransferNote } from "../domain/transfer.ts";
import type { AgentCommand } from "../agent/agent.ts";
import type { Campaign } from "../domain/campaign.ts";
import type { AgentId, AttemptId, CampaignId, LeadId, NodeId } from "../domain/ids.ts";
import type { Instant } from "../domain/instant.ts";
import type { Outcome } from "../domain/outcome.ts";
import type { PhoneNumber } from "../domain/phone-number.ts";
import type { AgentProfile } from "../engine/ports.ts";
import { MemoryAccounts } from "./memory-accounts.ts";
import { MemoryCompliance } from "./memory-compliance.ts";
import { MemoryFlows } from "./memory-flows.ts";
import { MemoryLeads } from "./memory-leads.ts";
import { MemoryPacing } from "./memory-pacing.ts";
import { MemoryManual } from "./memory-manual.ts";
import { MemoryRecordings } from "./memory-recordings.ts";
import { MemoryPreviews } from "./memory-previews.ts";
import type { AgentRow, AttemptRow, CommandRow, LeadRow, MemoryReturnRow, NewLead, NodeRow } from "./memory-rows.ts";

export type * from "./memory-rows.ts";

export class MemoryTables {
  readonly campaigns = new Map<CampaignId, Campaign>();
  readonly leadTable = new MemoryLeads();
  readonly attempts = new Map<AttemptId, AttemptRow>();
  /** Those that have not ended, and perhaps some that have since they were last asked for. */
  readonly #open = new Set<AttemptRow>();
  readonly agents = new Map<AgentId, AgentRow>();
  readonly commands: CommandRow[] = [];
  readonly accounts = new MemoryAccounts();
  readonly compliance = new MemoryCompliance();
  readonly pacing = new MemoryPacing();
  readonly previews = new MemoryPreviews();
  readonly manual = new MemoryManual();
  /** By attempt, beginning and kind. */
  readonly deskWork = new Map<string, DeskWork>();
  readonly transfers = new Map<string, TransferNote>();
  readonly supervisions = new Map<string, SupervisionNote>();
  readonly returns: MemoryReturnRow[] = [];
  readonly recordings = new MemoryRecordings();
  readonly flows = new MemoryFlows();
  readonly nodes = new Map<NodeId, NodeRow>();
  /** Where managers want nothing placed. */
  readonly drained = new Set<NodeId>();
  /** How far each process has come with what it writes behind. */
  readonly positions = new Map<string, number>();

  get leads(): Map<LeadId, LeadRow> {
    return this.leadTable.rows;
  }

  /** Numbers that nobody may call, for whomever; with the instant since when. */
  get suppressed(): Map<PhoneNumber, Instant> {
    return this.compliance.suppressed;
  }

  /** Numbers taken out for good, wherever they turn up. */
  get permanent(): Map<PhoneNumber, Outcome> {
    return this.compliance.permanent;
  }

  putCampaign(campaign: Campaign): void {
    this.campaigns.set(campaign.campaignId, campaign);
  }

  addLead(lead: NewLead): void {
    this.leadTable.add(lead);
  }

  addAttempt(row: AttemptRow): void {
    this.attempts.set(row.order.attemptId, row);
    this.#open.add(row);
    this.compliance.noteAttempt(row);
  }

  /** Asked for several times a second, of a shift that has had thousands. */
  *openAttempts(): Iterable<AttemptRow> {
    for (const row of this.#open) {
      if (row.state === "ended") this.#open.delete(row);
      else yield row;
    }
  }

  /**
   * Attempts that ended, kept no longer than rules ask about them, and of agents' states but the latest: a long campaign
   * must fit into memory. What leads, accounts and numbers know of them stays.
   */
  takeEnded(at: Instant): AttemptRow[] {
    const ended = [...this.attempts.values()].filter(({ state }) => state === "ended");
    for (const row of ended) {
      this.attempts.delete(row.order.attemptId);
      this.#open.delete(row);
    }
    this.compliance.forgetAttemptsBefore(at);
    for (const { states } of this.agents.values()) states.splice(0, states.length - 1);
    return ended;
  }

  addAgent(profile: AgentProfile, pin: string | null = null): void {
    this.agents.set(profile.agentId, { profile, nodeId: null, pin, states: [] });
  }

  addAgentCommand(agentId: AgentId, command: AgentCommand, requestedAt: Instant): number {
    const commandId = this.commands.length + 1;
    this.commands.push({ commandId, agentId, command, requestedAt, result: null, finishedAt: null });
    return commandId;
  }

  principalOf({ campaignId }: LeadRow): string {
    return this.campaigns.get(campaignId)?.principal ?? "";
  }
}
