/** Audio as Asterisk's detectors see it: the mean loudness of each frame of 20 ms, in whole numbers. */

export const FRAME_MS = 20;
/** Hertz. What telephones carry, and what wide-band recordings have. */
export const SAMPLE_RATES = [8_000, 16_000] as const;
export type SampleRate = (typeof SAMPLE_RATES)[number];

/** Means of whole frames, of 32,767, rounded down as Asterisk's are; a last frame that is not whole is never sent. */
export function frameMeans(samples: Int16Array, sampleRate: SampleRate): readonly number[] {
  const length = (sampleRate / 1_000) * FRAME_MS;
  const means: number[] = [];
  for (let from = 0; from + length <= samples.length; from += length) {
    let sum = 0;
    for (let i = from; i < from + length; i += 1) sum += Math.abs(samples[i] ?? 0);
    means.push(Math.floor(sum / length));
  }
  return means;
}
