/**
 * From "how many now" to calls on their way: strategy, limiter, screening, the promise of an agent, the row, the call.
 *
 * The rule to remember: the row is committed before telephony is asked. A crash in between costs one counted
 * attempt; the other order could ring a person twice.
 */
import { beginCall } from "../call/call.ts";
import type { Call } from "../call/call.ts";
import { classify } from "../call/classify.ts";
import { mayDial } from "../compliance/may-dial.ts";
import type { AttemptOrder } from "../domain/attempt.ts";
import { NOTHING_KNOWN } from "../domain/attempt.ts";
import type { Campaign } from "../domain/campaign.ts";
import type { AttemptId, CampaignId } from "../domain/ids.ts";
import { after } from "../domain/instant.ts";
import { callsAllowed, fullBucket, msUntilToken, refilled, spend } from "../pacing/limiter.ts";
import type { TokenBucket } from "../pacing/limiter.ts";
import { STRATEGIES } from "../pacing/strategy.ts";
import type { PacingSample } from "../pacing/strategy.ts";
import type { Agents } from "./agents.ts";
import type { Calls } from "./calls.ts";
import type { EngineContext } from "./context.ts";
import type { Hopper } from "./hopper.ts";
import type { LiveCall } from "./live-call.ts";
import { policyOf } from "./live-call.ts";
import type { LeadToDial, LeadVerdict } from "./ports.ts";
import { StoreError } from "./ports.ts";
import { settle } from "./settle.ts";

/** Decided, its row on the way to the store. It holds a line and an agent already, but is not a call yet. */
interface Pending {
  readonly order: AttemptOrder;
  readonly lead: LeadToDial;
  readonly campaign: Campaign;
}

export const TOKEN_DEADLINE = "token";

export class Placing {
  readonly #context: EngineContext;
  readonly #calls: Calls;
  readonly #agents: Agents;
  readonly #hopper: Hopper;
  readonly #pending = new Map<AttemptId, Pending>();
  readonly #buckets = new Map<string, TokenBucket>();
  #campaigns: readonly Campaign[] = [];
  #turn = 0;
  #allowed = false;

  constructor(context: EngineContext, calls: Calls, agents: Agents, hopper: Hopper) {
    this.#context = context;
    this.#calls = calls;
    this.#agents = agents;
    this.#hopper = hopper;
  }

  /** Whether anything may be placed at all: connected, reconciled, not draining. */
  allow(allowed: boolean): void {
    this.#allowed = allowed;
  }

  setCampaigns(campaigns: readonly Campaign[]): void {
    this.#campaigns = campaigns;
    const running = new Set(campaigns.filter((each) => each.desiredState === "running").map((each) => each.campaignId));
    for (const { campaignId } of campaigns) if (!running.has(campaignId)) this.#hopper.empty(campaignId);
  }

  get pendingCount(): number {
    return this.#pending.size;
  }

  /** One round of all running campaigns, each beginning in turn, so that none always finds the agents taken. */
  tick(): void {
    const { telephony, writeBehind } = this.#context;
    if (!this.#allowed || !telephony.isUp() || writeBehind.storeAway) return;
    const running = this.#campaigns.filter((each) => each.desiredState === "running");
    this.#turn += 1;
    for (let index = 0; index < running.length; index++) {
      const campaign = running[(index + this.#turn) % running.length];
      if (campaign !== undefined) this.#tickCampaign(campaign);
    }
  }

  #tickCampaign(campaign: Campaign): void {
    const { telephony, clock, journal, deadlines } = this.#context;
    const strategy = STRATEGIES[campaign.mode];
    const trunk = telephony.trunk(campaign.trunk);
    if (strategy === undefined || trunk === null) return;
    const sample = this.#sample(campaign);
    const loggedIn = sample.agentsAvailable + sample.agentsReserved + sample.agentsOnCall + sample.agentsInWrapUp;
    if (loggedIn === 0) {
      this.#hopper.empty(campaign.campaignId);
      return;
    }
    this.#hopper.refill(campaign, Math.max(10, 3 * loggedIn));
    const wanted = strategy(sample);
    if (wanted <= 0) return;

    const bucket = this.#bucketOf(campaign.trunk, trunk.cpsMax);
    const allowed = callsAllowed(wanted, {
      linesMax: trunk.linesMax,
      linesInUse: this.#linesInUse((order) => order.trunk === campaign.trunk),
      campaignLinesMax: campaign.linesMax,
      campaignLinesInUse: this.#linesInUse((order) => order.campaignId === campaign.campaignId),
      bucket,
    });
    const waitMs = msUntilToken(bucket, trunk.cpsMax);
    if (waitMs > 0) deadlines.set(TOKEN_DEADLINE, after(clock.now(), waitMs));
    if (allowed === 0) return;

    const pending = this.#decide(campaign, allowed);
    this.#buckets.set(campaign.trunk, spend(bucket, pending.length));
    if (pending.length === 0) return;
    if (pending.length < wanted) deadlines.set(TOKEN_DEADLINE, after(clock.now(), Math.ceil(1000 / trunk.cpsMax)));
    journal.append({
      at: clock.now(),
      kind: "pacing",
      campaignId: campaign.campaignId,
      sample,
      wanted,
      allowed,
      placed: pending.length,
      linesMax: trunk.linesMax,
    });
    this.#insert(pending);
  }

  #sample(campaign: Campaign): PacingSample {
    const counts = { available: 0, reserved: 0, onCall: 0, wrapUp: 0, paused: 0, loggedOut: 0 };
    for (const { profile, agent } of this.#agents.loggedIn()) {
      if (profile.campaignIds.includes(campaign.campaignId)) counts[agent.state.state] += 1;
    }
    let callsPending = 0;
    for (const live of this.#calls.all()) {
      if (live.order.campaignId === campaign.campaignId && live.call.facts.answeredAt === null) callsPending += 1;
    }
    return {
      agentsAvailable: counts.available,
      agentsReserved: counts.reserved,
      agentsOnCall: counts.onCall,
      agentsInWrapUp: counts.wrapUp,
      callsPending: callsPending + this.#pending.size,
      leadsReady: this.#hopper.size(campaign.campaignId),
    };
  }

  /** Screens leads and promises agents until `count` calls are decided, or one or the other runs out. */
  #decide(campaign: Campaign, count: number): Pending[] {
    const { clock, random, journal } = this.#context;
    const decided: Pending[] = [];
    while (decided.length < count) {
      const lead = this.#hopper.take(campaign.campaignId);
      if (lead === null) break;
      const at = clock.now();
      const verdict = mayDial(
        {
          number: lead.number,
          cliNumber: campaign.cliNumber,
          suppressed: lead.suppressed,
          permanentOutcome: lead.permanentOutcome,
          timeZone: lead.timeZone,
        },
        { callingHours: campaign.callingHours },
        at,
      );
      if (!verdict.allowed) {
        journal.append({ at, kind: "refused", leadId: lead.leadId, rule: verdict.rule, evidence: verdict.evidence });
        this.#giveBack(lead, refusalVerdict(verdict.rule, verdict.againAt));
        continue;
      }
      const attemptId = random.attemptId(at);
      const agentId = this.#agents.reserve(attemptId, campaign.campaignId, null);
      if (agentId === null) {
        this.#giveBack(lead, { type: "requeue" });
        break;
      }
      const order: AttemptOrder = {
        attemptId,
        campaignId: campaign.campaignId,
        leadId: lead.leadId,
        numberId: lead.numberId,
        number: lead.number,
        cliNumber: campaign.cliNumber,
        trunk: campaign.trunk,
        agentId,
        decidedAt: at,
        evidence: verdict.evidence,
      };
      journal.append({
        at,
        kind: "attempt-decided",
        attemptId,
        campaignId: order.campaignId,
        leadId: order.leadId,
        numberId: order.numberId,
        trunk: order.trunk,
        agentId,
        evidence: order.evidence,
      });
      const pending = { order, lead, campaign };
      this.#pending.set(attemptId, pending);
      decided.push(pending);
    }
    return decided;
  }

  #insert(pending: readonly Pending[]): void {
    const { store, settings, mailbox, log } = this.#context;
    mailbox.await(
      "attempt rows committed",
      store.insertAttempts(
        settings.nodeId,
        pending.map((each) => each.order),
      ),
      (refused) => {
        for (const each of pending) {
          // The lead goes back; its next screening says why it may not be dialled.
          if (refused.includes(each.order.attemptId)) this.#withdraw(each, "not written");
          else this.#place(each);
        }
      },
      (error) => {
        const conflict = error instanceof StoreError && error.kind === "conflict";
        log.warn("attempt rows could not be written; nothing is placed", { count: pending.length, error });
        for (const each of pending) this.#withdraw(each, conflict ? "not written" : "unknown");
      },
    );
  }

  #place({ order, lead, campaign }: Pending): void {
    const { telephony, clock, settings } = this.#context;
    const promised = order.agentId !== null && this.#agents.holds(order.agentId, order.attemptId);
    if (!this.#allowed || !telephony.isUp() || !promised) {
      this.#withdraw({ order, lead, campaign }, "written");
      return;
    }
    this.#pending.delete(order.attemptId);
    const deadlineAt = after(clock.now(), settings.timings.placeTimeoutMs);
    const call = beginCall(order.attemptId, { ...NOTHING_KNOWN, agentId: order.agentId }, deadlineAt);
    this.#calls.add({ order, lead, campaign, policy: policyOf(campaign, settings.timings), call });
    telephony.place({
      attemptId: order.attemptId,
      number: order.number,
      cliNumber: order.cliNumber,
      trunk: order.trunk,
      ringTimeoutMs: campaign.ringTimeoutMs,
    });
  }

  /** Taken back before telephony was asked. If its row may exist it ends as not placed, and the lead is as before. */
  #withdraw({ order, lead, campaign }: Pending, row: "written" | "not written" | "unknown"): void {
    const { settings, clock, writeBehind, store } = this.#context;
    this.#pending.delete(order.attemptId);
    if (order.agentId !== null) this.#agents.release(order.agentId, order.attemptId, false, 0);
    if (row !== "not written") {
      const policy = policyOf(campaign, settings.timings);
      const at = clock.now();
      const facts = { ...NOTHING_KNOWN, placeFailure: "withdrawn" as const, endedAt: { at, asteriskAt: null } };
      const ended: Call = { state: "ended", attemptId: order.attemptId, facts, outcome: classify(facts, policy) };
      const live: LiveCall = { order, lead, campaign, policy, call: beginCall(order.attemptId, facts, at) };
      settle(this.#context, live, ended);
    }
    // Harmless when the end of the attempt has settled the lead already: then nobody holds the lease.
    writeBehind.write("lead given back", () =>
      store.releaseLead(settings.nodeId, order.leadId, { type: "requeue" }, clock.now()),
    );
  }

  #giveBack(lead: LeadToDial, verdict: LeadVerdict): void {
    const { writeBehind, store, settings, clock } = this.#context;
    writeBehind.write("lead released", () => store.releaseLead(settings.nodeId, lead.leadId, verdict, clock.now()));
  }

  #linesInUse(counts: (order: { readonly trunk: string; readonly campaignId: CampaignId }) => boolean): number {
    let lines = 0;
    for (const live of this.#calls.all()) if (counts(live.order)) lines += 1;
    for (const { order } of this.#pending.values()) if (counts(order)) lines += 1;
    return lines;
  }

  #bucketOf(trunk: string, cpsMax: number): TokenBucket {
    const now = this.#context.clock.now();
    const bucket = refilled(this.#buckets.get(trunk) ?? fullBucket(cpsMax, now), cpsMax, now);
    this.#buckets.set(trunk, bucket);
    return bucket;
  }
}

/** What a refusal means for the lead: again when the window opens, never, or not before somebody mends it. */
function refusalVerdict(rule: string, againAt: LeadRetryAt): LeadVerdict {
  if (againAt !== null) return { type: "retry", at: againAt, because: rule };
  if (rule === "SUPPRESSED") return { type: "done", because: "suppressed" };
  if (rule === "NUMBER-OUT") return { type: "done", because: "invalid" };
  return { type: "held", because: rule };
}

type LeadRetryAt = Extract<LeadVerdict, { type: "retry" }>["at"] | null;
