/**
 * How many now, and which: each campaign in its turn is asked for its pace, held to the lines there are, and screened
 * leads are promised an agent or sent on their way without. What becomes of the decision is inserting.ts's business.
 *
 * The rule to remember: whatever keeps a running campaign from placing has a name, and is told (standing.ts).
 */
import type { CampaignRules } from "../../compliance/dial-facts.ts";
import type { Campaign } from "../../domain/campaign.ts";
import { after } from "../../domain/instant.ts";
import type { Instant } from "../../domain/instant.ts";
import type { AttemptId, LeadId } from "../../domain/ids.ts";
import { floorOf } from "../../pacing/strategy.ts";
import type { Admitting } from "./admitting.ts";
import type { Agents } from "../agents/agents.ts";
import type { Calls } from "../calls/calls.ts";
import { Capacity } from "../pacing/capacity.ts";
import { choose, NOTHING_DECIDED } from "./choosing.ts";
import type { Turn } from "./choosing.ts";
import type { EngineContext } from "../context.ts";
import { Freshness } from "../pacing/freshness.ts";
import type { Hopper } from "./hopper.ts";
import { Inserting } from "./inserting.ts";
import type { Pending } from "./inserting.ts";
import type { Lines } from "../pacing/lines.ts";
import { TOKEN_DEADLINE, TrunkLines } from "../pacing/lines.ts";
import { ManualCalls } from "./manual-calls.ts";
import type { OverdialGate } from "../rules/overdial-gate.ts";
import { Overload } from "../pacing/overload.ts";
import { hasRecourse, isDialled, linesCode, Pace } from "../pacing/pace.ts";
import type { FreeLines, Wanted } from "../pacing/pace.ts";
import type { Predictors } from "../pacing/predictors.ts";
import { pressed } from "../previews/pressing.ts";
import type { Previews } from "../previews/previews.ts";
import type { ReturnCalls } from "../returns/return-calls.ts";
import type { RuleBook } from "../rules/rule-book.ts";
import { whyNotShown } from "../previews/showing.ts";
import { placeSpoken } from "../flows/spoken.ts";
import type { HeldCode, Standing, StandingCode } from "../standing/standing.ts";
import { Standings } from "../standing/standings.ts";

/** Why nothing is placed at all. */
export type Hold = Extract<HeldCode, "reconciling" | "draining" | "node-drained" | "stopping">;

export interface PlacingParts {
  readonly calls: Calls;
  readonly agents: Agents;
  readonly hopper: Hopper;
  readonly admitting: Admitting;
  readonly ruleBook: RuleBook;
  readonly gate: OverdialGate;
  readonly predictors: Predictors;
  readonly previews: Previews;
  readonly returns: ReturnCalls;
}

export const PLACE_DEADLINE = "place";

export class Placing {
  /** Asked for by name; placed in the campaign's turn. */
  readonly manual: ManualCalls;
  readonly overload: Overload;
  readonly #context: EngineContext;
  readonly #parts: PlacingParts;
  readonly #capacity: Capacity;
  readonly #inserting: Inserting;
  readonly #freshness: Freshness;
  readonly #standings: Standings;
  readonly #pace: Pace;
  readonly #lines: TrunkLines;
  #campaigns: readonly Campaign[] = [];
  #turn = 0;
  #roundFrom: Instant | null = null;
  #hold: Hold | null = "reconciling";

  constructor(context: EngineContext, parts: PlacingParts) {
    this.#context = context;
    this.#parts = parts;
    const isBeingCalled = (leadId: LeadId): boolean => this.#capacity.isBeingCalled(leadId);
    this.manual = new ManualCalls(context, { ...parts, isBeingCalled }, () => {
      context.deadlines.set(TOKEN_DEADLINE, context.clock.now());
    });
    this.#pace = new Pace(context, parts.predictors);
    this.#freshness = new Freshness(context.settings.timings.tickMs);
    this.#inserting = new Inserting(context, parts, {
      mayPlace: (campaignId) =>
        this.#hold === null &&
        this.#running().some((each) => each.campaignId === campaignId && this.overload.mayStillPlace(each.trunk)),
      placed: (order, lead) => {
        parts.predictors.callPlaced(order, lead.listId, context.clock.now());
        parts.previews.dialled(order.attemptId);
        this.manual.placed(order.attemptId);
        this.#standings.placed(order.campaignId);
      },
      withdrawn: ({ attemptId }, refusal) => {
        parts.previews.refused(attemptId, refusal);
        this.manual.withdrawn(attemptId, refusal);
      },
    });
    this.#capacity = new Capacity(parts.calls, parts.agents, parts.returns, () => this.#inserting.orders());
    this.overload = new Overload(context, {
      linesOfTrunk: (trunk) => this.#capacity.linesOfTrunk(trunk),
      decidedSince: (trunk, at) => this.#capacity.linesInUse((each) => each.trunk === trunk && each.decidedAt >= at),
      youngOf: (trunk, at) => this.#capacity.youngOf(trunk, at),
      trunks: () => this.#running().map(({ trunk }) => trunk),
    });
    this.#lines = new TrunkLines(context, this.#capacity, this.overload);
    this.#standings = new Standings(context, {
      ...{ ...parts, capacity: this.#capacity, overload: this.overload },
      linesMaxOf: (campaign) => {
        const lines = this.#lines.of(campaign);
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
    const running = new Set(this.#running().map((each) => each.campaignId));
    for (const { campaignId } of campaigns) if (!running.has(campaignId)) this.#parts.hopper.empty(campaignId);
    this.#parts.previews.obey(campaigns);
  }

  get pendingCount(): number {
    return this.#inserting.count;
  }

  /** Where a campaign stands now, for whoever asks; of one that does not run, only that. */
  standingOf(campaign: Campaign): Standing {
    if (campaign.desiredState !== "running") return this.#standings.of(campaign, campaign.desiredState);
    return this.#standings.of(campaign, this.#heldHere());
  }

  /** Campaigns whose calls ring, or are answered, and hold no agent. */
  get capacity(): Capacity {
    return this.#capacity;
  }

  /** Where a trunk takes calls again, or somebody asked for one, the next round waits for nothing. */
  due(deadline: typeof TOKEN_DEADLINE | typeof PLACE_DEADLINE): void {
    if (deadline === TOKEN_DEADLINE) this.#roundFrom = null;
  }

  /** A round is begun, or as soon as the last one is long enough ago. */
  tick(): void {
    const { clock, deadlines, settings } = this.#context;
    const now = clock.now();
    this.#freshness.look(now);
    if (this.#roundFrom !== null && now < this.#roundFrom) {
      deadlines.set(PLACE_DEADLINE, this.#roundFrom);
      return;
    }
    this.#roundFrom = after(now, settings.timings.roundMs);
    this.#round();
  }

  /** All running campaigns, each beginning in turn, so that none always finds the agents taken. */
  #round(): void {
    this.manual.expire();
    this.overload.look();
    const running = this.#running();
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

  #running(): readonly Campaign[] {
    return this.#campaigns.filter((each) => each.desiredState === "running");
  }

  #heldHere(): HeldCode | null {
    if (this.#hold !== null && this.#hold !== "reconciling") return this.#hold;
    if (!this.#context.telephony.isUp()) return "telephony-down";
    return this.#hold ?? (this.#context.writeBehind.isBehind ? "store-away" : this.overload.held);
  }

  /** @returns what kept pacing from being asked, or null */
  #tickCampaign(campaign: Campaign): HeldCode | null {
    const { clock } = this.#context;
    const { hopper, ruleBook, gate, previews } = this.#parts;
    const { campaignId } = campaign;
    const linesBefore = this.#lines.of(campaign);
    const rules = ruleBook.rulesOf(campaignId);
    if (!isDialled(campaign)) return "mode";
    if (linesBefore === null) return "trunk-missing";
    if (this.#inserting.isPaused(campaignId)) return "store-refuses";
    if (this.overload.isOpen(campaign.trunk)) return "trunk-open";
    const bar = ruleBook.barOf(campaign, rules, clock.now());
    if (bar !== null || rules === null) {
      hopper.empty(campaignId);
      previews.withdraw(campaignId, "barred");
      if (bar !== null) this.manual.bar(campaignId, bar);
      return "barred";
    }
    const lines = this.#placeManual(campaign, rules, linesBefore);
    const there = this.#capacity.agents(campaignId);
    const sample = this.#capacity.sample(campaign, hopper.size(campaignId), there);
    if (campaign.mode === "agentless") {
      hopper.refill(campaign, Math.max(10, 2 * Math.min(lines.trunk.linesMax, campaign.linesMax ?? Infinity)));
      const turn = { campaign, rules, allowance: gate.allowanceOf(campaign), sample };
      const parts = {
        ...this.#parts,
        capacity: this.#capacity,
        inserting: this.#inserting,
        standings: this.#standings,
      };
      placeSpoken(this.#context, { ...parts, lines: this.#lines }, turn, lines, () => this.#leadsCode(turn));
      return null;
    }
    const loggedIn = there.available + there.previewing + there.reserved + there.onCall + there.wrapUp;
    if (loggedIn === 0) {
      hopper.empty(campaignId);
      return there.paused > 0 ? "agents-paused" : "no-agents";
    }
    if (campaign.mode === "preview") {
      // Leads are looked at one by one: what waits here for longer than its lease goes back unseen.
      hopper.refill(campaign, Math.max(4, 2 * loggedIn));
      this.#showSome({ campaign, rules, allowance: gate.allowanceOf(campaign), sample }, lines, there.previewing);
      return null;
    }
    const aboard = Math.ceil((loggedIn * Math.max(100, campaign.dialLevelPercent)) / 100);
    hopper.refill(campaign, Math.max(10, 3 * aboard, 2 * sample.callsPending));
    this.#placeSome({ campaign, rules, allowance: gate.allowanceOf(campaign), sample }, lines);
    return null;
  }

  /** Calls that were asked for by name come before those that the campaign makes by itself. Returns what lines are left. */
  #placeManual(campaign: Campaign, rules: CampaignRules, lines: Lines): Lines {
    const wanted = this.manual.count(campaign.campaignId);
    if (wanted === 0) return lines;
    const made = this.manual.decide({ campaign, rules }, this.#lines.allowed(campaign, lines, wanted));
    for (const each of made) {
      this.#inserting.add(each);
      this.#inserting.insert({ campaign, rules, allowance: this.#parts.gate.allowanceOf(campaign) }, [each]);
    }
    this.#lines.spend(campaign, lines, made.length, wanted);
    return this.#lines.of(campaign) ?? lines;
  }

  #placeSome(turn: Turn, lines: Lines): void {
    const { campaign, rules, sample, allowance } = turn;
    const { trunk, free } = lines;
    const isStale = this.#freshness.isStale;
    const pending = this.#inserting.orders();
    const want = this.#pace.wanted({ campaign, rules, sample, allowance, linesFree: free, isStale, pending });
    this.#cancel(want.cancel);
    const allowed = this.#lines.allowed(campaign, lines, want.calls);
    const chosen =
      allowed > 0
        ? choose(this.#context, { ...this.#parts, capacity: this.#capacity, inserting: this.#inserting }, turn, allowed)
        : NOTHING_DECIDED;
    const placed = chosen.pending.length;
    this.#lines.spend(campaign, lines, placed, want.calls);
    if (want.forecast > placed) this.#parts.predictors.notPlaced(campaign.campaignId, want.forecast - placed);
    const because = chosen.because ?? this.#shortOf(turn, want, allowed, lines);
    const says = { wanted: want.calls, ...want, allowed, placed, because, linesMax: trunk.linesMax };
    this.#standings.paced(campaign, sample, allowance, says);
    if (placed > 0) this.#inserting.insert(turn, chosen.pending);
  }

  /** Dials what was pressed, then shows leads to whoever is free. */
  #showSome(turn: Turn, lines: Lines, previewing: number): void {
    const { campaign, rules, sample, allowance } = turn;
    const { previews } = this.#parts;
    const wanted = previews.pressed(campaign.campaignId);
    const allowed = this.#lines.allowed(campaign, lines, wanted.length);
    const pending: Pending[] = [];
    for (const screen of wanted.slice(0, allowed)) {
      const made = pressed(this.#context, this.#parts, turn, screen);
      if (made === null) continue;
      previews.deciding(screen);
      this.#inserting.add(made);
      pending.push(made);
    }
    const placed = pending.length;
    this.#lines.spend(campaign, lines, placed, wanted.length);
    // Whoever would find no line when they press need not read.
    const room = Math.min(lines.free.ofTrunk, lines.free.ofCampaign) - placed - previews.count(campaign.campaignId);
    const idle = floorOf({ ...sample, leadsReady: Infinity });
    const lacking = previews.show(campaign, rules, Math.min(idle, room), this.#capacity.needy());
    const because = whyNotShown({ idle, room, previewing, lacking, isHeldByCps: allowed < wanted.length && room > 0 });
    const code =
      because === "lines"
        ? linesCode(lines.free)
        : because === "cps"
          ? this.#lines.rateCode()
          : because === "few-leads"
            ? this.#leadsCode(turn)
            : because;
    const says = { wanted: wanted.length, allowed, placed, because: code, theta: null, loss: null };
    this.#standings.paced(campaign, sample, allowance, { ...says, linesMax: lines.trunk.linesMax });
    // One by one: a lead that is gone is not to take the others' presses with it.
    for (const each of pending) this.#inserting.insert(turn, [each]);
  }

  /** Of what pacing or the trunk has least; of leads first, for without them nothing else would help. */
  #shortOf(turn: Turn, want: Wanted, allowed: number, lines: Lines): StandingCode {
    if (turn.sample.leadsReady === 0) return this.#leadsCode(turn);
    if (allowed >= want.calls) return want.because;
    const { ofTrunk, ofCampaign } = lines.free;
    return Math.min(ofTrunk, ofCampaign) <= allowed ? linesCode(lines.free) : this.#lines.rateCode();
  }

  #leadsCode({ campaign, rules, sample }: Turn): StandingCode {
    if (sample.leadsReady > 0) return "few-leads";
    return this.#parts.gate.isCallingTime(campaign.campaignId, rules) ? "no-leads" : "hours-closed";
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
}

const NO_LINES: FreeLines = { ofTrunk: 0, ofCampaign: 0 };
