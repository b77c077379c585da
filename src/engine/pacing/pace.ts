/**
 * How many calls a campaign wants now, which it would rather not have, and what keeps it from wanting more: its mode's
 * strategy within what its account allows.
 */
import type { CampaignRules } from "../../compliance/dial-facts.ts";
import type { AttemptOrder } from "../../domain/attempt.ts";
import type { Campaign } from "../../domain/campaign.ts";
import type { AttemptId } from "../../domain/ids.ts";
import { floorOf, STRATEGIES } from "../../pacing/strategy.ts";
import type { PacingSample } from "../../pacing/strategy.ts";
import type { Allowance } from "../rules/allowance.ts";
import type { EngineContext } from "../context.ts";
import type { Shortage } from "./overload.ts";
import type { Decided, Predictors } from "./predictors.ts";
import { OF_PACING } from "../standing/standing.ts";
import type { StandingCode } from "../standing/standing.ts";

export interface Wanted {
  readonly calls: number;
  /** What a forecast asked for before the account had its say; 0 where there was none. */
  readonly forecast: number;
  /** Calls that ring and had better be cancelled. */
  readonly cancel: readonly AttemptId[];
  /** In a word: what held it. */
  readonly because: StandingCode;
  /** Of predictive pacing: the greatest loss allowed, and that of the next call; null where nothing was forecast. */
  readonly theta: number | null;
  readonly loss: number | null;
}

/** That the campaign may take beyond those it has. */
export interface FreeLines {
  readonly ofTrunk: number;
  /** Infinity where the campaign may have all that the trunk has. */
  readonly ofCampaign: number;
  /** What keeps the trunk from more; left out: its lines. */
  readonly short?: Shortage;
}

export interface Occasion {
  readonly campaign: Campaign;
  readonly rules: CampaignRules;
  readonly sample: PacingSample;
  readonly allowance: Allowance;
  readonly linesFree: FreeLines;
  readonly isStale: boolean;
  readonly pending: Iterable<AttemptOrder>;
}

/** A campaign in a mode other than these places calls without an agent of their own, where its account allows it. */
const ALWAYS_RESERVED: ReadonlySet<string> = new Set(["progressive", "preview"]);
const ROUNDING_MS = 60_000;

export const isDialled = ({ mode }: Campaign): boolean =>
  mode === "predictive" || mode === "preview" || mode === "agentless" || STRATEGIES[mode] !== undefined;

/** Whether calls of this campaign may be cancelled for want of an agent. */
export const hasRecourse = ({ mode, recourse }: Campaign): boolean => mode === "predictive" && recourse;

/** Whether each of its calls must have an agent of its own before it is placed. */
export const mustReserve = ({ mode }: Campaign, allowance: Allowance): boolean =>
  ALWAYS_RESERVED.has(mode) || allowance.mode === "reserved";

export class Pace {
  readonly #context: EngineContext;
  readonly #predictors: Predictors;
  #rounding = { value: 0, until: 0 };

  constructor(context: EngineContext, predictors: Predictors) {
    this.#context = context;
    this.#predictors = predictors;
  }

  wanted(occasion: Occasion): Wanted {
    const { campaign, sample, allowance } = occasion;
    const floor = floorOf(sample);
    if (campaign.mode === "predictive") return this.#predicted(occasion, floor);
    if (mustReserve(campaign, allowance)) {
      return plain(floor, ALWAYS_RESERVED.has(campaign.mode) ? whyNotMore(sample) : codeOf(allowance));
    }
    if (allowance.mode !== "free") return plain(floor, codeOf(allowance));
    const strategy = STRATEGIES[campaign.mode];
    if (strategy === undefined) return plain(0, "mode");
    const ratio = Math.max(1, campaign.dialLevelPercent / 100);
    const calls = strategy({ ...sample, power: { ratio, bank: allowance.bank, rounding: this.#roundingNow() } });
    const within = withinCredit(calls, floor, allowance);
    return plain(within, within < calls ? "credit" : "dial-level");
  }

  /** Where nothing may be placed: the recourse is a brake, and goes on under every rule that merely stops placing. */
  unwanted(occasion: Occasion): readonly AttemptId[] {
    return hasRecourse(occasion.campaign) ? this.#decide(occasion, 0).cancel : [];
  }

  #predicted(occasion: Occasion, floor: number): Wanted {
    const { sample, allowance } = occasion;
    // Asked also where the gate is closed: what is learned must not have gaps, and the recourse goes on.
    const { place, because, theta, loss, cancel } = this.#decide(occasion, sample.leadsReady);
    const calls = allowance.mode === "free" ? Math.max(floor, place) : floor;
    const within = withinCredit(calls, floor, allowance);
    const paced = because === "lines" ? linesCode(occasion.linesFree) : OF_PACING[because];
    const held = allowance.mode !== "free" ? codeOf(allowance) : within < calls ? "credit" : paced;
    return { calls: within, forecast: place, cancel, because: held, theta, loss: Number.isNaN(loss) ? null : loss };
  }

  #decide({ linesFree: { ofTrunk, ofCampaign }, ...occasion }: Occasion, leadsReady: number): Decided {
    const { campaign, rules, allowance, isStale, pending } = occasion;
    const { clock } = this.#context;
    const [at, steadyMs] = [clock.now(), clock.steadyMs()];
    const linesFree = Math.min(ofTrunk, ofCampaign);
    return this.#predictors.decide({
      campaign,
      rules,
      allowance,
      leadsReady,
      linesFree,
      isStale,
      at,
      steadyMs,
      pending,
    });
  }

  /** Rolled anew every minute: what makes one and a half lines one line at times, and two at others. */
  #roundingNow(): number {
    const now = this.#context.clock.now();
    if (now >= this.#rounding.until) this.#rounding = { value: this.#context.random.next(), until: now + ROUNDING_MS };
    return this.#rounding.value;
  }
}

const plain = (calls: number, because: StandingCode): Wanted => ({
  calls,
  forecast: 0,
  cancel: [],
  because,
  theta: null,
  loss: null,
});

/** Of an allowance that is not free. */
const codeOf = ({ code }: Allowance): StandingCode => (code === "free" ? "credit" : code);

/** Where lines are what is short. */
export const linesCode = ({ ofTrunk, ofCampaign, short = "lines" }: FreeLines): Shortage | "campaign-lines" =>
  ofTrunk <= ofCampaign ? short : "campaign-lines";

const whyNotMore = ({ agentsAvailable, leadsReady }: PacingSample): StandingCode =>
  leadsReady < agentsAvailable ? "few-leads" : "agents";

const withinCredit = (calls: number, floor: number, { credit }: Allowance): number =>
  credit === null ? calls : Math.min(calls, floor + credit);
