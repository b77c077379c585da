/**
 * When people may be called, under every profile and across every change of the clocks of ten zones: judged by the wall
 * clock of the machine's own tables and by holidays typed in by hand, not by the code's.
 */
import { describe, expect, test } from "@jest/globals";
import fc from "fast-check";
import { mayDial } from "../../src/compliance/may-dial.ts";
import type { CampaignRules, DialFacts } from "../../src/compliance/dial-facts.ts";
import type { Purpose } from "../../src/domain/campaign.ts";
import { instant } from "../../src/domain/instant.ts";
import type { Instant } from "../../src/domain/instant.ts";
import { DAY_MS, dialFacts, HOUR_MS, register, rulesOf, type ProfileName } from "../unit/compliance/dial-fixture.ts";
import { clockChanges, wallOf, type Wall } from "./wall.ts";

const ZONES = [
  "Europe/London",
  "Europe/Dublin", // Negative summer time, in law.
  "Europe/Berlin",
  "America/New_York",
  "America/St_Johns", // Half an hour beside the others.
  "Australia/Sydney",
  "Australia/Lord_Howe", // Changes by half an hour.
  "Pacific/Chatham", // Three quarters beside the others.
  "Africa/Cairo", // Changes at midnight.
  "Africa/Casablanca", // Changes for Ramadan.
] as const;

const QUARTER_MS = 15 * 60_000;
const FROM = Date.UTC(2026, 0, 2);
const TO = Date.UTC(2027, 11, 20);

/** From the lists that governments have published. */
const GB_COMMON = [
  "2026-01-01",
  "2026-04-03",
  "2026-05-04",
  "2026-05-25",
  "2026-12-25",
  "2026-12-26",
  "2026-12-28",
].concat([
  "2027-01-01",
  "2027-03-26",
  "2027-05-03",
  "2027-05-31",
  "2027-12-25",
  "2027-12-26",
  "2027-12-27",
  "2027-12-28",
]);
const EASTER_MONDAYS = ["2026-04-06", "2027-03-29"];
const GB_ENG = [...GB_COMMON, ...EASTER_MONDAYS, "2026-08-31", "2027-08-30"];
const GB_SCT = [
  ...GB_COMMON,
  "2026-01-02",
  "2026-08-03",
  "2026-11-30",
  "2027-01-02",
  "2027-01-04",
  "2027-08-02",
  "2027-11-30",
];
const GB_NIR = [...GB_ENG, "2026-03-17", "2026-07-12", "2026-07-13", "2027-03-17", "2027-07-12"];
const IRELAND = ["01-01", "02-02", "03-17", "04-06", "05-04", "06-01", "08-03", "10-26", "12-25", "12-26", "12-28"]
  .map((day) => `2026-${day}`)
  .concat(
    ["01-01", "02-01", "03-17", "03-29", "05-03", "06-07", "08-02", "10-25", "12-25", "12-26", "12-27", "12-28"].map(
      (day) => `2027-${day}`,
    ),
  );
const GERMANY = ["01-01", "04-03", "04-06", "05-01", "05-14", "05-25", "10-03", "12-25", "12-26"]
  .map((day) => `2026-${day}`)
  .concat(
    ["01-01", "03-26", "03-29", "05-01", "05-06", "05-17", "10-03", "12-25", "12-26"].map((day) => `2027-${day}`),
  );
const AUSTRALIA = ["01-01", "01-26", "04-03", "04-04", "04-05", "04-06", "04-25", "04-27", "12-25", "12-26", "12-28"]
  .map((day) => `2026-${day}`)
  .concat(
    ["01-01", "01-26", "03-26", "03-27", "03-28", "03-29", "04-25", "04-26", "12-25", "12-26", "12-27", "12-28"].map(
      (day) => `2027-${day}`,
    ),
  );

interface Oracle {
  readonly profile: ProfileName;
  readonly purpose: Purpose;
  readonly region: string | null;
  /** Hours of Monday to Friday, Saturday and Sunday, in minutes; null for closed. */
  readonly week: readonly [number, number];
  readonly saturday: readonly [number, number] | null;
  readonly sunday: readonly [number, number] | null;
  readonly holidays: readonly string[];
}

const h = (hours: number, minutes = 0): number => hours * 60 + minutes;
const ORACLES: readonly Oracle[] = [
  { ...uk("GB-ENG", GB_ENG) },
  { ...uk("SCT", GB_SCT) },
  { ...uk("GB-NIR", GB_NIR) },
  // Whose nation nobody knows keeps the holidays of all.
  { ...uk(null, [...GB_ENG, ...GB_SCT, ...GB_NIR]) },
  { ...uk(null, IRELAND), profile: "IE" },
  { ...always([h(8), h(20)], GERMANY), profile: "DE", sunday: null },
  { ...always([h(8), h(21)], []), profile: "US" },
  { ...always([h(8), h(20)], []), profile: "US", region: "FL" },
  { ...always([h(10), h(18)], []), profile: "CA", week: [h(9), h(21, 30)] },
  { ...always([h(9), h(17)], AUSTRALIA), profile: "AU", week: [h(9), h(20)], sunday: null },
  { ...always([h(9), h(17)], AUSTRALIA), profile: "AU", week: [h(9), h(20, 30)], purpose: "research" },
];

function uk(region: string | null, holidays: readonly string[]): Oracle {
  const common = { profile: "UK", purpose: "marketing", region, holidays } as const;
  return { ...common, week: [h(8), h(21)], saturday: [h(9), h(21)], sunday: null };
}
function always(hours: readonly [number, number], holidays: readonly string[]): Omit<Oracle, "profile"> {
  return { purpose: "marketing", region: null, week: hours, saturday: hours, sunday: hours, holidays };
}

const expected = ({ week, saturday, sunday, holidays }: Oracle, { date, weekday, minute }: Wall): string => {
  const hours = weekday === 7 ? sunday : weekday === 6 ? saturday : week;
  if (hours === null || minute < hours[0] || minute >= hours[1]) return "CALLING-WINDOW";
  return holidays.includes(date) ? "HOLIDAY" : "allowed";
};

/** Registers are always fresh here; their age is another rule's. */
const ask = (rules: CampaignRules, facts: DialFacts, at: Instant) => {
  const fileDate = instant(at - DAY_MS);
  const registers = rules.profile.registers.map(({ name }) => register(name, { fileDate }));
  return mayDial({ ...facts, registers, message: { ...facts.message!, approvedAt: instant(0) } }, rules, at);
};
const consent = { kind: "written", reference: "form 1", givenAt: null } as const;

/** Walls are slow to read, and remember what they have read. */
const seen = new Map<string, { wall: (at: number) => Wall; changes: readonly number[] }>();
const zoneNamed = (zone: string) => {
  const found = seen.get(zone) ?? { wall: wallOf(zone), changes: clockChanges(zone, FROM, TO) };
  seen.set(zone, found);
  return found;
};

const caseName = ({ profile, region, purpose }: Oracle): string => `${profile} ${region ?? "-"} ${purpose}`;

describe.each(ORACLES.map((oracle) => [caseName(oracle), oracle] as const))("%s", (_name, oracle) => {
  const rules = rulesOf(oracle.profile, { purpose: oracle.purpose });

  test.each(ZONES)("in %s", (timeZone) => {
    const { wall, changes } = zoneNamed(timeZone);
    expect(changes).toHaveLength(4);
    const holidays = oracle.holidays.map((date) => Date.parse(`${date}T00:00:00Z`));
    const near = (moments: readonly number[], ms: number) =>
      moments.map((moment) => fc.integer({ min: moment - ms, max: moment + ms }));
    const anyMoment = fc
      .oneof(
        fc.integer({ min: FROM, max: TO }),
        ...near(changes, 2 * DAY_MS),
        ...near(changes, 2 * HOUR_MS),
        ...near(holidays, 2 * DAY_MS),
      )
      .map((at) => instant(Math.min(Math.max(at, FROM), TO)));
    const facts = dialFacts(oracle.profile, { timeZone, region: oracle.region, consent });

    fc.assert(
      fc.property(anyMoment, (at) => {
        const verdict = ask(rules, facts, at);
        expect(verdict.allowed ? "allowed" : verdict.rule).toBe(expected(oracle, wall(at)));
        if (verdict.allowed) return;
        // The moment that is named is open, later, and the first: every quarter before it is closed.
        const againAt = verdict.againAt!;
        expect(againAt).toBeGreaterThan(at);
        expect(expected(oracle, wall(againAt))).toBe("allowed");
        expect(expected(oracle, wall(againAt - 1))).not.toBe("allowed");
        // Windows, days and clocks change at whole quarters only.
        for (let moment = at + 0; moment < againAt; moment += QUARTER_MS) {
          if (expected(oracle, wall(moment)) === "allowed") throw new Error(`open at ${String(moment)} already`);
        }
        expect(ask(rules, facts, againAt).allowed).toBe(true);
      }),
      { numRuns: 25 },
    );
  });
});

describe("windows, holidays, frequency and flags together", () => {
  const anyCase = fc.record({
    oracle: fc.constantFrom(...ORACLES),
    timeZone: fc.constantFrom(...ZONES),
    at: fc.integer({ min: FROM, max: TO - 10 * DAY_MS }).map(instant),
    agesMs: fc.array(fc.integer({ min: -HOUR_MS, max: 48 * HOUR_MS }), { maxLength: 6 }),
    flagMs: fc.option(fc.integer({ min: -HOUR_MS, max: 80 * HOUR_MS })),
    gapMinMs: fc.option(fc.integer({ min: 2 * HOUR_MS, max: 48 * HOUR_MS })),
    perDayMax: fc.option(fc.integer({ min: 1, max: 3 })),
  });

  test("when to ask again is a moment at which the answer is yes, and a millisecond earlier it is no", () => {
    let refusals = 0;
    fc.assert(
      fc.property(anyCase, ({ oracle, timeZone, at, agesMs, flagMs, gapMinMs, perDayMax }) => {
        const tightening = {
          ...(gapMinMs === null ? {} : { attemptGapMinMs: gapMinMs }),
          ...(perDayMax === null ? {} : { attemptsPerDayMax: perDayMax }),
        };
        const rules = rulesOf(oracle.profile, { purpose: oracle.purpose, tightening });
        const facts = dialFacts(oracle.profile, {
          ...{ timeZone, region: oracle.region, consent },
          facts: {
            attemptsAt: agesMs.map((ageMs) => instant(at - ageMs)),
            guaranteedOnlyUntil: flagMs === null ? null : instant(at + flagMs),
            onTheLineAt: flagMs !== null && flagMs % 2 === 0 ? instant(at - agesMs.length) : null,
          },
        });
        const verdict = ask(rules, facts, at);
        if (verdict.allowed) return;
        refusals += 1;
        const againAt = verdict.againAt!;
        expect(againAt).toBeGreaterThan(at);
        expect(ask(rules, facts, againAt).allowed).toBe(true);
        expect(ask(rules, facts, instant(againAt - 1)).allowed).toBe(false);
      }),
      { numRuns: 400 },
    );
    expect(refusals).toBeGreaterThan(100);
  });

  test("no limit on attempts is passed, counted by hand", () => {
    fc.assert(
      fc.property(anyCase, ({ timeZone, at, agesMs }) => {
        const facts = dialFacts("US", {
          ...{ timeZone, region: "FL", consent },
          facts: { attemptsAt: agesMs.map((ageMs) => instant(at - ageMs)) },
        });
        const within = agesMs.filter((ageMs) => ageMs < 24 * HOUR_MS).length;
        const verdict = ask(rulesOf("US"), facts, at);
        if (verdict.allowed) expect(within).toBeLessThan(3);
        else if (verdict.rule === "FREQUENCY") expect(within).toBeGreaterThanOrEqual(3);
      }),
      { numRuns: 300 },
    );
  });
});
