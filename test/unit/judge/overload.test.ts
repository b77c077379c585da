/** Load that is shed as it should be, and journals of versions that knew no breakers, accuse nobody. */
import { expect, test } from "@jest/globals";
import { broken, judge } from "./night.ts";
import { OVERLOAD_PLANTED, shedAsItShouldBe } from "./overload-plants.ts";

test("a trunk that rests, is tried and comes back, and an Asterisk that stalls, break nothing", () => {
  const journal = shedAsItShouldBe();
  expect(broken(journal)).toEqual([]);
  const { findings } = judge(journal);
  for (const name of new Set(OVERLOAD_PLANTED.map(([invariant]) => invariant))) {
    expect(findings.find(({ invariant }) => invariant === name)?.looked).toBeGreaterThan(0);
  }
});

test("a journal that says nothing of trunks is held to none", () => {
  const silent = OVERLOAD_PLANTED[2]?.[2]().filter(({ kind }) => kind !== "trunk") ?? [];
  expect(silent.length).toBeGreaterThan(100);
  expect(broken(silent)).toEqual([]);
});
