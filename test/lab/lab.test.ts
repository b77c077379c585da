// The lab itself: the pretend network does what its number plan says, and nothing that a lab starts outlives it.

import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import { spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import { AriProbe, channelOf, type ProbedCall } from "../../scripts/lab/ari-probe.ts";
import { audibleMs } from "../../scripts/lab/heard.ts";
import { startLab, type Lab } from "../../scripts/lab/lab.ts";
import { campaignNumbers, numberFor, rangeOf, readNumberPlan, type Behaviour } from "../../scripts/lab/number-plan.ts";
import { isAlive } from "../../scripts/lab/release.ts";
import { startSipp } from "../../scripts/lab/sipp.ts";
import { finalCodes, sippNumber } from "../../scripts/lab/sipp-scenario.ts";

type Seen = Partial<Omit<ProbedCall, "channelId" | "events">>;

/** What ARI says about each behaviour, with the PBX giving up after four seconds of ringing. */
const seenByBehaviour: Readonly<Record<Behaviour, Seen>> = {
  person: { ringing: true, answered: true, cause: 16, techCause: null },
  machine: { ringing: true, answered: true, cause: 16, techCause: null },
  // A leg that we cancel ourselves reports 19/480, just as a far end that says 480.
  "rings-out": { ringing: true, answered: false, cause: 19, techCause: 480 },
  busy: { ringing: false, answered: false, cause: 17, techCause: 486 },
  unallocated: { ringing: false, progress: false, answered: false, cause: 1, techCause: 404 },
  congestion: { ringing: false, answered: false, cause: 34, techCause: 503 },
  forbidden: { ringing: false, answered: false, cause: 21, techCause: 403 },
  declined: { ringing: false, answered: false, cause: 21, techCause: 603 },
  unavailable: { ringing: false, answered: false, cause: 19, techCause: 480 },
  "hangs-up-at-once": { ringing: true, answered: true, cause: 16, techCause: null },
  announcement: { ringing: false, progress: true, answered: false, cause: 1, techCause: 404 },
  "no-sound": { ringing: true, answered: true, cause: 16, techCause: null },
  fax: { ringing: true, answered: true, cause: 16, techCause: null },
  "never-responds": { ringing: false, progress: false, answered: false, cause: 19, techCause: 480 },
};

const plan = readNumberPlan();
const CLI = "+442079460000";

/** Lets phone calls into the application be answered, as the daemon would. */
async function answerLogin(lab: Lab, probe: AriProbe, phone: number): Promise<string> {
  const loggingIn = lab.network.phones.login(phone);
  const start = await probe.waitFor(
    (event) => event.type === "StasisStart" && channelOf(event)?.name.startsWith(`PJSIP/${String(phone)}-`) === true,
    5000,
  );
  expect(start["args"]).toEqual(["agent-login"]);
  const channelId = channelOf(start)?.id ?? "";
  await lab.pbx.request("POST", `/channels/${channelId}/answer`);
  await loggingIn;
  return channelId;
}

describe("one lab", () => {
  let lab: Lab;
  let probe: AriProbe;
  const calls = new Map<string, Promise<ProbedCall>>();

  beforeAll(async () => {
    lab = await startLab();
    probe = await AriProbe.open(lab.pbx);
    // All at once: each takes seconds, and together they take as long as the longest.
    for (const { behaviour } of plan.ranges) {
      const call = probe.call(`PJSIP/${numberFor(plan, behaviour)}@carrier`, { ringTimeoutS: 4, cli: CLI });
      call.catch(() => undefined);
      calls.set(behaviour, call);
    }
    const dead = probe.call("PJSIP/1000@dead", { ringTimeoutS: 15 });
    dead.catch(() => undefined);
    calls.set("dead", dead);
  }, 60_000);

  afterAll(async () => {
    probe.close();
    await lab.stop();
  }, 30_000);

  test.each(plan.ranges.map((range) => range.behaviour))(
    "a number of the plan behaves as planned: %s",
    async (behaviour) => {
      expect(await calls.get(behaviour)).toMatchObject(seenByBehaviour[behaviour]);
    },
    20_000,
  );

  test("a number outside the plan is unallocated", async () => {
    const call = await probe.call("PJSIP/+447700800000@carrier", { ringTimeoutS: 4 });
    expect(call).toMatchObject({ ringing: false, answered: false, cause: 1, techCause: 404 });
  });

  test("a trunk where nothing answers is given up after 6.4 seconds", async () => {
    expect(await calls.get("dead")).toMatchObject({ ringing: false, answered: false, cause: 18, techCause: 408 });
  }, 20_000);

  test("a trunk without a contact cannot even be tried", async () => {
    await expect(probe.call("PJSIP/1000@unreachable", { ringTimeoutS: 4 })).rejects.toThrow(/500.*Allocation failed/);
  });

  test("the network counts the calls of each number and sees our caller number", async () => {
    const number = numberFor(plan, "busy");
    expect(lab.network.callsByNumber().get(number)).toBe(1);
    expect(lab.network.callsByNumber().get(numberFor(plan, "busy", 1))).toBeUndefined();
    const arrived = lab.network.calls().find((call) => call.dialled === number);
    expect(arrived).toMatchObject({ callerNumber: CLI, answeredAt: null, cause: 17 });
    const placed = await calls.get("busy");
    expect(lab.pbx.channels().filter((channel) => channel.uniqueId === placed?.channelId)).toHaveLength(1);
  });

  test("a phone logs in, its keys arrive, and it hangs up", async () => {
    const channelId = await answerLogin(lab, probe, 1001);
    expect(lab.network.phones.isUp(1001)).toBe(true);
    await lab.network.phones.press(1001, "*11#");
    const digits = (): unknown[] =>
      probe.events.filter((event) => event.type === "ChannelDtmfReceived").map((event) => event["digit"]);
    await probe.waitFor((event) => event["digit"] === "#" && channelOf(event)?.id === channelId, 2000);
    expect(digits()).toEqual(["*", "1", "1", "#"]);
    await lab.network.phones.hangup(1001);
    // A call that came in by the dialplan belongs to the application only while in it: no ChannelDestroyed follows.
    await probe.waitFor((event) => event.type === "StasisEnd" && channelOf(event)?.id === channelId, 2000);
    expect(lab.network.phones.isUp(1001)).toBe(false);
  }, 15_000);

  test("a phone that the PBX hangs up is no longer up", async () => {
    const channelId = await answerLogin(lab, probe, 1002);
    await lab.pbx.request("DELETE", `/channels/${channelId}`);
    for (let i = 0; i < 100 && lab.network.phones.isUp(1002); i += 1) await sleep(20);
    expect(lab.network.phones.isUp(1002)).toBe(false);
  }, 15_000);

  test("a phone that vanishes is noticed by its missing sound", async () => {
    const channelId = await answerLogin(lab, probe, 1003);
    await lab.network.phones.vanish(1003);
    const end = (): Promise<unknown> =>
      probe.waitFor((event) => event.type === "StasisEnd" && channelOf(event)?.id === channelId, 14_000);
    const vanishedAt = Date.now();
    await end();
    // Had it said goodbye, this would have taken milliseconds.
    expect(Date.now() - vanishedAt).toBeGreaterThan(5000);
  }, 20_000);

  test("what a called person hears is kept, and tells an agent's voice from silence", async () => {
    await lab.network.recordHeard(true);
    const agent = await answerLogin(lab, probe, 1004);
    const alone = numberFor(plan, "person", 1);
    const joined = numberFor(plan, "person", 2);
    const left = probe.call(`PJSIP/${alone}@carrier`, { ringTimeoutS: 4 });
    const helped = probe.call(`PJSIP/${joined}@carrier`, { ringTimeoutS: 4, channelId: "helped" });
    await probe.waitFor(
      (event) =>
        event.type === "ChannelStateChange" && channelOf(event)?.id === "helped" && channelOf(event)?.state === "Up",
      8000,
    );
    const bridge = (await (await lab.pbx.request("POST", "/bridges?type=mixing")).json()) as { id: string };
    const joining = await lab.pbx.request("POST", `/bridges/${bridge.id}/addChannel?channel=${agent},helped`);
    expect(joining.status).toBe(204);
    await Promise.all([left, helped]);
    await lab.network.recordHeard(false);
    await lab.network.phones.hangup(1004);
    const heardBy = (number: string): number[] =>
      lab.network
        .heard()
        .filter((heard) => heard.number === number)
        .map((heard) => audibleMs(heard.file));
    expect(heardBy(alone)).toEqual([0]);
    expect(heardBy(joined)[0]).toBeGreaterThan(2000);
  }, 30_000);

  test("SIPp answers with every final code, with and without ringing before it", async () => {
    const sipp = await startSipp(lab.ground);
    for (const first of ["nothing", "ringing", "progress"] as const) {
      const seen = await Promise.all(
        finalCodes.map((code) => probe.call(`PJSIP/${sippNumber(first, code)}@sipp`, { ringTimeoutS: 10 })),
      );
      expect(seen.map((call) => call.techCause)).toEqual(finalCodes);
      expect(seen.filter((call) => call.answered)).toEqual([]);
      expect(seen.filter((call) => call.ringing !== (first === "ringing"))).toEqual([]);
      expect(seen.filter((call) => call.progress !== (first === "progress"))).toEqual([]);
    }
    const [answered, cancelled, dead] = await Promise.all([
      probe.call(`PJSIP/${sippNumber("ringingThrice", { answerS: 1 })}@sipp`, { ringTimeoutS: 3 }),
      probe.call(`PJSIP/${sippNumber("ringing", 1)}@sipp`, { ringTimeoutS: 1 }),
      probe.call(`PJSIP/${sippNumber("nothing", 0)}@sipp`, { ringTimeoutS: 1 }),
    ]);
    expect(answered).toMatchObject({ ringing: true, answered: true, cause: 16, techCause: null });
    expect(cancelled).toMatchObject({ ringing: true, answered: false, cause: 19, techCause: 480 });
    expect(dead).toMatchObject({ ringing: false, answered: false, cause: 19, techCause: 480 });
    expect(existsSync(sipp.errorFile)).toBe(false);
    await sipp.stop();
    expect(isAlive(sipp.pid)).toBe(false);
  }, 30_000);

  test("a killed database comes back with what was committed", async () => {
    const access = await lab.database.createDatabase("lab_test");
    const before = await lab.database.connect({ database: access.database });
    before.on("error", () => undefined);
    await before.query("create table note (text varchar(20) not null)");
    await before.query("insert into note values ('naïve 🙂')");
    await lab.database.kill();
    before.destroy();
    await lab.database.start();
    const after = await lab.database.connect({ database: access.database });
    const [rows] = await after.query("select text from note");
    expect(rows).toEqual([{ text: "naïve 🙂" }]);
    await after.end();
  }, 20_000);

  test("a killed PBX comes back on the same ports", async () => {
    await lab.pbx.kill();
    expect(lab.pbx.isRunning).toBe(false);
    await lab.pbx.restart();
    expect((await lab.pbx.request("GET", "/asterisk/ping")).status).toBe(200);
    const again = await AriProbe.open(lab.pbx);
    expect((await again.call(`PJSIP/${numberFor(plan, "busy", 2)}@carrier`, { ringTimeoutS: 4 })).techCause).toBe(486);
    again.close();
  }, 20_000);
});

test("two labs side by side know nothing of each other, and leave nothing behind", async () => {
  const labs = await Promise.all([startLab(), startLab()]);
  const pids = labs.flatMap((lab) => [lab.database.pid, lab.pbx.pid, lab.network.pid]);
  const number = numberFor(plan, "busy");
  for (const lab of labs) {
    const probe = await AriProbe.open(lab.pbx);
    expect((await probe.call(`PJSIP/${number}@carrier`, { ringTimeoutS: 4 })).techCause).toBe(486);
    probe.close();
  }
  expect(labs.map((lab) => lab.network.callsByNumber().get(number))).toEqual([1, 1]);
  expect(pids.every(isAlive)).toBe(true);
  await Promise.all(labs.map((lab) => lab.stop()));
  expect(pids.filter(isAlive)).toEqual([]);
  expect(labs.filter((lab) => existsSync(lab.ground.folder))).toEqual([]);
}, 30_000);

test("servers die with a process that was killed", async () => {
  const program = `
    const { startLab } = await import(${JSON.stringify(new URL("../../scripts/lab/lab.ts", import.meta.url).href)});
    const lab = await startLab();
    console.log(JSON.stringify([lab.database.pid, lab.pbx.pid, lab.network.pid]));
    setInterval(() => {}, 1000);
  `;
  const child = spawn(process.execPath, ["--import", "tsx", "--input-type=module", "-e", program], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  const line = await new Promise<string>((resolve, reject) => {
    child.stdout.once("data", (data: Buffer) => {
      resolve(data.toString());
    });
    child.once("exit", () => {
      reject(new Error("the program ended early"));
    });
  });
  const pids = JSON.parse(line) as number[];
  expect(pids.every(isAlive)).toBe(true);
  child.kill("SIGKILL");
  for (let i = 0; i < 100 && pids.some(isAlive); i += 1) await sleep(20);
  expect(pids.filter(isAlive)).toEqual([]);
}, 30_000);

test("a campaign of any size has the plan's mix, each number once", () => {
  for (const count of [200, 500, 1000]) {
    const numbers = campaignNumbers(plan, count);
    expect(new Set(numbers).size).toBe(count);
    const persons = numbers.filter((number) => rangeOf(plan, number)?.behaviour === "person").length;
    expect(persons / count).toBeCloseTo(0.5, 1);
    expect(new Set(numbers.map((number) => rangeOf(plan, number)?.behaviour)).size).toBe(plan.ranges.length);
  }
});
