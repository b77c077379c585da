/** When a call may lose its agent on AMD's word (rule UK-ACR-4): what a test must be, and what it must have found. */
import { describe, expect, test } from "@jest/globals";
import { AMD_SAMPLES_MIN, amdLicence } from "../../../src/compliance/amd-licence.ts";
import type { AmdTest } from "../../../src/compliance/dial-facts.ts";
import { after, instant } from "../../../src/domain/instant.ts";

const NOW = instant(Date.UTC(2026, 10, 22, 12));
const DAY_MS = 86_400_000;
const made = (more: Partial<AmdTest> = {}): AmdTest => ({
  ...{ testId: "AMD-1", testedAt: after(NOW, -DAY_MS), sampled: 200, humansFound: 1, labelledBy: "agents" },
  ...more,
});
const told = (test: AmdTest | null, days = 30): string => {
  const licence = amdLicence(test, days, NOW);
  return licence.allowed ? "allowed" : licence.because;
};

test("a young test of enough calls with hardly a person among them allows it, and says by how much it may be wrong", () => {
  expect(amdLicence(made(), 30, NOW)).toEqual({ allowed: true, testId: "AMD-1", peoplePerMillion: 27_774 });
});

describe("it is refused", () => {
  test.each([
    ["without any test", null, "no-test"],
    ["of thirty days and a moment", made({ testedAt: after(NOW, -30 * DAY_MS - 1) }), "too-old"],
    ["of tomorrow", made({ testedAt: after(NOW, 1) }), "too-old"],
    ["of one call too few", made({ sampled: AMD_SAMPLES_MIN - 1, humansFound: 0 }), "too-few"],
    // 4 of 100: 4 %, and up to 9.8 %.
    [
      "with too many people in it, as far as can be excluded",
      made({ sampled: 100, humansFound: 4 }),
      "too-many-people",
    ],
    ["that found nothing but people", made({ sampled: 100, humansFound: 100 }), "too-many-people"],
  ])("by a test %s", (_what, of, because) => {
    expect(told(of)).toBe(because);
  });

  test.each([
    ["on the last moment of its age", made({ testedAt: after(NOW, -30 * DAY_MS) })],
    ["of just enough calls, and nobody among them", made({ sampled: AMD_SAMPLES_MIN, humansFound: 0 })],
  ])("but not %s", (_what, of) => {
    expect(told(of)).toBe("allowed");
  });
});
