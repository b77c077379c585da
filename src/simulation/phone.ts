/** An agent's phone: dials into the application, stays on the line, presses keys, hangs up or simply vanishes. */
import { type LegId, legId } from "../domain/ids.ts";
import type { PretendAsterisk } from "./pretend-asterisk.ts";

export class PretendPhone {
  readonly endpoint: string;
  readonly #asterisk: PretendAsterisk;
  #calls = 0;
  #legId: LegId | null = null;

  constructor(asterisk: PretendAsterisk, endpoint: string) {
    this.#asterisk = asterisk;
    this.endpoint = endpoint;
  }

  /** The leg of this call; a second one while the first lasts is the same call. */
  dialIn(): LegId {
    if (this.#legId !== null && this.isOnTheLine) return this.#legId;
    this.#calls += 1;
    const name = legId(`${this.endpoint.replace("/", "-")}-${this.#calls}`);
    this.#legId = name;
    this.#asterisk.agentArrives(name, this.endpoint);
    return name;
  }

  /** Whether the call lasts, and whether it was admitted. */
  get isOnTheLine(): boolean {
    return this.#leg() !== undefined;
  }

  get isAdmitted(): boolean {
    return this.#leg()?.ready === true;
  }

  press(digits: string): void {
    if (this.#legId === null) return;
    for (const digit of digits) this.#asterisk.agentPresses(this.#legId, digit);
  }

  hangUp(): void {
    if (this.#legId === null) return;
    this.#asterisk.endAgentLeg(this.#legId);
    this.#legId = null;
  }

  /** The network loses it: Asterisk believes for a while that it is still there, and a new call may come meanwhile. */
  vanish(noticedAfterMs: number): void {
    if (this.#legId === null) return;
    this.#asterisk.agentVanishes(this.#legId, noticedAfterMs);
    this.#legId = null;
  }

  #leg(): { readonly ready: boolean } | undefined {
    return this.#legId === null ? undefined : this.#asterisk.agentLeg(this.#legId);
  }
}
