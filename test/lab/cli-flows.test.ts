/** Flows as they are kept: once for each version, under a name, and shown as they were. */
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, expect, jest, test } from "@jest/globals";
import { DATABASE_DEFAULTS, flowById, openDatabase } from "../../src/store/index.ts";
import { SAMPLE_FILE, sampleFlow } from "../support/flows.ts";
import { CliLab } from "./cli-lab.ts";

jest.setTimeout(60_000);

const lab = new CliLab();
beforeAll(async () => {
  await lab.begin();
  await lab.must("migrate");
});
afterAll(() => lab.end());

interface Added {
  readonly flowId: number;
  readonly version: string;
  readonly isNew: boolean;
  readonly isNewest: boolean;
  readonly versions: number;
}

test("a version is kept once, an older one is not lost, and what is wrong is not kept", async () => {
  expect(await lab.must("flow", "list")).toContain("There is no flow yet");
  const first = await lab.json<Added>("flow", "add", "delivery", SAMPLE_FILE, "--profile", "UK");
  expect(first).toMatchObject({ isNew: true, isNewest: true, versions: 1 });
  const again = await lab.json<Added>("flow", "add", "Delivery", SAMPLE_FILE);
  expect(again).toMatchObject({ flowId: first.flowId, isNew: false, versions: 1 });

  const changed = join(lab.folder, "changed.yaml");
  writeFileSync(changed, readFileSync(SAMPLE_FILE, "utf8").replace("wait: 10s", "wait: 9s"));
  const second = await lab.json<Added>("flow", "add", "delivery", changed);
  expect(second).toMatchObject({ isNew: true, isNewest: true, versions: 2 });
  expect(await lab.json<Added>("flow", "add", "delivery", SAMPLE_FILE)).toMatchObject({
    isNew: false,
    isNewest: false,
  });
  expect((await lab.json<{ version: string }[]>("flow", "list")).map(({ version }) => version)).toEqual([
    second.version,
    first.version,
  ]);

  const wrong = join(lab.folder, "wrong.yaml");
  writeFileSync(wrong, readFileSync(SAMPLE_FILE, "utf8").replace("wait: 10s", "wait: 60s"));
  const refused = await lab.run("flow", "add", "delivery", wrong);
  expect([refused.code, refused.err]).toEqual([1, expect.stringContaining("[flow-refused]")]);
  expect(await lab.json("flow", "list")).toHaveLength(2);

  const newest = await lab.json<{ version: string }>("flow", "show", "delivery", "--stored");
  expect(newest.version).toBe(second.version);
  const older = await lab.json<{ flow: unknown }>("flow", "show", `delivery@${first.version}`, "--stored");
  expect(older.flow).toEqual(sampleFlow());
  const unknown = await lab.run("flow", "show", "delivry", "--stored");
  expect(unknown.err).toContain('Did you mean "delivery"?');

  const { host, port, user, password } = lab.server.access;
  const db = openDatabase({ ...DATABASE_DEFAULTS, host, port, user, password, database: "fairdial_cli" });
  expect((await flowById(db, first.flowId))?.flow).toEqual(sampleFlow());
  expect((await flowById(db, first.flowId))?.source).toBe(readFileSync(SAMPLE_FILE, "utf8"));
  expect(await flowById(db, 999)).toBeNull();
  await db.close();
});
