// The daemon on real Asterisk and a real database: agents who come and go, managers who change their minds, and the
// machines around it failing one after the other.

import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from "@jest/globals";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { startLab, type Lab } from "../../scripts/lab/lab.ts";
import { audibleMs } from "../../scripts/lab/heard.ts";
import { startSipp } from "../../scripts/lab/sipp.ts";
import { sippNumber } from "../../scripts/lab/sipp-scenario.ts";
import { numberFor } from "../../scripts/lab/number-plan.ts";
import { LabCampaign, until } from "../support/lab-campaign.ts";

let lab: Lab;
let sipp: Awaited<ReturnType<typeof startSipp>>;
let campaign: LabCampaign;
let serial = 0;

beforeAll(async () => {
  lab = await startLab();
  sipp = await startSipp(lab.ground);
}, 60_000);

afterAll(async () => {
  await sipp.stop();
  await lab.stop();
}, 60_000);

beforeEach(async () => {
  serial += 1;
  campaign = await LabCampaign.open(lab, `d${String(serial)}`);
}, 60_000);

afterEach(async () => {
  await campaign.close();
  // Whatever a test left behind is gone before the next one, phones included.
  await lab.pbx.cli("channel request hangup all");
  await until(async () => /^0 active channels/m.test(await lab.pbx.cli("core show channels count")), 20_000);
}, 60_000);

const stays = (nth: number): string => sippNumber("ringing", "answer", nth);
const ringsOn = (nth: number): string => sippNumber("ringing", 1, nth);
const talks = (nth: number, answerS: number): string => sippNumber("ringing", { answerS }, nth);

const state = async (agent: string): Promise<string | undefined> => (await campaign.agents())[agent];
const agentIs = (agent: string, wanted: string, withinMs = 5_000): Promise<void> =>
  until(
    async () => (await state(agent)) === wanted,
    withinMs,
    async () => `${agent} is ${String(await state(agent))}`,
  );

async function begin(
  numbers: readonly string[],
  phones: readonly number[],
  more: Partial<Parameters<LabCampaign["add"]>[0]> = {},
): Promise<void> {
  await campaign.add({ name: "c", trunk: "sipp", numbers, phones, ...more });
  await campaign.fairdial.startDaemon();
  for (const phone of phones) await lab.network.phones.login(phone);
  for (const phone of phones) await agentIs(`a${String(phone)}`, "available");
  await campaign.fairdial.must("campaign", "start", "c");
}

describe("agents", () => {
  test("keys: pause with a reason, available, end the call, a disposition, end of wrap-up; hanging up logs out", async () => {
    await begin([stays(1)], [1001], {
      wrapUp: 60,
      more: ["--disposition", "1:sale:success", "--disposition", "2:no:refusal"],
    });
    await agentIs("a1001", "onCall");
    await lab.network.phones.press(1001, "*0");
    await agentIs("a1001", "wrapUp");
    await lab.network.phones.press(1001, "2");
    await lab.network.phones.press(1001, "#");
    await agentIs("a1001", "available");
    await lab.network.phones.press(1001, "*1");
    await agentIs("a1001", "paused");
    await lab.network.phones.press(1001, "#");
    await agentIs("a1001", "available");
    await lab.network.phones.hangup(1001);
    await agentIs("a1001", "loggedOut");
    const [row] = await campaign.attempts();
    expect(row).toMatchObject({ outcome: "connected", ended_by: "agent", disposition: "no" });
  }, 60_000);

  test("the command line does the same, within a second", async () => {
    await begin([], [1001]);
    const { fairdial } = campaign;
    for (const [command, wanted] of [
      [["agent", "pause", "a1001", "--reason", "lunch"], "paused"],
      [["agent", "available", "a1001"], "available"],
      [["agent", "logout", "a1001"], "loggedOut"],
    ] as const) {
      await fairdial.must(...command);
      await agentIs("a1001", wanted, 1_000);
    }
  }, 60_000);

  test("an agent with a PIN comes in with it, and not without", async () => {
    await campaign.add({ name: "c", trunk: "sipp", numbers: [], phones: [] });
    const pinFile = join(campaign.fairdial.folder, "pin");
    writeFileSync(pinFile, "4711\n", { mode: 0o600 });
    await campaign.fairdial.must(
      ...["agent", "add", "pin", "--endpoint", "PJSIP/1001", "--campaigns", "c", "--pin-file", pinFile],
    );
    await campaign.fairdial.startDaemon();
    await lab.network.phones.login(1001);
    await lab.network.phones.press(1001, "1234#");
    await sleep(500);
    expect(await state("pin")).toBe("loggedOut");
    await lab.network.phones.press(1001, "4711#");
    await agentIs("pin", "available");
  }, 60_000);

  test("a phone that belongs to nobody is sent away", async () => {
    await campaign.fairdial.startDaemon();
    await lab.network.phones.login(1003).catch(() => undefined);
    await until(() => !lab.network.phones.isUp(1003), 10_000);
  }, 60_000);

  test("a phone that goes mid-call ends that call and no other", async () => {
    await begin([stays(1), stays(2)], [1001, 1002]);
    await agentIs("a1001", "onCall");
    await agentIs("a1002", "onCall");
    await lab.network.phones.hangup(1001);
    await agentIs("a1001", "loggedOut");
    await until(async () => (await campaign.attempts()).filter((row) => row.outcome !== null).length === 1, 5_000);
    expect(await state("a1002")).toBe("onCall");
    const rows = await campaign.attempts();
    expect(rows.find((row) => row.agent === "a1001")).toMatchObject({ outcome: "connected", end_reason: "agentGone" });
  }, 60_000);

  test("a phone that vanishes without a word mid-call ends that call and no other", async () => {
    await begin([stays(1), stays(2)], [1001, 1002]);
    await agentIs("a1001", "onCall");
    await agentIs("a1002", "onCall");
    await lab.network.phones.vanish(1001);
    // Asterisk notices by the missing sound (rtp_timeout).
    await agentIs("a1001", "loggedOut", 30_000);
    expect(await state("a1002")).toBe("onCall");
  }, 120_000);

  test("promised to a ringing call, a phone that goes is replaced by another agent", async () => {
    await begin([talks(1, 2)], [1001]);
    await agentIs("a1001", "reserved");
    await campaign.fairdial.must("agent", "add", "a1002", "--endpoint", "PJSIP/1002", "--campaigns", "c");
    await lab.network.phones.hangup(1001);
    await lab.network.phones.login(1002);
    await campaign.finished(1, 20_000);
    const [row] = await campaign.attempts();
    // Whoever came first: the other agent, or the message. Never silence.
    expect(["connected", "abandoned-with-message"]).toContain(row?.outcome);
  }, 60_000);

  test("with nobody left, the person who answers hears the message to its end", async () => {
    await lab.network.recordHeard(true);
    const number = numberFor(lab.network.plan, "no-sound", 3);
    await begin([number], [1001], { trunk: "carrier" });
    await agentIs("a1001", "reserved");
    await lab.network.phones.hangup(1001);
    await campaign.finished(1, 30_000);
    const [row] = await campaign.attempts();
    expect(row).toMatchObject({ outcome: "abandoned-with-message", message: "finished", ended_by: "us" });
    const waitedMs = (row?.message_at?.getTime() ?? 0) - (row?.answered_at?.getTime() ?? 0);
    expect(waitedMs).toBeLessThanOrEqual(2_000);
    await lab.network.recordHeard(false);
    const heard = lab.network.heard().find((each) => each.number === number);
    expect(heard === undefined ? 0 : audibleMs(heard.file)).toBeGreaterThan(1_000);
  }, 60_000);
});

describe("managers", () => {
  test("pausing places nothing more and lets calls finish; starting goes on; both within a second", async () => {
    await begin(
      [1, 2, 3, 4].map((nth) => talks(nth, 2)),
      [1001],
    );
    await agentIs("a1001", "onCall");
    await campaign.fairdial.must("campaign", "pause", "c");
    await sleep(1_000);
    const before = (await campaign.attempts()).length;
    await sleep(3_000);
    const rows = await campaign.attempts();
    expect(rows).toHaveLength(before);
    expect(rows.every((row) => row.outcome === "connected")).toBe(true);
    await campaign.fairdial.must("campaign", "start", "c");
    await until(async () => (await campaign.attempts()).length > before, 1_500);
  }, 60_000);

  test("a suppressed number and one outside its hours are not dialled, and the lead says why", async () => {
    await campaign.add({ name: "c", trunk: "sipp", numbers: [talks(1, 1), talks(2, 1)], phones: [1001] });
    await campaign.fairdial.must("suppress", "add", talks(1, 1), "--reason", "asked");
    await campaign.fairdial.startDaemon();
    await lab.network.phones.login(1001);
    await campaign.fairdial.must("campaign", "start", "c");
    await campaign.finished(2, 20_000);
    const rows = await campaign.attempts();
    expect(rows.map((row) => row.number)).toEqual([talks(2, 1)]);
    const [leads] = await campaign.sql.query("select number, reason from crm_lead order by lead_id");
    expect(leads).toEqual([
      { number: talks(1, 1), reason: "suppressed" },
      { number: talks(2, 1), reason: expect.any(String) },
    ]);
  }, 60_000);
});

describe("the machines around it", () => {
  test("a dead trunk and one without an address: outcomes, and nobody is stranded", async () => {
    await begin(["+447700900001"], [1001], { trunk: "unreachable" });
    await campaign.finished(1, 20_000);
    expect((await campaign.attempts())[0]).toMatchObject({ outcome: "trunk-unreachable" });
    await agentIs("a1001", "available");
  }, 60_000);

  test("SIGTERM drains: the call finishes, the agent is sent home, exit code 0", async () => {
    await begin([talks(1, 4), talks(2, 4)], [1001]);
    await agentIs("a1001", "onCall");
    expect(await campaign.fairdial.stopDaemon()).toBe(0);
    const rows = await campaign.attempts();
    expect(rows).toHaveLength(1);
    expect(rows[0]).toMatchObject({ outcome: "connected", ended_by: "farEnd" });
    await until(() => !lab.network.phones.isUp(1001), 5_000);
  }, 60_000);

  test("a second SIGTERM forces the end, of the calls too, and quickly", async () => {
    await begin([stays(1), ringsOn(2)], [1001, 1002]);
    await agentIs("a1001", "onCall");
    campaign.fairdial.signal("SIGTERM");
    await sleep(500);
    const forcedAt = Date.now();
    expect(await campaign.fairdial.stopDaemon()).toBe(0);
    expect(Date.now() - forcedAt).toBeLessThan(8_000);
    const rows = await campaign.attempts();
    expect(rows.map((row) => row.outcome).sort()).toEqual(["cancelled-while-ringing", "connected"]);
  }, 60_000);

  test("killed in mid-call: the next process takes the call and the agent over", async () => {
    await begin([stays(1), ringsOn(2)], [1001, 1002]);
    await agentIs("a1001", "onCall");
    await campaign.fairdial.killDaemon();
    await campaign.fairdial.startDaemon();
    await agentIs("a1001", "onCall", 10_000);
    expect((await campaign.attempts()).filter((row) => row.state === "connected")).toHaveLength(1);
    await lab.network.phones.press(1001, "*0");
    await campaign.finished(2, 40_000);
    const rows = await campaign.attempts();
    expect(rows).toHaveLength(2);
    expect(rows.map((row) => row.outcome).sort()).toEqual(["connected", "no-answer"]);
  }, 90_000);

  test("Asterisk restarts: calls end, agents log in again, dialling goes on", async () => {
    await begin([stays(1), talks(2, 1)], [1001]);
    await agentIs("a1001", "onCall");
    await lab.pbx.restart();
    // It is found again at growing intervals, and a leg is believed to be gone at the second look.
    await agentIs("a1001", "loggedOut", 30_000);
    expect((await campaign.attempts())[0]).toMatchObject({ outcome: "connected" });
    await lab.network.phones.hangup(1001).catch(() => undefined);
    // The daemon looks for Asterisk at growing intervals; until it is back, the phone is not answered.
    await until(
      () =>
        lab.network.phones.login(1001, { timeoutMs: 1_000 }).then(
          () => true,
          () => false,
        ),
      30_000,
    );
    await campaign.finished(2, 30_000);
    // The agent was free for a moment before their own leg ended: what was decided then was taken back, not dialled.
    const dialled = (await campaign.attempts()).filter((row) => row.outcome !== "not-placed");
    expect(dialled.map((row) => row.outcome)).toEqual(["connected", "connected"]);
  }, 90_000);

  test("the database goes away: nothing is placed, the call goes on, its rows follow", async () => {
    await begin([talks(1, 3), talks(2, 1)], [1001]);
    await agentIs("a1001", "onCall");
    await lab.database.kill();
    await sleep(4_000);
    await lab.database.start();
    await campaign.sql.end().catch(() => undefined);
    campaign.sql = await lab.database.connect({ database: `fd_d${String(serial)}` });
    await campaign.finished(2, 40_000);
    const rows = await campaign.attempts();
    expect(rows.map((row) => row.outcome)).toEqual(["connected", "connected"]);
    // The first ended while nobody could write it down; its row has the instant of then.
    expect((rows[1]?.placed_at?.getTime() ?? 0) - (rows[0]?.ended_at?.getTime() ?? 0)).toBeGreaterThan(500);
  }, 90_000);

  test("another daemon of the same name is refused", async () => {
    await campaign.fairdial.startDaemon();
    const { code, stderr, stdout } = await campaign.fairdial.run("run");
    expect(code).toBe(1);
    expect(stdout + stderr).toMatch(/another daemon/);
  }, 60_000);

  test("a wrong password says so and exits 1; a database that is away is waited for", async () => {
    const wrong = await campaign.fairdial.runWith({ FAIRDIAL_DATABASE_PASSWORD: "wrong" }, "run");
    expect(wrong.code).toBe(1);
    const ari = await campaign.fairdial.runWith({ FAIRDIAL_ASTERISK_PASSWORD: "wrong" }, "run");
    expect(ari.code).toBe(1);
    expect(wrong.stdout + wrong.stderr + ari.stdout + ari.stderr).not.toContain(lab.pbx.ari.password);
  }, 60_000);
});
