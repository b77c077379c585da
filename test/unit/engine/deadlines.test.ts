/** Many deadlines, one timer. */
import { describe, expect, test } from "@jest/globals";
import fc from "fast-check";
import { after, instant } from "../../../src/domain/instant.ts";
import type { Instant } from "../../../src/domain/instant.ts";
import { Deadlines } from "../../../src/engine/deadlines.ts";
import type { Clock } from "../../../src/engine/ports.ts";
import { MONDAY_MORNING, VirtualClock } from "../../../src/simulation/virtual-clock.ts";

const at = (ms: number): Instant => after(MONDAY_MORNING, ms);

/** Takes what is due as soon as it is woken, as the engine does. */
function setUp(): { clock: VirtualClock; deadlines: Deadlines; came: string[] } {
  const clock = new VirtualClock();
  const came: string[] = [];
  const deadlines = new Deadlines(clock, () => {
    const now = clock.now();
    for (const { key } of deadlines.takeDue(now)) came.push(`${key} ${now - MONDAY_MORNING}`);
  });
  return { clock, deadlines, came };
}

test("each comes at its time, in whatever order they were set", async () => {
  const { clock, deadlines, came } = setUp();
  for (const [key, ms] of [
    ["c", 300],
    ["a", 100],
    ["b", 200],
  ] as const)
    deadlines.set(key, at(ms));
  await clock.advance(1_000);
  expect(came).toEqual(["a 100", "b 200", "c 300"]);
});

test("a later one replaces an earlier one, and the other way round", async () => {
  const { clock, deadlines, came } = setUp();
  deadlines.set("later", at(100));
  deadlines.set("later", at(500));
  deadlines.set("sooner", at(400));
  deadlines.set("sooner", at(200));
  await clock.advance(1_000);
  expect(came).toEqual(["sooner 200", "later 500"]);
});

test("one that is set back to where it was comes once", async () => {
  const { clock, deadlines, came } = setUp();
  deadlines.set("a", at(100));
  deadlines.set("a", at(300));
  deadlines.set("a", at(100));
  deadlines.clear("a");
  deadlines.set("a", at(100));
  await clock.advance(1_000);
  expect(came).toEqual(["a 100"]);
});

test("one that is cleared does not come, and one that came can be set again", async () => {
  const { clock, deadlines, came } = setUp();
  deadlines.set("a", at(100));
  deadlines.set("b", at(100));
  deadlines.clear("a");
  deadlines.clear("nobody");
  await clock.advance(200);
  deadlines.set("b", at(300));
  await clock.advance(200);
  expect(came).toEqual(["b 100", "b 300"]);
});

test("one in the past comes at once", async () => {
  const { clock, deadlines, came } = setUp();
  await clock.advance(1_000);
  deadlines.set("late", at(400));
  await clock.advance(0);
  expect(came).toEqual(["late 1000"]);
});

test("after stopping nothing comes", async () => {
  const { clock, deadlines, came } = setUp();
  deadlines.set("a", at(100));
  deadlines.stop();
  await clock.advance(1_000);
  expect(came).toEqual([]);
});

describe("the one timer", () => {
  /** Counts what is armed, and wakes only by hand. */
  class Hand implements Clock {
    armed: Instant[] = [];
    time = MONDAY_MORNING;
    now(): Instant {
      return this.time;
    }
    steadyMs(): number {
      return this.time;
    }
    wakeAt(when: Instant): () => void {
      this.armed.push(when);
      return () => {
        this.armed = this.armed.filter((each) => each !== when);
      };
    }
  }

  test("is armed for the earliest, and there is never a second", () => {
    const clock = new Hand();
    const deadlines = new Deadlines(clock, () => {});
    for (const ms of [500, 300, 400, 100, 200]) {
      deadlines.set(`k${ms}`, at(ms));
      expect(clock.armed).toHaveLength(1);
    }
    expect(clock.armed).toEqual([at(100)]);
    expect(deadlines.takeDue(at(250)).map(({ key }) => key)).toEqual(["k100", "k200"]);
    expect(clock.armed).toEqual([at(300)]);
    deadlines.takeDue(at(500));
    expect(clock.armed).toEqual([]);
  });

  test("is armed anew when it went off too early", () => {
    const clock = new Hand();
    const deadlines = new Deadlines(clock, () => {});
    deadlines.set("a", at(100));
    expect(deadlines.takeDue(at(99))).toEqual([]);
    expect(clock.armed).toEqual([at(100)]);
  });
});

test("like a sorted list: whatever is set, replaced, cleared and taken", () => {
  const anyKey = fc.constantFrom(..."abcdefgh".split(""));
  const anyDeed = fc.oneof(
    { weight: 6, arbitrary: fc.record({ deed: fc.constant("set"), key: anyKey, ms: fc.nat({ max: 50 }) }) },
    { weight: 1, arbitrary: fc.record({ deed: fc.constant("clear"), key: anyKey, ms: fc.constant(0) }) },
    { weight: 2, arbitrary: fc.record({ deed: fc.constant("take"), key: fc.constant(""), ms: fc.nat({ max: 50 }) }) },
  );
  fc.assert(
    fc.property(fc.array(anyDeed, { maxLength: 60 }), (deeds) => {
      const deadlines = new Deadlines({ now: () => instant(0), steadyMs: () => 0, wakeAt: () => () => {} }, () => {});
      const list = new Map<string, number>();
      for (const { deed, key, ms } of [...deeds, { deed: "take", key: "", ms: 50 }]) {
        if (deed === "set") {
          deadlines.set(key, instant(ms));
          list.set(key, ms);
        } else if (deed === "clear") {
          deadlines.clear(key);
          list.delete(key);
        } else {
          const due = [...list].filter(([, when]) => when <= ms).sort((a, b) => a[1] - b[1]);
          for (const [gone] of due) list.delete(gone);
          const taken = deadlines.takeDue(instant(ms));
          expect(taken.map((each) => each.at)).toEqual(due.map(([, when]) => when));
          expect(taken.map((each) => each.key).sort()).toEqual(due.map(([name]) => name).sort());
        }
      }
    }),
    { numRuns: 500 },
  );
});
