import { expect, test } from "@jest/globals";
import fc from "fast-check";
import { documentWithoutTraces, holdsTraces, withoutTraces } from "../../../src/store/admin/traces.ts";

const TRACES = { numbers: ["+447911123456"], words: ["Ann Lee", "CRM-7", ""] };

test.each([
  ["called +447911123456 twice", "called [erased] twice"],
  ["called 07911123456", "called [erased]"],
  ["called 00447911123456.", "called [erased]."],
  ["ANN LEE wrote", "[erased] wrote"],
  ["of Ann Leeds", "of Ann Leeds"],
  ["CRM-7, not CRM-77", "[erased], not CRM-77"],
  ["nobody", "nobody"],
])("%s", (text, left) => {
  expect(withoutTraces(text, TRACES)).toBe(left);
  expect(holdsTraces(text, TRACES)).toBe(text !== left);
});

test("a word too short to be somebody, or full of signs, breaks nothing", () => {
  expect(withoutTraces("a UK rule (.*)", { numbers: ["h:0", ""], words: ["a", "UK", "(.*)"] })).toBe(
    "a UK rule [erased]",
  );
});

test("every text of a document, and none of its keys", () => {
  const document = { "Ann Lee": ["Ann Lee", { deep: "07911123456", count: 7, none: null, is: true }] };
  expect(documentWithoutTraces(document, TRACES)).toEqual({
    "Ann Lee": ["[erased]", { deep: "[erased]", count: 7, none: null, is: true }],
  });
});

test("whatever stands around it, the number is gone", () => {
  fc.assert(
    fc.property(fc.string(), fc.string(), (before, after) => {
      expect(withoutTraces(`${before}+447911123456${after}`, TRACES)).not.toContain("7911123456");
    }),
  );
});
