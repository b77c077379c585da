/**
 * How many calls to place now. A strategy answers one question from a frozen sample; modes are strategies behind
 * one signature. What the line is able to carry is the limiter's question (see limiter.ts), asked afterwards.
 */
import type { DiallingMode } from "../domain/campaign.ts";
import { powerRatio } from "./bank.ts";
import type { AbandonCounts } from "./bank.ts";

export interface PacingSample {
  readonly agentsAvailable: number;
  readonly agentsReserved: number;
  readonly agentsOnCall: number;
  readonly agentsInWrapUp: number;
  /** Placed and not answered yet. */
  readonly callsPending: number;
  readonly leadsReady: number;
  /**
   * Of the pending calls, those that hold an agent. Absent: as many as there are reserved agents, which is too many
   * while an agent is being joined to an answered call; say it where calls are placed without an agent.
   */
  readonly callsPromised?: number;
  /** Answered calls that still look for an agent. Absent: none. */
  readonly callsWaiting?: number;
  readonly power?: PowerSample;
}

/** What `power` wants to know beyond the counts. */
export interface PowerSample {
  /** Lines per usable agent, at least 1, fractions allowed. */
  readonly ratio: number;
  /** Null: not banked, the ratio as it stands. */
  readonly bank: { readonly counts: AbandonCounts; readonly targetBasisPoints: number } | null;
  /** In [0, 1), rolled anew every minute: makes 1.5 lines mean one line half of the time and two the other half. */
  readonly rounding: number;
}

export type Strategy = (sample: PacingSample) => number;

/** Agents that no call has been answered for: the available ones, and those promised to a call on its way. */
const usableAgents = (sample: PacingSample): number => sample.agentsAvailable + promised(sample);

const promised = ({ callsPromised, callsPending, agentsReserved }: PacingSample): number =>
  callsPromised ?? Math.min(callsPending, agentsReserved);

/**
 * The calls that need no forecast: as many as there are usable agents beyond calls pending and waiting.
 */
export const floorOf = (sample: PacingSample): number =>
  Math.max(0, Math.min(sample.leadsReady, usableAgents(sample) - sample.callsPending - (sample.callsWaiting ?? 0)));

/**
 * One reserved agent for each call: nobody who answers has to wait for one to become free. Not simply the available ones,
 * of whom some may be what another campaign's unpromised calls will need.
 */
export const progressive: Strategy = floorOf;

/**
 * A fixed number of lines per usable agent, steered by the bank. How many of these calls may go without an agent of
 * their own is asked afterwards, of the gates in bank.ts.
 */
export const power: Strategy = (sample) => {
  const floor = floorOf(sample);
  if (sample.power === undefined) return floor;
  const { ratio, bank, rounding } = sample.power;
  const banked = bank === null ? ratio : powerRatio(ratio, bank.counts, bank.targetBasisPoints);
  const linesWanted = Math.floor(banked * usableAgents(sample) + rounding);
  const wanted = linesWanted - sample.callsPending - (sample.callsWaiting ?? 0);
  return Math.max(floor, Math.min(wanted, sample.leadsReady));
};

/** Modes that this version dials. */
export const STRATEGIES: Readonly<Partial<Record<DiallingMode, Strategy>>> = { progressive, power };
