/**
 * How long it takes to put a million leads into sources, and how long somebody who wants one of them waits meanwhile:
 * `node --import tsx scripts/bench/assign-leads.ts [leads]`. Prints one line of JSON for each run. Processor seconds are of
 * the server and of this program together, whatever else the machine does.
 */
import { readFileSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import { asksClock, asksHistory } from "../../src/lead/segment/filter.ts";
import { readFilter } from "../../src/lead/segment/parse.ts";
import type { SourceOrder } from "../../src/lead/segment/turn.ts";
import { campaignId, type CampaignId } from "../../src/domain/ids.ts";
import { systemClock } from "../../src/app/clock.ts";
import {
  addSegment,
  addSource,
  changeSource,
  DATABASE_DEFAULTS,
  migrate,
  openDatabase,
  removeSource,
  requestAssignment,
  runAssignment,
  type Database,
} from "../../src/store/index.ts";
import { startDatabase } from "../lab/database.ts";

const LEADS = Number(process.argv[2] ?? 1_000_000);
/** A numeric comparison, a comparison of texts and one of history. Takes three in ten. */
const FILTER = 'age >= 40 and status in ("gold", "silver") and attempts = 0';
const ROWS_AT_ONCE = 2_000;

const seed = async (db: Database): Promise<CampaignId> => {
  const now = new Date();
  const { insertId: campaign } = await db.write(
    `insert into campaign (name, mode, desired_state, trunk, cli_number, ring_timeout_ms, connect_timeout_ms,
       connect_safety_margin_ms, information_message, wrap_up_ms, talk_max_ms, calling_hours, redial, dispositions,
       added_at, changed_at, changed_by)
     values ('bench', 'progressive', 'stopped', 't', '+442079460000', 1, 1, 1, 'm', 1, 1, '[]', '{}', '[]', ?, ?, 'bench')`,
    [now, now],
  );
  const { insertId: list } = await db.write(
    `insert into list (campaign_id, name, imported_by, imported_at, state, leads_loaded)
     values (?, 'bench', 'bench', ?, 'ready', ?)`,
    [campaign, now, LEADS],
  );
  const statuses = ["gold", "silver", "bronze", "tin"];
  for (let line = 1; line <= LEADS; line += ROWS_AT_ONCE) {
    const rows = Array.from({ length: Math.min(ROWS_AT_ONCE, LEADS - line + 1) }, (_, index) => {
      const n = line + index;
      const attributes = {
        ...{ age: String(18 + (n % 55)), status: statuses[(n >> 3) % 4], score: String((n * 7_919) % 100_003) },
        ...{ street: `${n} Long Acre`, town: "Anytown", postcode: `SW${n % 20} ${n % 9}AA`, plan: "monthly" },
      };
      return [list, campaign, n, `K${n}`, `Person ${n}`, JSON.stringify(attributes), "ready", now, now];
    });
    await db.write(
      `insert into campaign_lead (list_id, campaign_id, line, external_key, name, attributes, state, due_at, changed_at)
       values ?`,
      [rows],
    );
  }
  return campaignId(campaign);
};

/** As a daemon that ends attempts: one row after another, each for itself. */
const waits = (db: Database) => {
  const tookMs: number[] = [];
  const stopped = new AbortController();
  const ended = (async () => {
    while (!stopped.signal.aborted) {
      const began = performance.now();
      await db.write("update campaign_lead set carrier_tries = 0 where lead_id = ?", [
        1 + Math.floor(Math.random() * LEADS),
      ]);
      tookMs.push(performance.now() - began);
      await sleep(5);
    }
  })();
  return async () => {
    stopped.abort();
    await ended;
    tookMs.sort((a, b) => a - b);
    const at = (share: number): number => Math.round((tookMs[Math.floor(tookMs.length * share)] ?? 0) * 10) / 10;
    return { updates: tookMs.length, updateMsP50: at(0.5), updateMsP99: at(0.99), updateMsMax: at(0.9999) };
  };
};

/** In hundredths, as Linux counts them (proc(5): fields 14 and 15 of stat, in ticks of 10 ms). */
const processorSeconds = (): number => {
  const fields = readFileSync(`/proc/${server.pid}/stat`, "utf8").split(") ")[1]?.split(" ") ?? [];
  const { user, system } = process.cpuUsage();
  return (Number(fields[11]) + Number(fields[12])) / 100 + (user + system) / 1e6;
};

const measured = async (db: Database, campaign: CampaignId, what: string): Promise<void> => {
  const before = processorSeconds();
  const stop = waits(db);
  const began = performance.now();
  const report = await runAssignment(db, campaign, { now: () => systemClock.now() });
  const seconds = (performance.now() - began) / 1_000;
  process.stdout.write(
    `${JSON.stringify({ what, seconds: Math.round(seconds * 10) / 10, processorSeconds: Math.round((processorSeconds() - before) * 10) / 10, ...report, ...(await stop()) })}\n`,
  );
};

const server = await startDatabase();
try {
  const access = await server.createDatabase("bench");
  const { host, port, user, password } = access;
  const db = openDatabase({ ...DATABASE_DEFAULTS, host, port, user, password, database: access.database });
  await migrate(db);
  const campaign = await seed(db);
  const who = { by: "bench", at: systemClock.now() };
  const read = readFilter(FILTER);
  if ("refusal" in read) throw new Error(read.refusal.sentence);
  const { filter } = read;
  const segmentId = await addSegment(
    db,
    { name: "bench", text: FILTER, filter, asksHistory: asksHistory(filter), asksClock: asksClock(filter) },
    who,
  );
  const imported: SourceOrder = { by: "imported" };
  const draft = { campaignId: campaign, listId: null, weight: 1, order: imported, position: null };
  await measured(db, campaign, "nothing asked");
  await requestAssignment(db, campaign, who.at);
  const some = await addSource(db, { ...draft, segmentId }, who);
  await measured(db, campaign, "a filter of three terms");
  await requestAssignment(db, campaign, who.at);
  await measured(db, campaign, "the same again: nothing moves");
  const all = await addSource(db, { ...draft, segmentId: null }, who);
  await measured(db, campaign, "the others into a second source");
  await changeSource(db, all, { order: { by: "random" } }, who);
  await measured(db, campaign, "these in another order");
  await removeSource(db, some, who);
  await measured(db, campaign, "the first source removed");
  await db.close();
} finally {
  await server.stop();
}
