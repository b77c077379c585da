/**
 * People who call back, and their legs in the pretend Asterisk. One rule to remember: they know what they hear and nothing
 * else, so they hang up when they have had enough of it, and press a key only when a voice is there to tell them.
 */
import type { MessageChoice, Stamp } from "../domain/attempt.ts";
import { type LegId, legId } from "../domain/ids.ts";
import { after, type Instant } from "../domain/instant.ts";
import type { CommandResult, ReturnLeg, ReturnLegEvent } from "../engine/ports.ts";
import { DONE, GONE } from "./command-answers.ts";
import type { VirtualClock } from "./virtual-clock.ts";

/** Who calls, and for how long they bear what. */
export interface Returner {
  /** As their carrier writes it; null where it is withheld. */
  readonly caller: string | null;
  readonly rung: string;
  /** How long they listen to a ring tone, or to music. */
  readonly patienceMs: number;
  /** How long they talk with an agent. */
  readonly talkMs: number;
  /** Pressed in the middle of the message; null for nothing. */
  readonly presses: string | null;
  /** They hear no more of a message than this. */
  readonly listensMs: number;
}

/** What such a call was like at the far end. */
export interface ReturnDiary {
  readonly legId: LegId;
  readonly caller: string | null;
  readonly arrivedAt: Instant;
  answeredAt: Instant | null;
  /** First heard an agent, or a message. */
  servedAt: Instant | null;
  readonly heard: ("ringing" | "music" | "agent" | "message")[];
  /** Somebody else was already talking with that agent. */
  overheard: boolean;
  handedBack: boolean;
  endedAt: Instant | null;
  endedBy: "us" | "caller" | null;
}

interface Leg {
  readonly legId: LegId;
  readonly who: Returner;
  readonly diary: ReturnDiary;
  inAgentBridge: LegId | null;
  playing: MessageChoice | null;
  /** Cancels what they would do next. */
  cancel: () => void;
  cancelPlay: () => void;
}

export interface ReturnsAround {
  readonly clock: VirtualClock;
  /** Null where it cannot be played. */
  lengthOf(media: string): number | null;
  isReady(agentLeg: LegId): boolean;
  /** Whether one of the people called is in this bridge. */
  isTaken(agentLeg: LegId): boolean;
  /** Whether a daemon has the application: the dialplan goes on without it. */
  isListening(): boolean;
  tell(leg: LegId, event: (stamp: Stamp) => ReturnLegEvent): void;
}

export class PretendReturns {
  readonly diaries: ReturnDiary[] = [];
  readonly #around: ReturnsAround;
  readonly #legs = new Map<LegId, Leg>();

  constructor(around: ReturnsAround) {
    this.#around = around;
  }

  arrive(who: Returner): void {
    const name = legId(`return-${this.diaries.length + 1}`);
    const diary: ReturnDiary = {
      ...{ legId: name, caller: who.caller, arrivedAt: this.#around.clock.now(), answeredAt: null, servedAt: null },
      // The dialplan lets it ring before it hands them over.
      ...{ heard: ["ringing"], overheard: false, handedBack: false, endedAt: null, endedBy: null },
    };
    this.diaries.push(diary);
    const leg: Leg = {
      ...{ legId: name, who, diary, inAgentBridge: null, playing: null },
      ...{ cancel: () => undefined, cancelPlay: () => undefined },
    };
    this.#legs.set(name, leg);
    this.#next(leg, who.patienceMs, () => {
      this.#end(leg, "caller");
    });
    // Stasis fails at once: they hear what the dialplan has for them.
    if (!this.#around.isListening()) {
      this.handBack(name);
      return;
    }
    const { caller, rung } = who;
    this.#around.tell(name, (stamp) => ({ type: "arrived", stamp, caller, rung }));
  }

  /* ---------------------------------------------------------------- Commands */

  ring(name: LegId): CommandResult {
    return this.#legs.has(name) ? DONE : GONE;
  }

  bridge(name: LegId, agentLeg: LegId): CommandResult {
    const leg = this.#legs.get(name);
    if (leg === undefined) return GONE;
    this.#answer(leg);
    if (!this.#around.isReady(agentLeg)) return { ok: false, kind: "refused", detail: "no such bridge" };
    if (leg.inAgentBridge === agentLeg) return DONE;
    const others = [...this.#legs.values()].some((other) => other !== leg && other.inAgentBridge === agentLeg);
    leg.diary.overheard ||= others || this.#around.isTaken(agentLeg);
    leg.inAgentBridge = agentLeg;
    this.#hears(leg, "agent");
    this.#around.tell(name, (stamp) => ({ type: "joined", stamp, owner: agentLeg }));
    this.#next(leg, leg.who.talkMs, () => {
      this.#end(leg, "caller");
    });
    return DONE;
  }

  hold(name: LegId): CommandResult {
    const leg = this.#legs.get(name);
    if (leg === undefined) return GONE;
    this.#leave(leg);
    return DONE;
  }

  inform(name: LegId, media: string, choice: MessageChoice): CommandResult {
    const leg = this.#legs.get(name);
    if (leg === undefined) return GONE;
    this.#answer(leg);
    if (leg.playing !== null) return DONE;
    const lengthMs = this.#around.lengthOf(media);
    this.#around.tell(name, (stamp) => ({ type: "messageStarted", stamp, choice }));
    if (lengthMs === null) {
      this.#around.tell(name, (stamp) => ({
        type: "messageFailed",
        stamp,
        choice,
        detail: "the playback ended failed",
      }));
      return DONE;
    }
    leg.playing = choice;
    this.#hears(leg, "message");
    leg.cancelPlay = this.#later(lengthMs, () => {
      leg.playing = null;
      this.#around.tell(name, (stamp) => ({ type: "messageFinished", stamp, choice }));
    });
    this.#next(leg, Math.floor(Math.min(lengthMs, leg.who.listensMs) / 2), () => {
      const { presses } = leg.who;
      if (presses !== null) this.#around.tell(name, (stamp) => ({ type: "pressed", stamp, digit: presses }));
      this.#next(leg, leg.who.listensMs, () => {
        this.#end(leg, "caller");
      });
    });
    return DONE;
  }

  hangUp(name: LegId): CommandResult {
    const leg = this.#legs.get(name);
    if (leg === undefined) return GONE;
    this.#end(leg, "us");
    return DONE;
  }

  /** The dialplan has a message of its own for them. */
  handBack(name: LegId): CommandResult {
    const leg = this.#legs.get(name);
    if (leg === undefined) return GONE;
    leg.diary.handedBack = true;
    this.#end(leg, "us");
    return DONE;
  }

  /* ---------------------------------------------------------------- Around them */

  /** The agent's phone is gone: whoever was in its bridge hears nothing. */
  bridgeGone(agentLeg: LegId): void {
    for (const leg of this.#legs.values()) if (leg.inAgentBridge === agentLeg) this.#leave(leg);
  }

  isIn(agentLeg: LegId): boolean {
    return [...this.#legs.values()].some(({ inAgentBridge }) => inAgentBridge === agentLeg);
  }

  /** Those who call while nobody listens are there all the same. */
  snapshot(): readonly ReturnLeg[] {
    return [...this.#legs.values()].map(({ legId: name, who: { caller, rung }, inAgentBridge }) => ({
      ...{ legId: name, caller, rung, inAgentBridge },
    }));
  }

  #answer(leg: Leg): void {
    leg.diary.answeredAt ??= this.#around.clock.now();
  }

  #leave(leg: Leg): void {
    if (leg.inAgentBridge === null) return;
    leg.inAgentBridge = null;
    this.#hears(leg, "music");
    this.#next(leg, leg.who.patienceMs, () => {
      this.#end(leg, "caller");
    });
  }

  #hears(leg: Leg, what: ReturnDiary["heard"][number]): void {
    leg.diary.heard.push(what);
    if (what === "agent" || what === "message") leg.diary.servedAt ??= this.#around.clock.now();
  }

  #end(leg: Leg, by: "us" | "caller"): void {
    if (!this.#legs.delete(leg.legId)) return;
    leg.cancel();
    leg.cancelPlay();
    leg.diary.endedAt = this.#around.clock.now();
    leg.diary.endedBy = by;
    this.#around.tell(leg.legId, (stamp) => ({ type: "gone", stamp, cause: 16 }));
  }

  /** What they do next, instead of what they would have done. */
  #next(leg: Leg, durationMs: number, act: () => void): void {
    leg.cancel();
    leg.cancel = this.#later(durationMs, act);
  }

  #later(durationMs: number, act: () => void): () => void {
    const { clock } = this.#around;
    return clock.wakeAt(after(clock.now(), durationMs), act);
  }
}
