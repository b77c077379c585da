/**
 * People of a made-up town for scripts/bench/redial.ts: who is where at which hour. Assumptions, not measurements: the
 * shape follows what time-use surveys and call centres report (few at home on working mornings, most after six), the
 * levels make a good quarter of attempts succeed.
 */
import { numberId } from "../../src/domain/ids.ts";
import type { LeadNumber, NumberKind } from "../../src/domain/lead.ts";
import type { Outcome } from "../../src/domain/outcome.ts";
import type { SeededRandom } from "../../src/simulation/seeded-random.ts";

/** `worker`: nine to five, away from home. `shifts`: at home at odd hours, each their own. `home`: retired, or with children. */
type Habit = "worker" | "shifts" | "home";

interface Line {
  readonly number: LeadNumber;
  /** As the list says is `number.kind`; a list is wrong now and then. */
  readonly rings: Exclude<NumberKind, "other">;
  readonly isDead: boolean;
  readonly isFax: boolean;
}

export interface Person {
  readonly habit: Habit;
  readonly lines: readonly Line[];
  /** Chance to be found by local weekday (0 Monday) and hour, where they are reached at all. */
  readonly patience: number;
  /** Hours by which their day is earlier or later than others'. */
  readonly shift: number;
  /** Days on which they are away altogether. */
  readonly awayDays: readonly number[];
}

export const ZONES = ["Europe/London", "America/New_York", "Asia/Kolkata"] as const;

const LABELLED = 0.8;

export function peopleOf(count: number, days: number, dice: SeededRandom): Person[] {
  let lastNumber = 0;
  return Array.from({ length: count }, (): Person => {
    const habit = dice.weighted<Habit>([
      [60, "worker"],
      [15, "shifts"],
      [25, "home"],
    ]);
    const rings = dice.weighted<readonly Line["rings"][]>([
      [35, ["mobile"]],
      [15, ["home"]],
      [20, ["home", "mobile"]],
      [10, ["work", "mobile"]],
      [5, ["work"]],
      [15, ["home", "work", "mobile"]],
    ]);
    const timeZone = dice.weighted<string>([
      [80, ZONES[0]],
      [15, ZONES[1]],
      [5, ZONES[2]],
    ]);
    const lines = rings.map((each): Line => {
      lastNumber += 1;
      const kind = dice.chance(LABELLED) ? each : "other";
      return {
        ...{ rings: each, isDead: dice.chance(0.05), isFax: each === "work" && dice.chance(0.02) },
        number: {
          ...{ numberId: numberId(lastNumber), kind, timeZone, attemptsCounted: 0 },
          ...{ lastAttemptAt: null, lastOutcome: null, isOut: false },
        },
      };
    });
    const away = dice.chance(0.15) ? dice.below(days) : -1;
    return {
      ...{ habit, lines, patience: 0.45 + 0.5 * dice.next(), shift: dice.between(-1, 1) },
      awayDays: away < 0 ? [] : [away, away + 1, away + 2],
    };
  });
}

/** Chance that they are where that line rings, and awake. */
function presence({ habit, shift }: Person, rings: Line["rings"], weekday: number, hour: number): number {
  const isWorkday = weekday <= 5;
  const local = hour - shift;
  if (rings === "work") {
    if (habit !== "worker" || !isWorkday || local < 9 || local >= 17) return 0.01;
    return local >= 12 && local < 14 ? 0.35 : 0.7;
  }
  if (rings === "home") {
    if (habit === "home") return local >= 11 && local < 13 ? 0.45 : 0.6;
    if (habit === "shifts") return (hour + 3 * shift + 12) % 24 < 12 ? 0.55 : 0.1;
    if (!isWorkday) return local < 10 ? 0.6 : 0.35;
    return local < 9 ? 0.35 : local < 17 ? 0.06 : local < 18 ? 0.45 : 0.75;
  }
  // A mobile is with its owner, who picks it up or not: hardly at work, rather on the way home.
  if (habit === "worker" && isWorkday && local >= 9 && local < 17) return local >= 12 && local < 14 ? 0.28 : 0.16;
  return local >= 17 ? 0.5 : 0.35;
}

/** What comes of ringing there and then. */
export function outcomeOf(
  person: Person,
  line: Line,
  at: { weekday: number; hour: number; day: number },
  dice: SeededRandom,
): Outcome {
  if (line.isDead) return "unallocated";
  if (line.isFax) return "fax";
  if (dice.chance(0.01)) return "congestion";
  const isAway = person.awayDays.includes(at.day) && line.rings !== "mobile";
  const there = isAway ? 0 : presence(person, line.rings, at.weekday, at.hour);
  // Whoever telephones is there, and often still a few minutes later.
  if (dice.chance(there * 0.05)) return "busy";
  if (dice.chance(there * person.patience)) return "connected";
  if (dice.chance(there * 0.05)) return "rejected";
  return dice.chance(0.25) ? "machine-hung-up" : "no-answer";
}
