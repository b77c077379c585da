/**
 * Carrying out a flow: an event comes in, the next state and what it wants come out. For whoever wires it to a call:
 *
 *   let state = beginFlow(answerBy);
 *   ({ state, effects } = advance(flow, state, event, facts));   // for every event, until `state.doing` is "ended"
 *
 * An event that does not fit leaves the state as it is: playbacks are numbered, so late news of one does no harm. Nothing
 * comes after the end. The flow ends when it wants to hang up or hands over; ending the call is the call's own business.
 */
import { after, earliest, isBefore, msBetween, type Instant } from "../domain/instant.ts";
import { answered, keyOf, listen, waitedOut } from "./asking.ts";
import type { Flow, FlowStep, Key } from "./flow.ts";
import { goTo, speak, trouble } from "./moving.ts";
import type { AskingState } from "./prompting.ts";
import { baseOf, begin, leave, own, PLAY_START_MAX_MS, TROUBLE_MAX_MS, type Scene } from "./scene.ts";
import type { Advance, FlowEffect, FlowEvent, FlowFacts, FlowLiving, FlowState } from "./state.ts";

/** Nothing that is played while somebody waits is so short that it comes round oftener. */
const ROUNDS_MAX = 60;

/** Before the answer. `answerBy` is when the call itself gives up; the flow then ends without a word. */
export const beginFlow = (answerBy: Instant): FlowLiving => ({
  doing: "waiting",
  deadlineAt: answerBy,
  endBy: answerBy,
  ...{ visits: {}, isHeard: false, plays: 0, results: {} },
  ...{ isAgentAsked: false, isInTrouble: false, hasOptedOut: false },
});

/** Longest that a flow may last from the answer on, in milliseconds, whatever happens and whatever is forgotten. */
export const lengthBoundMs = (flow: Flow): number => flow.lengthMaxMs + 3 * TROUBLE_MAX_MS;

export const advance = (flow: Flow, state: FlowState, event: FlowEvent, facts: FlowFacts): Advance => {
  if (state.doing === "ended") return same(state);
  const scene: Scene = { flow, facts, at: event.at };
  if (event.type === "hungUp") return end(state, state.doing === "waiting" ? "unanswered" : "left", []);
  if (state.doing === "waiting") return beforeAnswer(scene, state, event);
  switch (event.type) {
    case "answered":
      return same(state);
    case "playStarted":
      return isCurrent(state, event) ? { state: started(scene, state), effects: [] } : same(state);
    case "playFinished":
      return isCurrent(state, event) ? finished(scene, { ...state, isHeard: true }) : same(state);
    case "playFailed":
      return isCurrent(state, event) ? failed(scene, state, []) : same(state);
    case "digit": {
      const key = keyOf(event.digit);
      return key === null ? same(state) : pressed(scene, state, key);
    }
    case "beepHeard":
      return state.doing === "listening" ? tellMachine(scene, state) : same(state);
    case "deadlinePassed":
      // A wake-up that comes early is harmless: the state may have got a later deadline since it was armed.
      return isBefore(event.at, state.deadlineAt) ? same(state) : late(scene, state);
    case "agentJoined":
      // One who was asked for and comes late is welcome still: talking to them is what the person wanted.
      return state.isAgentAsked ? end(state, "withAgent", stopOf(state)) : same(state);
    case "agentNotFree":
      return state.doing === "holding" ? missed(scene, state) : same(state);
  }
};

type Playing = Extract<FlowLiving, { readonly play: number | null }>;
type Holding = Extract<FlowLiving, { readonly doing: "holding" }>;
type Listening = Extract<FlowLiving, { readonly doing: "listening" }>;

const same = (state: FlowState): Advance => ({ state, effects: [] });

const end = (state: FlowLiving, how: "left" | "unanswered" | "withAgent", effects: readonly FlowEffect[]): Advance => {
  const { endBy: _endBy, ...memory } = baseOf(state);
  return { state: { ...memory, doing: "ended", how }, effects };
};

const beforeAnswer = (
  scene: Scene,
  state: Extract<FlowLiving, { doing: "waiting" }>,
  event: Exclude<FlowEvent, { type: "hungUp" }>,
): Advance => {
  switch (event.type) {
    case "answered":
      return goTo(scene, { ...state, endBy: after(event.at, scene.flow.lengthMaxMs) }, scene.flow.start, []);
    case "deadlinePassed":
      return isBefore(event.at, state.deadlineAt) ? same(state) : end(state, "unanswered", []);
    default:
      return same(state);
  }
};

const isCurrent = (state: FlowLiving, event: { readonly play: number }): state is Playing =>
  "play" in state && state.play === event.play;

const stopOf = (state: FlowLiving): readonly FlowEffect[] =>
  "play" in state && state.play !== null ? [{ type: "stopPlaying", play: state.play }] : [];

const isOfKind = <Kind extends FlowStep["kind"]>(
  step: FlowStep | undefined,
  ...kinds: readonly Kind[]
): step is Extract<FlowStep, { kind: Kind }> => step !== undefined && (kinds as readonly string[]).includes(step.kind);

const askingStep = ({ flow }: Scene, state: AskingState) => {
  const step = own(flow.steps, state.step);
  return isOfKind(step, "menu", "digits", "confirmPerson", "chooseDate") ? step : null;
};

/** Not later than the time for the whole; while somebody waits for an agent, not later than that. */
const started = (scene: Scene, state: Playing): Playing => {
  const overBy = earliest(after(scene.at, scene.flow.playMaxMs), state.endBy);
  if (state.hasBegun) return state;
  const deadlineAt = state.doing === "holding" ? earliest(overBy, state.untilAt) : overBy;
  return { ...state, hasBegun: true, deadlineAt };
};

const finished = (scene: Scene, state: Playing): Advance => {
  switch (state.doing) {
    case "speaking": {
      const step = own(scene.flow.steps, state.step);
      return isOfKind(step, "play", "leaveMessage") ? goTo(scene, state, step.then, []) : trouble(scene, state, []);
    }
    case "asking": {
      const step = askingStep(scene, state);
      return step === null ? trouble(scene, state, []) : { state: listen(scene, state, step), effects: [] };
    }
    case "holding":
      return meanwhile(scene, state, []);
  }
};

/** Nothing is heard, or no more: what is left of the call says so, or the information message does where nothing was said. */
const failed = (scene: Scene, state: Playing, effects: readonly FlowEffect[]): Advance => {
  if (!state.isHeard) return leave(state, [...effects, ...missedIfHolding(scene, state)]);
  return state.doing === "holding" ? quiet(scene, state, effects) : trouble(scene, state, effects);
};

const missedIfHolding = (scene: Scene, state: FlowLiving): readonly FlowEffect[] =>
  state.doing === "holding" ? [{ type: "agentMissed", waitedMs: msBetween(state.askedAt, scene.at) }] : [];

/** Again what is played while an agent is looked for. */
const meanwhile = (scene: Scene, state: Holding, effects: readonly FlowEffect[]): Advance => {
  const step = own(scene.flow.steps, state.step);
  const speech = isOfKind(step, "handOver")
    ? step.meanwhile.map((media) => ({ kind: "media", media, says: null }) as const)
    : [];
  const begun = state.rounds < ROUNDS_MAX ? begin(scene, state, speech) : null;
  if (begun === null) return quiet(scene, state, effects);
  return {
    state: {
      ...state,
      ...{ plays: begun.base.plays, play: begun.play, hasBegun: false, rounds: state.rounds + 1 },
      deadlineAt: earliest(begun.deadlineAt, state.untilAt),
    },
    effects: [...effects, begun.effect],
  };
};

/** Nothing to hear while waiting: an agent may come in this moment, but nobody is left in silence for longer. */
const quiet = ({ at }: Scene, state: Holding, effects: readonly FlowEffect[]): Advance => ({
  state: { ...state, play: null, deadlineAt: earliest(after(at, PLAY_START_MAX_MS), state.untilAt) },
  effects,
});

const missed = (scene: Scene, state: Holding): Advance => {
  const step = own(scene.flow.steps, state.step);
  const effects = [...stopOf(state), ...missedIfHolding(scene, state)];
  return isOfKind(step, "handOver") ? goTo(scene, state, step.nobody, effects) : trouble(scene, state, effects);
};

const tellMachine = (scene: Scene, state: Listening): Advance => {
  const step = own(scene.flow.steps, state.step);
  const told = isOfKind(step, "leaveMessage") ? speak(scene, baseOf(state), state.step, step.speech) : null;
  return told ?? trouble(scene, state, []);
};

const pressed = (scene: Scene, state: FlowLiving, key: Key): Advance => {
  const { optOut } = scene.flow;
  if (optOut?.key === key && !state.hasOptedOut) {
    const endBy = state.isInTrouble ? after(scene.at, TROUBLE_MAX_MS) : state.endBy;
    const objecting = { ...baseOf(state), isHeard: true, hasOptedOut: true, isInTrouble: false, endBy };
    // Before anything else: it holds even if they hang up in this moment.
    const effects: readonly FlowEffect[] = [{ type: "optOut" }, ...stopOf(state), ...missedIfHolding(scene, state)];
    return goTo(scene, objecting, optOut.go, effects);
  }
  // No machine presses keys.
  if (state.doing === "listening") return tellMachine(scene, state);
  const step = state.doing === "asking" ? askingStep(scene, state) : null;
  return state.doing === "asking" && step !== null ? answered(scene, state, step, key) : same(state);
};

/** Telephony said nothing in time. */
const late = (scene: Scene, state: FlowLiving): Advance => {
  if (!isBefore(scene.at, state.endBy)) {
    const effects = [...stopOf(state), ...missedIfHolding(scene, state)];
    return state.isHeard ? trouble(scene, state, effects) : leave(state, effects);
  }
  switch (state.doing) {
    case "listening":
      return tellMachine(scene, state);
    case "holding":
      if (state.play === null || !isBefore(scene.at, state.untilAt)) return missed(scene, state);
      return state.hasBegun
        ? meanwhile(scene, { ...state, isHeard: true }, stopOf(state))
        : failed(scene, state, stopOf(state));
    case "speaking":
    case "asking": {
      if (state.play !== null) {
        // It began, and nobody said that it ended: they have heard what there was to hear.
        return state.hasBegun
          ? withEffects(stopOf(state), finished(scene, { ...state, isHeard: true }))
          : failed(scene, state, stopOf(state));
      }
      const step = state.doing === "asking" ? askingStep(scene, state) : null;
      return state.doing === "asking" && step !== null ? waitedOut(scene, state, step) : trouble(scene, state, []);
    }
    case "waiting":
      return same(state);
  }
};

const withEffects = (before: readonly FlowEffect[], { state, effects }: Advance): Advance => ({
  state,
  effects: [...before, ...effects],
});
