import { describe, expect, test } from "@jest/globals";
import { isAttemptId } from "../../src/domain/ids.ts";
import { after, msBetween } from "../../src/domain/instant.ts";
import { StoreError } from "../../src/engine/ports.ts";
import { MemoryStore } from "../../src/simulation/memory-store.ts";
import { ProcessClock } from "../../src/simulation/process-clock.ts";
import { SeededRandom } from "../../src/simulation/seeded-random.ts";
import { FAIR_STORE, withStoreWeather } from "../../src/simulation/store-weather.ts";
import { MONDAY_MORNING, VirtualClock } from "../../src/simulation/virtual-clock.ts";
import { nodeId } from "../../src/domain/ids.ts";

describe("the virtual clock", () => {
  test("rings in the order of time, and of setting where times are equal", async () => {
    const clock = new VirtualClock();
    const rung: string[] = [];
    const set = (ms: number, name: string) => clock.wakeAt(after(MONDAY_MORNING, ms), () => rung.push(name));
    set(30, "c");
    set(10, "a1");
    set(20, "b");
    set(10, "a2");
    set(10, "a3");
    await clock.advance(25);
    expect(rung).toEqual(["a1", "a2", "a3", "b"]);
    expect(clock.now()).toBe(after(MONDAY_MORNING, 25));
  });

  test("keeps thousands of alarms in order", async () => {
    const clock = new VirtualClock();
    const random = new SeededRandom(9);
    const rung: number[] = [];
    for (let count = 0; count < 2_000; count += 1) {
      const ms = random.below(5_000);
      clock.wakeAt(after(MONDAY_MORNING, ms), () => rung.push(ms));
    }
    await clock.advance(5_000);
    expect(rung).toHaveLength(2_000);
    expect(rung).toEqual([...rung].sort((a, b) => a - b));
  });

  test("does not ring what was cancelled, and rings what is overdue without going back", async () => {
    const clock = new VirtualClock();
    const rung: string[] = [];
    clock.wakeAt(after(MONDAY_MORNING, 5), () => rung.push("cancelled"))();
    clock.wakeAt(after(MONDAY_MORNING, -5), () => rung.push(`overdue at ${clock.now() - MONDAY_MORNING}`));
    await clock.advance(10);
    expect(rung).toEqual(["overdue at 0"]);
  });

  test("tells whole milliseconds, whatever it is asked to wait for", async () => {
    const clock = new VirtualClock();
    let at = 0;
    clock.wakeAt(after(MONDAY_MORNING, 10 / 3), () => (at = clock.now() - MONDAY_MORNING));
    await clock.advance(10);
    expect(at).toBe(4);
  });

  test("lets everything happen that needs no time, before time goes on", async () => {
    const clock = new VirtualClock();
    const rung: string[] = [];
    clock.wakeAt(after(MONDAY_MORNING, 1), () => {
      void (async () => {
        for (let turn = 0; turn < 50; turn += 1) await Promise.resolve();
        rung.push("promises");
      })();
    });
    clock.wakeAt(after(MONDAY_MORNING, 1), () => rung.push("next alarm"));
    await clock.advance(1);
    expect(rung).toEqual(["promises", "next alarm"]);
  });

  test("of a killed process never rings again", async () => {
    const clock = new VirtualClock();
    const process = new ProcessClock(clock);
    let woken = false;
    void process.sleep(10).then(() => (woken = true));
    await clock.advance(5);
    process.kill();
    await clock.advance(60_000);
    expect(woken).toBe(false);
  });

  test("of a process that falls behind rings late, and in the order in which it was to ring", async () => {
    const clock = new VirtualClock();
    const [from, to] = [after(MONDAY_MORNING, 10), after(MONDAY_MORNING, 20)];
    const process = new ProcessClock(clock, [{ from, to, delayMs: 50 }]);
    const rung: string[] = [];
    for (const ms of [5, 15, 19, 21, 66, 80]) {
      process.wakeAt(after(MONDAY_MORNING, ms), () =>
        rung.push(`${String(ms)} at ${String(msBetween(MONDAY_MORNING, clock.now()))}`),
      );
    }
    await clock.advance(75);
    expect(process.delayMs()).toBe(3);
    await clock.advance(25);
    expect(rung).toEqual(["5 at 5", "15 at 65", "19 at 69", "21 at 69", "66 at 69", "80 at 80"]);
  });
});

describe("the dice", () => {
  test("fall the same way for the same seed", () => {
    const rolls = (seed: number) => {
      const random = new SeededRandom(seed);
      return Array.from({ length: 20 }, () => random.next());
    };
    expect(rolls(7)).toEqual(rolls(7));
    expect(rolls(7)).not.toEqual(rolls(8));
    expect(rolls(7).every((roll) => roll >= 0 && roll < 1)).toBe(true);
  });

  test("of a stream do not depend on what was rolled elsewhere", () => {
    const one = new SeededRandom(7);
    const other = new SeededRandom(7);
    other.next();
    expect(one.stream("people").next()).toBe(other.stream("people").next());
    expect(one.stream("people").next()).not.toBe(one.stream("agents").next());
  });

  test("name attempts as an attempt must be named, in the order of time", () => {
    const random = new SeededRandom(1);
    const ids = Array.from({ length: 200 }, (_, ms) => random.attemptId(after(MONDAY_MORNING, ms)));
    expect(ids.every(isAttemptId)).toBe(true);
    expect(ids.every((id) => /^.{14}7.{4}[89ab]/.test(id))).toBe(true);
    expect(ids).toEqual([...ids].sort());
    expect(new Set(ids).size).toBe(200);
  });
});

describe("the store's weather", () => {
  const setUp = (faults: Partial<typeof FAIR_STORE>) => {
    const clock = new VirtualClock();
    const store = new MemoryStore();
    const weathered = withStoreWeather(store, clock, new SeededRandom(3), { ...FAIR_STORE, ...faults });
    const settle = async (work: Promise<unknown>): Promise<unknown> => {
      const answer = work.then(
        () => "done",
        (error: unknown) => error,
      );
      await clock.advance(10_000);
      return answer;
    };
    return { clock, store, weathered, settle };
  };
  const hold = (store: ReturnType<typeof setUp>["weathered"], clock: VirtualClock) =>
    store.holdNode(nodeId("n"), "me", clock.now(), 60_000);

  test("a fair store answers after its latency", async () => {
    const { weathered, clock, settle } = setUp({});
    expect(await settle(hold(weathered, clock))).toBe("done");
  });

  test("a store that is away has done nothing", async () => {
    const away = { from: MONDAY_MORNING, to: after(MONDAY_MORNING, 5_000) };
    const { weathered, store, clock, settle } = setUp({ awayAt: [away] });
    const error = await settle(hold(weathered, clock));
    expect(error).toBeInstanceOf(StoreError);
    expect(error).toMatchObject({ kind: "away" });
    expect(store.tables.nodes.size).toBe(0);
  });

  test("a lost acknowledgement looks the same, and the work is done", async () => {
    const { weathered, store, clock, settle } = setUp({ ackLostRate: 1 });
    expect(await settle(hold(weathered, clock))).toMatchObject({ kind: "away" });
    expect(store.tables.nodes.size).toBe(1);
  });
});
