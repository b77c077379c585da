/** How many calls a campaign wants now, and what keeps it from wanting more: its mode's strategy within what its account allows. */
import type { AttemptOrder } from "../domain/attempt.ts";
import type { Campaign } from "../domain/campaign.ts";
import type { CampaignId } from "../domain/ids.ts";
import { floorOf, STRATEGIES } from "../pacing/strategy.ts";
import type { PacingSample } from "../pacing/strategy.ts";
import type { Allowance } from "./allowance.ts";
import type { EngineContext } from "./context.ts";
import type { Predictors } from "./predictors.ts";

export interface Wanted {
  readonly calls: number;
  /** In a word: what held it. */
  readonly because: string;
  /** Of predictive pacing: the greatest loss allowed, and that of the next call; null where nothing was forecast. */
  readonly theta: number | null;
  readonly loss: number | null;
}

export interface Occasion {
  readonly campaign: Campaign;
  readonly sample: PacingSample;
  readonly allowance: Allowance;
  /** Lines that the campaign may have, those in use included. */
  readonly linesMax: number;
  readonly pending: Iterable<AttemptOrder>;
}

/** A campaign in a mode other than these places calls without an agent of their own, where its account allows it. */
const ALWAYS_RESERVED: ReadonlySet<string> = new Set(["progressive", "preview"]);
const ROUNDING_MS = 60_000;

export const isDialled = ({ mode }: Campaign): boolean => mode === "predictive" || STRATEGIES[mode] !== undefined;

/** Whether each of its calls must have an agent of its own before it is placed. */
export const mustReserve = ({ mode }: Campaign, allowance: Allowance): boolean =>
  ALWAYS_RESERVED.has(mode) || allowance.mode === "reserved";

export class Pace {
  readonly #context: EngineContext;
  readonly #predictors: Predictors;
  readonly #latest = new Map<CampaignId, Wanted>();
  #rounding = { value: 0, until: 0 };

  constructor(context: EngineContext, predictors: Predictors) {
    this.#context = context;
    this.#predictors = predictors;
  }

  wanted(occasion: Occasion): Wanted {
    const wanted = this.#wanted(occasion);
    this.#latest.set(occasion.campaign.campaignId, wanted);
    return wanted;
  }

  /** What was said last, for whoever asks what holds pacing back. */
  latest(campaignId: CampaignId): Wanted | null {
    return this.#latest.get(campaignId) ?? null;
  }

  #wanted(occasion: Occasion): Wanted {
    const { campaign, sample, allowance } = occasion;
    const floor = floorOf(sample);
    if (mustReserve(campaign, allowance)) {
      return plain(floor, ALWAYS_RESERVED.has(campaign.mode) ? whyNotMore(sample) : allowance.because);
    }
    if (campaign.mode === "predictive") return this.#predicted(occasion, floor);
    if (allowance.mode !== "free") return plain(floor, allowance.because);
    const strategy = STRATEGIES[campaign.mode];
    if (strategy === undefined) return plain(0, "mode");
    const ratio = Math.max(1, campaign.dialLevelPercent / 100);
    const calls = strategy({ ...sample, power: { ratio, bank: allowance.bank, rounding: this.#roundingNow() } });
    const within = withinCredit(calls, floor, allowance);
    return plain(within, within < calls ? "credit" : "dial-level");
  }

  #predicted({ campaign, sample, allowance, linesMax, pending }: Occasion, floor: number): Wanted {
    const { clock } = this.#context;
    const { leadsReady } = sample;
    const decision = this.#predictors.decide({ campaign, allowance, leadsReady, linesMax, at: clock.now(), pending });
    const { place, because, theta, loss } = decision;
    // Asked also where the gate is closed: what is learned must not have gaps.
    const calls = allowance.mode === "free" ? Math.max(floor, place) : floor;
    const within = withinCredit(calls, floor, allowance);
    const why = allowance.mode !== "free" ? allowance.because : within < calls ? "credit" : because;
    return { calls: within, because: why, theta, loss: Number.isNaN(loss) ? null : loss };
  }

  /** Rolled anew every minute: what makes one and a half lines one line at times, and two at others. */
  #roundingNow(): number {
    const now = this.#context.clock.now();
    if (now >= this.#rounding.until) this.#rounding = { value: this.#context.random.next(), until: now + ROUNDING_MS };
    return this.#rounding.value;
  }
}

const plain = (calls: number, because: string): Wanted => ({ calls, because, theta: null, loss: null });

const whyNotMore = ({ agentsAvailable, leadsReady }: PacingSample): string =>
  leadsReady < agentsAvailable ? "leads" : "agents";

const withinCredit = (calls: number, floor: number, { credit }: Allowance): number =>
  credit === null ? calls : Math.min(calls, floor + credit);
