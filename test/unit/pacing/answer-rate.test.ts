/** How many calls are answered: right on the average, steady under bursts, quick to see a jump upwards. */
import { describe, expect, test } from "@jest/globals";
import { AnswerRate, PRIOR_RATE } from "../../../src/pacing/answer-rate.ts";

const RING_TIMEOUT_MS = 25_000;
/** All answers come evenly between 5 and 15 s. */
const CURVE = Float64Array.from({ length: 27 }, (_, second) => Math.min(1, Math.max(0, (second - 5) / 10)));

/** A line on which every `every`-th call is answered. */
class Line {
  readonly rate = new AnswerRate(RING_TIMEOUT_MS, CURVE);
  readonly #answers: { placedAtMs: number; atMs: number }[] = [];
  #calls = 0;
  atMs = 10_000_000;

  /** Somebody sets the clock; answers to calls on their way come when they would have, by the new one. */
  step(ms: number): void {
    this.atMs += ms;
    for (const answer of this.#answers) answer.atMs += ms;
  }

  run(seconds: number, callsPerSecond: (second: number) => number, every: number): void {
    for (let second = 0; second < seconds; second++) {
      const calls = callsPerSecond(second);
      if (calls > 0) this.rate.recordPlaced(this.atMs, calls);
      for (let call = 0; call < calls; call++) {
        this.#calls += 1;
        if (this.#calls % every !== 0) continue;
        const ringMs = 5_000 + ((this.#calls / every) % 10) * 1_000 + 500;
        this.#answers.push({ placedAtMs: this.atMs, atMs: this.atMs + ringMs });
      }
      this.#answers.sort((a, b) => a.atMs - b.atMs);
      this.atMs += 1_000;
      while (this.#answers.length > 0 && this.#answers[0]!.atMs <= this.atMs) {
        const { placedAtMs, atMs } = this.#answers.shift()!;
        this.rate.recordAnswer(placedAtMs, atMs);
      }
      this.rate.advance(this.atMs);
    }
  }
}

const steady = () => 2;

describe("the answer rate", () => {
  test("is high before anything was seen", () => {
    expect(new AnswerRate(RING_TIMEOUT_MS, CURVE).rate()).toBe(PRIOR_RATE);
  });

  test("becomes what it is", () => {
    const line = new Line();
    line.run(1_200, steady, 5);
    expect(line.rate.rate()).toBeGreaterThan(0.195);
    expect(line.rate.rate()).toBeLessThan(0.24);
  });

  test("is not moved by a burst of calls that nobody has had the time to answer", () => {
    const line = new Line();
    line.run(1_200, steady, 5);
    const before = line.rate.rate();
    line.rate.recordPlaced(line.atMs, 500);
    expect(Math.abs(line.rate.rate() - before)).toBeLessThan(0.01);
    line.run(3, () => 0, 5);
    expect(Math.abs(line.rate.rate() - before)).toBeLessThan(0.01);
  });

  test("does not swing with calls that come in waves", () => {
    const line = new Line();
    line.run(1_200, steady, 5);
    const seen: number[] = [];
    for (let wave = 0; wave < 20; wave++) {
      line.run(3, () => 30, 5);
      seen.push(line.rate.rate());
      line.run(12, () => 0, 5);
      seen.push(line.rate.rate());
    }
    expect(Math.max(...seen)).toBeLessThan(0.26);
    expect(Math.min(...seen)).toBeGreaterThan(0.17);
  });

  test("sees a doubling within two minutes, a halving later", () => {
    const line = new Line();
    line.run(1_200, steady, 10);
    line.run(120, steady, 5);
    expect(line.rate.rate()).toBeGreaterThan(0.15);
    line.run(1_200, steady, 10);
    expect(line.rate.rate()).toBeLessThan(0.125);
  });

  test("is not lowered by cancelling", () => {
    const [line, cancelling] = [new Line(), new Line()];
    line.run(600, steady, 5);
    cancelling.run(600, steady, 5);
    // Calls that rang for seven seconds and had a fifth of their answers: nothing came of fifty of them.
    cancelling.rate.recordPlaced(cancelling.atMs, 50);
    cancelling.rate.advance(cancelling.atMs + 7_000);
    for (let call = 0; call < 50; call++) cancelling.rate.recordCancel(cancelling.atMs, cancelling.atMs + 7_000);
    line.rate.advance(line.atMs + 7_000);
    expect(Math.abs(cancelling.rate.rate() - line.rate.rate())).toBeLessThan(0.01);
  });

  test("of a new list is not that of the last retries of the old one", () => {
    const line = new Line();
    line.run(1_200, steady, 50);
    expect(line.rate.rate()).toBeLessThan(0.06);
    line.rate.forget();
    expect(line.rate.rate()).toBeGreaterThan(0.15);
  });

  test("survives a restart", () => {
    const line = new Line();
    line.run(1_200, steady, 10);
    const next = new AnswerRate(RING_TIMEOUT_MS, CURVE);
    next.learnFrom(line.rate.snapshot(), 1);
    expect(Math.abs(next.rate() - 0.1)).toBeLessThan(0.025);
  });

  test("takes another day's for a first guess: what is seen today soon outweighs it, upwards and downwards", () => {
    const yesterday = new Line();
    yesterday.run(3_600, steady, 2);
    const today = new Line();
    today.rate.learnFrom(yesterday.rate.snapshot(), 0.9);
    expect(today.rate.rate()).toBeGreaterThan(0.4);
    today.run(300, steady, 10);
    expect(today.rate.rate()).toBeLessThan(0.25);
    const other = new Line();
    other.rate.learnFrom(today.rate.snapshot(), 0.9);
    other.run(100, steady, 2);
    expect(other.rate.rate()).toBeGreaterThan(0.3);
  });

  test("does not walk through a night second by second", () => {
    const line = new Line();
    line.run(60, steady, 5);
    line.rate.advance(line.atMs + 1e12);
    expect(line.rate.rate()).toBeGreaterThan(0.03);
  });
});

describe("restarts", () => {
  const restarted = (rate: AnswerRate): AnswerRate => {
    const next = new AnswerRate(RING_TIMEOUT_MS, CURVE);
    next.learnFrom(rate.snapshot(), 1);
    return next;
  };

  test.each([0, 5, 60, 1_200])("ten of them after %d seconds change nothing", (seconds) => {
    const line = new Line();
    line.run(seconds, steady, 10);
    let after = restarted(line.rate);
    const [snapshot, rate] = [after.snapshot(), after.rate()];
    for (let restart = 1; restart < 10; restart++) after = restarted(after);
    expect(after.snapshot()).toEqual(snapshot);
    expect(after.snapshot()).toEqual(line.rate.snapshot());
    expect(after.rate()).toBe(rate);
  });

  test("save what was seen, and not the first guess with it", () => {
    expect(new AnswerRate(RING_TIMEOUT_MS, CURVE).snapshot()).toMatchObject({ answers: 0, exposure: 0 });
  });

  test("that took the guess for evidence are caught", () => {
    const line = new Line();
    line.run(300, steady, 20);
    let [sound, faulty] = [line.rate, line.rate];
    for (let restart = 0; restart < 10; restart++) {
      sound = restarted(sound);
      const { answers, exposure, guess } = faulty.snapshot();
      faulty = new AnswerRate(RING_TIMEOUT_MS, CURVE);
      const mixed = { answers: answers + guess.answers, exposure: exposure + guess.exposure };
      faulty.learnFrom({ ...mixed, guess: { answers: PRIOR_RATE * 20, exposure: 20 } }, 1);
    }
    expect(sound.rate()).toBeLessThan(0.08);
    expect(faulty.rate()).toBeGreaterThan(sound.rate() + 0.02);
  });
});

describe("a clock that is set", () => {
  test.each([-1, -10, -60, -3_600, 3_600])("by %d s stops no learning", (stepS) => {
    const line = new Line();
    line.run(1_200, steady, 10);
    const before = line.rate.rate();
    line.step(stepS * 1_000);
    line.run(10, steady, 10);
    expect(Math.abs(line.rate.rate() - before)).toBeLessThan(0.02);
    expect(line.rate.hasJumped()).toBe(false);
    // Five minutes later a rate that has doubled is seen as it would be without any step.
    line.run(300, steady, 3);
    expect(line.rate.rate()).toBeGreaterThan(0.2);
  });

  test("back by an hour just after a new list has begun stops none either", () => {
    const line = new Line();
    line.run(1_200, steady, 10);
    line.rate.forget();
    line.step(-3_600_000);
    line.run(600, steady, 10);
    expect(line.rate.rate()).toBeLessThan(0.16);
  });

  test("forward takes calls on their way for what they had the chance to bring, and the rate does not fall", () => {
    const line = new Line();
    line.run(1_200, steady, 5);
    line.run(10, () => 40, 5);
    const before = line.rate.rate();
    line.step(3_600_000);
    line.rate.advance(line.atMs);
    expect(line.rate.rate()).toBeGreaterThan(before - 0.01);
  });
});

describe("a jump", () => {
  test("is seen when answers come that were not expected", () => {
    const line = new Line();
    line.run(1_200, steady, 10);
    expect(line.rate.hasJumped()).toBe(false);
    line.run(45, steady, 2);
    expect(line.rate.hasJumped()).toBe(true);
  });

  test("is not seen in more calls that are answered as before", () => {
    const line = new Line();
    line.run(1_200, steady, 10);
    for (let second = 0; second < 60; second++) {
      line.run(1, () => 8, 10);
      expect(line.rate.hasJumped()).toBe(false);
    }
  });
});
