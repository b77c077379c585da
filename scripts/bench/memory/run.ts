// Does the daemon keep anything of calls that are over? The whole engine in the pretend world, one process that never
// rests, its list filled up as leads are done; what piles up in the pretend database is taken away as it ends, so what is
// left growing is the engine's own. The heap is looked at after a forced collection, at ten points.

import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { campaignId, leadId, listId, numberId } from "../../../src/domain/ids.ts";
import { after } from "../../../src/domain/instant.ts";
import type { Instant } from "../../../src/domain/instant.ts";
import { phoneNumber } from "../../../src/domain/phone-number.ts";
import { Population } from "../../../src/simulation/population.ts";
import { SeededRandom } from "../../../src/simulation/seeded-random.ts";
import { progressiveCampaign, TIME_ZONE } from "../../../src/simulation/shift.ts";
import { MONDAY_MORNING } from "../../../src/simulation/virtual-clock.ts";
import type { MemoryTables, NewLead } from "../../../src/simulation/memory-tables.ts";
import { runShift } from "../../../src/simulation/world.ts";
import { slopeOf } from "./slope.ts";

export type MemoryOptions = {
  readonly attempts: number;
  readonly agents?: number;
  readonly seed?: number;
  readonly mode?: "progressive" | "power" | "predictive";
  /** Called at each hand-over: a test plants a leak here. */
  readonly leak?: (ended: number) => void;
  readonly say?: (text: string) => void;
};

export type HeapPoint = { readonly attempts: number; readonly heapMb: number };

/** The last line of the bench. */
export type MemoryFigures = {
  readonly attempts: number;
  readonly points: readonly HeapPoint[];
  /** By least squares over all points but the first: until then code is compiled and tables find their size. */
  readonly bytesPerAttempt: number;
  /** Leads and attempts in the pretend database at the end: what the heap holds beside the engine. */
  readonly rows: number;
  /** As the threshold says. */
  readonly flat: boolean;
};

const POINTS = 10;
/** A leaked call is at least a name of 36 letters and its place in a map; a heap after a collection is steady to a megabyte. */
export const BYTES_PER_ATTEMPT_MAX = 40;
export const GROWN_MB_ALLOWED = 2;

const HAND_OVER_MS = 60_000;
/** Leads that wait: more than any team calls between two hand-overs. */
const WAITING = 2_000;
const MONTHS_MS = 100 * 86_400_000;
const DAYS_MS = 30 * 86_400_000;
const MB = 1024 * 1024;

setFlagsFromString("--expose-gc");
const collect = runInNewContext("gc") as () => void;

export async function measureMemory(options: MemoryOptions): Promise<MemoryFigures> {
  const { attempts, agents = 30, seed = 1, mode = "predictive", say = (): void => undefined } = options;
  const random = new SeededRandom(seed);
  const points: HeapPoint[] = [];
  let [made, ended] = [0, 0];
  let people = new Population(random.stream("people"));
  const someLeads = (count: number, dueAt: Instant): NewLead[] =>
    Array.from({ length: count }, () => {
      made += 1;
      const number = phoneNumber(`+4477${String(made).padStart(8, "0")}`);
      const numbers = [{ numberId: numberId(made), number, timeZone: TIME_ZONE }];
      return { leadId: leadId(made), listId: listId(1), campaignId: campaignId(1), numbers, dueAt };
    });
  const look = (): void => {
    collect();
    const heapMb = Math.round((process.memoryUsage().heapUsed / MB) * 100) / 100;
    points.push({ attempts: ended, heapMb });
    say(`${String(ended)} attempts: ${heapMb.toFixed(2)} MB`);
  };
  const tidy = (tables: MemoryTables, at: Instant): void => {
    for (const { leadId: id, state } of [...tables.leads.values()])
      if (state === "done" || state === "held" || (ended >= attempts && state === "ready")) tables.leads.delete(id);
    // The list is as long at the last look as at the first, or it would look like memory that was given back.
    if (ended < attempts) for (const lead of someLeads(WAITING - tables.leads.size, at)) tables.addLead(lead);
    // What a database keeps, and this one would keep on the heap.
    tables.compliance.forgetAttemptsBefore(after(at, MONTHS_MS));
    tables.permanent.clear();
    people = new Population(random.stream(`people ${String(made)}`));
  };
  const { tables, deaths } = await runShift({
    ...{ seed, agents, endAfterMs: DAYS_MS, handOverEveryMs: HAND_OVER_MS },
    trunk: { linesMax: 10 * agents, cpsMax: agents, codecs: ["alaw"] },
    campaign: {
      ...{ mode, dialLevelPercent: mode === "power" ? 150 : 100 },
      redial: { ...progressiveCampaign().redial, attemptsMax: 1, carrierTriesMax: 1 },
    },
    town: { leads: someLeads(WAITING, MONDAY_MORNING), calleeAt: (order) => people.calleeAt(order) },
    chronicler: {
      entry: () => undefined,
      closed: (rows, _diaries, { tables: all, at }) => {
        ended += rows.length;
        options.leak?.(rows.length);
        while (points.length < POINTS && ended >= ((points.length + 1) * attempts) / POINTS) look();
        tidy(all, at);
      },
    },
  });
  if (deaths.length > 0) throw new Error(`the pretend daemon died: ${deaths.join("; ")}`);
  const slope = slopeOf(points.slice(1).map(({ attempts: x, heapMb }) => [x, heapMb * MB]));
  return {
    attempts: ended,
    points,
    bytesPerAttempt: Math.round(slope * 10) / 10,
    rows: tables.leads.size + tables.attempts.size,
    flat: slope <= BYTES_PER_ATTEMPT_MAX || (slope * ended) / MB <= GROWN_MB_ALLOWED,
  };
}
