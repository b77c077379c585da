// When a person is heard to speak, when detection is begun anew, and when it is taken off.
import { describe, expect, test } from "@jest/globals";
import fc from "fast-check";
import { AriError } from "../../../src/asterisk/ari-error.ts";
import { Hearing } from "../../../src/asterisk/hearing.ts";
import { namesOf } from "../../../src/asterisk/names.ts";
import type { CallEvent } from "../../../src/call/call.ts";
import type { AttemptId } from "../../../src/domain/ids.ts";
import { nodeId } from "../../../src/domain/ids.ts";
import { instant } from "../../../src/domain/instant.ts";
import type { Log } from "../../../src/engine/ports.ts";

const attemptId = "0199d3a0-1111-7222-8333-444444444444" as AttemptId;
const stamp = { at: instant(0), asteriskAt: null };
const EVENTS = {
  rang: { type: "rang", stamp },
  answered: { type: "answered", stamp, sipCallId: null },
  started: { type: "speechStarted", stamp },
  ended: { type: "speechEnded", stamp, durationMs: 300 },
  destroyed: { type: "destroyed", stamp, cause: 16, sip: null, sipCallId: null },
} as const satisfies Record<string, CallEvent>;
type Name = keyof typeof EVENTS;

function made(fails: Error | null = null) {
  const asked: string[] = [];
  const warnings: string[] = [];
  const quiet = (): void => undefined;
  const log: Log = { debug: quiet, info: quiet, warn: (message) => warnings.push(message), error: quiet };
  const port = {
    setVariable: async (channelId: string, name: string, value: string) => {
      asked.push(`${name}=${value}`);
      expect(channelId).toBe(`fd-n-1-${attemptId}`);
      if (fails !== null) throw fails;
    },
  };
  const settings = { speechSilenceMs: 350, speechThreshold: 200 };
  const hearing = new Hearing(settings, {
    ...{ port, names: namesOf(nodeId("n-1")), log },
    openMedia: async () => {
      asked.push("packets");
      if (fails !== null) throw fails;
    },
  });
  /** What of these is told. */
  const hear = (...names: Name[]): Name[] => names.filter((name) => hearing.admits(attemptId, EVENTS[name]));
  return { hearing, asked, warnings, hear };
}

const settled = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, 5));
const ANEW = ["TALK_DETECT(remove)=", "TALK_DETECT(set)=350,200"];
const OFF = ["TALK_DETECT(remove)="];

test("each leg is given detection from its first moment", () => {
  const { hearing } = made();
  expect(hearing.variablesOf({})).toEqual({ "TALK_DETECT(set)": "350,200" });
  const listening = { silenceMs: 200, threshold: 300, waits: true };
  expect(hearing.variablesOf({ listening })).toEqual({ "TALK_DETECT(set)": "200,300" });
});

test.each([
  ["waits alone for a verdict is sent packets at the answer, once", true, ["packets"]],
  ["is joined meanwhile needs none of ours", false, []],
])("who %s", async (_what, waits, expected) => {
  const { hearing, asked, hear } = made();
  hearing.placed({ attemptId, listening: { silenceMs: 40, threshold: 350, waits } });
  hearing.reportedIn(attemptId);
  expect(asked).toEqual([]);
  hear("answered", "answered");
  await settled();
  expect(asked).toEqual(expected);
});

test("a leg that reports in after its answer is sent packets then", () => {
  const { hearing, asked, hear } = made();
  hearing.placed({ attemptId, listening: { silenceMs: 40, threshold: 350, waits: true } });
  hear("answered");
  expect(asked).toEqual([]);
  hearing.reportedIn(attemptId);
  expect(asked).toEqual(["packets"]);
});

describe("a call that this process has placed", () => {
  function placed() {
    const all = made();
    all.hearing.placed({ attemptId });
    all.hearing.reportedIn(attemptId);
    return all;
  }

  test("their first words are told, and then nobody listens any more", async () => {
    const { hear, asked } = placed();
    expect(hear("rang", "answered", "started")).toEqual(["rang", "answered", "started"]);
    expect(asked).toEqual([]);
    expect(hear("ended")).toEqual(["ended"]);
    await settled();
    expect(asked).toEqual(OFF);
  });

  test("a sentence more is not told, and asks once more for the end of it", async () => {
    const { hear, asked } = placed();
    hear("answered", "started", "ended");
    expect(hear("started", "ended")).toEqual([]);
    await settled();
    expect(asked).toEqual([...OFF, ...OFF]);
  });

  test("ring tone before the answer is not the person", async () => {
    const { hear, asked } = placed();
    expect(hear("started", "ended", "started", "ended", "answered")).toEqual(["answered"]);
    await settled();
    expect(asked).toEqual([]);
  });

  test("ring tone that the answer cut off: detection is begun anew, and the tone's end is not theirs", async () => {
    const { hear, asked } = placed();
    expect(hear("started", "answered")).toEqual(["answered"]);
    await settled();
    expect(asked).toEqual(ANEW);
    expect(hear("ended")).toEqual([]);
    expect(hear("started", "ended")).toEqual(["started", "ended"]);
  });

  test("words whose end was not told: the end of the next is not taken for it", async () => {
    const { hear, asked } = placed();
    hear("answered", "started");
    expect(hear("started", "ended")).toEqual([]);
    await settled();
    expect(asked).toEqual(OFF);
  });

  test("a person who has left meanwhile is no cause for complaint; another refusal is", async () => {
    const gone = made(new AriError({ code: "ARI_NOT_FOUND", message: "Channel not found", status: 404 }));
    gone.hearing.placed({ attemptId });
    gone.hear("answered", "started", "ended");
    const refused = made(new AriError({ code: "ARI_SERVER_ERROR", message: "no", status: 500 }));
    refused.hearing.placed({ attemptId });
    refused.hear("answered", "started", "ended");
    await settled();
    expect(gone.warnings).toEqual([]);
    expect(refused.warnings).toHaveLength(1);
  });
});

test("nothing is kept of a call that has ended, was never made, or whose end we may have missed", () => {
  const { hearing, hear } = made();
  hearing.placed({ attemptId });
  hear("answered", "started", "ended");
  expect(hearing.count).toBe(1);
  hear("destroyed");
  expect(hearing.count).toBe(0);
  hearing.placed({ attemptId });
  hearing.forget(attemptId);
  expect(hearing.count).toBe(0);
  hearing.placed({ attemptId });
  hearing.connectionLost();
  expect(hearing.count).toBe(0);
});

test("an originated leg is told nothing before it is in our application", async () => {
  const { hearing, hear, asked } = made();
  hearing.placed({ attemptId });
  hear("started", "answered");
  await settled();
  expect(asked).toEqual([]);
  hearing.reportedIn(attemptId);
  await settled();
  expect(asked).toEqual(ANEW);
});

describe("a call that a process before this one placed", () => {
  test("that is answered now: begun anew, for nobody knows what was heard", async () => {
    const { hear, asked } = made();
    expect(hear("answered", "started", "ended")).toEqual(["answered", "started", "ended"]);
    await settled();
    expect(asked.slice(0, 1)).toEqual(OFF);
    expect(asked).toContain(ANEW[1]);
  });

  test("that talks: nothing is told, and nobody listens any more", async () => {
    const { hear, asked } = made();
    expect(hear("started", "ended")).toEqual([]);
    await settled();
    expect(asked).toEqual(OFF);
  });
});

test("whatever comes in whatever order: first words are told at most once, after the answer, and in order", () => {
  const names = fc.constantFrom<Name>("rang", "answered", "started", "ended");
  fc.assert(
    fc.property(fc.array(names, { maxLength: 30 }), fc.boolean(), (story, isOurs) => {
      const { hearing, hear } = made();
      if (isOurs) hearing.placed({ attemptId });
      const told = hear(...story).filter((name) => name !== "rang");
      const words = told.filter((name) => name !== "answered");
      expect([[], ["started"], ["started", "ended"]]).toContainEqual(words);
      if (words.length > 0) expect(told[0]).toBe("answered");
    }),
  );
});
