/** Profiles' files: what is shipped, what a site adds or replaces, and what is wrong with a file, said where. */
import { mkdtempSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, test } from "@jest/globals";
import { stringify } from "yaml";
import { runCli } from "../../../src/app/cli.ts";
import { ConfigError } from "../../../src/app/config-problems.ts";
import { readProfiles, SHIPPED_FOLDER } from "../../../src/app/profiles.ts";
import { instant } from "../../../src/domain/instant.ts";
import { memoryWorld } from "./world.ts";

const folder = mkdtempSync(join(tmpdir(), "fairdial-profiles-"));
const on = (date: string) => instant(Date.parse(`${date}T12:00:00Z`));
const NOW = on("2026-11-22");
const shipped = readProfiles([], NOW);

let files = 0;
const fileOf = (content: object | string): string => {
  const path = join(folder, `${String(files++)}.yaml`);
  writeFileSync(path, typeof content === "string" ? content : stringify(content));
  return path;
};
const row = (id: string, set: object = {}, more: object = {}) => ({
  ...{ id, says: "x", source: "y", confidence: "E", valid_from: "2026-01-01", set },
  ...more,
});
const problemsOf = (...contents: (object | string)[]): string[] => {
  const set = readProfiles(contents.map(fileOf), NOW);
  return [...set.broken].flatMap(([name, problems]) =>
    problems.map(({ rule, says }) => `${name}, ${rule ?? "-"}: ${says}`),
  );
};

describe("the shipped profiles", () => {
  test("are six, without contradictions, and no change of theirs is to come", () => {
    expect([...shipped.keys()]).toEqual(["AU", "CA", "DE", "IE", "UK", "US"]);
    expect([...shipped.broken]).toEqual([]);
    expect(shipped.changesOn).toBeNull();
  });

  test.each([
    ["UK", "CLK-1 SIL-1 ACR-1 ACR-2 ACR-3 ACR-4 MSG-1 MSG-2 RING-1 72H-1 24H-1 GUA-1 IVM-1 CLI-1 CLI-2 CLI-3 CLI-4"],
    ["UK", "HRS-1 TPS-1 SUP-1 REC-1 ID-1 SEC-1 EVD-1 FREQ-1"],
    ["US", "ABD-1 ABD-2 MSG-1 RING-1 HRS-1 FREQ-1 DNC-1 DNC-2 RND-1 PEWC-1 REC-1 WA-1"],
    ["CA", "ABD-1 HRS-1 DNC-1 REC-1 ADAD-1"],
    ["DE", "CON-1 FREQ-1 HRS-1 RING-1 LOST-1 CLI-1"],
    ["IE", "MOB-1 NDD-1 ABD-1"],
    ["AU", "HRS-1 CLI-1 TERM-1"],
  ])("%s has the rules %s", (name, wanted) => {
    const ids = shipped.get(name)!.rules.map(({ id }) => id);
    expect(ids).toEqual(expect.arrayContaining(wanted.split(" ").map((id) => `${name}-${id}`)));
    expect(new Set(ids).size).toBe(ids.length);
  });

  test("every rule says what it asks, where it is from and how sure we are; every question has a rule behind it", () => {
    for (const { name, rules } of shipped.values()) {
      for (const rule of rules) expect([rule.says.length > 10, rule.source.length > 5]).toEqual([true, true]);
      const asked = new Set(rules.flatMap(({ decides = [] }) => decides));
      for (const question of [
        "JURISDICTION",
        "SUPPRESSED",
        "CLI-VALID",
        "MESSAGE-APPROVED",
        "MESSAGE-PLAYS",
      ] as const) {
        expect([name, question, asked.has(question)]).toEqual([name, question, true]);
      }
    }
  });

  test("what is from memory says so: no shipped row with a doubt in its source claims to be read", () => {
    for (const { rules } of shipped.values()) {
      for (const { id, source, confidence } of rules.filter((each) => /^from memory/.test(each.source))) {
        expect([id, source, confidence]).toEqual([id, source, "M"]);
      }
    }
  });

  test("their version changes with any value and with nothing else", () => {
    const uk = shipped.get("UK")!;
    expect(uk.version).toMatch(/^[0-9a-f]{16}$/);
    expect(readProfiles([], on("2030-01-01")).get("UK")!.version).toBe(uk.version);
    const again = readProfiles([join(SHIPPED_FOLDER, "UK.yaml")], NOW).get("UK")!;
    expect(again.version).toBe(uk.version);
    const other = fileOf({ profile: "UK", inherits: "UK", rules: [row("SITE-1", { silentStopCount: 1 })] });
    expect(readProfiles([other], NOW).get("UK")!.version).not.toBe(uk.version);
  });

  test("what is built has them beside it", () => {
    expect(readdirSync(SHIPPED_FOLDER)).toEqual(expect.arrayContaining(["UK.yaml", "holidays.yaml"]));
    const script = readFileSync(join(import.meta.dirname, "../../../scripts/copy-assets.mjs"), "utf8");
    expect(script).toContain('["src/compliance/profiles", ".yaml"]');
  });
});

describe("a site's file", () => {
  test("adds a profile that inherits, leaves out and overrides", () => {
    const file = fileOf({
      profile: "OURS",
      inherits: "UK",
      without: ["UK-FREQ-1"],
      rules: [row("OUR-CLK-1", { clock: { limitMs: "1500ms" } }), row("UK-SIL-1", { silentStopCount: 1 })],
    });
    const set = readProfiles([file], NOW);
    const ours = set.get("OURS")!;
    expect([...set.broken]).toEqual([]);
    expect(ours.clock).toMatchObject({ start: "answer", limitMs: 1_500, safetyMarginMs: 200 });
    expect(ours).toMatchObject({ silentStopCount: 1, frequency: { perDayMax: null, gapMinMs: null } });
    // Each value has one rule behind it, and what was overridden is nobody's any more.
    const sets = new Map(ours.rules.map((rule) => [rule.id, rule.sets]));
    expect(sets.get("OUR-CLK-1")).toEqual({ "clock.limitMs": 1_500 });
    expect(sets.get("UK-CLK-1")).not.toHaveProperty(["clock.limitMs"]);
    expect(sets.has("UK-FREQ-1")).toBe(false);
    expect(set.get("UK")).toEqual(shipped.get("UK"));
  });

  test("replaces a shipped profile, or builds on it under its own name", () => {
    const built = readProfiles(
      [fileOf({ profile: "UK", inherits: "UK", rules: [row("SITE-1", { silentStopCount: 1 })] })],
      NOW,
    ).get("UK")!;
    expect(built).toMatchObject({ silentStopCount: 1, ringMinMs: 15_000 });
    // Those that inherit it get what it has become.
    const ireland = readProfiles(
      [fileOf({ profile: "UK", inherits: "UK", rules: [row("SITE-1", { silentStopCount: 1 })] })],
      NOW,
    ).get("IE")!;
    expect(ireland.silentStopCount).toBe(1);
  });

  test("adds calendars, and closes on their days", () => {
    const file = fileOf({
      profile: "BY",
      inherits: "DE",
      rules: [row("BY-HRS-1", { holidayCalendars: ["DE-BY"] })],
      calendars: { "DE-BY": [{ name: "Fronleichnam", afterEaster: 60 }] },
    });
    expect(readProfiles([file], NOW).get("BY")!.holidayCalendars).toEqual(["DE", "DE-BY"]);
  });

  test("a rule holds from its day on, the later one in the earlier one's stead", () => {
    const file = fileOf({
      profile: "OURS",
      inherits: "UK",
      rules: [
        row("UK-RING-1", { ringMinMs: "18s", earlyRingMinMs: "20s" }, { valid_from: "2026-06-01" }),
        row("UK-RING-1", { ringMinMs: "20s", earlyRingMinMs: "25s" }, { valid_from: "2027-01-01" }),
      ],
    });
    const ringOn = (date: string) => {
      const set = readProfiles([file], on(date));
      return [set.get("OURS")!.ringMinMs, set.changesOn];
    };
    expect(ringOn("2026-05-31")).toEqual([15_000, "2026-06-01"]);
    expect(ringOn("2026-06-01")).toEqual([18_000, "2027-01-01"]);
    expect(ringOn("2027-01-01")).toEqual([20_000, null]);
  });
});

describe("a contradiction keeps a profile from being there, and names the rule", () => {
  const ours = (rules: object[], more: object = {}) => ({ profile: "OURS", inherits: "UK", rules, ...more });
  test.each<[string, (object | string)[], string]>([
    [
      "two rows that say different things",
      [ours([row("A-1", { clock: { limitMs: 1_500 } }), row("A-2", { clock: { limitMs: 1_600 } })])],
      "OURS, A-2: A-1 and A-2 contradict each other: clock.limitMs is 1500 by the one and 1600 by the other.",
    ],
    ["a row that stands there twice", [ours([row("A-1"), row("A-1")])], "OURS, A-1: The rule A-1 stands there twice"],
    [
      "a margin that eats the limit",
      [ours([row("A-1", { clock: { safetyMarginMs: 2_000 } })])],
      "OURS, A-1: The margin",
    ],
    ["a grace above two seconds", [ours([row("A-1", { clock: { noSpeechGraceMs: 2_001 } })])], "OURS, A-1: clock.noSp"],
    ["levels that fall", [ours([row("A-1", { abandon: { alertBasisPoints: 250 } })])], "OURS, A-1: The levels"],
    [
      "a stop above the ceiling",
      [ours([row("A-1", { abandon: { stopBasisPoints: 301 } })])],
      "OURS, A-1: abandon.stop",
    ],
    ["early media that rings shorter", [ours([row("A-1", { ringMinMs: "21s" })])], "OURS, UK-RING-1: earlyRingMinMs"],
    ["a gap nobody looks back for", [ours([row("A-1", { frequency: { gapMinMs: "49h" } })])], "OURS, A-1: gapMinMs"],
    [
      "a register asked for twice",
      [ours([row("A-1", { registers: [{ name: "TPS", ageMaxDays: 3 }] })])],
      "OURS, A-1: The reg",
    ],
    ["a calendar nobody has", [ours([row("A-1", { holidayCalendars: ["XX"] })])], "OURS, A-1: There is no calendar"],
    ["a parent nobody has", [{ ...ours([row("A-1")]), inherits: "UKK" }], "OURS, -: It inherits UKK"],
    ["a rule left out that is not there", [ours([], { without: ["UK-XX-1"] })], "OURS, UK-XX-1: UK has no rule"],
    [
      "a profile with nothing in it",
      [{ profile: "OURS", rules: [row("A-1")] }],
      "OURS, -: No rule of OURS gives clock.start.",
    ],
    [
      "two that inherit each other",
      [
        { profile: "A", inherits: "B", rules: [] },
        { profile: "B", inherits: "A", rules: [] },
      ],
      "A, -: It inherits itself",
    ],
  ])("%s", (_what, contents, expected) => {
    expect(problemsOf(...contents)[0]).toContain(expected);
    expect(readProfiles(contents.map(fileOf), NOW).has("OURS")).toBe(false);
  });
});

describe("a file that is not one", () => {
  const refusal = (content: object | string): readonly string[] => {
    try {
      readProfiles([fileOf(content)], NOW);
      return [];
    } catch (error) {
      if (error instanceof ConfigError) return error.problems;
      throw error;
    }
  };
  const withSet = (set: object) => ({ profile: "OURS", inherits: "UK", rules: [row("A-1", set)] });
  test.each<[object | string, string]>([
    ["profile: [", "Line 1 is not YAML"],
    ["- a", "It holds no profile"],
    [{ rules: [row("A-1")] }, "profile is missing"],
    [{ profile: "O URS", rules: [] }, "profile must be at most 32 letters"],
    [{ profile: "OURS", inherit: "UK" }, '"inherit" is not a key. Did you mean "inherits"?'],
    [{ profile: "OURS", rules: [{ ...row("A-1"), source: undefined }] }, "rules[0].source is missing"],
    [{ profile: "OURS", rules: [row("A-1", {}, { confidence: "V3" })] }, "rules[0].confidence must be one of: V1, V2"],
    [{ profile: "OURS", rules: [row("A-1", {}, { valid_from: "2026-02-30" })] }, "rules[0].valid_from must be a date"],
    [{ profile: "OURS", rules: [row("A-1", {}, { decides: ["HOLIDAYS"] })] }, "rules[0].decides[0] must be one of"],
    [withSet({ clok: {} }), '"clok" is not a key in rules[0].set. Did you mean "clock"?'],
    [withSet({ clock: { limitMs: "2 sheep" } }), "rules[0].set.clock.limitMs must be milliseconds, or a duration"],
    [withSet({ clock: { limitMs: "2" } }), "rules[0].set.clock.limitMs must be milliseconds, or a duration"],
    [withSet({ clock: { start: "ring" } }), "rules[0].set.clock.start must be one of: answer, speechStart"],
    [
      withSet({ hours: [{ hours: "mon 9-25", closedOnHolidays: true }] }),
      'rules[0].set.hours[0].hours must be hours: "9-25"',
    ],
    [withSet({ hours: [{ hours: "mon 9-17" }] }), "rules[0].set.hours[0].closedOnHolidays is missing"],
    [withSet({ abandon: { timeZone: "London" } }), "rules[0].set.abandon.timeZone must be a time zone"],
    [withSet({ cli: { refusedPrefixes: [447] } }), "rules[0].set.cli.refusedPrefixes[0] must be"],
    [withSet({ regions: { Florida: {} } }), 'rules[0].set.regions: "Florida" must be a region such as US-FL'],
    [{ calendars: { DE: [{ name: "x", on: "13-01" }] } }, "calendars.DE[0].on must be MM-DD"],
    [{ calendars: { DE: [{ name: "x", on: "12-01", afterEaster: 1 }] } }, "must say its day in one way"],
    [{ calendars: { DE: [{ name: "x", weekday: 1 }] } }, "must say its day in one way"],
  ])("%j", (content, expected) => {
    expect(refusal(content)).toEqual([expect.stringContaining(expected)]);
  });

  test("is not there", () => {
    expect(() => readProfiles([join(folder, "none.yaml")], NOW)).toThrow("it does not exist");
  });
});

describe("fairdial profile", () => {
  const config = join(folder, "fairdial.yaml");
  const run = async (...argv: string[]) => {
    const world = memoryWorld({ FAIRDIAL_CONFIG: config });
    const code = await runCli(argv, world);
    return { code, ...world.printed };
  };
  const configure = (...profiles: string[]): void => {
    writeFileSync(config, stringify({ database: { user: "fairdial", password: "x" }, profiles }), { mode: 0o600 });
  };

  test("list names what there is; a broken one is told and fails", async () => {
    configure();
    const good = await run("profile", "list", "--json");
    expect([good.code, JSON.parse(good.out).profiles.map(({ name }: { name: string }) => name)]).toEqual([
      ...[0, ["AU", "CA", "DE", "IE", "UK", "US"]],
    ]);
    configure(fileOf({ profile: "OURS", inherits: "UK", without: ["X-1"], rules: [] }));
    const bad = await run("profile", "list");
    expect([bad.code, bad.out]).toEqual([1, expect.stringContaining("OURS cannot be used: UK has no rule X-1")]);
  });

  test("show prints each rule with value, source and confidence; an unknown name is answered with the nearest", async () => {
    configure();
    const { code, out } = await run("profile", "show", "UK");
    expect(code).toBe(0);
    for (const { id } of shipped.get("UK")!.rules) expect(out).toContain(`\n${id}  `);
    expect(out).toContain("clock.limitMs: 2000");
    expect(out).toContain("hours: mon-fri 08:00-21:00, sat 09:00-21:00, not on public holidays");
    expect(out).toContain("UK-CLI-1M  M (from memory, unverified: a person must check it)");
    expect(JSON.parse((await run("profile", "show", "DE", "--json")).out)).toMatchObject({
      name: "DE",
      recordsMonths: 60,
    });
    expect((await run("profile", "show", "UKK")).err).toContain('Did you mean "UK"? [unknown-profile]');
  });

  test("check says what is wrong and where, and what would be right", async () => {
    const good = fileOf({ profile: "OURS", inherits: "UK", rules: [row("A-1", { silentStopCount: 1 })] });
    expect(await run("profile", "check", good)).toMatchObject({
      code: 0,
      out: expect.stringContaining("OURS: version"),
    });
    const bad = fileOf({ profile: "OURS", inherits: "UK", rules: [row("A-1", { clock: { limitMs: 100 } })] });
    const told = await run("profile", "check", bad, "--json");
    expect([told.code, JSON.parse(told.out)]).toMatchObject([
      1,
      {
        ok: false,
        problems: [{ file: bad, profile: "OURS", rule: "UK-CLK-1", says: expect.stringContaining("margin") }],
      },
    ]);
    expect(await run("profile", "check", join(folder, "none.yaml"))).toMatchObject({
      ...{ code: 1, out: expect.stringContaining("it does not exist") },
    });
  });
});
