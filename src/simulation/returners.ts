/** Who calls back, when, and in what mood: people whom we called in vain or for too short a time, and now and then a stranger. */
import type { AttemptId } from "../domain/ids.ts";
import { after } from "../domain/instant.ts";
import type { MemoryTables } from "./memory-tables.ts";
import type { PretendReturns, Returner } from "./pretend-returns.ts";
import type { SeededRandom } from "./seeded-random.ts";
import type { VirtualClock } from "./virtual-clock.ts";

interface Around {
  readonly clock: VirtualClock;
  readonly random: SeededRandom;
  readonly tables: MemoryTables;
}

const LOOK_MS = 1_000;
const STRANGERS_PER_LOOK = 0.002;

/** From now on, as long as the clock goes. */
export function letPeopleCallBack(returns: PretendReturns, around: Around, percent: number): void {
  const { clock, random, tables } = around;
  const seen = new Set<AttemptId>();
  const callsIn = (afterMs: number, who: Returner): void => {
    clock.wakeAt(after(clock.now(), afterMs), () => {
      returns.arrive(who);
    });
  };
  const look = (): void => {
    for (const { order, state, facts } of tables.attempts.values()) {
      if (state !== "ended" || seen.has(order.attemptId)) continue;
      seen.add(order.attemptId);
      if (facts.connectedAt !== null && random.chance(0.8)) continue;
      if (!random.chance(percent / 100)) continue;
      const who = moodOf(random, written(random, order.number), order.cliNumber);
      callsIn(random.between(2_000, 240_000), who);
      // Some redial at once when they are cut short, and some from two telephones.
      if (random.chance(0.1)) callsIn(random.between(2_000, 240_000), who);
    }
    const [campaign] = tables.campaigns.values();
    if (campaign !== undefined && random.chance(STRANGERS_PER_LOOK)) {
      const caller = random.pick([null, "+447700900999", "anonymous", "1005", campaign.cliNumber]);
      const rung = random.pick([campaign.cliNumber, campaign.cliNumber, "+441632960999"]);
      callsIn(0, moodOf(random, caller, rung));
    }
    clock.wakeAt(after(clock.now(), LOOK_MS), look);
  };
  look();
}

/** Each carrier in its own way. */
const written = (random: SeededRandom, number: string): string =>
  random.pick([number, number.slice(1), `00${number.slice(1)}`]);

const moodOf = (random: SeededRandom, caller: string | null, rung: string): Returner => ({
  ...{ caller, rung },
  patienceMs: random.chance(0.2) ? random.between(500, 10_000) : 90_000,
  talkMs: random.between(5_000, 120_000),
  presses: random.chance(0.3) ? random.pick(["9", "9", "1"]) : null,
  listensMs: random.chance(0.3) ? random.between(500, 10_000) : 60_000,
});
