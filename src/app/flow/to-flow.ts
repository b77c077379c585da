/** From a file that fits its schema to the flow that is carried out; what the schema cannot say is found here. */
import { SAY_TABLES } from "../../flow/english.ts";
import type { Asking, Flow, FlowStep, SayTable, SpeechItem } from "../../flow/flow.ts";
import { didYouMean } from "../nearest.ts";
import type { FlowWritten, ItemWritten, StepWritten } from "./flow-schema.ts";

/** A sentence, and where in the file. */
export interface Slip {
  readonly path: readonly string[];
  readonly says: string;
}

const KINDS = [
  ...["play", "gather", "confirmPerson", "chooseDate", "branch", "setResult"],
  ...["optOut", "askCallback", "leaveMessage", "handOver", "hangUp"],
] as const;

export const toFlow = (written: FlowWritten): { readonly flow: Flow } | { readonly slips: readonly Slip[] } => {
  const slips: Slip[] = [];
  const steps = new Map<string, FlowStep>();
  for (const [name, step] of Object.entries(written.steps)) {
    const read = toStep(step);
    if (typeof read === "string") slips.push({ path: ["steps", name], says: `steps.${name} ${read}` });
    else steps.set(name, read);
  }
  const table = tableOf(written);
  if (typeof table === "string") slips.push({ path: ["language"], says: table });
  if (slips.length > 0 || typeof table === "string") return { slips };
  const flow: Flow = {
    title: written.flow,
    sayTable: table,
    lengthMaxMs: written.lengthMax,
    visitsMax: written.visitsMax,
    playMaxMs: written.playMax,
    attributes: mapped(written.attributes, (each) =>
      typeof each === "string" ? { kind: each, isPrivate: false } : { kind: each.kind, isPrivate: each.private },
    ),
    results: mapped(written.results, (each) =>
      typeof each === "string" ? { kind: each } : { kind: "choice" as const, values: each },
    ),
    optOut: written.optOut ?? null,
    start: written.start,
    trouble: written.trouble,
    steps: Object.fromEntries(steps),
  };
  return { flow };
};

const mapped = <From, To>(record: Readonly<Record<string, From>>, to: (value: From) => To): Record<string, To> =>
  Object.fromEntries(Object.entries(record).map(([name, value]) => [name, to(value)]));

const tableOf = ({ language, sayTable }: FlowWritten): SayTable | string => {
  if (sayTable !== undefined) {
    const { twelveHours, ...rest } = sayTable;
    return { ...rest, isTwelveHours: twelveHours };
  }
  const known = Object.keys(SAY_TABLES);
  const table = Object.hasOwn(SAY_TABLES, language) ? SAY_TABLES[language] : undefined;
  return (
    table ??
    `language "${language}" has no words for dates and times here.${didYouMean(language, known)} Known: ${known.join(", ")}; another comes with a sayTable.`
  );
};

const items = (speech: readonly ItemWritten[]): readonly SpeechItem[] => speech.map(toItem);

const toItem = (written: ItemWritten): SpeechItem => {
  if (typeof written === "string") return { kind: "media", media: written, says: null };
  if ("media" in written) return { kind: "media", media: written.media, says: written.says ?? null };
  if ("money" in written) return { kind: "money", of: written.money, currency: written.currency };
  if ("number" in written) return { kind: "number", of: written.number };
  if ("digits" in written) return { kind: "digits", of: written.digits };
  if ("characters" in written) return { kind: "characters", of: written.characters };
  if ("date" in written) return { kind: "date", of: written.date };
  if ("time" in written) return { kind: "time", of: written.time };
  return { kind: written.offered === "date" ? "offeredDate" : "offeredKey" };
};

type AskingWritten = Pick<
  NonNullable<StepWritten["gather"]>,
  "prompt" | "again" | "wait" | "tries" | "bargeIn" | "otherwise"
>;

const askingOf = ({ prompt, again, wait, tries, bargeIn, otherwise }: AskingWritten): Asking => ({
  ...{ prompt: items(prompt), again: items(again ?? []), waitMs: wait, tries, bargeIn, otherwise },
});

/** A sentence without its beginning, when it is no step. */
const toStep = (written: StepWritten): FlowStep | string => {
  const kinds = KINDS.filter((kind) => written[kind] !== undefined);
  if (kinds.length === 0) return `does nothing: it must have one of ${KINDS.join(", ")}.`;
  if (kinds.length > 1) return `must do one thing, and has ${kinds.join(" and ")}: make steps of them.`;
  const [kind = "hangUp"] = kinds;
  const isMenu = written.gather?.keys !== undefined;
  const hasThen = !["confirmPerson", "branch", "handOver", "hangUp"].includes(kind) && !isMenu;
  if (hasThen && written.then === undefined) return "does not say where it goes on: then is missing.";
  if (!hasThen && written.then !== undefined)
    return `has a then, which a ${isMenu ? "gather with keys" : kind} step does not use.`;
  return ofKind(written, written.then ?? "");
};

const ofKind = (written: StepWritten, then: string): FlowStep | string => {
  const { play, gather, confirmPerson, chooseDate, branch, setResult, optOut } = written;
  const { askCallback, leaveMessage, handOver } = written;
  if (play !== undefined) return { kind: "play", speech: items(play), then };
  if (gather !== undefined) return toGather(gather, then);
  if (confirmPerson !== undefined) {
    const { yes, no, person, somebodyElse } = confirmPerson;
    return { kind: "confirmPerson", asking: askingOf(confirmPerson), yes, no, person, somebodyElse };
  }
  if (chooseDate !== undefined) {
    const { from, offer, most, into, declined, none } = chooseDate;
    return {
      ...{ kind: "chooseDate", asking: askingOf(chooseDate), from, offer: items(offer) },
      ...{ offeredMax: most, into, declined: declined ?? null, none, then },
    };
  }
  if (branch !== undefined) {
    const cases = branch.cases.map(({ is, atLeast, below, missing, then: go }) => ({
      is: is === undefined ? null : typeof is === "string" ? [is] : is,
      ...{ atLeast: atLeast ?? null, below: below ?? null, isMissing: missing ?? null, then: go },
    }));
    return { kind: "branch", on: branch.on, cases, otherwise: branch.otherwise };
  }
  if (setResult !== undefined) return { kind: "setResult", results: setResult, then };
  if (optOut !== undefined) return { kind: "optOut", then };
  if (askCallback !== undefined) {
    if (askCallback.after !== undefined && askCallback.on !== undefined) return "has after and on: keep one of them.";
    return { kind: "askCallback", afterMs: askCallback.after ?? null, on: askCallback.on ?? null, then };
  }
  if (leaveMessage !== undefined) {
    return { kind: "leaveMessage", speech: items(leaveMessage.say), beepWaitMs: leaveMessage.beepWait, then };
  }
  if (handOver !== undefined) {
    const { say, meanwhile, wait, nobody } = handOver;
    return { kind: "handOver", speech: items(say), meanwhile, waitMs: wait, nobody };
  }
  return { kind: "hangUp" };
};

const toGather = (gather: NonNullable<StepWritten["gather"]>, then: string): FlowStep | string => {
  const { keys, digits } = gather;
  if ((keys === undefined) === (digits === undefined)) return "must gather either keys or digits.";
  if (digits === undefined) return { kind: "menu", asking: askingOf(gather), keys: keys ?? {} };
  const { least, most, end, between, into, matches, sensitive, keep } = digits;
  return {
    ...{
      kind: "digits",
      asking: askingOf(gather),
      least,
      most,
      endKey: end === "none" ? null : end,
      betweenMs: between,
    },
    ...{ into: into ?? null, matches: matches ?? null, isKept: keep, then },
    // What is compared was never meant to be kept.
    isSensitive: sensitive || matches !== undefined,
  };
};
