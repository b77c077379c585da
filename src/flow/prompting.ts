/** Putting a question: what is said, and what may be answered. */
import { begin, valueOf, type Base, type Scene } from "./scene.ts";
import type { FlowStep } from "./flow.ts";
import type { Advance, FlowLiving } from "./state.ts";
import { readDays } from "./values.ts";

export type AskingStep = Extract<FlowStep, { readonly asking: unknown }>;
export type AskingState = Extract<FlowLiving, { readonly doing: "asking" }>;

/** The keys 1 to 9. */
const OFFERS_MAX = 9;

/** Days of the list that are not over yet where the person is, in order, each once. */
export const datesToOffer = (
  scene: Scene,
  base: Base,
  step: Extract<FlowStep, { kind: "chooseDate" }>,
): readonly string[] => {
  const days = readDays(valueOf(scene, base, step.from) ?? "") ?? [];
  const ahead = [...new Set(days)].filter((day) => day >= scene.facts.today).sort();
  return ahead.slice(0, Math.min(step.offeredMax, OFFERS_MAX));
};

/** Puts the question; null when it cannot be said. */
export const ask = (
  scene: Scene,
  base: Base,
  name: string,
  step: AskingStep,
  attempt: number,
  dates: readonly string[],
): Advance | null => {
  const speech = attempt > 1 ? [...step.asking.again, ...step.asking.prompt] : step.asking.prompt;
  const offered = dates.map((date, index) => ({ date, key: String(index + 1) }));
  const begun = begin(scene, base, speech, step.kind === "chooseDate" ? { speech: step.offer, offered } : null);
  if (begun === null) return null;
  return {
    state: {
      ...begun.base,
      ...{ doing: "asking", step: name, attempt, digits: "", dates },
      ...{ play: begun.play, hasBegun: false, deadlineAt: begun.deadlineAt },
    },
    effects: [begun.effect],
  };
};
