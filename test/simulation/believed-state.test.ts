/** The pretend store tells a process what changes seldom as late as the real one may, and what is urgent at once. */
import { expect, test } from "@jest/globals";
import type { ApprovedMessage, OwnedCliNumber } from "../../src/domain/number-facts.ts";
import { campaignId, nodeId } from "../../src/domain/ids.ts";
import { instant } from "../../src/domain/instant.ts";
import { phoneNumber } from "../../src/domain/phone-number.ts";
import { believing } from "../../src/simulation/believed-state.ts";
import { MemoryStore } from "../../src/simulation/memory-store.ts";
import type { Interference, ShiftResult } from "../../src/simulation/shift.ts";
import { runShift } from "../../src/simulation/world.ts";
import { DAEMON_BELIEF } from "../../src/store/index.ts";
import { anyCampaign, T0 } from "../contract/store/fixture.ts";

const NODE = nodeId("node-1");

test("as late as the database's store, and no later", async () => {
  const store = new MemoryStore();
  let steadyMs = 0;
  const read = believing(store, () => steadyMs);
  const campaign = { ...anyCampaign({ desiredState: "stopped" }), campaignId: campaignId(1) };
  store.tables.putCampaign(campaign);
  await read(NODE);
  const cliNumber = { cliNumber: phoneNumber("+442079460001"), trunk: "carrier", proof: "letter", addedAt: T0 };
  store.tables.compliance.cliNumbers.push(cliNumber);
  store.tables.compliance.killSwitch = { since: instant(1), by: "x", because: "y" };
  steadyMs = DAEMON_BELIEF.lastingMs - 1;
  const soon = (await read(NODE)).compliance;
  expect(soon.cliNumbers).toEqual([]);
  expect(soon.killSwitch).toMatchObject({ by: "x" });
  steadyMs = DAEMON_BELIEF.lastingMs;
  expect((await read(NODE)).compliance.cliNumbers).toEqual([cliNumber]);

  // A start is never told with older papers.
  store.tables.compliance.cliNumbers.pop();
  store.tables.putCampaign({ ...campaign, desiredState: "running" });
  const started = await read(NODE);
  expect(started.campaigns.map(({ desiredState }) => desiredState)).toEqual(["running"]);
  expect(started.compliance.cliNumbers).toEqual([]);
});

const FROM_MS = 2 * 60_000;
const TO_MS = 3 * 60_000;
/** All that such a paper may be seen late, and its way to the engine and back. */
const SEEN_WITHIN_MS = 1_000;

/** Attempts decided while something was withdrawn that each of them needs. */
const decidedMeanwhile = ({ journal, startedAt }: ShiftResult): number =>
  journal.filter(
    ({ kind, at }) => kind === "attempt-decided" && at > startedAt + FROM_MS + SEEN_WITHIN_MS && at < startedAt + TO_MS,
  ).length;

const withdrawn: Record<string, readonly Interference[]> = {
  "the caller number": [
    { atMs: FROM_MS, act: ({ compliance }) => kept.push(...compliance.cliNumbers.splice(0)) },
    { atMs: TO_MS, act: ({ compliance }) => compliance.cliNumbers.push(...kept.splice(0)) },
  ],
  "the message's approval": [
    { atMs: FROM_MS, act: ({ compliance }) => approve(compliance.messages, null) },
    { atMs: TO_MS, act: ({ compliance }) => approve(compliance.messages, "someone") },
  ],
};
const kept: OwnedCliNumber[] = [];
const approve = (messages: Map<string, ApprovedMessage>, approvedBy: string | null): void => {
  for (const [media, message] of messages) messages.set(media, { ...message, approvedBy });
};

test.each(Object.entries(withdrawn))("%s is withdrawn: nobody is dialled a second later", async (_, interferences) => {
  const shift = await runShift({ seed: 11, leads: 200, interferences, endAfterMs: 6 * 60_000 });
  expect(decidedMeanwhile(shift)).toBe(0);
  expect(shift.journal.some(({ kind, at }) => kind === "attempt-decided" && at < shift.startedAt + FROM_MS)).toBe(true);
});

test("and where nothing is withdrawn, somebody is", async () => {
  expect(decidedMeanwhile(await runShift({ seed: 11, leads: 200, endAfterMs: 6 * 60_000 }))).toBeGreaterThan(5);
});
