/** What can be said of a campaign, and what is allowed and perhaps not meant. */
import { describe, expect, test } from "@jest/globals";
import { complianceRemarks, readComplianceArguments } from "../../../src/app/commands/campaign/compliance-options.ts";
import { DEFAULTS, MODES } from "../../../src/app/commands/campaign/options.ts";
import {
  readRedialArguments,
  REDIAL_FLAGS,
  type RedialArguments,
} from "../../../src/app/commands/campaign/redial-options.ts";
import { readProfiles } from "../../../src/app/profiles.ts";
import { rulesFor } from "../../../src/compliance/campaign-rules.ts";
import { DIALLING_MODES, type Campaign } from "../../../src/domain/campaign.ts";
import { instant } from "../../../src/domain/instant.ts";
import { DEFAULT_REDIAL, redialPlan, type RedialRules } from "../../../src/domain/redial-rules.ts";
import { isDialled } from "../../../src/engine/pacing/pace.ts";
import { suits } from "../../../src/lead/redial/bands.ts";
import { anyCampaign } from "../../contract/store/fixture.ts";

const profiles = readProfiles([], instant(Date.UTC(2026, 10, 22)));

const remarks = (change: Partial<Campaign>): string[] => {
  const campaign = anyCampaign({ ...DEFAULTS, principal: "Acme Ltd", mode: "predictive", ...change });
  const found = rulesFor(campaign, profiles);
  if (!found.ok) throw new Error(found.says);
  return complianceRemarks(campaign, found.rules);
};

test("the modes on offer are those that the engine dials", () => {
  for (const mode of DIALLING_MODES) {
    expect([mode, MODES.includes(mode)]).toEqual([mode, isDialled({ ...anyCampaign(), mode } as Campaign)]);
  }
  expect(MODES).toContain("predictive");
});

describe("recourse", () => {
  const NOTHING_SAID = Object.fromEntries(
    ["profile", "principal", "purpose", "sector", "sector-authority", "gate", "dial-level", "tighten"].map((name) => [
      name,
      undefined,
    ]),
  ) as unknown as Parameters<typeof readComplianceArguments>[0];
  const read = (recourse: string | undefined) =>
    readComplianceArguments({ ...NOTHING_SAID, recourse }, { tightening: {} }).recourse;

  test("is off unless asked for, and nobody changes it by saying nothing", () => {
    expect([read("on"), read("off"), read(undefined)]).toEqual([true, false, undefined]);
    expect(DEFAULTS.recourse).toBe(false);
  });

  test("says nothing against what is meant", () => {
    expect(remarks({ recourse: true })).toEqual([]);
    expect(remarks({ recourse: false, ringTimeoutMs: 20_000 })).toEqual([]);
    expect(remarks({ recourse: true, ringTimeoutMs: 20_000 })).toEqual([]);
  });

  test("counts in predictive mode only", () => {
    expect(remarks({ recourse: true, mode: "power" })).toEqual(["Recourse counts in predictive mode only."]);
    expect(remarks({ recourse: true, mode: "progressive", ringTimeoutMs: 19_000 })).toHaveLength(1);
    expect(remarks({ recourse: false, mode: "power" })).toEqual([]);
  });

  test("needs a ring timeout beyond the least ring: fifteen seconds, or what is stricter", () => {
    expect(remarks({ recourse: true, ringTimeoutMs: 19_999 })).toEqual([
      expect.stringMatching(/^Recourse cancels nothing before 15s of ringing, .* at least 20s is needed/),
    ]);
    const stricter = { recourse: true, tightening: { ringMinMs: 22_000 } };
    expect(remarks({ ...stricter, ringTimeoutMs: 26_000 })).toEqual([
      expect.stringContaining("nothing before 22s of ringing"),
    ]);
    expect(remarks({ ...stricter, ringTimeoutMs: 27_000 })).toEqual([]);
  });
});

describe("redial rules", () => {
  const NOTHING = Object.fromEntries(
    Object.keys(REDIAL_FLAGS).map((name) => [name, undefined]),
  ) as unknown as RedialArguments;
  const read = (said: Partial<RedialArguments>, before: RedialRules = DEFAULT_REDIAL) =>
    readRedialArguments({ ...NOTHING, ...said }, before);

  test("change by what is said, and by nothing else", () => {
    expect(readRedialArguments(NOTHING, DEFAULT_REDIAL)).toBeUndefined();
    expect(read({ "spare-workers": "on" })).toEqual({ ...DEFAULT_REDIAL, sparesWorkers: true });
  });

  test("know other weekends: a number at work rings on a Sunday and rests on a Friday", () => {
    const rules = read({ "working-days": "sun-thu" });
    expect(rules).toEqual({ ...DEFAULT_REDIAL, workingDays: [1, 2, 3, 4, 7] });
    const rings = (weekday: number, days: RedialRules | undefined) => {
      const plan = redialPlan(days ?? DEFAULT_REDIAL);
      return suits(plan, plan.bands[0]!, "work", weekday);
    };
    expect([rings(7, rules), rings(5, rules)]).toEqual([true, false]);
    expect([rings(7, DEFAULT_REDIAL), rings(5, DEFAULT_REDIAL)]).toEqual([false, true]);
    // Said later, over what was said before.
    expect(read({ "attempts-max": "3" }, rules)).toEqual({ ...rules, attemptsMax: 3 });
  });

  test("refuse what is no day", () => {
    expect(() => read({ "working-days": "mon-fry" })).toThrow(/--working-days: "mon-fry" is neither a day/);
  });
});
