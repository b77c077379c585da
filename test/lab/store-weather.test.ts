/** Bad weather: a database that is away, slow, restarted or refuses us, and two who want the same row. */
import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, beforeAll, describe, expect, jest, test } from "@jest/globals";
import { startDatabase, type LabDatabase } from "../../scripts/lab/database.ts";
import {
  DATABASE_DEFAULTS,
  migrate,
  openDatabase,
  schemaState,
  serverFacts,
  SqlStore,
  type Database,
  type DatabaseConfig,
} from "../../src/store/index.ts";
import { instant } from "../../src/domain/instant.ts";
import { anyNode, T0 } from "../contract/store/fixture.ts";

jest.setTimeout(30_000);

let server: LabDatabase;
let config: DatabaseConfig;
const opened: Database[] = [];
const open = (change: Partial<DatabaseConfig> = {}): Database => {
  const db = openDatabase({ ...config, ...change });
  opened.push(db);
  return db;
};
beforeAll(async () => {
  server = await startDatabase();
  const { host, port, user, password } = await server.createDatabase("weather");
  config = { ...DATABASE_DEFAULTS, host, port, user, password, database: "weather", connectTimeoutMs: 1_000 };
}, 60_000);
afterAll(async () => {
  for (const db of opened) await db.close();
  await server.stop();
});

describe("a database that refuses us is not waited for", () => {
  test.each([
    ["a wrong password", { password: "wrong" }, "accessDenied"],
    ["an unknown user", { user: "nobody" }, "accessDenied"],
    ["an unknown database", { database: "nowhere" }, "unknownDatabase"],
  ])("%s", async (_what, change, trouble) => {
    const error = { kind: "unusable", trouble };
    await expect(open(change).rows("select 1")).rejects.toMatchObject(error);
    await expect(schemaState(open(change))).rejects.toMatchObject(error);
  });

  test("and says nothing of the password", async () => {
    const error: unknown = await open({ password: "swordfish" })
      .rows("select 1")
      .catch((reason: unknown) => reason);
    expect(String(error) + JSON.stringify(error) + String((error as Error).stack)).not.toContain("swordfish");
  });

  test("TLS that is asked for and not to be had", async () => {
    const tls = { ca: null, verifyServer: true };
    await expect(open({ tls }).rows("select 1")).rejects.toMatchObject({ kind: "unusable", trouble: "accessDenied" });
  });
});

describe("a database that is away may come back", () => {
  test.each([
    ["nobody at the port", { port: 1 }],
    ["no such socket", { socketPath: "/nonexistent/socket" }],
    ["no such host", { host: "nonexistent.invalid" }],
  ])("%s", async (_what, change) => {
    await expect(open(change).rows("select 1")).rejects.toMatchObject({ kind: "away", trouble: "unreachable" });
  });

  test("one that stops answering is given up in time, and used again when it answers", async () => {
    const db = open({ queryTimeoutMs: 500, connectionsMax: 2 });
    await db.rows("select 1");
    server.pause();
    const began = Date.now();
    // The first finds an old connection, the others have to make one.
    const answers = await Promise.allSettled([1, 2, 3, 4].map(() => db.rows("select 1"))).finally(() => {
      server.resume();
    });
    const tookMs = Date.now() - began;
    expect(answers.map((answer) => answer.status)).toEqual(Array(4).fill("rejected"));
    for (const answer of answers) expect(answer).toMatchObject({ reason: { kind: "away" } });
    expect(tookMs).toBeLessThan(4_000);
    expect(await db.rows("select 1 as one")).toEqual([{ one: 1 }]);
  }, 20_000);

  test("one that is killed and started again is used again", async () => {
    const db = open();
    await migrate(db);
    await server.kill();
    await expect(db.rows("select 1")).rejects.toMatchObject({ kind: "away" });
    await expect(new SqlStore(db).desiredState(anyNode())).rejects.toMatchObject({ kind: "away" });
    await server.start();
    expect(await db.rows("select 1 as one")).toEqual([{ one: 1 }]);
    expect(await schemaState(db)).toMatchObject({ state: "current" });
  }, 30_000);

  test("a transaction whose connection is cut leaves nothing, and its connection is not used again", async () => {
    const db = open({ connectionsMax: 1 });
    const other = open();
    const node = anyNode();
    const cut = db.transaction(async (tx) => {
      await tx.write("insert into node (node_id) values (?)", [node]);
      const [row] = await tx.rows<{ id: number }>("select connection_id() as id");
      await other.write(`kill ${row!.id}`);
      await tx.write("update node set holder = 'me' where node_id = ?", [node]);
    });
    await expect(cut).rejects.toMatchObject({ kind: "away" });
    expect(await db.rows("select * from node where node_id = ?", [node])).toEqual([]);
  });
});

describe("two who want the same rows", () => {
  test("in opposite order: one is told to begin again, and both get there", async () => {
    const db = open();
    const [one, two] = [anyNode(), anyNode()];
    await db.write("insert into node (node_id) values (?), (?)", [one, two]);
    let tries = 0;
    const both = (first: string, second: string) =>
      db.transaction(async (tx) => {
        tries += 1;
        await tx.write("update node set holder = 'x' where node_id = ?", [first]);
        await sleep(100);
        await tx.write("update node set holder = 'y' where node_id = ?", [second]);
      });
    await Promise.all([both(one, two), both(two, one)]);
    expect(tries).toBeGreaterThan(2);
  }, 20_000);

  test("what a transaction did is undone when its work is refused", async () => {
    const db = open();
    const node = anyNode();
    const work = db.transaction(async (tx) => {
      await tx.write("insert into node (node_id) values (?)", [node]);
      throw new TypeError("our own mistake");
    });
    await expect(work).rejects.toThrow("our own mistake");
    expect(await db.rows("select * from node where node_id = ?", [node])).toEqual([]);
  });
});

describe("every session", () => {
  test("is as the program expects it, whatever the server's defaults are", async () => {
    const admin = open();
    await admin.write("set global sql_mode = '', global time_zone = '+05:30'");
    try {
      const db = open();
      await db.write("create table if not exists probe (at datetime(3), text varchar(3))");
      await expect(db.write("insert into probe (text) values ('too long')")).rejects.toMatchObject({ kind: "broken" });
      await db.write("insert into probe (at) values (?)", [new Date(T0)]);
      const [row] = await db.rows<{ at: Date; text: string; now: Date }>(
        "select at, cast(at as char) as text, now(3) as now from probe",
      );
      expect(row!.at.getTime()).toBe(T0);
      expect(row!.text).toBe("2026-11-21 10:00:00.123");
      expect(Math.abs(row!.now.getTime() - Date.now())).toBeLessThan(5_000);
    } finally {
      await admin.write("set global sql_mode = default, global time_zone = default");
    }
  });

  test("gives an object as text, never as part of the statement", async () => {
    const value = { node_id: 1 } as unknown as string;
    expect(await open().rows("select * from node where node_id = ?", [value])).toEqual([]);
  });

  test("keeps large numbers and sums of numbers numbers", async () => {
    const [row] = await open().rows(
      "select 9007199254740991 as big, sum(x) as sum from (select 1 as x union all select 2) t",
    );
    expect(row).toEqual({ big: 9_007_199_254_740_991, sum: 3 });
  });
});

test("the server tells what it is, and whose clock is wrong", async () => {
  const facts = await serverFacts(open(), () => instant(Date.now()));
  expect(facts).toMatchObject({ supported: true, database: "weather", complaints: [] });
  expect(Math.abs(facts.clockSkewMs)).toBeLessThan(2_000);
  const off = await serverFacts(open(), () => instant(Date.now() - 60_000));
  expect(Math.round(off.clockSkewMs / 1_000)).toBe(60);
});
