/** Flows as people live through them: what they hear, what they press, and what becomes of what goes wrong. */
import { describe, expect, test } from "@jest/globals";
import { advance } from "../../../src/flow/advance.ts";
import { shownEffect, shownEvent, shownState } from "../../../src/flow/shown.ts";
import { instant } from "../../../src/domain/instant.ts";
import { FlowCall, flowOf, sampleFlow } from "../../support/flows.ts";

const atMenu = (facts = {}): FlowCall => {
  const call = new FlowCall(sampleFlow(), facts);
  call.answer();
  call.heard();
  call.heard();
  call.press("1");
  return call;
};

describe("the delivery", () => {
  test("is spoken of at once, and is confirmed with two keys", () => {
    const call = new FlowCall(sampleFlow());
    expect(call.answer()).toMatchObject([{ type: "play", play: 1, media: ["sound:acme/hello"], language: "en_GB" }]);
    call.heard();
    call.heard();
    call.press("1");
    expect(call.said.slice(0, 3)).toEqual(["sound:acme/parcel-comes-on", "sound:digits/day-2", "sound:digits/20"]);
    expect(call.press("1")).toMatchObject([
      { type: "stopPlaying" },
      { type: "setResult", name: "delivery", value: "confirmed" },
      { type: "play", media: ["sound:acme/thanks"] },
    ]);
    call.heard();
    expect(call.heard()).toEqual([{ type: "hangUp" }]);
    expect(call.state).toMatchObject({ doing: "ended", how: "saidAll", results: { delivery: "confirmed" } });
  });

  test("is put on another day, out of those that are not over", () => {
    const call = atMenu({ today: "2026-11-26" });
    call.press("2");
    expect(call.said).toEqual([
      ...["sound:acme/which-day", "sound:acme/for", "sound:digits/day-4", "sound:digits/20", "sound:digits/h-6"],
      ...["sound:digits/mon-10", "sound:acme/press", "digits:1"],
    ]);
    // There is no second day any more.
    call.press("2");
    expect(call.state).toMatchObject({ doing: "asking", attempt: 2 });
    expect(call.press("1")).toContainEqual({
      type: "setResult",
      name: "new_date",
      value: "2026-11-26",
      isSensitive: false,
    });
    expect(call.said).toContain("sound:digits/h-6");
  });

  test.each(["", "2026-11-20", "soon", "2026-11-25,2026-02-30"])(
    "with the days %j somebody is looked for at once",
    (days) => {
      const call = atMenu({ attributes: { delivery_date: "2026-11-24", delivery_options: days } });
      expect(call.press("2").map(({ type }) => type)).toEqual(["stopPlaying", "requestAgent", "play"]);
    },
  );

  test("that cannot be said is not guessed: a last word, and the end", () => {
    const call = atMenu({ attributes: { delivery_date: "tomorrow" } });
    expect(call.said).toEqual(["sound:acme/sorry"]);
    expect(call.heard()).toEqual([{ type: "hangUp" }]);
  });
});

describe("a question", () => {
  test("is put three times, and then goes where it should", () => {
    const call = atMenu();
    for (const attempt of [1, 2, 3]) {
      expect(call.state).toMatchObject({ doing: "asking", attempt });
      call.heard();
      call.wait();
    }
    expect(call.wanted).toContainEqual({
      type: "setResult",
      name: "delivery",
      value: "not-reached",
      isSensitive: false,
    });
  });

  test("is repeated with a word of regret", () => {
    const call = atMenu();
    call.press("7");
    expect(call.said[0]).toBe("sound:acme/not-understood");
  });

  test("that must be heard takes no key before its end", () => {
    const flow = flowOf(
      '  a: { gather: { prompt: [sound:law], keys: { "1": b }, bargeIn: false, otherwise: end } }\n  b: { play: [sound:b], then: end }\n',
    );
    const call = new FlowCall(flow);
    call.answer();
    expect(call.press("1")).toEqual([]);
    call.heard();
    expect(call.press("1")).toMatchObject([{ type: "play", media: ["sound:b"] }]);
  });

  test("ignores late news of a prompt that was cut short", () => {
    const call = atMenu();
    const old = call.play;
    call.press("2");
    expect(call.event({ type: "playFailed", play: old })).toEqual([]);
    expect(call.event({ type: "playFinished", play: old })).toEqual([]);
    expect(call.state).toMatchObject({ doing: "asking", step: "another-day", play: call.play });
  });
});

describe("digits", () => {
  const steps = (more: string) =>
    `  a: { gather: { prompt: [sound:number], digits: { least: 2, most: 4, ${more} }, tries: 2, otherwise: end }, then: b }\n  b: { play: [sound:b], then: end }\n`;
  const kept = () => flowOf(steps("into: reference"), "results: { reference: digits }");
  const compared = () => flowOf(steps("matches: pin"), "attributes: { pin: digits }");

  test.each([
    ["the end key", ["1", "2", "#"], "12"],
    ["the most there may be", ["1", "2", "3", "4"], "1234"],
  ])("end with %s", (_what, keys, value) => {
    const call = new FlowCall(kept());
    call.answer();
    for (const key of keys) call.press(key);
    expect(call.wanted).toContainEqual({ type: "setResult", name: "reference", value, isSensitive: false });
  });

  test("end with a pause; too few of them are a try", () => {
    const call = new FlowCall(kept());
    call.answer();
    call.press("1");
    expect(call.wait()).toMatchObject([{ type: "play", media: ["sound:number"] }]);
    call.press("7");
    call.press("8");
    expect(call.wait()).toMatchObject([
      { type: "setResult", value: "78" },
      { type: "play", media: ["sound:b"] },
    ]);
  });

  test("that are compared lead on when they are right, and nowhere else", () => {
    const right = new FlowCall(compared());
    right.answer();
    for (const key of "4711") right.press(key);
    expect(right.said).toEqual(["sound:b"]);
    const wrong = new FlowCall(compared());
    wrong.answer();
    for (const key of "47124712") wrong.press(key);
    expect(wrong.state).toMatchObject({ doing: "ended", how: "saidAll" });
    const unknown = new FlowCall(compared(), { attributes: {} });
    unknown.answer();
    for (const key of "00") unknown.press(key);
    expect(unknown.wait()).toMatchObject([{ type: "play", media: ["sound:number"] }]);
  });

  test("in confidence are in no result, no journal", () => {
    const call = new FlowCall(compared());
    call.answer();
    const before = call.state;
    call.press("4");
    expect(shownEvent(call.flow, before, { type: "digit", at: instant(0), digit: "4" })).toMatchObject({
      digit: "hidden",
    });
    expect(JSON.stringify(shownState(call.flow, call.state))).not.toContain('"4"');
    const keeping = flowOf(steps("into: reference, sensitive: true, keep: true"), "results: { reference: digits }");
    const kept = new FlowCall(keeping);
    kept.answer();
    for (const key of "8642") kept.press(key);
    expect(kept.state.results).toEqual({ reference: "8642" });
    expect(JSON.stringify([shownState(keeping, kept.state), ...kept.wanted.map(shownEffect)])).not.toContain("8642");
    // What is private of the lead is in no journal either.
    expect(JSON.stringify(atMenu().wanted.map(shownEffect))).not.toContain("h-4");
  });

  test("in confidence go nowhere though a flow that was never checked names a result", () => {
    const flow = kept();
    const { a } = flow.steps;
    const leaky = { ...flow, steps: { ...flow.steps, a: { ...a!, isSensitive: true } as typeof a & object } };
    const call = new FlowCall(leaky);
    call.answer();
    for (const key of "8642") call.press(key);
    expect(call.state.results).toEqual({});
  });
});

describe("whoever objects", () => {
  test.each(["hello", "who", "menu", "hold"])("is heard at once: %s", (place) => {
    const call = place === "menu" || place === "hold" ? atMenu() : new FlowCall(sampleFlow());
    if (place === "hello" || place === "who") call.answer();
    if (place === "who") call.heard();
    if (place === "hold") call.press("3");
    const [first, ...rest] = call.press("9");
    expect(first).toEqual({ type: "optOut" });
    expect(rest.at(-1)).toMatchObject({ type: "play", media: ["sound:acme/objected"] });
    expect(rest.some(({ type }) => type === "agentMissed")).toBe(place === "hold");
    call.press("9");
    expect(call.types.filter((type) => type === "optOut")).toHaveLength(1);
    expect(call.heard()).toEqual([{ type: "hangUp" }]);
  });
});

describe("whoever asks for an agent", () => {
  test("hears somebody until one comes", () => {
    const call = atMenu();
    expect(call.press("3").slice(1)).toMatchObject([
      { type: "requestAgent" },
      { type: "play", media: ["sound:acme/one-moment"] },
    ]);
    expect(call.heard()).toMatchObject([{ type: "play", media: ["sound:acme/looking-for-somebody"] }]);
    expect(call.event({ type: "agentJoined" })).toEqual([{ type: "stopPlaying", play: call.play }]);
    expect(call.state).toMatchObject({ doing: "ended", how: "withAgent" });
  });

  test.each(["the time is up", "nobody is there"])("is told that nobody comes: %s", (why) => {
    const call = atMenu();
    call.press("3");
    const askedAt = call.at;
    for (let round = 0; why === "the time is up" && call.state.doing === "holding" && round < 20; round += 1) {
      const { play } = call;
      call.event({ type: "playStarted", play });
      if (call.state.deadlineAt <= call.at + 3_000) call.wait();
      else call.event({ type: "playFinished", play }, 3_000);
    }
    if (why === "nobody is there") call.event({ type: "agentNotFree" });
    const missed = call.wanted.find(({ type }) => type === "agentMissed");
    expect(missed).toMatchObject({ waitedMs: why === "nobody is there" ? 100 : 10_000 });
    expect(call.at - askedAt).toBeLessThanOrEqual(10_000);
    expect(call.said).toEqual(["sound:acme/nobody-free"]);
    expect(call.heard()).toMatchObject([{ type: "requestCallback", afterMs: 900_000, on: null }, { type: "play" }]);
  });

  test("is not left in silence for longer than two seconds when the music fails", () => {
    const call = atMenu();
    call.press("3");
    call.heard();
    call.event({ type: "playFailed", play: call.play });
    const at = call.at;
    expect(call.wait().map(({ type }) => type)).toContain("agentMissed");
    expect(call.at - at).toBe(2_000);
  });

  test("gets one who comes late all the same; one nobody asked for changes nothing", () => {
    const call = atMenu();
    expect(call.event({ type: "agentJoined" })).toEqual([]);
    call.press("3");
    call.event({ type: "agentNotFree" });
    call.event({ type: "agentJoined" });
    expect(call.state).toMatchObject({ how: "withAgent" });
  });
});

describe("a machine", () => {
  const silent = () => {
    const call = new FlowCall(sampleFlow(), { answeredBy: "machine" });
    call.answer();
    call.heard();
    for (const _ of [1, 2, 3]) {
      call.heard();
      call.wait();
    }
    return call;
  };

  test.each(["beepHeard", "deadlinePassed"] as const)("is told after its beep, or without one: %s", (type) => {
    const call = silent();
    expect(call.state.doing).toBe("listening");
    if (type === "beepHeard") call.event({ type });
    else call.wait();
    expect(call.said).toEqual(["sound:acme/message"]);
  });

  test("that presses a key is a person, and is spoken to at once", () => {
    const call = silent();
    expect(call.press("1")).toMatchObject([{ type: "play", media: ["sound:acme/message"] }]);
  });
});

describe("when sound fails", () => {
  test("before anything was heard, the information message has the word", () => {
    const call = new FlowCall(sampleFlow());
    call.answer();
    call.event({ type: "playStarted", play: 1 }, 5);
    expect(call.event({ type: "playFailed", play: 1 }, 0)).toEqual([{ type: "inform" }]);
    expect(call.state).toMatchObject({ doing: "ended", how: "unheard" });
  });

  test("and nobody says so, the information message begins by the connect limit", () => {
    const call = new FlowCall(sampleFlow());
    call.answer();
    expect(call.wait().map(({ type }) => type)).toEqual(["stopPlaying", "inform"]);
    expect(call.at).toBe(1_800);
  });

  test("later, a last word is said and we hang up; when that fails too, we hang up", () => {
    const call = atMenu();
    expect(call.event({ type: "playFailed", play: call.play })).toMatchObject([
      { type: "play", media: ["sound:acme/sorry"] },
    ]);
    expect(call.event({ type: "playFailed", play: call.play })).toEqual([{ type: "hangUp" }]);
  });

  test("the end of a playback that nobody told of is assumed in the end", () => {
    const call = new FlowCall(sampleFlow());
    call.answer();
    call.event({ type: "playStarted", play: 1 });
    call.wait();
    expect(call.at).toBe(60_100);
    expect(call.said).toEqual(["sound:acme/who"]);
  });
});

describe("the end", () => {
  test("comes when the whole has lasted too long, with a last word", () => {
    const flow = { ...sampleFlow(), lengthMaxMs: 10_000 };
    const call = new FlowCall(flow);
    call.answer();
    call.heard();
    call.event({ type: "playStarted", play: call.play });
    expect(call.wait()).toMatchObject([{ type: "stopPlaying" }, { type: "play", media: ["sound:acme/sorry"] }]);
    expect(call.at).toBe(10_000);
  });

  test("is theirs when they hang up, and nothing follows it", () => {
    const call = atMenu();
    expect(call.event({ type: "hungUp" })).toEqual([]);
    expect(call.state).toMatchObject({ doing: "ended", how: "left" });
    expect(call.press("9")).toEqual([]);
    expect(call.event({ type: "agentJoined" })).toEqual([]);
  });

  test("comes without a word when nobody answers", () => {
    const call = new FlowCall(sampleFlow());
    expect(call.wait()).toEqual([]);
    expect(call.state).toMatchObject({ doing: "ended", how: "unanswered" });
  });

  test("comes of a step that was come to too often", () => {
    const flow = flowOf(
      '  a: { gather: { prompt: [sound:again], keys: { "1": a }, otherwise: end } }\n',
      "visitsMax: 2",
    );
    const call = new FlowCall(flow);
    call.answer();
    call.press("1");
    expect(call.said).toEqual(["sound:again"]);
    call.press("1");
    expect(call.said).toEqual(["sound:sorry"]);
  });
});

test("an early wake-up changes nothing", () => {
  const call = new FlowCall(sampleFlow());
  call.answer();
  const { state } = advance(call.flow, call.state, { type: "deadlinePassed", at: instant(1_799) }, call.facts);
  expect(state).toBe(call.state);
});
