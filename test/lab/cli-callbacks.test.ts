// `fairdial callback` and `fairdial list recycle`: promises at a time, and leads that come back.

import { afterAll, beforeAll, beforeEach, describe, expect, test } from "@jest/globals";
import { campaignId, leadId, nodeId } from "../../src/domain/ids.ts";
import { instant, type Instant } from "../../src/domain/instant.ts";
import { CALLBACK_GRACE_MS } from "../../src/domain/lead.ts";
import {
  DATABASE_DEFAULTS,
  openDatabase,
  queuePromised,
  settleMissed,
  SqlStore,
  type Database,
} from "../../src/store/index.ts";
import { dateOf } from "../../src/store/rows.ts";
import { CliLab } from "./cli-lab.ts";
import { allowNumber, approveMessage, MESSAGE, PRINCIPAL, putMessageOnRecord } from "./cli-papers.ts";

const lab = new CliLab();
/** A Tuesday in London. */
const NOON = instant(Date.parse("2026-12-01T12:00:00Z"));
const DAY_MS = 86_400_000;
let now: Instant = NOON;
lab.now = () => now;
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
  await lab.must("campaign", "start", "spring");
  const rows = Array.from({ length: 9 }, (_, index) => `L-${index},+4420794601${index}0,Europe/London`);
  const list = lab.file("march.csv", ["Key,Phone,Time zone", ...rows, "T-1,+442079460199,Asia/Tokyo"].join("\n"));
  await lab.must("list", "import", list, "--campaign", "spring", "--list", "march");
  await lab.must("source", "set", "1", "--order", "random");
}, 120_000);
afterAll(async () => {
  await db.close();
  await lab.end();
}, 30_000);
beforeEach(() => {
  now = NOON;
});

interface Callback {
  readonly callback: number;
  readonly state: string;
  readonly dueAt: string;
  readonly untilAt: string;
  readonly agent: string | null;
  readonly moved: string | null;
  readonly isLate?: boolean;
}
const add = (lead: string, ...words: readonly string[]) =>
  lab.json<Callback>("callback", "add", "--campaign", "spring", "--lead", lead, ...words);
const refusal = async (lead: string, ...words: readonly string[]) =>
  (await lab.run("callback", "add", "--campaign", "spring", "--lead", lead, ...words)).err;
const leadRow = async (key: string) => {
  const [row] = await db.rows<Record<string, unknown>>("select * from campaign_lead where external_key = ?", [key]);
  return row!;
};
const list = (...words: readonly string[]) => lab.json<readonly Callback[]>("callback", "list", ...words);

describe("a callback", () => {
  test("is promised by the person's clock, to one agent, and the lead waits for it alone", async () => {
    const made = await add(
      "L-0",
      "--at",
      "18:30",
      "--agent",
      "anna",
      "--fallback",
      "missed",
      "--note",
      "about the bill",
    );
    expect(made).toMatchObject({
      ...{
        agent: "anna",
        fallback: "missed",
        state: "waiting",
        note: "about the bill",
        askedBy: "tester",
        moved: null,
      },
      ...{ dueAt: "2026-12-01T18:30:00.000Z", untilAt: "2026-12-01T19:30:00.000Z" },
    });
    // The order of its source is no place in the queue of callbacks.
    expect(await leadRow("L-0")).toMatchObject({ state: "ready", queue: 3, turn: 0, due_at: new Date(made.dueAt) });
    const tokyo = await add("T-1", "--at", "2026-12-02T10:00");
    expect(tokyo.dueAt).toBe("2026-12-02T01:00:00.000Z");
    expect((await add("T-1", "--at", "2026-12-02T10:00", "--zone", "Europe/London", "--until", "10:30")).dueAt).toBe(
      "2026-12-02T10:00:00.000Z",
    );
    // One at a time: the later word stands.
    expect((await list()).map(({ dueAt }) => dueAt)).toEqual(["2026-12-01T18:30:00.000Z", "2026-12-02T10:00:00.000Z"]);
    const why = await lab.json<{ leads: { answer: { code: string; says: string } }[] }>("why", "lead", "L-0");
    expect(why.leads[0]!.answer).toMatchObject({
      code: "callback-promised",
      says: expect.stringMatching(/from Tue 1 Dec 2026 18:30 Europe\/London\. Promised by anna, else nobody/),
    });
  });

  test("is never outside the hours that hold: refused with the next moment, or moved when that is wanted", async () => {
    expect(await refusal("L-1", "--at", "2026-12-02T23:00")).toMatch(
      /may not be called at Wed 2 Dec 2026 23:00 Europe\/London: .*next moment is Thu 3 Dec 2026 .*\[callback-closed\]/s,
    );
    const moved = await add("L-1", "--at", "2026-12-02T23:00", "--until", "2026-12-03T01:00", "--move");
    expect(moved.moved).toContain("outside");
    expect(new Date(moved.untilAt).getTime() - new Date(moved.dueAt).getTime()).toBe(7_200_000);
    expect(moved.dueAt > "2026-12-03T07").toBe(true);
    // The hours open while it lasts: it begins then, and that is told.
    const later = await add("L-1", "--at", "2026-12-03T06:00", "--until", "2026-12-03T11:00");
    expect(later).toMatchObject({ dueAt: moved.dueAt, untilAt: "2026-12-03T11:00:00.000Z" });
    expect(later.moved).toContain("It begins at Thu 3 Dec 2026");
  });

  test("without a time is on the next day, at this time", async () => {
    expect(await add("L-2")).toMatchObject({ dueAt: "2026-12-02T12:00:00.000Z", untilAt: "2026-12-02T13:00:00.000Z" });
  });

  test("is refused where nobody may be called, and for what is no time", async () => {
    await lab.must("suppress", "add", "020 7946 0130");
    expect(await refusal("L-3", "--at", "18:30")).toMatch(/suppression list.*\[callback-barred\]/s);
    await lab.must("suppress", "remove", "020 7946 0130");
    await db.write("update campaign_lead set state = 'done', reason = 'opted-out' where external_key = 'L-3'");
    expect(await refusal("L-3", "--at", "18:30")).toContain("[lead-done]");
    await db.write("update campaign_lead set state = 'ready', reason = null where external_key = 'L-3'");
    expect(await refusal("L-3", "--at", "half six")).toContain('"half six" is not a time of Europe/London');
    expect(await refusal("L-3", "--at", "2026-12-01T11:00")).toContain("is over");
    expect(await refusal("L-3", "--at", "18:30", "--zone", "Mars/Phobos")).toContain(
      '"Mars/Phobos" is not a time zone',
    );
    expect(await refusal("L-3", "--at", "18:30", "--agent", "ana")).toContain('Did you mean "anna"?');
    // The night in which clocks go forward has no half past one.
    expect(await refusal("L-3", "--at", "2027-03-28T01:30")).toContain("is not a time of Europe/London");
  });

  test("is taken back, and the lead goes on as if there had been none", async () => {
    const { callback } = await add("L-4", "--at", "18:30");
    expect(await lab.must("callback", "withdraw", String(callback))).toMatch(
      /^Withdrawn\. .* was to be called by anybody/,
    );
    expect(await leadRow("L-4")).toMatchObject({ state: "ready", queue: 1, turn: 0, due_at: new Date(NOON) });
    expect((await lab.run("callback", "withdraw", String(callback))).err).toContain("is withdrawn, and cannot be");
    expect((await lab.run("callback", "withdraw", "9999")).err).toContain("[unknown-callback]");
  });

  test("of a lead that is being dialled waits until that call has been settled", async () => {
    await db.write("update campaign_lead set state = 'dialling' where external_key = 'L-5'");
    await add("L-5", "--at", "18:30");
    const lead = await leadRow("L-5");
    expect(lead).toMatchObject({ state: "dialling", queue: 0 });
    await db.write("update campaign_lead set state = 'done', reason = 'done' where external_key = 'L-5'");
    await db.transaction((tx) => queuePromised(tx, leadId(Number(lead["lead_id"])), now));
    expect(await leadRow("L-5")).toMatchObject({ state: "ready", queue: 3, reason: "callback" });
    // Who opted out in that call is not called back.
    await db.write("update campaign_lead set state = 'done', reason = 'suppressed' where external_key = 'L-5'");
    await db.transaction((tx) => queuePromised(tx, leadId(Number(lead["lead_id"])), now));
    expect(await leadRow("L-5")).toMatchObject({ state: "done" });
  });

  test("that was not kept is reported", async () => {
    expect(await list("--missed")).toEqual([]);
    now = instant(Date.parse("2026-12-01T19:31:00Z"));
    expect((await list("--missed")).every(({ isLate }) => isLate === true)).toBe(true);
    expect((await list("--missed")).length).toBe(2);
    await db.write("update callback set state = 'missed', settled_at = ? where agent_id is not null", [dateOf(now)]);
    const text = await lab.must("callback", "list", "--missed", "--campaign", "spring");
    expect(text).toMatch(/ anna +missed +about the bill/);
    expect(text).toMatch(/ anybody +waiting, 60 s late/);
    expect((await list()).some(({ state }) => state === "missed")).toBe(false);
    const [view] = await db.rows<Record<string, unknown>>("select * from crm_callback where agent = 'anna'");
    expect(view).toMatchObject({ campaign: "spring", external_key: "L-0", status: "missed", fallback: "missed" });
  });
});

describe("a promise that nobody tried to keep", () => {
  const missedAt = (minutes: number) => instant(NOON + minutes * 60_000);
  const settled = async () =>
    (await settleMissed(db, now)).map(({ callbackId }) => callbackId).sort((one, other) => one - other);
  const stateOf = async (id: number) => (await db.rows("select state from callback where callback_id = ?", [id]))[0];

  test("is late for a quarter of an hour, then missed, whether a daemon runs or not", async () => {
    const { callback } = await add("L-6", "--at", "12:10", "--until", "12:30");
    now = missedAt(40);
    const late = (await list()).find((each) => each.callback === callback);
    expect(late).toMatchObject({ state: "waiting", isLate: true });
    expect(await settled()).toEqual([]);
    now = missedAt(46);
    const missed = (await list("--missed")).find((each) => each.callback === callback);
    expect(missed).toMatchObject({ state: "missed", isLate: false });
    expect((await list()).map((each) => each.callback)).not.toContain(callback);
    expect((await lab.run("callback", "withdraw", String(callback))).err).toContain("is missed, and cannot be");
    // Its row waits for somebody to settle it, and its lead with it.
    expect(await stateOf(callback)).toEqual({ state: "waiting" });
    expect(await settled()).toEqual([callback]);
    expect(await stateOf(callback)).toEqual({ state: "missed" });
    // Never tried, and one of many again.
    expect(await leadRow("L-6")).toMatchObject({
      ...{ state: "ready", queue: 1, turn: 0, due_at: new Date(now), reason: "callback-missed" },
    });
    expect(await settled()).toEqual([]);
  });

  test("is left to whoever has the lead in hand, as long as they have it", async () => {
    const talking = await add("L-7", "--at", "12:10", "--until", "12:30");
    const taken = await add("L-8", "--at", "12:10", "--until", "12:30");
    now = missedAt(60);
    await db.write("update campaign_lead set state = 'dialling' where external_key = 'L-7'");
    await db.write("update campaign_lead set state = 'leased', lease_until = ? where external_key = 'L-8'", [
      dateOf(missedAt(61)),
    ]);
    expect(await settled()).toEqual([]);
    // The daemon that had it is gone.
    now = missedAt(62);
    expect(await settled()).toEqual([taken.callback]);
    expect(await leadRow("L-8")).toMatchObject({ state: "ready", queue: 1, lease_until: null });
    await db.write("update campaign_lead set state = 'done', reason = 'done' where external_key = 'L-7'");
    expect(await settled()).toEqual([talking.callback]);
    expect(await leadRow("L-7")).toMatchObject({ state: "done", reason: "done" });
    await db.write("update campaign_lead set state = 'ready' where external_key = 'L-7'");
  });

  test("is settled once, however many daemons look", async () => {
    const { callback } = await add("L-6", "--at", "12:10", "--until", "12:30");
    now = missedAt(46);
    const all = await Promise.all([settled(), settled(), settled()]);
    expect(all.flat()).toEqual([callback]);
  });

  test("is told to CRMs in the same words", async () => {
    const { callback } = await add("L-6", "--at", "12:10", "--until", "12:30");
    const status = async (minutesAgo: number) => {
      await db.write("update callback set until_at = utc_timestamp(3) - interval ? minute where callback_id = ?", [
        ...[minutesAgo, callback],
      ]);
      return (
        await db.rows<{ status: string }>("select status from crm_callback where callback_id = ?", [callback])
      )[0];
    };
    const grace = CALLBACK_GRACE_MS / 60_000;
    expect([await status(-1), await status(1), await status(grace - 1), await status(grace + 1)]).toEqual(
      ["waiting", "late", "late", "missed"].map((each) => ({ status: each })),
    );
  });
});

describe("recycling", () => {
  interface Recycled {
    readonly leads: number;
    readonly comingBack: Record<string, number>;
    readonly stayingOut: Record<string, number>;
  }
  const recycle = (...words: readonly string[]) =>
    lab.json<Recycled>("list", "recycle", "--campaign", "spring", ...words);

  let serial = 0;
  /** One attempt, so long ago, and where it left the lead. */
  const tried = async (
    key: string,
    outcome: string,
    daysAgo: number,
    state = "done",
    reason = "attempts-exhausted",
  ) => {
    const lead = await leadRow(key);
    const [number] = await db.rows<{ number_id: number; e164: string }>(
      "select number_id, e164 from lead_number where lead_id = ?",
      [Number(lead["lead_id"])],
    );
    await db.write("insert ignore into node (node_id) values ('lab')");
    const id = `00000000-0000-7000-8000-${String((serial += 1)).padStart(12, "0")}`;
    const at = dateOf(instant(NOON - daysAgo * DAY_MS));
    await db.write(
      `insert into attempt (attempt_id, node_id, campaign_id, lead_id, number_id, e164, cli_number, trunk, decided_at,
         decided_hour, evidence, state, outcome)
       values (?, 'lab', 1, ?, ?, ?, '+442079460000', 'carrier', ?, ?, '{}', 'ended', ?)`,
      [id, Number(lead["lead_id"]), number!.number_id, number!.e164, at, at, outcome],
    );
    await db.write(
      `update campaign_lead set last_attempt_id = ?, last_attempt_at = ?, state = ?, reason = ?, queue = 2, turn = 0,
         attempts_counted = 5 where external_key = ?`,
      [id, at, state, reason, key],
    );
    await db.write(
      "update lead_number set attempts_counted = 5, last_attempt_at = ?, last_outcome = ? where number_id = ?",
      [at, outcome, number!.number_id],
    );
  };

  test("says first how many of each would come back, and how many not and why; then does it", async () => {
    await tried("L-0", "no-answer", 40);
    await tried("L-1", "no-answer", 20);
    await tried("L-2", "busy", 40);
    await tried("L-3", "no-answer", 40, "done", "opted-out");
    await tried("L-4", "no-answer", 40);
    await lab.must("suppress", "add", "020 7946 0140");
    await tried("L-5", "no-answer", 40);
    await db.write(
      "insert into number_status (e164, permanent_outcome, since) values ('+442079460150', 'unallocated', ?)",
      [dateOf(NOON)],
    );
    await tried("L-6", "no-answer", 40, "ready");
    await tried("L-7", "no-answer", 40, "held", "no-window");
    await tried("L-8", "connected", 40);
    const words = ["--outcome", "no-answer,busy"];
    const expected = {
      leads: 2,
      comingBack: { "no-answer": 1, busy: 1 },
      stayingOut: {
        ...{ "tried-lately": 1, "opted-out": 1, suppressed: 1, "number-out": 1, "still-worked": 1, held: 1 },
      },
    };
    expect(await recycle(...words, "--dry-run")).toMatchObject(expected);
    expect(await leadRow("L-0")).toMatchObject({ state: "done", recycled_at: null });
    expect(await recycle(...words, "--attempts-max", "4", "--dry-run")).toMatchObject({ leads: 0 });
    expect(await recycle(...words)).toMatchObject(expected);
    expect(await leadRow("L-0")).toMatchObject({
      ...{ state: "ready", queue: 2, turn: 0, reason: "recycled", attempts_counted: 0, recycled_at: new Date(NOON) },
      ...{ due_at: new Date(NOON), source_id: 1 },
    });
    expect((await leadRow("L-0"))["zone_id"]).not.toBe(0);
    for (const key of ["L-1", "L-3", "L-4", "L-5", "L-8"]) expect(await leadRow(key)).toMatchObject({ state: "done" });
    expect(await db.rows("select leads, asked_by, ended_at from recycling")).toEqual([
      { leads: 2, asked_by: "tester", ended_at: new Date(NOON) },
    ]);
    // A new round begins with nothing tried.
    const why = await lab.json<{ leads: { answer: { code: string } }[] }>("why", "lead", "L-0");
    expect(why.leads[0]!.answer.code).toBe("ready");
    expect(await lab.must("list", "recycle", "--campaign", "spring", ...words)).toContain("0 leads have come back.");
    const store = new SqlStore(db);
    await store.holdNode(nodeId("lab"), "this test", NOON, 60_000);
    const claim = {
      nodeId: nodeId("lab"),
      limit: 50,
      callbacksMax: 50,
      at: NOON,
      leaseMs: 60_000,
      newSharePercent: 50,
    };
    const claimed = await store.claimLeads({ ...claim, campaignId: campaignId(1), isOpen: () => true });
    const back = claimed.filter(({ isFresh, callback }) => !isFresh && callback === null);
    const recycled = back.filter(({ story }) => story.attemptsCounted === 0);
    expect(recycled.map(({ story }) => story.attempts)).toEqual([[], []]);
  });

  test("is not for what redialling is for, and knows its outcomes", async () => {
    const run = (...words: readonly string[]) => lab.run("list", "recycle", "--campaign", "spring", ...words);
    expect((await run("--outcome", "no-answer", "--older-than", "7d")).err).toContain("--older-than must be from 8d");
    expect((await run("--outcome", "no-anser")).err).toContain('Did you mean "no-answer"?');
  });
});
