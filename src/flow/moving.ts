/**
 * Coming to a step, and going on from one.
 *
 * One rule to remember: whatever takes time has a deadline; steps that take none are gone through in a loop which the
 * limit on visits ends.
 */
import { after, earliest } from "../domain/instant.ts";
import { ANSWERED_BY, type BranchCase, type FlowStep, type Speech } from "./flow.ts";
import { ask, datesToOffer } from "./prompting.ts";
import { baseOf, begin, leave, own, TROUBLE_MAX_MS, valueOf, withResult, type Base, type Scene } from "./scene.ts";
import type { Advance, FlowEffect } from "./state.ts";
import { readDay, readDecimal } from "./values.ts";

/** Something failed or the time is over: a last word, and the end. */
export const trouble = (scene: Scene, base: Base, effects: readonly FlowEffect[]): Advance => {
  if (base.isInTrouble) return leave(base, effects);
  return goTo(scene, inTrouble(scene, base), scene.flow.trouble, effects);
};

const inTrouble = ({ at }: Scene, base: Base): Base => ({
  ...base,
  isInTrouble: true,
  endBy: after(at, TROUBLE_MAX_MS),
});

/** What coming to a step brings: a state in which something takes time, the next step, or a step that cannot be said. */
type Arrival =
  | { readonly kind: "stays"; readonly advance: Advance }
  | { readonly kind: "goesOn"; readonly base: Base; readonly next: string; readonly effects: readonly FlowEffect[] }
  | { readonly kind: "unsayable" };

export const goTo = (scene: Scene, from: Base, name: string, before: readonly FlowEffect[]): Advance => {
  const { flow } = scene;
  let base = baseOf(from);
  let next = name;
  let effects = before;
  while (true) {
    const step = own<FlowStep>(flow.steps, next);
    const visits = (own(base.visits, next) ?? 0) + 1;
    // A step of the last words may have been said as an ordinary one before.
    const visitsMax = flow.visitsMax + (base.isInTrouble ? 1 : 0);
    const arrival: Arrival =
      step === undefined || visits > visitsMax
        ? { kind: "unsayable" }
        : arrive(scene, { ...base, visits: { ...base.visits, [next]: visits } }, next, step);
    switch (arrival.kind) {
      case "stays":
        return { state: arrival.advance.state, effects: [...effects, ...arrival.advance.effects] };
      case "goesOn":
        base = arrival.base;
        next = arrival.next;
        effects = [...effects, ...arrival.effects];
        break;
      case "unsayable":
        if (base.isInTrouble) return leave(base, effects);
        base = inTrouble(scene, base);
        next = flow.trouble;
        break;
    }
  }
};

const stays = (advance: Advance | null): Arrival =>
  advance === null ? { kind: "unsayable" } : { kind: "stays", advance };
const goesOn = (base: Base, next: string, effects: readonly FlowEffect[] = []): Arrival => ({
  ...{ kind: "goesOn", base, next, effects },
});

const arrive = (scene: Scene, base: Base, name: string, step: FlowStep): Arrival => {
  switch (step.kind) {
    case "play":
      return stays(speak(scene, base, name, step.speech));
    case "menu":
    case "digits":
    case "confirmPerson":
      return stays(ask(scene, base, name, step, 1, []));
    case "chooseDate": {
      const dates = datesToOffer(scene, base, step);
      return dates.length === 0 ? goesOn(base, step.none) : stays(ask(scene, base, name, step, 1, dates));
    }
    case "branch":
      return goesOn(base, branch(scene, base, step));
    case "setResult": {
      const set = Object.entries(step.results).map(([result, value]) => withResult(scene, base, result, value));
      const results = Object.assign({}, ...set.map((each) => each.results)) as Record<string, string>;
      return goesOn(
        { ...base, results: { ...base.results, ...results } },
        step.then,
        set.flatMap((each) => each.effects),
      );
    }
    case "optOut":
      // Whoever pressed the key has objected already.
      return goesOn({ ...base, hasOptedOut: true }, step.then, base.hasOptedOut ? [] : [{ type: "optOut" }]);
    case "askCallback": {
      const on = step.on === null ? null : valueOf(scene, base, step.on);
      const day = on === null || readDay(on) === null ? null : on.trim();
      return goesOn(base, step.then, [{ type: "requestCallback", afterMs: step.afterMs, on: day }]);
    }
    case "leaveMessage":
      if (scene.facts.answeredBy !== "machine") return stays(speak(scene, base, name, step.speech));
      return stays({
        state: {
          ...base,
          doing: "listening",
          step: name,
          deadlineAt: earliest(after(scene.at, step.beepWaitMs), base.endBy),
        },
        effects: [],
      });
    case "handOver":
      return stays(hold(scene, base, name, step));
    case "hangUp":
      return stays(leave(base, []));
  }
};

export const speak = (scene: Scene, base: Base, name: string, speech: Speech): Advance | null => {
  const begun = begin(scene, base, speech);
  return begun === null
    ? null
    : {
        state: {
          ...begun.base,
          doing: "speaking",
          step: name,
          play: begun.play,
          hasBegun: false,
          deadlineAt: begun.deadlineAt,
        },
        effects: [begun.effect],
      };
};

const hold = (
  scene: Scene,
  base: Base,
  name: string,
  step: Extract<FlowStep, { kind: "handOver" }>,
): Advance | null => {
  const begun = begin(scene, { ...base, isAgentAsked: true }, step.speech);
  if (begun === null) return null;
  const untilAt = earliest(after(scene.at, step.waitMs), base.endBy);
  return {
    state: {
      ...begun.base,
      ...{ doing: "holding", step: name, play: begun.play, hasBegun: false, rounds: 0 },
      ...{ askedAt: scene.at, untilAt, deadlineAt: earliest(begun.deadlineAt, untilAt) },
    },
    // Asked first: whoever is free comes while the person still hears that somebody is looked for.
    effects: [{ type: "requestAgent", untilAt }, begun.effect],
  };
};

const branch = (scene: Scene, base: Base, step: Extract<FlowStep, { kind: "branch" }>): string => {
  const value = step.on === ANSWERED_BY ? scene.facts.answeredBy : valueOf(scene, base, step.on);
  return step.cases.find((each) => fits(each, value))?.then ?? step.otherwise;
};

const fits = ({ is, atLeast, below, isMissing }: BranchCase, value: string | null): boolean => {
  if (isMissing !== null && isMissing !== (value === null)) return false;
  if (is !== null && (value === null || !is.includes(value.trim()))) return false;
  if (atLeast === null && below === null) return true;
  const number = value === null ? null : readDecimal(value);
  return number !== null && (atLeast === null || number >= atLeast) && (below === null || number < below);
};
