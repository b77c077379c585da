/** What Prometheus is told, from the journal's own entries: each figure in the text that a scraper reads. */
import { expect, test } from "@jest/globals";
import { Instruments } from "../../../../src/app/monitoring/instruments.ts";
import { NO_COUNTS } from "../../../../src/domain/account.ts";
import { NOTHING_KNOWN } from "../../../../src/domain/attempt.ts";
import { after, instant } from "../../../../src/domain/instant.ts";
import type { Journal, JournalEntry } from "../../../../src/engine/ports.ts";
import type { EngineStatus } from "../../../../src/engine/status.ts";
import { TEST_CAMPAIGN, TEST_PROFILE } from "../../../support/test-profile.ts";

const AT = instant(1_795_000_000_000);
const STATUS: EngineStatus = {
  callsByState: { ringing: 3, connected: 1 },
  agentsByState: { onCall: 1 },
  attemptsPending: 2,
  rowsWaiting: 7,
  storeAway: true,
  spool: { rows: 3, bytes: 900, ageMs: 4_000 },
  telephonyUp: true,
  reconciled: true,
  draining: false,
  strayEvents: 0,
  campaignsBarred: { "1": "UK-CLI-1" },
  deadlineLateMsMax: 12,
  overload: { callsPerSecond: null, because: null, answersInMs: 3, loopDelayMs: 1, trunks: {} },
};
const at = (ms: number) => ({ at: after(AT, ms), asteriskAt: null });

function desk(status: () => EngineStatus | null = () => STATUS) {
  const written: JournalEntry[] = [];
  const instruments = new Instruments("one", {
    status,
    link: () => ({ opens: 2, requests: { p50Ms: 3, p95Ms: 40 } }),
  });
  const journal: Journal = instruments.listeningTo({ append: (entry) => written.push(entry) });
  /** `name{label="value",…`: the first line of that name with all of these labels, in whatever order. */
  const value = async (wanted: string): Promise<number | null> => {
    const [name = "", ...labels] = wanted.split(/[{,]/);
    const lines = (await instruments.text()).split("\n");
    const found = lines.find(
      (line) => /^fairdial_(\w+)/.exec(line)?.[1] === name && labels.every((label) => line.includes(label)),
    );
    return found === undefined ? null : Number(found.split(" ").at(-1));
  };
  return { journal, written, value, instruments };
}

const ended = (id: string, campaignId: number, facts: object, outcome = "connected"): readonly JournalEntry[] => [
  { at: AT, kind: "attempt-decided", attemptId: id, campaignId },
  { at: AT, kind: "attempt-ended", attemptId: id, outcome, facts: { ...NOTHING_KNOWN, ...facts } },
];

test("how things stand is asked when somebody looks", async () => {
  const { value } = desk();
  expect(await value('calls{state="ringing"')).toBe(3);
  expect(await value('agents{state="onCall"')).toBe(1);
  expect(await value("rows_waiting")).toBe(7);
  expect(await value("spool_rows")).toBe(3);
  expect(await value("spool_bytes")).toBe(900);
  expect(await value("spool_age_seconds")).toBe(4);
  expect(await value("store_up")).toBe(0);
  expect(await value("telephony_up")).toBe(1);
  expect(await value("campaigns_barred")).toBe(1);
  expect(await value("deadline_lateness_seconds")).toBe(0.012);
  expect(await value('ari_request_seconds{quantile="0.95"')).toBe(0.04);
});

test("a state that nothing is in any more is not told for ever", async () => {
  let status: EngineStatus | null = STATUS;
  const { value } = desk(() => status);
  expect(await value('calls{state="ringing"')).toBe(3);
  status = { ...STATUS, callsByState: { connected: 1 } };
  expect(await value('calls{state="ringing"')).toBeNull();
});

test("attempts are counted by campaign and outcome, and waits from the answer", async () => {
  const { journal, value, written } = desk();
  journal.append({
    at: AT,
    kind: "campaign",
    campaign: { ...TEST_CAMPAIGN, campaignId: 1, name: "spring" },
    rules: null,
  });
  for (const entry of [
    ...ended("a", 1, { answeredAt: at(0), connectedAt: at(40) }),
    ...ended("b", 1, { answeredAt: at(0), messageAt: at(1_900) }, "abandoned-message"),
    ...ended("c", 1, {}, "no-answer"),
  ]) {
    journal.append(entry);
  }
  expect(written).toHaveLength(7);
  expect(await value('attempts_total{campaign="spring",outcome="connected"')).toBe(1);
  expect(await value('attempts_total{campaign="spring",outcome="no-answer"')).toBe(1);
  expect(await value('answer_to_agent_seconds_bucket{le="0.025",campaign="spring"')).toBe(0);
  expect(await value('answer_to_agent_seconds_bucket{le="0.05",campaign="spring"')).toBe(1);
  expect(await value('answer_to_message_seconds_bucket{le="1.5",campaign="spring"')).toBe(0);
  expect(await value('answer_to_message_seconds_bucket{le="2",campaign="spring"')).toBe(1);
});

test("the abandon rate is the profile's formula, and machines dropped without a test count as people", async () => {
  const { journal, value } = desk();
  const rules = { profile: { ...TEST_PROFILE, abandon: { ...TEST_PROFILE.abandon, stopBasisPoints: 280 } } };
  journal.append({ at: AT, kind: "campaign", campaign: { ...TEST_CAMPAIGN, campaignId: 1, name: "spring" }, rules });
  const scope = { campaignId: 1, centre: null, fromDay: "2026-11-22", toDay: "2026-11-22" };
  const account = (machineDropped: number, perMillion: number | null): JournalEntry => ({
    at: AT,
    kind: "account",
    campaignId: 1,
    readings: [
      { scope, counts: { ...NO_COUNTS, connected: 98, abandonedWithMessage: 2, machineDropped }, overdialInFlight: 0 },
    ],
    peoplePerMillion: [perMillion],
  });
  journal.append(account(0, null));
  expect(await value('abandon_rate_ratio{campaign="spring",scope="campaign"')).toBe(0.02);
  expect(await value('abandon_stop_ratio{campaign="spring",scope="campaign"')).toBe(0.028);
  expect(await value('account_calls{campaign="spring",scope="campaign",entry="connected"')).toBe(98);
  journal.append(account(98, null));
  // 100 of 198.
  expect(await value("abandon_rate_ratio")).toBe(0.5051);
  journal.append(account(98, 100_000));
  // 2 and a tenth of 98, over that and 98: 11.8 of 109.8, rounded up.
  expect(await value("abandon_rate_ratio")).toBe(0.1075);
});

test("before there is an engine, and for entries that make no sense, there are figures all the same", async () => {
  const { journal, value, written } = desk(() => null);
  for (const entry of [
    { at: AT, kind: "attempt-ended" },
    { at: AT, kind: "campaign", campaign: 7 },
    { at: AT, kind: "account", campaignId: 1, readings: "none" },
    { at: AT, kind: "pacing", sample: null },
    { at: AT, kind: "of the year 2031" },
  ]) {
    journal.append(entry);
  }
  expect(written).toHaveLength(5);
  expect(await value("event_socket_opens")).toBe(2);
  expect(await value('attempts_total{campaign="unknown",outcome="undefined"')).toBe(1);
});

test("nothing that is told names a person or a number", async () => {
  const { journal, instruments } = desk();
  for (const entry of ended("0192f3a4-7b1c-7def-8123-000000000001", 1, { answeredAt: at(0), agentId: 7 })) {
    journal.append({ ...entry, leadId: 4711, number: "+447700900123" });
  }
  const text = await instruments.text();
  for (const secret of ["447700900123", "4711", "0192f3a4"]) expect(text).not.toContain(secret);
});
