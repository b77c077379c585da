/**
 * What a journal or a log may show of a flow: without digits that were asked for in confidence, and without what is said of
 * somebody. Write these down, never the originals.
 */
import type { Flow } from "./flow.ts";
import { isSensitiveResult, own } from "./scene.ts";
import type { FlowEffect, FlowEvent, FlowState } from "./state.ts";

const HIDDEN = "hidden";

const isAskedInConfidence = (flow: Flow, state: FlowState): boolean => {
  const step = state.doing === "asking" ? own(flow.steps, state.step) : undefined;
  return step?.kind === "digits" && (step.isSensitive || step.matches !== null);
};

/** `state` is the one in which the event came. */
export const shownEvent = (flow: Flow, state: FlowState, event: FlowEvent): FlowEvent =>
  event.type === "digit" && isAskedInConfidence(flow, state) ? { ...event, digit: HIDDEN } : event;

export const shownState = (flow: Flow, state: FlowState): FlowState => {
  const results = Object.fromEntries(
    Object.entries(state.results).map(([name, value]) => [name, isSensitiveResult(flow, name) ? HIDDEN : value]),
  );
  if (state.doing !== "asking") return { ...state, results };
  const digits = state.digits !== "" && isAskedInConfidence(flow, state) ? HIDDEN : state.digits;
  return { ...state, results, digits };
};

export const shownEffect = (effect: FlowEffect): FlowEffect => {
  switch (effect.type) {
    case "play":
      return effect.isPrivate ? { ...effect, media: [HIDDEN] } : effect;
    case "setResult":
      return effect.isSensitive ? { ...effect, value: HIDDEN } : effect;
    case "stopPlaying":
    case "optOut":
    case "requestCallback":
    case "requestAgent":
    case "agentMissed":
    case "inform":
    case "hangUp":
      return effect;
  }
};
