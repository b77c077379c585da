/** Each promise of a flow is broken once, on purpose, in the flow that the documents show. */
import { describe, expect, test } from "@jest/globals";
import { readFileSync } from "node:fs";
import { parse, stringify } from "yaml";
import { readFlowText } from "../../../src/app/flow/flow-file.ts";
import { checkFlow, USUAL_DEMANDS } from "../../../src/flow/check-flow.ts";
import { advance, beginFlow } from "../../../src/flow/advance.ts";
import type { Flow } from "../../../src/flow/flow.ts";
import { instant } from "../../../src/domain/instant.ts";
import { FACTS, SAMPLE_FILE, sampleFlow } from "../../support/flows.ts";

/* eslint-disable @typescript-eslint/no-explicit-any */
type Written = Record<string, any>;

const DEMANDING = { ...USUAL_DEMANDS, mustOfferOptOut: true };

/** The codes and steps of what is wrong after somebody's slip. */
const after = (slip: (flow: Written, steps: Written) => void, demands = DEMANDING): string[] => {
  const written = parse(readFileSync(SAMPLE_FILE, "utf8")) as Written;
  slip(written, written["steps"]);
  const result = readFlowText("x.yaml", stringify(written), demands);
  return result.ok ? [] : result.problems.map(({ code, step }) => `${code} ${step ?? "-"}`);
};

test("the flow of the documents is sound, also where the profile demands a key that objects", () => {
  expect(after(() => undefined)).toEqual([]);
});

const FAULTS: readonly [what: string, slip: (flow: Written, steps: Written) => void, wanted: string[]][] = [
  ["a way to nowhere", (_f, s) => (s["menu"].gather.keys["2"] = "anohter-day"), ["unknown-step menu"]],
  ["no such start", (f) => (f["start"] = "begin"), ["unknown-step -"]],
  ["a start by an inherited name", (f) => (f["start"] = "constructor"), ["unknown-step -"]],
  ["a forgotten step", (_f, s) => (s["lost"] = { hangUp: true }), ["unreachable-step lost"]],
  ["a message first of all", (f) => (f["start"] = "message"), ["silent-start message"]],
  [
    "a branch first that may lead to a message",
    (f, s) => {
      s["first"] = { branch: { on: "answeredBy", cases: [{ is: "machine", then: "message" }], otherwise: "hello" } };
      f["start"] = "first";
    },
    ["silent-start message"],
  ],
  [
    "hanging up before a word",
    (f, s) => ((s["first"] = { optOut: true, then: "end" }), (f["start"] = "first")),
    ["silent-start end"],
  ],
  [
    "two steps that never end",
    (_f, s) => ((s["pardon"].then = "again"), (s["again"] = { play: ["sound:x"], then: "pardon" })),
    ["never-ends wrong-number", "never-ends pardon", "never-ends again"],
  ],
  [
    "a loop without a word",
    (_f, s) => {
      s["confirmed"].then = "look";
      s["look"] = { branch: { on: "delivery", cases: [{ is: "confirmed", then: "confirmed" }], otherwise: "thanks" } };
    },
    ["endless-loop confirmed", "endless-loop look"],
  ],
  ["a question as the last word", (f) => (f["trouble"] = "who"), ["trouble-not-plain who"]],
  [
    "a last word that leads back",
    (_f, s) => (s["sorry"].then = "sorry"),
    ["trouble-not-plain sorry", "never-ends sorry"],
  ],
  ["a last word with a value", (_f, s) => s["sorry"].play.push({ date: "new_date" }), ["trouble-not-plain sorry"]],
  ["the key that objects, taken", (_f, s) => (s["menu"].gather.keys["9"] = "somebody"), ["key-taken menu"]],
  [
    "the key that objects, a date's",
    (f) => (f["optOut"].key = "2"),
    ["key-taken who", "key-taken menu", "key-taken another-day"],
  ],
  ["21 s for an agent", (_f, s) => (s["somebody"].handOver.wait = "21s"), ["unfair-wait somebody"]],
  ["nobody comes, and not a word", (_f, s) => (s["somebody"].handOver.nobody = "end"), ["nobody-told somebody"]],
  ["nobody comes, and a note only", (_f, s) => (s["somebody"].handOver.nobody = "noted"), ["nobody-told somebody"]],
  [
    "what is private, said to anybody",
    (_f, s) => (s["who"].confirmPerson.otherwise = "menu"),
    ["not-confirmed menu", "not-confirmed another-day", "unreachable-step is-it-a-machine", "unreachable-step message"],
  ],
  [
    "what is private, first of all",
    (_f, s) => s["hello"].play.push({ date: "delivery_date" }),
    ["not-confirmed hello"],
  ],
  [
    "an attribute that nobody declared",
    (_f, s) => (s["menu"].gather.prompt[1] = { date: "delivery" }),
    ["wrong-kind menu"],
  ],
  ["a name that is nothing", (_f, s) => (s["menu"].gather.prompt[1] = { date: "dleivery" }), ["unknown-name menu"]],
  ["a date as a number", (_f, s) => (s["menu"].gather.prompt[1] = { number: "delivery_date" }), ["wrong-kind menu"]],
  [
    "a currency without words",
    (f, s) => ((f["attributes"].sum = "money"), s["thanks"].play.push({ money: "sum", currency: "CHF" })),
    ["wrong-kind thanks"],
  ],
  ["an offer outside an offer", (_f, s) => s["thanks"].play.push({ offered: "date" }), ["wrong-kind thanks"]],
  ["an offer without its key", (_f, s) => s["another-day"].chooseDate.offer.pop(), ["impossible-answer another-day"]],
  ["a value that is none", (_f, s) => (s["confirmed"].setResult.delivery = "yes"), ["unknown-value confirmed"]],
  ["a result that is none", (_f, s) => (s["confirmed"].setResult.outcome = "x"), ["unknown-name confirmed"]],
  ["a result that nobody sets", (f) => (f["results"].colour = ["red"]), ["result-unused -"]],
  ["a name for two things", (f) => (f["attributes"].new_date = "date"), ["wrong-kind -"]],
  [
    "a branch on what never comes",
    (_f, s) => (s["is-it-a-machine"].branch.cases[0].is = "robot"),
    ["unknown-value is-it-a-machine"],
  ],
  [
    "a text compared with a number",
    (f, s) => (
      (f["attributes"].tier = "text"),
      (s["is-it-a-machine"].branch = { on: "tier", cases: [{ below: 3, then: "message" }], otherwise: "not-reached" })
    ),
    ["wrong-kind is-it-a-machine"],
  ],
  ["one key for yes and no", (_f, s) => (s["who"].confirmPerson.no = "1"), ["impossible-answer who"]],
  [
    "a menu without keys",
    (_f, s) => (s["menu"].gather.keys = {}),
    ["impossible-answer menu", "unreachable-step another-day"],
  ],
];

test.each(FAULTS)("%s is found", (_what, slip, wanted) => {
  expect(after(slip)).toEqual(expect.arrayContaining(wanted));
});

describe("digits", () => {
  const asking = (digits: object, more: object = {}) =>
    after((flow, steps) => {
      steps["hello"].then = "number";
      steps["number"] = {
        gather: { prompt: ["sound:x"], digits: { most: 4, ...digits }, otherwise: "who" },
        then: "who",
      };
      flow["attributes"].pin = "digits";
      flow["results"].reference = "digits";
      steps["wrong-number"].setResult.reference = "1";
      flow["optOut"].key = "*";
      Object.assign(flow, more);
    });

  test("that are kept or compared are sound", () => {
    expect(asking({ into: "reference" })).toEqual([]);
    expect(asking({ matches: "pin" })).toEqual([]);
    expect(asking({ into: "reference", sensitive: true, keep: true })).toEqual([]);
  });

  test.each([
    [{ into: "reference", sensitive: true }, "sensitive-result number"],
    [{}, "impossible-answer number"],
    [{ into: "reference", matches: "pin" }, "impossible-answer number"],
    [{ into: "reference", least: 5 }, "impossible-answer number"],
    [{ into: "new_date" }, "wrong-kind number"],
    [{ into: "nothing" }, "unknown-name number"],
    [{ matches: "delivery_options" }, "wrong-kind number"],
    [{ into: "reference", end: "*" }, "key-taken number"],
  ])("%j are refused", (digits, wanted) => {
    expect(asking(digits)).toContain(wanted);
  });

  test("would be taken for the key that objects", () => {
    expect(asking({ into: "reference" }, { optOut: { key: "9", go: "objected" } })).toEqual(["key-taken number"]);
  });

  test("that were right prove who it is", () => {
    const slip = (_flow: Written, steps: Written) => {
      steps["who"] = {
        gather: { prompt: ["sound:x"], digits: { most: 4, matches: "pin" }, otherwise: "wrong-number" },
        then: "menu",
      };
    };
    const sound = after((flow, steps) => {
      slip(flow, steps);
      flow["attributes"].pin = "digits";
      flow["optOut"].key = "*";
      steps["wrong-number"].then = "is-it-a-machine";
      steps["not-reached"].then = "pardon";
      delete steps["call-us"];
    });
    expect(sound).toEqual([]);
  });
});

describe("a key that objects", () => {
  test("is demanded of every question, by the profile alone", () => {
    const without = (flow: Written, steps: Written) => {
      delete flow["optOut"];
      delete steps["objected"];
    };
    expect(after(without)).toEqual(["opt-out-missing who", "opt-out-missing menu", "opt-out-missing another-day"]);
    expect(after(without, USUAL_DEMANDS)).toEqual([]);
  });

  test("is demanded of a flow without a question too", () => {
    const flow: Flow = { ...sampleFlow(), attributes: {}, results: {}, optOut: null, start: "sorry" };
    const { sorry, end } = flow.steps;
    const short = { ...flow, steps: { sorry: sorry!, end: end! } };
    expect(checkFlow(short, DEMANDING).map(({ code }) => code)).toEqual(["opt-out-missing"]);
  });

  test("may be a menu's own", () => {
    const own = after((flow, steps) => {
      delete flow["optOut"];
      steps["who"].confirmPerson.otherwise = "objecting";
      for (const each of ["menu", "another-day"])
        (steps[each].gather ?? steps[each].chooseDate).otherwise = "objecting";
      steps["objecting"] = { optOut: true, then: "objected" };
      steps["somebody"].handOver.nobody = "is-it-a-machine";
    });
    expect(own.filter((each) => each.startsWith("opt-out"))).toEqual([]);
  });
});

test("a flow that was never checked does no harm either", () => {
  const flow: Flow = { ...sampleFlow(), start: "nowhere", trouble: "nowhere" };
  const answered = advance(flow, beginFlow(instant(1)), { type: "answered", at: instant(0) }, FACTS);
  expect(answered.effects).toEqual([{ type: "inform" }]);
});
