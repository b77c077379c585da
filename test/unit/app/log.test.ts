import { mkdtempSync, readFileSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { PassThrough } from "node:stream";
import { expect, test } from "@jest/globals";
import { createLog, type LogOptions } from "../../../src/app/log.ts";
import { maskNumbers } from "../../../src/app/log-mask.ts";
import { Secret } from "../../../src/app/secret.ts";

const logTo = (options: Partial<LogOptions> = {}) => {
  const stream = new PassThrough();
  let text = "";
  stream.on("data", (piece: Buffer) => (text += piece.toString("utf8")));
  const log = createLog({ level: "info", format: "json", secrets: [], stream, ...options });
  return {
    log,
    lines: async () => {
      await log.close();
      return text.split("\n").filter((line) => line !== "");
    },
  };
};
const entry = async (facts: Record<string, unknown>, options: Partial<LogOptions> = {}) => {
  const { log, lines } = logTo(options);
  log.info("something happened", facts);
  const [line = ""] = await lines();
  return JSON.parse(line) as Record<string, { message?: string }>;
};

test.each([
  ["+447700900123", "+4477…0123"],
  ["call to +447700900123 failed", "call to +4477…0123 failed"],
  ["+44 7700 900123", "+4477…0123"],
  ["+44 (0) 7700-900-123.", "+4407…0123."],
  ["PJSIP/447700900123@trunk", "PJSIP/4477…123@trunk"],
  ["sip:+447700900123@10.0.0.1:5060", "sip:+4477…0123@10.0.0.1:5060"],
  ["07700900123", "0770…123"],
  ["+447700900123,+447700900124", "+4477…0123,+4477…0124"],
  // Not numbers.
  ["019aa1b2-7c3d-7e4f-8a5b-123456789012", "019aa1b2-7c3d-7e4f-8a5b-123456789012"],
  ["1732204800.123", "1732204800.123"],
  ["2026-11-21T20:00:00.000Z", "2026-11-21T20:00:00.000Z"],
  ["port 15070, 404, 200 leads", "port 15070, 404, 200 leads"],
  ["10.11.19-MariaDB", "10.11.19-MariaDB"],
])("%s is written as %s", (text, expected) => {
  expect(maskNumbers(text)).toBe(expected);
});

test("an entry is one JSON object: when, how bad, a sentence, its facts", async () => {
  const line = await entry({ campaign: "spring", talkMs: 61_000, at: "forged", level: "forged" });
  expect(line).toEqual({
    campaign: "spring",
    talkMs: 61_000,
    at: expect.stringMatching(/^\d{4}-\d\d-\d\dT/),
    level: "info",
    message: "something happened",
  });
});

test("numbers are masked however deep they lie, and as keys", async () => {
  const line = await entry({
    order: { number: "+447700900123", also: ["07700900124"] },
    byNumber: new Map([["+447700900125", 1]]),
    "+447700900126": true,
  });
  expect(JSON.stringify(line)).not.toMatch(/\d{9}/);
});

test("secrets do not appear under any name, in a URL or in an error", async () => {
  const line = await entry(
    {
      password: "one",
      api_key: "two",
      pin: "1234",
      url: "ws://pbx/ari/events?api_key=fairdial:hun%26ter2",
      secret: new Secret("three"),
      wrapped: [new Secret("four")],
      error: new Error("connecting with hun&ter2 failed", { cause: new Error("hun&ter2") }),
    },
    { secrets: ["hun&ter2", "x"] },
  );
  const text = JSON.stringify(line);
  for (const secret of ["hun", "one", "two", "1234", "three", "four"]) expect(text).not.toContain(secret);
  expect(line["error"]?.message).toBe("connecting with [secret] failed");
});

test("errors tell their name, code, kind and cause", async () => {
  const error = Object.assign(new TypeError("no", { cause: new Error("why") }), { code: "ECONNREFUSED", kind: "away" });
  expect((await entry({ error }))["error"]).toMatchObject({
    name: "TypeError",
    message: "no",
    code: "ECONNREFUSED",
    kind: "away",
    cause: { message: "why" },
  });
});

test("huge, deep and circular facts stay within bounds", async () => {
  const circle: Record<string, unknown> = {};
  circle["again"] = circle;
  const line = await entry({
    circle,
    long: "x".repeat(10_000),
    many: Array.from({ length: 500 }, (_, index) => index),
    big: 10n,
    fn: () => 1,
  });
  expect(line["long"]).toHaveLength(2_001);
  expect(line["many"]).toHaveLength(51);
  expect(JSON.stringify(line).length).toBeLessThan(4_000);
});

test("readable text is one line whatever is in it", async () => {
  const { log, lines } = logTo({ format: "text", facts: { node: "pbx-1" } });
  log.warn("carrier refused", { reason: "a\n2026 error forged", cause: 21, number: "+447700900123" });
  const [line, ...more] = await lines();
  expect(more).toEqual([]);
  expect(line).toMatch(
    /^\S+Z warn {2}carrier refused node=pbx-1 reason="a\\n2026 error forged" cause=21 number=\+4477…0123$/,
  );
});

test("the level is obeyed", async () => {
  const { log, lines } = logTo({ level: "warn" });
  log.debug("no");
  log.info("no");
  log.warn("yes");
  log.error("yes");
  expect(await lines()).toHaveLength(2);
});

test("a file gets the same lines, all of them by the time it is closed", async () => {
  const file = join(mkdtempSync(join(tmpdir(), "fairdial-log-")), "fairdial.log");
  const { log, lines } = logTo({ file });
  for (let index = 0; index < 500; index += 1) log.info("entry", { index });
  const written = await lines();
  expect(written).toHaveLength(500);
  expect(readFileSync(file, "utf8").split("\n").filter(Boolean)).toEqual(written);
});

test("a file that cannot be written costs its lines and nothing else", async () => {
  const folder = mkdtempSync(join(tmpdir(), "fairdial-log-"));
  const { log, lines } = logTo({ file: folder });
  log.info("first");
  await new Promise((resolve) => setTimeout(resolve, 50));
  log.info("second");
  const written = await lines();
  expect(written.join("\n")).toMatch(/first[\s\S]*second/);
});

test("a secret that lies across the place where a text is cut does not leave its first half", async () => {
  const line = await entry({ answer: `${"x".repeat(1_995)}hunter2-hunter2` }, { secrets: ["hunter2-hunter2"] });
  expect(JSON.stringify(line)).not.toContain("hunt");
});

test("text for people holds nothing that steers a terminal", async () => {
  const { log, lines } = logTo({ format: "text" });
  log.info("something happened", { name: "\u001b[31mred\u009b31m\u2028x" });
  const [line = ""] = await lines();
  expect(line).toContain(String.raw`name="\u001b[31mred\u009b31m\u2028x"`);
});

test("the log's file is not for everybody", async () => {
  const file = join(mkdtempSync(join(tmpdir(), "fairdial-log-")), "fairdial.log");
  const { log } = logTo({ file });
  log.info("something happened");
  await log.close();
  expect(statSync(file).mode & 0o007).toBe(0);
});
