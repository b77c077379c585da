/** What a handful of days says about all days: means, and intervals that hold the truth in 95 cases of 100. */

/** Bounds are null where one value alone says nothing of the spread. */
export interface Estimate {
  readonly mean: number;
  readonly low: number | null;
  readonly high: number | null;
}

/** Student's t for a two-sided interval of 95 %, by degrees of freedom from 1 on; 1.96 is what it tends to. */
const STUDENT_95 = [
  ...[12.706, 4.303, 3.182, 2.776, 2.571, 2.447, 2.365, 2.306, 2.262, 2.228, 2.201, 2.179, 2.16, 2.145, 2.131],
  ...[2.12, 2.11, 2.101, 2.093, 2.086, 2.08, 2.074, 2.069, 2.064, 2.06, 2.056, 2.052, 2.048, 2.045, 2.042],
];
const NORMAL_95 = 1.96;

/** Beyond thirty the difference to the limit falls as one over the degrees of freedom. */
export const student95 = (degrees: number): number =>
  STUDENT_95[degrees - 1] ?? NORMAL_95 + (30 * (2.042 - NORMAL_95)) / degrees;

export const meanOf = (values: readonly number[]): number =>
  values.length === 0 ? 0 : values.reduce((sum, each) => sum + each, 0) / values.length;

/** Half the width of the interval of the mean; null for fewer than two values. */
export function halfWidth(values: readonly number[]): number | null {
  if (values.length < 2) return null;
  const mean = meanOf(values);
  const variance = values.reduce((sum, each) => sum + (each - mean) ** 2, 0) / (values.length - 1);
  return student95(values.length - 1) * Math.sqrt(variance / values.length);
}

/** The mean of days, none of which knows of the others. */
export function estimateOf(values: readonly number[]): Estimate {
  const [mean, half] = [meanOf(values), halfWidth(values)];
  return half === null ? { mean, low: null, high: null } : { mean, low: mean - half, high: mean + half };
}

/** A share out of counts (Wilson's score interval): sound for few cases, and for none. */
export function wilson(part: number, whole: number): Estimate {
  if (whole === 0) return { mean: 0, low: null, high: null };
  const share = part / whole;
  const z2 = NORMAL_95 ** 2;
  const centre = (share + z2 / (2 * whole)) / (1 + z2 / whole);
  const half = (NORMAL_95 / (1 + z2 / whole)) * Math.sqrt((share * (1 - share)) / whole + z2 / (4 * whole * whole));
  // Rounding must not make bounds of what no count can say.
  return { mean: share, low: part === 0 ? 0 : centre - half, high: part === whole ? 1 : centre + half };
}

/** The value that this share of all counted values does not exceed; 0 where nothing was counted. */
export function quantileOf(counts: readonly number[], share: number): number {
  const wanted = share * counts.reduce((sum, each) => sum + each, 0);
  let seen = 0;
  for (const [value, count] of counts.entries()) {
    seen += count;
    if (count > 0 && seen >= wanted) return value;
  }
  return 0;
}
