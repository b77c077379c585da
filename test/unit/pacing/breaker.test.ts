/** How far a trunk is trusted: what makes it be given fewer calls, none, one, and all again. */
import { describe, expect, test } from "@jest/globals";
import { instant } from "../../../src/domain/instant.ts";
import type { Instant } from "../../../src/domain/instant.ts";
import { DEFAULT_BREAKER, heard, linesFree, looked, TRUSTED } from "../../../src/pacing/breaker.ts";
import type { Breaker } from "../../../src/pacing/breaker.ts";

const LINES = 30;
const at = (ms: number): Instant => instant(1_000_000 + ms);
const use = (linesInUse: number, young = 0) => ({ linesInUse, young });

/** Refusals (`-`) and calls that get through (`+`), one a second from `fromMs` on, each decided half a second before. */
function after(words: string, fromMs = 0, begin: Breaker = TRUSTED, linesInUse = 0): Breaker {
  let breaker = begin;
  for (let index = 0; index < words.length; index++) {
    const ms = fromMs + index * 1_000;
    const said = { isRefusal: words[index] === "-", decidedAt: at(ms - 500), at: at(ms) };
    breaker = heard(breaker, said, use(linesInUse), DEFAULT_BREAKER);
  }
  return breaker;
}
const free = (breaker: Breaker, linesInUse = 0, since = 0): number =>
  linesFree(breaker, { linesInUse, since, linesMax: LINES });

test("the fifth refusal, where half of what was heard are refusals, closes a trunk to calls for a quarter of a minute", () => {
  expect(after("----").state).toBe("closed");
  const open = after("-----");
  expect(open).toMatchObject({ state: "open", until: at(4_000 + 15_000), refused: 5, heard: 5, tries: 1 });
  expect(free(open)).toBe(0);
});

test.each([
  ["many that get through", "++++++-+++++-+++++-+++++-+++++-", "closed"],
  ["calls that get through in between", "-+-+-+-+-", "open"],
  ["refusals long ago", "-", "closed"],
])("beside %s", (_beside, words, state) => {
  expect(after(words).state).toBe(state);
});

test("refusals of more than a minute ago are forgotten", () => {
  expect(after("-", 70_000, after("----")).state).toBe("closed");
});

test("calls that may yet ring speak for it", () => {
  let breaker: Breaker = TRUSTED;
  for (let ms = 0; ms < 500; ms += 100) {
    const word = { isRefusal: true, decidedAt: at(ms), at: at(ms + 50) };
    breaker = heard(breaker, word, use(10, 10), DEFAULT_BREAKER);
  }
  expect(breaker).toMatchObject({ state: "closed", linesTrusted: 10 });
});

describe("a trunk that was closed to calls", () => {
  const open = after("-----");
  const probing = looked(open, 0, LINES, at(19_000));

  test("is left alone until the time is over, and then tried with one call", () => {
    expect(looked(open, 0, LINES, at(18_999))).toBe(open);
    expect(free(probing)).toBe(1);
    expect(free(probing, 1, 1)).toBe(0);
    // Old calls that still talk are none of it.
    expect(free(probing, 7, 0)).toBe(1);
  });

  test("what calls from before say is no answer to that", () => {
    const old = { isRefusal: false, decidedAt: at(3_000), at: at(20_000) };
    expect(heard(probing, old, use(0), DEFAULT_BREAKER)).toBe(probing);
    expect(heard(open, { ...old, decidedAt: at(10_000) }, use(0), DEFAULT_BREAKER)).toBe(open);
  });

  test("refused again it is left alone for twice as long, and at most five minutes", () => {
    let breaker: Breaker = probing;
    const rests: number[] = [];
    for (let ms = 20_000; rests.length < 7; ms += 1_000) {
      const now = looked(breaker, 0, LINES, at(ms));
      breaker = now.state === "probing" ? after("-", ms + 600, now) : now;
      if (breaker.state === "open" && breaker !== now) rests.push(breaker.until - breaker.since);
    }
    expect(rests.map((ms) => ms / 1_000)).toEqual([30, 60, 120, 240, 300, 300, 300]);
  });

  test("once somebody's phone rings it gets two lines, and another for each call that gets through up to half of what it had", () => {
    const busy = after("-----", 0, TRUSTED, 20);
    const back = after("+", 21_000, looked(busy, 0, LINES, at(19_000)));
    expect(back).toMatchObject({ state: "closed", linesTrusted: 2, knee: 10 });
    const more = after("+++++++++++", 22_000, back);
    expect(more).toMatchObject({ linesTrusted: 10, tries: 1 });
    // From there on time and use give it more: one, two, three, a tenth of all at the most.
    let breaker = more;
    const trusted: (number | null)[] = [];
    for (let ms = 22_000; ms < 400_000; ms += 500) {
      const linesInUse = breaker.state === "closed" ? (breaker.linesTrusted ?? LINES) : 0;
      breaker = looked(breaker, linesInUse, LINES, at(ms));
      const lines = breaker.state === "closed" ? breaker.linesTrusted : -1;
      if (trusted.at(-1) !== lines) trusted.push(lines);
    }
    expect(trusted).toEqual([10, 11, 13, 16, 19, 22, 25, 28, 31, null]);
    expect(breaker).toMatchObject({ tries: 0 });
  });
});

describe("a trunk that is full", () => {
  const full = after("++++++---", 0, TRUSTED, 12);

  test("is trusted with what it carries, and asked for one line more half a minute later", () => {
    expect(full).toMatchObject({ state: "closed", linesTrusted: 12 });
    expect(free(full, 12)).toBe(0);
    expect(looked(full, 12, LINES, at(37_000))).toBe(full);
    const asked = looked(full, 12, LINES, at(38_500));
    expect(asked).toMatchObject({ linesTrusted: 13 });
    // One refusal is enough now, and nobody is asked again at once.
    const again = heard(asked, { isRefusal: true, decidedAt: at(38_600), at: at(39_000) }, use(12), DEFAULT_BREAKER);
    expect(again).toMatchObject({ state: "closed", linesTrusted: 12 });
    expect(looked(again, 12, LINES, at(60_000))).toBe(again);
  });

  test("is not asked where nobody wants its lines, and all is forgotten after five minutes", () => {
    expect(looked(full, 11, LINES, at(100_000))).toBe(full);
    expect(looked(full, 3, LINES, at(8_000 + 300_000))).toMatchObject({ linesTrusted: null });
  });
});

test("one call in thirty refused by somebody's network takes no line away", () => {
  let breaker: Breaker = TRUSTED;
  for (let call = 0; call < 1_000; call++) {
    const word = { isRefusal: call % 30 === 29, decidedAt: at(call * 400 - 300), at: at(call * 400) };
    breaker = heard(breaker, word, use(25, 3), DEFAULT_BREAKER);
    expect(breaker).toMatchObject({ state: "closed", linesTrusted: null });
  }
});
