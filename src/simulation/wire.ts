/**
 * The way from Asterisk to us. Events arrive in order and a little later than they happened; with faults they are
 * lost, repeated or overtaken. One rule to remember: what is on the way when the socket is cut never arrives.
 */
import type { CallEvent } from "../call/call.ts";
import { after, type Instant, instant } from "../domain/instant.ts";
import type { AgentLegEvent, FlowNews, ReturnLegEvent, TelephonyEvent } from "../engine/ports.ts";
import type { SeededRandom } from "./seeded-random.ts";
import type { SleepingClock } from "./virtual-clock.ts";

type EventType = CallEvent["type"] | AgentLegEvent["type"] | FlowNews["event"]["type"];

export interface WireFaults {
  readonly lossRate: number;
  readonly duplicateRate: number;
  /** How often an event takes up to `lateMaxMs` longer, while those behind it overtake it. */
  readonly lateRate: number;
  readonly lateMaxMs: number;
  /** Only these are lost; all kinds when not given. */
  readonly losesOnly?: readonly EventType[];
}

export const FAIR_WIRE: WireFaults = { lossRate: 0, duplicateRate: 0, lateRate: 0, lateMaxMs: 0 };

/** Measured between Asterisk's own stamp and ours on one machine: 1 to 3 ms. */
const LATENCY_MS = [1, 3] as const;

export class Wire {
  readonly #clock: SleepingClock;
  readonly #random: SeededRandom;
  readonly #faults: WireFaults;
  readonly #arrive: (event: TelephonyEvent) => void;
  #isOpen = false;
  /** Counts connections: what left on an earlier one never arrives on this one. */
  #epoch = 0;
  #lastArrivalAt: Instant = instant(0);
  #lostCount = 0;

  constructor(options: {
    readonly clock: SleepingClock;
    readonly random: SeededRandom;
    readonly faults: WireFaults;
    readonly arrive: (event: TelephonyEvent) => void;
  }) {
    this.#clock = options.clock;
    this.#random = options.random;
    this.#faults = options.faults;
    this.#arrive = options.arrive;
  }

  open(): void {
    this.#isOpen = true;
  }

  cut(): void {
    this.#isOpen = false;
    this.#epoch += 1;
  }

  get isOpen(): boolean {
    return this.#isOpen;
  }

  /** Events that never arrived and never will. */
  get lostCount(): number {
    return this.#lostCount;
  }

  send(event: TelephonyEvent): void {
    const { lossRate, duplicateRate, lateRate, lateMaxMs, losesOnly } = this.#faults;
    const type = "event" in event ? event.event.type : null;
    const mayBeLost = losesOnly === undefined || (type !== null && losesOnly.includes(type));
    const isLost = this.#random.chance(lossRate) && mayBeLost;
    if (!this.#isOpen || isLost) {
      this.#lostCount += 1;
      return;
    }
    const soonestAt = after(this.#clock.now(), this.#random.between(...LATENCY_MS));
    if (this.#random.chance(lateRate)) {
      this.#schedule(event, after(soonestAt, this.#random.between(1, lateMaxMs)));
    } else {
      this.#lastArrivalAt = instant(Math.max(soonestAt, this.#lastArrivalAt));
      this.#schedule(event, this.#lastArrivalAt);
    }
    if (this.#random.chance(duplicateRate)) {
      this.#schedule(event, after(soonestAt, this.#random.between(1, Math.max(lateMaxMs, 50))));
    }
  }

  #schedule(event: TelephonyEvent, at: Instant): void {
    const epoch = this.#epoch;
    this.#clock.wakeAt(at, () => {
      if (epoch === this.#epoch) this.#arrive(stampedOnEntry(event, this.#clock.now()));
      else this.#lostCount += 1;
    });
  }
}

/** Our clock is stamped where an event enters the process; Asterisk's own stamp stays beside it. */
const stampedOnEntry = (event: TelephonyEvent, at: Instant): TelephonyEvent => {
  switch (event.kind) {
    case "call":
      return { ...event, event: restamped(event.event, at) };
    case "flow":
      return { ...event, event: restamped(event.event, at) };
    case "agentLeg":
      return { ...event, event: restamped(event.event, at) };
    case "returnLeg":
      return { ...event, event: restamped(event.event, at) };
    case "recording":
    case "outside":
      return { ...event, at };
    case "connection":
      return event;
  }
};

const restamped = <E extends CallEvent | AgentLegEvent | ReturnLegEvent | FlowNews["event"]>(
  event: E,
  at: Instant,
): E => ("stamp" in event ? { ...event, stamp: { ...event.stamp, at } } : event);
