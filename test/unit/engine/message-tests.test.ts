/** A message is believed to play only while a test-play says so. */
import { describe, expect, test } from "@jest/globals";
import { MessageTests } from "../../../src/engine/rules/message-tests.ts";
import type { TestPlay } from "../../../src/engine/ports.ts";
import { bench } from "./bench.ts";
import type { Bench } from "./bench.ts";

const PLAYED: TestPlay = { result: "played", durationMs: 8_000, formats: ["alaw"] };
const FAILED: TestPlay = { result: "failed", detail: "no such file" };
const UNKNOWN: TestPlay = { result: "unknown", detail: "Asterisk is away" };
const MEDIA = "sound:sorry";

interface Desk extends Bench {
  readonly tests: MessageTests;
  readonly asked: string[];
  say(next: TestPlay): void;
  /** Wants it, and lets the answer come. */
  wanted(): Promise<string>;
}

function desk(isUp = true): Desk {
  const asked: string[] = [];
  let next = PLAYED;
  const parts = bench({
    telephony: {
      isUp: () => isUp,
      testPlay: async (media) => {
        asked.push(media);
        return next;
      },
    },
  });
  const tests = new MessageTests(parts.context, () => undefined);
  return {
    ...parts,
    tests,
    asked,
    say: (played) => (next = played),
    wanted: async () => {
      tests.want(MEDIA);
      await parts.clock.advance(0);
      return tests.resultOf(MEDIA);
    },
  };
}

test("nothing is known before it has been played, and it is played once", async () => {
  const { tests, asked, wanted } = desk();
  expect(tests.resultOf(MEDIA)).toBe("unknown");
  expect(await wanted()).toBe("played");
  expect(await wanted()).toBe("played");
  expect(asked).toEqual([MEDIA]);
});

test("while Asterisk is away nothing is asked and nothing is known", async () => {
  const { asked, wanted } = desk(false);
  expect([await wanted(), asked]).toEqual(["unknown", []]);
});

describe("asked again", () => {
  test("after six hours; a file that went missing meanwhile is found", async () => {
    const { clock, say, wanted } = desk();
    await wanted();
    say(FAILED);
    await clock.advance(6 * 3_600_000 - 1);
    expect(await wanted()).toBe("played");
    await clock.advance(1);
    expect(await wanted()).toBe("failed");
  });

  test("a minute after it failed; whoever mends the file need not restart anything", async () => {
    const { clock, say, wanted, asked } = desk();
    say(FAILED);
    expect(await wanted()).toBe("failed");
    say(PLAYED);
    await clock.advance(59_999);
    expect(await wanted()).toBe("failed");
    await clock.advance(1);
    expect(await wanted()).toBe("played");
    expect(asked).toHaveLength(2);
  });

  test("after a reconnect: it may be another Asterisk, with other files", async () => {
    const { tests, wanted, say } = desk();
    await wanted();
    say(FAILED);
    tests.forget();
    expect(tests.resultOf(MEDIA)).toBe("unknown");
    expect(await wanted()).toBe("failed");
  });
});

test("one that could not be asked is not one that failed, nor one that plays", async () => {
  const { clock, say, wanted } = desk();
  say(UNKNOWN);
  expect(await wanted()).toBe("unknown");
  await clock.advance(2_000);
  say(PLAYED);
  expect(await wanted()).toBe("played");
  await clock.advance(6 * 3_600_000);
  say(UNKNOWN);
  expect(await wanted()).toBe("played");
});

test("one that failed where a person was to hear it holds up everybody else at once", async () => {
  const { tests, wanted } = desk();
  await wanted();
  tests.failedLive(MEDIA);
  expect(tests.resultOf(MEDIA)).toBe("failed");
});

test("a message longer than a call would wait for it does not count as playing", async () => {
  const { say, wanted } = desk();
  say({ ...PLAYED, durationMs: 55_000 });
  expect(await wanted()).toBe("failed");
});
