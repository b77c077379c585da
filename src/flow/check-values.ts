/** Whether what steps say, compare and keep was declared, and as something that fits. */
import { ANSWERED_BY, type BranchCase, type Flow, type FlowStep, type SpeechItem, type ValueKind } from "./flow.ts";
import { speechOf } from "./paths.ts";
import { problem, type FlowProblem, type FlowProblemCode } from "./problem.ts";
import { own } from "./scene.ts";
import { isReadable } from "./values.ts";

/** Names of the attributes and results that a step says. */
export const namesSaid = (step: FlowStep): readonly string[] => [
  ...new Set([
    ...speechOf(step).flatMap((item) => ("of" in item ? [item.of] : [])),
    ...(step.kind === "chooseDate" ? [step.from] : []),
  ]),
];

export const checkValues = (flow: Flow): readonly FlowProblem[] => [
  ...declarations(flow),
  ...Object.entries(flow.steps).flatMap(([name, step]) =>
    [...spoken(flow, step), ...kept(flow, step), ...answers(step)].map(([code, says]) => problem(code, name, says)),
  ),
];

type Found = readonly [code: FlowProblemCode, says: string];

const declarations = (flow: Flow): readonly FlowProblem[] => {
  const both = Object.keys(flow.attributes).filter((name) => own(flow.results, name) !== undefined);
  const steps = Object.values(flow.steps);
  const set = new Set(
    steps.flatMap((step) => {
      if (step.kind === "setResult") return Object.keys(step.results);
      return (step.kind === "digits" || step.kind === "chooseDate") && step.into !== null ? [step.into] : [];
    }),
  );
  return [
    ...both.map((name) =>
      problem("wrong-kind", null, `"${name}" is an attribute and a result: give one another name.`),
    ),
    ...Object.keys(flow.results)
      .filter((name) => !set.has(name))
      .map((name) => problem("result-unused", null, `The result "${name}" is set by no step.`)),
  ];
};

/** What a value is: an attribute's kind, or a result's; null when nobody declared it. */
const kindOf = (flow: Flow, name: string): ValueKind | "choice" | null =>
  own(flow.attributes, name)?.kind ?? own(flow.results, name)?.kind ?? null;

const undeclared = (flow: Flow, name: string): Found => {
  const known = [...Object.keys(flow.attributes), ...Object.keys(flow.results)];
  const there = known.length === 0 ? "none is declared" : `declared are ${known.join(", ")}`;
  return ["unknown-name", `"${name}" is neither an attribute nor a result; ${there}.`];
};

const mustBe = (flow: Flow, name: string, what: string, kinds: readonly (ValueKind | "choice")[]): readonly Found[] => {
  const kind = kindOf(flow, name);
  if (kind === null) return [undeclared(flow, name)];
  return kinds.includes(kind) ? [] : [["wrong-kind", `${what} wants ${kinds.join(" or ")}, and "${name}" is ${kind}.`]];
};

const SAID_AS: Readonly<Record<Extract<SpeechItem, { of: string }>["kind"], readonly ValueKind[]>> = {
  number: ["number"],
  digits: ["digits", "number"],
  characters: ["text", "digits"],
  date: ["date"],
  time: ["time"],
  money: ["money", "number"],
};

const spoken = (flow: Flow, step: FlowStep): readonly Found[] => {
  const offer = step.kind === "chooseDate" ? step.offer : [];
  return speechOf(step).flatMap((item): readonly Found[] => {
    switch (item.kind) {
      case "media":
        return [];
      case "offeredDate":
      case "offeredKey":
        return offer.includes(item)
          ? []
          : [["wrong-kind", "offered: belongs into the offer of a chooseDate step alone."]];
      case "money":
        return [
          ...mustBe(flow, item.of, "money", SAID_AS.money),
          ...(own(flow.sayTable.currencies, item.currency) === undefined
            ? [["wrong-kind", `There are no words for ${item.currency} in ${flow.sayTable.language}.`] as const]
            : []),
        ];
      case "number":
      case "digits":
      case "characters":
      case "date":
      case "time":
        return mustBe(flow, item.of, item.kind, SAID_AS[item.kind]);
    }
  });
};

const kept = (flow: Flow, step: FlowStep): readonly Found[] => {
  switch (step.kind) {
    case "setResult":
      return Object.entries(step.results).flatMap(([name, value]): readonly Found[] => {
        const declared = own(flow.results, name);
        if (declared === undefined) return [["unknown-name", `"${name}" is no result that was declared.`]];
        const fits = declared.kind === "choice" ? declared.values.includes(value) : isReadable(declared.kind, value);
        const wanted = declared.kind === "choice" ? declared.values.join(", ") : declared.kind;
        return fits ? [] : [["unknown-value", `"${value}" is no value of the result ${name}; it takes: ${wanted}.`]];
      });
    case "chooseDate":
      return [...mustBe(flow, step.from, "from", ["dates"]), ...resultOf(flow, step.into, "date")];
    case "digits":
      return [
        ...(step.into === null ? [] : resultOf(flow, step.into, "digits")),
        ...(step.matches === null ? [] : mustBe(flow, step.matches, "matches", ["digits", "number", "date"])),
      ];
    case "askCallback":
      return step.on === null ? [] : mustBe(flow, step.on, "on", ["date"]);
    case "branch":
      return step.on === ANSWERED_BY
        ? step.cases.flatMap((each) => comparedWith(each, ["person", "machine", "unknown"]))
        : branches(flow, step.on, step.cases);
    default:
      return [];
  }
};

const resultOf = (flow: Flow, name: string, kind: "date" | "digits"): readonly Found[] => {
  const declared = own(flow.results, name);
  if (declared === undefined) return [["unknown-name", `into: "${name}" is no result that was declared.`]];
  return declared.kind === kind
    ? []
    : [["wrong-kind", `into: the result ${name} is ${declared.kind}, and ${kind} is wanted.`]];
};

const branches = (flow: Flow, on: string, cases: readonly BranchCase[]): readonly Found[] => {
  const kind = kindOf(flow, on);
  if (kind === null) return [undeclared(flow, on)];
  const declared = own(flow.results, on);
  const isNumeric = kind === "number" || kind === "money" || kind === "digits";
  return cases.flatMap((each): readonly Found[] => [
    ...(declared?.kind === "choice" ? comparedWith(each, declared.values) : []),
    ...((each.atLeast !== null || each.below !== null) && !isNumeric
      ? [["wrong-kind", `atLeast and below compare numbers, and "${on}" is ${kind}.`] as const]
      : []),
  ]);
};

const comparedWith = ({ is }: BranchCase, values: readonly string[]): readonly Found[] =>
  (is ?? [])
    .filter((value) => !values.includes(value))
    .map((value): Found => ["unknown-value", `"${value}" never comes; there are: ${values.join(", ")}.`]);

const answers = (step: FlowStep): readonly Found[] => {
  switch (step.kind) {
    case "menu":
      return Object.keys(step.keys).length === 0 ? [["impossible-answer", "It asks for a key and knows none."]] : [];
    case "confirmPerson":
      return step.yes === step.no ? [["impossible-answer", `Key ${step.yes} is yes and no.`]] : [];
    case "chooseDate": {
      const kinds = step.offer.map(({ kind }) => kind);
      const isWhole = kinds.includes("offeredDate") && kinds.includes("offeredKey");
      return isWhole
        ? []
        : [["impossible-answer", "The offer must say the date and the key: offered: date, offered: key."]];
    }
    case "digits":
      return [
        ...(step.least > step.most ? [["impossible-answer", "least is more than most."] as const] : []),
        ...((step.into === null) === (step.matches === null)
          ? [
              [
                "impossible-answer",
                "The digits must go into a result or match an attribute: give into or matches.",
              ] as const,
            ]
          : []),
        ...(step.isSensitive && step.into !== null && !step.isKept
          ? [
              [
                "sensitive-result",
                `Sensitive digits are kept in no result; say keep: true if ${step.into} must have them.`,
              ] as const,
            ]
          : []),
      ];
    default:
      return [];
  }
};
