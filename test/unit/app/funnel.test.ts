/** The funnel adds up to the list, and every lead is where the first thing that keeps it back puts it. */
import { describe, expect, test } from "@jest/globals";
import fc from "fast-check";
import { FUNNEL_STEPS, funnelOf, sumOf, type FunnelKnown, type FunnelStep } from "../../../src/app/why/funnel.ts";
import { funnelLines } from "../../../src/app/why/funnel-lines.ts";
import { LEAD_QUEUES } from "../../../src/domain/lead.ts";
import type { LeadsStanding } from "../../../src/store/index.ts";
import { soon, T0 } from "../../contract/store/fixture.ts";

const WAITING: LeadsStanding = {
  ...{ isLoading: false, sourceId: 1, state: "ready", queue: "fresh", isDue: true, reason: null },
  ...{ timeZone: "Europe/London", leads: 1, dueAt: T0 },
};
const KNOWN: Omit<FunnelKnown, "standing"> = {
  sources: [
    { sourceId: 1, weight: 3, isLoading: false },
    { sourceId: 2, weight: 0, isLoading: false },
    { sourceId: 3, weight: 1, isLoading: true },
  ],
  isOpen: (zone) => zone !== "Asia/Tokyo",
  opensAt: () => soon(3_600_000),
};
const funnel = (...standing: readonly Partial<LeadsStanding>[]) =>
  funnelOf({ ...KNOWN, standing: standing.map((each) => ({ ...WAITING, ...each })) });

const someStanding: fc.Arbitrary<LeadsStanding> = fc.record({
  isLoading: fc.boolean(),
  sourceId: fc.integer({ min: 0, max: 4 }),
  state: fc.constantFrom("ready", "leased", "dialling", "held", "done"),
  queue: fc.constantFrom(...LEAD_QUEUES),
  isDue: fc.boolean(),
  reason: fc.constantFrom(null, "busy", "CALLING-WINDOW"),
  timeZone: fc.constantFrom(null, "Europe/London", "Asia/Tokyo"),
  leads: fc.integer({ min: 1, max: 1_000_000 }),
  dueAt: fc.constant(T0),
});

describe("a funnel", () => {
  test("adds up to the list, whatever stands in it", () => {
    fc.assert(
      fc.property(fc.array(someStanding, { maxLength: 40 }), (standing) => {
        const { total, parts } = funnelOf({ ...KNOWN, standing });
        expect(parts.reduce((sum, { leads }) => sum + leads, 0)).toBe(total);
        expect(total).toBe(standing.reduce((sum, { leads }) => sum + leads, 0));
        expect(sumOf({ parts }, ...FUNNEL_STEPS)).toBe(total);
        const keys = parts.map(({ step, because }) => `${step} ${because ?? ""}`);
        expect(new Set(keys).size).toBe(keys.length);
        // What would be taken by a claim, counted another way.
        const takeable = standing.filter(
          (each) => !each.isLoading && each.state === "ready" && each.sourceId === 1 && each.isDue,
        );
        const ready = takeable.filter(({ timeZone }) => timeZone !== "Asia/Tokyo");
        expect(sumOf({ parts }, "ready")).toBe(ready.reduce((sum, { leads }) => sum + leads, 0));
      }),
    );
  });

  const PLACES: readonly (readonly [Partial<LeadsStanding>, FunnelStep, string | null])[] = [
    [{ isLoading: true, state: "done" }, "loading", null],
    [{ state: "done", reason: "invalid", sourceId: 0 }, "done", "invalid"],
    [{ state: "held", reason: "no-window" }, "held", "no-window"],
    [{ state: "dialling" }, "being-dialled", null],
    [{ state: "leased" }, "in-hand", null],
    [{ sourceId: 0 }, "no-source", null],
    [{ sourceId: 9 }, "no-source", null],
    [{ sourceId: 2 }, "source-off", "source 2 has weight 0"],
    [{ sourceId: 3 }, "source-off", "source 3 is loading"],
    [{ queue: "callback", isDue: false }, "callback", null],
    [{ queue: "putOff", isDue: false, reason: "CALLING-WINDOW" }, "put-off", "CALLING-WINDOW"],
    [{ queue: "redial", isDue: false, reason: "busy" }, "redial-later", "busy"],
    [{ queue: "fresh", isDue: false }, "new-later", null],
    [{ timeZone: "Asia/Tokyo" }, "hours-closed", "Asia/Tokyo"],
    [{ queue: "redial" }, "ready", "redial"],
    // Where nobody knows the time a claim takes the lead, and it is held with the reason.
    [{ timeZone: null }, "ready", "fresh"],
  ];
  test.each(PLACES)("puts %j into %s (%s)", (standing, step, because) => {
    expect(funnel(standing).parts).toMatchObject([{ step, because, leads: 1 }]);
  });

  test("tells the first moment of those that wait, and of none that no time brings back", () => {
    const { parts } = funnel(
      { queue: "redial", isDue: false, dueAt: soon(9_000) },
      { queue: "redial", isDue: false, dueAt: soon(7_000), leads: 5 },
      { timeZone: "Asia/Tokyo", leads: 2 },
      { state: "done" },
    );
    expect(parts).toEqual([
      { step: "done", because: null, leads: 1, nextAt: null },
      { step: "redial-later", because: null, leads: 6, nextAt: soon(7_000) },
      { step: "hours-closed", because: "Asia/Tokyo", leads: 2, nextAt: soon(3_600_000) },
    ]);
  });

  test("is shown with every step that has leads, and the sum", () => {
    const lines = funnelLines(funnel({ leads: 12_345 }, { state: "done", reason: "busy", leads: 700 }));
    expect(lines.slice(1)).toEqual([
      expect.stringMatching(/^ +700 +done +700 busy$/),
      expect.stringMatching(/^12,345 +ready to be dialled now +12,345 fresh$/),
      expect.stringMatching(/^13,045 +in all$/),
    ]);
  });
});
