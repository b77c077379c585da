/** The account of a chaos round sees each fault that it is there for. */
import { expect, test } from "@jest/globals";
import { accountOf } from "../../../scripts/bench/chaos/account.ts";
import type { RoundAccount, Row, Seen } from "../../../scripts/bench/chaos/account.ts";
import type { ChannelRecord } from "../../../scripts/lab/cel.ts";

const NUMBER = "+441614960000";
const call: ChannelRecord = {
  ...{ uniqueId: "1", name: "PJSIP/pbx-00000001", dialled: NUMBER, callerNumber: "", startedAt: 100_000 },
  ...{ answeredAt: 102_000, bridgedAt: [], endedAt: 112_000, cause: 16, endedByPeer: false },
};
const row: Row = {
  ...{ attemptId: "a", number: NUMBER, outcome: "connected", decidedAt: 99_900 },
  ...{ connectedAt: 102_010, endedAt: 112_010, endedBy: "farEnd" },
};
const hearing: Seen["hearings"][number] = {
  ...{ number: NUMBER, who: "listens", answeredAt: 102_000, stayedMs: 10_000, firstSoundAfterMs: 20 },
  ...{ message: null, toItsEnd: false, lastedMs: null, recording: null },
};
const silent = { ...hearing, firstSoundAfterMs: null };
const seen: Seen = {
  ...{ calls: [call], rows: [row], hearings: [hearing], endsEveryCall: false, isDeaf: false },
  spell: { goneAt: 103_000, backAt: 108_000 },
};

test.each<[string, Partial<Seen>, Partial<RoundAccount>]>([
  ["nothing", {}, { originated: 1, accountedFor: 1, dialledTwice: 0, silent: 0, late: 0, cutOff: 0, faults: [] }],
  ["a call without a row", { rows: [] }, { accountedFor: 0 }],
  ["a row without an outcome", { rows: [{ ...row, outcome: null }] }, { accountedFor: 0 }],
  ["a row that denies the call", { rows: [{ ...row, outcome: "not-placed" }] }, { accountedFor: 0 }],
  ["a row of another time", { rows: [{ ...row, decidedAt: 200_000, endedAt: 210_000 }] }, { accountedFor: 0 }],
  ["somebody called twice", { calls: [call, { ...call, uniqueId: "2" }] }, { accountedFor: 1, dialledTwice: 1 }],
  ["a silent call", { hearings: [silent] }, { silent: 1, silentByFault: 0 }],
  [
    "a part that takes every call with it",
    { hearings: [silent], endsEveryCall: true },
    { silent: 0, silentByFault: 1 },
  ],
  [
    "a phone that rang when it went, and was answered when it was back",
    { hearings: [{ ...silent, answeredAt: 109_000 }], endsEveryCall: true },
    { silent: 0, silentByFault: 1 },
  ],
  [
    "a silent call that was made when it was back",
    { calls: [{ ...call, startedAt: 108_500 }], hearings: [{ ...silent, answeredAt: 109_000 }], endsEveryCall: true },
    { silent: 1, silentByFault: 0 },
  ],
  [
    "a silent call long after sound got through again",
    { hearings: [{ ...silent, answeredAt: 150_000 }], isDeaf: true },
    { silent: 1, silentByFault: 0 },
  ],
  ["a late first word", { hearings: [{ ...hearing, firstSoundAfterMs: 2_100 }] }, { late: 1 }],
  ["a conversation that we ended", { calls: [{ ...call, endedByPeer: true }] }, { cutOff: 1 }],
])("the account tells of %s", (_what, more, told) => {
  expect(accountOf({ ...seen, ...more })).toMatchObject(told);
});
