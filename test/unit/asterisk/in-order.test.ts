import { expect, test } from "@jest/globals";
import { InOrder } from "../../../src/asterisk/in-order.ts";

test("commands of one key run one after the other, also after a failure; keys do not wait for each other", async () => {
  const inOrder = new InOrder<string>();
  const ran: string[] = [];
  let release = (): void => undefined;
  const first = inOrder.run("a", async () => {
    await new Promise<void>((resolve) => (release = resolve));
    ran.push("a1");
    throw new Error("no luck");
  });
  const second = inOrder.run("a", async () => ran.push("a2"));
  await inOrder.run("b", async () => ran.push("b1"));
  expect(ran).toEqual(["b1"]);
  release();
  await expect(first).rejects.toThrow("no luck");
  await second;
  expect(ran).toEqual(["b1", "a1", "a2"]);
});
