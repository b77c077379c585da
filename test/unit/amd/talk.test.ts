/** The classifier over talk detection, moment by moment: what is sure when, and what never is. */
import { describe, expect, test } from "@jest/globals";
import { EAGER_TALK, checkTalkParameters, DEFAULT_TALK } from "../../../src/amd/talk-parameters.ts";
import { beginListening, classify } from "../../../src/amd/talk.ts";
import type { Decided, TalkEvent, TalkParameters, TalkState } from "../../../src/amd/talk.ts";
import { instant } from "../../../src/domain/instant.ts";

const ANSWERED = 1_000_000;
const PARAMETERS: TalkParameters = {
  silenceMs: 200,
  threshold: 256,
  talkMinMs: 100,
  humanSilenceMs: 500,
  machineSpanMs: 1_000,
  machineWords: 2,
  unbrokenMs: 900,
  initialSilenceMs: 1_500,
  deadlineMs: 1_700,
};

const at = (ms: number) => instant(ANSWERED + ms);
const starts = (ms: number): TalkEvent => ({ type: "talkingStarted", at: at(ms) });
/** Talk from one moment to another, as its end is told: when it has been quiet for `silenceMs`. */
const ends = (fromMs: number, toMs: number): TalkEvent => ({
  type: "talkingFinished",
  at: at(toMs + PARAMETERS.silenceMs),
  durationMs: toMs - fromMs,
});
const passes = (ms: number): TalkEvent => ({ type: "timePassed", at: at(ms) });
const said = (fromMs: number, toMs: number): TalkEvent[] => [starts(fromMs), ends(fromMs, toMs)];

const after = (events: readonly TalkEvent[], parameters = PARAMETERS): TalkState =>
  events.reduce<TalkState>((state, event) => classify(state, event, parameters), beginListening(at(0), parameters));
const decided = (events: readonly TalkEvent[], parameters = PARAMETERS): Decided => {
  const state = after([...events, passes(60_000)], parameters);
  if (state.state !== "decided") throw new Error("nothing was decided");
  return state;
};
const shortly = ({ verdict, cause, verdictAt }: Decided) => [verdict, cause, verdictAt - ANSWERED];

test.each<[what: string, events: TalkEvent[], verdict: string, cause: string, ms: number]>([
  ["hello, and quiet", said(300, 700), "human", "short-greeting", 1_200],
  ["hello from the first moment", said(0, 400), "human", "short-greeting", 900],
  ["hello hello, as one greeting", [...said(200, 500), ...said(750, 1_000)], "human", "short-greeting", 1_500],
  ["one long word", [starts(100)], "unsure", "unbroken-sound", 1_200],
  ["a long greeting", [...said(100, 600), starts(900)], "machine", "long-greeting", 1_300],
  ["a long greeting whose second word is late", [...said(0, 600), starts(1_050)], "machine", "long-greeting", 1_350],
  ["hello, and a click in the quiet", [...said(0, 700), ...said(920, 1_010)], "human", "short-greeting", 1_210],
  ["two words and a pause", [...said(0, 150), ...said(600, 900)], "human", "short-greeting", 1_400],
  ["nothing at all", [], "silence", "no-word", 1_500],
  ["a click and nothing more", said(300, 340), "silence", "no-word", 1_500],
  ["a click when nobody waited for a word any more", said(1_290, 1_310), "silence", "no-word", 1_510],
  ["a click, then hello", [...said(100, 140), ...said(500, 800)], "human", "short-greeting", 1_300],
  ["words that begin late", [starts(1_200)], "unsure", "deadline", 1_700],
  ["hello, too late to be sure", said(900, 1_300), "unsure", "deadline", 1_700],
  ["hello, sure at the very deadline", said(900, 1_200), "human", "short-greeting", 1_700],
  ["more than hello, less than a machine", said(700, 1_500), "unsure", "deadline", 1_700],
  ["a fax", [{ type: "toneHeard", at: at(800), tone: "fax" }], "fax", "tone-heard", 800],
  ["an announcement's tones", [starts(0), { type: "toneHeard", at: at(330), tone: "sit" }], "sit", "tone-heard", 330],
])("%s", (_what, events, verdict, cause, ms) => {
  expect(shortly(decided(events))).toEqual([verdict, cause, ms]);
});

describe("what time alone decides", () => {
  test("is told before, and moves with what is heard", () => {
    const seen = [[], [starts(300)], said(300, 700), [...said(300, 700), starts(1_000)]].map((events) => {
      const state = after(events);
      return state.state === "listening" ? state.decidesAt - ANSWERED : state.state;
    });
    expect(seen).toEqual([1_500, 1_400, 1_200, 1_500]);
  });

  test("a timer that comes a millisecond early decides nothing, and one that is late changes nothing", () => {
    expect(after([...said(300, 700), passes(1_199)]).state).toBe("listening");
    const onTime = after([...said(300, 700), passes(1_200)]);
    expect(onTime.state).toBe("decided");
    expect(after([...said(300, 700), passes(1_650)])).toEqual(onTime);
    expect(after([...said(300, 700), passes(9_000)])).toEqual(onTime);
  });

  test("an event after it does not change what was sure before it", () => {
    const word = decided([...said(300, 700), starts(1_300)]);
    expect(shortly(word)).toEqual(["human", "short-greeting", 1_200]);
  });

  test("a sound without the least pause is no machine, and nobody waits for it to end", () => {
    const even = { ...PARAMETERS, unbrokenMs: 900 };
    expect(shortly(decided([starts(100)], even))).toEqual(["unsure", "unbroken-sound", 1_200]);
    const told = after([{ type: "talkingFinished", at: at(1_150), durationMs: 950 }], even);
    expect(told).toMatchObject({ state: "decided", verdict: "unsure", cause: "unbroken-sound" });
  });

  test("at a detector that waits as long as we do, its word decides", () => {
    const slow = { ...PARAMETERS, silenceMs: 500 };
    const state = after([starts(300), { type: "talkingFinished", at: at(1_200), durationMs: 400 }], slow);
    expect(state).toMatchObject({ state: "decided", verdict: "human", verdictAt: at(1_200) });
  });
});

describe("telephony repeats, loses and reorders", () => {
  const HELLO = shortly(decided(said(300, 700)));

  test.each<[what: string, events: TalkEvent[]]>([
    ["a start told twice", [starts(300), starts(400), ends(300, 700)]],
    ["an end told twice", [...said(300, 700), ends(300, 700)]],
    ["an end that overtakes its start", [ends(300, 700), starts(300)]],
    ["an end without a start", [ends(300, 700)]],
  ])("%s", (_what, events) => {
    expect(shortly(decided(events))).toEqual(HELLO);
  });

  test("talk since before the answer counts from the answer", () => {
    const state = after([ends(-3_000, 300)]);
    expect(state).toMatchObject({ state: "listening", talkedMs: 300 });
  });

  test("talk that was over before the answer is none of theirs", () => {
    const state = after([starts(-900), ends(-900, -300), ends(-250, -220)]);
    expect(state).toMatchObject({ state: "listening", talkedMs: 0, talkingSince: null, quietSince: null });
    expect(shortly(decided([starts(-900), ends(-900, -300)]))).toEqual(["silence", "no-word", 1_500]);
  });

  test("a start told before the answer counts from the answer", () => {
    expect(shortly(decided([starts(-2_000)]))).toEqual(["unsure", "unbroken-sound", 1_100]);
  });

  test.each([Number.NaN, -5, Number.POSITIVE_INFINITY])("a duration of %p is no talk", (durationMs) => {
    const state = after([{ type: "talkingFinished", at: at(1_000), durationMs }]);
    expect(state).toMatchObject({ state: "listening", talkedMs: 0, quietSince: null });
  });

  test("a tone of before the answer is the network's", () => {
    expect(after([{ type: "toneHeard", at: at(-100), tone: "tone" }]).state).toBe("listening");
  });

  test("after a verdict nothing is listened to", () => {
    const state = decided(said(300, 700));
    for (const event of [starts(1_300), ends(1_300, 5_000), passes(9_000)]) {
      expect(classify(state, event, PARAMETERS)).toBe(state);
    }
  });
});

describe("parameters", () => {
  const DEADLINE_MS = 1_800;

  test("the defaults can be used within the strictest limit that profiles have", () => {
    expect(checkTalkParameters(DEFAULT_TALK, DEADLINE_MS)).toEqual([]);
    expect(checkTalkParameters(EAGER_TALK, DEADLINE_MS)).toEqual([]);
  });

  test.each<[change: Partial<TalkParameters>, parameter: string, says: RegExp]>([
    [{ deadlineMs: DEADLINE_MS }, "deadlineMs", /must be below 1800 ms/],
    [{ deadlineMs: 1_200 }, "initialSilenceMs", /to the deadline \(1200 ms\)/],
    [{ silenceMs: 10 }, "silenceMs", /at least a frame/],
    [{ threshold: 0 }, "threshold", /from 1 to 32767/],
    [{ threshold: 40_000 }, "threshold", /from 1 to 32767/],
    [{ humanSilenceMs: 180 }, "humanSilenceMs", /quiet is not told before/],
    [{ initialSilenceMs: 0 }, "initialSilenceMs", /from 1 ms/],
    [{ initialSilenceMs: 1_701 }, "initialSilenceMs", /from 1 ms to the deadline/],
    [{ talkMinMs: 500 }, "talkMinMs", /below humanSilenceMs/],
    [{ machineWords: 0 }, "machineWords", /from 1 to 10/],
    [{ machineWords: 11 }, "machineWords", /from 1 to 10/],
    [{ unbrokenMs: 100 }, "unbrokenMs", /no word is one/],
    [{ machineSpanMs: 499 }, "machineSpanMs", /hello is a machine/],
    [{ machineSpanMs: 1_500 }, "machineSpanMs", /no machine is ever found/],
    [{ silenceMs: 200.5 }, "silenceMs", /whole number/],
    [{ deadlineMs: Number.NaN }, "deadlineMs", /whole number, not NaN/],
    [{ talkMinMs: -1 }, "talkMinMs", /whole number/],
  ])("%p is refused", (change, parameter, says) => {
    const problems = checkTalkParameters({ ...PARAMETERS, ...change }, DEADLINE_MS);
    expect(problems).toContainEqual({ parameter, problem: expect.stringMatching(says) });
  });
});
