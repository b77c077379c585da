import { expect, test } from "@jest/globals";
import { isAttemptId } from "../../../src/domain/ids.ts";
import { after, earliest, instant, isBefore, msBetween, toIso } from "../../../src/domain/instant.ts";

test.each([
  ["0192f3a4-7b1c-7def-8123-456789abcdef", true],
  ["0192F3A4-7B1C-7DEF-8123-456789ABCDEF", false], // Channels are compared by text: one spelling only.
  ["0192f3a47b1c7def8123456789abcdef", false],
  ["0192f3a4-7b1c-7def-8123-456789abcdef;2", false],
  ["0192f3a4-7b1c-7def-8123-456789abcdef\n", false],
  ["agent-7", false],
  ["", false],
])("%j names an attempt: %s", (text, expected) => {
  expect(isAttemptId(text)).toBe(expected);
});

test("instants add, compare and print as the whole milliseconds they are", () => {
  const at = instant(Date.UTC(2026, 10, 2, 9));
  expect(after(at, 1_500) - at).toBe(1_500);
  expect(msBetween(at, after(at, 250))).toBe(250);
  expect([isBefore(at, after(at, 1)), isBefore(at, at)]).toEqual([true, false]);
  expect([earliest(at, after(at, 1)), earliest(after(at, 1), at)]).toEqual([at, at]);
  expect(toIso(after(at, 1))).toBe("2026-11-02T09:00:00.001Z");
});
