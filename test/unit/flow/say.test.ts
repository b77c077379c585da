/** Values become recordings, or nothing at all. */
import { expect, test } from "@jest/globals";
import { ENGLISH_GB } from "../../../src/flow/english.ts";
import type { SayTable, SpeechItem } from "../../../src/flow/flow.ts";
import { mediaOf, recordingsOf, recordingsOfTable } from "../../../src/flow/say.ts";
import { sampleFlow } from "../../support/flows.ts";

const say = (item: Record<string, string>, value: string | null, table: SayTable = ENGLISH_GB): string | null => {
  const said = mediaOf([{ ...item, of: "x" } as unknown as SpeechItem], { table, valueOf: () => value, offered: null });
  return said.ok ? said.media.map((media) => media.replace("sound:digits/", "").replace("sound:", "")).join(" ") : null;
};

test.each([
  ["2026-11-24", "day-2 20 h-4 mon-10"],
  ["2026-11-01", "day-0 h-1 mon-10"],
  ["2027-01-31", "day-0 30 h-1 mon-0"],
  ["2026-12-20", "day-0 h-20 mon-11"],
  ["2024-02-29", "day-4 20 h-9 mon-1"],
  ["2026-02-29", null],
  ["2026-13-01", null],
  ["24/11/2026", null],
  ["", null],
])("the date %s", (value, media) => {
  expect(say({ kind: "date" }, value)).toBe(media);
});

test.each([
  ["00:00", "number:12 oclock a-m"],
  ["12:00", "number:12 oclock p-m"],
  ["9:05", "number:9 oh number:5 a-m"],
  ["14:30", "number:2 number:30 p-m"],
  ["23:59", "number:11 number:59 p-m"],
  ["24:00", null],
  ["14:60", null],
  ["2pm", null],
])("the time %s", (value, media) => {
  expect(say({ kind: "time" }, value)).toBe(media);
});

test.each([
  ["12.50", "number:12 fairdial/pounds vm-and number:50 fairdial/pence"],
  ["1", "number:1 pound"],
  ["1.01", "number:1 pound vm-and number:1 fairdial/penny"],
  ["0.5", "number:50 fairdial/pence"],
  ["0", "number:0 fairdial/pounds"],
  ["12,50", null],
  ["-3", null],
  ["1.234", null],
])("the sum %s", (value, media) => {
  expect(say({ kind: "money", currency: "GBP" }, value)).toBe(media);
});

test("a currency without words is not guessed at", () => {
  expect(say({ kind: "money", currency: "CHF" }, "1")).toBeNull();
  expect(say({ kind: "money", currency: "constructor" }, "1")).toBeNull();
});

test.each([
  ["number", "-12", "number:-12"],
  ["number", "007", "number:7"],
  ["number", "1234567890", null],
  ["number", "1.5", null],
  ["digits", "12-34 *#", "digits:1234*#"],
  ["digits", "12,34", null],
  ["characters", "AB 12-c", "characters:AB12c"],
  ["characters", "a,b", null],
  ["characters", "a/../b", null],
])("%s %s", (kind, value, media) => {
  expect(say({ kind }, value)).toBe(media);
});

test("a value that is not there is not said", () => {
  expect(say({ kind: "number" }, null)).toBeNull();
});

test("every recording of British English is of Asterisk's core sounds or our own", () => {
  const all = recordingsOfTable(ENGLISH_GB);
  expect(all).toContain("sound:digits/h-30");
  expect(
    all.filter(
      (media) => !/^sound:(digits\/([a-z]+|[hm]o?n?-\d+|day-\d|\d+|a-m|p-m)|vm-and|fairdial\/[a-z]+)$/.test(media),
    ),
  ).toEqual([]);
  expect(all.some((media) => media.includes("{"))).toBe(false);
});

test("the recordings of a flow are all of them, each once", () => {
  const recordings = recordingsOf(sampleFlow());
  expect(recordings).toHaveLength(19);
  for (const name of ["not-understood", "looking-for-somebody", "press", "message", "sorry"]) {
    expect(recordings).toContain(`sound:acme/${name}`);
  }
});
