// The bench at load and the soak, in small: the real daemon as a process of its own, Asterisk, SIPp and MariaDB.

import { afterAll, beforeAll, expect, test } from "@jest/globals";
import { measureCalls } from "../../scripts/bench/calls/run.ts";
import { soak } from "../../scripts/bench/soak/run.ts";
import { startLab, type Lab } from "../../scripts/lab/lab.ts";
import { runInProcess } from "../support/in-process.ts";

let lab: Lab;

beforeAll(async () => {
  lab = await startLab();
}, 60_000);

afterAll(async () => {
  await lab.stop();
}, 60_000);

test("five calls a second for five seconds: by the network's own notes none is lost, none is made twice, nobody meets silence", async () => {
  const { figures, comparison } = await measureCalls(lab, "load", {
    ...{ cps: 5, seconds: 5, answerShare: 0.4 },
    runCommand: runInProcess,
  });
  expect(comparison.faults).toEqual([]);
  expect(figures).toMatchObject({ placed: 25, recorded: 25, lost: 0, duplicated: 0 });
  expect(figures.cps).toBeLessThan(6);
  expect(comparison.answered).toBe(10);
  expect(comparison.connected + comparison.informed).toBeGreaterThan(0);
  // Each is measured, whatever this machine makes of it.
  for (const [name, figure] of Object.entries(figures)) {
    const mayBeNone = ["lost", "duplicated", "messageStartMsP99", "eventLoopDelayMsP99"].includes(name);
    expect([name, figure >= 0 && (figure > 0 || mayBeNone)]).toEqual([name, true]);
  }
  expect(figures.dbRoundTripsPerCall).toBeGreaterThanOrEqual(figures.dbStatementsPerCall);
}, 180_000);

test("a soak of twelve seconds looks a dozen times, and leaves nobody on the line", async () => {
  const { series, slopes, isDrained } = await soak(lab, "soak", {
    ...{ minutes: 0.2, cps: 5, answerShare: 0.4 },
    runCommand: runInProcess,
  });
  expect(series.length).toBeGreaterThanOrEqual(3);
  expect(isDrained).toBe(true);
  expect(Object.keys(slopes)).toContain("asteriskRssMb");
  const last = series.at(-1);
  expect(last?.attempts).toBeGreaterThan(0);
  for (const [name, figure] of Object.entries(last ?? {})) expect([name, figure > 0]).toEqual([name, true]);
}, 180_000);
