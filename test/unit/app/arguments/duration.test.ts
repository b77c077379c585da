import { expect, test } from "@jest/globals";
import { formatDuration, readDuration } from "../../../../src/app/arguments/duration.ts";

test.each([
  ["25s", 25_000],
  ["1500ms", 1_500],
  ["4h", 14_400_000],
  ["1h30m", 5_400_000],
  ["1h 30m", 5_400_000],
  ["3d", 259_200_000],
  ["0.5s", 500],
  ["1.8s", 1_800],
  ["15", 15_000],
  ["1.5", 1_500],
  ["0", 0],
  ["10M", 600_000],
  ["", null],
  ["s", null],
  ["10x", null],
  ["-5s", null],
  ["1e3s", null],
  ["ten seconds", null],
  ["5s rest", null],
  ["99999999999s", null],
])("%j is %s ms", (text, expected) => {
  expect(readDuration(text)).toBe(expected);
});

test.each([
  [0, "0s"],
  [200, "200ms"],
  [1_800, "1.8s"],
  [25_000, "25s"],
  [60_000, "1m"],
  [90_000, "1m 30s"],
  [5_400_000, "1h 30m"],
  [259_200_000, "3d"],
  [90_061_500, "1d 1h 1m 1.5s"],
])("%d ms is shown as %s, and read back", (durationMs, expected) => {
  expect(formatDuration(durationMs)).toBe(expected);
  expect(readDuration(expected)).toBe(durationMs);
});
