// Placing over a pretend ARI server, where the moments can be chosen that a real Asterisk offers once in a thousand
// calls: lost answers, legs that never report in, news that overtakes answers.
import { afterEach, expect, test } from "@jest/globals";
import { releaseAll } from "../support/pretend-ari/bench.ts";
import { pause, until } from "../support/pretend-ari/connected.ts";
import { channelId, order, started } from "../support/pretend-ari/telephony-bench.ts";

afterEach(releaseAll);

test("creates, waits for the leg, dials behind our own ring time-out, and tells of it before anything else", async () => {
  const { server, telephony, told, types } = await started();
  server.fault("POST", /dial/, { kind: "slow", ms: 100 });
  telephony.place(order);
  await until(
    "it is dialled",
    () => server.channels.get(channelId)?.dialled === true || server.seen("POST", /dial/).length > 0,
  );
  server.setState(channelId, "Ringing");
  await until("it rings", () => types().includes("rang"));
  expect(types()).toEqual(["placed", "rang"]);
  expect(told()[0]).toMatchObject({ sipCallId: `call-id-of-${channelId}`, stamp: { asteriskAt: null } });
  await pause(200);
  expect(types()).toEqual(["placed", "rang"]);
  const [create] = server.seen("POST", /create/);
  expect(Object.fromEntries(create?.query ?? [])).toEqual({
    app: "fairdial",
    channelId,
    endpoint: "PJSIP/+447700900123@carrier-1",
  });
  expect(create?.body).toEqual({
    variables: { "CONNECTEDLINE(num,i)": "+442079460000", "TALK_DETECT(set)": "400,256" },
  });
  expect(server.seen("POST", /dial/)[0]?.query.get("timeout")).toBe("36");
});

test("the leg reports in before the answer to its creation: no waiting, one dial", async () => {
  const { server, telephony, types } = await started();
  server.fault("POST", /create/, { kind: "slow", ms: 50 });
  server.stasisStartAfterMs = 0;
  telephony.place(order);
  await until("it is placed", () => types().includes("placed"));
  expect(server.seen("POST", /dial/)).toHaveLength(1);
});

test("a leg that never reports in is deleted, not dialled, and its end is nobody's business", async () => {
  const { server, telephony, told, types } = await started();
  server.stasisStartAfterMs = null;
  telephony.place(order);
  await until("it has failed", () => types().length > 0);
  expect(told()).toMatchObject([{ type: "placeFailed", failure: "unavailable" }]);
  await until("the leg is deleted", () => server.channels.size === 0);
  await pause(50);
  expect(types()).toEqual(["placeFailed"]);
  expect(server.seen("POST", /dial/)).toHaveLength(0);
});

test.each([
  ["allocation failed", { kind: "status", status: 500, body: '{"error":"Allocation failed"}' }, "unavailable"],
  ["our request is wrong", { kind: "status", status: 400 }, "refused"],
  ["the name is taken", { kind: "status", status: 409 }, "unknown"],
  ["the connection is reset", { kind: "reset" }, "unavailable"],
  ["the answer is lost", { kind: "answer-lost" }, "unavailable"],
  ["no answer", { kind: "hang" }, "unavailable"],
] as const)("creation: %s", async (_, fault, failure) => {
  const { server, telephony, told } = await started();
  server.fault("POST", /create/, fault);
  telephony.place(order);
  await until("it has failed", () => told().length > 0);
  expect(told()).toMatchObject([{ type: "placeFailed", failure }]);
  await pause(100);
  expect(told()).toHaveLength(1);
  // Asked for once, never dialled, and nothing is left behind; a leg that bears a taken name is not ours to delete.
  expect(server.seen("POST", /create/)).toHaveLength(1);
  expect(server.seen("POST", /dial/)).toHaveLength(0);
  expect(server.seen("DELETE", /channels/)).toHaveLength(failure === "unknown" ? 0 : 1);
  expect(server.channels.size).toBe(0);
});

test.each([
  ["a race", { kind: "status", status: 409 }],
  ["trouble", { kind: "status", status: 500 }],
] as const)("dialling is refused by %s: deleted, and nothing rang", async (_, fault) => {
  const { server, telephony, told } = await started();
  server.fault("POST", /dial/, fault);
  telephony.place(order);
  await until("it has failed", () => told().length > 0);
  await until("the leg is deleted", () => server.channels.size === 0);
  expect(told()).toMatchObject([{ type: "placeFailed", failure: "unavailable" }]);
});

test("no answer to dialling: unknown, not repeated, not deleted; what happens is told", async () => {
  const { server, telephony, types, told } = await started();
  server.fault("POST", /dial/, { kind: "hang" });
  telephony.place(order);
  await until("nobody knows", () => types().includes("placeFailed"));
  expect(told()).toMatchObject([{ type: "placeFailed", failure: "unknown" }]);
  server.setState(channelId, "Up");
  await until("the answer is told", () => types().includes("answered"));
  expect(server.seen("POST", /dial/)).toHaveLength(1);
  expect(server.seen("DELETE", /channels/)).toHaveLength(0);
});

test("no answer to dialling, but it rings: it is placed", async () => {
  const { server, telephony, types } = await started();
  server.fault("POST", /dial/, { kind: "hang" });
  telephony.place(order);
  await until("dialling is asked for", () => server.seen("POST", /dial/).length > 0);
  server.setState(channelId, "Ringing");
  await pause(600);
  expect(types()).toEqual(["placed", "rang"]);
});

test("a leg that ends before it is dialled is no call", async () => {
  const { server, telephony, told } = await started();
  server.stasisStartAfterMs = null;
  telephony.place(order);
  await until("it is created", () => server.channels.size === 1);
  server.end(channelId, 0);
  await until("it has failed", () => told().length > 0);
  await pause(100);
  expect(told()).toMatchObject([{ type: "placeFailed", failure: "unavailable" }]);
});

test("without events, and on a trunk that is not there, nothing is asked of Asterisk", async () => {
  const { server, telephony, told } = await started();
  telephony.place({ ...order, trunk: "none" });
  expect(told()).toMatchObject([{ type: "placeFailed", failure: "refused" }]);
  server.upgradeFault = "refuse";
  server.dropSockets();
  await until("it is down", () => !telephony.isUp());
  telephony.place(order);
  expect(told()[1]).toMatchObject({ type: "placeFailed", failure: "unavailable" });
  expect(server.seen("POST", /channels/)).toHaveLength(0);
});

test("originating: one request; when events stop, what rings is taken back", async () => {
  const { server, telephony, types } = await started({ placing: "originate" });
  telephony.place(order);
  await until("it is placed", () => types().includes("placed"));
  const [request] = server.seen("POST", /channels/);
  expect(request?.path).toBe(`/channels/${channelId}`);
  expect(request?.query.get("callerId")).toBe("+442079460000");
  expect(request?.query.get("timeout")).toBe("36");
  // A redirect would be followed into the dialplan; here it leads nowhere.
  expect(JSON.stringify(request?.body)).toContain("FORWARD_CONTEXT");
  server.upgradeFault = "refuse";
  server.dropSockets();
  await until("it is taken back", () => server.channels.size === 0);
});

test("originating, answer lost: unknown, and asked for once", async () => {
  const { server, telephony, told } = await started({ placing: "originate" });
  server.fault("POST", /channels/, { kind: "answer-lost" });
  telephony.place(order);
  await until("nobody knows", () => told().length > 0);
  expect(told()).toMatchObject([{ type: "placeFailed", failure: "unknown" }]);
  expect(server.seen("POST", /channels/)).toHaveLength(1);
});
