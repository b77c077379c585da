// Commands about customer legs that exist: join, part, inform, hang up. What a leg is told, it is told in order; only a
// hang-up does not wait for anything.
import type { CallEvent } from "../call/call.ts";
import type { EndReason, MessageChoice } from "../domain/attempt.ts";
import type { AttemptId, LegId } from "../domain/ids.ts";
import type { AmdAnswer, AmdOrder, CommandResult, FlowNews, FlowPlayback, Log } from "../engine/ports.ts";
import type { AriPort } from "./ari-port.ts";
import { isConflict } from "./ari-error.ts";
import { commandResult, hangUpResult } from "./command-result.ts";
import { InOrder } from "./in-order.ts";
import type { Names } from "./names.ts";

export interface CustomerLegsPorts {
  readonly port: AriPort;
  readonly names: Names;
  readonly log: Log;
  /** What the agent hears when a person joins; it must not hold up the joining. */
  readonly announce: (legId: LegId) => void;
  /** The way through AMD() and back. */
  readonly askAmd: (attemptId: AttemptId, order: AmdOrder) => Promise<AmdAnswer>;
}

// Q.850 as the carrier sees it in the Reason header of our CANCEL or BYE, and as Asterisk gives it back as `cause`:
// 19 "no answer from user (user alerted)" where our patience ended, 16 "normal call clearing" for everything else.
const CAUSE_OF: Partial<Record<EndReason, number>> = { ringTimeout: 19, placeTimeout: 19 };
const NORMAL_CLEARING = 16;

// Answers to addChannel: 400 is "channel not found" and 422 "channel not in Stasis", both of a person who has just hung
// up; 404 would be the agent's bridge (Asterisk's api-docs, addChannel).
const PERSON_GONE = [400, 422];

// The end of a leg travels on the event socket while "no such channel" comes by HTTP, and it is worth waiting for:
// it knows the cause. Both are usually within a few milliseconds of each other.
const NEWS_OF_END_MS = 250;

// A request that hangs may take seconds to fail, and the person waits for the message: as long as the safety margin of
// the connect limit, and no longer.
const URGENT_PATIENCE_MS = 150;

/** Three frames: the first may be lost, and nothing else waits so long for it. */
const FIRST_PACKETS_MS = 60;

export class CustomerLegs {
  readonly #ports: CustomerLegsPorts;
  readonly #inOrder = new InOrder<AttemptId>();
  /** The bridge that each leg was last sent to; kept until the leg ends. */
  readonly #bridgeOf = new Map<AttemptId, string>();
  /** On hold: music plays to them. */
  readonly #music = new Set<AttemptId>();
  /** What plays last of each flow; of others, and of what was stopped, nothing is to be told. */
  readonly #flowPlays = new Map<AttemptId, number>();
  /** Hanging up, and not gone yet: what plays to them now breaks off, and has not failed. */
  readonly #leaving = new Set<AttemptId>();

  constructor(ports: CustomerLegsPorts) {
    this.#ports = ports;
  }

  bridge(attemptId: AttemptId, legId: LegId): Promise<CommandResult> {
    const bridgeId = this.#ports.names.agentBridge(legId);
    this.#bridgeOf.set(attemptId, bridgeId);
    // Not in the queue: the tone's request is out before the join, and neither waits for the other.
    this.#ports.announce(legId);
    const hush = this.#hushing(attemptId);
    return this.#inOrder.run(attemptId, async () => {
      // Asterisk would join them when the playback is over, and not before.
      await hush();
      return commandResult(this.#ports.port.addToBridge(bridgeId, [this.#channel(attemptId)]), PERSON_GONE);
    });
  }

  /**
   * A few packets of silence. Asterisk sends nothing before it has something to say, and a network that waits for a packet
   * keeps back what the person says meanwhile: half a second of a greeting, seen on 22.10.1 as the other side.
   */
  async openMedia(attemptId: AttemptId): Promise<void> {
    await this.#inOrder.run(attemptId, async () => {
      const channelId = this.#channel(attemptId);
      await this.#ports.port.startSilence(channelId);
      await new Promise((resolve) => setTimeout(resolve, FIRST_PACKETS_MS));
      await this.#ports.port.stopSilence(channelId);
    });
  }

  /** Out first: music for somebody in a bridge would be music for both. */
  hold(attemptId: AttemptId): Promise<CommandResult> {
    return this.#inOrder.run(attemptId, () => commandResult(this.#hold(attemptId), PERSON_GONE), URGENT_PATIENCE_MS);
  }

  resume(attemptId: AttemptId, legId: LegId): Promise<CommandResult> {
    return this.#inOrder.run(
      attemptId,
      () => commandResult(this.#resume(attemptId, legId), PERSON_GONE),
      URGENT_PATIENCE_MS,
    );
  }

  /** What it is told meanwhile waits. */
  askAmd(attemptId: AttemptId, order: AmdOrder): Promise<AmdAnswer> {
    return this.#inOrder.run(attemptId, () => this.#ports.askAmd(attemptId, order));
  }

  unbridge(attemptId: AttemptId): Promise<CommandResult> {
    return this.#inOrder.run(attemptId, () => commandResult(this.#takeOut(attemptId)), URGENT_PATIENCE_MS);
  }

  playInformationMessage(attemptId: AttemptId, media: string, choice: MessageChoice): Promise<CommandResult> {
    const { port, names } = this.#ports;
    const hush = this.#hushing(attemptId);
    const play = async (): Promise<CommandResult> => {
      await hush();
      await this.#endMusic(attemptId);
      const playback = port.playOnChannel(this.#channel(attemptId), names.messagePlayback(attemptId, choice), [media]);
      // The name is taken: this message is playing already.
      return commandResult(
        playback.catch((error: unknown) => {
          if (!isConflict(error)) throw error;
        }),
      );
    };
    return this.#inOrder.run(attemptId, play, URGENT_PATIENCE_MS);
  }

  /** The requests go one after the other, and a new playback waits for no other's end: whoever wants that says so. */
  playFlow(attemptId: AttemptId, { play, media, language }: FlowPlayback): Promise<CommandResult> {
    const { port, names } = this.#ports;
    this.#flowPlays.set(attemptId, play);
    const request = (): Promise<CommandResult> => {
      const playback = port.playOnChannel(
        this.#channel(attemptId),
        names.flowPlayback(attemptId, play),
        media,
        language,
      );
      // The person has hung up, or the name is taken: this is playing already.
      return commandResult(
        playback.catch((error: unknown) => {
          if (!isConflict(error)) throw error;
        }),
      );
    };
    return this.#inOrder.run(attemptId, request, URGENT_PATIENCE_MS);
  }

  stopFlow(attemptId: AttemptId, play: number): void {
    if (this.#flowPlays.get(attemptId) !== play) return;
    void this.#inOrder.run(attemptId, this.#hushing(attemptId));
  }

  /** How a flow's playback is stopped; from now on nothing is told of it. Never rejects. */
  #hushing(attemptId: AttemptId): () => Promise<void> {
    const play = this.#flowPlays.get(attemptId);
    this.#flowPlays.delete(attemptId);
    return async () => {
      if (play === undefined) return;
      const { port, names, log } = this.#ports;
      await port.stopPlayback(names.flowPlayback(attemptId, play)).catch((error: unknown) => {
        log.warn("a playback could not be stopped", { attemptId, error });
      });
    };
  }

  async hangUp(attemptId: AttemptId, reason: EndReason): Promise<CommandResult> {
    const request = this.#ports.port.hangup(this.#channel(attemptId), CAUSE_OF[reason] ?? NORMAL_CLEARING);
    const result = await hangUpResult(request);
    if (!result.ok && result.kind === "gone") await new Promise((resolve) => setTimeout(resolve, NEWS_OF_END_MS));
    return result;
  }

  /**
   * Lets events pass, except what a leg that is going away says of its message: Asterisk breaks the playback off with the
   * hang-up and calls it failed, and one that is asked for in this moment begins and fails at once (seen on 22.10.1).
   * A message that fails before any hang-up is told at once: the next must follow while the person still waits.
   */
  admits(attemptId: AttemptId, event: CallEvent): boolean {
    switch (event.type) {
      case "messageStarted":
      case "messageFailed":
        return !this.#leaving.has(attemptId);
      case "hangupRequested":
        this.#leaving.add(attemptId);
        return true;
      case "destroyed":
        this.#leaving.delete(attemptId);
        this.#bridgeOf.delete(attemptId);
        this.#music.delete(attemptId);
        this.#flowPlays.delete(attemptId);
        return true;
      default:
        return true;
    }
  }

  /** What Asterisk says of the playback that is wanted, and keys; not what a leg that is going away breaks off. */
  admitsFlow({ attemptId, event }: FlowNews): boolean {
    if (event.type === "digit") return true;
    if (this.#leaving.has(attemptId) || this.#flowPlays.get(attemptId) !== event.play) return false;
    if (event.type !== "playStarted") this.#flowPlays.delete(attemptId);
    return true;
  }

  /** Whether they are where they were sent last; a join that comes late says nothing of the one that is wanted now. */
  admitsJoin(attemptId: AttemptId, owner: LegId): boolean {
    const wanted = this.#bridgeOf.get(attemptId);
    return wanted === undefined || wanted === this.#ports.names.agentBridge(owner);
  }

  /** Their end may not be told to us any more. */
  connectionLost(): void {
    this.#leaving.clear();
  }

  async #hold(attemptId: AttemptId): Promise<void> {
    await this.#takeOut(attemptId);
    this.#music.add(attemptId);
    await this.#ports.port.startMusic(this.#channel(attemptId));
  }

  async #resume(attemptId: AttemptId, legId: LegId): Promise<void> {
    const { port, names } = this.#ports;
    const channelId = this.#channel(attemptId);
    const bridgeId = names.agentBridge(legId);
    this.#bridgeOf.set(attemptId, bridgeId);
    await port.stopMusic(channelId);
    try {
      await port.addToBridge(bridgeId, [channelId]);
      this.#music.delete(attemptId);
    } catch (error) {
      // They wait on, and not in silence.
      await port.startMusic(channelId).catch(() => undefined);
      throw error;
    }
  }

  /** Before a message; one that comes over music is heard all the same, and the music would go on after it. */
  async #endMusic(attemptId: AttemptId): Promise<void> {
    if (!this.#music.delete(attemptId)) return;
    await this.#ports.port.stopMusic(this.#channel(attemptId)).catch(() => undefined);
  }

  async #takeOut(attemptId: AttemptId): Promise<void> {
    const channelId = this.#channel(attemptId);
    const bridgeId = this.#bridgeOf.get(attemptId) ?? (await this.#findBridge(channelId));
    this.#bridgeOf.delete(attemptId);
    // In no bridge, or not in this one any more: that is what was asked for.
    if (bridgeId !== null) await this.#ports.port.removeFromBridge(bridgeId, channelId);
  }

  /** After a restart nobody remembers who was joined to whom. */
  async #findBridge(channelId: string): Promise<string | null> {
    const bridges = await this.#ports.port.bridges();
    return bridges.find(({ channelIds }) => channelIds.includes(channelId))?.id ?? null;
  }

  #channel(attemptId: AttemptId): string {
    return this.#ports.names.customerChannel(attemptId);
  }
}
