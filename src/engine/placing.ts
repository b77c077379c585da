/**
 * From "how many now" to calls on their way: strategy, limiter, screening, the promise of an agent, the row, the call.
 *
 * The rule to remember: the row is committed before telephony is asked. A crash in between costs one counted
 * attempt; the other order could ring a person twice.
 */
import { beginCall } from "../call/call.ts";
import type { Call } from "../call/call.ts";
import { classify } from "../call/classify.ts";
import type { CampaignRules, DialVerdict } from "../compliance/dial-facts.ts";
import type { AttemptOrder } from "../domain/attempt.ts";
import { NOTHING_KNOWN } from "../domain/attempt.ts";
import type { Campaign } from "../domain/campaign.ts";
import type { AgentId, AttemptId, CampaignId } from "../domain/ids.ts";
import { after, msBetween } from "../domain/instant.ts";
import type { Instant } from "../domain/instant.ts";
import { callsAllowed, fullBucket, msUntilToken, refilled, spend } from "../pacing/limiter.ts";
import type { TokenBucket } from "../pacing/limiter.ts";
import { floorOf } from "../pacing/strategy.ts";
import type { PacingSample } from "../pacing/strategy.ts";
import type { Agents } from "./agents.ts";
import type { Allowance } from "./allowance.ts";
import type { Calls } from "./calls.ts";
import { Capacity } from "./capacity.ts";
import type { EngineContext } from "./context.ts";
import type { Hopper } from "./hopper.ts";
import type { LiveCall } from "./live-call.ts";
import { policyOf } from "./live-call.ts";
import type { OverdialGate } from "./overdial-gate.ts";
import type { LeadToDial, LeadVerdict } from "./ports.ts";
import { StoreError } from "./ports.ts";
import { isDialled, mustReserve, Pace } from "./pace.ts";
import type { Predictors } from "./predictors.ts";
import type { RuleBook } from "./rule-book.ts";
import { isStillAllowed, refusalVerdict, screened } from "./screening.ts";
import { settle } from "./settle.ts";

/** Decided, its row on the way to the store. It holds a line and perhaps an agent already, but is not a call yet. */
interface Pending {
  readonly order: AttemptOrder;
  readonly lead: LeadToDial;
  readonly campaign: Campaign;
  readonly rules: CampaignRules;
}

/** One campaign at one tick: what it is held to, and what it may. */
interface Turn {
  readonly campaign: Campaign;
  readonly rules: CampaignRules;
  readonly allowance: Allowance;
  readonly sample: PacingSample;
}

export const TOKEN_DEADLINE = "token";
const PAUSE_FIRST_MS = 1_000;
const PAUSE_MAX_MS = 60_000;

export class Placing {
  readonly #context: EngineContext;
  readonly #calls: Calls;
  readonly #agents: Agents;
  readonly #hopper: Hopper;
  readonly #ruleBook: RuleBook;
  readonly #gate: OverdialGate;
  readonly #predictors: Predictors;
  readonly #capacity: Capacity;
  readonly #pending = new Map<AttemptId, Pending>();
  readonly #buckets = new Map<string, TokenBucket>();
  readonly #pauses = new Map<CampaignId, { readonly forMs: number; readonly until: Instant }>();
  #campaigns: readonly Campaign[] = [];
  #turn = 0;
  #allowed = false;
  readonly #pace: Pace;

  constructor(
    context: EngineContext,
    parts: {
      calls: Calls;
      agents: Agents;
      hopper: Hopper;
      ruleBook: RuleBook;
      gate: OverdialGate;
      predictors: Predictors;
    },
  ) {
    this.#context = context;
    this.#calls = parts.calls;
    this.#agents = parts.agents;
    this.#hopper = parts.hopper;
    this.#ruleBook = parts.ruleBook;
    this.#gate = parts.gate;
    this.#predictors = parts.predictors;
    this.#pace = new Pace(context, parts.predictors);
    this.#capacity = new Capacity(parts.calls, parts.agents, () => this.#orders());
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
    const { telephony, clock } = this.#context;
    const trunk = telephony.trunk(campaign.trunk);
    const rules = this.#ruleBook.rulesOf(campaign.campaignId);
    if (!isDialled(campaign) || trunk === null) return;
    const pause = this.#pauses.get(campaign.campaignId);
    if (pause !== undefined && clock.now() < pause.until) return;
    if (this.#ruleBook.barOf(campaign, rules, clock.now()) !== null || rules === null) {
      this.#hopper.empty(campaign.campaignId);
      return;
    }
    const sample = this.#capacity.sample(campaign, this.#hopper.size(campaign.campaignId));
    const loggedIn = sample.agentsAvailable + sample.agentsReserved + sample.agentsOnCall + sample.agentsInWrapUp;
    if (loggedIn === 0) {
      this.#hopper.empty(campaign.campaignId);
      return;
    }
    const aboard = Math.ceil((loggedIn * Math.max(100, campaign.dialLevelPercent)) / 100);
    this.#hopper.refill(campaign, Math.max(10, 3 * aboard, 2 * sample.callsPending));
    const allowance = this.#gate.allowanceOf(campaign);
    this.#placeSome({ campaign, rules, allowance, sample }, trunk);
  }

  #placeSome(turn: Turn, trunk: { readonly linesMax: number; readonly cpsMax: number }): void {
    const { clock, journal, deadlines } = this.#context;
    const { campaign, sample, allowance } = turn;
    const ownLines = (order: AttemptOrder): boolean => order.campaignId === campaign.campaignId;
    const campaignLinesInUse = this.#capacity.linesInUse(ownLines);
    const linesInUse = this.#capacity.linesInUse((order) => order.trunk === campaign.trunk);
    const linesMax = Math.min(trunk.linesMax - linesInUse + campaignLinesInUse, campaign.linesMax ?? trunk.linesMax);
    const want = this.#pace.wanted({ campaign, sample, allowance, linesMax, pending: this.#orders() });
    const wanted = want.calls;
    if (wanted <= 0) return;
    const bucket = this.#bucketOf(campaign.trunk, trunk.cpsMax);
    const allowed = callsAllowed(wanted, {
      linesMax: trunk.linesMax,
      linesInUse,
      campaignLinesMax: campaign.linesMax,
      campaignLinesInUse,
      bucket,
    });
    const waitMs = msUntilToken(bucket, trunk.cpsMax);
    if (waitMs > 0) deadlines.set(TOKEN_DEADLINE, after(clock.now(), waitMs));
    if (allowed === 0) return;

    const pending = this.#decide(turn, allowed);
    this.#buckets.set(campaign.trunk, spend(bucket, pending.length));
    if (pending.length === 0) return;
    if (pending.length < wanted) deadlines.set(TOKEN_DEADLINE, after(clock.now(), Math.ceil(1000 / trunk.cpsMax)));
    journal.append({
      at: clock.now(),
      kind: "pacing",
      campaignId: campaign.campaignId,
      sample,
      gate: { mode: allowance.mode, credit: allowance.credit, because: allowance.because },
      because: want.because,
      theta: want.theta,
      loss: want.loss,
      wanted,
      allowed,
      placed: pending.length,
      linesMax: trunk.linesMax,
    });
    this.#insert(turn, pending);
  }

  /** Screens leads and promises agents until `count` calls are decided, or one or the other runs out. */
  #decide(turn: Turn, count: number): Pending[] {
    const { campaign, rules } = turn;
    const { clock, random } = this.#context;
    const facts = this.#ruleBook.factsOf(campaign);
    const needy = this.#capacity.needy();
    const decided: Pending[] = [];
    const aside: LeadToDial[] = [];
    while (decided.length < count) {
      const lead = this.#hopper.take(campaign.campaignId);
      if (lead === null) break;
      const at = clock.now();
      const attemptId = random.attemptId(at);
      const ask = (guaranteed: boolean): DialVerdict =>
        screened({ lead, campaign: facts, rules, guaranteed }, lead.facts, at);
      const reserving = mustReserve(campaign, turn.allowance);
      let verdict = ask(reserving);
      // Whoever was abandoned, or taken for a machine, is called with an agent of their own or not at all.
      const onlyGuaranteed = !verdict.allowed && verdict.rule === "GUARANTEED-ONLY" && !reserving;
      if (onlyGuaranteed) verdict = ask(true);
      if (!verdict.allowed) {
        this.#refuse(lead, verdict, at);
        if (verdict.concerns === "campaign") break;
        continue;
      }
      // Not at the cost of a call that rings already, and counts on whoever is free.
      if (onlyGuaranteed && !this.#hasSpareAgent(campaign)) {
        aside.push(lead);
        continue;
      }
      const must = reserving || onlyGuaranteed;
      const agentId = must ? this.#agents.reserve(attemptId, campaign.campaignId, null, needy) : null;
      if (agentId === null && must) {
        this.#giveBack(lead, { type: "requeue" });
        break;
      }
      const pending = this.#decided(turn, { attemptId, lead, agentId, evidence: verdict.evidence, at });
      decided.push(pending);
    }
    for (const lead of aside) this.#hopper.putBack(lead);
    return decided;
  }

  #decided(
    { campaign, rules }: Turn,
    chosen: {
      readonly attemptId: AttemptId;
      readonly lead: LeadToDial;
      readonly agentId: AgentId | null;
      readonly evidence: AttemptOrder["evidence"];
      readonly at: Instant;
    },
  ): Pending {
    const { settings, journal } = this.#context;
    const { attemptId, lead, agentId, evidence, at } = chosen;
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
      overdial: agentId === null && !this.#hasSpareAgent(campaign),
      profile: rules.profile.name,
      profileVersion: rules.profile.version,
      clock: rules.profile.clock,
      decidedAt: at,
      // A recount a year later must not ask what the campaign asks then.
      evidence: { ...evidence, ringMinMs: rules.profile.ringMinMs },
    };
    // The number is for the row alone: journals are kept longer, and read by more.
    const { number: _number, decidedAt: _decidedAt, ...told } = order;
    journal.append({ at, kind: "attempt-decided", ...told });
    const pending = { order, lead, campaign, rules };
    this.#pending.set(attemptId, pending);
    return pending;
  }

  /** Whether somebody would still be free if all calls on their way were answered. */
  #hasSpareAgent(campaign: Campaign): boolean {
    return floorOf(this.#capacity.sample(campaign, 1)) > 0;
  }

  #refuse(lead: LeadToDial, refusal: Extract<DialVerdict, { allowed: false }>, at: Instant): void {
    const { rule, ruleId, says, evidence } = refusal;
    this.#context.journal.append({ at, kind: "refused", leadId: lead.leadId, rule, ruleId, says, evidence });
    this.#giveBack(lead, refusalVerdict(refusal));
  }

  #insert({ campaign, rules, allowance }: Turn, pending: readonly Pending[]): void {
    const { store, settings, mailbox, log } = this.#context;
    const byId = new Map(pending.map((each) => [each.order.attemptId, each]));
    const facts = this.#ruleBook.factsOf(campaign);
    mailbox.await(
      "attempt rows committed",
      store.insertAttempts(
        settings.nodeId,
        pending.map((each) => each.order),
        {
          mayDial: (order, numberFacts) => {
            const lead = byId.get(order.attemptId)?.lead;
            if (lead === undefined) return false;
            const guaranteed = order.agentId !== null;
            return isStillAllowed({ lead, campaign: facts, rules, guaranteed }, numberFacts, order.decidedAt);
          },
          overdial: allowance.guard,
        },
      ),
      (refused) => {
        this.#pauses.delete(campaign.campaignId);
        if (refused.length > 0) this.#gate.refused(campaign.campaignId);
        for (const each of pending) {
          // The lead goes back; its next screening says why it may not be dialled.
          if (refused.includes(each.order.attemptId)) this.#withdraw(each, "not written");
          else this.#place(each);
        }
      },
      (error) => {
        const conflict = error instanceof StoreError && error.kind === "conflict";
        if (!(error instanceof StoreError) || error.kind === "broken") this.#pause(campaign, error);
        log.warn("attempt rows could not be written; nothing is placed", { count: pending.length, error });
        for (const each of pending) this.#withdraw(each, conflict ? "not written" : "unknown");
      },
    );
  }

  /** What the store refuses for good it will refuse again: neither the list nor the log is to be worn out on it. */
  #pause({ campaignId, name }: Campaign, error: unknown): void {
    const { clock } = this.#context;
    const forMs = Math.min(PAUSE_MAX_MS, 2 * (this.#pauses.get(campaignId)?.forMs ?? PAUSE_FIRST_MS / 2));
    this.#pauses.set(campaignId, { forMs, until: after(clock.now(), forMs) });
    const says = `${name}: the store refuses attempts: ${error instanceof Error ? error.message : String(error)}`;
    this.#ruleBook.alarm(campaignId, null, "STORE-REFUSES", says.slice(0, 500));
  }

  #place(pending: Pending): void {
    const { order, lead, campaign, rules } = pending;
    const { telephony, clock, settings } = this.#context;
    const promised = order.agentId === null || this.#agents.holds(order.agentId, order.attemptId);
    // The row took a moment, and a campaign may have been barred in it.
    const barred = this.#ruleBook.barOf(campaign, rules, clock.now()) !== null;
    const isLate = msBetween(order.decidedAt, clock.now()) > settings.timings.decisionMaxMs;
    const stillRuns = this.#campaigns.some(
      ({ campaignId, desiredState }) => campaignId === order.campaignId && desiredState === "running",
    );
    if (!this.#allowed || !telephony.isUp() || !promised || barred || isLate || !stillRuns) {
      this.#withdraw(pending, "written");
      return;
    }
    this.#pending.delete(order.attemptId);
    const deadlineAt = after(clock.now(), settings.timings.placeTimeoutMs);
    const call = beginCall(order.attemptId, { ...NOTHING_KNOWN, agentId: order.agentId }, deadlineAt);
    const policy = policyOf(campaign, order, rules.profile, settings.timings);
    this.#calls.add({ order, lead, campaign, profile: rules.profile, policy, call });
    this.#predictors.callPlaced(order, clock.now());
    telephony.place({
      attemptId: order.attemptId,
      number: order.number,
      cliNumber: order.cliNumber,
      trunk: order.trunk,
      // Ours ends it first: it may have to ring on for the least time.
      ringTimeoutMs: campaign.ringTimeoutMs + Math.max(policy.ringMinMs, policy.earlyRingMinMs),
    });
  }

  /** Taken back before telephony was asked. If its row may exist it ends as not placed, and the lead is as before. */
  #withdraw({ order, lead, campaign, rules }: Pending, row: "written" | "not written" | "unknown"): void {
    const { settings, clock, writeBehind, store } = this.#context;
    this.#pending.delete(order.attemptId);
    if (order.agentId !== null) this.#agents.release(order.agentId, order.attemptId, false, 0);
    if (row === "not written") {
      // Nothing else would say what became of the decision.
      this.#context.journal.append({ at: clock.now(), kind: "attempt-withdrawn", attemptId: order.attemptId });
    } else {
      const policy = policyOf(campaign, order, rules.profile, settings.timings);
      const at = clock.now();
      const facts = { ...NOTHING_KNOWN, placeFailure: "withdrawn" as const, endedAt: { at, asteriskAt: null } };
      const ended: Call = { state: "ended", attemptId: order.attemptId, facts, outcome: classify(facts, policy) };
      const call = beginCall(order.attemptId, facts, at);
      const live: LiveCall = { order, lead, campaign, profile: rules.profile, policy, call };
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

  *#orders(): Iterable<AttemptOrder> {
    for (const { order } of this.#pending.values()) yield order;
  }

  #bucketOf(trunk: string, cpsMax: number): TokenBucket {
    const now = this.#context.clock.now();
    const bucket = refilled(this.#buckets.get(trunk) ?? fullBucket(cpsMax, now), cpsMax, now);
    this.#buckets.set(trunk, bucket);
    return bucket;
  }
}
