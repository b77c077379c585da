/** The judge of silence, on paper: each kind of failure it is there for is planted once. */
import { describe, expect, test } from "@jest/globals";
import { decisionsLateMs, faultsOf, figuresOf } from "../../../scripts/bench/silence/figures.ts";
import type { Hearing } from "../../../scripts/lab/listeners.ts";
import { firstSoundMs, messageHeard } from "../../../scripts/lab/recording.ts";

const hearing = (more: Partial<Hearing>): Hearing => ({
  number: "+441614960000",
  who: "listens",
  answeredAt: 0,
  stayedMs: 24_000,
  firstSoundAfterMs: 1_820,
  message: "campaign",
  toItsEnd: true,
  lastedMs: 3_000,
  recording: null,
  ...more,
});
const voice: Partial<Hearing> = { firstSoundAfterMs: 60, message: null, toItsEnd: false };
const nothing: Partial<Hearing> = { firstSoundAfterMs: null, message: null, toItsEnd: false };

test("what is as it should be has no fault", () => {
  const hearings = [
    hearing({}),
    hearing({ firstSoundAfterMs: 2_000 }),
    hearing(voice),
    hearing({ who: "leaves-at-once", stayedMs: 900, ...nothing }),
    hearing({ who: "leaves-in-the-middle", stayedMs: 3_500, toItsEnd: false }),
  ];
  const figures = figuresOf(hearings, [3, 1, 2]);
  expect(figures).toEqual({
    answered: 5,
    connected: 1,
    abandonedWithMessage: 3,
    hungUpEarly: 1,
    silent: 0,
    messageHeardMsP50: 1_820,
    messageHeardMsP99: 2_000,
    messageHeardMsMax: 2_000,
    messagesCutShort: 0,
    decisionLateMsP99: 3,
  });
  expect(faultsOf(figures)).toEqual([]);
});

test.each<[string, Partial<Hearing>, RegExp]>([
  ["nothing was heard", nothing, /heard nothing/],
  ["whoever leaves at once was kept waiting", { who: "leaves-at-once", stayedMs: 2_000, ...nothing }, /heard nothing/],
  ["the message was broken off", { toItsEnd: false, stayedMs: 4_000 }, /cut short/],
  ["broken off before they would have left", { who: "leaves-in-the-middle", stayedMs: 2_500, toItsEnd: false }, /cut/],
  ["the message came late", { firstSoundAfterMs: 2_001 }, /only 2001 ms/],
])("a fault is told: %s", (_what, more, expected) => {
  const faults = faultsOf(figuresOf([hearing({}), hearing(more)], []));
  expect(faults).toEqual([expect.stringMatching(expected)]);
});

describe("by the ear", () => {
  /** So many milliseconds of a pitch, 8 kHz; none is silence. */
  const sound = (ms: number, hertz: number): number[] =>
    Array.from({ length: ms * 8 }, (_, i) => Math.round(9_000 * Math.sin((2 * Math.PI * hertz * i) / 8_000)));
  const samples = (...parts: readonly number[][]): Int16Array => Int16Array.from(parts.flat());
  const message = samples(sound(2_600, 600), sound(400, 1_200), sound(0, 0));
  const after = (ms: number): number[] => sound(ms, 0);

  test("a message is known by its first words and its last, and not by its length", () => {
    const whole = samples(after(1_820), sound(2_600, 600), sound(400, 1_200), after(3_000));
    expect(messageHeard(whole, message)).toMatchObject({ toItsEnd: true });
    expect(Math.abs((firstSoundMs(whole) ?? 0) - 1_820)).toBeLessThan(2);
    const endless = samples(after(1_820), sound(3_000, 600), after(3_000));
    expect(messageHeard(endless, message)).toMatchObject({ toItsEnd: false });
    const broken = samples(after(1_820), sound(2_600, 600), sound(150, 1_200), after(3_000));
    expect(messageHeard(broken, message)).toMatchObject({ toItsEnd: false });
  });

  test("somebody else's voice is no message, and silence is nothing", () => {
    expect(messageHeard(samples(after(500), sound(3_000, 440)), message)).toBeNull();
    expect(messageHeard(samples(after(5_000)), message)).toBeNull();
    expect(firstSoundMs(samples(after(5_000)))).toBeNull();
  });

  test("packets that come late in the middle shift the end, and it is heard all the same", () => {
    const late = samples(after(900), sound(1_300, 600), after(120), sound(1_300, 600), sound(400, 1_200), after(500));
    expect(messageHeard(late, message)).toMatchObject({ toItsEnd: true });
  });
});

test("how late a deadline was handled is told by what was due when it came", () => {
  const entry = (attemptId: string, type: string, at: number, before: string, after: string, deadlineAt: number) => ({
    ...{ kind: "call", attemptId, at, before, after, deadlineAt },
    event: { type, at },
  });
  const journal = [
    entry("a", "answered", 0, "ringing", "answered", 1_800),
    entry("b", "answered", 10, "ringing", "connecting", 1_810),
    entry("b", "joined", 20, "connecting", "connected", 3_600_000),
    { kind: "pacing", at: 1_000 },
    // Early: harmless, and no decision.
    entry("a", "deadlinePassed", 1_000, "answered", "answered", 1_800),
    entry("a", "deadlinePassed", 1_807, "answered", "informing", 61_807),
    entry("a", "deadlinePassed", 62_000, "informing", "ending", 67_000),
  ];
  expect(decisionsLateMs(journal)).toEqual([7]);
});
