/**
 * The made-up town of scripts/bench/redial-people.ts as the real engine meets it: a list to load, and somebody, or nobody,
 * at the other end of each number. One rule to remember: what a number's n-th call comes to depends on seed, number, n and
 * the hour there, so that two campaigns call the same people.
 */
import { campaignId, leadId, listId } from "../../../src/domain/ids.ts";
import { after, type Instant } from "../../../src/domain/instant.ts";
import { type PhoneNumber, phoneNumber } from "../../../src/domain/phone-number.ts";
import type { PlaceOrder } from "../../../src/engine/ports.ts";
import type { Callee } from "../../../src/simulation/callee.ts";
import type { NewLead } from "../../../src/simulation/memory-tables.ts";
import { SeededRandom } from "../../../src/simulation/seeded-random.ts";
import type { Town } from "../../../src/simulation/shift.ts";
import { wallOf } from "../../../test/property/wall.ts";
import { outcomeOf, peopleOf, type Person, ZONES } from "../redial-people.ts";

export type Zone = (typeof ZONES)[number];

/** Where the people of each zone have their numbers; beyond ten thousand of a prefix the next one goes on. */
const PREFIXES: Readonly<Record<Zone, readonly string[]>> = {
  "Europe/London": ["+4477009", "+4477008", "+4477006"],
  "America/New_York": ["212", "213", "214", "215", "312", "415"].map((area) => `+1${area}555`),
  "Asia/Kolkata": ["+919800", "+919810", "+919820"],
};
/** Digits that follow. */
const DIGITS: Readonly<Record<Zone, number>> = { "Europe/London": 5, "America/New_York": 4, "Asia/Kolkata": 6 };

export const COUNTRIES = ["GB", "US", "IN"] as const;

export interface TownOptions {
  readonly leads: number;
  readonly days: number;
  readonly seed: number;
  readonly startAt: Instant;
}

const DAY_MS = 86_400_000;
/** Of all numbers: on a register of those who want no such calls, from the first day on. */
const LISTED = 0.03;
/** Who tells the principal by another way, at noon of the fifth day, that they want to be left alone. */
const OBJECTS = 0.02;
const OBJECTION_AFTER_MS = 4.5 * DAY_MS;

interface Home {
  readonly person: Person;
  readonly line: Person["lines"][number];
  calls: number;
}

export class MadeUpTown implements Town {
  readonly leads: readonly NewLead[];
  readonly listed: ReadonlySet<PhoneNumber>;
  readonly objectors: ReadonlySet<PhoneNumber>;
  readonly objectionAfterMs = OBJECTION_AFTER_MS;
  readonly #startAt: Instant;
  readonly #fate: SeededRandom;
  readonly #homes = new Map<PhoneNumber, Home>();
  readonly #walls = new Map(ZONES.map((zone) => [zone as string, wallOf(zone)]));

  constructor({ leads, days, seed, startAt }: TownOptions) {
    const dice = new SeededRandom(seed);
    this.#startAt = startAt;
    this.#fate = dice.stream("fate");
    const given = new Map<Zone, number>();
    this.leads = peopleOf(leads, days, dice.stream("people")).map((person, index) => ({
      leadId: leadId(index + 1),
      listId: listId(1),
      campaignId: campaignId(1),
      dueAt: startAt,
      // In no order of its own: a list that is sorted by zone or habit would say something.
      turn: index,
      numbers: person.lines.map((line) => {
        const { numberId, kind, timeZone } = line.number;
        const zone = ZONES.find((each) => each === timeZone) ?? ZONES[0];
        const place = given.get(zone) ?? 0;
        given.set(zone, place + 1);
        const number = numberAt(zone, place);
        this.#homes.set(number, { person, line, calls: 0 });
        return { numberId, number, timeZone, kind };
      }),
    }));
    const wishes = dice.stream("wishes");
    const numbers = [...this.#homes.keys()];
    this.listed = new Set(numbers.filter(() => wishes.chance(LISTED)));
    this.objectors = new Set(numbers.filter(() => wishes.chance(OBJECTS)));
  }

  /** Whether no campaign may call it then. */
  isBarred(number: PhoneNumber, at: Instant): boolean {
    return this.listed.has(number) || (this.objectors.has(number) && at >= after(this.#startAt, OBJECTION_AFTER_MS));
  }

  calleeAt({ number }: PlaceOrder, at: Instant): Callee {
    const home = this.#homes.get(number);
    const shown = this.#walls.get(home?.line.number.timeZone ?? "")?.(at);
    if (home === undefined || shown === undefined) throw new Error(`nobody of this town has ${number}`);
    home.calls += 1;
    const dice = this.#fate.stream(`${number} ${home.calls}`);
    const day = Math.floor((at - this.#startAt) / DAY_MS);
    const hour = Math.floor(shown.minute / 60);
    return calleeOf(outcomeOf(home.person, home.line, { weekday: shown.weekday, hour, day }, dice), dice);
  }
}

const numberAt = (zone: Zone, place: number): PhoneNumber => {
  const room = 10 ** DIGITS[zone];
  const prefix = PREFIXES[zone][Math.floor(place / room)];
  if (prefix === undefined) throw new RangeError(`too many numbers for ${zone}`);
  return phoneNumber(`${prefix}${String(place % room).padStart(DIGITS[zone], "0")}`);
};

/**
 * As the network shows it. Nothing on this telephone line tells a machine from a person, so whoever has one lets it ring
 * out; a fax is a number that is not in service.
 */
const calleeOf = (outcome: ReturnType<typeof outcomeOf>, dice: SeededRandom): Callee => {
  const ringsAfterMs = dice.between(200, 4_000);
  const fails = (sip: number, cause: number, before: "nothing" | "ringing" = "nothing"): Callee => ({
    ...{ type: "fails", before, ringsAfterMs, sip, cause },
    failsAfterMs: before === "nothing" ? 1 : dice.between(500, 9_000),
  });
  switch (outcome) {
    case "connected":
      return {
        ...{ type: "person", ringsAfterMs, earlyMedia: dice.chance(0.3) },
        answersAfterMs: dice.between(1_000, 18_000),
        talkMs: 2_000 + dice.around(120_000),
        patienceMs: dice.between(1_500, 8_000),
        greeting: { afterMs: dice.between(100, 1_500), lastsMs: dice.between(250, 2_500) },
      };
    case "busy":
      return fails(486, 17);
    case "rejected":
      return fails(603, 21, "ringing");
    case "congestion":
      return fails(503, 34);
    case "unallocated":
    case "fax":
      return fails(404, 1);
    default:
      return { type: "ringsOut", ringsAfterMs };
  }
};
