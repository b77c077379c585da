/**
 * The abandon rate by each regime's formula, in whole numbers: x abandoned to people over x plus y passed to an agent.
 *
 * The rule to remember: an estimate may lower the rate only where data are behind it, and a missing estimate counts in
 * full against us. `FORMULA_VERSION` goes up with any change here that changes a figure; daily rows keep it.
 */
import type { AccountCounts } from "../domain/account.ts";
import type { Instant } from "../domain/instant.ts";
import { wilsonUpperPerMillion } from "../domain/wilson.ts";
import type { AmdTest } from "./dial-facts.ts";
import type { AbandonRules } from "./profile.ts";

export const FORMULA_VERSION = 1;

const MILLION = 1_000_000;
const WHOLE = 10_000;
const DAY_MS = 86_400_000;

export type FalsePositives =
  /** Nothing is dropped on a verdict. */
  | { readonly kind: "notUsed" }
  /** Calls were dropped, and nobody knows how many were people (UK-ACR-4, TalkTalk 2013): all are taken for people. */
  | { readonly kind: "missing" }
  /** Upper bound of the share of machine verdicts that were people, in parts per million. */
  | { readonly kind: "estimated"; readonly perMillion: number; readonly testId: string };

export interface AbandonRate {
  readonly formula: AbandonRules["formula"];
  readonly formulaVersion: number;
  readonly withAmd: boolean;
  /** The letters of the published formulas. */
  readonly inputs: {
    /** Dropped for want of an agent, by message or in silence; Dh where AMD is used. */
    readonly dropped: number;
    /** Of `dropped`, those in silence. */
    readonly silent: number;
    /** L: passed to an agent and not reported as a machine. */
    readonly live: number;
    /** Of those passed to an agent, too late. */
    readonly late: number;
    /** Ag: passed to an agent who says it was a machine. */
    readonly machinesToAgents: number;
    /** M: dropped on a machine verdict. */
    readonly machinesDropped: number;
    /** f; null where AMD is not used. A million when the estimate is missing. */
    readonly falsePositivesPerMillion: number | null;
    readonly testId: string | null;
    /** p: the share of machines among what reached agents, as a fraction; null where nothing is deducted for it. */
    readonly machineShare: Fraction | null;
  };
  readonly x: Fraction;
  readonly y: number;
  /** Of the rate x/(x+y), in whole numbers and not reduced further than x is. */
  readonly numerator: number;
  readonly denominator: number;
  /** Hundredths of a percent, rounded up; null when there was no live call at all. */
  readonly rateBasisPoints: number | null;
  /** True when AMD dropped calls without a valid test. */
  readonly estimateMissing: boolean;
}

export interface Fraction {
  readonly over: number;
  readonly under: number;
}

export type RateRules = Pick<AbandonRules, "formula" | "lateIsAbandoned">;

export function abandonRate(counts: AccountCounts, rules: RateRules, falsePositives: FalsePositives): AbandonRate {
  requireCounts(counts);
  const dropped = counts.abandonedWithMessage + counts.silent;
  const live = counts.connected + counts.connectedLate;
  const withAmd = falsePositives.kind !== "notUsed" || counts.machineDropped > 0;
  const perMillion = withAmd ? perMillionOf(falsePositives) : null;
  const machineShare = withAmd || rules.formula !== "ofcom2010" ? null : machineShareOf(counts);

  // Someone passed to an agent too late has been abandoned by definition in the US and Canada (US-ABD-1, CA-ABD-1).
  const lateAbandoned = rules.lateIsAbandoned ? counts.connectedLate : 0;
  const y = live - lateAbandoned;
  const x =
    perMillion === null
      ? plus(withoutMachines(dropped, machineShare), lateAbandoned)
      : plus(reduced(BigInt(counts.machineDropped) * BigInt(perMillion), BigInt(MILLION)), dropped + lateAbandoned);
  const numerator = x.over;
  const denominator = safe(BigInt(x.over) + BigInt(y) * BigInt(x.under));
  return {
    formula: rules.formula,
    formulaVersion: FORMULA_VERSION,
    withAmd,
    inputs: {
      dropped,
      silent: counts.silent,
      live,
      late: counts.connectedLate,
      machinesToAgents: counts.machineToAgent,
      machinesDropped: counts.machineDropped,
      falsePositivesPerMillion: perMillion,
      testId: falsePositives.kind === "estimated" ? falsePositives.testId : null,
      machineShare,
    },
    x,
    y,
    numerator,
    denominator,
    rateBasisPoints:
      denominator === 0 ? null : safe(ceilDivide(BigInt(numerator) * BigInt(WHOLE), BigInt(denominator))),
    estimateMissing: counts.machineDropped > 0 && falsePositives.kind !== "estimated",
  };
}

/** Whether a level is reached or passed: decided on whole numbers, never on a rounded rate. False without live calls. */
export const reaches = (rate: Pick<AbandonRate, "numerator" | "denominator">, basisPoints: number): boolean =>
  rate.denominator > 0 && BigInt(rate.numerator) * BigInt(WHOLE) >= BigInt(basisPoints) * BigInt(rate.denominator);

/**
 * p = Ag / (Ag + L), Ofcom 2010 para 4.72. Null, so nothing is deducted, while no call reached an agent: machines are
 * never assumed. Nor when all that did were machines: then every drop would be one, and the rate nothing over nothing.
 */
const machineShareOf = (counts: AccountCounts): Fraction | null => {
  const live = counts.connected + counts.connectedLate;
  if (live === 0) return null;
  return reduced(BigInt(counts.machineToAgent), BigInt(counts.machineToAgent + live));
};

const withoutMachines = (dropped: number, share: Fraction | null): Fraction =>
  share === null
    ? { over: dropped, under: 1 }
    : reduced(BigInt(dropped) * BigInt(share.under - share.over), BigInt(share.under));

const perMillionOf = (falsePositives: FalsePositives): number =>
  falsePositives.kind === "estimated" ? falsePositives.perMillion : MILLION;

/** What may be used at `at`: a test that is too old is none. */
export function falsePositivesOf(
  test: AmdTest | null,
  amdDrops: boolean,
  at: Instant,
  ageMaxDays: number,
): FalsePositives {
  if (test !== null && test.sampled > 0 && isYoungEnough(test, at, ageMaxDays)) {
    return {
      kind: "estimated",
      perMillion: wilsonUpperPerMillion(test.humansFound, test.sampled),
      testId: test.testId,
    };
  }
  return amdDrops ? { kind: "missing" } : { kind: "notUsed" };
}

const isYoungEnough = ({ testedAt }: AmdTest, at: Instant, ageMaxDays: number): boolean =>
  testedAt <= at && at - testedAt <= ageMaxDays * DAY_MS;

/* ------------------------------------------------------------------ Whole numbers */

const gcd = (a: bigint, b: bigint): bigint => (b === 0n ? a : gcd(b, a % b));

const reduced = (over: bigint, under: bigint): Fraction => {
  const common = gcd(over, under);
  return { over: safe(over / common), under: safe(under / common) };
};

const plus = ({ over, under }: Fraction, count: number): Fraction => ({
  over: safe(BigInt(over) + BigInt(count) * BigInt(under)),
  under,
});

export const ceilDivide = (over: bigint, under: bigint): bigint => (over + under - 1n) / under;

const safe = (value: bigint): number => {
  const number = Number(value);
  if (!Number.isSafeInteger(number)) throw new RangeError("an abandon account is larger than can be counted exactly");
  return number;
};

/** A broken account must not look like a good one. */
const requireCounts = (counts: AccountCounts): void => {
  for (const [name, count] of Object.entries(counts)) requireCount(name, count);
};

function requireCount(name: string, value: number): void {
  if (!Number.isSafeInteger(value) || value < 0) throw new RangeError(`${name} is not a count: ${value}`);
}
