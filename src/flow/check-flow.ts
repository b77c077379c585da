/**
 * What is wrong with a flow, found before anybody hears it. Sentences name the step; whoever knows the file adds the line.
 *
 * One rule to remember: whatever `checkFlow` lets pass ends, speaks first, and leaves nobody in silence.
 */
import { checkValues, namesSaid } from "./check-values.ts";
import type { Flow, FlowStep } from "./flow.ts";
import { inCircles, isAsking, leadingTo, reached, reachedInSilence, silentWays, waysFrom } from "./paths.ts";
import { problem, type FlowProblem } from "./problem.ts";
import { own } from "./scene.ts";

export interface FlowDemands {
  /** Whether the profile wants a key that objects in recorded messages (`mustOfferKeyOptOut`). */
  readonly mustOfferOptOut: boolean;
  /** Longest that whoever asks for an agent may wait for one. */
  readonly agentWaitMaxMs: number;
}

/** 20 s is where a wait is unfair for certain (rule UK-IVM-1, an engineering reading: the policy names no figure). */
export const USUAL_DEMANDS: FlowDemands = { mustOfferOptOut: false, agentWaitMaxMs: 20_000 };

/** In the order of the flow's steps; empty when it may be used. */
export const checkFlow = (flow: Flow, demands: FlowDemands): readonly FlowProblem[] => {
  const unknown = unknownSteps(flow);
  // Ways that lead nowhere would make everything else look wrong as well.
  const problems = unknown.length > 0 ? unknown : [...wholeFlow(flow, demands), ...eachStep(flow, demands)];
  const order = [null, ...Object.keys(flow.steps)];
  return [...problems, ...checkValues(flow)].sort((a, b) => order.indexOf(a.step) - order.indexOf(b.step));
};

const unknownSteps = (flow: Flow): readonly FlowProblem[] => {
  const known = Object.keys(flow.steps).join(", ");
  const missing = (step: string | null, to: string, where: string): FlowProblem[] =>
    own(flow.steps, to) === undefined
      ? [problem("unknown-step", step, `${where} leads to "${to}", and there is no such step; there are: ${known}.`)]
      : [];
  return [
    ...missing(null, flow.start, "start"),
    ...missing(null, flow.trouble, "trouble"),
    ...(flow.optOut === null ? [] : missing(null, flow.optOut.go, "optOut")),
    ...Object.entries(flow.steps).flatMap(([name, step]) =>
      waysFrom(step).flatMap(({ to, when }) => missing(name, to, when === "" ? "It" : `It (${when})`)),
    ),
  ];
};

const wholeFlow = (flow: Flow, demands: FlowDemands): readonly FlowProblem[] => [
  ...unreachable(flow),
  ...silentStart(flow),
  ...endings(flow),
  ...troubleSteps(flow),
  ...optOutThere(flow, demands),
  ...confirmed(flow),
];

const entrances = ({ start, trouble, optOut }: Flow): readonly string[] => [
  ...[start, trouble],
  ...(optOut === null ? [] : [optOut.go]),
];

const unreachable = (flow: Flow): readonly FlowProblem[] => {
  const seen = reached(flow, entrances(flow));
  return Object.keys(flow.steps)
    .filter((name) => !seen.has(name))
    .map((name) => problem("unreachable-step", name, "No way leads to it: remove it, or let a step lead to it."));
};

/** The first thing that takes time must be something that is heard: the two seconds run from the answer. */
const silentStart = (flow: Flow): readonly FlowProblem[] =>
  [...reachedInSilence(flow, flow.start)].flatMap((name) => {
    const step = own(flow.steps, name);
    if (step?.kind === "leaveMessage") {
      const says =
        "It may wait for a beep before anything was said; somebody who is no machine would be met with silence.";
      return [problem("silent-start", name, `${says} Let a play step come first.`)];
    }
    return step?.kind === "hangUp"
      ? [problem("silent-start", name, "It can be come to before a word was said: let a play step come first.")]
      : [];
  });

const endings = (flow: Flow): readonly FlowProblem[] => {
  const ending = leadingTo(flow, (step) => step.kind === "hangUp");
  const circles = inCircles(flow, silentWays);
  return [
    ...Object.keys(flow.steps)
      .filter((name) => !ending.has(name))
      .map((name) => problem("never-ends", name, "No way leads from it to a hangUp step.")),
    ...circles.map((name) =>
      problem("endless-loop", name, "It leads back to itself without a word and without waiting for anything."),
    ),
  ];
};

/** When something fails, the last words must be such as cannot fail in the same way. */
const troubleSteps = (flow: Flow): readonly FlowProblem[] => {
  const circles = new Set(inCircles(flow, waysFrom));
  return [...reached(flow, [flow.trouble])].flatMap((name) => {
    const step = own(flow.steps, name);
    if (step === undefined) return [];
    const isPlain =
      step.kind === "hangUp" ||
      step.kind === "setResult" ||
      step.kind === "askCallback" ||
      (step.kind === "play" && step.speech.every(({ kind }) => kind === "media"));
    const says = "It is said when something has failed, so it may only play recordings, note results and hang up";
    if (!isPlain) return [problem("trouble-not-plain", name, `${says}.`)];
    return circles.has(name) ? [problem("trouble-not-plain", name, `${says}, and must not lead back.`)] : [];
  });
};

const optOutThere = (flow: Flow, { mustOfferOptOut }: FlowDemands): readonly FlowProblem[] => {
  const taken = Object.entries(flow.steps).flatMap(([name, step]) => {
    const key = flow.optOut?.key;
    if (key === undefined || !isTaken(step, key)) return [];
    const better = step.kind === "digits" ? ' Take "*" as the key of optOut.' : "";
    return [
      problem(
        "key-taken",
        name,
        `Key ${key} objects to further calls everywhere, and has another meaning here.${better}`,
      ),
    ];
  });
  if (!mustOfferOptOut || flow.optOut !== null) return taken;
  const objecting = leadingTo(flow, (step) => step.kind === "optOut");
  const asking = Object.entries(flow.steps).filter(([, step]) => isAsking(step));
  const says = "The profile demands a key by which people object to further calls";
  if (asking.length === 0) {
    return [...taken, problem("opt-out-missing", null, `${says}: give optOut with a key and the step it leads to.`)];
  }
  const without = asking.filter(([name]) => !objecting.has(name));
  return [
    ...taken,
    ...without.map(([name]) =>
      problem(
        "opt-out-missing",
        name,
        `${says}, and no way leads from here to an optOut step: give optOut for the whole flow.`,
      ),
    ),
  ];
};

const isTaken = (step: FlowStep, key: string): boolean => {
  switch (step.kind) {
    case "menu":
      return Object.hasOwn(step.keys, key);
    case "digits":
      return key === step.endKey || /\d/.test(key);
    case "confirmPerson":
      return key === step.yes || key === step.no;
    case "chooseDate":
      return (key === "0" && step.declined !== null) || (Number(key) >= 1 && Number(key) <= step.offeredMax);
    default:
      return false;
  }
};

/** What is private is said to nobody of whom we do not know that it is the right person. */
const confirmed = (flow: Flow): readonly FlowProblem[] => {
  const isPrivate = (name: string): boolean => own(flow.attributes, name)?.isPrivate === true;
  const before = reached(flow, entrances(flow), (step) => {
    // Whoever knows what only they know is the right person as well. The way of the right answer is the first.
    const isProof = step.kind === "confirmPerson" || (step.kind === "digits" && step.matches !== null);
    return isProof ? waysFrom(step).slice(1) : waysFrom(step);
  });
  return Object.entries(flow.steps).flatMap(([name, step]) => {
    const said = before.has(name) ? namesSaid(step).filter(isPrivate) : [];
    return said.length === 0
      ? []
      : [
          problem(
            "not-confirmed",
            name,
            `It says ${said.join(" and ")}, which is private, and can be come to before a confirmPerson step was answered with yes.`,
          ),
        ];
  });
};

const eachStep = (flow: Flow, demands: FlowDemands): readonly FlowProblem[] =>
  Object.entries(flow.steps).flatMap(([name, step]) =>
    step.kind === "handOver" ? handingOver(flow, demands, name, step) : [],
  );

const handingOver = (
  flow: Flow,
  { agentWaitMaxMs }: FlowDemands,
  name: string,
  step: Extract<FlowStep, { kind: "handOver" }>,
): readonly FlowProblem[] => {
  const isTooLong = step.waitMs > agentWaitMaxMs;
  const silentEnd = [...reachedInSilence(flow, step.nobody)].some((each) => own(flow.steps, each)?.kind === "hangUp");
  return [
    ...(isTooLong
      ? [
          problem(
            "unfair-wait",
            name,
            `Nobody may wait ${step.waitMs / 1_000} s for an agent they asked for; at most ${agentWaitMaxMs / 1_000} s.`,
          ),
        ]
      : []),
    ...(silentEnd
      ? [
          problem(
            "nobody-told",
            name,
            "When nobody comes it hangs up without a word: let nobody lead to a play step first.",
          ),
        ]
      : []),
  ];
};
