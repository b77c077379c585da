/** Values on their way into columns. */
import { expect, test } from "@jest/globals";
import fc from "fast-check";
import { clipped, jsonOf, parsed } from "../../../src/store/rows.ts";

test("JSON comes back as it went, whatever is in it", () => {
  fc.assert(
    fc.property(fc.dictionary(fc.string({ unit: "binary" }), fc.string({ unit: "binary" })), (value) => {
      expect(parsed(jsonOf(value))).toEqual(value);
    }),
  );
});

test("half a character becomes the sign for one, in text and in JSON", () => {
  expect(jsonOf({ note: "a\uD83Db" })).toBe('{"note":"a\uFFFDb"}');
  expect(clipped("a\uD83Db", 10)).toBe("a\uFFFDb");
  expect(clipped("🎺", 10)).toBe("🎺");
});

test("texts are cut at characters, as the server counts them", () => {
  expect(clipped("🎺🎺🎺", 2)).toBe("🎺🎺");
  expect(clipped("abc", 3)).toBe("abc");
  expect(clipped("abcd", 3)).toBe("abc");
  fc.assert(
    fc.property(fc.string({ unit: "binary" }), fc.nat(20), (text, max) => {
      expect(Array.from(clipped(text, max)).length).toBeLessThanOrEqual(max);
    }),
  );
});
