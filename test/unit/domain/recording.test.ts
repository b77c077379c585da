/** Who is recorded, under which name, and that a file is held to the gaps that are said to be in it. */
import { expect, test } from "@jest/globals";
import { keyMeaning, type KeyedRecording } from "../../../src/agent/keys.ts";
import type { AgentState } from "../../../src/agent/agent.ts";
import type { AttemptId, CampaignId } from "../../../src/domain/ids.ts";
import { nodeId } from "../../../src/domain/ids.ts";
import { instant } from "../../../src/domain/instant.ts";
import { attemptOfRecording, isRecorded, NO_RECORDING, recordingName } from "../../../src/domain/recording.ts";
import type { RecordingPlan } from "../../../src/domain/recording.ts";
import { compareRecordings, type RecordingsRecord } from "../../../src/simulation/truth-recordings.ts";
import { CAMPAIGN, ORDER } from "../engine/bench.ts";
import { NOTHING_KNOWN } from "../../../src/domain/attempt.ts";

const idOf = (number: number): AttemptId => `0192f3a4-7b1c-7def-8123-${String(number).padStart(12, "0")}` as AttemptId;
const CALL = idOf(1);
const AT = instant(Date.UTC(2026, 10, 22, 23, 59));

test("a sample has about the share that was asked for, and is the same whenever it is asked", () => {
  const plan: RecordingPlan = { ...NO_RECORDING, kind: "sample", samplePercent: 10 };
  const chosen = Array.from({ length: 20_000 }, (_, index) => isRecorded(plan, idOf(index)));
  expect(chosen.filter(Boolean).length / 20_000).toBeCloseTo(0.1, 1);
  expect(Array.from({ length: 20_000 }, (_, index) => isRecorded(plan, idOf(index)))).toEqual(chosen);
});

test("a file bears the campaign, the day and the attempt, and leads nowhere else", () => {
  expect(recordingName("spring", AT, CALL)).toBe(`fairdial/spring/2026-11-22/${CALL}`);
  expect(recordingName("../../etc", AT, CALL)).toBe(`fairdial/______etc/2026-11-22/${CALL}`);
  expect(attemptOfRecording(recordingName("spring", AT, CALL))).toBe(CALL);
  expect(attemptOfRecording("voicemail/1234")).toBeNull();
});

const onCall: AgentState = { state: "onCall", since: AT, attemptId: CALL };
const press = (keys: string, recording: KeyedRecording | null): unknown[] => {
  const plan = {
    pauseReasons: { "5": "admin", "1": "break" },
    dispositions: [{ key: "4", code: "sale", kind: "success" as const }],
    recording,
  };
  let entry = null;
  const asked: unknown[] = [];
  for (const key of keys) {
    const meaning = keyMeaning(entry, key, AT, onCall, plan);
    entry = meaning.entry;
    if (meaning.command !== null) asked.push(Object.values(meaning.command).join(" "));
  }
  return asked;
};

test.each<[string, KeyedRecording | null, string[]]>([
  ["*5", null, ["pause admin"]],
  ["*5", { isPaused: false, hidesDigits: false, mayStart: false }, ["recording pause"]],
  ["*5", { isPaused: true, hidesDigits: true, mayStart: false }, ["recording resume"]],
  ["*6", { isPaused: false, hidesDigits: false, mayStart: true }, ["recording start"]],
  ["4", { isPaused: false, hidesDigits: false, mayStart: false }, ["dispose sale"]],
  // A card's digits are no disposition; everything with a star is what it always is.
  ["4929444", { isPaused: true, hidesDigits: true, mayStart: false }, []],
  ["*0*1", { isPaused: true, hidesDigits: true, mayStart: false }, ["hangUp", "pause break"]],
])("%s of %j asks for %j", (keys, recording, asked) => {
  expect(press(keys, recording)).toEqual(asked);
});

const record = (plan: Partial<RecordingPlan>, heardFrom: number): RecordingsRecord => {
  const campaign = { ...CAMPAIGN, recording: { ...NO_RECORDING, ...plan } };
  const file = recordingName(campaign.name, AT, ORDER.attemptId);
  const [from, to] = [instant(AT + 1_000), instant(AT + 2_000)];
  const gap = { attemptId: ORDER.attemptId, from, until: to, by: "ann", how: "key" as const };
  const note = {
    attemptId: ORDER.attemptId,
    file,
    state: "ended" as const,
    startedAt: AT,
    endedAt: instant(AT + 9_000),
  };
  return {
    recorded: [
      {
        ...{ attemptId: ORDER.attemptId, file, from: AT, to: instant(AT + 9_000) },
        sounds: [
          { from: AT, to: from },
          { from: instant(AT + heardFrom), to: instant(AT + 9_000) },
        ],
      },
    ],
    rows: new Map([
      [
        ORDER.attemptId,
        {
          nodeId: nodeId("n"),
          note: { ...note, bytes: 1, sha256: "ab", says: null },
          gaps: [{ ...gap, endedBy: "ann", endedHow: "key" as const }],
        },
      ],
    ]),
    attempts: new Map([[ORDER.attemptId, { order: ORDER, facts: NOTHING_KNOWN }]]),
    campaigns: new Map<CampaignId, typeof campaign>([[campaign.campaignId, campaign]]),
    finished: true,
    endedAt: instant(AT + 9_000),
  };
};

test("sound in a gap, and a file where nobody records, are found out", () => {
  expect(compareRecordings(record({ kind: "all" }, 2_000))).toEqual([]);
  expect(compareRecordings(record({ kind: "all" }, 1_999)).map(({ says }) => says)).toEqual([
    "something can be heard in a gap",
  ]);
  expect(compareRecordings(record({ kind: "off" }, 2_000)).map(({ says }) => says)).toEqual([
    "somebody was recorded whom nobody wanted recorded",
  ]);
});
