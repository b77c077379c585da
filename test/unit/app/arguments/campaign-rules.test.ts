import { expect, test } from "@jest/globals";
import {
  checkDispositions,
  formatDisposition,
  formatRedialRules,
  readDisposition,
  readRedialRule,
  withRedialRules,
} from "../../../../src/app/arguments/campaign-rules.ts";
import { DEFAULT_DISPOSITIONS, DEFAULT_REDIAL } from "../../../../src/app/commands/campaign/options.ts";

test.each([
  ["1:sale:success", { key: "1", code: "sale", kind: "success" }],
  ["12:no-thanks:refusal", { key: "12", code: "no-thanks", kind: "refusal" }],
  ["-:crm-only:other", { key: null, code: "crm-only", kind: "other" }],
])("the disposition %s", (text, expected) => {
  expect(readDisposition(text)).toEqual(expected);
  expect(formatDisposition(expected as Parameters<typeof formatDisposition>[0])).toBe(text);
});

test.each([
  ["sale", "KEY:CODE:KIND"],
  ["1:sale", "KEY:CODE:KIND"],
  ["1:sale:success:x", "KEY:CODE:KIND"],
  ["*:sale:success", "one or two digits"],
  ["123:sale:success", "one or two digits"],
  ["1:sale!:success", "letters, digits"],
  ["1::success", "letters, digits"],
  ["1:sale:sucess", 'Did you mean "success"?'],
  ["1:sale:won", "Known are success, refusal"],
])("the disposition %s is refused: %s", (text, problem) => {
  expect(readDisposition(text)).toMatchObject({ problem: expect.stringContaining(problem) });
});

test.each([
  [["1:a:success", "2:b:other"], null],
  [["1:a:success", "-:b:other", "-:c:other"], null],
  [["1:a:success", "1:b:other"], "The key 1 means both a and b."],
  [["1:a:success", "2:A:other"], 'Two dispositions have the code "a".'],
  [["1:a:success", "12:b:other"], "begin alike"],
])("the set %j: %s", (texts, problem) => {
  const read = texts.map((text) => {
    const disposition = readDisposition(text);
    if ("problem" in disposition) throw new Error(disposition.problem);
    return disposition;
  });
  const found = checkDispositions(read);
  if (problem === null) expect(found).toBeNull();
  else expect(found?.problem).toContain(problem);
});

test("the defaults are a set that a telephone can tell apart", () => {
  expect(checkDispositions(DEFAULT_DISPOSITIONS)).toBeNull();
});

test.each([
  ["busy:10m:5", { class: "busy", rule: { delayMs: 600_000, triesMax: 5 } }],
  ["not-home:4h:3", { class: "not-home", rule: { delayMs: 14_400_000, triesMax: 3 } }],
  ["machine:never", { class: "machine", rule: null }],
])("the rule %s", (text, expected) => {
  expect(readRedialRule(text)).toEqual(expected);
});

test.each([
  ["bussy:10m:5", 'Did you mean "busy"?'],
  ["operator:10m:5", "is not a class that is redialled"],
  ["busy:10m", "CLASS:DELAY:TRIES"],
  ["busy:soon:5", "CLASS:DELAY:TRIES"],
  ["busy:10m:0", "CLASS:DELAY:TRIES"],
  ["busy:10m:500", "CLASS:DELAY:TRIES"],
  ["busy:0s:5", "CLASS:DELAY:TRIES"],
])("the rule %s is refused: %s", (text, problem) => {
  expect(readRedialRule(text)).toMatchObject({ problem: expect.stringContaining(problem) });
});

test("changes go on top of what holds", () => {
  const rules = withRedialRules(DEFAULT_REDIAL.byClass, ["busy:5m:2", "machine:never"]);
  expect(rules).toEqual({
    ...Object.fromEntries(Object.entries(DEFAULT_REDIAL.byClass).filter(([name]) => name !== "machine")),
    busy: { delayMs: 300_000, triesMax: 2 },
  });
});

test("rules are shown as they are written", () => {
  const text = formatRedialRules(DEFAULT_REDIAL.byClass);
  expect(text).toContain("busy:2m-10m:5");
  expect(withRedialRules({}, text.split(" "))).toEqual(DEFAULT_REDIAL.byClass);
});
