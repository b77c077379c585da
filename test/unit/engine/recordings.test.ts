/** Recordings beside the engine: what is asked of Asterisk, what is written down, and what follows when it refuses. */
import { describe, expect, test } from "@jest/globals";
import { NOTHING_KNOWN } from "../../../src/domain/attempt.ts";
import { beginCall, type LivingCall } from "../../../src/call/call.ts";
import { after } from "../../../src/domain/instant.ts";
import {
  NO_RECORDING,
  type RecordingGap,
  type RecordingNote,
  type RecordingPlan,
} from "../../../src/domain/recording.ts";
import { policyOf, type LiveCall } from "../../../src/engine/calls/live-call.ts";
import type { Alarm, CommandResult, RecordingFile } from "../../../src/engine/ports.ts";
import { Recordings } from "../../../src/engine/recordings/recordings.ts";
import { MONDAY_MORNING } from "../../../src/simulation/virtual-clock.ts";
import { TEST_PROFILE } from "../../support/test-profile.ts";
import { AGENT, ATTEMPT, bench, CAMPAIGN, lead, LEG, ORDER } from "./bench.ts";

const DONE: CommandResult = { ok: true };
const REFUSED: CommandResult = { ok: false, kind: "refused", detail: "no" };
const GONE: CommandResult = { ok: false, kind: "gone", detail: "no such recording" };
const FILE = `fairdial/${CAMPAIGN.name}/${new Date(MONDAY_MORNING).toISOString().slice(0, 10)}/${ATTEMPT}`;

const connected = (): LivingCall => ({
  ...beginCall(
    ATTEMPT,
    { ...NOTHING_KNOWN, agentId: AGENT, connectedAt: { at: MONDAY_MORNING, asteriskAt: null } },
    after(MONDAY_MORNING, 3_600_000),
  ),
  state: "connected",
});

interface Setup {
  readonly plan?: Partial<RecordingPlan>;
  /** What Asterisk answers, by command; done where nothing is said. */
  readonly answers?: Readonly<Record<string, CommandResult>>;
  readonly file?: RecordingFile | null;
  readonly isBroken?: boolean;
}

function studio({ plan = {}, answers = {}, file = { bytes: 1_044, sha256: "ab" }, isBroken = false }: Setup = {}) {
  const asked: string[] = [];
  const notes: RecordingNote[] = [];
  const gaps: RecordingGap[] = [];
  const alarms: Alarm[] = [];
  const answer = (command: string) => async (): Promise<CommandResult> => {
    asked.push(command);
    return answers[command] ?? DONE;
  };
  const parts = bench({
    store: {
      noteRecording: async (_node, note) => void notes.push(note),
      noteRecordingGap: async (gap) => void gaps.push(gap),
      raiseAlarm: async (alarm) => void alarms.push(alarm),
    },
    telephony: {
      isUp: () => true,
      promptAgent: async (_leg, media) => {
        asked.push(`prompt ${media}`);
        return DONE;
      },
      recordings: {
        ...{ start: answer("start"), pause: answer("pause"), resume: answer("resume"), stop: answer("stop") },
        announce: answer("announce"),
        isRunning: async () => answers["isRunning"]?.ok ?? true,
        read: async () => file,
        remove: async () => "removed",
      },
    },
  });
  const { context, clock } = parts;
  const recordings = new Recordings(context, { isBroken: () => isBroken, legOf: () => LEG });
  const campaign = { ...CAMPAIGN, recording: { ...NO_RECORDING, kind: "all" as const, ...plan } };
  const live: LiveCall = {
    ...{ order: ORDER, lead: lead(1), campaign, profile: TEST_PROFILE, listens: null, call: connected() },
    policy: policyOf(campaign, ORDER, TEST_PROFILE, context.settings.timings),
  };
  const passes = async (ms: number): Promise<void> => {
    for (const until = after(clock.now(), ms); clock.now() < until;) {
      await clock.advance(Math.min(100, until - clock.now()));
      for (const key of parts.came.splice(0)) {
        if (key === `recording:${ATTEMPT}`) recordings.deadlinePassed(ATTEMPT, clock.now());
      }
    }
  };
  const joins = async (): Promise<void> => {
    recordings.callChanged(live, { ...connected(), state: "connecting" }, live.call);
    await passes(100);
  };
  const parts_ = async (): Promise<void> => {
    recordings.callChanged(live, live.call, { ...connected(), state: "ending" });
    await passes(100);
  };
  const ask = async (what: "start" | "pause" | "resume"): Promise<string> => {
    const said = live.recording?.obey(what, "ann", "key") ?? "nothing to ask";
    await passes(100);
    return said;
  };
  return { ...parts, recordings, live, asked, notes, gaps, alarms, passes, joins, leaves: parts_, ask };
}

const states = (notes: readonly RecordingNote[]): string[] => notes.map(({ state }) => state);

test("a conversation is recorded from its beginning to its end, under the attempt's name", async () => {
  const { joins, leaves, asked, notes, recordings } = studio();
  await joins();
  await leaves();
  expect(asked).toEqual(["start", "stop"]);
  expect(states(notes)).toEqual(["starting", "recording", "ended"]);
  expect(notes.at(-1)).toMatchObject({ file: FILE, bytes: 1_044, sha256: "ab", says: null });
  expect(recordings.count).toBe(0);
});

test.each<[Partial<RecordingPlan>, string]>([
  [{ kind: "off" }, "nothing to ask"],
  [{ kind: "demand" }, "not-recorded"],
  [{ kind: "sample", samplePercent: 0 }, "not-recorded"],
])("%j records nothing by itself", async (plan, said) => {
  const { joins, leaves, asked, notes, ask, recordings } = studio({ plan });
  await joins();
  expect(await ask("pause")).toBe(said);
  await leaves();
  expect([asked, notes, recordings.count]).toEqual([[], [], 0]);
});

test("on demand it begins when the agent asks, once", async () => {
  const { joins, asked, ask, live } = studio({ plan: { kind: "demand" } });
  await joins();
  expect(live.recording?.mayStart).toBe(true);
  expect([await ask("start"), await ask("start")]).toEqual(["done", "no-change"]);
  expect(asked).toEqual(["start"]);
});

describe("a gap", () => {
  test("is on record from Asterisk's word to our asking for sound, by whom and how", async () => {
    const { joins, ask, asked, gaps, live, clock, leaves } = studio();
    await joins();
    expect(await ask("pause")).toBe("done");
    const from = gaps[0]?.from;
    expect([live.recording?.isPaused, live.recording?.hidesDigits]).toEqual([true, true]);
    await clock.advance(30_000);
    const at = clock.now();
    expect(await ask("resume")).toBe("done");
    expect(asked).toEqual(["start", "pause", "prompt paused", "resume", "prompt resumed"]);
    expect(gaps.at(-1)).toEqual({
      ...{ attemptId: ATTEMPT, from, until: at, by: "ann", how: "key", endedBy: "ann", endedHow: "key" },
    });
    // What was typed in it may be told late.
    expect(live.recording?.hidesDigits).toBe(true);
    await clock.advance(2_000);
    expect(live.recording?.hidesDigits).toBe(false);
    await leaves();
  });

  test("that is long calls for somebody after three minutes, and ends by itself after the campaign's time", async () => {
    const { joins, ask, asked, gaps, alarms, passes } = studio({ plan: { pauseMaxMs: 300_000 } });
    await joins();
    await ask("pause");
    await passes(179_000);
    expect(alarms).toEqual([]);
    await passes(2_000);
    expect(alarms.map(({ code }) => code)).toEqual(["RECORDING-GAP-LONG"]);
    expect(asked.at(-1)).toBe("prompt reminder");
    await passes(120_000);
    expect(asked.slice(-2)).toEqual(["resume", "prompt resumed"]);
    expect(gaps.at(-1)).toMatchObject({ endedBy: "fairdial", endedHow: "time" });
  });

  test("ends with the conversation", async () => {
    const { joins, ask, gaps, leaves, notes } = studio();
    await joins();
    await ask("pause");
    await leaves();
    expect(gaps.at(-1)).toMatchObject({ endedHow: "end", until: expect.any(Number) });
    expect(states(notes).at(-1)).toBe("ended");
  });

  test("that cannot be made ends the recording: the agent hears at once that there is none, and then that nothing is heard", async () => {
    const { joins, ask, asked, notes, alarms, passes, live } = studio({ answers: { pause: REFUSED } });
    await joins();
    await ask("pause");
    await passes(3_000);
    expect(asked).toEqual(["start", "pause", "prompt no", "pause", "pause", "stop", "prompt paused"]);
    expect(alarms.map(({ code }) => code)).toEqual(["RECORDING-PAUSE-FAILED"]);
    expect(notes.at(-1)).toMatchObject({ state: "failed", says: "no gap could be made in it, so it was ended" });
    expect(live.recording?.obey("resume", "ann", "key")).toBe("not-recorded");
  });

  test("that cannot be ended stays one, and somebody is told", async () => {
    const { joins, ask, gaps, alarms, passes, live } = studio({ answers: { resume: REFUSED } });
    await joins();
    await ask("pause");
    await ask("resume");
    await passes(3_000);
    expect(alarms.map(({ code }) => code)).toEqual(["RECORDING-RESUME-FAILED"]);
    expect([live.recording?.isPaused, gaps.at(-1)?.until]).toEqual([true, null]);
  });
});

describe("a recording that cannot begin", () => {
  test("fails with an alarm, and the call goes on", async () => {
    const { joins, notes, alarms, asked } = studio({ answers: { start: REFUSED } });
    await joins();
    expect(asked).toEqual(["start"]);
    expect(notes.at(-1)).toMatchObject({ state: "failed", says: "it could not begin: no" });
    expect(alarms.map(({ code }) => code)).toEqual(["RECORDING-FAILED"]);
  });

  test("for the person has left is no alarm", async () => {
    const { joins, notes, alarms } = studio({ answers: { start: GONE } });
    await joins();
    expect([notes.at(-1)?.state, alarms]).toEqual(["failed", []]);
  });

  test.each([
    ["is known not to play", { isBroken: true }],
    ["does not play", { answers: { announce: REFUSED } }],
  ])("for its notice %s: nobody is recorded unawares", async (_what, setup) => {
    const { joins, asked, notes } = studio({ plan: { announcement: "sound:notice" }, ...setup });
    await joins();
    expect(asked).not.toContain("start");
    expect(notes.at(-1)?.state).toBe("failed");
  });

  test("and the notice comes before it", async () => {
    const { joins, asked } = studio({ plan: { announcement: "sound:notice" } });
    await joins();
    expect(asked).toEqual(["announce", "start"]);
  });
});

test("one that breaks off by itself is failed, and the call goes on", async () => {
  const { joins, recordings, notes, alarms, passes } = studio();
  await joins();
  recordings.heard(ATTEMPT, "failed");
  await passes(100);
  expect(notes.at(-1)).toMatchObject({ state: "failed", bytes: 1_044 });
  expect(alarms.map(({ code }) => code)).toEqual(["RECORDING-FAILED"]);
});

test("one without a file is failed", async () => {
  const { joins, leaves, notes, passes } = studio({ file: null });
  await joins();
  await leaves();
  await passes(3_000);
  expect(notes.at(-1)).toMatchObject({ state: "failed", says: "there is no file of it" });
});

describe("after a restart", () => {
  const note: RecordingNote = {
    ...{ attemptId: ATTEMPT, file: FILE, state: "paused", startedAt: MONDAY_MORNING, endedAt: null },
    ...{ bytes: null, sha256: null, says: null },
  };
  const gap: RecordingGap = {
    ...{ attemptId: ATTEMPT, from: MONDAY_MORNING, until: null, by: "ann", how: "key", endedBy: null, endedHow: null },
  };

  test("a gap is still one, and is made so once more", async () => {
    const { recordings, live, asked, passes, ask, gaps } = studio();
    recordings.recall([{ note, gap }]);
    recordings.resumed(live);
    await passes(100);
    expect(asked).toEqual(["pause", "prompt paused"]);
    expect(live.recording?.isPaused).toBe(true);
    await ask("resume");
    // Of the old gap only its beginning is certain; the new one begins with Asterisk's word.
    expect(gaps[0]).toMatchObject({ from: MONDAY_MORNING, until: MONDAY_MORNING, endedHow: "restart" });
    expect(gaps.at(-1)).toMatchObject({ from: expect.any(Number), by: "ann", how: "key", endedHow: "key" });
  });

  test("one that is over is closed, and none begins in its place", async () => {
    const { recordings, live, asked, notes, passes } = studio({ answers: { isRunning: REFUSED } });
    recordings.recall([{ note: { ...note, state: "recording" }, gap: null }]);
    recordings.resumed(live);
    await passes(100);
    expect(asked).toEqual([]);
    expect(notes.at(-1)).toMatchObject({ state: "failed", says: "it ended while no daemon watched" });
  });

  test("a row whose call is gone is closed", async () => {
    const { recordings, asked, notes, gaps, passes } = studio();
    recordings.recall([{ note, gap }]);
    await passes(16_000);
    expect(asked).toEqual(["stop"]);
    expect([notes.at(-1)?.state, gaps.at(-1)?.endedHow, recordings.count]).toEqual(["ended", "restart", 0]);
  });
});
