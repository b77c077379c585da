// Every final SIP response through real Asterisk: the row must hold what the network said, and the outcome that follows.

import { afterAll, beforeAll, expect, test } from "@jest/globals";
import { startLab, type Lab } from "../../scripts/lab/lab.ts";
import { startSipp } from "../../scripts/lab/sipp.ts";
import { finalCodes, sippNumber, type Before } from "../../scripts/lab/sipp-scenario.ts";
import { outcomeOfNetworkEnd } from "../../src/call/network-end.ts";
import { LabCampaign, type AttemptRow } from "../support/lab-campaign.ts";

const PHONES = [1001, 1002, 1003, 1004, 1005, 1006, 1007, 1008];
const BEGINNINGS = ["nothing", "progress", "ringing"] as const satisfies readonly Before[];
const RINGING: Readonly<Record<(typeof BEGINNINGS)[number], string>> = {
  nothing: "none",
  progress: "early",
  ringing: "ringing",
};

let lab: Lab;
let campaign: LabCampaign;
let sipp: Awaited<ReturnType<typeof startSipp>>;

beforeAll(async () => {
  lab = await startLab();
  sipp = await startSipp(lab.ground);
  campaign = await LabCampaign.open(lab, "outcomes", {
    cpsMax: 50,
    linesMax: 60,
    profile: { name: "LAB", ringMinMs: 1_000 },
  });
}, 60_000);

afterAll(async () => {
  await campaign.close();
  await sipp.stop();
  await lab.stop();
}, 60_000);

test("each code gives its outcome, at once, after a 183 and after a 180", async () => {
  const calls = BEGINNINGS.flatMap((before) =>
    finalCodes.map((code) => ({ before, code, number: sippNumber(before, code) })),
  );
  const odd = [
    { number: sippNumber("ringing", 1), outcome: "no-answer", endReason: "ringTimeout" },
    { number: sippNumber("progress", 1), outcome: "no-answer", endReason: "ringTimeout" },
    { number: sippNumber("nothing", 1), outcome: "no-ringback", endReason: "ringTimeout" },
    // No reply of any kind: the SIP stack gives up after our own patience has ended, or says 408 before.
    { number: sippNumber("nothing", 0), outcome: null, endReason: null },
    { number: sippNumber("ringing", { answerS: 1 }), outcome: "connected", endReason: null },
  ];
  await campaign.add({
    name: "codes",
    trunk: "sipp",
    numbers: [...calls, ...odd].map((each) => each.number),
    phones: PHONES,
  });
  await campaign.fairdial.startDaemon();
  for (const phone of PHONES) await lab.network.phones.login(phone);
  await campaign.fairdial.must("campaign", "start", "codes");
  await campaign.finished(calls.length + odd.length, 240_000);

  const rows = new Map((await campaign.attempts()).map((row) => [row.number, row]));
  const seen = calls.map(({ number, before, code }) => ({ before, code, ...heard(rows.get(number)) }));
  expect(seen).toEqual(
    calls.map(({ before, code }) => ({
      before,
      code,
      sip: code,
      ringing: RINGING[before],
      endedBy: "farEnd",
      outcome: outcomeOfNetworkEnd(code, null, before !== "nothing"),
    })),
  );
  for (const { number, outcome, endReason } of odd) {
    const row = rows.get(number);
    if (outcome === null) expect(["no-ringback", "no-response"]).toContain(row?.outcome);
    else expect({ outcome: row?.outcome, endReason: row?.end_reason }).toEqual({ outcome, endReason });
  }
  // One attempt a lead, each with its Call-ID, and the same number of calls on the other side.
  expect(rows.size).toBe(calls.length + odd.length);
  expect([...rows.values()].filter((row) => row.sip_call_id === null)).toEqual([]);
}, 300_000);

test("who watches the daemon sees the same outcomes, and that it would dial", async () => {
  expect((await campaign.fairdial.page("/health")).code).toBe(200);
  expect(await campaign.fairdial.page("/ready")).toMatchObject({ code: 200 });
  const { text } = await campaign.fairdial.page("/metrics");
  const ended = new Map<string, number>();
  for (const row of await campaign.attempts()) ended.set(row.outcome ?? "", (ended.get(row.outcome ?? "") ?? 0) + 1);
  for (const [outcome, count] of ended) {
    expect(text).toMatch(
      new RegExp(`^fairdial_attempts_total\\{[^}]*outcome="${outcome}"[^}]*\\} ${String(count)}$`, "m"),
    );
  }
  expect(text).toMatch(/^fairdial_answer_to_agent_seconds_count\{[^}]*\} 1$/m);
  expect(text).toMatch(new RegExp(`^fairdial_agents\\{[^}]*state="available"[^}]*\\} ${String(PHONES.length)}$`, "m"));
});

function heard(row: AttemptRow | undefined): Record<string, unknown> {
  const ringing =
    row === undefined ? "no row" : row.ringing_at !== null ? "ringing" : row.progress_at !== null ? "early" : "none";
  return { sip: row?.sip, ringing, endedBy: row?.ended_by, outcome: row?.outcome };
}
