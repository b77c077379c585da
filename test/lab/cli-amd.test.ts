// Answering-machine detection from the command line: what may be asked for, what is refused, and what its test says.

import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import { NOTHING_KNOWN } from "../../src/domain/attempt.ts";
import { agentId, campaignId, nodeId } from "../../src/domain/ids.ts";
import { after, instant } from "../../src/domain/instant.ts";
import { DATABASE_DEFAULTS, openDatabase, SqlStore, type Database } from "../../src/store/index.ts";
import { ANYTHING, claimOf, orderFor } from "../contract/store/fixture.ts";
import { CliLab } from "./cli-lab.ts";
import { allowNumber, approveMessage, MESSAGE, PRINCIPAL, putMessageOnRecord } from "./cli-papers.ts";

const lab = new CliLab();
const NOON = instant(Date.parse("2026-12-01T12:00:00Z"));
lab.now = () => after(NOON, 10_000);
let db: Database;

beforeAll(async () => {
  await lab.begin();
  await lab.must("migrate");
  const { host, port, user, password } = lab.server.access;
  db = openDatabase({ ...DATABASE_DEFAULTS, host, port, user, password, database: "fairdial_cli" });
  await lab.must("agent", "add", "anna", "--endpoint", "PJSIP/1001");
  await allowNumber(lab);
  await putMessageOnRecord(lab);
  await approveMessage(lab);
  await lab.must(
    ...["campaign", "add", "spring", "--trunk", "carrier", "--cli", "020 7946 0000", "--mode", "progressive"],
    ...["--principal", PRINCIPAL, "--message", MESSAGE, "--purpose", "service", "--agents", "anna"],
  );
  const rows = Array.from({ length: 3 }, (_, index) => `L-${index},+4420794601${index}0,Europe/London`);
  const list = lab.file("march.csv", ["Key,Phone,Time zone", ...rows].join("\n"));
  await lab.must("list", "import", list, "--campaign", "spring", "--list", "march");
}, 120_000);
afterAll(async () => {
  await db.close();
  await lab.end();
}, 30_000);

describe("campaign set --amd", () => {
  test("is off unless somebody asks", async () => {
    expect(await lab.json("campaign", "show", "spring")).toMatchObject({
      campaign: { amd: { kind: "off", onMachine: "hang-up", voicemailMessage: null, samplePercent: 5 } },
    });
  });

  test.each([
    ["Asterisk's own, with no time for it", ["--amd", "asterisk", "--connect-limit", "1500ms"], "usage"],
    ["a message that is not named", ["--amd", "talk", "--on-machine", "message"], "usage"],
    [
      "a limit that leaves no time",
      ["--amd", "talk", "--connect-limit", "500ms", "--connect-margin", "100ms"],
      "usage",
    ],
    ["no sample at all", ["--amd", "talk", "--amd-sample", "0"], "usage"],
    ["a message that is no name", ["--voicemail-message", "../../etc"], "usage"],
  ])("refuses %s, and leaves everything as it was", async (_what, options, code) => {
    const before = await lab.json("campaign", "show", "spring");
    const refused = await lab.run("campaign", "set", "spring", ...options, "--json");
    expect(refused.code).not.toBe(0);
    expect(`${refused.out}${refused.err}`).toContain(code);
    expect(await lab.json("campaign", "show", "spring")).toEqual(before);
  });

  test("keeps what is asked for, and shows it", async () => {
    await lab.must(
      ...["campaign", "set", "spring", "--amd", "parallel", "--on-machine", "message"],
      ...["--voicemail-message", MESSAGE, "--amd-sample", "10"],
    );
    const shown = await lab.must("campaign", "show", "spring");
    for (const each of ["parallel", "message", "10 of a hundred"]) expect(shown).toContain(each);
  });
});

describe("what a test says", () => {
  test("nothing, at first: machines go to agents", async () => {
    expect(await lab.json("amd", "status", "spring")).toMatchObject({ mayDrop: false, because: "no-test", test: null });
  });

  test("what agents and whoever listens afterwards have heard", async () => {
    const store = new SqlStore(db);
    const node = nodeId("lab-amd");
    await store.holdNode(node, "lab", NOON, 60_000);
    const desired = await store.desiredState(node);
    const spring = desired.campaigns.find(({ name }) => name === "spring");
    const anna = desired.agents.find(({ name }) => name === "anna");
    const id = spring?.campaignId ?? campaignId(0);
    const [lead] = await store.claimLeads(claimOf(id, node, { limit: 1, at: after(NOON, 20_000) }));
    if (lead === undefined) throw new Error("no lead was due");
    const status = await lab.json("amd", "status", "spring");
    expect(status).toMatchObject({ calls: { learning: 0 } });
    // As the daemon writes it: by the detection that is set now.
    const { amdBuild, DEFAULT_DETECTORS } = await import("../../src/engine/calls/amd.ts");
    const build = spring === undefined ? null : amdBuild(spring, DEFAULT_DETECTORS);
    const order = orderFor(lead, { evidence: { amdBuild: build }, decidedAt: NOON });
    await store.insertAttempts(node, [order], ANYTHING);
    const stamp = { at: after(NOON, 1_000), asteriskAt: null };
    const facts = {
      ...NOTHING_KNOWN,
      ...{ answeredAt: stamp, connectedAt: stamp, agentId: anna?.agentId ?? agentId(0) },
      ...({ verdict: "machine", verdictAt: stamp, verdictCause: "long-greeting", verdictAct: "learning" } as const),
    };
    await store.recordChanges([{ attemptId: order.attemptId, state: "connected", facts }]);
    expect(await lab.must("amd", "review", "spring")).toContain(order.attemptId);
    await store.recordDisposition(order.attemptId, anna?.agentId ?? agentId(0), "machine", after(NOON, 2_000));
    expect(await lab.must("amd", "review", "spring")).toContain("Nothing of spring waits");
    expect(await lab.json("amd", "status", "spring")).toMatchObject({
      mayDrop: false,
      because: "too-few",
      calls: { learning: 1 },
      test: { samples: 1, humansFound: 0 },
    });
    // Who listens afterwards knows better, and the agent's later word does not change it.
    await lab.must("amd", "review", "spring", "--attempt", order.attemptId, "--heard", "person");
    await store.recordDisposition(order.attemptId, anna?.agentId ?? agentId(0), "machine", after(NOON, 3_000));
    expect(await lab.json("amd", "status", "spring")).toMatchObject({ test: { samples: 1, humansFound: 1 } });
  });

  test("of a call that nobody knows, or that was not taken for a machine, nothing is said", async () => {
    const unknown = "0192f3a4-7b1c-7def-8123-456789abcdef";
    const refused = await lab.run("amd", "review", "spring", "--attempt", unknown, "--heard", "person", "--json");
    expect(`${refused.out}${refused.err}`).toContain("unknown-attempt");
  });
});
