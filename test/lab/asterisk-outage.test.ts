// What an outage of a real Asterisk looks like from the port: frozen, killed, restarted, taken over.
import { afterAll, beforeAll, expect, test } from "@jest/globals";
import { startLab } from "../../scripts/lab/lab.ts";
import type { Lab } from "../../scripts/lab/lab.ts";
import { AriProbe } from "../../scripts/lab/ari-probe.ts";
import { numberFor } from "../../scripts/lab/number-plan.ts";
import { inspectAsterisk } from "../../src/asterisk/inspect.ts";
import { portTo, until } from "../support/pretend-ari/connected.ts";
import type { Watched } from "../support/pretend-ari/connected.ts";

let lab: Lab;
let watched: Watched;

beforeAll(async () => {
  lab = await startLab();
  watched = portTo(lab.pbx.ari, { pingIntervalMs: 500, requestTimeoutMs: 2_000, connectTimeoutMs: 10_000 });
  await watched.port.connect();
}, 60_000);

afterAll(async () => {
  await watched.port.close();
  await lab.stop();
}, 30_000);

const types = (): string[] => watched.changes.map(({ type }) => type);

test("a channel that rings through an outage of the socket alone is there afterwards, and its events go on", async () => {
  const { port, events } = watched;
  const of = (type: string): boolean =>
    events.some(({ type: seen, body }) => seen === type && JSON.stringify(body).includes("ring-1"));
  await port.createChannel({
    channelId: "ring-1",
    endpoint: `PJSIP/${numberFor(lab.network.plan, "rings-out")}@carrier`,
  });
  await until("it is in the application", () => of("StasisStart"));
  await port.dial("ring-1", { timeoutSeconds: 30 });
  await until("it rings", () => of("ChannelStateChange"));
  lab.pbx.pause();
  await until("the silence is noticed", () => types().at(-1) === "down", 5_000);
  lab.pbx.resume();
  await until("the connection is back", () => types().at(-1) === "up", 15_000);
  await expect(port.channel("ring-1")).resolves.toMatchObject({ state: "Ringing" });
  await expect(port.hangup("ring-1", 21)).resolves.toBe("hung-up");
  await until("its end is told", () => of("ChannelDestroyed"));
  expect(events.findLast(({ type }) => type === "ChannelDestroyed")?.body["cause"]).toBe(21);
}, 40_000);

test("killed and started again: down, up, and requests work; an unset variable and a missing sound are no errors", async () => {
  const { port } = watched;
  await lab.pbx.kill();
  await until("it is down", () => types().at(-1) === "down", 5_000);
  await lab.pbx.start();
  await until("it is up", () => types().at(-1) === "up", 20_000);
  await expect(port.channels()).resolves.toEqual([]);
  await port.createChannel({ channelId: "var-1", endpoint: "PJSIP/1@carrier", variables: { COLOUR: "blue" } });
  await expect(port.variable("var-1", "COLOUR")).resolves.toBe("blue");
  await expect(port.variable("var-1", "NOTHING")).resolves.toBe("");
  await expect(port.rtpStatistics("nobody")).resolves.toBeNull();
  await expect(port.sound("no-such-sound")).resolves.toBeNull();
  await expect(port.sound("beep")).resolves.toMatchObject({ id: "beep" });
  expect((await port.modules()).some(({ name }) => name === "chan_pjsip.so")).toBe(true);
  expect(await port.endpoints("PJSIP")).toContainEqual(expect.objectContaining({ resource: "carrier" }));
  await expect(port.hangup("var-1")).resolves.toBe("hung-up");
}, 60_000);

test("a look from beside takes nothing away, and a second application of our name is told as a replacement", async () => {
  const { user, password, url } = lab.pbx.ari;
  const access = { url, user, password: { reveal: () => password }, app: "fairdial" };
  const inspection = await inspectAsterisk(access, ["beep", "no-such-sound"]);
  expect(inspection).toMatchObject({ mayWrite: true, applicationIsTaken: true });
  expect([...inspection.sounds].map(([id, sound]) => [id, sound !== null])).toEqual([
    ["beep", true],
    ["no-such-sound", false],
  ]);
  expect(types().at(-1)).toBe("up");
  const other = await AriProbe.open(lab.pbx);
  await until("it is told", () => types().at(-1) === "replaced", 5_000);
  await expect(watched.port.channels()).resolves.toEqual([]);
  other.close();
}, 20_000);
