// Reports on lists: penetration, outcomes of each segment, source and hour, and the hours at which people answer; and their views.

import { afterAll, beforeAll, expect, test } from "@jest/globals";
import { instant } from "../../src/domain/instant.ts";
import { DATABASE_DEFAULTS, openDatabase, type Database } from "../../src/store/index.ts";
import { dateOf } from "../../src/store/rows.ts";
import { CliLab } from "./cli-lab.ts";
import { MESSAGE, PRINCIPAL } from "./cli-papers.ts";

const lab = new CliLab();
const NOON = instant(Date.parse("2026-12-01T12:00:00Z"));
lab.now = () => NOON;
let db: Database;
let serial = 0;

interface Row {
  readonly lead_id: number;
  readonly source_id: number;
  readonly number_id: number;
  readonly e164: string;
}

/** One attempt, so many hours ago, and where it left the lead. */
const tried = async (
  key: string,
  hoursAgo: number,
  outcome: string,
  left: readonly [state: string, reason: string],
) => {
  const [row] = await db.rows<Row>(
    `select l.lead_id, l.source_id, n.number_id, n.e164 from campaign_lead l join lead_number n on n.lead_id = l.lead_id
     where l.external_key = ?`,
    [key],
  );
  const id = `00000000-0000-7000-8000-${String((serial += 1)).padStart(12, "0")}`;
  const at = dateOf(instant(NOON - hoursAgo * 3_600_000));
  const isLive = outcome === "connected";
  await db.write(
    `insert into attempt (attempt_id, node_id, campaign_id, lead_id, number_id, e164, cli_number, trunk, decided_at,
       decided_hour, evidence, state, outcome, source_id, placed_at, live_voice, connected_at)
     values (?, 'lab', 1, ?, ?, ?, '+442079460000', 'carrier', ?, ?, '{}', 'ended', ?, ?, ?, ?, ?)`,
    [id, row!.lead_id, row!.number_id, row!.e164, at, at, outcome, row!.source_id, at, isLive, isLive ? at : null],
  );
  await db.write(
    "update campaign_lead set last_attempt_id = ?, last_attempt_at = ?, state = ?, reason = ?, queue = 2, turn = 0 where lead_id = ?",
    [id, at, ...left, row!.lead_id],
  );
};

beforeAll(async () => {
  await lab.begin();
  await lab.must("migrate");
  const { host, port, user, password } = lab.server.access;
  db = openDatabase({ ...DATABASE_DEFAULTS, host, port, user, password, database: "fairdial_cli" });
  await db.write("insert into node (node_id) values ('lab')");
  await lab.must(
    ...["campaign", "add", "spring", "--trunk", "carrier", "--cli", "020 7946 0000", "--mode", "progressive"],
    ...["--principal", PRINCIPAL, "--message", MESSAGE, "--purpose", "service"],
  );
  const rows = Array.from({ length: 6 }, (_, index) => `L-${index},+4420794601${index}0,Europe/London,${index}`);
  const list = lab.file("march.csv", ["Key,Phone,Time zone,score", ...rows].join("\n"));
  await lab.must("list", "import", list, "--campaign", "spring", "--list", "march");
  await lab.must("segment", "add", "best", "score >= 3");
  await lab.must("source", "add", "--campaign", "spring", "--segment", "best", "--position", "1");
  await tried("L-0", 50, "no-answer", ["ready", "no-answer"]);
  await tried("L-0", 20, "no-answer", ["done", "attempts-exhausted"]);
  await tried("L-1", 3, "busy", ["held", "place-refused"]);
  await tried("L-4", 3, "no-answer", ["ready", "no-answer"]);
  await tried("L-4", 2, "connected", ["done", "done"]);
  await db.write(
    "update campaign_lead set next_number_id = (select number_id from lead_number n where n.lead_id = campaign_lead.lead_id limit 1) where external_key = 'L-2'",
  );
}, 120_000);
afterAll(async () => {
  await db.close();
  await lab.end();
}, 30_000);

test("penetration: each list with who was tried, who was reached, and why the rest is at an end", async () => {
  const report = await lab.json("report", "penetration", "--campaign", "spring");
  expect(report).toMatchObject({
    lastDay: { attempts: 4, firstAttempts: 2 },
    newSharePercent: 50,
    rows: [
      {
        ...{
          name: "march",
          leads: 6,
          attempted: 3,
          reached: 1,
          connected: 1,
          attempts: 5,
          firstAttempts: 3,
          redials: 2,
        },
        ...{ waiting: 3, held: 1, done: 2 },
      },
    ],
  });
  const bySegment = await lab.json<{ rows: unknown[] }>(
    "report",
    "penetration",
    "--campaign",
    "spring",
    "--by",
    "segment",
  );
  expect(bySegment.rows).toEqual([
    expect.objectContaining({
      name: "best",
      leads: 3,
      attempted: 1,
      reached: 1,
      reasons: [{ state: "done", reason: "done", leads: 1 }],
    }),
    expect.objectContaining({ name: null, leads: 3, attempted: 2, reached: 0 }),
  ]);
  const text = await lab.must("report", "penetration", "--campaign", "spring");
  expect(text).toMatch(/march +6 +3 +50\.0 % +1 +33\.3 % +1 +3 +1 +2 +1 /);
  expect(text).toContain("5, 60.0 % of them to new leads");
  expect(await lab.must("report", "penetration", "--campaign", "spring", "--csv")).toMatch(
    /^name,leads,.*\r?\nmarch,6,3,1,1,5,3,2,3,1,2,/,
  );
  const [view] = await db.rows("select * from crm_penetration where segment = 'best'");
  expect(view).toMatchObject({ campaign: "spring", list: "march", leads: 3, attempted: 1, waiting_new: 2, done: 1 });
  const [lead] = await db.rows("select * from crm_lead where external_key = 'L-2'");
  expect(lead).toMatchObject({ queue: "new", next_number: "+442079460120", callback_at: null, segment: null });
});

test("outcomes of each segment, source and hour; an attempt stays with the source that it was made from", async () => {
  await db.write("update campaign_lead set source_id = 1 where external_key = 'L-4'");
  const of = async (by: string) =>
    (await lab.json<{ groups: { name: string | null; attempts: number }[] }>("report", "outcomes", "--by", by)).groups;
  expect(await of("segment")).toEqual([
    expect.objectContaining({ name: null, attempts: 3, liveAnswers: 0 }),
    {
      ...{ name: "best", attempts: 2, liveAnswers: 1, connects: 1 },
      outcomes: expect.arrayContaining([{ outcome: "connected", attempts: 1 }]),
    },
  ]);
  expect((await of("list")).map(({ name, attempts }) => [name, attempts])).toEqual([["march", 5]]);
  // 50 and 20 hours ago are 10:00 and 16:00, three and two are 09:00 and 10:00, all by this machine's clock.
  const hours = await of("hour");
  expect(hours.map(({ attempts }) => attempts).sort()).toEqual([1, 2, 2]);
  expect(hours.every(({ name }) => /^\d\d:00$/.test(name ?? ""))).toBe(true);
  expect(await lab.must("report", "outcomes", "--by", "source", "--csv")).toMatch(/^source,outcome,attempts\r?\n1,/);
  expect(await lab.must("report", "outcomes", "--by", "segment", "--from", "1h")).toContain("No attempt has ended");
});

test("redial: who answered at which attempt and in which part of the day, and why it ended", async () => {
  const report = await lab.json("report", "redial", "--campaign", "spring");
  expect(report).toMatchObject({
    ...{ campaign: "spring", leads: 6, untried: 3 },
    attempts: [
      { attempt: 1, attempts: 3, liveAnswers: 0, connects: 0, leads: 1 },
      { attempt: 2, attempts: 2, liveAnswers: 1, connects: 1, leads: 2, rate: 0.5 },
    ],
    bands: [
      // 50, 20, three and two hours before noon.
      { band: "morning", first: { attempts: 3, liveAnswers: 0 }, redials: { attempts: 1, liveAnswers: 1 } },
      { band: "afternoon", first: { attempts: 0, rate: null }, redials: { attempts: 1, liveAnswers: 0 } },
    ],
    ended: expect.arrayContaining([
      { state: "done", reason: "attempts-exhausted", leads: 1 },
      { state: "done", reason: "done", leads: 1 },
      { state: "held", reason: "place-refused", leads: 1 },
    ]),
  });
  const text = await lab.must("report", "redial", "--campaign", "spring");
  expect(text).toContain("6, 3 of them never tried");
  expect(text).toMatch(/^ *2 +2 +1 +50\.0 % +9\.5–90\.5 % +1 +2$/m);
  expect(text).toMatch(/held +place-refused +1/);
  const csv = await lab.must("report", "redial", "--campaign", "spring", "--csv");
  expect(csv).toMatch(/^part,name,leads,attempts,live_answers,connects,rate,low,high\r?\nattempt,1,1,3,0,0,0\.0000,/);
  expect(
    csv
      .trim()
      .split(/\r?\n/)
      .every((line) => line.split(",").length === 9),
  ).toBe(true);
  expect((await lab.run("report", "redial", "--campaign", "spring", "--csv", "--json")).code).toBe(2);
  expect((await lab.run("report", "redial", "--campaign", "sprng")).err).toContain('Did you mean "spring"?');
});

test("hours: what was counted, and how far it can be trusted", async () => {
  const hours = () => lab.must("report", "hours", "--campaign", "spring");
  expect(await hours()).toBe("Nobody has been tried yet.\n");
  await db.write(
    `insert into contact_rate (campaign_id, number_kind, weekday, hour, attempts, live_answers) values
       (1, 'mobile', 1, 18, 400, 120), (1, 'mobile', 2, 18, 5, 2), (1, 'mobile', 1, 10, 400, 28), (1, 'home', 6, 11, 30, 3)`,
  );
  const text = await hours();
  expect(text).toMatch(/mobile: 805 attempts, 18\.6 % answered by a person\n +Mon +Tue/);
  expect(text).toMatch(/\n10:00 +7 ░ +· +·/);
  expect(text).toMatch(/\n18:00 +30 █ +40 \? +·/);
  expect(text).toMatch(/home: 30 attempts/);
  const { cells } = await lab.json<{ cells: { weekday: number; hour: number; low: number; high: number }[] }>(
    ...["report", "hours", "--campaign", "spring", "--kind", "mobile"],
  );
  const cell = cells.find(({ weekday, hour }) => weekday === 2 && hour === 18);
  expect(cell).toMatchObject({ attempts: 5, liveAnswers: 2, rate: 0.4 });
  // Wilson's interval of two in five.
  expect([cell!.low, cell!.high].map((value) => value.toFixed(3))).toEqual(["0.118", "0.769"]);
  expect((await lab.run("report", "hours", "--campaign", "spring", "--kind", "mobil")).err).toContain('"mobile"?');
  expect((await lab.must("report", "hours", "--campaign", "spring", "--csv")).split("\n")[0]).toMatch(
    /^kind,weekday,hour/,
  );
});
