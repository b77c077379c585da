/** Faults of calls without agents, planted in a clean night: each is found by its invariant, and by no other. */
import type { AttemptFacts } from "../../../src/domain/attempt.ts";
import type { JournalEntry } from "../../../src/judge/entries.ts";
import type { InvariantName } from "../../../src/judge/judge.ts";
import { at, attemptId, call, decided, ended, isOf, nightWith, pacing, stamp } from "./night.ts";

const flow = (
  seconds: number,
  event: string,
  [before, after]: readonly [string, string],
  more: { readonly by?: number; readonly effects?: readonly string[]; readonly number?: number } = {},
): JournalEntry => ({
  at: at(seconds),
  kind: "flow",
  attemptId: attemptId(more.number ?? 6),
  event: { type: event, at: at(seconds) },
  before,
  after,
  step: "menu",
  how: after === "ended" ? "saidAll" : null,
  deadlineAt: after === "ended" ? null : at(more.by ?? seconds + 10),
  effects: (more.effects ?? []).map((type) => ({ type })),
});

/** Answered at 137 s; they press a key and hear it out, or ask for an agent, who comes. */
const spokenTo = (
  facts: Partial<AttemptFacts> = {},
  steps: readonly JournalEntry[] = WHOLE,
  joined = false,
): readonly JournalEntry[] => [
  decided(6, 130),
  pacing(130, 1),
  call(6, 131, { type: "placed", sipCallId: null }, ["placing", "dialling"]),
  call(6, 132, { type: "rang" }, ["dialling", "ringing"]),
  call(6, 137, { type: "answered", sipCallId: null }, ["ringing", "inFlow"], [{ type: "beginFlow" }]),
  ...steps,
  ...(joined ? [call(6, 150, { type: "joined" }, ["inFlow", "connected"])] : []),
  call(6, 160, { type: "destroyed", cause: 16, sip: null, sipCallId: null }, [
    joined ? "connected" : "inFlow",
    "ended",
  ]),
  ended(
    6,
    160,
    joined ? "connected" : "message-delivered",
    {
      ...{ placedAt: stamp(131), ringing: "ringing", ringingAt: stamp(132), answeredAt: stamp(137) },
      ...{ messageAt: stamp(137.1), message: "finished", messageChoice: "flow", endedBy: "farEnd" },
      ...(joined ? { connectedAt: stamp(150) } : {}),
      ...facts,
    },
    joined ? "connected" : null,
  ),
];

const WHOLE: readonly JournalEntry[] = [
  flow(137, "answered", ["waiting", "asking"], { by: 138.8, effects: ["play"] }),
  flow(137.1, "playStarted", ["asking", "asking"], { by: 197 }),
  flow(145, "digit", ["asking", "speaking"], { effects: ["setResult", "play"] }),
  flow(151, "playFinished", ["speaking", "ended"], { effects: ["hangUp"] }),
];
const ASKED: readonly JournalEntry[] = [
  ...WHOLE.slice(0, 2),
  flow(145, "digit", ["asking", "holding"], { effects: ["requestAgent", "play"] }),
  flow(150, "agentJoined", ["holding", "ended"]),
];
const OBJECTED: readonly JournalEntry[] = [
  ...WHOLE.slice(0, 2),
  flow(145, "digit", ["asking", "speaking"], { effects: ["optOut", "play"] }),
  flow(151, "playFinished", ["speaking", "ended"], { effects: ["hangUp"] }),
];

/** After the third call. */
const withCalls = (...calls: readonly JournalEntry[]): readonly JournalEntry[] =>
  nightWith((each) => (isOf(each, "attempt-ended", 3) ? [each, ...calls] : each));

/** Nothing is wrong with these. */
export const FLOWS_IN_ORDER: readonly (readonly JournalEntry[])[] = [
  withCalls(...spokenTo()),
  withCalls(...spokenTo({}, ASKED, true)),
  withCalls(...spokenTo({}, OBJECTED)),
];

export const FLOWS_PLANTED: readonly (readonly [InvariantName, string, () => readonly JournalEntry[]])[] = [
  ["flows-end", "a flow that its call outlives", () => withCalls(...spokenTo({}, WHOLE.slice(0, 3)))],
  [
    "flows-end",
    "a flow that goes on after its end",
    () => withCalls(...spokenTo({}, [...WHOLE, flow(152, "digit", ["ended", "ended"])])),
  ],
  [
    "flows-leave-nobody-waiting",
    "a playback of which nobody says that it began, and no deadline",
    () =>
      withCalls(
        ...spokenTo(
          {},
          WHOLE.filter((_each, index) => index !== 1),
        ),
      ),
  ],
  [
    "agents-are-asked-for",
    "an agent for whom nobody had asked",
    () => withCalls(...spokenTo({}, WHOLE, true).map((each) => each)),
  ],
  [
    "agents-are-asked-for",
    "a wait of half a minute for an agent",
    () =>
      withCalls(...spokenTo({ agentWaitedMs: 30_000 })).map((each) =>
        isOf(each, "attempt-ended", 6)
          ? {
              ...each,
              outcome: "abandoned-with-message",
              account: { entry: "abandonedWithMessage", day: "2026-11-02" },
            }
          : each,
      ),
  ],
  [
    "objections-are-obeyed",
    "somebody who objected with a key, and is called again",
    () =>
      withCalls(
        ...spokenTo({}, OBJECTED),
        decided(7, 400, { numberId: 6, leadId: 7 }),
        pacing(400, 1),
        call(7, 401, { type: "placed", sipCallId: null }, ["placing", "dialling"]),
        call(7, 402, { type: "destroyed", cause: 17, sip: 486, sipCallId: null }, ["dialling", "ended"]),
        ended(7, 402, "busy", { placedAt: stamp(401), endedBy: "farEnd", cause: 17, sip: 486 }, null),
      ),
  ],
];
