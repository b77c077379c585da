// Legs of people who call back: they ring until somebody has time, and are answered only then, so that waiting costs them
// nothing. What one of them is told, it is told in order; only a hang-up waits for nothing.
import type { MessageChoice } from "../domain/attempt.ts";
import type { LegId } from "../domain/ids.ts";
import type { CommandResult, ReturnLeg, ReturnLegs } from "../engine/ports.ts";
import { isConflict } from "./ari-error.ts";
import type { AriEvent, AriPort } from "./ari-port.ts";
import { commandResult, hangUpResult } from "./command-result.ts";
import { InOrder } from "./in-order.ts";
import type { Names } from "./names.ts";
import { objectIn, textIn } from "./read-json.ts";
import { returnEvent, type OfReturn } from "./return-events.ts";

export interface ReturnLegsPorts {
  readonly port: AriPort;
  readonly names: Names;
  /** What the agent hears when somebody joins; it must not hold up the joining. */
  readonly announce: (legId: LegId) => void;
}

interface Leg {
  isAnswered: boolean;
  bridgeId: string | null;
  /** Hanging up, and not gone yet: what plays to them now breaks off, and has not failed. */
  isLeaving: boolean;
}

// Answers to a request about a channel that is there no more, or not with us: see customer-legs.
const GONE = [400, 404, 422];

export class AsteriskReturnLegs implements ReturnLegs {
  readonly #ports: ReturnLegsPorts;
  readonly #inOrder = new InOrder<LegId>();
  readonly #legs = new Map<LegId, Leg>();

  constructor(ports: ReturnLegsPorts) {
    this.#ports = ports;
  }

  /** Null where the event is not of such a leg, or is no news. A leg's end is told in two ways, and passed on once. */
  heard(event: AriEvent): OfReturn | null {
    if (event.type === "ChannelHangupRequest") {
      const leg = this.#legs.get((textIn(objectIn(event.body["channel"]), "id") ?? "") as LegId);
      if (leg !== undefined) leg.isLeaving = true;
      return null;
    }
    const found = returnEvent(event, this.#ports.names, (legId) => this.#legs.has(legId));
    if (found === null) return null;
    const { legId } = found;
    if (found.event.type === "arrived") this.#legs.set(legId, { isAnswered: false, bridgeId: null, isLeaving: false });
    if (found.event.type === "messageFailed" && this.#legs.get(legId)?.isLeaving === true) return null;
    if (found.event.type === "gone") this.#legs.delete(legId);
    return found;
  }

  /** Of a list: those who came while nobody listened are known from now on, and those who went are not. */
  found(legs: readonly (ReturnLeg & { readonly isUp: boolean })[], bridgeOf: (leg: LegId) => string): void {
    const there = new Set(legs.map(({ legId }) => legId));
    for (const legId of this.#legs.keys()) if (!there.has(legId)) this.#legs.delete(legId);
    for (const { legId, isUp, inAgentBridge } of legs) {
      if (this.#legs.has(legId)) continue;
      const bridgeId = inAgentBridge === null ? null : bridgeOf(inAgentBridge);
      this.#legs.set(legId, { isAnswered: isUp, bridgeId, isLeaving: false });
    }
  }

  ring(legId: LegId): Promise<CommandResult> {
    return this.#inOrder.run(legId, () => commandResult(this.#ports.port.ring(legId), GONE));
  }

  bridge(legId: LegId, agentLegId: LegId): Promise<CommandResult> {
    const { port, names, announce } = this.#ports;
    const bridgeId = names.agentBridge(agentLegId);
    announce(agentLegId);
    return this.#inOrder.run(legId, () => {
      const join = async (): Promise<void> => {
        const leg = this.#legs.get(legId);
        const wasAnswered = leg?.isAnswered === true;
        await this.#answer(legId);
        // Music of an earlier wait goes to the channel, and would go on beside the agent's voice.
        if (wasAnswered) await port.stopMusic(legId);
        if (leg !== undefined) leg.bridgeId = bridgeId;
        await port.addToBridge(bridgeId, [legId]);
      };
      return commandResult(join(), GONE);
    });
  }

  hold(legId: LegId): Promise<CommandResult> {
    return this.#inOrder.run(legId, () => {
      const apart = async (): Promise<void> => {
        const { port } = this.#ports;
        const leg = this.#legs.get(legId);
        if (leg?.bridgeId !== undefined && leg.bridgeId !== null) await port.removeFromBridge(leg.bridgeId, legId);
        if (leg !== undefined) leg.bridgeId = null;
        if (leg?.isAnswered === true) await port.startMusic(legId);
      };
      return commandResult(apart(), GONE);
    });
  }

  inform(legId: LegId, media: string, choice: MessageChoice): Promise<CommandResult> {
    const { port, names } = this.#ports;
    return this.#inOrder.run(legId, () => {
      const play = async (): Promise<void> => {
        const wasAnswered = this.#legs.get(legId)?.isAnswered === true;
        await this.#answer(legId);
        if (wasAnswered) await port.stopMusic(legId);
        // The name is taken: this message is playing already.
        await port.playOnChannel(legId, names.returnPlayback(legId, choice), [media]).catch((error: unknown) => {
          if (!isConflict(error)) throw error;
        });
      };
      return commandResult(play(), GONE);
    });
  }

  hangUp(legId: LegId): Promise<CommandResult> {
    return hangUpResult(this.#ports.port.hangup(legId));
  }

  handBack(legId: LegId): Promise<CommandResult> {
    return this.#inOrder.run(legId, () => commandResult(this.#ports.port.continueInDialplan(legId), GONE));
  }

  async #answer(legId: LegId): Promise<void> {
    const leg = this.#legs.get(legId);
    if (leg?.isAnswered === true) return;
    await this.#ports.port.answer(legId);
    if (leg !== undefined) leg.isAnswered = true;
  }
}
