/** Which parts of a filter a lead does not fit; and what is told of a filter reads as that filter. */
import { expect, test } from "@jest/globals";
import fc from "fast-check";
import { fits } from "../../../../src/lead/segment/evaluate.ts";
import type { Filter } from "../../../../src/lead/segment/filter.ts";
import { readFilter } from "../../../../src/lead/segment/parse.ts";
import { described, failedTerms } from "../../../../src/lead/segment/why-not.ts";
import { T0 } from "../../../contract/store/fixture.ts";
import { someFilter, someLead } from "../../../support/segment-samples.ts";

const read = (text: string): Filter => {
  const result = readFilter(text);
  if (!("filter" in result)) throw new Error(`${text} is no filter`);
  return result.filter;
};

test("a filter is told in words that read as itself, to any lead", () => {
  fc.assert(
    fc.property(someFilter, someLead, (written, { facts }) => {
      const filter = read(written);
      expect(fits(read(described(filter)), facts, T0)).toBe(fits(filter, facts, T0));
    }),
    { numRuns: 500 },
  );
});

test("a lead that fits fails nowhere, and any other somewhere; and what is told of it is not so", () => {
  fc.assert(
    fc.property(someFilter, someLead, (written, { facts }) => {
      const filter = read(written);
      const failed = failedTerms(filter, facts, T0);
      expect(failed.length === 0).toBe(fits(filter, facts, T0));
      for (const { term } of failed) expect(fits(read(term), facts, T0)).toBe(false);
    }),
    { numRuns: 500 },
  );
});
