/** A small fortnight of scripts/bench/redial.ts: our rules break none of themselves and reach more people than an interval. */
import { expect, test } from "@jest/globals";
import { FixedInterval, OurRules } from "../../scripts/bench/redial-policies.ts";
import { fortnight } from "../../scripts/bench/redial-world.ts";
import { DEFAULT_REDIAL } from "../../src/domain/redial-rules.ts";

const WORLD = { leads: 2_000, days: 14, seed: 3, capacityPerHour: 37, newSharePercent: 50 };

test("no rule broken, the list reached to its end, and more contacts than by a fixed interval in the same world", () => {
  const ours = fortnight(WORLD, new OurRules());
  const naive = fortnight(WORLD, new FixedInterval(4, false));
  expect(ours.breaches).toEqual([]);
  expect(ours.penetration).toBe(1);
  expect(ours.thirdShareAtPenetration).toBeLessThanOrEqual(0.5);
  expect(ours.contactRate).toBeGreaterThan(naive.contactRate);
  expect(ours.reachedShare).toBeGreaterThan(naive.reachedShare);
});

/** The judge of that fortnight, looking at a dialler that keeps to nothing. */
class Careless extends FixedInterval {
  override readonly rules = DEFAULT_REDIAL;
}

test.each([
  [1, "same band twice on one day"],
  [24, "two days running"],
  [24, "not the hour for that kind"],
])("the judge finds what an interval of %d h breaks: %s", (hours, what) => {
  const { breaches } = fortnight({ ...WORLD, leads: 300, days: 4, capacityPerHour: 60 }, new Careless(hours, false));
  expect(breaches.some((breach) => breach.includes(what))).toBe(true);
});
