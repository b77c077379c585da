/** The pages themselves, asked over HTTP. */
import { afterEach, expect, test } from "@jest/globals";
import { createServer, type Server } from "node:net";
import { listeningAt, Monitoring, TICK_LATE_MAX_MS } from "../../../../src/app/monitoring/monitoring.ts";
import { instant } from "../../../../src/domain/instant.ts";
import type { EngineStatus } from "../../../../src/engine/status.ts";
import { MemoryLog } from "../../../../src/simulation/memory-log.ts";
import { MONDAY_MORNING, VirtualClock } from "../../../../src/simulation/virtual-clock.ts";

const GOOD: EngineStatus = {
  callsByState: {},
  agentsByState: {},
  attemptsPending: 0,
  rowsWaiting: 0,
  storeAway: false,
  spool: { rows: 0, bytes: 0, ageMs: null },
  telephonyUp: true,
  reconciled: true,
  draining: false,
  strayEvents: 0,
  campaignsBarred: {},
  deadlineLateMsMax: 0,
  overload: { callsPerSecond: null, because: null, answersInMs: 3, loopDelayMs: 1, trunks: {} },
};
const LINK = { opens: 1, requests: { p50Ms: null, p95Ms: null } };

const closing: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0)) await close();
});

async function opened(status: () => EngineStatus, lastTickAt: () => number, listen = "127.0.0.1:0") {
  const monitoring = new Monitoring("one", listen, new MemoryLog(new VirtualClock(MONDAY_MORNING)));
  closing.push(() => monitoring.close());
  const watched = {
    status,
    get lastTickAt() {
      return instant(lastTickAt());
    },
  };
  await monitoring.open(watched, () => LINK);
  const ask = async (path: string, init?: RequestInit): Promise<{ code: number; body: string }> => {
    const response = await fetch(`http://127.0.0.1:${String(monitoring.port)}${path}`, init);
    return { code: response.status, body: await response.text() };
  };
  return { monitoring, ask };
}

test("while it starts it is alive and not ready; then both; and a loop that stands still is neither", async () => {
  let tickAt = 0;
  const { monitoring, ask } = await opened(
    () => GOOD,
    () => tickAt,
  );
  expect((await ask("/health")).code).toBe(200);
  expect(await ask("/ready")).toMatchObject({ code: 503, body: expect.stringContaining("one is still starting") });
  monitoring.ready();
  tickAt = Date.now();
  expect(await ask("/ready")).toMatchObject({ code: 200, body: expect.stringContaining("ready") });
  tickAt = Date.now() - TICK_LATE_MAX_MS - 1_000;
  expect((await ask("/health")).code).toBe(503);
  expect((await ask("/ready")).code).toBe(503);
});

test.each([
  [{ telephonyUp: false }, "Asterisk is away"],
  [{ storeAway: true }, "the database is away"],
  [{ reconciled: false }, "have not been compared"],
  [{ draining: true }, "draining"],
] as const)("with %j it is alive and not ready, and says why", async (change, because) => {
  const { monitoring, ask } = await opened(
    () => ({ ...GOOD, ...change }),
    () => Date.now(),
  );
  monitoring.ready();
  expect((await ask("/health")).code).toBe(200);
  expect(await ask("/ready")).toMatchObject({ code: 503, body: expect.stringContaining(because) });
});

test("the metrics alone forget how late a deadline was", async () => {
  let late = 900;
  const status = (): EngineStatus => {
    const deadlineLateMsMax = late;
    late = 0;
    return { ...GOOD, deadlineLateMsMax };
  };
  const { monitoring, ask } = await opened(status, () => Date.now());
  monitoring.ready();
  await ask("/ready");
  expect((await ask("/metrics")).body).toContain('fairdial_deadline_lateness_seconds{node="one"} 0.9');
  expect((await ask("/metrics")).body).toContain('fairdial_deadline_lateness_seconds{node="one"} 0\n');
});

test("it is read only, and knows three pages", async () => {
  const { ask } = await opened(
    () => GOOD,
    () => Date.now(),
  );
  expect((await ask("/metrics?name[]=x")).code).toBe(200);
  expect((await ask("/health", { method: "POST" })).code).toBe(405);
  expect((await ask("/etc/passwd")).code).toBe(404);
});

test("a port that is taken is told, and keeps nobody from dialling", async () => {
  const holder = await new Promise<Server>((resolve) => {
    const server = createServer().listen(0, "127.0.0.1", () => {
      resolve(server);
    });
  });
  closing.push(() => new Promise((resolve) => holder.close(() => resolve())));
  const address = holder.address();
  const port = typeof address === "object" ? (address?.port ?? 0) : 0;
  const { monitoring } = await opened(
    () => GOOD,
    () => Date.now(),
    `127.0.0.1:${String(port)}`,
  );
  expect(monitoring.port).toBeNull();
});

test("off is off, and addresses of both kinds are understood", async () => {
  const { monitoring } = await opened(
    () => GOOD,
    () => Date.now(),
    "off",
  );
  expect(monitoring.port).toBeNull();
  const journal = { append: () => undefined };
  expect(monitoring.listeningTo(journal)).toBe(journal);
  expect(listeningAt("[::1]:9464")).toEqual({ host: "::1", port: 9464 });
  expect(listeningAt("localhost:9464")).toEqual({ host: "localhost", port: 9464 });
});
