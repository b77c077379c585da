// The way through AMD() and back: who is sent, who is not, and what becomes of whoever does not come back.
import { describe, expect, test } from "@jest/globals";
import { AmdDetour } from "../../../src/asterisk/amd-detour.ts";
import { AriError } from "../../../src/asterisk/ari-error.ts";
import { namesOf } from "../../../src/asterisk/names.ts";
import type { AttemptId } from "../../../src/domain/ids.ts";
import { nodeId } from "../../../src/domain/ids.ts";
import type { Log } from "../../../src/engine/ports.ts";

const attemptId = "0199d3a0-1111-7222-8333-444444444444" as AttemptId;
const CHANNEL = `fd-n-1-${attemptId}`;
const ORDER = { amdArguments: "1400,1000,350,1520,100,120,2,256,900", patienceMs: 200 };
const RUNNING = ["app_amd.so", "func_dialplan.so"];

function made(world: { modules?: readonly string[] | Error; exists?: string; continues?: Error } = {}) {
  const asked: string[] = [];
  const warnings: unknown[] = [];
  const quiet = (): void => undefined;
  const log: Log = { debug: quiet, info: quiet, warn: (_says, facts) => warnings.push(facts), error: quiet };
  const port = {
    modules: async () => {
      asked.push("modules");
      const { modules = RUNNING } = world;
      if (modules instanceof Error) throw modules;
      return modules.map((name) => ({ name, status: "Running" }));
    },
    variable: async (channelId: string, name: string) => {
      expect([channelId, name]).toEqual([CHANNEL, "DIALPLAN_EXISTS(fairdial-amd,s,1)"]);
      return world.exists ?? "1";
    },
    setVariable: async (_channelId: string, name: string, value: string) => void asked.push(`${name}=${value}`),
    subscribe: async (source: string) => void asked.push(source),
    continueInDialplan: async (channelId: string, place?: { readonly context: string }) => {
      asked.push(`continue ${channelId} ${place?.context ?? ""}`);
      if (world.continues !== undefined) throw world.continues;
    },
  };
  return { detour: new AmdDetour({ port, names: namesOf(nodeId("n-1")), log }), asked, warnings };
}

const settled = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, 5));
const SENT = `continue ${CHANNEL} fairdial-amd`;

test("a leg is sent with its arguments and its limit, subscribed to by name, and comes back with what AMD() said", async () => {
  const { detour, asked } = made();
  const answer = detour.ask(attemptId, ORDER);
  await settled();
  expect(asked).toEqual([
    ...["modules", `FAIRDIAL_AMD=${ORDER.amdArguments}`, "FAIRDIAL_AMD_MAX=0.160", `channel:${CHANNEL}`, SENT],
  ]);
  detour.returned(attemptId, "MACHINE", "MAXWORDS-3-2");
  expect(await answer).toEqual({ ok: true, status: "MACHINE", cause: "MAXWORDS-3-2" });
});

describe("nobody is sent where Asterisk would drop them", () => {
  test.each([
    ["the context is missing", { exists: "0" }, /no context fairdial-amd/],
    ["the function that tells is missing", { exists: "" }, /no context/],
    ["AMD() is not loaded", { modules: ["func_dialplan.so"] }, /app_amd\.so not running/],
    ["nobody can tell", { modules: new AriError({ code: "ARI_TIMEOUT", message: "no answer" }) }, /no answer/],
  ])("%s", async (_what, world, says) => {
    const { detour, asked, warnings } = made(world);
    expect(await detour.ask(attemptId, ORDER)).toMatchObject({
      ok: false,
      kind: "refused",
      detail: expect.stringMatching(says),
    });
    expect(asked).not.toContain(SENT);
    expect(warnings).toHaveLength(1);
  });
});

test("modules are asked for once a connection, and again after a doubt", async () => {
  const good = made({ exists: "0" });
  await good.detour.ask(attemptId, ORDER);
  await good.detour.ask(attemptId, ORDER);
  expect(good.asked).toEqual(["modules"]);
  good.detour.connectionLost();
  await good.detour.ask(attemptId, ORDER);
  expect(good.asked).toEqual(["modules", "modules"]);
  const doubtful = made({ modules: new AriError({ code: "ARI_TIMEOUT", message: "no answer" }) });
  await doubtful.detour.ask(attemptId, ORDER);
  await doubtful.detour.ask(attemptId, ORDER);
  expect(doubtful.asked).toEqual(["modules", "modules"]);
});

test.each([
  ["left meanwhile", (detour: AmdDetour) => detour.gone(attemptId), "gone"],
  ["was away when the connection was lost", (detour: AmdDetour) => detour.connectionLost(), "unknown"],
])("a leg that %s is waited for no longer", async (_what, happens, kind) => {
  const { detour } = made();
  const answer = detour.ask(attemptId, { ...ORDER, patienceMs: 60_000 });
  await settled();
  happens(detour);
  expect(await answer).toMatchObject({ ok: false, kind });
});

test("a leg that never comes back is given up, and what is said of it later is nobody's", async () => {
  const { detour } = made();
  expect(await detour.ask(attemptId, { ...ORDER, patienceMs: 0 })).toMatchObject({ ok: false, kind: "unknown" });
  expect(() => {
    detour.returned(attemptId, "HUMAN", "HUMAN");
  }).not.toThrow();
});

test("a refusal is told as such", async () => {
  const { detour } = made({ continues: new AriError({ code: "ARI_CONFLICT", status: 409, message: "not in Stasis" }) });
  expect(await detour.ask(attemptId, ORDER)).toMatchObject({ ok: false, kind: "refused", detail: "not in Stasis" });
});
