/**
 * Replays a record against the invariants. Pure. One rule to remember: a judge that has never failed proves nothing,
 * so each invariant has a planted fault in the tests.
 */
import { allowedWhenDialled, endsOnce, exclusionsHaveReasons, nothingAfterTheEnd, placedOnce } from "./attempts.ts";
import { asPacingSaid, withinLines } from "./capacity.ts";
import { noAgentLost, oneCallAnAgent, outcomesAreHonest, servedInTime } from "./people.ts";
import type { Breach, Invariant, ShiftRecord } from "./record.ts";

export const INVARIANTS = {
  "ends-once": endsOnce,
  "placed-once": placedOnce,
  "allowed-when-dialled": allowedWhenDialled,
  "exclusions-have-reasons": exclusionsHaveReasons,
  "nothing-after-the-end": nothingAfterTheEnd,
  "served-in-time": servedInTime,
  "outcomes-are-honest": outcomesAreHonest,
  "one-call-an-agent": oneCallAnAgent,
  "no-agent-lost": noAgentLost,
  "within-lines": withinLines,
  "as-pacing-said": asPacingSaid,
} as const satisfies Record<string, Invariant>;

export type InvariantName = keyof typeof INVARIANTS;

/** All breaches, the earliest first. `except`: promises that the weather of this shift made impossible to keep. */
export const judge = (record: ShiftRecord, except: readonly InvariantName[] = []): readonly Breach[] =>
  (Object.keys(INVARIANTS) as InvariantName[])
    .filter((name) => !except.includes(name))
    .flatMap((name) => INVARIANTS[name](record))
    .sort((a, b) => a.at - b.at);
