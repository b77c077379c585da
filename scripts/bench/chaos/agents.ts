// The agents of a round: phones that stay on the line, and people who dial in again when theirs has gone dead.

import { setTimeout as sleep } from "node:timers/promises";
import type { LabFairdial } from "../../lab/fairdial.ts";
import type { Lab } from "../../lab/lab.ts";
import { FIRST_PHONE } from "../../lab/pbx.ts";

/** An agent takes so long to dial again; the part may not be ready for it the first time. */
const DIALS_AGAIN_MS = 500;
const USABLE_WITHIN_MS = 60_000;
/** What is known of phones that are gone may be old news for so long: whoever is usable must stay so. */
const STAYS_USABLE_MS = 3_000;
const USABLE = ["available", "reserved", "onCall", "wrapUp"];

export class Agents {
  readonly #lab: Lab;
  readonly #fairdial: LabFairdial;
  readonly #phones: readonly number[];
  #dialling: Promise<void> = Promise.resolve();
  readonly #end = new AbortController();
  /** When each phone was last answered. */
  readonly #loggedInAt = new Map<number, number>();

  constructor(lab: Lab, fairdial: LabFairdial, count: number) {
    this.#lab = lab;
    this.#fairdial = fairdial;
    this.#phones = Array.from({ length: count }, (_, index) => FIRST_PHONE + index);
  }

  /** Everybody dials in, and again whenever their phone is off the line. */
  async begin(): Promise<void> {
    this.#dialling = this.#keepDialling();
    await this.usableAgain(Date.now());
  }

  /** What they were on is dead, though nobody has told their phones: they put the receiver down. */
  async hangUp(): Promise<void> {
    const { phones } = this.#lab.network;
    for (const phone of this.#phones) if (phones.isUp(phone)) await phones.hangup(phone).catch(() => undefined);
  }

  /**
   * Seconds from `since` until the daemon would dial, and every agent is one whom it may give a call.
   * @param dialledInAfter phones that were answered earlier do not count: what they were on is dead
   */
  async usableAgain(since: number, dialledInAfter = 0): Promise<number> {
    let usableSince: number | null = null;
    for (;;) {
      const now = Date.now();
      const stand = this.#phones.every((phone) => (this.#loggedInAt.get(phone) ?? 0) > dialledInAfter);
      usableSince = stand && (await this.#areUsable()) ? (usableSince ?? now) : null;
      if (usableSince !== null && now - usableSince >= STAYS_USABLE_MS) {
        return Math.max(0, Math.round((usableSince - since) / 10) / 100);
      }
      if (now > since + USABLE_WITHIN_MS) {
        throw new Error(`agents are not usable after a minute:\n${this.#fairdial.lastWords().join("\n")}`);
      }
      await sleep(50);
    }
  }

  async end(): Promise<void> {
    this.#end.abort();
    await this.#dialling;
    await this.hangUp();
  }

  async #areUsable(): Promise<boolean> {
    try {
      const ready = await this.#fairdial.page("/ready");
      if (ready.code !== 200) return false;
      const { text } = await this.#fairdial.page("/metrics");
      const usable = USABLE.reduce((count, state) => count + agentsIn(text, state), 0);
      return usable >= this.#phones.length;
    } catch {
      // It is starting, or does not answer.
      return false;
    }
  }

  async #keepDialling(): Promise<void> {
    const { phones } = this.#lab.network;
    const { signal } = this.#end;
    while (!signal.aborted) {
      for (const phone of this.#phones) {
        if (phones.isUp(phone)) continue;
        const isIn = await phones.login(phone, { timeoutMs: 2_000 }).then(
          () => true,
          () => false,
        );
        if (isIn) this.#loggedInAt.set(phone, Date.now());
      }
      await sleep(DIALS_AGAIN_MS);
    }
  }
}

const agentsIn = (metrics: string, state: string): number =>
  Number(new RegExp(`^fairdial_agents\\{[^}]*state="${state}"[^}]*\\} (\\d+)`, "m").exec(metrics)?.[1] ?? 0);

/** A moment after the part has died, they notice. */
export async function dialsIn(agents: Agents): Promise<void> {
  await sleep(1_000);
  await agents.hangUp();
}
