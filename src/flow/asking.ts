/** Questions that are answered with keys: a menu, a number, whether it is the right person, a date out of several. */
import { after, earliest } from "../domain/instant.ts";
import { isKey, type FlowStep, type Key } from "./flow.ts";
import { goTo, trouble } from "./moving.ts";
import { ask, type AskingState, type AskingStep } from "./prompting.ts";
import { own, valueOf, withResult, type Scene } from "./scene.ts";
import type { Advance, FlowEffect } from "./state.ts";

/** The prompt is over: from here the answer is waited for. */
export const listen = (scene: Scene, state: AskingState, step: AskingStep): AskingState => ({
  ...state,
  play: null,
  deadlineAt: earliest(after(scene.at, step.asking.waitMs), state.endBy),
});

/** A key that may answer. During a prompt that must be heard to its end it does not. */
export const answered = (scene: Scene, state: AskingState, step: AskingStep, key: Key): Advance => {
  if (state.play !== null && !step.asking.bargeIn) return { state, effects: [] };
  const stop: readonly FlowEffect[] = state.play === null ? [] : [{ type: "stopPlaying", play: state.play }];
  // Whoever answers a question has heard it.
  const heard: AskingState = { ...state, play: null, isHeard: true };
  switch (step.kind) {
    case "menu": {
      const go = own(step.keys as Readonly<Record<string, string>>, key);
      return go === undefined ? again(scene, heard, step, stop) : goTo(scene, heard, go, stop);
    }
    case "confirmPerson":
      if (key === step.yes) return goTo(scene, heard, step.person, stop);
      return key === step.no ? goTo(scene, heard, step.somebodyElse, stop) : again(scene, heard, step, stop);
    case "chooseDate": {
      if (key === "0" && step.declined !== null) return goTo(scene, heard, step.declined, stop);
      const date = heard.dates[Number(key) - 1];
      if (date === undefined) return again(scene, heard, step, stop);
      return keep(scene, heard, step.into, date, step.then, stop);
    }
    case "digits":
      return digit(scene, heard, step, key, stop);
  }
};

type DigitsStep = Extract<FlowStep, { kind: "digits" }>;

const digit = (scene: Scene, state: AskingState, step: DigitsStep, key: Key, stop: readonly FlowEffect[]): Advance => {
  if (key === step.endKey) return whole(scene, state, step, stop);
  if (key === "*" || key === "#") return again(scene, state, step, stop);
  const longer: AskingState = {
    ...state,
    digits: state.digits + key,
    deadlineAt: earliest(after(scene.at, step.betweenMs), state.endBy),
  };
  return longer.digits.length >= step.most ? whole(scene, longer, step, stop) : { state: longer, effects: stop };
};

/** All digits are there, or no more will come. */
const whole = (scene: Scene, state: AskingState, step: DigitsStep, stop: readonly FlowEffect[]): Advance => {
  const { digits } = state;
  if (digits.length < step.least) return again(scene, state, step, stop);
  if (step.matches !== null) {
    const wanted = valueOf(scene, state, step.matches)?.replace(/\D/g, "") ?? "";
    // Without anything to compare with, nothing is right.
    if (wanted === "" || wanted !== digits) return again(scene, state, step, stop);
  }
  if (step.into === null || (step.isSensitive && !step.isKept)) return goTo(scene, state, step.then, stop);
  return keep(scene, state, step.into, digits, step.then, stop);
};

const keep = (
  scene: Scene,
  state: AskingState,
  into: string,
  value: string,
  then: string,
  stop: readonly FlowEffect[],
): Advance => {
  const { results, effects } = withResult(scene, state, into, value);
  return goTo(scene, { ...state, results }, then, [...stop, ...effects]);
};

/** No more keys came in time. */
export const waitedOut = (scene: Scene, state: AskingState, step: AskingStep): Advance =>
  step.kind === "digits" && state.digits !== "" ? whole(scene, state, step, []) : again(scene, state, step, []);

/** A wrong answer, or none: the question is put again, as often as the step says. */
const again = (scene: Scene, state: AskingState, step: AskingStep, effects: readonly FlowEffect[]): Advance => {
  if (state.attempt >= step.asking.tries) return goTo(scene, state, step.asking.otherwise, effects);
  const asked = ask(scene, state, state.step, step, state.attempt + 1, state.dates);
  if (asked === null) return trouble(scene, state, effects);
  return { state: asked.state, effects: [...effects, ...asked.effects] };
};

export const keyOf = (digitHeard: string): Key | null => (isKey(digitHeard) ? digitHeard : null);
