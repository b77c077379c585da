/** A small fortnight of scripts/bench/fortnight.ts through the real engine, and a planted fault for each thing it looks at. */
import { describe, expect, jest, test } from "@jest/globals";
import {
  type Figures,
  findingsOf,
  fixedInterval,
  fortnight,
  type FortnightOptions,
  OUR_RULES,
} from "../../scripts/bench/fortnight/run.ts";
import { instant } from "../../src/domain/instant.ts";
import type { MemoryTables } from "../../src/simulation/memory-tables.ts";

jest.setTimeout(300_000);

const HOUR = 3_600_000;
const DAY = 24 * HOUR;

/** A late morning and an early evening in London; three agents make some three attempts for each lead. */
const WORLD = { leads: 400, days: 14, seed: 1, agents: 3, newSharePercent: 50 } as const;
const TIMES = [
  [630, 650],
  [1_080, 1_100],
] as const;
const OURS = { policy: "these rules", redial: OUR_RULES, times: TIMES };

describe("a fortnight", () => {
  let ours: Figures;
  let naive: Figures;

  test("no rule broken, everybody tried, every exclusion explained, more contacts than by an interval", async () => {
    ours = await fortnight({ ...WORLD, ...OURS });
    naive = await fortnight({ ...WORLD, policy: "every 24 h", redial: fixedInterval(24), times: TIMES });
    expect(findingsOf(ours, [naive], WORLD)).toEqual([]);
    expect(ours).toMatchObject({ problems: [], penetration: 1 });
    expect(naive.problems).toEqual([]);
    expect(ours.contactRate).toBeGreaterThan(naive.contactRate);
    // It has seen what it is about: registers and objections, redials, both changes of clocks, leads that wait and are done.
    expect(Object.keys(ours.exclusions).sort()).toEqual(["REGISTER-LISTED", "SUPPRESSED", "put-off"]);
    expect(ours.attempts).toBeGreaterThan(2 * WORLD.leads);
    expect(Object.keys(ours.afterClockChange).sort()).toEqual(["America/New_York", "Europe/London"]);
    expect(Object.values(ours.funnel).reduce((sum, leads) => sum + leads, 0)).toBe(WORLD.leads);
    expect(ours.idlePromises).not.toContain("as-redial-says");
    expect(ours.idlePromises).not.toContain("exclusions-have-reasons");
  });

  test("a campaign that reaches fewer people, or people too often too soon, is found out", () => {
    expect(findingsOf(naive, [ours], WORLD)).toContain("no better than these rules");
    expect(findingsOf(ours, [naive], { ...WORLD, newSharePercent: 99 }).join()).toMatch(/^third attempts took/);
    const stayed = { ...ours, afterClockChange: { "Europe/London": 0 } };
    expect(findingsOf(stayed, [naive], WORLD)).toEqual([
      "nobody was called in Europe/London after the clocks had changed",
    ]);
    expect(findingsOf({ ...ours, afterClockChange: {} }, [naive], WORLD)).toEqual(["no clock changed"]);
  });
});

const SMALL: FortnightOptions = { ...OURS, leads: 120, days: 2, seed: 1, agents: 3, newSharePercent: 50 };

test("a team that does not get round to its list is found out", async () => {
  const few = await fortnight({ ...SMALL, agents: 1, days: 2 });
  expect(few.problems).toEqual([]);
  expect(findingsOf(few, [], SMALL).join()).toMatch(/^penetration is \d/);
});

/** London's summer time: the first day is worked from 9:30 and from 17:00 UTC. */
const [DAWN, MIDDAY] = [HOUR, 12 * HOUR];
/** While they work: rows are taken away when the daemon stops, and what befalls them has to befall them before. */
const EVENING = 17.25 * HOUR;
const NEXT_MORNING = DAY + 8 * HOUR;

const waiting = (tables: MemoryTables) => [...tables.leads.values()].filter(({ state }) => state === "ready");
const someEnded = (tables: MemoryTables) =>
  [...tables.attempts.values()].find(({ state, outcome }) => state === "ended" && outcome === "no-answer")!;

/** What the rows of leads know of what was tried, and when it may be tried again. */
const forget = (tables: MemoryTables): void => {
  for (const lead of waiting(tables)) {
    Object.assign(lead, { past: [], attemptsCounted: 0, dueAt: instant(0) });
    for (const number of lead.numbers) Object.assign(number, { attemptsCounted: 0, lastAttemptAt: null });
  }
};

test.each<[what: string, atMs: number, act: (tables: MemoryTables) => void, found: RegExp]>([
  ["people called in the same part of the next day", NEXT_MORNING, forget, /the same band two days running/],
  [
    "a lead called after an agent had talked to them",
    MIDDAY,
    (tables) => {
      for (const lead of tables.leads.values()) if (lead.because === "done") Object.assign(lead, { state: "ready" });
    },
    /was dialled although an agent had talked to them/,
  ],
  [
    "a lead lost from the list",
    MIDDAY,
    (tables) => tables.leads.delete(waiting(tables)[0]!.leadId),
    /^leads in the funnel: 119 instead of 120/,
  ],
  [
    "a lead put aside without a reason",
    MIDDAY,
    (tables) => Object.assign(waiting(tables)[0]!, { state: "held", because: null }),
    /^leads-have-reasons .*a lead was put aside without a reason/,
  ],
  [
    "a lead that waits, and nobody knows why",
    MIDDAY,
    (tables) => Object.assign(waiting(tables)[0]!, { queue: 2, because: null, dueAt: instant(Date.UTC(2027, 0)) }),
    /1 leads are "redial-later" without a reason/,
  ],
  [
    "a lead put aside before anybody tried",
    MIDDAY,
    (tables) =>
      Object.assign(
        waiting(tables).find(({ past }) => past.length === 0)!,
        { state: "done", because: "forgotten" },
      ),
    /was put aside untried, and could have been called/,
  ],
  [
    "a register that is not asked",
    DAWN,
    ({ compliance: { registers } }) => registers.set("TPS", { ...registers.get("TPS")!, numbers: new Set() }),
    /a barred number was dialled/,
  ],
  [
    "a row that says otherwise than the journal",
    EVENING,
    (tables) => Object.assign(someEnded(tables), { outcome: "connected" }),
    /^rows-equal-journal .*a row ended otherwise/,
  ],
  [
    "a row that says more than the person heard",
    EVENING,
    (tables) => {
      const row = someEnded(tables);
      row.facts = { ...row.facts, connectedAt: row.facts.endedAt };
    },
    /a row is connected and the person heard no agent/,
  ],
])("%s is found out", async (_what, atMs, act, found) => {
  const { problems } = await fortnight({ ...SMALL, interferences: [{ atMs, act }] });
  expect(problems.join("\n")).toMatch(new RegExp(found.source, "m"));
});

test("a lead tried oftener than its campaign allows is found out by the judge", async () => {
  const redial = { ...OUR_RULES, attemptsMax: 2, limits: { gapMinMs: 0 } };
  const interferences = [1, 2, 3, 4].map((half) => ({ atMs: NEXT_MORNING + (half - 2) * (DAY / 2), act: forget }));
  const { problems } = await fortnight({ ...SMALL, leads: 40, redial, days: 3, interferences });
  expect(problems.join("\n")).toMatch(/^as-redial-says .*a lead was tried oftener than its campaign allows/m);
});
