/** What only the journals of several nodes show together: planted, and found. */
import { describe, expect, test } from "@jest/globals";
import { AcrossNodes } from "../../../src/judge/across-nodes.ts";
import type { Breach } from "../../../src/judge/breach.ts";
import type { Entry } from "../../../src/judge/entries.ts";
import { at, attemptId as id } from "./night.ts";

const decided = (nth: number, leadId: number, seconds: number): Entry =>
  ({ kind: "attempt-decided", at: at(seconds), attemptId: id(nth), leadId }) as unknown as Entry;
const rang = (nth: number, seconds: number): Entry =>
  ({ kind: "call", at: at(seconds), attemptId: id(nth) }) as unknown as Entry;
const ended = (nth: number, seconds: number): Entry =>
  ({ kind: "attempt-ended", at: at(seconds), attemptId: id(nth) }) as unknown as Entry;
const withdrawn = (nth: number, seconds: number): Entry =>
  ({ kind: "attempt-withdrawn", at: at(seconds), attemptId: id(nth) }) as unknown as Entry;
const alive = (seconds: number): Entry => ({ kind: "connection", at: at(seconds), state: "up" }) as unknown as Entry;

const judged = (one: readonly Entry[], two: readonly Entry[]) => {
  const breaches: Breach[] = [];
  const across = new AcrossNodes((breach) => breaches.push(breach));
  for (const entry of one) across.see("one", entry);
  for (const entry of two) across.see("two", entry);
  return { finding: across.finish(), breaches };
};

describe("a lead on two nodes", () => {
  test.each<[string, Entry[], Entry[]]>([
    ["while the first talks", [decided(1, 7, 0), rang(1, 1), ended(1, 60)], [decided(2, 7, 30), rang(2, 31)]],
    ["whichever was first", [decided(1, 7, 30), rang(1, 31)], [decided(2, 7, 0), rang(2, 1), ended(2, 60)]],
    ["where the first does not end", [decided(1, 7, 0), rang(1, 1), alive(90)], [decided(2, 7, 30), rang(2, 31)]],
  ])("is found: %s", (_what, one, two) => {
    const { finding, breaches } = judged(one, two);
    expect(finding).toMatchObject({ invariant: "lead-on-one-node", breaches: 1, looked: 1 });
    expect(breaches).toMatchObject([{ invariant: "lead-on-one-node", facts: { leadId: 7 } }]);
  });

  test.each<[string, Entry[], Entry[]]>([
    ["one after the other", [decided(1, 7, 0), rang(1, 1), ended(1, 20)], [decided(2, 7, 30), rang(2, 31)]],
    ["clocks that differ by a second", [decided(1, 7, 0), rang(1, 1), ended(1, 31)], [decided(2, 7, 30), rang(2, 31)]],
    ["one that was taken back", [decided(1, 7, 0), rang(1, 1), ended(1, 60)], [decided(2, 7, 30), withdrawn(2, 30)]],
    ["a node that had died by then", [decided(1, 7, 0), rang(1, 1)], [decided(2, 7, 30), rang(2, 31)]],
    ["two leads", [decided(1, 7, 0), rang(1, 1), ended(1, 60)], [decided(2, 8, 30), rang(2, 31)]],
  ])("is not found in %s", (_what, one, two) => {
    expect(judged(one, two).finding.breaches).toBe(0);
  });
});
