/** From how many calls on a rate tells anything: as many as the daemon has read, and not those it may not count yet. */
import { expect, test } from "@jest/globals";
import type { JournalEntry } from "../../../src/judge/entries.ts";
import { account, at, broken, campaignEntry, nightWith } from "./night.ts";

/** A night that begins with 99 calls, three of them abandoned. The hundredth, a connect, has ended before 50 s. */
const nearly = (readAt50: JournalEntry): readonly JournalEntry[] =>
  nightWith((each) => {
    if (each.kind === "campaign") return campaignEntry(0, { gate: "bank" });
    if (each.kind !== "account") return each;
    if (each.at === at(1)) return account(1, { connected: 96, abandonedWithMessage: 3 });
    return each.at === at(50) ? readAt50 : account(85, { connected: 97, abandonedWithMessage: 4 }, "reserved");
  });

test("a hundredth call whose row is not read yet makes the rate tell nothing", () => {
  expect(broken(nearly(account(50, { connected: 96, abandonedWithMessage: 3 })))).toEqual([]);
});

test("once it is read, the stop level holds", () => {
  const read = { connected: 97, abandonedWithMessage: 3 };
  expect(broken(nearly(account(50, read)))).toEqual(["overdial-within-credit"]);
  expect(broken(nearly(account(50, read, "reserved")))).toEqual([]);
});
