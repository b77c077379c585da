/** The arithmetic by which a detector is praised or refused. */
import { expect, test } from "@jest/globals";
import { confusionOf, percentile } from "../../../src/amd/confusion.ts";
import type { Judged, Truth } from "../../../src/amd/confusion.ts";
import type { AmdVerdict } from "../../../src/domain/amd.ts";
import { wilsonUpperPerMillion } from "../../../src/domain/wilson.ts";

const judged = (truth: Truth, verdict: AmdVerdict, count = 1, verdictMs = 1_000): Judged[] =>
  Array.from({ length: count }, () => ({ truth, verdict, verdictMs }));

test("counts, rates and times of a mixed hundred", () => {
  const found = confusionOf([
    ...judged("human", "human", 40, 900),
    ...judged("human", "unsure", 8, 1_700),
    ...judged("human", "machine", 2, 1_300),
    ...judged("silence", "silence", 9, 1_500),
    ...judged("noise", "tone", 1, 1_600),
    ...judged("machine", "machine", 30, 1_400),
    ...judged("machine", "human", 4, 1_000),
    ...judged("sit", "sit", 3, 400),
    ...judged("fax", "unsure", 3, 1_700),
  ]);
  expect(found).toMatchObject({
    clips: 100,
    people: 60,
    falsePositives: 3,
    falsePositiveRate: 0.05,
    falsePositiveUpper95: wilsonUpperPerMillion(3, 60) / 1e6,
    falseDiscoveryRate: 3 / 36,
    falseDiscoveryUpper95: wilsonUpperPerMillion(3, 36) / 1e6,
    machines: 40,
    machinesFound: 33,
    accuracy: 0.9,
    verdictMsP50: 1_400,
    verdictMsP99: 1_700,
    verdictMsMax: 1_700,
  });
  expect(found.matrix.human).toMatchObject({ human: 40, unsure: 8, machine: 2, silence: 0 });
  expect(Object.keys(found.matrix).sort()).toEqual(["fax", "human", "machine", "noise", "silence", "sit"]);
});

test("whoever waits in silence, beside a noise or before it rang, is a person when a machine is said of them", () => {
  for (const truth of ["silence", "noise", "ringback"] as const) {
    expect(confusionOf(judged(truth, "machine"))).toMatchObject({ accuracy: 0, falsePositives: 1 });
    expect(confusionOf(judged(truth, "human"))).toMatchObject({ accuracy: 1, falsePositives: 0 });
  }
});

test("a machine that is called a fax is right enough, one that is called unsure is not", () => {
  expect(confusionOf(judged("machine", "fax")).accuracy).toBe(1);
  expect(confusionOf(judged("machine", "unsure")).accuracy).toBe(0);
});

test("of nothing nothing is known", () => {
  expect(confusionOf([])).toMatchObject({
    clips: 0,
    accuracy: null,
    falsePositiveRate: null,
    falsePositiveUpper95: null,
    falseDiscoveryRate: null,
    verdictMsP50: null,
    verdictMsP99: null,
  });
});

test("no false positive in few cases is not called none", () => {
  expect(confusionOf(judged("human", "human", 60)).falsePositiveUpper95).toBeCloseTo(0.0602, 3);
});

test.each([
  [[1], 0.5, 1],
  [[1], 0.99, 1],
  [[1, 2], 0.5, 1],
  [[1, 2, 3, 4], 0.99, 4],
  [[1, 2, 3, 4], 0, 1],
  [Array.from({ length: 200 }, (_, n) => n + 1), 0.99, 198],
  [[], 0.5, null],
])("percentile", (sorted, level, value) => {
  expect(percentile(sorted, level)).toBe(value);
});
