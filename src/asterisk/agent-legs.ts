// Agents' standing legs: each phone that was let in stays alone in a mixing bridge of its own, named after its leg, so
// that joining a person is one request. Music plays to the phone's channel and not to the bridge: a bridge with music is
// one of three and would be mixed in software when a person joins.
import type { LegId } from "../domain/ids.ts";
import type { CommandResult, Log } from "../engine/ports.ts";
import { isConflict } from "./ari-error.ts";
import type { AriPort } from "./ari-port.ts";
import { commandResult, hangUpResult } from "./command-result.ts";
import { InOrder } from "./in-order.ts";
import type { Names } from "./names.ts";

export interface AgentLegsPorts {
  readonly port: AriPort;
  readonly names: Names;
  readonly log: Log;
  /** What an agent hears before a person: a sound file; see `announce`. */
  readonly tone: string;
}

// "dtmf_events" keeps the packets from being passed through beside Asterisk, which would then not see the keys that an
// agent presses while talking (res_stasis.c, stasis_app_bridge_create).
const STANDING_BRIDGE = "mixing,dtmf_events";

/** Longer than a list of what Asterisk holds can be on its way. */
const GONE_KEPT_MS = 30_000;

export class AgentLegs {
  readonly #ports: AgentLegsPorts;
  readonly #inOrder = new InOrder<LegId>();
  readonly #music = new Map<LegId, boolean>();
  /** Why a phone hangs up is said before it is gone. */
  readonly #causes = new Map<LegId, number | null>();
  /** Told to go, and not gone yet. */
  readonly #leaving = new Set<LegId>();
  readonly #removals = new Set<Promise<void>>();
  /** When those went who have just gone, by our own monotonic clock: a list may be older than the news. */
  readonly #gone = new Map<LegId, number>();
  #prompts = 0;

  constructor(ports: AgentLegsPorts) {
    this.#ports = ports;
  }

  /** May be repeated: what is there already is left as it is. */
  admit(legId: LegId): Promise<CommandResult> {
    return this.#inOrder.run(legId, () => commandResult(this.#admit(legId)));
  }

  setMusic(legId: LegId, on: boolean): Promise<CommandResult> {
    const { port } = this.#ports;
    return this.#inOrder.run(legId, () => {
      this.#music.set(legId, on);
      return commandResult(on ? port.startMusic(legId) : port.stopMusic(legId));
    });
  }

  /** A sound interrupts the music, which goes on by itself afterwards. */
  prompt(legId: LegId, media: string): Promise<CommandResult> {
    return this.#inOrder.run(legId, () => commandResult(this.#play(legId, media)));
  }

  /**
   * A person is about to join: no more music, and a short sound that the person does not hear. Never a "tone:" URI: in
   * a bridge it plays until it is stopped, and even a phone that hangs up is not noticed as long as it does.
   */
  announce(legId: LegId): void {
    const { port, log } = this.#ports;
    const quiet = this.#music.get(legId) === false ? Promise.resolve() : port.stopMusic(legId);
    this.#music.set(legId, false);
    Promise.all([quiet, this.#play(legId, this.#ports.tone)]).catch((error: unknown) => {
      log.warn("an agent was not told of a person joining", { legId, error });
    });
  }

  async hangUp(legId: LegId): Promise<CommandResult> {
    this.#leaving.add(legId);
    const result = await hangUpResult(this.#ports.port.hangup(legId));
    if (!result.ok) this.#leaving.delete(legId);
    return result;
  }

  /** Waits until those told to go are gone and their bridges removed, at most so long: nobody tidies up after us. */
  async tidied(mostMs: number): Promise<void> {
    const until = performance.now() + mostMs;
    while (this.#leaving.size + this.#removals.size > 0 && performance.now() < until) {
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
  }

  hangupAnnounced(legId: LegId, cause: number | null): void {
    this.#causes.set(legId, cause);
  }

  /** Perhaps once more: the dialplan may send a phone away and back. */
  arrived(legId: LegId): void {
    this.#gone.delete(legId);
  }

  /** Whether its end was told a moment ago. */
  isGone(legId: LegId): boolean {
    return this.#gone.has(legId);
  }

  /** The phone is gone; whoever was in its bridge is out of it at once. Returns why it went, if that was said. */
  gone(legId: LegId): number | null {
    const cause = this.#causes.get(legId) ?? null;
    this.#causes.delete(legId);
    this.#music.delete(legId);
    this.#leaving.delete(legId);
    const now = performance.now();
    for (const [other, wentAt] of this.#gone) if (now - wentAt > GONE_KEPT_MS) this.#gone.delete(other);
    this.#gone.set(legId, now);
    this.removeBridge(legId);
    return cause;
  }

  removeBridge(legId: LegId): void {
    const { port, names, log } = this.#ports;
    const removal = port
      .destroyBridge(names.agentBridge(legId))
      .then(() => undefined)
      .catch((error: unknown) => {
        // The next look at Asterisk finds it.
        log.warn("an agent's bridge could not be removed", { legId, error });
      })
      .finally(() => this.#removals.delete(removal));
    this.#removals.add(removal);
  }

  async #admit(legId: LegId): Promise<void> {
    const { port, names } = this.#ports;
    const bridgeId = names.agentBridge(legId);
    await port.answer(legId);
    try {
      await port.createBridge(bridgeId, { type: STANDING_BRIDGE, name: bridgeId });
    } catch (error) {
      if (!isConflict(error)) throw error;
    }
    await port.addToBridge(bridgeId, [legId]);
  }

  #play(legId: LegId, media: string): Promise<void> {
    this.#prompts += 1;
    return this.#ports.port.playOnChannel(legId, this.#ports.names.promptPlayback(legId, this.#prompts), [media]);
  }
}
