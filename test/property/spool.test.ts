/**
 * Whatever befalls store, disk and process: the rows are those of a world without faults, in their order, none twice, and
 * none missing but what a process had for less than a second when it was killed.
 */
import { expect, test } from "@jest/globals";
import fc from "fast-check";
import { after, type Instant } from "../../src/domain/instant.ts";
import { type Alarm, type NumberedJob, StoreError } from "../../src/engine/ports.ts";
import { WriteBehind } from "../../src/engine/rows/write-behind.ts";
import { MemoryJournal } from "../../src/simulation/memory-journal.ts";
import { MemoryLog } from "../../src/simulation/memory-log.ts";
import { MemoryStore } from "../../src/simulation/memory-store.ts";
import { FAIR_DISK, PretendDisk, PretendSpool } from "../../src/simulation/pretend-spool.ts";
import { ProcessClock } from "../../src/simulation/process-clock.ts";
import { SeededRandom } from "../../src/simulation/seeded-random.ts";
import { FAIR_STORE, withStoreWeather } from "../../src/simulation/store-weather.ts";
import { MONDAY_MORNING, VirtualClock } from "../../src/simulation/virtual-clock.ts";

/** A store that remembers each row it takes, as often as it takes it. */
class Ledger extends MemoryStore {
  readonly rows: number[] = [];

  override async raiseAlarm({ code }: Alarm): Promise<void> {
    if (code.startsWith("row ")) this.rows.push(Number(code.slice(4)));
  }
}

/** Forgets how far it has come: what the guard is there for. */
class Forgetful extends Ledger {
  override async carryOut(holder: string, jobs: readonly NumberedJob[], at: Instant): Promise<number> {
    this.tables.positions.delete(holder);
    return super.carryOut(holder, jobs, at);
  }
}

interface Weather {
  readonly seed: number;
  /** Pauses between rows; a negative one is a kill, and the time until the next process. */
  readonly steps: readonly number[];
  readonly spells: readonly { readonly fromMs: number; readonly forMs: number }[];
  /** At these steps a reading finds the store away: whether rows hurry depends on the readings, too. */
  readonly unread: readonly number[];
  readonly ackLostRate: number;
  readonly slowRate: number;
  readonly flushMs: number;
  readonly diskFull: readonly { readonly fromMs: number; readonly forMs: number }[];
}

const sail = async (weather: Weather, store: Ledger = new Ledger()) => {
  const clock = new VirtualClock();
  const [disk, random] = [new PretendDisk(), new SeededRandom(weather.seed)];
  const spellsOf = (spells: Weather["spells"]) =>
    spells.map(({ fromMs, forMs }) => ({
      from: after(MONDAY_MORNING, fromMs),
      to: after(MONDAY_MORNING, fromMs + forMs),
    }));
  const { ackLostRate, slowRate, flushMs } = weather;
  const faults = { ...FAIR_STORE, ackLostRate, slowRate, slowMs: 3_000, awayAt: spellsOf(weather.spells) };
  const diskFaults = { ...FAIR_DISK, flushMs, fullAt: spellsOf(weather.diskFull) };
  const journal = new MemoryJournal();
  let [lives, posted, firstOwn] = [0, 0, 0];
  const promised = new Set<number>();
  const live = () => {
    lives += 1;
    const own = new ProcessClock(clock);
    const name = `process ${lives}`;
    const behind = new WriteBehind({
      store: withStoreWeather(store, own, random.stream(`store of ${name}`), faults),
      spool: new PretendSpool(disk, own, random.stream(`disk of ${name}`), diskFaults),
      ...{ clock: own, log: new MemoryLog(clock), journal, holder: name },
    });
    const begun = behind.begin();
    return { own, behind, begun };
  };
  let process = live();
  for (const [index, step] of weather.steps.entries()) {
    const reading = weather.unread.includes(index)
      ? Promise.reject(new StoreError("away", "unread"))
      : Promise.resolve();
    await process.behind.health.watch("reads", reading).catch(() => undefined);
    if (step >= 0) {
      const alarm = { at: clock.now(), campaignId: null, attemptId: null, code: `row ${posted}`, says: "" };
      process.behind.write({ type: "alarm", alarm });
      posted += 1;
      await clock.advance(step);
      continue;
    }
    process.own.kill();
    for (const number of store.rows) promised.add(number);
    for (const line of disk.lines) {
      const { job } = JSON.parse(line) as { job: { alarm?: Alarm } };
      if (job.alarm?.code.startsWith("row ") === true) promised.add(Number(job.alarm.code.slice(4)));
    }
    // Of this process; what an earlier one lost stays lost.
    if (weather.diskFull.length === 0) for (let own = firstOwn; own < posted; own++) promised.add(own);
    firstOwn = posted;
    await clock.advance(-step);
    process = live();
    // As the daemon does: nothing happens before what was left is written.
    const { begun } = process;
    let isBegun = false;
    void begun.then(() => (isBegun = true));
    await clock.runUntil(() => isBegun, after(clock.now(), 600_000));
    expect(isBegun).toBe(true);
  }
  await clock.advance(600_000);
  return { rows: store.rows, promised, posted, depth: process.behind.depth, journal, disk };
};

const spells = fc.array(fc.record({ fromMs: fc.nat(60_000), forMs: fc.integer({ min: 1, max: 30_000 }) }), {
  maxLength: 3,
});
const weathers = (kills: boolean): fc.Arbitrary<Weather> =>
  fc.record({
    seed: fc.nat(),
    steps: fc.array(
      fc.oneof(
        { weight: 8, arbitrary: fc.constantFrom(0, 0, 3, 40, 90, 900, 4_000) },
        ...(kills ? [{ weight: 1, arbitrary: fc.integer({ min: -20_000, max: -1 }) }] : []),
      ),
      { maxLength: 60 },
    ),
    spells,
    unread: fc.uniqueArray(fc.nat(60), { maxLength: 30 }),
    ackLostRate: fc.constantFrom(0, 0.3),
    slowRate: fc.constantFrom(0, 0.2),
    flushMs: fc.constantFrom(1, 20, 200),
    diskFull: fc.oneof({ weight: 3, arbitrary: fc.constant([]) }, { weight: 1, arbitrary: spells }),
  });

const ascending = (rows: readonly number[]): boolean =>
  rows.every((row, index) => index === 0 || row > rows[index - 1]!);

test("without a kill every row is there, once, in order, whatever store and disk do", async () => {
  await fc.assert(
    fc.asyncProperty(weathers(false), async (weather) => {
      const { rows, posted, depth, disk } = await sail(weather);
      expect(rows).toEqual(Array.from({ length: posted }, (_, index) => index));
      expect([depth, disk.rows]).toEqual([0, 0]);
    }),
    { numRuns: 6_000 },
  );
}, 60_000);

test("killed as often as you like: in order, none twice, and all that was promised", async () => {
  await fc.assert(
    fc.asyncProperty(weathers(true), async (weather) => {
      const { rows, promised, depth, disk, journal } = await sail(weather);
      expect(ascending(rows)).toBe(true);
      expect([...promised].filter((number) => !rows.includes(number))).toEqual([]);
      expect([depth, disk.rows]).toEqual([0, 0]);
      expect(journal.ofKind("spool").filter(({ what }) => what === "lost" || what === "refused")).toEqual([]);
    }),
    { numRuns: 6_000 },
  );
}, 60_000);

test("a store without the guard is found out: an acknowledgement that is lost makes a row count twice", async () => {
  const weather: Weather = {
    ...{ seed: 1, steps: Array.from({ length: 40 }, () => 40), spells: [], unread: [], diskFull: [] },
    ...{ ackLostRate: 0.3, slowRate: 0, flushMs: 1 },
  };
  const { rows } = await sail(weather, new Forgetful());
  expect(new Set(rows).size).toBe(40);
  expect(rows.length).toBeGreaterThan(40);
});
