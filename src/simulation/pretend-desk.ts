/**
 * Phones that meet in one bridge, and numbers outside, in the pretend Asterisk. One rule to remember: a bridge in which
 * nobody is but the person is silence, whosesoever it is.
 */
import type { AttemptId, LegId } from "../domain/ids.ts";
import { legId as legIdOf } from "../domain/ids.ts";
import { after } from "../domain/instant.ts";
import type { CommandResult, OtherLeg, OutsideCall, TelephonyEvent } from "../engine/ports.ts";
import type { Diaries } from "./diary.ts";
import { DONE, GONE } from "./command-answers.ts";
import type { AgentLeg, CustomerLeg } from "./pretend-legs.ts";
import type { VirtualClock } from "./virtual-clock.ts";

export interface DeskWorld {
  readonly clock: VirtualClock;
  readonly agents: ReadonlyMap<LegId, AgentLeg>;
  readonly customers: ReadonlyMap<AttemptId, CustomerLeg>;
  readonly diaries: Diaries;
  readonly deliver: (event: TelephonyEvent) => void;
}

/** Refused, never answered, and three that talk for a while: by turns. */
const WAYS = [
  { refusedMs: 300, answerMs: null, talkMs: 0 },
  { refusedMs: null, answerMs: 3_000, talkMs: 25_000 },
  { refusedMs: null, answerMs: null, talkMs: 0 },
  { refusedMs: null, answerMs: 6_000, talkMs: 60_000 },
  { refusedMs: null, answerMs: 2_000, talkMs: 7_000 },
] as const;
const BACKSTOP_MS = 10_000;

interface Outside {
  readonly attemptId: AttemptId;
  readonly legId: LegId;
  isUp: boolean;
  bridge: LegId;
}

export class PretendDesk {
  readonly #world: DeskWorld;
  /** In whose bridge a phone is that is not in its own. */
  readonly #visits = new Map<LegId, LegId>();
  readonly #outside = new Map<LegId, Outside>();
  #calls = 0;

  constructor(world: DeskWorld) {
    this.#world = world;
  }

  isHome(legId: LegId): boolean {
    return !this.#visits.has(legId);
  }

  /** An agent, or whoever answered outside, is in that bridge. */
  hasVoice(bridge: LegId): boolean {
    const owner = this.#world.agents.get(bridge);
    if (owner?.ready === true && this.isHome(bridge)) return true;
    if ([...this.#visits.values()].includes(bridge)) return true;
    return [...this.#outside.values()].some((each) => each.isUp && each.bridge === bridge);
  }

  /** Whether people can be sent into it. */
  isThere(bridge: LegId): boolean {
    return this.#world.agents.get(bridge)?.ready === true || this.#outside.has(bridge);
  }

  outsideLegs(): number {
    return this.#outside.size;
  }

  away(): AttemptId[] {
    return [...this.#outside.values()].flatMap(({ attemptId, legId }) =>
      this.#world.customers.get(attemptId)?.inAgentBridge === legId ? [attemptId] : [],
    );
  }

  legOf(attemptId: AttemptId, other: OtherLeg): LegId | null {
    if (other !== "outside") return this.#world.agents.has(other) ? other : null;
    return [...this.#outside.values()].filter((each) => each.attemptId === attemptId).at(-1)?.legId ?? null;
  }

  meet(attemptId: AttemptId, agentLeg: LegId, other: OtherLeg): CommandResult {
    const legId = this.legOf(attemptId, other);
    if (legId === null || !this.isThere(agentLeg)) return GONE;
    this.#moved(() => {
      const outside = this.#outside.get(legId);
      if (outside === undefined) this.#visits.set(legId, agentLeg);
      else outside.bridge = agentLeg;
    });
    return DONE;
  }

  sendHome(legId: LegId): CommandResult {
    const outside = this.#outside.get(legId);
    if (outside === undefined && !this.#world.agents.has(legId)) return GONE;
    this.#moved(() => {
      this.#visits.delete(legId);
      if (outside !== undefined) outside.bridge = legId;
    });
    return DONE;
  }

  /** The phone is gone, and its bridge with it; who visited there is nowhere. */
  phoneGone(legId: LegId): void {
    this.#moved(() => {
      this.#visits.delete(legId);
    });
  }

  callOutside({ attemptId, ringTimeoutMs }: OutsideCall): void {
    const { clock, diaries } = this.#world;
    const way = WAYS[this.#calls % WAYS.length] ?? WAYS[0];
    this.#calls += 1;
    const legId = legIdOf(`outside-${String(this.#calls)}`);
    const leg: Outside = { attemptId, legId, isUp: false, bridge: legId };
    this.#outside.set(legId, leg);
    diaries.outside(attemptId, legId);
    const endsMs = way.refusedMs ?? (way.answerMs === null ? ringTimeoutMs + BACKSTOP_MS : way.answerMs + way.talkMs);
    this.#in(endsMs, () => this.#end(legId));
    if (way.answerMs === null) return;
    this.#in(way.answerMs, () => {
      if (this.#outside.get(legId) !== leg) return;
      leg.isUp = true;
      this.#world.deliver({ kind: "outside", attemptId, state: "answered", at: clock.now() });
    });
  }

  hangUpOutside(attemptId: AttemptId): CommandResult {
    const legs = [...this.#outside.values()].filter((each) => each.attemptId === attemptId);
    for (const { legId } of legs) this.#end(legId, false);
    return legs.length === 0 ? GONE : DONE;
  }

  #end(legId: LegId, isNews = true): void {
    const leg = this.#outside.get(legId);
    if (leg === undefined) return;
    this.#moved(() => {
      this.#outside.delete(legId);
    });
    this.#world.diaries.outsideEnded(leg.attemptId, legId);
    const { deliver, clock } = this.#world;
    if (isNews) deliver({ kind: "outside", attemptId: leg.attemptId, state: "gone", at: clock.now() });
  }

  /** Who is alone in a bridge hears nothing, and hears again whoever comes. */
  #moved(move: () => void): void {
    const before = new Set([...this.#world.customers.values()].filter((leg) => this.#hears(leg)));
    move();
    for (const leg of this.#world.customers.values()) {
      const hears = this.#hears(leg);
      if (before.has(leg) && !hears) {
        this.#world.diaries.left(leg.attemptId);
        if (leg.state === "up") leg.callee.hearsNothing();
      } else if (!before.has(leg) && hears && leg.inAgentBridge !== null) {
        this.#world.diaries.joined(leg.attemptId, leg.inAgentBridge, false);
        if (leg.state === "up") leg.callee.hearsAgent();
      }
    }
  }

  #hears(leg: CustomerLeg): boolean {
    return leg.inAgentBridge !== null && this.hasVoice(leg.inAgentBridge);
  }

  #in(durationMs: number, act: () => void): void {
    const { clock } = this.#world;
    clock.wakeAt(after(clock.now(), durationMs), act);
  }
}
