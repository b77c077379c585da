// Looks at the daemon and Asterisk from outside while calls are made at a steady pace, and says what rises.

import { setTimeout as sleep } from "node:timers/promises";
import type { LabFairdial } from "../../lab/fairdial.ts";
import type { Lab } from "../../lab/lab.ts";
import { rounded } from "../calls/figures.ts";
import { StatementMeter } from "../calls/meters.ts";
import { people } from "../calls/network.ts";
import { openFiles, rssMb, threads } from "../calls/processes.ts";
import { endLoad, prepareLoad, startCampaign } from "../calls/run.ts";
import type { CallsOptions, Load } from "../calls/run.ts";
import { slopeOf } from "../memory/slope.ts";

export type SoakOptions = Omit<CallsOptions, "seconds"> & { readonly minutes: number };

/** One look; memory in MB. */
export type SoakPoint = {
  readonly minute: number;
  readonly rssMb: number;
  /** What is in use on the heap, garbage included: it goes up and down. */
  readonly heapMb: number;
  readonly openFiles: number;
  /** As Node counts what keeps it alive: timers, sockets, requests. */
  readonly resources: number;
  readonly asteriskRssMb: number;
  readonly asteriskThreads: number;
  readonly channels: number;
  readonly bridges: number;
  readonly attempts: number;
};

type Measured = Exclude<keyof SoakPoint, "minute" | "attempts">;

/** Rises an hour that are nothing to worry about: what caches, pools and the collector's mood come to. */
const MOST_PER_HOUR: Readonly<Record<Measured, number>> = {
  rssMb: 20,
  heapMb: 20,
  openFiles: 10,
  resources: 10,
  asteriskRssMb: 30,
  asteriskThreads: 20,
  channels: 10,
  bridges: 5,
};
/** Until then code is compiled, pools are filled and the pace is not reached: of the points, the first so many are left out. */
const WARM_UP_SHARE = 0.25;
/** Within so much of where it began it has not risen, whatever the slope of a few minutes would come to in an hour. */
const NOISE: Readonly<Record<Measured, number>> = {
  ...{ rssMb: 15, heapMb: 25, openFiles: 10, resources: 10 },
  ...{ asteriskRssMb: 15, asteriskThreads: 10, channels: 20, bridges: 3 },
};
const POINTS_MIN = 12;
const LOOK_EVERY_MS = 15_000;
const DRAIN_MS = 30_000;

export type SoakFigures = {
  readonly minutes: number;
  readonly cps: number;
  readonly series: readonly SoakPoint[];
  readonly slopes: Readonly<Record<Measured, { readonly perHour: number; readonly mostPerHour: number }>>;
  /** No slope is above its threshold, or none that a run of this length can tell from noise. */
  readonly flat: boolean;
  /** After the last call nobody is left on the line but the agents, in their bridges. */
  readonly isDrained: boolean;
};

export async function soak(lab: Lab, name: string, options: SoakOptions): Promise<SoakFigures> {
  const { minutes, cps, answerShare, say = (): void => undefined } = options;
  // Some more than are called in the time, so that the pace holds to the end.
  const numbers = people(Math.ceil(cps * minutes * 60 * 1.05) + 10, answerShare);
  const load = await prepareLoad(lab, name, { ...options, seconds: minutes * 60 }, numbers);
  const sql = await lab.database.connect({ database: `fd_${name}` });
  try {
    const meter = new StatementMeter(sql);
    const before = await look(lab, load.fairdial, meter, 0);
    say(JSON.stringify(before));
    await startCampaign(meter);
    const series = await watched(lab, load, meter, options);
    await meter.ask("update campaign set desired_state = 'paused'");
    const isDrained = await drained(lab, load.fairdial, meter, before, say);
    const warm = series.slice(Math.ceil(series.length * WARM_UP_SHARE));
    const names = Object.keys(MOST_PER_HOUR) as Measured[];
    const slopes = Object.fromEntries(
      names.map((each) => [
        each,
        {
          perHour: rounded(slopeOf(warm.map((point) => [point.minute / 60, point[each]]))),
          mostPerHour: MOST_PER_HOUR[each],
        },
      ]),
    ) as SoakFigures["slopes"];
    const rises = names.filter((each) => isRising(warm, each, slopes[each].perHour));
    for (const each of rises) say(`${each} rises by ${String(slopes[each].perHour)} an hour`);
    return { minutes, cps, series, slopes, flat: rises.length === 0, isDrained };
  } finally {
    await sql.end().catch(() => undefined);
    await endLoad(lab, load);
  }
}

/** Above the threshold, and by more than it goes up and down anyway. */
export function isRising(points: readonly SoakPoint[], of: Measured, perHour: number): boolean {
  const [first, last] = [points[0], points.at(-1)];
  if (first === undefined || last === undefined || perHour <= MOST_PER_HOUR[of]) return false;
  return perHour * ((last.minute - first.minute) / 60) > NOISE[of];
}

async function watched(
  lab: Lab,
  { fairdial }: Load,
  meter: StatementMeter,
  options: SoakOptions,
): Promise<SoakPoint[]> {
  const { minutes, say = (): void => undefined } = options;
  const everyMs = Math.min(LOOK_EVERY_MS, (minutes * 60_000) / POINTS_MIN);
  const startedAt = Date.now();
  const series: SoakPoint[] = [];
  while (Date.now() - startedAt < minutes * 60_000) {
    await sleep(everyMs);
    if (!fairdial.daemonIsRunning) throw new Error(`the daemon has ended:\n${fairdial.lastWords().join("\n")}`);
    const point = await look(lab, fairdial, meter, (Date.now() - startedAt) / 60_000);
    series.push(point);
    say(JSON.stringify(point));
  }
  return series;
}

async function look(lab: Lab, fairdial: LabFairdial, meter: StatementMeter, minute: number): Promise<SoakPoint> {
  const [{ text }, channels, bridges, [attempts]] = await Promise.all([
    fairdial.page("/metrics"),
    countOf(lab, "/channels"),
    countOf(lab, "/bridges"),
    meter.ask("select count(*) as n from attempt"),
  ]);
  const sum = (name: string): number =>
    [...text.matchAll(new RegExp(`^${name}(?:\\{[^}]*\\})? (\\S+)`, "gm"))].reduce((all, [, n]) => all + Number(n), 0);
  return {
    minute: rounded(minute),
    rssMb: rounded(rssMb(fairdial.daemonPid).now),
    heapMb: rounded(sum("nodejs_heap_size_used_bytes") / 1024 / 1024),
    openFiles: openFiles(fairdial.daemonPid),
    resources: sum("nodejs_active_resources_total"),
    asteriskRssMb: rounded(rssMb(lab.pbx.pid).now),
    asteriskThreads: threads(lab.pbx.pid),
    ...{ channels, bridges, attempts: Number(attempts?.["n"]) },
  };
}

async function countOf(lab: Lab, path: string): Promise<number> {
  return ((await (await lab.pbx.request("GET", path)).json()) as unknown[]).length;
}

/** Until there is nothing that was not there before the first call. */
async function drained(
  lab: Lab,
  fairdial: LabFairdial,
  meter: StatementMeter,
  before: SoakPoint,
  say: (text: string) => void,
): Promise<boolean> {
  const until = Date.now() + DRAIN_MS;
  for (;;) {
    const [open] = await meter.ask("select count(*) as n from attempt where outcome is null");
    const now = await look(lab, fairdial, meter, 0);
    if (Number(open?.["n"]) === 0 && now.channels <= before.channels && now.bridges <= before.bridges) return true;
    if (Date.now() > until) {
      say(
        `left behind: ${String(open?.["n"])} attempts without an end; ${JSON.stringify(now)}, at first ${JSON.stringify(before)}`,
      );
      return false;
    }
    await sleep(500);
  }
}
