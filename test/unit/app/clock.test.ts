import { afterEach, beforeEach, expect, jest, test } from "@jest/globals";
import { systemClock, systemRandom } from "../../../src/app/clock.ts";
import { isAttemptId } from "../../../src/domain/ids.ts";
import { after, instant } from "../../../src/domain/instant.ts";

beforeEach(() => {
  jest.useFakeTimers();
});
afterEach(() => {
  jest.useRealTimers();
});

test("it wakes at the instant, not before", () => {
  const wake = jest.fn();
  systemClock.wakeAt(after(systemClock.now(), 1_000), wake);
  jest.advanceTimersByTime(999);
  expect(wake).not.toHaveBeenCalled();
  jest.advanceTimersByTime(1);
  expect(wake).toHaveBeenCalledTimes(1);
});

test("an instant in the past wakes at once", () => {
  const wake = jest.fn();
  systemClock.wakeAt(instant(0), wake);
  jest.advanceTimersByTime(0);
  expect(wake).toHaveBeenCalledTimes(1);
});

test("an instant beyond what a timer can hold is still met", () => {
  const wake = jest.fn();
  const sixtyDaysMs = 60 * 86_400_000;
  systemClock.wakeAt(after(systemClock.now(), sixtyDaysMs), wake);
  jest.advanceTimersByTime(sixtyDaysMs - 1);
  expect(wake).not.toHaveBeenCalled();
  jest.advanceTimersByTime(1);
  expect(wake).toHaveBeenCalledTimes(1);
});

test.each([1_000, 60 * 86_400_000])("after cancelling, nothing wakes (%d ms)", (durationMs) => {
  const wake = jest.fn();
  const cancel = systemClock.wakeAt(after(systemClock.now(), durationMs), wake);
  jest.advanceTimersByTime(durationMs / 2);
  cancel();
  jest.advanceTimersByTime(durationMs);
  expect(wake).not.toHaveBeenCalled();
});

test("attempt ids differ, sort by time and are what the domain calls one", () => {
  const at = instant(1_700_000_000_000);
  const ids = Array.from({ length: 1_000 }, () => systemRandom.attemptId(at));
  expect(new Set(ids).size).toBe(1_000);
  expect(ids.every(isAttemptId)).toBe(true);
  expect(systemRandom.attemptId(after(at, 1)) > ids[0]!).toBe(true);
});

test("dice fall in [0, 1)", () => {
  const numbers = Array.from({ length: 1_000 }, () => systemRandom.next());
  expect(numbers.every((number) => number >= 0 && number < 1)).toBe(true);
  expect(new Set(numbers).size).toBeGreaterThan(990);
});

test("time that has passed does not go by a clock that somebody sets", () => {
  const [before, steadyBefore] = [systemClock.now(), systemClock.steadyMs()];
  jest.setSystemTime(after(before, 3_600_000));
  expect(systemClock.now() - before).toBe(3_600_000);
  expect(systemClock.steadyMs() - steadyBefore).toBeLessThan(1_000);
  jest.advanceTimersByTime(2_000);
  expect(systemClock.steadyMs() - steadyBefore).toBeGreaterThanOrEqual(2_000);
});
