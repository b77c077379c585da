/** An event that was read late did not happen late. */
import { expect, test } from "@jest/globals";
import { EventClock } from "../../../src/asterisk/event-clock.ts";
import { instant } from "../../../src/domain/instant.ts";

const T = 1_790_000_000_000;
const at = (ms: number) => instant(T + ms);

/** Asterisk's clock is a quarter of an hour ahead: only differences may matter. */
const asterisk = (ms: number) => instant(T + 900_000 + ms);

test("what comes as fast as ever happened when it was read", () => {
  const clock = new EventClock();
  expect(clock.happenedAt(at(3), asterisk(0))).toBe(at(3));
  expect(clock.happenedAt(at(103), asterisk(100))).toBe(at(103));
});

test("what waited in a busy process happened when Asterisk says, by our clock", () => {
  const clock = new EventClock();
  clock.happenedAt(at(3), asterisk(0));
  expect(clock.happenedAt(at(1_600), asterisk(100))).toBe(at(103));
});

test("nothing happened after it was read", () => {
  const clock = new EventClock();
  clock.happenedAt(at(500), asterisk(0));
  expect(clock.happenedAt(at(503), asterisk(500))).toBe(at(503));
});

test("an event without a time happened when it was read", () => {
  const clock = new EventClock();
  clock.happenedAt(at(3), asterisk(0));
  expect(clock.happenedAt(at(900), null)).toBe(at(900));
});

test("what is known of the clocks is forgotten after a minute: one that was set back does no lasting harm", () => {
  const clock = new EventClock();
  clock.happenedAt(at(3), asterisk(0));
  // Set back by a second: for a while everything seems to come a second late.
  expect(clock.happenedAt(at(10_003), asterisk(9_000))).toBe(at(9_003));
  clock.happenedAt(at(31_003), asterisk(30_000));
  clock.happenedAt(at(61_003), asterisk(60_000));
  expect(clock.happenedAt(at(62_003), asterisk(61_000))).toBe(at(62_003));
});

test("a clock that was set back by more than a person waits is not believed at all", () => {
  const clock = new EventClock();
  clock.happenedAt(at(3), asterisk(0));
  expect(clock.happenedAt(at(10_003), asterisk(0))).toBe(at(10_003));
});

test("what Asterisk kept for us is as old as it says, and teaches nothing about the clocks", () => {
  const clock = new EventClock();
  expect(clock.happenedAt(at(60_000), asterisk(0), true)).toBe(at(60_000));
  // How the clocks stand is known from news of now.
  clock.happenedAt(at(60_003), asterisk(60_000));
  expect(clock.happenedAt(at(60_003), asterisk(10_000), true)).toBe(at(10_003));
  expect(clock.happenedAt(at(60_103), asterisk(60_100))).toBe(at(60_103));
});
