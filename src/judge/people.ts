/** People: whoever answers is served in time or leaves by themselves, and hears what was begun for them to its end. */
import type { AttemptFacts } from "../domain/attempt.ts";
import type { ConnectClock } from "../domain/connect-clock.ts";
import { after } from "../domain/instant.ts";
import type { Invariant, Spell } from "./breach.ts";
import { firstWordAt, waitedMs } from "./connect-clock.ts";
import type { SeenAttempt } from "./scene.ts";

/** The clock of the call; for one of an older version the campaign's limit from the answer. Null when neither is known. */
const clockOf = (seen: SeenAttempt | null): ConnectClock | null => {
  const clock = seen?.decided.clock ?? null;
  if (clock !== null) return clock;
  const limitMs = seen?.campaign?.connectTimeoutMs;
  if (limitMs === undefined) return null;
  return { start: "answer", limitMs, safetyMarginMs: 0, noSpeechGraceMs: 0, greetingMaxMs: 0 };
};

/** The answer itself may have come to us late: what counts is whether an outage touches their waiting. */
const waitOf = ({ answeredAt, endedAt }: AttemptFacts, waited: number): Spell => {
  const at = answeredAt?.at ?? endedAt?.at ?? (0 as never);
  return { from: after(at, Math.min(0, (answeredAt?.asteriskAt ?? at) - at) - waited), to: after(at, waited) };
};

export const servedInTime: Invariant = {
  says: "Whoever answers is joined with an agent, or hears the message begin, within the limit of their call's clock.",
  watch: (report) => ({
    ended({ attemptId, at, facts, outcome }, seen, scene) {
      const clock = clockOf(seen);
      // What was taken for a machine is asked for apart.
      if (facts.answeredAt === null || clock === null || facts.verdictAct === "dropped") return;
      report.looked();
      const waited = waitedMs(facts, clock, scene.now) ?? 0;
      if (waited <= clock.limitMs) return;
      const told = { outcome, waitedMs: waited, limitMs: clock.limitMs, clock: clock.start };
      const total = Math.max(waited, clock.limitMs, (firstWordAt(facts) ?? at) - facts.answeredAt.at);
      report.breachUnlessAway(
        { at: facts.answeredAt.at, attemptId, says: "a person who answered heard nobody in time", facts: told },
        waitOf(facts, total),
      );
    },
  }),
};

/** Nobody's fault: they answered while our hang-up was on its way to them. */
const crossedOnTheWire = ({ answeredAt }: AttemptFacts, seen: SeenAttempt | null): boolean => {
  const hangUpAt = seen?.hangUpAt ?? null;
  return hangUpAt !== null && answeredAt !== null && hangUpAt <= answeredAt.at;
};

export const neverSilent: Invariant = {
  says: "Nobody who answers is hung up on without having heard an agent or the message.",
  watch: (report) => ({
    ended({ attemptId, facts, outcome }, seen) {
      if (facts.answeredAt === null || facts.verdictAct === "dropped") return;
      report.looked();
      // Who left by themselves was not hung up on; how long they waited is asked elsewhere.
      if (firstWordAt(facts) !== null || facts.endedBy === "farEnd" || crossedOnTheWire(facts, seen)) return;
      const { endedBy, endReason, message } = facts;
      report.breachUnlessAway(
        {
          at: facts.answeredAt.at,
          attemptId,
          says: "a silent call: a person was hung up on who had heard nothing",
          facts: { outcome, endedBy, endReason, message },
        },
        waitOf(facts, (facts.endedAt?.at ?? facts.answeredAt.at) - facts.answeredAt.at),
      );
    },
  }),
};

export const messageToItsEnd: Invariant = {
  says: "A message that was begun plays to its end, unless the person hangs up.",
  watch: (report) => ({
    ended({ attemptId, facts }) {
      const { messageAt, message, endedBy, endReason, connectedAt } = facts;
      if (messageAt === null || connectedAt !== null) return;
      report.looked();
      // Nobody saw how a call ended that has no end by anybody: that is not to say that we cut it.
      if (message !== "started" || endedBy === "farEnd" || endedBy === null) return;
      const endedAt = facts.endedAt?.at ?? messageAt.at;
      report.breachUnlessAway(
        {
          at: endedAt,
          attemptId,
          says: "a message was cut short, and not by the person",
          facts: { endedBy, endReason, playedMs: endedAt - messageAt.at },
        },
        { from: messageAt.at, to: endedAt },
      );
    },
  }),
};

/** No row calls itself served when nobody came, and no silent call hides under a kinder name. */
export const outcomesAreHonest: Invariant = {
  says: "No outcome says connected or informed when nobody came, and no silent call has a kinder name.",
  watch: (report) => ({
    ended({ at, attemptId, facts, outcome }) {
      report.looked();
      const isDropped = facts.verdictAct === "dropped";
      // By the word of the agent who talked to it.
      const isMachine = isDropped || facts.machineReportedAt !== null;
      const isUnheard = UNHEARD.has(outcome);
      const isConnected =
        outcome === "connected" || outcome === "connected-late" || (isUnheard && facts.connectedAt !== null);
      const wasSilent =
        !isDropped && facts.answeredAt !== null && firstWordAt(facts) === null && facts.endedBy === "us";
      const says =
        isConnected !== (facts.connectedAt !== null && !isMachine)
          ? "connected by name or in fact, not both"
          : isMachine !== (isNoPersons(outcome, facts) && !isToldAsMachine(facts))
            ? "dropped as no person by name or in fact, not both"
            : outcome === "not-in-service" && (facts.verdict !== "sit" || (facts.connectedAt !== null && !isDropped))
              ? "out of service by tones that nobody heard, or that somebody answered"
              : isUnheard && wasHeard(facts)
                ? "nobody there by name, and somebody was heard"
                : outcome === "abandoned-with-message" && firstWordAt(facts) === null
                  ? "informed by name, and no message was heard"
                  : wasSilent && !SILENT_NAMES.has(outcome)
                    ? "a silent call under another name"
                    : null;
      if (says !== null) report.breach({ at, attemptId, says, facts: { outcome } });
    },
  }),
};

/** Nobody was ever heard there, though the network had answered. */
const UNHEARD: ReadonlySet<string> = new Set(["no-speech", "no-media", "ringback-after-answer"]);

const wasHeard = ({ verdict, voiceAt, speechStartedAt }: AttemptFacts): boolean =>
  verdict === "ringback" ? voiceAt !== null : speechStartedAt !== null || verdict === "human" || verdict === "machine";

/** Before an answer the network's own announcements have the same names. */
const isNoPersons = (outcome: string, { answeredAt }: AttemptFacts): boolean =>
  answeredAt !== null && TAKEN_FOR_NO_PERSON.has(outcome);

/** A call flow talked to it, as it was meant to, and AMD was sure of a machine. */
const isToldAsMachine = ({ messageChoice, verdict }: AttemptFacts): boolean =>
  messageChoice === "flow" && verdict !== null && verdict !== "human" && verdict !== "unsure";

/** What only a verdict of AMD leads to, or an agent who finds a machine. */
const TAKEN_FOR_NO_PERSON: ReadonlySet<string> = new Set([
  ...["machine-hung-up", "machine-message-left", "fax", "network-machine", "not-in-service"],
]);

const SILENT_NAMES: ReadonlySet<string> = new Set(["abandoned-silent", "agent-leg-failed"]);
