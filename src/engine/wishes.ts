/**
 * What managers, agents and the people called want, read from the store several times a second and carried out. One rule
 * to remember: wishes are state, not messages; whatever is read late or twice comes to the same. The store may believe
 * what changes seldom for less than a second; never the kill switch, and never papers older than a campaign's start.
 */
import type { Campaign } from "../domain/campaign.ts";
import type { CampaignId } from "../domain/ids.ts";
import { msBetween } from "../domain/instant.ts";
import type { Agents } from "./agents/agents.ts";
import type { Calls } from "./calls/calls.ts";
import type { EngineContext } from "./context.ts";
import type { MessageTests } from "./rules/message-tests.ts";
import type { NodeDrain } from "./node-drain.ts";
import type { Placing } from "./placing/placing.ts";
import type { DesiredState, PendingAgentCommand } from "./ports.ts";
import type { RuleBook } from "./rules/rule-book.ts";

/** What is asked of an agent is meant for now; the whole minute is for clocks that differ. */
const AGENT_COMMAND_AGE_MAX_MS = 60_000;

export interface WishesParts {
  readonly agents: Agents;
  readonly calls: Calls;
  readonly placing: Placing;
  readonly ruleBook: RuleBook;
  readonly messages: MessageTests;
  readonly drain: NodeDrain;
}

export class Wishes {
  readonly #context: EngineContext;
  readonly #parts: WishesParts;
  readonly #onObeyed: () => void;
  #campaigns = new Map<CampaignId, Campaign>();
  #asking = false;
  readonly #commandsSeen = new Set<number>();

  constructor(context: EngineContext, parts: WishesParts, onObeyed: () => void) {
    this.#context = context;
    this.#parts = parts;
    this.#onObeyed = onObeyed;
  }

  campaign(campaignId: CampaignId): Campaign | null {
    return this.#campaigns.get(campaignId) ?? null;
  }

  campaigns(): Iterable<Campaign> {
    return this.#campaigns.values();
  }

  ask(): void {
    if (this.#asking) return;
    this.#asking = true;
    const { mailbox, store, settings, log, writeBehind } = this.#context;
    mailbox.await(
      "desired state",
      writeBehind.health.watch("reads", store.desiredState(settings.nodeId)),
      (desired) => {
        this.#asking = false;
        this.obey(desired);
      },
      (error) => {
        this.#asking = false;
        log.warn("desired state could not be read; the last one holds", { error });
      },
    );
  }

  obey(desired: DesiredState): void {
    const { agents, calls, placing, ruleBook, drain } = this.#parts;
    const isNews = desired.campaigns.some((campaign) => this.#isNews(campaign));
    for (const campaign of desired.campaigns) this.#say(campaign);
    this.#campaigns = new Map(desired.campaigns.map((campaign) => [campaign.campaignId, campaign]));
    ruleBook.flows.obey(desired.flows);
    ruleBook.obey(desired.campaigns, desired.compliance);
    agents.setProfiles(desired.agents);
    placing.setCampaigns(desired.campaigns);
    drain.obey(desired.nodeDrained);
    this.wantMessages();
    const at = this.#context.clock.now();
    for (const attemptId of desired.compliance.optedOut) {
      // Those who have just ended are named until their end is written.
      if (calls.find(attemptId) !== undefined) calls.apply(attemptId, { type: "optedOut", at });
    }
    for (const each of desired.agentCommands) this.#command(each);
    placing.manual.obey(desired.manualCalls, desired.campaigns);
    const listed = new Set(desired.agentCommands.map((each) => each.commandId));
    for (const seen of this.#commandsSeen) if (!listed.has(seen)) this.#commandsSeen.delete(seen);
    // Read several times a second, and nearly always the same: what else was changed is soon enough for the next tick.
    if (isNews) this.#onObeyed();
  }

  #isNews({ campaignId, desiredState }: Campaign): boolean {
    return this.#campaigns.get(campaignId)?.desiredState !== desiredState;
  }

  /** Also of campaigns that do not run yet, so that starting one does not have to wait for its message. */
  wantMessages(): void {
    const { messages } = this.#parts;
    messages.want(this.#context.settings.builtInMessage);
    for (const { informationMessage, amd, recording } of this.#campaigns.values()) {
      messages.want(informationMessage);
      if (amd.voicemailMessage !== null) messages.want(amd.voicemailMessage);
      if (recording.kind !== "off" && recording.announcement !== null) messages.want(recording.announcement);
    }
    this.#parts.ruleBook.flows.want(this.#campaigns.values());
  }

  #command({ commandId, agentId, command, requestedAt }: PendingAgentCommand): void {
    const { clock, writeBehind, log } = this.#context;
    // Still listed only because its receipt has not been written yet.
    if (this.#commandsSeen.has(commandId)) return;
    this.#commandsSeen.add(commandId);
    const at = clock.now();
    // Asked for while no daemon listened: by now it would hit another call, or another mood.
    const tooLate = msBetween(requestedAt, at) > AGENT_COMMAND_AGE_MAX_MS;
    const result = tooLate ? "too-late" : this.#parts.agents.command(agentId, command);
    log.info("agent command", { agentId, command: command.type, result });
    writeBehind.write({ type: "agentCommand", commandId, result, at });
  }

  #say(campaign: Campaign): void {
    const { log, telephony } = this.#context;
    if (!this.#isNews(campaign)) return;
    log.info("campaign state", { campaign: campaign.name, state: campaign.desiredState });
    if (campaign.desiredState === "running" && telephony.trunk(campaign.trunk) === null) {
      log.error("a running campaign names a trunk that this node does not have; it places nothing here", {
        campaign: campaign.name,
        trunk: campaign.trunk,
      });
    }
  }
}
