/**
 * The rows of the pretend database, and how a test fills and reads them. The engine sees them only through the Store
 * port; the judge reads them when the shift is over.
 */
import type { AgentCommand } from "../agent/agent.ts";
import type { Campaign } from "../domain/campaign.ts";
import type { AgentId, AttemptId, CampaignId, LeadId, NodeId } from "../domain/ids.ts";
import type { Instant } from "../domain/instant.ts";
import type { Outcome } from "../domain/outcome.ts";
import type { PhoneNumber } from "../domain/phone-number.ts";
import type { AgentProfile, LeadToDial } from "../engine/ports.ts";
import { MemoryAccounts } from "./memory-accounts.ts";
import { MemoryCompliance } from "./memory-compliance.ts";
import { MemoryPacing } from "./memory-pacing.ts";
import type { AgentRow, AttemptRow, CommandRow, LeadRow, NewLead, NodeRow, NumberRow } from "./memory-rows.ts";

export type * from "./memory-rows.ts";

export class MemoryTables {
  readonly campaigns = new Map<CampaignId, Campaign>();
  readonly leads = new Map<LeadId, LeadRow>();
  readonly attempts = new Map<AttemptId, AttemptRow>();
  /** Those that have not ended, and perhaps some that have since they were last asked for. */
  readonly #open = new Set<AttemptRow>();
  readonly agents = new Map<AgentId, AgentRow>();
  readonly commands: CommandRow[] = [];
  readonly accounts = new MemoryAccounts();
  readonly compliance = new MemoryCompliance();
  readonly pacing = new MemoryPacing();
  readonly nodes = new Map<NodeId, NodeRow>();

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

  addLead({ numbers, ...lead }: NewLead): void {
    this.leads.set(lead.leadId, {
      // First, because an object that begins with a spread gets a shape of its own (V8 11): all would be read slowly.
      state: "ready",
      ...lead,
      priority: lead.priority ?? 0,
      region: lead.region ?? null,
      consent: lead.consent ?? null,
      numbers: numbers.map((number) => ({ ...number, numberType: number.numberType ?? "mobile", isWrong: false })),
      because: null,
      leasedBy: null,
      leasedUntil: null,
      attemptsCounted: 0,
      carrierTries: 0,
      lastRetryClass: null,
      lastRetryClassCount: 0,
    });
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

  addAgent(profile: AgentProfile, pin: string | null = null): void {
    this.agents.set(profile.agentId, { profile, nodeId: null, pin, states: [] });
  }

  addAgentCommand(agentId: AgentId, command: AgentCommand, requestedAt: Instant): number {
    const commandId = this.commands.length + 1;
    this.commands.push({ commandId, agentId, command, requestedAt, result: null, finishedAt: null });
    return commandId;
  }

  /** The first number that was not taken out, or null: then there is nothing left to dial. */
  numberToTry(lead: LeadRow): NumberRow | null {
    return lead.numbers.find(({ number, isWrong }) => !isWrong && !this.permanent.has(number)) ?? null;
  }

  /** As the engine gets it. */
  leadToDial(lead: LeadRow, number: NumberRow, at: Instant, principal = this.principalOf(lead)): LeadToDial {
    return {
      leadId: lead.leadId,
      listId: lead.listId,
      campaignId: lead.campaignId,
      numberId: number.numberId,
      number: number.number,
      timeZone: number.timeZone,
      attemptsCounted: lead.attemptsCounted,
      carrierTries: lead.carrierTries,
      lastRetryClass: lead.lastRetryClass,
      lastRetryClassCount: lead.lastRetryClassCount,
      numberType: number.numberType,
      region: lead.region,
      consent: lead.consent,
      facts: this.compliance.factsOf(principal, number.number, at),
      hasOtherNumber: lead.numbers.some(
        (other) => other.numberId !== number.numberId && !this.permanent.has(other.number),
      ),
    };
  }

  principalOf({ campaignId }: LeadRow): string {
    return this.campaigns.get(campaignId)?.principal ?? "";
  }
}
