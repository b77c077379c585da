/** PINs are kept as hashes only. */
import { expect, test } from "@jest/globals";
import { hashPin, isPin } from "../../../src/store/pin.ts";

test("the same PIN makes another hash each time, and both are right", async () => {
  const [one, two] = await Promise.all([hashPin("4711"), hashPin("4711")]);
  expect(one).not.toBe(two);
  expect(one).not.toContain("4711");
  expect(await isPin("4711", one)).toBe(true);
  expect(await isPin("4711", two)).toBe(true);
  expect(await isPin("4712", one)).toBe(false);
});

test("what is no hash of ours is nobody's PIN", async () => {
  expect(await isPin("4711", "")).toBe(false);
  expect(await isPin("4711", "4711")).toBe(false);
  expect(await isPin("4711", "bcrypt$10$a$b")).toBe(false);
});

test("a hash fits its column", async () => {
  expect((await hashPin("12345678")).length).toBeLessThanOrEqual(200);
});
