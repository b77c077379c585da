/** What `fairdial check` says of Asterisk's own AMD(). */
import { describe, expect, test } from "@jest/globals";
import { APP_AMD_DEFAULTS, APP_AMD_IN_TIME } from "../../../../src/amd/app-amd.ts";
import { judgeAmdModules, judgeHearingModules } from "../../../../src/app/check/check-amd.ts";
import { amdRefusal } from "../../../../src/app/commands/campaign/amd-options.ts";
import type { Campaign } from "../../../../src/domain/campaign.ts";

const asking = { name: "spring", amd: { kind: "asterisk" } } as Campaign;
const other = { name: "summer", amd: { kind: "talk" } } as Campaign;
const ALL = ["app_amd.so", "func_dialplan.so", "func_timeout.so"];

describe("modules", () => {
  test("are asked for only where a campaign asks AMD()", () => {
    expect(judgeAmdModules(new Set(), [other])).toEqual([]);
    expect(judgeAmdModules(new Set(ALL), [asking])).toEqual([]);
  });

  test.each([
    ["app_amd.so", "fail"],
    ["func_dialplan.so", "fail"],
    ["func_timeout.so", "warn"],
  ])("without %s", (missing, status) => {
    const findings = judgeAmdModules(new Set(ALL.filter((name) => name !== missing)), [asking, other]);
    expect(findings).toEqual([expect.objectContaining({ status })]);
    expect(JSON.stringify(findings)).toContain(missing);
  });
});

test("parameters that cannot answer in time are refused with their name, for campaigns that ask", () => {
  const profile = { clock: { limitMs: 2_000, safetyMarginMs: 200 } } as Parameters<typeof amdRefusal>[1];
  expect(amdRefusal(asking, profile, { asterisk: APP_AMD_DEFAULTS })).toMatch(/amd\.asterisk\.totalAnalysisMs/);
  expect(amdRefusal(asking, profile, { asterisk: APP_AMD_IN_TIME })).toBeNull();
  expect(amdRefusal(other, profile, { asterisk: APP_AMD_DEFAULTS })).toBeNull();
});

test("a node that hears calls is told which module it lacks; one that does not is left alone", () => {
  const running = new Set(["res_stasis_snoop.so", "res_audiosocket.so"]);
  const [missing, ...others] = judgeHearingModules(running, { hearing: { listen: "127.0.0.1:9465" } });
  expect(missing).toMatchObject({ subject: "modules", sentence: expect.stringContaining("app_audiosocket.so") });
  expect(others).toEqual([]);
  expect(judgeHearingModules(new Set(), { hearing: { listen: "off" } })).toEqual([]);
});
