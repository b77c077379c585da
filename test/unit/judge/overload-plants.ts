/** Calls where none should be placed, planted in a clean night: each is found by its invariant, and by no other. */
import type { JournalEntry } from "../../../src/judge/entries.ts";
import { at, call, decided, ended, NIGHT, pacing, stamp } from "./night.ts";
import type { Planted } from "./previews.ts";

const trunk = (seconds: number, state: string, more: Record<string, unknown> = {}): JournalEntry => ({
  ...{ at: at(seconds), kind: "trunk", trunk: "carrier", state, linesTrusted: null, until: null, ...more },
});
const throttle = (seconds: number, callsPerSecond: number | null, because: string | null): JournalEntry => ({
  ...{ at: at(seconds), kind: "throttle", callsPerSecond, because },
});

/** A call that the trunk refuses a second after it was decided, or whenever. */
const refused = (number: number, seconds: number, endsAt = seconds + 1): readonly JournalEntry[] => [
  decided(number, seconds),
  pacing(seconds, 1),
  call(number, seconds, { type: "placed", sipCallId: null }, ["placing", "dialling"]),
  call(number, endsAt, { type: "destroyed", cause: 34, sip: 503, sipCallId: null }, ["dialling", "ended"]),
  ended(number, endsAt, "congestion", { placedAt: stamp(seconds), endedBy: "farEnd", cause: 34, sip: 503 }, null),
];
const refusals = (count: number): readonly JournalEntry[] =>
  Array.from({ length: count }, (_, index) => refused(100 + index, 300 + 2 * index)).flat();

const nightAnd = (...entries: readonly JournalEntry[]): readonly JournalEntry[] =>
  [...NIGHT, ...entries].sort((a, b) => a.at - b.at);

/** A trunk that refuses, rests, is tried in vain, and in the end; an Asterisk that stalls for a while. Nothing wrong. */
export const shedAsItShouldBe = (): readonly JournalEntry[] =>
  nightAnd(
    ...refusals(5),
    trunk(310, "open", { until: at(325) }),
    trunk(325, "probing"),
    ...refused(120, 326),
    trunk(327, "open", { until: at(357) }),
    trunk(357, "probing"),
    ...refused(121, 358, 360),
    trunk(360.5, "closed", { linesTrusted: 2 }),
    throttle(400, 0, "asterisk"),
    throttle(404, 0.5, "asterisk"),
    throttle(460, null, null),
    ...refused(122, 461),
  );

export const OVERLOAD_PLANTED: readonly Planted[] = [
  [
    "nothing-on-an-open-trunk",
    "a call on a trunk that rests",
    () => nightAnd(trunk(310, "open", { until: at(325) }), ...refused(120, 324.9)),
  ],
  [
    "nothing-on-an-open-trunk",
    "two calls at once that try a trunk",
    () => nightAnd(trunk(310, "probing"), ...refused(120, 311, 314), ...refused(121, 312)),
  ],
  [
    "refusals-close-trunks",
    "a trunk that refuses twenty-six calls and is given another",
    () => nightAnd(trunk(299, "closed", { linesTrusted: 10 }), ...refusals(27)),
  ],
  [
    "nothing-beyond-strength",
    "a call while this process is behind",
    () => nightAnd(throttle(310, 0, "process"), throttle(314, 1, "process"), ...refused(120, 312)),
  ],
  [
    "nothing-beyond-strength",
    "a node that goes on half a second after it had to stop",
    () => nightAnd(throttle(310, 0, "asterisk"), throttle(310.5, 1, "asterisk")),
  ],
];
