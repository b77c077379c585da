/** What agents do during calls: nobody is kept on hold too long, and a machine's message is left by nobody's voice. */
import type { AttemptId } from "../domain/ids.ts";
import type { Instant } from "../domain/instant.ts";
import { after, msBetween } from "../domain/instant.ts";
import { OUTSIDE_RING_MS, SEEK_MS } from "../domain/transfer.ts";
import type { Invariant } from "./breach.ts";

const ON_HOLD: ReadonlySet<string> = new Set(["onHold", "resuming"]);
/** From the warning to the end, as agents are promised it. */
const GRACE_MS = 10_000;
/** For commands that are tried twice, and a loop that is late. */
const LATE_MS = 5_000;

export const holdsAreShort: Invariant = {
  says: "Nobody is kept on hold longer than the campaign allows, but for the warned agent's last ten seconds.",
  watch: (report) => {
    const since = new Map<AttemptId, Instant>();
    /** Passed on meanwhile: a number outside is rung, the two agents talk, any agent is looked for. */
    const passedOn = new Set<AttemptId>();
    return {
      see(entry, scene) {
        // Of a hold that the last process began, the next one knows no beginning.
        if (entry.kind === "engine" && entry.what === "started") since.clear();
        if (entry.kind === "attempt-ended") since.delete(entry.attemptId);
        if (entry.kind !== "call") return;
        const { attemptId, at, before, after: state } = entry;
        if (entry.event.type === "transferAsked") passedOn.add(attemptId);
        if (before === "connected" && ON_HOLD.has(state)) since.set(attemptId, at);
        const from = since.get(attemptId);
        if (from === undefined || ON_HOLD.has(state)) return;
        since.delete(attemptId);
        const { desk = null } = scene.attempt(attemptId)?.campaign ?? {};
        if (desk === null) return;
        report.looked();
        const moreMs = passedOn.delete(attemptId) ? OUTSIDE_RING_MS + desk.holdMaxMs + SEEK_MS : 0;
        const lastedMs = msBetween(from, at);
        if (lastedMs <= desk.holdMaxMs + moreMs + GRACE_MS + LATE_MS) return;
        report.breachUnlessAway(
          { at, attemptId, says: "somebody was kept on hold for too long", facts: { lastedMs, maxMs: desk.holdMaxMs } },
          { from: after(from, desk.holdMaxMs), to: at },
        );
      },
    };
  },
};

export const voicemailAlone: Invariant = {
  says: "What an agent takes for a machine is left its message once the agent is off the call, and only by one who talked to it.",
  watch: (report) => {
    /** Reported, and the agent is not known to be out of it. */
    const withAgent = new Set<AttemptId>();
    return {
      see(entry) {
        if (entry.kind === "engine" && entry.what === "started") withAgent.clear();
        if (entry.kind !== "call") return;
        const { attemptId, at, event, before, after: state, effects } = entry;
        if (event.type === "machineReported" && state !== before) {
          report.looked();
          withAgent.add(attemptId);
          if (before !== "connected") {
            report.breach({
              at,
              attemptId,
              says: "a machine was reported by nobody who talked to it",
              facts: { before },
            });
          }
        }
        if (event.type === "agentLost") withAgent.delete(attemptId);
        for (const { type } of effects) {
          if (type === "releaseAgent") withAgent.delete(attemptId);
          if (type !== "playVoicemailMessage" || !withAgent.has(attemptId)) continue;
          report.breach({ at, attemptId, says: "a message was left while the agent could be heard in it", facts: {} });
        }
        if (state === "ended") withAgent.delete(attemptId);
      },
    };
  },
};
