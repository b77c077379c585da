// The pretend telephone network's number plan, read from its one file. The dialplan, the tests and the demo all ask here.

import { readFileSync } from "node:fs";
import { join } from "node:path";
import { configDir } from "./places.ts";

export type Behaviour =
  | "person"
  | "machine"
  | "rings-out"
  | "busy"
  | "unallocated"
  | "congestion"
  | "forbidden"
  | "declined"
  | "unavailable"
  | "hangs-up-at-once"
  | "announcement"
  | "no-sound"
  | "fax"
  | "never-responds";

export type NumberRange = {
  /** Last three digits of the first number. */
  readonly from: number;
  /** Last three digits of the last number. */
  readonly to: number;
  readonly behaviour: Behaviour;
  readonly description: string;
  /** Outcomes that are right for a progressive campaign without answering-machine detection; more than one is a race. */
  readonly expected: readonly string[];
};

export type NumberPlan = {
  /** E.164 with the plus sign, all but the last three digits. */
  readonly prefix: string;
  readonly ranges: readonly NumberRange[];
  /** Outside the thousand: people for tests of what is heard after the answer, by E.164 number. */
  readonly people: Readonly<Record<string, PersonBehaviour>>;
};

export type PersonBehaviour =
  /** One word, then they listen. */
  | "say-hello"
  /** Nothing, and the line is silent. */
  | "say-quiet"
  /** One word after 1.2 seconds. */
  | "say-hello-late"
  /** A sentence of some four seconds. */
  | "say-welcome"
  /** Nothing, and the line hisses. */
  | "say-hiss"
  /** 183 with the network's own ring tone, sounding until the answer; half a second later one word. */
  | "ring-tone"
  /** Leaves 1.5 seconds after the answer; sends no packet. */
  | "leaves";

/** Reads the plan and makes sure that each of the thousand numbers is in exactly one range. */
export function readNumberPlan(): NumberPlan {
  const plan = JSON.parse(readFileSync(join(configDir, "lab/number-plan.json"), "utf8")) as NumberPlan;
  let next = 0;
  for (const range of plan.ranges) {
    if (range.from !== next || range.to < range.from) throw new Error(`number plan: gap or overlap at ${String(next)}`);
    next = range.to + 1;
  }
  if (next !== 1000) throw new Error("number plan: the last range must end at 999");
  return plan;
}

/** E.164 of the number with these last three digits. */
export function numberAt(plan: NumberPlan, lastThree: number): string {
  return plan.prefix + String(lastThree).padStart(3, "0");
}

/** The range of an E.164 number; null outside the plan. */
export function rangeOf(plan: NumberPlan, number: string): NumberRange | null {
  if (!number.startsWith(plan.prefix) || number.length !== plan.prefix.length + 3) return null;
  const lastThree = Number(number.slice(plan.prefix.length));
  return plan.ranges.find((range) => lastThree >= range.from && lastThree <= range.to) ?? null;
}

/** Some number that behaves so; `nth` picks another one. */
export function numberFor(plan: NumberPlan, behaviour: Behaviour, nth = 0): string {
  const range = plan.ranges.find((candidate) => candidate.behaviour === behaviour);
  if (range === undefined || range.from + nth > range.to)
    throw new Error(`number plan: no ${behaviour} ${String(nth)}`);
  return numberAt(plan, range.from + nth);
}

/** The number of the person who behaves so. */
export function personNumber(plan: NumberPlan, behaviour: PersonBehaviour): string {
  const found = Object.entries(plan.people).find(([, candidate]) => candidate === behaviour);
  if (found === undefined) throw new Error(`number plan: nobody who behaves as ${behaviour}`);
  return found[0];
}

/** `count` different numbers, spread evenly over the whole plan so that every campaign has the plan's own mix. */
export function campaignNumbers(plan: NumberPlan, count: number): readonly string[] {
  if (count > 1000) throw new Error("the number plan has only 1000 numbers");
  // 869 has no factor in common with 1000, so every number comes up once. Of all such steps it keeps each behaviour
  // nearest to its share: within one call for 40 to 800 numbers (tried out).
  return Array.from({ length: count }, (_, i) => numberAt(plan, (i * 869) % 1000));
}

/** Dialplan lines that send each number to its behaviour; with and without the plus sign. */
export function dialplanLines(plan: NumberPlan): string {
  const digits = plan.prefix.replace("+", "");
  const people = Object.entries(plan.people).flatMap(([number, behaviour]) =>
    [number, number.slice(1)].flatMap((dialled) => [
      `exten => ${dialled},1,Set(NUMBER=\${EXTEN})`,
      ` same => n,Goto(behaviour,${behaviour},1)`,
    ]),
  );
  const ranges = plan.ranges
    .flatMap((range) => patterns(range.from, range.to).map((pattern) => ({ pattern, behaviour: range.behaviour })))
    .flatMap(({ pattern, behaviour }) =>
      ["", "+"].flatMap((plus) => [
        `exten => _${plus}${digits}${pattern},1,Set(NUMBER=\${EXTEN})`,
        ` same => n,Goto(behaviour,${behaviour},1)`,
      ]),
    );
  return [...ranges, ...people].join("\n");
}

/** Asterisk patterns for the three-digit numbers of a range: whole hundreds, then whole tens, then single ones. */
function patterns(from: number, to: number): readonly string[] {
  const found: string[] = [];
  let at = from;
  while (at <= to) {
    const size = at % 100 === 0 && at + 99 <= to ? 100 : at % 10 === 0 && at + 9 <= to ? 10 : 1;
    const fixed = String(at)
      .padStart(3, "0")
      .slice(0, size === 100 ? 1 : size === 10 ? 2 : 3);
    found.push(fixed.padEnd(3, "X"));
    at += size;
  }
  return found;
}
