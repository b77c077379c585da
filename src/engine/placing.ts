/**
 * How many now, and which: each campaign in its turn is asked for its pace, held to the lines there are, and screened
 * leads are promised an agent or sent on their way without. What becomes of the decision is inserting.ts's business.
 *
 * The rule to remember: whatever keeps a running campaign from placing has a name, and is told (standing.ts).
 */
import type { CampaignRules, DialVerdict } from "../compliance/dial-facts.ts";
import type { Campaign } from "../domain/campaign.ts";
import type { AttemptId } from "../domain/ids.ts";
import { floorOf } from "../pacing/strategy.ts";
import type { PacingSample } from "../pacing/strategy.ts";
import type { Admitting } from "./admitting.ts";
import type { Agents } from "./agents.ts";
import type { Allowance } from "./allowance.ts";
import { decided } from "./attempt-order.ts";
import type { Calls } from "./calls.ts";
import { Capacity } from "./capacity.ts";
import type { EngineContext } from "./context.ts";
import { Freshness } from "./freshness.ts";
import type { Hopper } from "./hopper.ts";
import { Inserting } from "./inserting.ts";
import type { Pending } from "./inserting.ts";
import type { Lines } from "./lines.ts";
import { TOKEN_DEADLINE, TrunkLines } from "./lines.ts";
import { ManualCalls } from "./manual-calls.ts";
import type { OverdialGate } from "./overdial-gate.ts";
import { hasRecourse, isDialled, linesCode, mustReserve, Pace } from "./pace.ts";
import type { FreeLines, Wanted } from "./pace.ts";
import type { LeadToDial } from "./ports.ts";
import type { Predictors } from "./predictors.ts";
import { pressed } from "./pressing.ts";
import type { Previews } from "./previews.ts";
import { promisedAgent } from "./promised-agent.ts";
import type { RuleBook } from "./rule-book.ts";
import { screened } from "./screening.ts";
import { whyNotShown } from "./showing.ts";
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
  readonly previews: Previews;
}

export class Placing {
  /** Asked for by name; placed in the campaign's turn. */
  readonly manual: ManualCalls;
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
  #hold: Hold | null = "reconciling";

  constructor(context: EngineContext, parts: PlacingParts) {
    this.#context = context;
    this.#parts = parts;
    this.manual = new ManualCalls(context, parts, () => {
      context.deadlines.set(TOKEN_DEADLINE, context.clock.now());
    });
    this.#pace = new Pace(context, parts.predictors);
    this.#freshness = new Freshness(context.settings.timings.tickMs);
    this.#inserting = new Inserting(context, parts, {
      mayPlace: (campaignId) =>
        this.#hold === null &&
        this.#campaigns.some((each) => each.campaignId === campaignId && each.desiredState === "running"),
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
    this.#capacity = new Capacity(parts.calls, parts.agents, () => this.#inserting.orders());
    this.#lines = new TrunkLines(context, this.#capacity);
    this.#standings = new Standings(context, {
      ...parts,
      capacity: this.#capacity,
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
    const running = new Set(campaigns.filter((each) => each.desiredState === "running").map((each) => each.campaignId));
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

  /** One round of all running campaigns, each beginning in turn, so that none always finds the agents taken. */
  tick(): void {
    this.manual.expire();
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
    const { hopper, ruleBook, gate, previews } = this.#parts;
    const { campaignId } = campaign;
    const linesBefore = this.#lines.of(campaign);
    const rules = ruleBook.rulesOf(campaignId);
    if (!isDialled(campaign)) return "mode";
    if (linesBefore === null) return "trunk-missing";
    if (this.#inserting.isPaused(campaignId)) return "store-refuses";
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
    const chosen = allowed > 0 ? this.#decide(turn, allowed) : NOTHING_DECIDED;
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
      because === "lines" ? linesCode(lines.free) : because === "few-leads" ? this.#leadsCode(turn) : because;
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
    return Math.min(ofTrunk, ofCampaign) <= allowed ? linesCode(lines.free) : "cps";
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
      const { agentId: whose, is: where } = promisedAgent(agents, lead, at);
      if (where === "missing") {
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
      const overdial = agentId === null && !this.#hasSpareAgent(campaign);
      const { evidence } = verdict;
      const made = decided(this.#context, turn, { attemptId, lead, agentId, overdial, evidence, at }, "pacing");
      this.#inserting.add(made);
      pending.push(made);
    }
    for (const lead of aside) hopper.putBack(lead);
    return { pending, because };
  }

  /** Whether somebody would still be free if all calls on their way were answered. */
  #hasSpareAgent(campaign: Campaign): boolean {
    return floorOf(this.#capacity.sample(campaign, 1)) > 0;
  }
}

const NO_LINES: FreeLines = { ofTrunk: 0, ofCampaign: 0 };

const NOTHING_DECIDED: Decision = { pending: [], because: null };
