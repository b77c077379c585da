/**
 * Who is in the list and what they do when it rings. One rule to remember: what a number does at its n-th call depends
 * on seed, number and n alone, so a fault changes what we make of people and never the people.
 */
import { type CampaignId, leadId, listId, numberId } from "../domain/ids.ts";
import type { Instant } from "../domain/instant.ts";
import { type PhoneNumber, phoneNumber } from "../domain/phone-number.ts";
import type { PlaceOrder } from "../engine/ports.ts";
import type { Callee, Press } from "./callee.ts";
import type { NewLead } from "./memory-tables.ts";
import type { SeededRandom } from "./seeded-random.ts";

const KINDS = [
  "answers",
  "hangsUpAtOnce",
  "machine",
  "ringsOut",
  "busy",
  "unallocated",
  "congestion",
  "declined",
  "unavailable",
  "announcement",
  "neverResponds",
  "noTrunk",
] as const;
export type CalleeKind = (typeof KINDS)[number];

export type Mix = Readonly<Partial<Record<CalleeKind, number>>>;

/** Weights, roughly as an afternoon of consumer lists goes. */
export const AFTERNOON: Mix = {
  answers: 40,
  hangsUpAtOnce: 3,
  machine: 18,
  ringsOut: 16,
  busy: 8,
  unallocated: 4,
  congestion: 3,
  declined: 3,
  unavailable: 2,
  announcement: 1,
  neverResponds: 1,
  noTrunk: 1,
};

/** People at work: of ten phones three answer, and half ring for nobody. */
export const HARD_TO_REACH: Mix = { ...AFTERNOON, answers: 25, machine: 5, ringsOut: 50 };

/** Now and then two leads share a number, as households do. */
export const SHARED_NUMBER_RATE = 0.03;

export interface NewList {
  readonly campaignId: CampaignId;
  readonly dueAt: Instant;
  readonly timeZone: string;
  readonly sharedNumberRate: number;
}

/** Leads of one number each. */
export const makeLeads = (
  random: SeededRandom,
  count: number,
  { campaignId, dueAt, timeZone, sharedNumberRate }: NewList,
): NewLead[] =>
  Array.from({ length: count }, (_, index) => {
    const isShared = index > 0 && random.chance(sharedNumberRate);
    return {
      leadId: leadId(index + 1),
      listId: listId(1),
      campaignId,
      numbers: [{ numberId: numberId(index + 1), number: numberOf(isShared ? random.below(index) : index), timeZone }],
      dueAt,
    };
  });

/** The range that Ofcom keeps free for drama, continued where a list is longer than it. */
const numberOf = (index: number): PhoneNumber => phoneNumber(`+44770090${String(index).padStart(4, "0")}`);

export class Population {
  readonly #random: SeededRandom;
  readonly #weights: readonly (readonly [number, CalleeKind])[];
  readonly #calls = new Map<PhoneNumber, number>();

  constructor(random: SeededRandom, mix: Mix = AFTERNOON) {
    this.#random = random;
    this.#weights = KINDS.map((kind) => [mix[kind] ?? 0, kind] as const);
  }

  calleeAt({ number }: PlaceOrder): Callee {
    const calls = (this.#calls.get(number) ?? 0) + 1;
    this.#calls.set(number, calls);
    const random = this.#random.stream(`${number} ${calls}`);
    return calleeOf(random.weighted(this.#weights), random);
  }
}

/** What somebody does whom a flow asks something: mostly a key, now and then nothing, and some have had enough. */
const pressesOf = (random: SeededRandom): readonly Press[] =>
  Array.from({ length: 12 }, () => {
    const afterMs = random.between(200, 4_000);
    if (random.chance(0.15)) return { afterMs, does: "nothing" };
    if (random.chance(0.08)) return { afterMs, does: "hangUp" };
    return { afterMs, does: { key: KEYS_PRESSED[random.below(KEYS_PRESSED.length)] ?? "1" } };
  });

/** The first keys more often: those are what people are asked for. */
const KEYS_PRESSED = "1112223334567890*#9";

const calleeOf = (kind: CalleeKind, random: SeededRandom): Callee => {
  const ringsAfterMs = random.between(200, 4_000); // Post-dial delay.
  const fails = (sip: number, cause: number, before: "nothing" | "early" | "ringing" = "nothing"): Callee => ({
    type: "fails",
    before,
    ringsAfterMs,
    failsAfterMs: before === "nothing" ? 1 : random.between(500, 9_000),
    sip,
    cause,
  });
  switch (kind) {
    case "answers":
      return {
        type: "person",
        ringsAfterMs,
        earlyMedia: random.chance(0.3),
        answersAfterMs: random.between(1_000, 18_000),
        talkMs: 2_000 + random.around(40_000),
        patienceMs: random.between(1_500, 8_000),
        // Most say hello, and some wait for the caller to begin.
        greeting: random.chance(0.85)
          ? { afterMs: random.between(100, 1_500), lastsMs: random.between(250, 2_500) }
          : null,
        presses: pressesOf(random.stream("keys")),
      };
    case "hangsUpAtOnce":
      return {
        type: "person",
        ringsAfterMs,
        earlyMedia: false,
        answersAfterMs: random.between(1_000, 9_000),
        talkMs: random.between(0, 400),
        patienceMs: random.between(0, 400),
        greeting: random.chance(0.3) ? { afterMs: random.between(50, 300), lastsMs: random.between(100, 400) } : null,
      };
    case "machine":
      return {
        type: "machine",
        ringsAfterMs,
        answersAfterMs: random.between(5_000, 15_000),
        recordsMs: 30_000,
        greeting: {
          ...{ afterMs: random.between(200, 1_500), lastsMs: random.between(3_000, 12_000) },
          // At the pauses between syllables, which is how fine talk detection hears.
          words: { wordMs: random.between(70, 180), pauseMs: random.between(60, 120) },
        },
      };
    case "ringsOut":
      return { type: "ringsOut", ringsAfterMs };
    case "busy":
      return fails(486, 17, random.chance(0.2) ? "ringing" : "nothing");
    case "unallocated":
      return fails(404, 1);
    case "congestion":
      return fails(503, 34);
    case "declined":
      return fails(603, 21, "ringing");
    case "unavailable":
      return fails(480, 19, random.pick(["nothing", "ringing"]));
    case "announcement":
      return fails(404, 1, "early");
    case "neverResponds":
      return { type: "neverResponds" };
    case "noTrunk":
      return { type: "unplaceable", failure: "unavailable" };
  }
};
