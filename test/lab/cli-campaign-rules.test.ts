// What a campaign's profile forbids is refused on the command line, in the name of the rule.

import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import type { Campaign } from "../../src/domain/campaign.ts";
import { CliLab } from "./cli-lab.ts";
import { allowNumber, approveMessage, MESSAGE, OUR_NUMBER, PRINCIPAL, putMessageOnRecord } from "./cli-papers.ts";

const lab = new CliLab();

beforeAll(async () => {
  await lab.begin();
  await lab.must("migrate");
}, 60_000);
afterAll(() => lab.end(), 30_000);

const start = async (): Promise<string> => {
  const { code, out, err } = await lab.run("campaign", "start", "spring");
  return code === 0 ? out.trim() : err.split("\n")[0]!;
};

// In order: each stands on what the one before has made.
describe("a campaign under the British rules", () => {
  test("is made with a profile, and what contradicts it is refused before anything is written", async () => {
    const words = ["campaign", "add", "spring", "--trunk", "carrier", "--cli", OUR_NUMBER];
    expect(await lab.run(...words, "--tighten", "ring-min=10s")).toMatchObject({
      code: 1,
      err: expect.stringContaining("(UK-RING-1) [contradicts-profile]"),
    });
    expect(await lab.run(...words, "--profile", "UKK")).toMatchObject({
      code: 1,
      err: expect.stringContaining('Did you mean "UK"? [unknown-profile]'),
    });
    const made = await lab.fairdial([...words, "--message", MESSAGE, "--tighten", "attempts-per-day=2"]);
    expect([made.code, made.err]).toEqual([0, expect.stringContaining("No principal is named")]);
    expect((await lab.json<{ campaign: Campaign }>("campaign", "show", "spring")).campaign).toMatchObject({
      ...{
        profile: "UK",
        tightening: { attemptsPerDayMax: 2 },
        principal: "",
        purpose: "marketing",
        sector: "general",
      },
      ...{ gate: "bank", dialLevelPercent: 100, firstStartedAt: null },
    });
  });

  test("is changed only to what its profile allows", async () => {
    expect(await lab.run("campaign", "set", "spring", "--tighten", "attempts-per-day=4")).toMatchObject({
      code: 1,
      err: expect.stringContaining("(UK-FREQ-1) [contradicts-profile]"),
    });
    // Under another profile the same wish would be one of four attempts under a limit of three.
    expect(
      (await lab.run("campaign", "set", "spring", "--profile", "DE", "--tighten", "attempts-per-day=4")).err,
    ).toContain("(DE-FREQ-1)");
    await lab.must(
      ...["campaign", "set", "spring", "--tighten", "attempt-gap=4h", "--principal", PRINCIPAL, "--gate", "strict"],
      ...["--mode", "power", "--dial-level", "1.5", "--sector", "pensions", "--sector-authority", "FRN 1"],
    );
    const text = await lab.must("campaign", "show", "spring");
    expect(text).toMatch(/stricter than it +attempts-per-day=2 attempt-gap=4h/);
    expect(text).toMatch(/dial level +1.5\n/);
    expect(text).toMatch(/sector +pensions \(FRN 1\)/);
    await lab.must("campaign", "set", "spring", "--tighten", "attempt-gap=none", "--tighten", "attempts-per-day=none");
    expect(await lab.must("campaign", "show", "spring")).toMatch(/stricter than it +-\n/);
  });

  test("is not started before each of its papers is there, and says which rule is in the way", async () => {
    await lab.must("campaign", "set", "spring", "--sector-authority", "none");
    expect(await start()).toContain("names none. (UK-SEC-1, SECTOR) [campaign-may-not-dial]");
    await lab.must("campaign", "set", "spring", "--sector", "general");
    expect(await start()).toContain("The register TPS has never been loaded. (UK-TPS-1, REGISTER-STALE)");
    await lab.must("campaign", "set", "spring", "--purpose", "service");
    expect(await start()).toContain("is not in the pool of numbers that this trunk may present. (UK-CLI-1, CLI-OWNED)");
    await allowNumber(lab);
    expect(await start()).toContain(
      "No information message is on record for this campaign. (UK-MSG-1, MESSAGE-APPROVED)",
    );
    await putMessageOnRecord(lab, `${PRINCIPAL} has a special offer. Ring 020 7946 0000 to object.`);
    expect(await start()).toContain(`Nobody has approved the message ${MESSAGE}.`);
    await approveMessage(lab);
    expect(await start()).toContain('The message markets: it says "offer".');
    await putMessageOnRecord(lab);
    await approveMessage(lab);
    await lab.must("kill-switch", "on", "--because", "audit");
    expect(await start()).toContain("audit. (KILL-SWITCH)");
    await lab.must("kill-switch", "off");
    expect(await lab.json("campaign", "list")).toMatchObject([
      { campaign: { desiredState: "stopped", firstStartedAt: null } },
    ]);
  });

  test("is started then, and its first start is kept", async () => {
    expect(await start()).toBe("spring: dialling begins.");
    const first = (await lab.json<{ campaign: { firstStartedAt: string } }>("campaign", "show", "spring")).campaign;
    expect(first.firstStartedAt).toMatch(/^20\d\d-/);
    await lab.must("campaign", "stop", "spring");
    await lab.must("campaign", "start", "spring");
    expect((await lab.json<{ campaign: Campaign }>("campaign", "show", "spring")).campaign).toMatchObject(first);
  });

  test("UK-CLI-2: its number is not rotated: a second change in a day needs a reason, and is told", async () => {
    const change = (number: string, ...more: string[]) =>
      lab.run("campaign", "set", "spring", "--cli", number, ...more);
    expect((await change("+442079460001")).code).toBe(0);
    expect(await change("+442079460002", "--wrap-up", "77s")).toMatchObject({
      code: 1,
      err: expect.stringContaining("say why with --because. [cli-changed-today]"),
    });
    // Nothing of a refused change is kept; the same number again is no change.
    const { campaign } = await lab.json<{ campaign: Campaign }>("campaign", "show", "spring");
    expect(campaign).toMatchObject({ cliNumber: "+442079460001", wrapUpMs: 15_000 });
    expect((await change("+442079460001")).code).toBe(0);
    expect((await change("+442079460002", "--because", "the carrier took the other back")).code).toBe(0);
    expect(await lab.json("alarm", "list")).toMatchObject([
      {
        code: "CLI-CHANGED-AGAIN",
        campaign: "spring",
        says: expect.stringContaining("the carrier took the other back"),
      },
    ]);
  });
});
