/** Turns a policy's knob until it is best on these very days, with at most the limit of abandons in the mean of them. */
import type { RunReport, RunSettings } from "../../src/simulation/pacing/run.ts";
import { simulateDays } from "../../src/simulation/pacing/run.ts";
import type { BenchPolicy, Candidate } from "./pacing-policies.ts";

const STEPS = 9;

export interface Tuned {
  readonly candidate: Candidate;
  readonly report: RunReport;
}

export function tuned(policy: BenchPolicy, run: RunSettings): Tuned {
  const tried = (candidate: Candidate): Tuned => ({ candidate, report: simulateDays(run, candidate.make) });
  const { hindsight } = policy;
  switch (hindsight.kind) {
    case "none":
      return tried(policy.cold);
    case "grid":
      return best(hindsight.candidates.map(tried), run);
    case "rising": {
      const all = [tried(hindsight.of(hindsight.least))];
      let [low, high] = [hindsight.least, hindsight.most];
      for (let step = 0; step < STEPS; step++) {
        const middle = (low + high) / 2;
        const next = tried(hindsight.of(middle));
        all.push(next);
        if (isWithin(next.report, run)) low = middle;
        else high = middle;
      }
      return best(all, run);
    }
  }
}

const isWithin = (report: RunReport, run: RunSettings): boolean => report.abandonRate * 10_000 <= run.limitBasisPoints;

/** The busiest agents within the limit; if nothing is, the fewest abandons. */
function best(all: readonly Tuned[], run: RunSettings): Tuned {
  const within = all.filter(({ report }) => isWithin(report, run));
  const [first, ...others] = within.length > 0 ? within : all;
  if (first === undefined) throw new Error("nothing to choose from");
  return others.reduce((found, each) => {
    const isBetter =
      within.length > 0
        ? each.report.utilisation > found.report.utilisation
        : each.report.abandonRate < found.report.abandonRate;
    return isBetter ? each : found;
  }, first);
}
