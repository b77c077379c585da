/** The ways from step to step. */
import type { Flow, FlowStep, Speech } from "./flow.ts";
import { own } from "./scene.ts";

/** `when` is for people: the key, the case, what came of it; empty where there is only one way. */
export interface Way {
  readonly to: string;
  readonly when: string;
}

export const waysFrom = (step: FlowStep): readonly Way[] => {
  switch (step.kind) {
    case "play":
    case "setResult":
    case "optOut":
    case "askCallback":
    case "leaveMessage":
      return [{ to: step.then, when: "" }];
    case "menu":
      return [
        ...Object.entries(step.keys).map(([key, to]) => ({ to, when: `key ${key}` })),
        { to: step.asking.otherwise, when: "no answer" },
      ];
    case "digits":
      return [
        { to: step.then, when: step.matches === null ? "digits" : "right digits" },
        { to: step.asking.otherwise, when: "no answer" },
      ];
    case "confirmPerson":
      return [
        { to: step.person, when: `key ${step.yes}, the person` },
        { to: step.somebodyElse, when: `key ${step.no}, somebody else` },
        { to: step.asking.otherwise, when: "no answer" },
      ];
    case "chooseDate":
      return [
        { to: step.then, when: "a date" },
        ...(step.declined === null ? [] : [{ to: step.declined, when: "key 0, none of them" }]),
        { to: step.none, when: "no date to offer" },
        { to: step.asking.otherwise, when: "no answer" },
      ];
    case "branch":
      return [
        ...step.cases.map((each) => ({ to: each.then, when: caseText(each) })),
        { to: step.otherwise, when: "otherwise" },
      ];
    case "handOver":
      return [{ to: step.nobody, when: "nobody comes" }];
    case "hangUp":
      return [];
  }
};

const caseText = ({ is, atLeast, below, isMissing }: Extract<FlowStep, { kind: "branch" }>["cases"][number]): string =>
  [
    ...(isMissing === null ? [] : [isMissing ? "missing" : "there"]),
    ...(is === null ? [] : [`is ${is.join(" or ")}`]),
    ...(atLeast === null ? [] : [`at least ${atLeast}`]),
    ...(below === null ? [] : [`below ${below}`]),
  ].join(", ");

/** Everything that a step says, in one. */
export const speechOf = (step: FlowStep): Speech => {
  switch (step.kind) {
    case "play":
    case "leaveMessage":
    case "handOver":
      return step.speech;
    case "menu":
    case "digits":
    case "confirmPerson":
      return [...step.asking.prompt, ...step.asking.again];
    case "chooseDate":
      return [...step.asking.prompt, ...step.asking.again, ...step.offer];
    case "branch":
    case "setResult":
    case "optOut":
    case "askCallback":
    case "hangUp":
      return [];
  }
};

export const isAsking = (step: FlowStep): step is Extract<FlowStep, { readonly asking: unknown }> => "asking" in step;

/** Steps that are gone through without a word and without waiting. */
export const isSilent = (step: FlowStep): boolean =>
  step.kind === "branch" || step.kind === "setResult" || step.kind === "optOut" || step.kind === "askCallback";

/** Ways on which nothing is heard between coming to the step and leaving it. */
const silentWaysFrom = (step: FlowStep): readonly Way[] => {
  if (isSilent(step)) return waysFrom(step);
  return step.kind === "chooseDate" ? [{ to: step.none, when: "no date to offer" }] : [];
};

/** Names of the steps that are come to from some, these included; unknown ones are left out. */
export const reached = (
  flow: Flow,
  from: readonly string[],
  ways: (step: FlowStep, name: string) => readonly Way[] = waysFrom,
): ReadonlySet<string> => {
  const seen = new Set<string>();
  const open = [...from];
  for (let name = open.pop(); name !== undefined; name = open.pop()) {
    const step = own(flow.steps, name);
    if (step === undefined || seen.has(name)) continue;
    seen.add(name);
    open.push(...ways(step, name).map(({ to }) => to));
  }
  return seen;
};

/** Steps that are come to before a word is said. */
export const reachedInSilence = (flow: Flow, from: string): ReadonlySet<string> =>
  reached(flow, [from], silentWaysFrom);

/** Steps from which one of `goals` can be come to, the goals included. */
export const leadingTo = (flow: Flow, isGoal: (step: FlowStep) => boolean): ReadonlySet<string> => {
  const leading = new Set(Object.entries(flow.steps).flatMap(([name, step]) => (isGoal(step) ? [name] : [])));
  for (let grown = true; grown;) {
    grown = false;
    for (const [name, step] of Object.entries(flow.steps)) {
      if (leading.has(name) || !waysFrom(step).some(({ to }) => leading.has(to))) continue;
      leading.add(name);
      grown = true;
    }
  }
  return leading;
};

/** Steps that can come to themselves again by these ways. */
export const inCircles = (flow: Flow, ways: (step: FlowStep) => readonly Way[]): readonly string[] =>
  Object.entries(flow.steps)
    .filter(([name, step]) =>
      reached(
        flow,
        ways(step).map(({ to }) => to),
        ways,
      ).has(name),
    )
    .map(([name]) => name);

export const silentWays = silentWaysFrom;
