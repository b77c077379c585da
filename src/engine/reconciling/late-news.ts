/**
 * News of calls that the last process left open, until the first look at Asterisk says what stands: what was on its way, or
 * what Asterisk kept for us. Pure: a row's facts and the news of its leg come in, the facts as they are now come out.
 */
import type { CallEvent } from "../../call/call.ts";
import type { AttemptFacts } from "../../domain/attempt.ts";

export type Destroyed = Extract<CallEvent, { type: "destroyed" }>;

/**
 * Only what the leg itself tells. What was to follow from it (an agent, a message) the last process had begun or not: the
 * leg's state says so, not its history.
 */
export const factsAfter = (facts: AttemptFacts, news: readonly CallEvent[]): AttemptFacts =>
  news.reduce(withNews, facts);

/** The last thing that can be told of a leg; null where it still stands, or nobody saw its end. */
export const endIn = (news: readonly CallEvent[]): Destroyed | null =>
  news.find((event): event is Destroyed => event.type === "destroyed") ?? null;

function withNews(facts: AttemptFacts, event: CallEvent): AttemptFacts {
  switch (event.type) {
    case "placed":
      return { ...facts, placedAt: facts.placedAt ?? event.stamp, sipCallId: facts.sipCallId ?? event.sipCallId };
    case "progressed":
      return {
        ...facts,
        ringing: facts.ringing === "none" ? "early" : facts.ringing,
        progressAt: facts.progressAt ?? event.stamp,
      };
    case "rang":
      return { ...facts, ringing: "ringing", ringingAt: facts.ringingAt ?? event.stamp };
    case "answered":
      return { ...facts, answeredAt: facts.answeredAt ?? event.stamp, sipCallId: facts.sipCallId ?? event.sipCallId };
    case "speechStarted":
      // What sounds before the answer is the network.
      return facts.answeredAt === null ? facts : { ...facts, speechStartedAt: facts.speechStartedAt ?? event.stamp };
    case "joined":
      // Without an agent of its own in the row, nobody can say with whom.
      return facts.agentId === null ? facts : { ...facts, connectedAt: facts.connectedAt ?? event.stamp };
    case "messageStarted":
      return { ...facts, messageAt: facts.messageAt ?? event.stamp, message: "started", messageChoice: event.choice };
    case "messageFinished":
      return { ...facts, message: "finished" };
    case "hangupRequested":
      if (facts.endedBy !== null) return facts;
      return {
        ...{ ...facts, endedBy: event.by, endedAt: facts.endedAt ?? event.stamp },
        ...(event.by === "farEnd" ? { cause: event.cause, sip: event.sip } : {}),
      };
    default:
      return facts;
  }
}
