import { expect, test } from "@jest/globals";
import { didYouMean, nearest } from "../../../src/app/nearest.ts";

test.each([
  ["sprng", ["spring", "summer"], "spring"],
  ["SPRING", ["spring", "summer"], "spring"],
  ["Carrier_A", ["carrier-a", "carrier-b"], "carrier-a"],
  ["drain", ["node", "drainMaxMs"], "drainMaxMs"],
  ["databaseName", ["name", "database"], "database"],
  ["1001", ["1002", "2001"], "1002"],
  ["xyz", ["spring", "summer"], null],
  ["winter", ["spring", "autumn"], null],
  ["a", [], null],
])("%s among %j is %s", (name, known, expected) => {
  expect(nearest(name, known)).toBe(expected);
});

test("a guess is offered as a question, and no guess as nothing", () => {
  expect(didYouMean("sprng", ["spring"])).toBe(' Did you mean "spring"?');
  expect(didYouMean("xyz", ["spring"])).toBe("");
});
