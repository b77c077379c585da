/** What AMD is to a campaign's calls, by Asterisk's own AMD() as by ours. */
import { describe, expect, test } from "@jest/globals";
import { APP_AMD_DEFAULTS, APP_AMD_IN_TIME } from "../../../src/amd/app-amd.ts";
import type { AttemptOrder } from "../../../src/domain/attempt.ts";
import type { AmdKind } from "../../../src/domain/amd.ts";
import type { Campaign } from "../../../src/domain/campaign.ts";
import { instant } from "../../../src/domain/instant.ts";
import { amdBuild, amdOf, appAmdProblems, DEFAULT_DETECTORS, wantsDrops } from "../../../src/engine/calls/amd.ts";

const campaign = (kind: AmdKind): Campaign =>
  ({ amd: { kind, onMachine: "hang-up", voicemailMessage: null, samplePercent: 5 } }) as Campaign;
const order = (limitMs: number, more: Partial<AttemptOrder> = {}): AttemptOrder =>
  ({
    ...{ callbackId: null, evidence: {}, decidedAt: instant(0) },
    clock: { start: "answer", limitMs, safetyMarginMs: 200, noSpeechGraceMs: 0, greetingMaxMs: 0 },
    ...more,
  }) as AttemptOrder;

describe("Asterisk's AMD()", () => {
  test("is given until an agent can still be joined, and waits for it", () => {
    expect(amdOf(campaign("asterisk"), order(2_000), DEFAULT_DETECTORS)).toMatchObject({
      policy: { joins: "afterVerdict", verdictMaxMs: 1_700 },
      app: APP_AMD_IN_TIME,
    });
    expect(amdOf(campaign("talk"), order(2_000), DEFAULT_DETECTORS)?.app).toBeNull();
  });

  test("is not asked where it could not answer in time, or with what Asterisk takes by default", () => {
    expect(amdOf(campaign("asterisk"), order(1_900), DEFAULT_DETECTORS)).toBeNull();
    expect(amdOf(campaign("asterisk"), order(2_000), { ...DEFAULT_DETECTORS, appAmd: APP_AMD_DEFAULTS })).toBeNull();
    const [problem] = appAmdProblems(APP_AMD_DEFAULTS, { limitMs: 2_000, safetyMarginMs: 200 });
    expect(problem).toMatchObject({ parameter: "totalAnalysisMs" });
    expect(appAmdProblems(APP_AMD_IN_TIME, { limitMs: 2_000, safetyMarginMs: 200 })).toEqual([]);
  });

  test("is not asked about whoever is owed an agent", () => {
    const owed = order(2_000, { evidence: { guaranteedOnlyUntil: "1970-01-01T00:00:01.000Z" } });
    expect(amdOf(campaign("asterisk"), owed, DEFAULT_DETECTORS)).toBeNull();
  });

  test("has a test of its own, for each set of its parameters", () => {
    expect(amdBuild(campaign("asterisk"), DEFAULT_DETECTORS)).toBe("asterisk 1400,1000,350,1520,100,120,2,256,900");
    expect(amdBuild(campaign("off"), DEFAULT_DETECTORS)).toBeNull();
    expect([wantsDrops(campaign("asterisk")), wantsDrops(campaign("off"))]).toEqual([true, false]);
  });
});

describe("a detector outside", () => {
  const outside = { name: "acme", version: "1.2" };

  test("is asked for as long as an agent can still be joined, and only where one is configured", () => {
    const listens = amdOf(campaign("outside"), order(2_000), { ...DEFAULT_DETECTORS, outside });
    expect(listens).toMatchObject({ outside, app: null, policy: { joins: "afterVerdict", verdictMaxMs: 1_700 } });
    expect(amdOf(campaign("outside"), order(2_000), DEFAULT_DETECTORS)).toBeNull();
    expect(amdOf(campaign("outside"), order(700), { ...DEFAULT_DETECTORS, outside })).toBeNull();
    expect(amdOf(campaign("talk"), order(2_000), { ...DEFAULT_DETECTORS, outside })?.outside).toBeNull();
  });

  test("has a test of its own for each version, and whoever hears tones besides has another", () => {
    const build = (more: object): string | null => amdBuild(campaign("outside"), { ...DEFAULT_DETECTORS, ...more });
    expect(build({ outside })).toBe("outside acme 1.2");
    expect(build({ outside: { ...outside, version: "1.3" } })).toBe("outside acme 1.3");
    expect(build({ outside, tones: true })).toBe("outside acme 1.2 tones");
    expect(build({})).toBeNull();
  });
});
