/**
 * How often verdicts are right: what was on the line against what was said of it, and how long it took.
 *
 * The rule to remember: a false positive is a person of whom a machine was said, and people are all who might be there to
 * hear nothing. Two rates go by that name, so neither is called so without saying of what: of all people, and of all
 * verdicts of a machine (f in rule UK-ACR-4).
 */
import { AMD_VERDICTS, isTakenForPerson } from "../domain/amd.ts";
import type { AmdVerdict } from "../domain/amd.ts";
import { wilsonUpperPerMillion } from "../domain/wilson.ts";

/**
 * What was on the line, by somebody who knows. `silence`: answered, and nothing said; `noise`: nothing but noise;
 * `ringback`: the network answered, and a telephone still rings; `sit`: special information tones; `fax`: a fax machine.
 */
export const TRUTHS = ["human", "machine", "silence", "noise", "ringback", "sit", "fax"] as const;
export type Truth = (typeof TRUTHS)[number];

/** A person may be behind each of these, or come to it. */
const PERSON: Readonly<Record<Truth, boolean>> = {
  human: true,
  silence: true,
  noise: true,
  ringback: true,
  machine: false,
  sit: false,
  fax: false,
};

export const isPerson = (truth: Truth): boolean => PERSON[truth];
export const isTruth = (text: string): text is Truth => (TRUTHS as readonly string[]).includes(text);

export interface Judged {
  readonly truth: Truth;
  readonly verdict: AmdVerdict;
  /** From the answer. */
  readonly verdictMs: number;
}

/** Shares are from 0 to 1; null where there was nothing to take a share of. */
export interface Confusion {
  readonly clips: number;
  /** How many of each truth were judged how; truths that did not occur are left out. */
  readonly matrix: Readonly<Partial<Record<Truth, Readonly<Record<AmdVerdict, number>>>>>;
  /** Of all clips, those treated as what they were. */
  readonly accuracy: number | null;
  readonly people: number;
  /** People of whom a machine, a fax or a tone was said. */
  readonly falsePositives: number;
  /** Of all people. */
  readonly falsePositiveRate: number | null;
  /** Upper end of its two-sided Wilson 95 % interval. */
  readonly falsePositiveUpper95: number | null;
  /** Of all verdicts that drop a call. */
  readonly falseDiscoveryRate: number | null;
  readonly falseDiscoveryUpper95: number | null;
  readonly machines: number;
  readonly machinesFound: number;
  readonly verdictMsP50: number | null;
  readonly verdictMsP99: number | null;
  readonly verdictMsMax: number | null;
}

export function confusionOf(judged: readonly Judged[]): Confusion {
  const matrix: Partial<Record<Truth, Record<AmdVerdict, number>>> = {};
  for (const { truth, verdict } of judged) {
    const row = (matrix[truth] ??= noVerdicts());
    row[verdict] += 1;
  }
  const people = judged.filter(({ truth }) => isPerson(truth));
  const machines = judged.filter(({ truth }) => !isPerson(truth));
  const falsePositives = count(people, ({ verdict }) => !isTakenForPerson(verdict));
  const machinesFound = count(machines, ({ verdict }) => !isTakenForPerson(verdict));
  const dropped = falsePositives + machinesFound;
  const times = judged.map(({ verdictMs }) => verdictMs).sort((a, b) => a - b);
  return {
    clips: judged.length,
    matrix,
    accuracy: share(people.length - falsePositives + machinesFound, judged.length),
    people: people.length,
    falsePositives,
    falsePositiveRate: share(falsePositives, people.length),
    falsePositiveUpper95: upper95(falsePositives, people.length),
    falseDiscoveryRate: share(falsePositives, dropped),
    falseDiscoveryUpper95: upper95(falsePositives, dropped),
    machines: machines.length,
    machinesFound,
    verdictMsP50: percentile(times, 0.5),
    verdictMsP99: percentile(times, 0.99),
    verdictMsMax: times.at(-1) ?? null,
  };
}

const noVerdicts = (): Record<AmdVerdict, number> =>
  Object.fromEntries(AMD_VERDICTS.map((verdict) => [verdict, 0])) as Record<AmdVerdict, number>;

const count = (judged: readonly Judged[], fits: (each: Judged) => boolean): number => judged.filter(fits).length;

const share = (part: number, whole: number): number | null => (whole === 0 ? null : part / whole);

const upper95 = (part: number, whole: number): number | null =>
  whole === 0 ? null : wilsonUpperPerMillion(part, whole) / 1_000_000;

/** Nearest rank: a value that really occurred. @param sorted ascending */
export function percentile(sorted: readonly number[], level: number): number | null {
  const rank = Math.max(1, Math.ceil(level * sorted.length));
  return sorted[rank - 1] ?? null;
}
