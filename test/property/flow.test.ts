/** Whatever a flow says and whatever happens: it ends in its time, wants nothing afterwards, and leaves nobody in silence. */
import { expect, test } from "@jest/globals";
import fc from "fast-check";
import { advance, beginFlow, lengthBoundMs } from "../../src/flow/advance.ts";
import type { Asking, Flow, FlowStep, Key } from "../../src/flow/flow.ts";
import { after, instant, type Instant } from "../../src/domain/instant.ts";
import type { Advance, FlowEffect, FlowEvent, FlowFacts, FlowState } from "../../src/flow/state.ts";
import { FACTS, sampleFlow } from "../support/flows.ts";

const NAMES = ["a", "b", "c", "d", "e", "constructor", "nowhere"];
const name = fc.constantFrom(...NAMES);
const speech = fc.constantFrom(
  [{ kind: "media" as const, media: "sound:x", says: null }],
  [{ kind: "date" as const, of: "delivery_date" }],
  [{ kind: "digits" as const, of: "kept" }],
  [],
);
const asking: fc.Arbitrary<Asking> = fc.record({
  ...{ prompt: speech, again: speech, waitMs: fc.constantFrom(1_000, 6_000), tries: fc.integer({ min: 1, max: 3 }) },
  ...{ bargeIn: fc.boolean(), otherwise: name },
});
const key = fc.constantFrom<Key>("0", "1", "2", "9", "*", "#");
const step: fc.Arbitrary<FlowStep> = fc.oneof(
  fc.record({ kind: fc.constant("play" as const), speech, then: name }),
  fc.record({ kind: fc.constant("menu" as const), asking, keys: fc.dictionary(key, name) }),
  fc.record({
    ...{ kind: fc.constant("digits" as const), asking, least: fc.constantFrom(1, 3), most: fc.constantFrom(2, 4) },
    ...{
      endKey: fc.option(key),
      betweenMs: fc.constant(2_000),
      into: fc.option(fc.constantFrom("kept", "undeclared")),
    },
    ...{ matches: fc.option(fc.constant("pin")), isSensitive: fc.boolean(), isKept: fc.boolean(), then: name },
  }),
  fc.record({
    kind: fc.constant("confirmPerson" as const),
    asking,
    yes: key,
    no: key,
    person: name,
    somebodyElse: name,
  }),
  fc.record({
    ...{
      kind: fc.constant("chooseDate" as const),
      asking,
      from: fc.constantFrom("delivery_options", "delivery_date", "nothing"),
    },
    ...{ offer: fc.constant([{ kind: "offeredDate" as const }, { kind: "offeredKey" as const }]) },
    ...{ offeredMax: fc.integer({ min: 1, max: 9 }), into: fc.constantFrom("day", "undeclared", "choice") },
    ...{ declined: fc.option(name), none: name, then: name },
  }),
  fc.record({
    ...{ kind: fc.constant("branch" as const), on: fc.constantFrom("answeredBy", "choice", "pin"), otherwise: name },
    cases: fc.array(
      fc.record({
        ...{
          is: fc.option(fc.constantFrom(["person"], ["x"])),
          atLeast: fc.option(fc.constant(3)),
          below: fc.constant(null),
        },
        ...{ isMissing: fc.option(fc.boolean()), then: name },
      }),
      { maxLength: 2 },
    ),
  }),
  fc.record({
    kind: fc.constant("setResult" as const),
    results: fc.dictionary(fc.constantFrom("choice", "undeclared", "__proto__"), fc.constantFrom("x", "strange")),
    then: name,
  }),
  fc.record({ kind: fc.constant("optOut" as const), then: name }),
  fc.record({ kind: fc.constant("askCallback" as const), afterMs: fc.constant(null), on: fc.option(name), then: name }),
  fc.record({ kind: fc.constant("leaveMessage" as const), speech, beepWaitMs: fc.constant(20_000), then: name }),
  fc.record({
    ...{ kind: fc.constant("handOver" as const), speech, meanwhile: fc.constantFrom([], ["sound:y"]) },
    ...{ waitMs: fc.constantFrom(1_000, 10_000), nobody: name },
  }),
  fc.constant({ kind: "hangUp" as const }),
);

const flow: fc.Arbitrary<Flow> = fc.record({
  ...{
    title: fc.constant("any"),
    sayTable: fc.constant(sampleFlow().sayTable),
    playMaxMs: fc.constantFrom(5_000, 60_000),
  },
  ...{
    lengthMaxMs: fc.constantFrom(10_000, 300_000),
    visitsMax: fc.integer({ min: 1, max: 3 }),
    start: name,
    trouble: name,
  },
  attributes: fc.constant({}),
  results: fc.constant({
    kept: { kind: "digits" },
    day: { kind: "date" },
    choice: { kind: "choice", values: ["x"] },
  } as const),
  optOut: fc.option(fc.record({ key, go: name })),
  steps: fc.record({ a: step, b: step, c: step, d: step, e: step }),
});

/** What may happen: as a number of the playback, 0 is the last one and 1 the one before. */
const happening = fc.record({
  type: fc.constantFrom<FlowEvent["type"]>(
    ...(["playStarted", "playFinished", "playFailed", "digit", "digit", "beepHeard", "deadlinePassed"] as const),
    ...(["playStarted", "playFinished", "agentJoined", "agentNotFree", "hungUp", "answered"] as const),
  ),
  afterMs: fc.constantFrom(0, 10, 500, 1_900, 4_000, 20_000),
  digit: fc.constantFrom("0", "1", "2", "9", "*", "#", "A", ""),
  back: fc.constantFrom(0, 0, 0, 1),
});
const facts: fc.Arbitrary<FlowFacts> = fc.record({
  attributes: fc.constantFrom<FlowFacts["attributes"]>({}, FACTS.attributes),
  answeredBy: fc.constantFrom("person", "machine", "unknown"),
  today: fc.constant("2026-11-25"),
  firstWordBy: fc.constantFrom(instant(1_800), instant(0)),
});

interface Lived {
  readonly state: FlowState;
  readonly effects: readonly FlowEffect[];
  readonly at: Instant;
}

const isOver = (state: FlowState): boolean => state.doing === "ended";

/** As an engine would: a deadline is told before anything that comes later, and one that nobody needs is told as well. */
const live = (
  spoken: Flow,
  known: FlowFacts,
  happenings: readonly { type: FlowEvent["type"]; afterMs: number; digit: string; back: number }[],
  law: (before: FlowState, advanced: Advance, at: Instant) => void,
): Lived => {
  let state: FlowState = beginFlow(instant(1));
  let at = instant(0);
  const effects: FlowEffect[] = [];
  const tell = (event: FlowEvent): void => {
    const advanced = advance(spoken, state, event, known);
    law(state, advanced, event.at);
    state = advanced.state;
    effects.push(...advanced.effects);
  };
  const untilThen = (then: Instant): void => {
    for (let rounds = 0; state.doing !== "ended" && state.deadlineAt <= then; rounds += 1) {
      if (rounds > 2_000) throw new Error("deadlines without end");
      at = state.deadlineAt > at ? state.deadlineAt : at;
      tell({ type: "deadlinePassed", at });
    }
  };
  tell({ type: "answered", at });
  for (const { type, afterMs, digit, back } of happenings) {
    const then = after(at, afterMs);
    untilThen(then);
    at = isOver(state) ? at : then;
    tell({ type, at, digit, play: state.plays - back });
  }
  untilThen(instant(Number.MAX_SAFE_INTEGER));
  return { state, effects, at };
};

test("any flow, any events: it ends in its time and keeps its laws", () => {
  let heardOf = new Set<string>();
  fc.assert(
    fc.property(flow, facts, fc.array(happening, { maxLength: 60 }), (spoken, known, happenings) => {
      const { state, effects, at } = live(spoken, known, happenings, (before, { state: next, effects: wanted }) => {
        if (before.doing === "ended") {
          expect([next, wanted]).toEqual([before, []]);
          return;
        }
        // Ended or a deadline: there is no third kind.
        expect(next.doing === "ended" || Number.isFinite(next.deadlineAt)).toBe(true);
        if (next.doing !== "ended" && next.doing !== "waiting") expect(next.deadlineAt).toBeLessThanOrEqual(next.endBy);
        for (const effect of wanted) {
          if (effect.type === "stopPlaying") expect(before.plays).toBe(effect.play);
          if (effect.type === "play") expect(effect.media.length).toBeGreaterThan(0);
          if (effect.type === "hangUp") expect(next.isHeard).toBe(true);
          if (effect.type === "inform") expect(next.isHeard).toBe(false);
        }
      });
      expect(state.doing).toBe("ended");
      expect(at).toBeLessThanOrEqual(lengthBoundMs(spoken));
      const types = effects.map(({ type }) => type);
      heardOf = new Set([...heardOf, ...types]);
      expect(types.filter((type) => type === "optOut").length).toBeLessThanOrEqual(1);
      const last = types.findIndex((type) => type === "hangUp" || type === "inform");
      expect(last === -1 || last === types.length - 1).toBe(true);
      const plays = effects.flatMap((effect) => (effect.type === "play" ? [effect.play] : []));
      expect(plays).toEqual(plays.map((_, index) => index + 1));
      for (const [result, value] of Object.entries(state.results)) {
        expect(["kept", "day", "choice"]).toContain(result);
        if (result === "choice") expect(value).toBe("x");
      }
      const asked = types.filter((type) => type === "requestAgent").length;
      expect(types.filter((type) => type === "agentMissed").length).toBeLessThanOrEqual(asked);
    }),
    { numRuns: 1_000 },
  );
  // The laws above say nothing of what never happens.
  expect([...heardOf].sort()).toEqual([
    ...[
      "agentMissed",
      "hangUp",
      "inform",
      "optOut",
      "play",
      "requestAgent",
      "requestCallback",
      "setResult",
      "stopPlaying",
    ],
  ]);
});

test("with a checked flow there is always something to hear, or on its way, or a key is waited for", () => {
  fc.assert(
    fc.property(facts, fc.array(happening, { maxLength: 60 }), (known, happenings) => {
      const spoken = sampleFlow();
      let quietFrom: Instant | null = null;
      live(spoken, known, happenings, (before, { state, effects }, at) => {
        if (before.doing === "waiting" && state.doing !== "ended") expect(effects[0]?.type).toBe("play");
        const isQuiet =
          state.doing !== "ended" && state.doing !== "waiting" && !("play" in state && state.play !== null);
        quietFrom = isQuiet ? (quietFrom ?? at) : null;
        // A pause to answer, the beep of a machine; nothing else is silent, and no pause is longer than these.
        if (quietFrom !== null)
          expect(at - quietFrom).toBeLessThanOrEqual(state.doing === "listening" ? 20_000 : 6_000);
      });
    }),
    { numRuns: 300 },
  );
});
