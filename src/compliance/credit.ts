/**
 * Whole abandons in credit, for a campaign that overdials strictly. Here an account becomes the pieces of the integer
 * gate; the gate itself is pacing's, and the engine hands it in.
 *
 * The rule to remember: x is rounded up, the smallest credit of all scopes counts, and a regime that names no limit
 * lends nothing.
 */
import type { AccountCounts, AccountReading } from "../domain/account.ts";
import { abandonRate, ceilDivide } from "./abandon-rate.ts";
import type { FalsePositives } from "./abandon-rate.ts";
import type { AbandonRules } from "./profile.ts";

/** What pacing's `overdialAllowed` takes. */
export interface StrictPieces {
  /** Rounded up to whole abandons. */
  readonly abandoned: number;
  readonly connected: number;
  readonly limitBasisPoints: number;
  readonly overdialInFlight: number;
}

/**
 * Fewer calls than this passed to agents are no data for how many machines there are among those dropped; our own
 * choice, no regulator names a number.
 */
export const MACHINE_SHARE_CALLS_MIN = 100;

/** The strictest rate that the profile names as one not to pass; 0 where it names none. */
export function creditLimitBasisPoints({ stopBasisPoints, ceilingBasisPoints }: AbandonRules): number {
  const named = [stopBasisPoints, ceilingBasisPoints].filter((level) => level !== null);
  return named.length === 0 ? 0 : Math.min(...named);
}

export function strictPieces(
  counts: AccountCounts,
  overdialInFlight: number,
  rules: AbandonRules,
  falsePositives: FalsePositives,
): StrictPieces {
  const rate = abandonRate(counts, rules, falsePositives);
  const { dropped, live, machinesToAgents, machineShare } = rate.inputs;
  const isGuess = machineShare !== null && live + machinesToAgents < MACHINE_SHARE_CALLS_MIN;
  const late = rules.lateIsAbandoned ? counts.connectedLate : 0;
  return {
    abandoned: isGuess ? dropped + late : Number(ceilDivide(BigInt(rate.x.over), BigInt(rate.x.under))),
    connected: rate.y,
    limitBasisPoints: creditLimitBasisPoints(rules),
    overdialInFlight,
  };
}

/**
 * How many further calls may be placed without an agent of their own; at least 0, and 0 when there is nothing to read.
 *
 * @param gate pacing's `overdialAllowed`
 */
export function strictCredit(
  readings: readonly AccountReading[],
  rules: AbandonRules,
  falsePositives: FalsePositives,
  gate: (pieces: StrictPieces) => number,
): number {
  if (readings.length === 0) return 0;
  return Math.min(
    ...readings.map(({ counts, overdialInFlight }) =>
      gate(strictPieces(counts, overdialInFlight, rules, falsePositives)),
    ),
  );
}
