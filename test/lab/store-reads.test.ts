/** How often a daemon asks, and how soon it sees what somebody changed: by counted statements and a clock of the test's. */
import { afterAll, beforeAll, beforeEach, describe, expect, jest, test } from "@jest/globals";
import type { AgentId, CampaignId, NodeId } from "../../src/domain/ids.ts";
import type { DesiredState } from "../../src/engine/ports.ts";
import { DEFAULT_TIMINGS } from "../../src/engine/context.ts";
import { CommandDesks } from "../../src/app/intake/command-loop.ts";
import {
  approveMessage,
  assignAgents,
  clearKillSwitch,
  DAEMON_BELIEF,
  drainNode,
  migrate,
  putCliNumber,
  putMessage,
  removeCliNumber,
  requestAgentCommand,
  resumeNode,
  setCampaignState,
  setKillSwitch,
  SqlStore,
  changeCampaign,
  type Database,
} from "../../src/store/index.ts";
import { dateOf } from "../../src/store/rows.ts";
import {
  ANYTHING,
  anyNode,
  anyNumber,
  claimOf,
  endOf,
  orderFor,
  soon,
  T0,
  type StoreFixture,
} from "../contract/store/fixture.ts";
import { startStoreLab, type StoreLab } from "./store-lab.ts";
import { sqlFixture } from "./store-sql-fixture.ts";
import { watched, type Watched } from "./watched-database.ts";

jest.setTimeout(30_000);
const WHO = { by: "reads", at: T0 };
const LATER = { by: "reads", at: soon(1) };

let lab: StoreLab;
let db: Database;
let fixture: StoreFixture;
let watch: Watched;
let steadyMs = 0;
let store: SqlStore;
let node: NodeId;
let campaign: CampaignId;
let agent: AgentId;
beforeAll(async () => {
  lab = await startStoreLab();
  db = lab.open(await lab.create("reads"));
  await migrate(db);
  fixture = sqlFixture(db, async () => undefined);
  campaign = await fixture.seedCampaign({ desiredState: "stopped" });
  agent = await fixture.seedAgent({ endpoint: "PJSIP/7001", campaignIds: [campaign] });
}, 60_000);
afterAll(() => lab.stop());

/** As a daemon has it, the clock aside, after its first reading. */
beforeEach(async () => {
  watch = watched(db);
  steadyMs = 1_000;
  store = new SqlStore(watch.db, { ...DAEMON_BELIEF, steadyMs: () => steadyMs });
  node = anyNode();
  await store.holdNode(node, "reads", T0, 60_000);
  await store.desiredState(node);
  watch.taken();
});

const read = async (): Promise<DesiredState> => store.desiredState(node);
let serial = 0;
const next = (): number => (serial += 1);
const message = () => ({
  ...{ media: `custom/m${next()}`, sha256: "a".repeat(64), transcript: "Hello.", principal: "Acme Ltd" },
  ...{ contactNumber: "+442079460000", saysPurpose: true, offersKeyOptOut: false },
});

describe("nothing new", () => {
  test("costs one statement, and the name of the node another", async () => {
    await read();
    expect(watch.taken()).toHaveLength(1);
    await store.holdNode(node, "reads", soon(3_000), 60_000);
    expect(watch.taken()).toHaveLength(1);
  });

  test("costs six statements in nine tenths of a second, everything read once in it", async () => {
    for (let passed = 0; passed < 900; passed += DEFAULT_TIMINGS.desiredStateMs) {
      steadyMs += DEFAULT_TIMINGS.desiredStateMs;
      await read();
    }
    expect(watch.taken()).toHaveLength(6);
  });

  test("a name that lapsed, or that somebody else has, is not kept by the short way", async () => {
    await expect(store.holdNode(node, "another", soon(1), 60_000)).rejects.toMatchObject({ kind: "conflict" });
    await store.holdNode(node, "another", soon(120_000), 60_000);
    await expect(store.holdNode(node, "reads", soon(120_001), 60_000)).rejects.toMatchObject({ kind: "conflict" });
  });
});

test("readings come often enough for what is promised: a second for all, and nothing is put off by a late timer", () => {
  const { desiredStateMs } = DEFAULT_TIMINGS;
  for (const believedMs of [DAEMON_BELIEF.lastingMs, DAEMON_BELIEF.optedOutMs]) {
    const readings = Math.ceil(believedMs / desiredStateMs);
    expect(readings * desiredStateMs).toBeLessThanOrEqual(900);
    expect(readings * desiredStateMs - believedMs).toBeGreaterThanOrEqual(100);
  }
});

describe("in the very next reading is", () => {
  const stateOf = ({ campaigns }: DesiredState) => campaigns.find(({ campaignId }) => campaignId === campaign);

  test("a campaign's start, what is set of it, and its stop", async () => {
    await setCampaignState(db, campaign, "running", WHO);
    expect(stateOf(await read())?.desiredState).toBe("running");
    await changeCampaign(db, campaign, { wrapUpMs: 12_345 }, LATER);
    expect(stateOf(await read())?.wrapUpMs).toBe(12_345);
    await setCampaignState(db, campaign, "stopped", LATER);
    expect(stateOf(await read())?.desiredState).toBe("stopped");
  });

  test("a state that somebody wrote by hand, and a campaign that is new", async () => {
    await db.write("update campaign set desired_state = 'paused' where campaign_id = ?", [campaign]);
    expect(stateOf(await read())?.desiredState).toBe("paused");
    const added = await fixture.seedCampaign({ desiredState: "stopped" });
    expect((await read()).campaigns.map(({ campaignId }) => campaignId)).toContain(added);
  });

  test("the kill switch, on and off", async () => {
    await setKillSwitch(db, "complaints", WHO);
    expect((await read()).compliance.killSwitch).toEqual({ since: T0, by: "reads", because: "complaints" });
    await clearKillSwitch(db);
    expect((await read()).compliance.killSwitch).toBeNull();
  });

  test("the drain, and its end", async () => {
    await drainNode(db, node, "repairs", WHO);
    expect((await read()).nodeDrained).toBe(true);
    await resumeNode(db, node, WHO);
    expect((await read()).nodeDrained).toBe(false);
  });

  test("a command, with the agent as their record is now", async () => {
    const command = { type: "pause", pauseReason: "Füße hoch 🎺" } as const;
    const asked = await requestAgentCommand(db, agent, command, WHO);
    const seen = (await read()).agentCommands.find(({ commandId }) => commandId === asked);
    expect(seen).toEqual({ commandId: asked, agentId: agent, command, requestedAt: T0 });
    const newcomer = await fixture.seedAgent({ campaignIds: [campaign] });
    await requestAgentCommand(db, newcomer, command, WHO);
    expect((await read()).agents.find(({ agentId }) => agentId === newcomer)?.campaignIds).toEqual([campaign]);
    await db.write("update agent_command set handled_at = utc_timestamp(3)");
    expect((await read()).agentCommands).toEqual([]);
  });

  test("a call by hand, with the assignment that was made for it", async () => {
    const other = await fixture.seedCampaign({ desiredState: "stopped" });
    const [lead] = await fixture.seedList(other, [{ numbers: [{ number: anyNumber() }] }]);
    await read();
    await assignAgents(db, other, [agent], T0);
    const { insertId } = await db.write(
      `insert into crm_manual_call (status, campaign_id, agent_id, lead_id, node_id, ready_at)
       values ('ready', ?, ?, ?, ?, ?)`,
      [other, agent, lead ?? 0, node, dateOf(T0)],
    );
    const { manualCalls, agents } = await read();
    const waits = { manualId: insertId, campaignId: other, agentId: agent, leadId: lead, requestedAt: T0 };
    expect(manualCalls).toEqual([waits]);
    expect(agents.find(({ agentId }) => agentId === agent)?.campaignIds).toContain(other);
    watch.taken();
    // Known by now: it costs no more while it waits.
    expect((await read()).manualCalls).toEqual([waits]);
    expect(watch.taken()).toHaveLength(1);
    await db.write("update crm_manual_call set status = 'done' where manual_id = ?", [insertId]);
    expect((await read()).manualCalls).toEqual([]);
  });
});

describe("believed for three quarters of a second, and no longer, is", () => {
  const lasting: [string, () => Promise<(seen: DesiredState) => boolean>][] = [
    [
      "an agent who is added",
      async () => {
        const added = await fixture.seedAgent({ campaignIds: [] });
        return ({ agents }) => agents.some(({ agentId }) => agentId === added);
      },
    ],
    [
      "an approved message",
      async () => {
        const made = message();
        await putMessage(db, made, WHO);
        await approveMessage(db, made, LATER);
        const whole = { ...made, approvedBy: "reads", approvedAt: LATER.at };
        return ({ compliance }) => compliance.messages.some((each) => JSON.stringify(each) === JSON.stringify(whole));
      },
    ],
    [
      "a caller number",
      async () => {
        const cliNumber = anyNumber();
        await putCliNumber(db, { cliNumber, trunk: "carrier", proof: 'a letter: "ours"' }, WHO);
        return ({ compliance }) =>
          compliance.cliNumbers.some((each) => each.cliNumber === cliNumber && each.addedAt === T0);
      },
    ],
    [
      "a caller number that is taken out",
      async () => {
        const [cli] = (await read()).compliance.cliNumbers;
        await removeCliNumber(db, cli!.cliNumber, cli!.trunk);
        return ({ compliance }) => !compliance.cliNumbers.some((each) => each.cliNumber === cli!.cliNumber);
      },
    ],
    [
      "a register",
      async () => {
        const file = { name: "TPS", fileDate: soon(-1), loadedAt: T0, numbers: 1, sha256: "b".repeat(64) };
        await fixture.loadRegister(file, [anyNumber()]);
        return ({ compliance }) =>
          compliance.registers.some(
            ({ name, fileDate, numbers }) => name === "TPS" && fileDate === soon(-1) && numbers === 1,
          );
      },
    ],
    [
      "a test of AMD",
      async () => {
        await db.write(
          `insert into amd_test (campaign_id, trunk, build, samples, humans_found, upper_per_million, labelled_by, tested_at)
           values (?, 'carrier', 'b1', 300, 2, 24000, 'anna', ?)`,
          [campaign, dateOf(soon(5))],
        );
        return ({ compliance }) =>
          compliance.amdTests.some(
            ({ campaignId, test: { testedAt, sampled } }) =>
              campaignId === campaign && testedAt === soon(5) && sampled === 300,
          );
      },
    ],
  ];

  test.each(lasting)("%s", async (_, change) => {
    steadyMs += DAEMON_BELIEF.lastingMs;
    await read();
    const isSeen = await change();
    steadyMs += DAEMON_BELIEF.lastingMs - 1;
    watch.taken();
    expect(isSeen(await read())).toBe(false);
    expect(watch.taken()).toHaveLength(1);
    steadyMs += 1;
    expect(isSeen(await read())).toBe(true);
  });

  test("and, for less, who opted out; nobody is asked for while nobody is called", async () => {
    const number = anyNumber();
    const busy = await fixture.seedCampaign();
    await fixture.seedList(busy, [{ numbers: [{ number }] }]);
    const [lead] = await store.claimLeads(claimOf(busy, node, { limit: 1, at: T0 }));
    const order = orderFor(lead!);
    await store.insertAttempts(node, [order], ANYTHING);
    await read();
    await fixture.suppress(number);
    steadyMs += DAEMON_BELIEF.optedOutMs - 1;
    expect((await read()).compliance.optedOut).toEqual([]);
    steadyMs += 1;
    expect((await read()).compliance.optedOut).toEqual([order.attemptId]);
    // Another node's are not ours.
    const other = anyNode();
    await store.holdNode(other, "reads", T0, 60_000);
    expect((await store.desiredState(other)).compliance.optedOut).toEqual([]);
    await store.endAttempt(endOf(lead!, order));
    watch.taken();
    expect((await read()).compliance.optedOut).toEqual([]);
    expect(watch.taken()).toHaveLength(1);
  });
});

describe("whatever moment a manager chooses,", () => {
  interface Change {
    readonly made: () => Promise<void>;
    readonly isRunning: (seen: DesiredState) => boolean;
    readonly isComplete: (seen: DesiredState) => boolean;
  }
  /** A campaign and what must be there before it runs, all at once, and a switch that is thrown just before the start. */
  const change = async (): Promise<Change> => {
    const made = message();
    const started = await fixture.seedCampaign({ desiredState: "stopped" });
    await putMessage(db, made, WHO);
    return {
      made: async () => {
        await approveMessage(db, made, LATER);
        await assignAgents(db, started, [agent], T0);
        await setKillSwitch(db, "first look", WHO);
        await setCampaignState(db, started, "running", LATER);
      },
      isRunning: ({ campaigns }) =>
        campaigns.some(({ campaignId, desiredState }) => campaignId === started && desiredState === "running"),
      isComplete: ({ compliance, agents }) =>
        compliance.killSwitch !== null &&
        compliance.messages.some(({ media, approvedBy }) => media === made.media && approvedBy !== null) &&
        agents.some(({ agentId, campaignIds }) => agentId === agent && campaignIds.includes(started)),
    };
  };

  /** Read three times, the change made before one of the first reading's statements, if it has so many. */
  const looked = async (place: number): Promise<{ isMade: boolean; ran: number; half: number }> => {
    await clearKillSwitch(db);
    const { made, isRunning, isComplete } = await change();
    await read();
    steadyMs += DAEMON_BELIEF.lastingMs;
    watch.taken();
    let isMade = false;
    watch.before = async (_, at) => {
      if (at !== place) return;
      watch.before = null;
      isMade = true;
      await made();
    };
    const seen = [await read()];
    watch.before = null;
    seen.push(await read(), await read());
    const running = seen.filter(isRunning);
    return { isMade, ran: running.length, half: running.filter((each) => !isComplete(each)).length };
  };

  test("no campaign is seen running without what was there before its start", async () => {
    for (let place = 0; ; place += 1) {
      const { isMade, ran, half } = await looked(place);
      if (!isMade) {
        expect(place).toBeGreaterThanOrEqual(4);
        break;
      }
      expect({ place, half }).toEqual({ place, half: 0 });
      expect(ran).toBeGreaterThanOrEqual(2);
    }
    await clearKillSwitch(db);
  });

  /** A database that gives the first answer to such a statement again, until it is told to forget. */
  const remembering = (which: (sql: string) => boolean): { db: Database; forget: () => void } => {
    const inner = watch.db;
    let kept: unknown[] | null = null;
    const rows = async <Row>(sql: string, parameters?: Parameters<Database["rows"]>[1]): Promise<Row[]> => {
      const fresh = await inner.rows<Row>(sql, parameters);
      if (!which(sql)) return fresh;
      kept ??= fresh;
      return kept as Row[];
    };
    const forget = (): void => {
      kept = null;
    };
    return { db: { ...inner, rows }, forget };
  };

  test("planted: papers that are older than the campaigns are found", async () => {
    const stale = remembering((sql) => sql.includes("from information_message"));
    store = new SqlStore(stale.db, { ...DAEMON_BELIEF, steadyMs: () => steadyMs });
    expect((await looked(0)).half).toBeGreaterThan(0);
    await clearKillSwitch(db);
  });

  test("planted: a kill switch that is older than the campaigns is found", async () => {
    const stale = remembering((sql) => sql.includes("from kill_switch"));
    const told = new SqlStore(stale.db, { ...DAEMON_BELIEF, steadyMs: () => steadyMs });
    store = Object.assign(Object.create(SqlStore.prototype) as SqlStore, {
      desiredState: (of: NodeId) => {
        stale.forget();
        return told.desiredState(of);
      },
    });
    expect((await looked(1)).half).toBeGreaterThan(0);
    await clearKillSwitch(db);
  });
});

describe("what CRMs ask for", () => {
  const warnings: string[] = [];
  let now = soon(1_000_000);
  let desks: CommandDesks;
  const log = {
    debug: () => undefined,
    info: () => undefined,
    warn: (text: string) => void warnings.push(text),
    error: (text: string) => void warnings.push(text),
  };
  beforeEach(async () => {
    warnings.length = 0;
    for (const table of ["recording", "transfer"]) await db.write(`delete from crm_${table}_command`);
    await db.write("delete from crm_manual_call");
    desks = new CommandDesks({ database: watch.db, clock: { now: () => now }, log });
    await desks.look();
    watch.taken();
  });
  const codes = async (): Promise<string[]> =>
    (
      await db.rows<{ code: string | null }>(
        `select code from crm_recording_command union all select code from crm_transfer_command
         union all select code from crm_manual_call`,
      )
    ).map(({ code }) => code ?? "none");

  test("is nothing, nearly always: one statement", async () => {
    now = soon(1_000_300);
    await desks.look();
    expect(watch.taken()).toHaveLength(1);
  });

  test("is answered by the next look, of each kind", async () => {
    await db.write("insert into crm_recording_command (what, agent) values ('dance', 'anna')");
    await db.write("insert into crm_transfer_command (what, agent) values ('blind', 'nobody')");
    await db.write("insert into crm_manual_call (campaign, agent, number) values ('no such', 'anna', '1')");
    await desks.look();
    expect(await codes()).toEqual(["unknown-command", "not-on-a-call", "unknown-campaign"]);
    watch.taken();
    await desks.look();
    expect(watch.taken()).toHaveLength(1);
  });

  test("that waits for a daemon costs nothing until it is answered, and is refused after a minute", async () => {
    const asked = await requestAgentCommand(db, agent, { type: "recording", what: "pause", by: "crm" }, WHO);
    const both = `insert into crm_recording_command (what, agent, status, agent_command_id, handed_in_at)
       values ('pause', 'anna', 'asked', ?, ?)`;
    await db.write(both, [asked, dateOf(now)]);
    await desks.look();
    expect(watch.taken()).toHaveLength(1);
    await db.write("update agent_command set handled_at = utc_timestamp(3), result = 'done' where command_id = ?", [
      asked,
    ]);
    await desks.look();
    expect(await codes()).toEqual(["done"]);
    const unanswered = await requestAgentCommand(db, agent, { type: "recording", what: "pause", by: "crm" }, WHO);
    await db.write(both, [unanswered, dateOf(now)]);
    now = soon(1_000_000 + 61_000);
    await desks.look();
    expect((await codes()).sort()).toEqual(["done", "no-daemon-answered"]);
  });

  test("of one kind that fails holds up no other, and is left alone for a while", async () => {
    await db.write("insert into crm_recording_command (what, agent) values ('dance', 'anna')");
    await db.write("insert into crm_transfer_command (what, agent) values ('dance', 'anna')");
    let isBroken = true;
    let tries = 0;
    watch.before = (sql) => {
      if (!sql.includes("from crm_recording_command\n       where status = 'new'")) return;
      tries += 1;
      if (isBroken) throw new Error("planted");
    };
    await desks.look();
    expect(await codes()).toEqual(["none", "unknown-command"]);
    expect(warnings).toHaveLength(1);
    await desks.look();
    expect(tries).toBe(1);
    isBroken = false;
    now = soon(now - T0 + 5_001);
    await desks.look();
    expect(await codes()).toEqual(["unknown-command", "unknown-command"]);
  });
});
