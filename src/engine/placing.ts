/**
 * How many now, and which: each campaign in its turn is asked for its pace, held to the lines there are, and screened
 * leads are promised an agent or sent on their way without. What becomes of the decision is inserting.ts's business.
 *
 * The rule to remember: whatever keeps a running campaign from placing has a name, and is told (standing.ts).
 */
import type { CampaignRules, DialVerdict } from "../compliance/dial-facts.ts";
import type { AttemptOrder } from "../domain/attempt.ts";
import type { Campaign } from "../domain/campaign.ts";
import type { AgentId, AttemptId } from "../domain/ids.ts";
import { after } from "../domain/instant.ts";
import type { Instant } from "../domain/instant.ts";
import { callsAllowed, fullBucket, msUntilToken, refilled, spend } from "../pacing/limiter.ts";
import type { TokenBucket } from "../pacing/limiter.ts";
import { floorOf } from "../pacing/strategy.ts";
import type { PacingSample } from "../pacing/strategy.ts";
import type { Admitting } from "./admitting.ts";
import type { Agents } from "./agents.ts";
import type { Allowance } from "./allowance.ts";
import type { Calls } from "./calls.ts";
import { Capacity } from "./capacity.ts";
import type { EngineContext } from "./context.ts";
import { Freshness } from "./freshness.ts";
import type { Hopper } from "./hopper.ts";
import { Inserting } from "./inserting.ts";
import type { Pending } from "./inserting.ts";
import type { OverdialGate } from "./overdial-gate.ts";
import { hasRecourse, isDialled, linesCode, mustReserve, Pace } from "./pace.ts";
import type { FreeLines, Wanted } from "./pace.ts";
import type { LeadToDial, TrunkLimits } from "./ports.ts";
import type { Predictors } from "./predictors.ts";
import type { RuleBook } from "./rule-book.ts";
import { screened } from "./screening.ts";
import type { HeldCode, Standing, StandingCode } from "./standing.ts";
import { Standings } from "./standings.ts";

/** One campaign at one tick: what it is held to, and what it may. */
interface Turn {
  readonly campaign: Campaign;
  readonly rules: CampaignRules;
  readonly allowance: Allowance;
  readonly sample: PacingSample;
}

/** Why nothing is placed at all. */
export type Hold = Extract<HeldCode, "reconciling" | "draining" | "stopping">;

interface Decision {
  readonly pending: readonly Pending[];
  /** What kept it from deciding more; null where it decided all that were asked for. */
  readonly because: StandingCode | null;
}

export interface PlacingParts {
  readonly calls: Calls;
  readonly agents: Agents;
  readonly hopper: Hopper;
  readonly admitting: Admitting;
  readonly ruleBook: RuleBook;
  readonly gate: OverdialGate;
  readonly predictors: Predictors;
}

export const TOKEN_DEADLINE = "token";

export class Placing {
  readonly #context: EngineContext;
  readonly #parts: PlacingParts;
  readonly #capacity: Capacity;
  readonly #inserting: Inserting;
  readonly #freshness: Freshness;
  readonly #standings: Standings;
  readonly #pace: Pace;
  readonly #buckets = new Map<string, TokenBucket>();
  #campaigns: readonly Campaign[] = [];
  #turn = 0;
  #hold: Hold | null = "reconciling";

  constructor(context: EngineContext, parts: PlacingParts) {
    this.#context = context;
    this.#parts = parts;
    this.#pace = new Pace(context, parts.predictors);
    this.#freshness = new Freshness(context.settings.timings.tickMs);
    this.#inserting = new Inserting(context, parts, {
      mayPlace: (campaignId) =>
        this.#hold === null &&
        this.#campaigns.some((each) => each.campaignId === campaignId && each.desiredState === "running"),
      placed: (order, lead) => {
        parts.predictors.callPlaced(order, lead.listId, context.clock.now());
        this.#standings.placed(order.campaignId);
      },
    });
    this.#capacity = new Capacity(parts.calls, parts.agents, () => this.#inserting.orders());
    this.#standings = new Standings(context, {
      ...parts,
      capacity: this.#capacity,
      linesMaxOf: (campaign) => {
        const lines = this.#linesOf(campaign);
        return lines && lines.campaignLinesInUse + Math.min(lines.free.ofTrunk, lines.free.ofCampaign);
      },
    });
  }

  /** Whether anything may be placed at all, and if not why; a stop is for good. */
  hold(why: Hold | null): void {
    if (this.#hold !== "stopping") this.#hold = why;
  }

  setCampaigns(campaigns: readonly Campaign[]): void {
    this.#campaigns = campaigns;
    const running = new Set(campaigns.filter((each) => each.desiredState === "running").map((each) => each.campaignId));
    for (const { campaignId } of campaigns) if (!running.has(campaignId)) this.#parts.hopper.empty(campaignId);
  }

  get pendingCount(): number {
    return this.#inserting.count;
  }

  /** Where a campaign stands now, for whoever asks; of one that does not run, only that. */
  standingOf(campaign: Campaign): Standing {
    if (campaign.desiredState !== "running") return this.#standings.of(campaign, campaign.desiredState);
    return this.#standings.of(campaign, this.#heldHere());
  }

  /** One round of all running campaigns, each beginning in turn, so that none always finds the agents taken. */
  tick(): void {
    this.#freshness.look(this.#context.clock.now());
    const running = this.#campaigns.filter((each) => each.desiredState === "running");
    const heldHere = this.#heldHere();
    const { clock, contacts } = this.#context;
    if (heldHere === null)
      contacts.refresh(
        this.#context,
        running.map(({ campaignId }) => campaignId),
        clock.now(),
      );
    this.#turn += 1;
    for (let index = 0; index < running.length; index++) {
      const campaign = running[(index + this.#turn) % running.length];
      if (campaign === undefined) continue;
      const held = heldHere ?? this.#tickCampaign(campaign);
      if (held === null) continue;
      this.#standings.held(campaign, held);
      this.#brake(campaign);
    }
  }

  #heldHere(): HeldCode | null {
    if (this.#hold === "draining" || this.#hold === "stopping") return this.#hold;
    if (!this.#context.telephony.isUp()) return "telephony-down";
    return this.#hold ?? (this.#context.writeBehind.storeAway ? "store-away" : null);
  }

  /** @returns what kept pacing from being asked, or null */
  #tickCampaign(campaign: Campaign): HeldCode | null {
    const { clock } = this.#context;
    const { hopper, ruleBook, gate } = this.#parts;
    const { campaignId } = campaign;
    const lines = this.#linesOf(campaign);
    const rules = ruleBook.rulesOf(campaignId);
    if (!isDialled(campaign)) return "mode";
    if (lines === null) return "trunk-missing";
    if (this.#inserting.isPaused(campaignId)) return "store-refuses";
    if (ruleBook.barOf(campaign, rules, clock.now()) !== null || rules === null) {
      hopper.empty(campaignId);
      return "barred";
    }
    const sample = this.#capacity.sample(campaign, hopper.size(campaignId));
    const loggedIn = sample.agentsAvailable + sample.agentsReserved + sample.agentsOnCall + sample.agentsInWrapUp;
    if (loggedIn === 0) {
      hopper.empty(campaignId);
      return this.#capacity.agents(campaignId).paused > 0 ? "agents-paused" : "no-agents";
    }
    const aboard = Math.ceil((loggedIn * Math.max(100, campaign.dialLevelPercent)) / 100);
    hopper.refill(campaign, Math.max(10, 3 * aboard, 2 * sample.callsPending));
    this.#placeSome({ campaign, rules, allowance: gate.allowanceOf(campaign), sample }, lines);
    return null;
  }

  #placeSome(turn: Turn, lines: Lines): void {
    const { campaign, rules, sample, allowance } = turn;
    const { linesInUse, campaignLinesInUse, trunk, free } = lines;
    const isStale = this.#freshness.isStale;
    const pending = this.#inserting.orders();
    const want = this.#pace.wanted({ campaign, rules, sample, allowance, linesFree: free, isStale, pending });
    this.#cancel(want.cancel);
    const bucket = this.#bucketOf(campaign.trunk, trunk.cpsMax);
    const allowed = callsAllowed(want.calls, {
      linesMax: trunk.linesMax,
      linesInUse,
      campaignLinesMax: campaign.linesMax,
      campaignLinesInUse,
      bucket,
    });
    const decided = allowed > 0 ? this.#decide(turn, allowed) : NOTHING_DECIDED;
    const placed = decided.pending.length;
    this.#buckets.set(campaign.trunk, spend(bucket, placed));
    if (want.forecast > placed) this.#parts.predictors.notPlaced(campaign.campaignId, want.forecast - placed);
    this.#comeBack(want.calls, placed, bucket, trunk.cpsMax);
    const because = decided.because ?? this.#shortOf(turn, want, allowed, lines);
    const says = { wanted: want.calls, ...want, allowed, placed, because, linesMax: trunk.linesMax };
    this.#standings.paced(campaign, sample, allowance, says);
    if (placed > 0) this.#inserting.insert(turn, decided.pending);
  }

  /** When the trunk takes the next call, where one is wanted. */
  #comeBack(wanted: number, placed: number, bucket: TokenBucket, cpsMax: number): void {
    if (wanted <= 0) return;
    const { clock, deadlines } = this.#context;
    const waitMs = msUntilToken(bucket, cpsMax);
    if (waitMs > 0) deadlines.set(TOKEN_DEADLINE, after(clock.now(), waitMs));
    else if (placed > 0 && placed < wanted) {
      deadlines.set(TOKEN_DEADLINE, after(clock.now(), Math.ceil(1000 / cpsMax)));
    }
  }

  /** Of what pacing or the trunk has least; of leads first, for without them nothing else would help. */
  #shortOf({ campaign, rules, sample }: Turn, want: Wanted, allowed: number, lines: Lines): StandingCode {
    if (sample.leadsReady === 0) {
      return this.#parts.gate.isCallingTime(campaign.campaignId, rules) ? "no-leads" : "hours-closed";
    }
    if (allowed >= want.calls) return want.because;
    const { ofTrunk, ofCampaign } = lines.free;
    return Math.min(ofTrunk, ofCampaign) <= allowed ? linesCode(lines.free) : "cps";
  }

  /** Calls that ring for nobody are given up even where nothing may be placed; not while nobody knows what rings. */
  #brake(campaign: Campaign): void {
    const { telephony } = this.#context;
    const rules = this.#parts.ruleBook.rulesOf(campaign.campaignId);
    if (!hasRecourse(campaign) || rules === null || !telephony.isUp() || this.#hold === "reconciling") return;
    const sample = this.#capacity.sample(campaign, 0);
    const allowance = this.#parts.gate.allowanceOf(campaign);
    const isStale = this.#freshness.isStale;
    const pending = this.#inserting.orders();
    this.#cancel(this.#pace.unwanted({ campaign, rules, sample, allowance, linesFree: NO_LINES, isStale, pending }));
  }

  #cancel(attempts: readonly AttemptId[]): void {
    const { calls } = this.#parts;
    for (const attemptId of attempts) {
      const live = calls.find(attemptId);
      calls.apply(attemptId, { type: "noAgentLikely", at: this.#context.clock.now() });
      if (live?.call.state === "ending") this.#standings.cancelled(live.order.campaignId);
    }
  }

  /** Screens leads and promises agents until `count` calls are decided, or one or the other runs out. */
  #decide(turn: Turn, count: number): Decision {
    const { campaign, rules } = turn;
    const { clock, random } = this.#context;
    const { hopper, ruleBook, agents, admitting } = this.#parts;
    const facts = ruleBook.factsOf(campaign);
    const needy = this.#capacity.needy();
    const reserving = mustReserve(campaign, turn.allowance);
    const pending: Pending[] = [];
    const aside: LeadToDial[] = [];
    let because: StandingCode | null = null;
    while (pending.length < count) {
      const taken = hopper.take(campaign.campaignId);
      if (taken === null) {
        because = aside.length > 0 ? "guaranteed-only" : "few-leads";
        break;
      }
      // Its lease was given back and claimed anew, and both arrived: the call under way settles the lead.
      if (this.#capacity.isBeingCalled(taken.leadId)) continue;
      const at = clock.now();
      const lead = admitting.admit(campaign, taken, at);
      if (lead === null) continue;
      const whose = lead.callback?.agentId ?? null;
      const where = whose === null ? "available" : agents.whereabouts(whose, campaign.campaignId);
      if (where === "away" || (where === "busy" && at > (lead.callback?.untilAt ?? at))) {
        admitting.agentMissing(campaign, rules, lead, at);
        continue;
      }
      if (where === "busy") {
        aside.push(taken);
        continue;
      }
      const attemptId = random.attemptId(at);
      const ask = (guaranteed: boolean): DialVerdict =>
        screened({ lead, campaign: facts, rules, guaranteed }, lead.facts, at);
      let verdict = ask(reserving);
      // Whoever was abandoned, or taken for a machine, is called with an agent of their own or not at all.
      const onlyGuaranteed = !verdict.allowed && verdict.rule === "GUARANTEED-ONLY" && !reserving;
      if (onlyGuaranteed) verdict = ask(true);
      if (!verdict.allowed) {
        admitting.refuse(campaign, rules, lead, verdict, at);
        if (verdict.concerns === "campaign") {
          because = "barred";
          break;
        }
        continue;
      }
      const isPromised = lead.callback !== null;
      // Not at the cost of a call that rings already, and counts on whoever is free.
      if (whose === null && (onlyGuaranteed || (isPromised && !reserving)) && !this.#hasSpareAgent(campaign)) {
        aside.push(taken);
        if (!isPromised) continue;
        // Nor is anybody dialled before whom we promised to call: somebody will be free when these have ended.
        because = "guaranteed-only";
        break;
      }
      const must = reserving || onlyGuaranteed || isPromised;
      const agentId = must ? agents.reserve(attemptId, campaign.campaignId, null, needy, whose) : null;
      if (agentId === null && must) {
        admitting.giveBack(lead, { type: "requeue" }, at);
        because = "agents";
        break;
      }
      pending.push(this.#decided(turn, { attemptId, lead, agentId, evidence: verdict.evidence, at }));
    }
    for (const lead of aside) hopper.putBack(lead);
    return { pending, because };
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
      sourceId: lead.sourceId,
      callbackId: lead.callback?.callbackId ?? null,
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
    this.#inserting.add(pending);
    return pending;
  }

  /** Whether somebody would still be free if all calls on their way were answered. */
  #hasSpareAgent(campaign: Campaign): boolean {
    return floorOf(this.#capacity.sample(campaign, 1)) > 0;
  }

  /** Null where this node does not have the campaign's trunk. */
  #linesOf(campaign: Campaign): Lines | null {
    const trunk = this.#context.telephony.trunk(campaign.trunk);
    if (trunk === null) return null;
    const campaignLinesInUse = this.#capacity.linesInUse((order) => order.campaignId === campaign.campaignId);
    const linesInUse = this.#capacity.linesInUse((order) => order.trunk === campaign.trunk);
    const ofTrunk = Math.max(0, trunk.linesMax - linesInUse);
    const ofCampaign = Math.max(0, (campaign.linesMax ?? Infinity) - campaignLinesInUse);
    return { trunk, linesInUse, campaignLinesInUse, free: { ofTrunk, ofCampaign } };
  }

  #bucketOf(trunk: string, cpsMax: number): TokenBucket {
    const now = this.#context.clock.now();
    const bucket = refilled(this.#buckets.get(trunk) ?? fullBucket(cpsMax, now), cpsMax, now);
    this.#buckets.set(trunk, bucket);
    return bucket;
  }
}

interface Lines {
  readonly trunk: TrunkLimits;
  readonly linesInUse: number;
  readonly campaignLinesInUse: number;
  readonly free: FreeLines;
}

const NO_LINES: FreeLines = { ofTrunk: 0, ofCampaign: 0 };

const NOTHING_DECIDED: Decision = { pending: [], because: null };
