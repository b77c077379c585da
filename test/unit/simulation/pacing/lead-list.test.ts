/** A list that ends: everybody once, then those who can be tried again, and nobody a third time. */
import { expect, test } from "@jest/globals";
import { ENDLESS_LEADS, LeadList } from "../../../../src/simulation/pacing/lead-list.ts";

const SETTINGS = { leads: 2, busyAfterMs: 600, noAnswerAfterMs: 14_400, attemptsMax: 2 };

test("fresh leads go first, then those who are due, the longest due first", () => {
  const list = new LeadList(SETTINGS);
  expect(list.ready(0)).toBe(2);
  list.take(0);
  list.take(1);
  expect([list.fresh, list.ready(0)]).toEqual([0, 0]);
  list.failed(0, false, 100);
  list.failed(1, true, 200);
  expect(list.ready(799)).toBe(0);
  expect(list.ready(800)).toBe(1);
  expect(list.ready(14_500)).toBe(2);
  list.take(2);
  expect(list.ready(14_500)).toBe(1);
  list.take(3);
  expect(list.ready(14_500)).toBe(0);
});

test("nobody is dialled a third time, nor who was reached", () => {
  const list = new LeadList({ ...SETTINGS, leads: 1 });
  list.take(0);
  expect(list.ready(1_000_000)).toBe(0);
  list.failed(0, true, 0);
  list.ready(600);
  list.take(1);
  list.failed(1, true, 600);
  expect(list.ready(1_000_000)).toBe(0);
});

test("a list without end never ends, and calls nobody back", () => {
  const list = new LeadList(null);
  for (let call = 0; call < 5; call++) {
    list.take(call);
    list.failed(call, false, 0);
  }
  expect([list.fresh, list.ready(1_000_000)]).toEqual([Infinity, ENDLESS_LEADS]);
});
