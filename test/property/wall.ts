/** What the clock on somebody's wall shows, by the machine's own tables of zones: without the library that the code uses. */

export interface Wall {
  /** `YYYY-MM-DD` */
  readonly date: string;
  /** 1 Monday … 7 Sunday */
  readonly weekday: number;
  readonly minute: number;
}

const QUARTER_MS = 15 * 60_000;

export const wallOf = (zone: string): ((at: number) => Wall) => {
  const format = new Intl.DateTimeFormat("en-GB", {
    ...{ timeZone: zone, hourCycle: "h23", year: "numeric", month: "2-digit", day: "2-digit" },
    ...{ hour: "2-digit", minute: "2-digit" },
  });
  const known = new Map<number, Wall>();
  return (at) => {
    // No zone's clock does anything between two quarters of an hour but run.
    const quarter = Math.floor(at / QUARTER_MS) * QUARTER_MS;
    const wall = known.get(quarter) ?? read(format.format(quarter));
    known.set(quarter, wall);
    return { ...wall, minute: wall.minute + Math.floor((at - quarter) / 60_000) };
  };
};

/** "17/11/2026, 08:15" */
const read = (text: string): Wall => {
  const [, day = "", month = "", year = "", hour = "", minute = ""] =
    /^(\d+)\/(\d+)\/(\d+), (\d+):(\d+)$/.exec(text) ?? [];
  const date = `${year}-${month}-${day}`;
  const weekday = new Date(`${date}T00:00:00Z`).getUTCDay();
  return { date, weekday: weekday === 0 ? 7 : weekday, minute: Number(hour) * 60 + Number(minute) };
};

/** Quarters of an hour after which the wall has not moved on by a quarter. */
export const clockChanges = (zone: string, from: number, to: number): number[] => {
  const wall = wallOf(zone);
  const minutes = (at: number): number => Date.parse(`${wall(at).date}T00:00:00Z`) / 60_000 + wall(at).minute;
  const changes: number[] = [];
  for (let day = from; day < to; day += 86_400_000) {
    if (minutes(day + 86_400_000) - minutes(day) === 1_440) continue;
    for (let at = day; at < day + 86_400_000; at += QUARTER_MS) {
      if (minutes(at + QUARTER_MS) - minutes(at) !== 15) changes.push(at + QUARTER_MS);
    }
  }
  return changes;
};
