/** What an estimate of people among those dropped as machines was made of, in words and figures that can be followed. */
import { ceilDivide, type AbandonRate } from "../../compliance/abandon-rate.ts";
import { readAmdTestId } from "../../domain/amd-label.ts";
import { table } from "../print.ts";

export interface Estimated {
  /** Which day, or whose account. */
  readonly of: string;
  readonly rate: Pick<AbandonRate, "inputs">;
}

const MILLION = 1_000_000;

/** M × f, rounded up: nobody is half a person. */
export const peopleAtMost = ({ inputs }: Pick<AbandonRate, "inputs">): number =>
  Number(ceilDivide(BigInt(inputs.machinesDropped) * BigInt(inputs.falsePositivesPerMillion ?? MILLION), 1_000_000n));

/** Nothing where no call was dropped as a machine; else a heading and a table, as one paragraph. */
export function estimateLines(all: readonly Estimated[]): string[] {
  const dropped = all.filter(({ rate }) => rate.inputs.machinesDropped > 0);
  if (dropped.length === 0) return [];
  const rows = dropped.map(({ of, rate }) => {
    const { machinesDropped, falsePositivesPerMillion, testId, silent } = rate.inputs;
    const test = testId === null ? null : readAmdTestId(testId);
    const people = peopleAtMost(rate);
    return [
      ...[of, machinesDropped, testId ?? "none valid: all are taken for people"],
      test === null ? null : `${test.humansFound} of ${test.sampled}`,
      `${falsePositivesPerMillion ?? MILLION} ppm`,
      ...[people, silent + people],
    ];
  });
  return [
    [
      "People among those dropped as machines, at most (f: upper end of Wilson's 95 % interval of the test; M × f is added to x)",
      table(["", "M", "test", "people heard", "f", "M × f", "silent, with these"], rows),
    ].join("\n"),
  ];
}
