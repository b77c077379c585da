/** The policies of the benchmark by name, each with the knob that hindsight may turn. */
import { powerPolicy, predictivePolicy, progressivePolicy } from "../../src/simulation/pacing/policies.ts";
import type { MakePolicy } from "../../src/simulation/pacing/policy.ts";
import { meanMatchingPolicy } from "./pacing-mean-matching.ts";
import { vicidialPolicy } from "./pacing-vicidial.ts";
import type { VicidialSettings } from "./pacing-vicidial.ts";

/** A policy with its knob set. */
export interface Candidate {
  readonly knob: string;
  readonly make: MakePolicy;
}

export interface BenchPolicy {
  /** As somebody would set it who does not know the day: this is what runs cold. */
  readonly cold: Candidate;
  readonly hindsight: Hindsight;
}

/** How to look for the best knob. */
export type Hindsight =
  /** There is none: it finds its own way. */
  | { readonly kind: "none" }
  /** More of it always means more abandons: the most that stays within the limit is best. */
  | { readonly kind: "rising"; readonly least: number; readonly most: number; readonly of: (knob: number) => Candidate }
  /** Try them all. */
  | { readonly kind: "grid"; readonly candidates: readonly Candidate[] };

const VICIDIAL_LEVELS = [1.1, 1.2, 1.3, 1.4, 1.5, 1.6, 1.8, 2, 2.25, 2.5, 2.75, 3, 3.5, 4, 5, 6];

const vicidial = (method: VicidialSettings["method"]): BenchPolicy => {
  const of = (levelMax: number, availableOnly: boolean): Candidate => ({
    knob: `level ${levelMax}${availableOnly ? ", available only" : ""}`,
    make: vicidialPolicy({ method, levelMax, availableOnly }),
  });
  const candidates = VICIDIAL_LEVELS.flatMap((levelMax) => [of(levelMax, false), of(levelMax, true)]);
  return { cold: of(3, false), hindsight: { kind: "grid", candidates } };
};

const ratio = (lines: number): Candidate => ({
  knob: `${lines.toFixed(3)} lines per agent`,
  make: powerPolicy(lines, false),
});

const bankedRatio = (lines: number): Candidate => ({
  knob: `${lines.toFixed(3)} lines per agent, banked`,
  make: powerPolicy(lines, true),
});

const meanMatching = (aheadS: number): Candidate => ({
  knob: `${aheadS.toFixed(2)} s ahead`,
  make: meanMatchingPolicy(aheadS),
});

const noKnob = (make: MakePolicy): BenchPolicy => ({ cold: { knob: "", make }, hindsight: { kind: "none" } });

export const POLICIES: Readonly<Record<string, BenchPolicy>> = {
  progressive: noKnob(progressivePolicy),
  predictive: noKnob(predictivePolicy),
  "own-loss": noKnob(predictivePolicy),
  power: { cold: bankedRatio(2), hindsight: { kind: "rising", least: 1, most: 12, of: bankedRatio } },
  ratio: { cold: ratio(2), hindsight: { kind: "rising", least: 1, most: 12, of: ratio } },
  "mean-matching": { cold: meanMatching(0), hindsight: { kind: "rising", least: -25, most: 25, of: meanMatching } },
  vicidial: vicidial("hard-limit"),
  "vicidial-hard": vicidial("hard-limit"),
  "vicidial-average": vicidial("average"),
  "vicidial-tapered": vicidial("tapered"),
};
