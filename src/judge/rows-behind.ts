/**
 * The database goes away: nobody is dialled, and nothing that happened is lost. One rule to remember: what was on its way
 * to Asterisk when it went is no breach; what is decided a second later is.
 */
import { after, type Instant, toIso } from "../domain/instant.ts";
import type { Invariant } from "./breach.ts";

const OBEYED_WITHIN_MS = 1_000;

export const awayPlacesNothing: Invariant = {
  says: "Nothing is dialled while the database does not answer, a second after it went at the latest.",
  watch: (report) => {
    let since: Instant | null = null;
    return {
      see(entry) {
        // Another process, which asks for itself.
        if (entry.kind === "engine" && entry.what === "started") since = null;
        if (entry.kind === "store") {
          if (entry.state === "away") report.looked();
          since = entry.state === "away" ? entry.at : null;
        }
        if (entry.kind !== "attempt-decided" || since === null || entry.at <= after(since, OBEYED_WITHIN_MS)) return;
        const { at, attemptId } = entry;
        const says = "dialled while the database was away";
        report.breach({ at, attemptId, says, facts: { since: toIso(since) } });
      },
    };
  },
};

export const rowsAreKept: Invariant = {
  says: "Rows that wait for the database are neither lost nor refused, and a process begins with what the last one left.",
  watch: (report) => {
    let left: { readonly at: Instant; readonly rows: number | null } | null = null;
    return {
      see(entry) {
        if (entry.kind === "spool") {
          report.looked();
          const { at, what, rows, job } = entry;
          if (what === "found") left = { at, rows };
          if (what === "replayed") left = null;
          if (what === "lost" || what === "refused") {
            const says = what === "lost" ? "a row that nothing had room for" : "a row that the database refused";
            report.breach({ at, attemptId: null, says, facts: { job } });
          }
        }
        if (entry.kind !== "engine" || entry.what !== "started" || left === null) return;
        const says = "a process began before it had written what the last one left";
        report.breach({ at: entry.at, attemptId: null, says, facts: { rows: left.rows } });
        left = null;
      },
    };
  },
};
