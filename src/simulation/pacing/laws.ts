/** The laws that pretend durations follow, each as a function of uniform numbers in (0, 1); durations in milliseconds. */
import { normalShareBelow } from "../../pacing/occupancy.ts";

const SECOND_MS = 1_000;

/**
 * The normal deviate below which this share lies: Newton's method on the distribution itself, started at a logistic
 * guess. Twelve digits are not needed; not being off in the tail is.
 */
export function normalDeviate(share: number): number {
  const tail = Math.min(share, 1 - share);
  let z = -Math.sqrt(-2 * Math.log(tail)) + 0.8; // Right to within one deviate everywhere; always on the flat side.
  if (z > 0) z = 0;
  for (let step = 0; step < 12; step++) {
    const density = 0.3989422804014327 * Math.exp((-z * z) / 2);
    const change = (normalShareBelow(z) - tail) / density;
    // Halley's correction keeps it from overshooting where the density is small.
    z -= change / (1 + (z * change) / 2);
    if (Math.abs(change) < 1e-7) break;
  }
  return share < 0.5 ? z : -z;
}

/** A duration, from up to two uniform numbers. */
export type Law = (u: number, v: number) => number;

export function lognormal(meanS: number, variation: number): Law {
  const sigma = Math.sqrt(Math.log(1 + variation * variation));
  const mu = Math.log(meanS) - (sigma * sigma) / 2;
  return (u) => Math.exp(mu + sigma * normalDeviate(u)) * SECOND_MS;
}

/** Gamma of shape two: the sum of two exponentials. */
export const gamma2 =
  (meanS: number): Law =>
  (u, v) =>
    (-meanS / 2) * Math.log(u * v) * SECOND_MS;

export interface RingLaw {
  readonly medianS: number;
  readonly sigma: number;
  /** Share of all calls that fail at once: busy, or a number that is none. */
  readonly failAtOnce: number;
}

/** Ring times of answers as they were measured on a public network: 11.8 s in the mean, a quarter beyond 15 s. */
export const RING: RingLaw = { medianS: 11.4, sigma: 0.5, failAtOnce: 0.15 };

/** When an answered call is answered, given that it is within the ring time-out. */
export function answerAfter({ medianS, sigma }: RingLaw, ringTimeoutMs: number): Law {
  const within = normalShareBelow(Math.log(ringTimeoutMs / SECOND_MS / medianS) / sigma);
  return (u) => medianS * Math.exp(sigma * normalDeviate(u * within)) * SECOND_MS;
}

const MEAN_POINTS = 64;

/** The law by which answers come after `meanS` in the mean, as far as they come within the ring time-out. */
export function ringLawWith(meanS: number, ringTimeoutMs: number, failAtOnce: number): RingLaw {
  const lawOf = (medianS: number): RingLaw => ({ medianS, sigma: RING.sigma, failAtOnce });
  const meanOf = (law: RingLaw): number => {
    const after = answerAfter(law, ringTimeoutMs);
    let sumMs = 0;
    for (let point = 0; point < MEAN_POINTS; point++) sumMs += after((point + 0.5) / MEAN_POINTS, 0);
    return sumMs / MEAN_POINTS / SECOND_MS;
  };
  // The longer the median, the longer the mean; the time-out alone keeps it below itself.
  let [low, high] = [meanS / 4, 40 * meanS];
  for (let step = 0; step < 60; step++) {
    const middle = (low + high) / 2;
    if (meanOf(lawOf(middle)) < meanS) low = middle;
    else high = middle;
  }
  return lawOf((low + high) / 2);
}
