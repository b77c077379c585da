/** From when a person's patience is counted, and until when: rules UK-CLK-1 and US-CLK-1, on paper. */
import { describe, expect, test } from "@jest/globals";
import fc from "fast-check";
import { CLOCK_STARTS, clockStartsAt, connectDeadline, isInTime } from "../../../src/domain/connect-clock.ts";
import type { ClockFacts, ClockStart, ConnectClock } from "../../../src/domain/connect-clock.ts";
import type { Stamp } from "../../../src/domain/attempt.ts";
import { instant } from "../../../src/domain/instant.ts";
import { anyClock } from "../../property/call-stories.ts";

const ANSWERED = 50_000;
const clock = (start: ClockStart, more: Partial<ConnectClock> = {}): ConnectClock => ({
  start,
  limitMs: 2_000,
  safetyMarginMs: 200,
  noSpeechGraceMs: 1_500,
  greetingMaxMs: 4_000,
  ...more,
});

/** So many milliseconds after the answer; null for never heard of. */
const stamp = (ms: number | null): Stamp | null =>
  ms === null ? null : { at: instant(ANSWERED + ms), asteriskAt: null };
const heard = (speechStartedMs: number | null, greetingEndedMs: number | null): ClockFacts => ({
  answeredAt: stamp(0),
  speechStartedAt: stamp(speechStartedMs),
  greetingEndedAt: stamp(greetingEndedMs),
});

describe.each<[ClockStart, what: string, speech: number | null, quiet: number | null, startsAtMs: number]>([
  ["answer", "whatever they say", 400, 900, 0],
  ["answer", "if they say nothing", null, null, 0],
  ["speechStart", "from their first word", 400, 900, 400],
  ["speechStart", "from the answer's own moment", 0, 900, 0],
  ["speechStart", "the word falls on the end of the grace", 1_500, null, 1_500],
  ["speechStart", "after the grace if they say nothing", null, null, 1_500],
  ["speechStart", "after the grace if they speak only then", 1_501, 2_000, 1_500],
  ["speechStart", "the news of their first word was lost, that of its end was not", null, 900, 1_500],
  ["greetingEnd", "from the end of what they say first", 400, 1_300, 1_300],
  ["greetingEnd", "a greeting as long as is waited for", 400, 4_400, 4_400],
  ["greetingEnd", "a greeting longer than is waited for", 400, 9_000, 4_400],
  ["greetingEnd", "the news of its end was lost", 400, null, 4_400],
  ["greetingEnd", "they begin in the last moment of the grace", 1_500, 3_000, 3_000],
  ["greetingEnd", "after the grace if they speak only then", 1_501, 3_000, 1_500],
  ["greetingEnd", "after the grace if they say nothing", null, null, 1_500],
  ["greetingEnd", "an end without a beginning is none", null, 900, 1_500],
])("the clock %s starts: %s", (start, _what, speech, quiet, startsAtMs) => {
  const facts = heard(speech, quiet);

  test("then and no other time", () => {
    expect(clockStartsAt(facts, clock(start))).toBe(ANSWERED + startsAtMs);
  });

  test("and the deadline is the limit after it, less the margin", () => {
    expect(connectDeadline(facts, clock(start))).toBe(ANSWERED + startsAtMs + 1_800);
  });

  test("and in time is the limit itself, to the millisecond", () => {
    const at = (ms: number): boolean => isInTime(facts, clock(start), instant(ANSWERED + startsAtMs + ms));
    expect([at(0), at(1_999), at(2_000), at(2_001)]).toEqual([true, true, true, false]);
  });
});

test("without any grace the three clocks are one for whoever says nothing at once", () => {
  for (const start of CLOCK_STARTS) {
    const strict = clock(start, { noSpeechGraceMs: 0 });
    expect(clockStartsAt(heard(null, null), strict)).toBe(ANSWERED);
    expect(clockStartsAt(heard(700, 900), strict)).toBe(ANSWERED);
  }
});

test("a margin as long as the limit, or longer, leaves no time and takes none away", () => {
  expect(connectDeadline(heard(null, null), clock("answer", { safetyMarginMs: 2_000 }))).toBe(ANSWERED);
  expect(connectDeadline(heard(null, null), clock("answer", { safetyMarginMs: 9_000 }))).toBe(ANSWERED);
});

test("before the answer no clock runs, and nothing is in time", () => {
  for (const start of CLOCK_STARTS) {
    const facts = { ...heard(100, 200), answeredAt: null };
    expect(clockStartsAt(facts, clock(start))).toBeNull();
    expect(connectDeadline(facts, clock(start))).toBeNull();
    expect(isInTime(facts, clock(start), instant(ANSWERED))).toBe(false);
  }
});

describe("whatever is heard", () => {
  const anyFacts = fc.record({
    speechMs: fc.option(fc.integer({ min: 0, max: 8_000 })),
    quietMs: fc.option(fc.integer({ min: 0, max: 8_000 })),
  });

  test("no clock starts before the answer, nor later than grace and greeting together allow", () => {
    fc.assert(
      fc.property(anyFacts, anyClock, ({ speechMs, quietMs }, any) => {
        fc.pre(quietMs === null || speechMs === null || quietMs >= speechMs);
        const startsAt = clockStartsAt(heard(speechMs, quietMs), any) ?? NaN;
        expect(startsAt).toBeGreaterThanOrEqual(ANSWERED);
        expect(startsAt).toBeLessThanOrEqual(ANSWERED + any.noSpeechGraceMs + any.greetingMaxMs);
      }),
    );
  });

  test("the later the clock starts by its nature, the later it starts: answer, first word, end of the greeting", () => {
    fc.assert(
      fc.property(anyFacts, anyClock, ({ speechMs, quietMs }, any) => {
        fc.pre(quietMs === null || speechMs === null || quietMs >= speechMs);
        const starts = CLOCK_STARTS.map((start) => clockStartsAt(heard(speechMs, quietMs), { ...any, start }) ?? NaN);
        expect(starts).toEqual([...starts].sort((a, b) => a - b));
      }),
    );
  });

  test("to hear more never gives us more time than to have heard nothing, but for a greeting that is waited for", () => {
    fc.assert(
      fc.property(anyFacts, anyClock, ({ speechMs, quietMs }, any) => {
        const notGreeting = any.start === "greetingEnd" ? { ...any, start: "speechStart" as const } : any;
        const knowing = clockStartsAt(heard(speechMs, quietMs), notGreeting) ?? NaN;
        expect(knowing).toBeLessThanOrEqual(clockStartsAt(heard(null, null), notGreeting) ?? NaN);
      }),
    );
  });
});
