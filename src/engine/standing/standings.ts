/**
 * Where each running campaign stands, kept from tick to tick: what held it back last, and what it did in the last minute.
 * The journal is told when calls were placed, and when what holds a campaign back is another thing than before.
 */
import type { Campaign } from "../../domain/campaign.ts";
import type { CampaignId } from "../../domain/ids.ts";
import { msBetween } from "../../domain/instant.ts";
import type { Instant } from "../../domain/instant.ts";
import type { PacingSample } from "../../pacing/strategy.ts";
import type { Allowance } from "../rules/allowance.ts";
import type { Capacity } from "../pacing/capacity.ts";
import type { EngineContext } from "../context.ts";
import type { Hopper } from "../placing/hopper.ts";
import type { OverdialGate } from "../rules/overdial-gate.ts";
import type { Overload } from "../pacing/overload.ts";
import type { Wanted } from "../pacing/pace.ts";
import type { Predictors } from "../pacing/predictors.ts";
import type { RuleBook } from "../rules/rule-book.ts";
import { SENTENCES } from "./standing.ts";
import type { HeldCode, Standing, StandingCode, StandingFacts } from "./standing.ts";

export interface StandingsParts {
  readonly capacity: Capacity;
  readonly hopper: Hopper;
  readonly ruleBook: RuleBook;
  readonly gate: OverdialGate;
  readonly predictors: Predictors;
  readonly overload: Overload;
  /** Null where this node does not have the campaign's trunk. */
  linesMaxOf(campaign: Campaign): number | null;
}

/** What pacing said and what came of it. */
interface Paced extends Pick<Wanted, "theta" | "loss"> {
  readonly because: StandingCode;
  readonly wanted: number;
  readonly allowed: number;
  readonly placed: number;
  /** Of the trunk. */
  readonly linesMax: number;
}

interface Kept {
  because: StandingCode;
  paced: Paced | null;
  told: { readonly because: StandingCode; readonly at: Instant } | null;
  readonly placed: LastMinute;
  readonly cancelled: LastMinute;
}

/** What changes to and fro from tick to tick is told so often and no oftener. */
const TOLD_AGAIN_MS = 1_000;
const SECOND_MS = 1_000;
const SECONDS = 60;

/** So many in the last sixty seconds, by whole seconds. */
class LastMinute {
  readonly #counts = new Uint32Array(SECONDS);
  #second = 0;

  add(at: Instant): void {
    this.#pass(at);
    const slot = this.#second % SECONDS;
    this.#counts[slot] = (this.#counts[slot] ?? 0) + 1;
  }

  count(at: Instant): number {
    this.#pass(at);
    return this.#counts.reduce((sum, each) => sum + each, 0);
  }

  #pass(at: Instant): void {
    const second = Math.floor(at / SECOND_MS);
    // A clock that was set back: what was counted by the other one is of no minute of this one.
    if (second < this.#second || second - this.#second >= SECONDS) this.#counts.fill(0);
    else for (let each = this.#second + 1; each <= second; each++) this.#counts[each % SECONDS] = 0;
    this.#second = second;
  }
}

export class Standings {
  readonly #context: EngineContext;
  readonly #parts: StandingsParts;
  readonly #kept = new Map<CampaignId, Kept>();

  constructor(context: EngineContext, parts: StandingsParts) {
    this.#context = context;
    this.#parts = parts;
  }

  placed(campaignId: CampaignId): void {
    this.#of(campaignId).placed.add(this.#context.clock.now());
  }

  cancelled(campaignId: CampaignId): void {
    this.#of(campaignId).cancelled.add(this.#context.clock.now());
  }

  /** Nothing may be placed, and pacing was not asked. */
  held({ campaignId }: Campaign, because: HeldCode): void {
    const kept = this.#of(campaignId);
    kept.because = because;
    kept.paced = null;
    const at = this.#context.clock.now();
    if (!this.#isNews(kept, at)) return;
    kept.told = { because, at };
    this.#context.journal.append({ at, kind: "pacing-held", campaignId, because });
  }

  /** Pacing was asked, and so much was decided of what it wanted. */
  paced({ campaignId }: Campaign, sample: PacingSample, allowance: Allowance, said: Paced): void {
    const kept = this.#of(campaignId);
    const { because, theta, loss, wanted, allowed, placed, linesMax } = said;
    kept.because = because;
    kept.paced = said;
    const at = this.#context.clock.now();
    if (placed === 0 && !this.#isNews(kept, at)) return;
    kept.told = { because, at };
    this.#context.journal.append({
      at,
      kind: "pacing",
      campaignId,
      sample,
      gate: { mode: allowance.mode, credit: allowance.credit, because: allowance.because },
      because,
      theta,
      loss,
      wanted,
      allowed,
      placed,
      linesMax,
    });
  }

  /** @param held what holds it now, whatever the last tick found; null: what it found */
  of(campaign: Campaign, held: HeldCode | null): Standing {
    const because = held ?? this.#of(campaign.campaignId).because;
    const facts = this.#factsOf(campaign);
    return { because, says: SENTENCES[because](facts), facts };
  }

  #factsOf(campaign: Campaign): StandingFacts {
    const { capacity, hopper, ruleBook, gate, predictors } = this.#parts;
    const { campaignId, mode, trunk, callingHours } = campaign;
    const at = this.#context.clock.now();
    const kept = this.#of(campaignId);
    const { callsPending, callsWaiting } = capacity.own(campaignId);
    const allowance = gate.allowanceOf(campaign);
    const learned = mode === "predictive" ? predictors.learnedOf(campaignId) : null;
    const rules = ruleBook.rulesOf(campaignId);
    return {
      mode,
      trunk,
      agents: capacity.agents(campaignId),
      callsOnTheirWay: callsPending,
      callsWaiting,
      leadsReady: hopper.size(campaignId),
      linesInUse: capacity.linesInUse((order) => order.campaignId === campaignId),
      linesMax: this.#parts.linesMaxOf(campaign),
      wanted: kept.paced?.wanted ?? null,
      placedLastMinute: kept.placed.count(at),
      cancelledLastMinute: kept.cancelled.count(at),
      theta: kept.paced?.theta ?? null,
      loss: kept.paced?.loss ?? null,
      answerRate: learned?.answerRate ?? null,
      liveAnswersSeen: learned?.liveAnswers ?? null,
      attemptsSeen: learned?.attempts ?? null,
      credit: allowance.credit,
      allowance: { mode: allowance.mode, because: allowance.because },
      bar: campaign.desiredState === "running" ? ruleBook.barOf(campaign, rules, at) : null,
      callingHours,
      overload: this.#overloadOf(trunk),
    };
  }

  #overloadOf(trunk: string): NonNullable<StandingFacts["overload"]> {
    const { trunks: _others, ...ofNode } = this.#parts.overload.status();
    return { ...ofNode, ofTrunk: this.#parts.overload.standingOf(trunk) };
  }

  #isNews({ because, told }: Kept, at: Instant): boolean {
    if (told === null) return true;
    return told.because !== because && Math.abs(msBetween(told.at, at)) >= TOLD_AGAIN_MS;
  }

  #of(campaignId: CampaignId): Kept {
    const known = this.#kept.get(campaignId);
    if (known !== undefined) return known;
    const placed = new LastMinute();
    const kept: Kept = { because: "reconciling", paced: null, told: null, placed, cancelled: new LastMinute() };
    this.#kept.set(campaignId, kept);
    return kept;
  }
}
