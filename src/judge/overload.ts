/**
 * Load is shed by not dialling: nothing on a trunk that refuses calls, nothing while Asterisk or the daemon cannot bear more.
 * One rule to remember: whether a trunk refused is counted again here, from the ends of its calls.
 */
import type { AttemptId } from "../domain/ids.ts";
import type { Instant } from "../domain/instant.ts";
import type { Outcome } from "../domain/outcome.ts";
import type { Invariant } from "./breach.ts";
import type { AttemptDecided, Entry } from "./entries.ts";

/** A call decided in the moment before the word is taken back, or was on its way. */
interface Decided {
  readonly trunk: string;
  readonly at: Instant;
}

export const nothingOnAnOpenTrunk: Invariant = {
  says: "A trunk that refuses calls is given none while it rests, and then one at a time until one gets through.",
  watch: (report) => {
    const trunks = new Map<string, { readonly state: string; readonly since: Instant }>();
    const alive = new Map<AttemptId, Decided>();
    return {
      see(entry: Entry) {
        if (entry.kind === "engine" && entry.what === "started") {
          // A new process begins with a trust of its own.
          trunks.clear();
          alive.clear();
        }
        if (entry.kind === "attempt-ended" || entry.kind === "attempt-withdrawn") alive.delete(entry.attemptId);
        if (entry.kind === "trunk") trunks.set(entry.trunk, { state: entry.state, since: entry.at });
        if (entry.kind !== "attempt-decided") return;
        const { attemptId, trunk, at } = entry;
        const told = trunks.get(trunk);
        if (told !== undefined) report.looked();
        const tried = [...alive.values()].filter((each) => each.trunk === trunk && each.at >= (told?.since ?? at));
        alive.set(attemptId, { trunk, at });
        if (told?.state === "open") {
          report.breach({ at, attemptId, says: "a call on a trunk that rests", facts: { trunk, ...told } });
        } else if (told?.state === "probing" && tried.length > 0) {
          const facts = { trunk, ...told, tried: tried.length };
          report.breach({ at, attemptId, says: "more than one call tried on a trunk that had refused", facts });
        }
      },
    };
  },
};

/** No room, no service, no answer: before anybody's phone rang. */
const REFUSALS: ReadonlySet<Outcome> = new Set<Outcome>([
  "congestion",
  "network-failure",
  "no-response",
  "auth-rejected",
]);
/** Whatever a site sets, it is fewer; and calls that were on their way already may be as many as the lines. */
const IN_A_ROW_MAX = 25;

export const refusalsCloseTrunks: Invariant = {
  says: "A trunk that refuses one call after the other is given no more of them.",
  watch: (report) => {
    const rows = new Map<string, number>();
    const guarded = new Set<string>();
    const decidedOn = new Map<AttemptId, AttemptDecided>();
    return {
      see(entry: Entry) {
        if (entry.kind === "trunk") {
          guarded.add(entry.trunk);
          rows.set(entry.trunk, 0);
        }
        if (entry.kind === "attempt-decided") decidedOn.set(entry.attemptId, entry);
        if (entry.kind === "attempt-withdrawn") decidedOn.delete(entry.attemptId);
        if (entry.kind !== "attempt-ended") return;
        const decided = decidedOn.get(entry.attemptId);
        decidedOn.delete(entry.attemptId);
        if (decided === undefined) return;
        const { trunk } = decided;
        const hasRung = entry.facts.ringing !== "none" || entry.facts.answeredAt !== null;
        if (hasRung || !REFUSALS.has(entry.outcome)) {
          rows.set(trunk, 0);
          return;
        }
        report.looked();
        const inARow = (rows.get(trunk) ?? 0) + 1;
        rows.set(trunk, inARow);
        // Versions that knew no breakers say nothing of trunks, and are not held to any.
        if (inARow <= IN_A_ROW_MAX || !guarded.has(trunk)) return;
        const says = "one call after the other was refused, and more were placed";
        report.breach({ at: entry.at, attemptId: entry.attemptId, says, facts: { trunk, inARow } });
      },
    };
  },
};

export const nothingBeyondStrength: Invariant = {
  says: "Nothing is placed while Asterisk or the daemon cannot bear more, nor in the second after it was told.",
  watch: (report) => {
    let stopped: { readonly since: Instant; readonly because: string | null } | null = null;
    return {
      see(entry: Entry) {
        if (entry.kind === "engine" && entry.what === "started") stopped = null;
        if (entry.kind === "throttle") {
          if (stopped !== null && entry.callsPerSecond !== 0 && entry.at < stopped.since + SECOND_MS) {
            const facts = { ...stopped, callsPerSecond: entry.callsPerSecond };
            report.breach({ at: entry.at, attemptId: null, says: "it went on within a second", facts });
          }
          stopped = entry.callsPerSecond === 0 ? { since: entry.at, because: entry.because } : null;
          report.looked();
        }
        if (entry.kind !== "attempt-decided" || stopped === null) return;
        const { at, attemptId, trunk } = entry;
        report.breach({ at, attemptId, says: "a call beyond its strength", facts: { trunk, ...stopped } });
      },
    };
  },
};

const SECOND_MS = 1_000;
