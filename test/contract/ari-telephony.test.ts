// Telephony over a pretend ARI server: beginning, losing and finding the connection, persons and agents, commands that
// overtake each other.
import { afterEach, describe, expect, test } from "@jest/globals";
import { failureOf, releaseAll } from "../support/pretend-ari/bench.ts";
import { pause, until } from "../support/pretend-ari/connected.ts";
import { legId } from "../../src/domain/ids.ts";
import { attemptId, channelId, leg, order, started, telephonyBench } from "../support/pretend-ari/telephony-bench.ts";
import type { TelephonyBench } from "../support/pretend-ari/telephony-bench.ts";

afterEach(releaseAll);

describe("starting", () => {
  test("waits while Asterisk is away, and says so", async () => {
    const { server, telephony, events, lines, starting } = await telephonyBench({ isAway: true });
    await until("it says that it waits", () => lines.some(({ message }) => /trying again/.test(message)));
    await server.start();
    await starting;
    expect(telephony.isUp()).toBe(true);
    expect(events).toMatchObject([{ kind: "connection", state: "up" }]);
  });

  test("a wrong password is not waited for", async () => {
    const { starting } = await telephonyBench({ password: "wrong" });
    expect(await failureOf(starting)).toMatchObject({ code: "ARI_UNAUTHORISED" });
  });

  test("stopping while waiting ends the waiting", async () => {
    const settings = { retryAfterMs: [60_000, 60_000] } as const;
    const { telephony, starting, lines } = await telephonyBench({ settings, isAway: true });
    await until("it waits", () => lines.some(({ message }) => /trying again/.test(message)));
    await telephony.stop();
    expect(await failureOf(starting)).toMatchObject({ name: "AriError" });
  });
});

describe("persons and agents", () => {
  async function talking(): Promise<TelephonyBench> {
    const made = await started();
    const { server, telephony, events, types } = made;
    server.arrive(leg, "PJSIP/1001", ["agent-login"]);
    await until("a phone arrives", () => events.some(({ kind }) => kind === "agentLeg"));
    await telephony.admitAgentLeg(leg);
    telephony.place(order);
    await until("it is placed", () => types().includes("placed"));
    server.setState(channelId, "Up");
    await until("it is answered", () => types().includes("answered"));
    return made;
  }
  const standing = `fd-n-1-agent-${leg}`;

  test("admitting twice leaves one bridge, and its kind lets keys through", async () => {
    const { server, telephony } = await talking();
    expect(await telephony.admitAgentLeg(leg)).toEqual({ ok: true });
    expect([...server.bridges.keys()]).toEqual([standing]);
    expect(server.bridges.get(standing)?.type).toBe("mixing,dtmf_events");
  });

  test("joining stops the music and plays the tone to the agent, without waiting for either", async () => {
    const { server, telephony, types } = await talking();
    await telephony.setAgentMusic(leg, true);
    server.fault("POST", /play/, { kind: "hang" });
    server.fault("DELETE", /moh/, { kind: "hang" });
    const askedAt = Date.now();
    expect(await telephony.bridge(attemptId, leg)).toEqual({ ok: true });
    expect(Date.now() - askedAt).toBeLessThan(200);
    await until("they are joined", () => types().includes("joined"));
    expect(server.seen("DELETE", /moh/)).toHaveLength(1);
    expect(server.seen("POST", /play/)[0]?.path).toMatch(new RegExp(`^/channels/${leg}/play/`));
  });

  test("parting waits for a joining that is still on its way, and a message for the parting", async () => {
    const { server, telephony } = await talking();
    server.fault("POST", /addChannel/, { kind: "slow", ms: 100 });
    const results = await Promise.all([
      telephony.bridge(attemptId, leg),
      telephony.unbridge(attemptId),
      telephony.playInformationMessage(attemptId, "sound:sorry", "campaign"),
    ]);
    expect(results).toEqual([{ ok: true }, { ok: true }, { ok: true }]);
    expect(server.bridges.get(standing)?.channels.has(channelId)).toBe(false);
    const paths = server.requests
      .filter(({ method }) => method === "POST")
      .map(({ path }) => path.split("/").slice(3, 4)[0]);
    expect(paths.slice(-3)).toEqual(["addChannel", "removeChannel", "play"]);
  });

  test("a new process parts whom the last one joined", async () => {
    const { server, telephony } = await talking();
    server.bridges.get(standing)?.channels.add(channelId);
    expect(await telephony.unbridge(attemptId)).toEqual({ ok: true });
    expect(server.bridges.get(standing)?.channels.has(channelId)).toBe(false);
  });

  test("a join that comes late, into a bridge that is not wanted any more, is not told", async () => {
    const { server, telephony, types } = await talking();
    const other = legId("pbx-2.2");
    server.arrive(other, "PJSIP/1002", ["agent-login"]);
    await telephony.admitAgentLeg(other);
    await telephony.bridge(attemptId, other);
    await until("they are joined", () => types().includes("joined"));
    const channel = { id: channelId, name: "PJSIP/carrier-1-00000001" };
    server.emit("ChannelEnteredBridge", { bridge: { id: standing }, channel });
    server.emit("ChannelEnteredBridge", { bridge: { id: `fd-n-1-agent-${other}` }, channel });
    await until("the one that is wanted is told", () => types().filter((type) => type === "joined").length === 2);
    await pause(50);
    expect(types().filter((type) => type === "joined")).toHaveLength(2);
  });

  test("a hang-up that finds nobody lets the news of the end go first", async () => {
    const { server, telephony, types } = await talking();
    server.fault("DELETE", /channels/, { kind: "status", status: 404 });
    const hangingUp = telephony.hangUp(attemptId, "operator").then((result) => {
      expect(types()).toContain("destroyed");
      return result;
    });
    setTimeout(() => {
      server.end(channelId, 31);
    }, 50);
    expect(await hangingUp).toMatchObject({ ok: false, kind: "gone" });
  });

  test("no answer to a command says just that", async () => {
    const { server, telephony } = await talking();
    server.fault("POST", /addChannel/, { kind: "hang" });
    expect(await telephony.bridge(attemptId, leg)).toMatchObject({ ok: false, kind: "unknown" });
    await server.stop();
    expect(await telephony.hangUp(attemptId, "operator")).toMatchObject({ ok: false, kind: "unknown" });
    expect(await failureOf(telephony.snapshot())).toMatchObject({ name: "AriError" });
  });

  test("a phone that goes is told once, with its cause; its bridge goes with it", async () => {
    const { server, events } = await talking();
    const channel = { id: leg, name: "PJSIP/1001-00000001" };
    server.emit("ChannelHangupRequest", { cause: 16, channel });
    server.emit("StasisEnd", { channel });
    server.emit("ChannelDestroyed", { cause: 16, channel });
    await until("the bridge is removed", () => server.bridges.size === 0);
    const gone = events.filter((event) => event.kind === "agentLeg" && event.event.type === "gone");
    expect(gone).toMatchObject([{ legId: leg, event: { cause: 16 } }]);
  });

  test("bridges without their phone are swept up by the next look", async () => {
    const { server, telephony } = await talking();
    server.bridges.set("fd-n-1-agent-9.9", { id: "fd-n-1-agent-9.9", name: "", type: "mixing", channels: new Set() });
    await telephony.snapshot();
    await until("it is removed", () => !server.bridges.has("fd-n-1-agent-9.9"));
    expect([...server.bridges.keys()]).toEqual([standing]);
  });

  test("a look never takes the bridge from a phone that came while it was under way", async () => {
    const { server, telephony } = await talking();
    const late = legId("pbx-2.2");
    server.fault("GET", /bridges/, { kind: "slow", ms: 250 });
    const looking = telephony.snapshot();
    await pause(50);
    server.arrive(late, "PJSIP/1002", ["agent-login"]);
    expect(await telephony.admitAgentLeg(late)).toEqual({ ok: true });
    expect((await looking).agentLegs).toContainEqual({ legId: late, endpoint: "PJSIP/1002", ready: true });
    await pause(50);
    expect([...server.bridges.keys()]).toContain(`fd-n-1-agent-${late}`);
  });

  test("a phone whose end was told is in no list that is older, unless it comes again", async () => {
    const { server, telephony, events } = await talking();
    server.emit("StasisEnd", { channel: { id: leg, name: "PJSIP/1001-00000001" } });
    const gone = (): number =>
      events.filter((event) => event.kind === "agentLeg" && event.event.type === "gone").length;
    await until("its end is told", () => gone() === 1);
    expect(server.channels.has(leg)).toBe(true);
    expect((await telephony.snapshot()).agentLegs).toEqual([]);
    server.arrive(leg, "PJSIP/1001", ["agent-login"]);
    const arrivals = (): number =>
      events.filter((event) => event.kind === "agentLeg" && event.event.type === "arrived").length;
    await until("it is told again", () => arrivals() === 2);
    expect((await telephony.snapshot()).agentLegs).toMatchObject([{ legId: leg }]);
  });

  test("a caller without a purpose is hung up", async () => {
    const { server, events } = await started();
    server.arrive("pbx-7.7", "PJSIP/1001", []);
    await until("the caller is gone", () => server.channels.size === 0);
    expect(events.filter(({ kind }) => kind === "agentLeg")).toEqual([]);
  });
});

test("nonsense is logged, unknown types are counted by name, being replaced is told", async () => {
  const { server, telephony, events, lines } = await started();
  server.emit("ChannelDestroyed", { channel: 7 });
  server.emit("TypeOfTheYear2031");
  server.emit("ApplicationReplaced", { application: "fairdial" });
  await until("it is told", () => events.some((event) => event.kind === "connection" && event.state === "replaced"));
  expect(lines).toContainEqual(expect.objectContaining({ level: "warn", message: expect.stringMatching(/no sense/) }));
  expect(telephony.health().ignoredTypes).toMatchObject({ TypeOfTheYear2031: 1 });
  expect(telephony.isUp()).toBe(false);
});

test("after an outage the connection is told again, and a new call can be placed", async () => {
  const { server, telephony, events, types } = await started();
  await server.stop();
  await until("it is down", () => !telephony.isUp());
  await server.start();
  await until("it is up", () => telephony.isUp());
  telephony.place(order);
  await until("it is placed", () => types().includes("placed"));
  expect(
    events.filter(({ kind }) => kind === "connection").map((event) => event.kind === "connection" && event.state),
  ).toEqual(["up", "down", "up"]);
});
