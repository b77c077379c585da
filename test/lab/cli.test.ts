// The command line as people use it: real processes, a real database, no Asterisk.

import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import { join } from "node:path";
import type { Campaign } from "../../src/domain/campaign.ts";
import { CliLab } from "./cli-lab.ts";
import { allowNumber, approveMessage, MESSAGE, PRINCIPAL, putMessageOnRecord } from "./cli-papers.ts";

const lab = new CliLab();

beforeAll(() => lab.begin(), 60_000);
afterAll(() => lab.end(), 30_000);

// In order: each stands on what the one before has made.
describe("a manager's day", () => {
  test("before the tables are there, every command says what to run", async () => {
    const { code, err } = await lab.run("campaign", "list");
    expect([code, err]).toEqual([1, expect.stringContaining("run `fairdial migrate`. [schema-missing]")]);
  });

  test("migrate makes the tables, and a second time has nothing to do", async () => {
    const first = await lab.json<{ applied: string[] }>("migrate");
    expect(first).toMatchObject({ version: expect.any(Number), crmRole: { granted: true, role: "fairdial_crm" } });
    expect(first.applied.length).toBeGreaterThan(0);
    expect(await lab.must("migrate")).toContain("The tables are up to date");
  });

  test("agents are made, found, and not made twice", async () => {
    expect(await lab.must("agent", "add", "ann", "--endpoint", "PJSIP/1001")).toContain("Made the agent ann");
    expect(
      await lab.fairdial(["agent", "add", "bob", "--endpoint", "1002", "--pin-file", "-"], "4711\n"),
    ).toMatchObject({
      code: 0,
    });
    expect(await lab.run("agent", "add", "ann", "--endpoint", "PJSIP/1003")).toMatchObject({
      code: 1,
      err: expect.stringContaining("[agent-exists]"),
    });
    expect(await lab.run("agent", "show", "anne")).toMatchObject({
      code: 1,
      err: expect.stringContaining('There is no agent "anne". Did you mean "ann"? [unknown-agent]'),
    });
    expect(await lab.json("agent", "list")).toMatchObject([
      { name: "ann", endpoint: "PJSIP/1001", hasPin: false, state: "loggedOut" },
      { name: "bob", endpoint: "PJSIP/1002", hasPin: true, state: "loggedOut" },
    ]);
    expect(await lab.must("agent", "list")).toMatch(/^agent +endpoint +state/);
  });

  test("a campaign has good defaults, and is not made twice", async () => {
    const made = await lab.json(
      "campaign",
      "add",
      "spring",
      "--trunk",
      "carrier",
      "--cli",
      "020 7946 0000",
      "--agents",
      "ann",
    );
    expect(made).toMatchObject({
      campaign: {
        name: "spring",
        desiredState: "stopped",
        cliNumber: "+442079460000",
        ringTimeoutMs: 25_000,
        connectTimeoutMs: 2_000,
        wrapUpMs: 15_000,
        redial: { attemptsMax: 5 },
      },
      agents: ["ann"],
    });
    expect(await lab.run("campaign", "add", "Spring", "--trunk", "carrier", "--cli", "020 7946 0000")).toMatchObject({
      code: 1,
      err: expect.stringContaining("[campaign-exists]"),
    });
    expect(
      await lab.run("campaign", "add", "x", "--trunk", "carrier", "--cli", "020 7946 0000", "--agents", "ann,bobb"),
    ).toMatchObject({ code: 1, err: expect.stringContaining('Did you mean "bob"?') });
    expect(await lab.json("campaign", "list")).toHaveLength(1);
  });

  test("a campaign is changed as it was made, and shown in the same words", async () => {
    await lab.must(
      ...["campaign", "set", "spring", "--wrap-up", "30s", "--redial", "busy:5m:2", "--redial", "machine:never"],
      ...["--calling-hours", "daily 10:00-20:00", "--add-agents", "bob", "--disposition", "1:sale:success"],
    );
    const shown = await lab.json<{ campaign: Campaign; agents: { name: string }[] }>("campaign", "show", "spring");
    expect(shown.campaign).toMatchObject({
      wrapUpMs: 30_000,
      callingHours: [{ days: [1, 2, 3, 4, 5, 6, 7], fromMinute: 600, toMinute: 1_200 }],
      dispositions: [{ key: "1", code: "sale", kind: "success" }],
    });
    expect(shown.campaign.redial.byClass.busy).toEqual({ delayMs: 300_000, triesMax: 2 });
    expect(shown.campaign.redial.byClass.machine).toBeUndefined();
    expect(shown.agents.map(({ name }) => name)).toEqual(["ann", "bob"]);
    await lab.must("campaign", "set", "spring", "--agents", "bob");
    const text = await lab.must("campaign", "show", "spring");
    expect(text).toMatch(/calling hours +mon-sun 10:00-20:00/);
    expect(text).toMatch(/bob +PJSIP\/1002/);
    expect(text).not.toMatch(/ann +PJSIP/);
  });

  test("numbers are suppressed, found, and allowed again", async () => {
    expect(await lab.must("suppress", "add", "07911 123457", "+44 7911 123457", "--reason", "dnc")).toBe(
      "Suppressed 1 number.\n",
    );
    expect(await lab.run("suppress", "check", "+447911123457", "--json")).toMatchObject({
      code: 1,
      out: expect.stringContaining('"reason":"dnc"'),
    });
    await lab.must("suppress", "remove", "07911123457");
    expect(await lab.must("suppress", "check", "07911123457")).toContain("nothing is against dialling it");
    expect(await lab.run("suppress", "remove", "07911123457")).toMatchObject({ code: 1 });
  });

  test("starting says why nothing may happen; pausing and stopping are written down", async () => {
    expect(await lab.run("campaign", "start", "spring")).toMatchObject({
      code: 1,
      err: expect.stringContaining("(UK-TPS-1, REGISTER-STALE) [campaign-may-not-dial]"),
    });
    await allowNumber(lab);
    await putMessageOnRecord(lab);
    await approveMessage(lab);
    await lab.must("campaign", "set", "spring", "--purpose", "service", "--principal", PRINCIPAL, "--message", MESSAGE);
    const { code, out, err } = await lab.run("campaign", "start", "spring");
    expect([code, out]).toEqual([0, "spring: dialling begins.\n"]);
    expect(err).toContain("No daemon is running");
    expect(err).toContain("None of its agents is logged in");
    expect(await lab.must("campaign", "start", "spring")).toBe("The campaign spring was running already.\n");
    expect(await lab.json("campaign", "pause", "spring")).toMatchObject({ state: "paused", before: "running" });
    expect(await lab.json("campaign", "stop", "SPRING")).toMatchObject({ campaign: "spring", state: "stopped" });
    expect(await lab.run("campaign", "start", "sprng")).toMatchObject({
      code: 1,
      err: expect.stringContaining('There is no campaign "sprng". Did you mean "spring"? [unknown-campaign]'),
    });
  });

  test("leads that were held are let go", async () => {
    expect(await lab.json("campaign", "release", "spring")).toEqual({ campaign: "spring", released: 0 });
    expect(await lab.run("campaign", "release", "sprng")).toMatchObject({ code: 1 });
  });

  test("an agent cannot be asked while no daemon listens", async () => {
    expect(await lab.run("agent", "pause", "ann", "--reason", "lunch", "--wait", "300ms")).toMatchObject({
      code: 1,
      err: expect.stringContaining("[no-daemon-answered]"),
    });
    expect(await lab.must("agent", "available", "ann", "--wait", "0")).toBe("Asked.\n");
  });

  test("reports of nothing are empty, not wrong", async () => {
    expect(await lab.json("report", "outcomes", "--campaign", "spring")).toMatchObject({ attempts: 0, outcomes: [] });
    expect(await lab.json("report", "attempts", "--from", "yesterday")).toEqual([]);
    expect(await lab.must("report", "outcomes")).toContain("No attempt has ended");
    expect(await lab.must("report", "attempts", "--csv")).toMatch(/^attempt_id,campaign,/);
  });

  test("check says that Asterisk is away and the rest is well", async () => {
    const { code, out } = await lab.run("check", "--json");
    const { ok, findings } = JSON.parse(out) as { ok: boolean; findings: { status: string; subject: string }[] };
    expect([code, ok]).toEqual([1, false]);
    expect(findings.filter(({ status }) => status === "fail").map(({ subject }) => subject)).toEqual(["asterisk"]);
    expect((await lab.run("check")).out).toMatch(/fail {2}asterisk: Nobody answers at Asterisk's address[^\n]*\n +→ /);
  });
});

describe("a database that will not have us", () => {
  test("a wrong password is said, and is not shown", async () => {
    const { code, out, err } = await lab.fairdial(["campaign", "list", "--verbose"], "", {
      FAIRDIAL_DATABASE_PASSWORD: "not-the-password",
    });
    expect([code, out]).toEqual([1, ""]);
    expect(err).toContain("[database-access-denied]");
    expect(err).not.toContain("not-the-password");
  });

  test("nobody at the address is said", async () => {
    const elsewhere = join(lab.folder, "elsewhere.yaml");
    lab.configure({ host: "127.0.0.1", port: 9, user: "fairdial" }, elsewhere);
    const { code, err } = await lab.run("--config", elsewhere, "campaign", "list");
    expect([code, err]).toEqual([1, expect.stringContaining("[database-unreachable]")]);
  });

  test("a database that does not exist is said", async () => {
    const missing = join(lab.folder, "missing.yaml");
    const { host, port, user } = lab.server.access;
    lab.configure({ host, port, user, name: "no_such_database" }, missing);
    const { code, err } = await lab.run("--config", missing, "migrate");
    expect([code, err]).toEqual([1, expect.stringContaining("[database-unknown-database]")]);
  });
});

describe("the same, as a process", () => {
  test("answers, complaints and exit codes leave by their own doors", async () => {
    const [list, unknown, usage, piped] = await Promise.all([
      lab.asProcess(["campaign", "list", "--json"]),
      lab.asProcess(["campaign", "show", "sprng"]),
      lab.asProcess(["campaign", "shwo", "spring"]),
      lab.asProcess(
        [
          "list",
          "import",
          "-",
          "--campaign",
          "spring",
          "--list",
          "typed",
          "--rejects",
          join(lab.folder, "typed.csv"),
          "--json",
        ],
        "Phone\n07911 123499\n",
      ),
    ]);
    expect([list.code, list.err]).toEqual([0, ""]);
    expect(JSON.parse(list.out)).toHaveLength(1);
    expect(unknown).toMatchObject({ code: 1, out: "", err: expect.stringContaining("[unknown-campaign]") });
    expect(usage).toMatchObject({ code: 2, out: "", err: expect.stringContaining("[wrong-usage]") });
    expect(JSON.parse(piped.out)).toMatchObject({ leadsLoaded: 1 });
  }, 60_000);
});
