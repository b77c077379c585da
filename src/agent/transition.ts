/**
 * An agent's working life, event by event. Like a call, an agent who meets an event that does not fit stays as they are.
 *
 * The rule to remember: an agent leaves `reserved` and `onCall` only by the word of the call that holds them
 * (`released`, naming the same attempt) or by the loss of their leg. So nothing else can promise them twice.
 */
import type { AttemptId } from "../domain/ids.ts";
import { after } from "../domain/instant.ts";
import type { Instant } from "../domain/instant.ts";
import { MANUAL_PAUSE } from "./agent.ts";
import type { Agent, AgentEvent, AgentState } from "./agent.ts";

export const newAgent = (at: Instant): Agent => ({ state: { state: "loggedOut", since: at }, afterwards: null });

/** The pause reason of an agent who has logged in and is not yet to be called. */
export const LOGGED_IN_PAUSE = "logged-in";

export function agentAfter(agent: Agent, event: AgentEvent): Agent {
  const { state } = agent;
  switch (event.type) {
    case "loggedIn":
      if (state.state !== "loggedOut") return agent;
      return settled(
        event.startAvailable
          ? { state: "available", since: event.at }
          : { state: "paused", since: event.at, pauseReason: LOGGED_IN_PAUSE },
      );
    case "legLost":
      return state.state === "loggedOut" ? agent : settled({ state: "loggedOut", since: event.at });
    case "previewed":
      return state.state === "available" ? { ...agent, state: promised("previewing", event, state.since) } : agent;
    case "previewOver":
      return state.state === "previewing" && state.attemptId === event.attemptId
        ? free(agent, state.idleSince, event.at)
        : agent;
    case "reserved":
      return reserved(agent, event);
    case "joined":
      return state.state === "reserved" && state.attemptId === event.attemptId
        ? { ...agent, state: { state: "onCall", since: event.at, attemptId: event.attemptId } }
        : agent;
    case "released":
      return released(agent, event);
    case "madeAvailable":
      return madeAvailable(agent, event.at);
    case "paused":
      return paused(agent, event.at, event.pauseReason);
    case "wrapUpEnded":
    case "deadlinePassed":
      return wrapUpOver(agent, event);
    case "loggedOut":
      return loggedOut(agent, event.at);
  }
}

/** Whether the agent waits for a call now, or reads before one: they hear music. */
export const isWaiting = ({ state }: AgentState): boolean =>
  state === "available" || state === "previewing" || state === "reserved";

/** The attempt that holds the agent, if any. */
export const heldBy = (state: AgentState): string | null =>
  state.state === "reserved" || state.state === "onCall" ? state.attemptId : null;

const isBusy = (state: AgentState): boolean => state.state === "reserved" || state.state === "onCall";

const promised = <Name extends "previewing" | "reserved">(
  state: Name,
  { at, attemptId }: { readonly at: Instant; readonly attemptId: AttemptId },
  idleSince: Instant,
) => ({ state, since: at, idleSince, attemptId });

function reserved(agent: Agent, event: Extract<AgentEvent, { type: "reserved" }>): Agent {
  const { state } = agent;
  if (state.state === "available") return { ...agent, state: promised("reserved", event, state.since) };
  if (state.state === "paused" && state.pauseReason === MANUAL_PAUSE && event.manual === true) {
    const afterwards = { type: "pause", pauseReason: MANUAL_PAUSE } as const;
    return { state: promised("reserved", event, event.at), afterwards };
  }
  // Whoever looks at one lead is not given another's call.
  if (state.state !== "previewing" || state.attemptId !== event.attemptId) return agent;
  return { ...agent, state: promised("reserved", event, state.idleSince) };
}

function released(agent: Agent, event: Extract<AgentEvent, { type: "released" }>): Agent {
  if (heldBy(agent.state) !== event.attemptId) return agent;
  if (event.talked && event.wrapUpMs > 0) {
    return {
      ...agent,
      state: {
        state: "wrapUp",
        since: event.at,
        attemptId: event.attemptId,
        deadlineAt: after(event.at, event.wrapUpMs),
      },
    };
  }
  // An agent who was only reserved keeps their place in the queue: their idle time was never interrupted.
  const idleSince = agent.state.state === "reserved" ? agent.state.idleSince : event.at;
  return free(agent, idleSince, event.at);
}

/** Available, unless they asked for something else while they were busy. */
function free(agent: Agent, idleSince: Instant, at: Instant): Agent {
  if (agent.afterwards?.type === "pause") {
    return settled({ state: "paused", since: at, pauseReason: agent.afterwards.pauseReason });
  }
  if (agent.afterwards?.type === "logOut") return settled({ state: "loggedOut", since: at });
  return settled({ state: "available", since: idleSince });
}

function loggedOut(agent: Agent, at: Instant): Agent {
  if (agent.state.state === "loggedOut") return agent;
  return isBusy(agent.state)
    ? { ...agent, afterwards: { type: "logOut" } }
    : settled({ state: "loggedOut", since: at });
}

function madeAvailable(agent: Agent, at: Instant): Agent {
  switch (agent.state.state) {
    case "paused":
    case "wrapUp":
      return settled({ state: "available", since: at });
    case "reserved":
    case "onCall":
      return agent.afterwards === null ? agent : { ...agent, afterwards: null };
    default:
      return agent;
  }
}

function paused(agent: Agent, at: Instant, pauseReason: string): Agent {
  switch (agent.state.state) {
    case "available":
    // Nobody was called yet: the lead goes back.
    case "previewing":
    case "wrapUp":
      return settled({ state: "paused", since: at, pauseReason });
    case "paused":
      // The pause has lasted since it began, whatever it is called now.
      return agent.state.pauseReason === pauseReason
        ? agent
        : settled({ state: "paused", since: agent.state.since, pauseReason });
    case "reserved":
    case "onCall":
      // They are promised: the promise is kept, then the pause begins.
      return { ...agent, afterwards: { type: "pause", pauseReason } };
    default:
      return agent;
  }
}

function wrapUpOver(agent: Agent, event: { readonly type: string; readonly at: Instant }): Agent {
  if (agent.state.state !== "wrapUp") return agent;
  // A wake-up that comes early is harmless.
  if (event.type === "deadlinePassed" && event.at < agent.state.deadlineAt) return agent;
  return free(agent, event.at, event.at);
}

const settled = (state: AgentState): Agent => ({ state, afterwards: null });
