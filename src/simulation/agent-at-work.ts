/**
 * An agent with a phone and habits. One rule to remember: they know what their phone tells them and nothing else, so
 * they press keys at the wrong moment and hang up in the middle of things, as people do.
 */
import { after } from "../domain/instant.ts";
import type { PretendPhone } from "./phone.ts";
import type { SeededRandom } from "./seeded-random.ts";
import { IDLE, type VirtualClock } from "./virtual-clock.ts";

/** How often an hour, in the mean. */
export interface Habits {
  readonly pauses: number;
  /** Ends the person's call from their own side. */
  readonly cutsOff: number;
  /** Hangs up the phone, whatever is going on, and comes back within a minute. */
  readonly hangsUp: number;
  /** The phone's network goes: Asterisk notices only after a while. */
  readonly vanishes: number;
  /** Presses a disposition's key. */
  readonly disposes: number;
  /** Skips whoever is on their screen, for some reason. */
  readonly skips: number;
  /** Leaves the desk without a word for up to a minute and a half. */
  readonly walksAway: number;
  /** Makes a gap in the recording, types a card's digits, and ends it again, or forgets to; or asks for a recording. */
  readonly takesCards: number;
  /** Presses twice, as one does with a key that sticks. */
  readonly doublePresses: boolean;
  /** Puts the person on hold, or takes them back. */
  readonly holds: number;
  /** Takes whoever they talk to for a machine, and sends them to the message. */
  readonly reports: number;
  /** Passes the person on, takes them back, completes it, or joins in: whatever the keys allow. */
  readonly transfers: number;
}

const NO_LEADS_TO_SKIP = {
  skips: 0,
  walksAway: 0,
  takesCards: 0,
  doublePresses: false,
  holds: 0,
  reports: 0,
  transfers: 0,
};
export const STEADY: Habits = { pauses: 2, cutsOff: 2, hangsUp: 0, vanishes: 0, disposes: 60, ...NO_LEADS_TO_SKIP };
export const RESTLESS: Habits = {
  pauses: 20,
  cutsOff: 30,
  hangsUp: 20,
  vanishes: 20,
  disposes: 120,
  ...NO_LEADS_TO_SKIP,
};
/** For shifts that preview: they read, press, skip, press twice, and walk away. */
export const CHOOSY: Habits = { ...STEADY, pauses: 6, skips: 150, walksAway: 20, doublePresses: true };

/** Does with a call whatever a phone can do with it. */
export const BUSY_FINGERS: Habits = { ...STEADY, holds: 400, reports: 60 };
/** Pass everybody on, and mostly do something about it. */
export const PASSERS_ON: Habits = { ...STEADY, cutsOff: 60, transfers: 700 };
/** Every second look takes a card. */
export const CASHIERS: Habits = { ...STEADY, cutsOff: 60, takesCards: 900 };

const LOOK_UP_MS = 2_000;
const MS_PER_HOUR = 3_600_000;
/** Longer than this nobody waits to be let in. */
const PATIENCE_MS = 8_000;

export interface AgentOptions {
  readonly clock: VirtualClock;
  readonly random: SeededRandom;
  readonly habits: Habits;
  /** Typed once they are let in; now and then wrongly at first. */
  readonly pin: string | null;
}

export class AgentAtWork {
  readonly #phone: PretendPhone;
  readonly #clock: VirtualClock;
  readonly #random: SeededRandom;
  readonly #habits: Habits;
  readonly #pin: string | null;
  #isAtWork = true;
  #waitingMs = 0;
  #hasGivenPin = false;

  constructor(phone: PretendPhone, { clock, random, habits, pin }: AgentOptions) {
    this.#phone = phone;
    this.#clock = clock;
    this.#random = random;
    this.#habits = habits;
    this.#pin = pin;
    this.#in(random.between(0, 3_000));
  }

  goHome(): void {
    this.#isAtWork = false;
  }

  #in(durationMs: number): void {
    this.#clock.wakeAt(after(this.#clock.now(), durationMs), () => {
      if (!this.#isAtWork) return IDLE;
      const nextMs = this.#act();
      this.#in(nextMs ?? LOOK_UP_MS);
      return nextMs === null ? IDLE : undefined;
    });
  }

  /** Does at most one thing, and says how long until the next; null when it did nothing. */
  #act(): number | null {
    const phone = this.#phone;
    if (!phone.isOnTheLine) {
      this.#waitingMs = 0;
      this.#hasGivenPin = false;
      phone.dialIn();
      return LOOK_UP_MS;
    }
    if (!phone.isAdmitted) {
      this.#waitingMs += LOOK_UP_MS;
      if (this.#waitingMs > PATIENCE_MS) phone.hangUp();
      return LOOK_UP_MS;
    }
    if (this.#pin !== null && !this.#hasGivenPin) {
      this.#hasGivenPin = this.#random.chance(0.8);
      phone.press(`${this.#hasGivenPin ? this.#pin : "13"}#`);
      return LOOK_UP_MS;
    }
    if (this.#feelsLike(this.#habits.hangsUp)) {
      phone.hangUp();
      return this.#random.between(500, 60_000);
    }
    if (this.#feelsLike(this.#habits.vanishes)) {
      phone.vanish(this.#random.between(0, 20_000));
      return this.#random.between(500, 40_000);
    }
    // Dice are rolled for those who have the habit only: the others' shifts stay as they were.
    if (this.#habits.walksAway > 0 && this.#feelsLike(this.#habits.walksAway))
      return this.#random.between(5_000, 90_000);
    if (this.#habits.skips > 0 && this.#feelsLike(this.#habits.skips)) {
      phone.press(this.#random.pick(["*1", "*1", "*2", "*9", "*0", "*7"]));
      return LOOK_UP_MS;
    }
    if (this.#habits.takesCards > 0 && this.#feelsLike(this.#habits.takesCards)) {
      phone.press(
        this.#random.pick(["*5", "*5", "*54929123456781881", "*54929123456781881*5", "*5*5", "*6", "*6*5", "*5*0"]),
      );
      return this.#random.pick([200, LOOK_UP_MS]);
    }
    if (this.#habits.transfers > 0 && this.#feelsLike(this.#habits.transfers)) {
      phone.press(this.#random.pick(["*81", "*82", "*83", "*84", "*84", "*8#", "*8#", "*8*", "*80", "*4", "*0"]));
      return this.#random.pick([200, LOOK_UP_MS]);
    }
    if (this.#habits.holds > 0 && this.#feelsLike(this.#habits.holds)) phone.press("*4");
    else if (this.#habits.reports > 0 && this.#feelsLike(this.#habits.reports)) phone.press("*7");
    else if (this.#feelsLike(this.#habits.pauses)) phone.press("*1");
    else if (this.#feelsLike(this.#habits.cutsOff)) phone.press("*0");
    else if (this.#feelsLike(this.#habits.disposes)) phone.press(this.#random.chance(0.9) ? "1" : "9");
    else if (this.#random.chance(0.2)) phone.press(this.#habits.doublePresses ? "##" : "#");
    else return null;
    return LOOK_UP_MS;
  }

  #feelsLike(timesPerHour: number): boolean {
    return this.#random.chance((timesPerHour * LOOK_UP_MS) / MS_PER_HOUR);
  }
}
