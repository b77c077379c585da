/** Wilson's score interval (1927): what a count says about a share, honest for few cases and for none. Pure arithmetic. */

/** The 97.5th centile of the standard normal distribution: two-sided 95 %. */
const Z = 1.959963984540054;
const MILLION = 1_000_000;

/** Upper end of the two-sided Wilson 95 % interval of a share, in parts per million, rounded up; a million for no sample. */
export function wilsonUpperPerMillion(hits: number, sample: number): number {
  requireCount("hits", hits);
  requireCount("sample", sample);
  if (hits > sample) throw new RangeError(`more hits (${hits}) than samples (${sample})`);
  if (sample === 0) return MILLION;
  const share = hits / sample;
  const z2 = Z * Z;
  const centre = share + z2 / (2 * sample);
  const reach = Z * Math.sqrt((share * (1 - share)) / sample + z2 / (4 * sample * sample));
  return Math.min(MILLION, Math.ceil(((centre + reach) / (1 + z2 / sample)) * MILLION));
}

function requireCount(name: string, value: number): void {
  if (!Number.isSafeInteger(value) || value < 0) throw new RangeError(`${name} is not a count: ${value}`);
}
