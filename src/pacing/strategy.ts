/**
 * How many calls to place now. A strategy answers one question from a frozen sample; modes are strategies behind
 * one signature. What the line is able to carry is the limiter's question (see limiter.ts), asked afterwards.
 */
import type { DiallingMode } from "../domain/campaign.ts";

export interface PacingSample {
  readonly agentsAvailable: number;
  readonly agentsReserved: number;
  readonly agentsOnCall: number;
  readonly agentsInWrapUp: number;
  /** Placed and not answered yet. */
  readonly callsPending: number;
  readonly leadsReady: number;
}

export type Strategy = (sample: PacingSample) => number;

/** One reserved agent for each call: nobody who answers has to wait for one to become free. */
export const progressive: Strategy = (sample) => Math.min(sample.agentsAvailable, sample.leadsReady);

/** Modes that this version dials. */
export const STRATEGIES: Readonly<Partial<Record<DiallingMode, Strategy>>> = { progressive };
