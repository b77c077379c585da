/** A list that was not dialled before is noticed once, when most of the latest calls are of it. */
import { expect, test } from "@jest/globals";
import { listId } from "../../../src/domain/ids.ts";
import { ListWatch } from "../../../src/engine/pacing/list-watch.ts";

const [A, B, C] = [1, 2, 3];
/** At which calls a change was noticed. */
const noticed = (lists: readonly number[], watch = new ListWatch()): number[] =>
  lists.flatMap((list, index) => (watch.placed(listId(list)) ? [index] : []));
const times = (list: number, count: number): number[] => Array.from({ length: count }, () => list);

test("the first list is no change, however long it lasts", () => {
  expect(noticed(times(A, 100))).toEqual([]);
});

test("another one is, once, as soon as it makes up most of the last twenty calls", () => {
  expect(noticed([...times(A, 30), ...times(B, 50)])).toEqual([30 + 10]);
});

test("a few leads of another list are none", () => {
  const mostlyA = Array.from({ length: 200 }, (_, index) => (index % 4 === 0 ? B : A));
  expect(noticed(mostlyA)).toEqual([]);
});

test("whoever goes back and forth between two lists learns once and knows both", () => {
  const rounds = Array.from({ length: 20 }, () => [...times(A, 25), ...times(B, 25)]).flat();
  expect(noticed(rounds)).toHaveLength(1);
});

test("a third list is a change again", () => {
  expect(noticed([...times(A, 30), ...times(B, 30), ...times(C, 30)])).toEqual([40, 70]);
});
