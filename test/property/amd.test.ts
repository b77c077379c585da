/**
 * Whatever is heard, in whatever order: at most one verdict, never after the deadline, never a machine for less talk than
 * the parameters ask for. Then the same laws against classifiers with one fault each, all of which must be caught.
 */
import { describe, expect, test } from "@jest/globals";
import fc from "fast-check";
import { replayTalk, talkEvents } from "../../src/amd/replay.ts";
import { checkTalkParameters, DEFAULT_TALK } from "../../src/amd/talk-parameters.ts";
import { beginListening, classify } from "../../src/amd/talk.ts";
import type { TalkEvent, TalkParameters, TalkState } from "../../src/amd/talk.ts";
import { instant } from "../../src/domain/instant.ts";

const ANSWERED = 5_000_000;
const CONNECT_DEADLINE_MS = 1_800;

const anyParameters: fc.Arbitrary<TalkParameters> = fc
  .record({
    silenceMs: fc.integer({ min: 1, max: 20 }).map((frames) => frames * 20),
    threshold: fc.constantFrom(100, 256, 1_000),
    talkMinMs: fc.constantFrom(0, 60, 100, 200),
    humanSilenceMs: fc.integer({ min: 200, max: 900 }),
    machineSpanMs: fc.integer({ min: 500, max: 1_400 }),
    machineWords: fc.integer({ min: 1, max: 5 }),
    unbrokenMs: fc.integer({ min: 300, max: 2_000 }),
    initialSilenceMs: fc.integer({ min: 300, max: 1_700 }),
    deadlineMs: fc.integer({ min: 1_200, max: 1_799 }),
  })
  .filter((parameters) => checkTalkParameters(parameters, CONNECT_DEADLINE_MS).length === 0);

const anyAt = fc.integer({ min: -1_500, max: 4_000 }).map((ms) => instant(ANSWERED + ms));

const anyEvent: fc.Arbitrary<TalkEvent> = fc.oneof(
  fc.record({ type: fc.constant("talkingStarted" as const), at: anyAt }),
  fc.record({
    type: fc.constant("talkingFinished" as const),
    at: anyAt,
    durationMs: fc.oneof(fc.integer({ min: -100, max: 5_000 }), fc.constantFrom(Number.NaN, Infinity)),
  }),
  fc.record({ type: fc.constant("timePassed" as const), at: anyAt }),
);

/** Frames that are loud or not, in runs of any length; quiet for ever after. */
const anyLine: fc.Arbitrary<boolean[]> = fc
  .array(fc.tuple(fc.boolean(), fc.integer({ min: 1, max: 40 })), { maxLength: 12 })
  .map((runs) => runs.flatMap(([loud, frames]) => Array.from({ length: frames }, () => loud)));

type Classify = typeof classify;
type Begin = typeof beginListening;

/** Of any events at all. */
function anyOrder(classifyIt: Classify, begin: Begin = beginListening): void {
  fc.assert(
    fc.property(anyParameters, fc.array(anyEvent, { maxLength: 25 }), (parameters, events) => {
      const deadlineAt = ANSWERED + parameters.deadlineMs;
      let state: TalkState = begin(instant(ANSWERED), parameters);
      const verdicts = new Set<string>();
      const step = (event: TalkEvent): void => {
        state = classifyIt(state, event, parameters);
        if (state.state === "listening") {
          // A call that listens has a moment at which it will not any more.
          expect(state.decidesAt).toBeLessThanOrEqual(deadlineAt);
          expect(event.at).toBeLessThan(state.decidesAt);
        } else {
          verdicts.add(JSON.stringify(state));
          expect(state.verdictAt).toBeLessThanOrEqual(deadlineAt);
          expect(state.verdictAt).toBeGreaterThanOrEqual(ANSWERED);
        }
      };
      for (const event of events) step(event);
      step({ type: "timePassed", at: instant(deadlineAt) });
      expect(verdicts.size).toBe(1);
      const last = state as TalkState;
      if (last.state === "listening") throw new Error("the deadline decided nothing");
      if (last.verdict === "machine") expect(last.words).toBeGreaterThanOrEqual(parameters.machineWords);
    }),
    { numRuns: 600 },
  );
}

/** Of a line that is really heard: the truth is known, frame by frame. */
function trueLine(classifyIt: Classify): void {
  fc.assert(
    fc.property(anyParameters, anyLine, fc.integer({ min: 0, max: 60 }), (parameters, line, lateMs) => {
      const means = line.map((loud) => (loud ? 5_000 : 10));
      let state: TalkState = beginListening(instant(0), parameters);
      for (const event of talkEvents(means, parameters)) {
        // The one timer fires before an event that comes after it, perhaps a little late.
        if (state.state === "listening" && event.at > state.decidesAt + lateMs) {
          state = classifyIt(state, { type: "timePassed", at: instant(state.decidesAt + lateMs) }, parameters);
        }
        state = classifyIt(state, event, parameters);
      }
      if (state.state === "listening") {
        state = classifyIt(state, { type: "timePassed", at: instant(state.decidesAt + lateMs) }, parameters);
      }
      if (state.state === "listening") throw new Error("a line that was heard to its end was not decided");
      const { verdict, verdictAt } = state;
      expect(verdictAt).toBeLessThanOrEqual(parameters.deadlineMs);
      // A frame is heard when it is over, and what is due at that moment goes first.
      const heard = line.slice(0, Math.ceil(verdictAt / 20) - 1);
      switch (verdict) {
        case "machine": {
          const { spanMs, words } = greeting(heard, parameters);
          expect(spanMs).toBeGreaterThanOrEqual(parameters.machineSpanMs);
          expect(words).toBeGreaterThanOrEqual(parameters.machineWords);
          // No voice goes on without the least pause.
          for (const [from, to] of stretches(heard, parameters.silenceMs)) {
            expect(to - from).toBeLessThan(parameters.unbrokenMs + parameters.silenceMs);
          }
          break;
        }
        case "human": {
          // Clicks are no talk, and do not disturb the quiet after it.
          const talk = stretches(heard, parameters.silenceMs).filter(isWord(parameters));
          const [, endMs] = talk.at(-1) ?? [Infinity, Infinity];
          expect(verdictAt - endMs).toBeGreaterThanOrEqual(parameters.humanSilenceMs);
          break;
        }
        case "silence":
          expect(verdictAt).toBeGreaterThanOrEqual(parameters.initialSilenceMs);
          break;
        default:
          expect(verdict).toBe("unsure");
          if (verdictAt < parameters.deadlineMs) {
            const longest = Math.max(...stretches(heard, parameters.silenceMs).map(([from, to]) => to - from));
            expect(longest).toBeGreaterThanOrEqual(parameters.unbrokenMs);
          }
      }
    }),
    { numRuns: 600 },
  );
}

/** Stretches that no pause of `silenceMs` divides, from the end of their first loud frame to the end of their last. */
function stretches(line: readonly boolean[], silenceMs: number): readonly (readonly [fromMs: number, toMs: number])[] {
  const found: [number, number][] = [];
  for (const [frame, loud] of line.entries()) {
    if (!loud) continue;
    const last = found.at(-1);
    const at = (frame + 1) * 20;
    if (last === undefined || at - 20 - last[1] >= silenceMs) found.push([at, at]);
    else last[1] = at;
  }
  return found;
}

/** A single frame has no length for the detector, which tells of a start when the frame is over. */
const isWord =
  ({ talkMinMs }: Pick<TalkParameters, "talkMinMs">) =>
  ([from, to]: readonly [fromMs: number, toMs: number]): boolean =>
    to > from && to - from >= talkMinMs;

/** From the first word to the last, and how many there were; clicks are none. */
function greeting(
  line: readonly boolean[],
  { silenceMs, talkMinMs }: TalkParameters,
): { spanMs: number; words: number } {
  const words = stretches(line, silenceMs).filter(isWord({ talkMinMs }));
  const [first, last] = [words[0], words.at(-1)];
  return { spanMs: first === undefined || last === undefined ? 0 : last[1] - first[0], words: words.length };
}

test("any events, in any order", () => {
  anyOrder(classify);
});

test("any line that is really heard", () => {
  trueLine(classify);
});

test("whoever says no more than a hello of half a second, in any pieces, is never a machine", () => {
  fc.assert(
    fc.property(anyParameters, anyLine, (parameters, line) => {
      const firstAt = line.indexOf(true);
      const short = line.map((each, frame) => each && frame < firstAt + 25);
      expect(
        replayTalk(
          short.map((each) => (each ? 900_000 : 0)),
          parameters,
        ).verdict,
      ).not.toBe("machine");
    }),
  );
});

describe("planted faults", () => {
  const faults: readonly [what: string, classifyIt: Classify, law: (classifyIt: Classify) => void][] = [
    ["no deadline", (s, e, p) => classify(s, e, { ...p, deadlineMs: 1e9 }), anyOrder],
    [
      "a deadline by when the timer fires",
      (state, event, parameters) => {
        const next = classify(state, event, parameters);
        return next.state === "decided" && state.state === "listening" ? { ...next, verdictAt: event.at } : next;
      },
      anyOrder,
    ],
    [
      "a verdict that is taken back",
      (state, event, parameters) =>
        state.state === "decided" && event.type === "talkingStarted"
          ? { ...state, verdict: state.verdict === "human" ? "machine" : "human" }
          : classify(state, event, parameters),
      anyOrder,
    ],
    [
      "a greeting that is too short for it",
      (s, e, p) => classify(s, e, { ...p, machineSpanMs: p.machineSpanMs / 2 }),
      trueLine,
    ],
    ["one word taken for many", (s, e, p) => classify(s, e, { ...p, machineWords: 1 }), trueLine],
    ["a hum taken for a voice", (s, e, p) => classify(s, e, { ...p, unbrokenMs: 1e9 }), trueLine],
    [
      "doubt taken for a machine",
      (state, event, parameters) => {
        const next = classify(state, event, parameters);
        return next.state === "decided" && next.verdict === "unsure" ? { ...next, verdict: "machine" } : next;
      },
      trueLine,
    ],
    [
      "quiet taken for the end too soon",
      (s, e, p) => classify(s, e, { ...p, humanSilenceMs: p.silenceMs / 2 }),
      trueLine,
    ],
    [
      "whoever says nothing is a machine",
      (state, event, parameters) => {
        const next = classify(state, event, parameters);
        return next.state === "decided" && next.verdict === "silence" ? { ...next, verdict: "machine" } : next;
      },
      trueLine,
    ],
  ];

  test.each(faults)("%s is caught", (_what, classifyIt, law) => {
    expect(() => {
      law(classifyIt);
    }).toThrow();
  });
});

test("the defaults know five syllables from four", () => {
  // Syllables of 160 ms and pauses of 100 ms: a voice, not a hum.
  const voice = (ms: number): number[] => Array.from({ length: ms / 20 }, (_, frame) => (frame % 13 < 8 ? 5_000 : 0));
  expect(DEFAULT_TALK.machineWords).toBe(5);
  expect(replayTalk(voice(940), DEFAULT_TALK).verdict).toBe("human");
  expect(replayTalk(voice(1_200), DEFAULT_TALK).verdict).toBe("machine");
});
