/**
 * What is really so in the pretend Asterisk: legs, standing bridges, playbacks. One rule to remember: it obeys at
 * once and reports the truth in order; being late, deaf or unreachable is the wire's business.
 *
 * Where it imitates Asterisk the measured behaviour is named beside it.
 */
import type { CallEvent } from "../call/call.ts";
import type { MessageChoice, Stamp } from "../domain/attempt.ts";
import type { AttemptId, LegId } from "../domain/ids.ts";
import { after, msBetween } from "../domain/instant.ts";
import type { AgentLegEvent, CommandResult, FlowPlayback, LegsSnapshot, PlaceOrder } from "../engine/ports.ts";
import { DONE, GONE } from "./command-answers.ts";
import { CalleeOnTheLine, type Line } from "./callee.ts";
import { Diaries } from "./diary.ts";
import type { AgentLeg, AsteriskOptions, CustomerLeg, Socket } from "./pretend-legs.ts";
import { earOf, Playbacks } from "./pretend-playbacks.ts";
import { PretendDesk } from "./pretend-desk.ts";
import { PretendReturns } from "./pretend-returns.ts";
import { PretendRecorder } from "./pretend-recorder.ts";

/** Asterisk's own dial timeout is a backstop behind ours. */
const BACKSTOP_MS = 10_000;
/** So long it must be quiet before Asterisk says that somebody has stopped talking. */
const SPEECH_SILENCE_MS = 400;

export class PretendAsterisk {
  readonly diaries: Diaries;
  readonly returns: PretendReturns;
  readonly recorder: PretendRecorder;
  readonly desk: PretendDesk;
  readonly #options: AsteriskOptions;
  readonly #customers = new Map<AttemptId, CustomerLeg>();
  readonly #agents = new Map<LegId, AgentLeg>();
  #socket: Socket | null = null;

  constructor(options: AsteriskOptions) {
    this.#options = options;
    this.diaries = new Diaries(options.clock);
    this.desk = new PretendDesk({
      ...{ clock: options.clock, agents: this.#agents, customers: this.#customers, diaries: this.diaries },
      deliver: (event) => this.#socket?.deliver(event),
    });
    this.returns = new PretendReturns({
      clock: options.clock,
      lengthOf: (media) => this.lengthOf(media),
      isReady: (agentLeg) => this.#agents.get(agentLeg)?.ready === true,
      isTaken: (agentLeg) => [...this.#customers.values()].some((leg) => leg.inAgentBridge === agentLeg),
      isListening: () => this.#socket !== null,
      tell: (name, event) => {
        this.#socket?.deliver({ kind: "returnLeg", legId: name, event: event(this.#stamp()) });
      },
    });
    this.recorder = new PretendRecorder({
      clock: options.clock,
      hasLeg: (attemptId) => this.#customers.has(attemptId),
      deliver: (event) => this.#socket?.deliver(event),
    });
  }

  connect(socket: Socket): void {
    const before = this.#socket;
    this.#socket = socket;
    if (before !== null && before !== socket) before.replaced();
  }

  disconnect(socket: Socket): void {
    if (this.#socket === socket) this.#socket = null;
  }

  /** Makes the leg and does not dial yet. */
  create(order: PlaceOrder): "created" | "refused" | "unavailable" | "exists" {
    const { attemptId } = order;
    this.diaries.asked(order);
    if (this.#customers.has(attemptId)) return "exists";
    const callee = this.#options.calleeAt(order, this.linesOf(order.trunk));
    if (callee.type === "unplaceable") return callee.failure;
    const line = this.#lineOf(attemptId);
    this.#customers.set(attemptId, {
      attemptId,
      trunk: order.trunk,
      createdAt: this.#options.clock.now(),
      callee: new CalleeOnTheLine(callee, line),
      alarms: [],
      state: "down",
      inAgentBridge: null,
      listening: order.listening ?? null,
      hasGreeted: false,
      talk: null,
      playbacks: new Playbacks(
        earOf(attemptId, {
          lengthOf: (media) => this.lengthOf(media),
          later: (durationMs, then) => line.later(durationMs, then),
          deliver: (event) => this.#socket?.deliver(event),
          stamp: () => this.#stamp(),
          callee: () => this.#customers.get(attemptId)?.callee,
          diaries: this.diaries,
        }),
      ),
    });
    return "created";
  }

  linesOf(trunk: string): number {
    return [...this.#customers.values()].filter((leg) => leg.trunk === trunk).length;
  }

  dial(attemptId: AttemptId, ringTimeoutMs: number): void {
    const leg = this.#customers.get(attemptId);
    if (leg?.state !== "down") return;
    leg.state = "dialling";
    this.diaries.dialled(attemptId);
    this.#later(leg, ringTimeoutMs + BACKSTOP_MS, () => {
      if (leg.state === "up") return;
      // Its own time-out sends CANCEL and reports 19/480, the same as a far-end 480.
      this.#end(leg, "asterisk", 19, 480);
    });
    leg.callee.dialled();
  }

  /* ---------------------------------------------------------------- Commands on the customer leg */

  /** Our own hang-up: cause 16 and no SIP code, whether it rang or talked. */
  hangUp(attemptId: AttemptId): CommandResult {
    const leg = this.#customers.get(attemptId);
    if (leg === undefined) return GONE;
    this.#end(leg, "asterisk", 16, null, "us");
    return DONE;
  }

  bridge(attemptId: AttemptId, legId: LegId): CommandResult {
    const leg = this.#customers.get(attemptId);
    if (leg === undefined) return GONE;
    if (!this.desk.isThere(legId)) return { ok: false, kind: "refused", detail: "no such bridge" };
    if (leg.inAgentBridge === legId) return DONE;
    leg.playbacks.stopFlow(null);
    if (leg.inAgentBridge !== null) this.diaries.left(attemptId);
    leg.inAgentBridge = legId;
    const others = [...this.#customers.values()].filter((other) => other !== leg && other.inAgentBridge === legId);
    this.#tell(attemptId, (stamp) => ({ type: "joined", stamp }));
    if (!this.desk.hasVoice(legId)) {
      if (leg.state === "up") leg.callee.hearsNothing();
      return DONE;
    }
    this.diaries.joined(attemptId, legId, others.length > 0 || this.returns.isIn(legId));
    if (leg.state === "up") leg.callee.hearsAgent();
    return DONE;
  }

  unbridge(attemptId: AttemptId): CommandResult {
    const leg = this.#customers.get(attemptId);
    if (leg === undefined) return GONE;
    this.#leaveBridge(leg);
    return DONE;
  }

  /** Out of the bridge, with music: what a person hears never stops for longer than the two requests take. */
  hold(attemptId: AttemptId): CommandResult {
    const leg = this.#customers.get(attemptId);
    if (leg === undefined) return GONE;
    if (leg.inAgentBridge !== null) this.diaries.left(attemptId);
    leg.inAgentBridge = null;
    this.diaries.held(attemptId);
    leg.callee.hearsMusic();
    return DONE;
  }

  resume(attemptId: AttemptId, legId: LegId): CommandResult {
    const result = this.bridge(attemptId, legId);
    if (result.ok) this.diaries.resumed(attemptId);
    return result;
  }

  stopListening(attemptId: AttemptId): void {
    const leg = this.#customers.get(attemptId);
    if (leg !== undefined) leg.listening = null;
  }

  attendCustomerLeg = (attemptId: AttemptId): CommandResult => (this.#customers.has(attemptId) ? DONE : GONE);

  play(attemptId: AttemptId, media: string, choice: MessageChoice): CommandResult {
    return this.#withPlaybacks(attemptId, (playbacks) => {
      playbacks.playMessage(media, choice);
    });
  }

  playFlow(attemptId: AttemptId, playback: FlowPlayback): CommandResult {
    return this.#withPlaybacks(attemptId, (playbacks) => {
      playbacks.playFlow(playback);
    });
  }

  stopFlow(attemptId: AttemptId, play: number): CommandResult {
    return this.#withPlaybacks(attemptId, (playbacks) => {
      playbacks.stopFlow(play);
    });
  }

  #withPlaybacks(attemptId: AttemptId, act: (playbacks: Playbacks) => void): CommandResult {
    const leg = this.#customers.get(attemptId);
    if (leg === undefined) return GONE;
    act(leg.playbacks);
    return DONE;
  }

  /** What the file is worth now: its length, or null where it cannot be played. */
  lengthOf(media: string): number | null {
    const { clock, messageMs, missingMedia = [] } = this.#options;
    const now = clock.now();
    const isMissing = missingMedia.some((spell) => spell.media === media && spell.from <= now && now < spell.to);
    return isMissing ? null : messageMs;
  }

  /* ---------------------------------------------------------------- Agents' legs */

  agentArrives(legId: LegId, endpoint: string): void {
    this.#agents.set(legId, { legId, endpoint, ready: false });
    this.#tellAgent(legId, (stamp) => ({ type: "arrived", stamp, endpoint }));
  }

  admitAgentLeg(legId: LegId): CommandResult {
    const leg = this.#agents.get(legId);
    if (leg === undefined) return GONE;
    const wasHome = this.desk.isHome(legId);
    this.desk.sendHome(legId);
    if (!leg.ready || !wasHome) {
      leg.ready = true;
      this.#tellAgent(legId, (stamp) => ({ type: "ready", stamp }));
    }
    return DONE;
  }

  agentPresses(legId: LegId, digit: string): void {
    if (this.#agents.has(legId)) this.#tellAgent(legId, (stamp) => ({ type: "pressed", stamp, digit }));
  }

  /** A prompt, music: possible while the leg is there. */
  attendAgentLeg(legId: LegId): CommandResult {
    return this.#agents.has(legId) ? DONE : GONE;
  }

  /** The phone hangs up, or we do: its standing bridge goes with it, and whoever was in it hears nothing. */
  endAgentLeg(legId: LegId): CommandResult {
    if (!this.#agents.delete(legId)) return GONE;
    for (const leg of this.#customers.values()) {
      if (leg.inAgentBridge === legId) this.#leaveBridge(leg);
    }
    this.returns.bridgeGone(legId);
    this.desk.phoneGone(legId);
    this.#tellAgent(legId, (stamp) => ({ type: "gone", stamp, cause: 16 }));
    return DONE;
  }

  agentVanishes(legId: LegId, noticedAfterMs: number): void {
    const { clock } = this.#options;
    clock.wakeAt(after(clock.now(), noticedAfterMs), () => {
      this.endAgentLeg(legId);
    });
  }

  /* ---------------------------------------------------------------- The truth, for whoever asks */

  agentLeg(legId: LegId): { readonly ready: boolean } | undefined {
    return this.#agents.get(legId);
  }

  snapshot(): LegsSnapshot {
    return {
      takenAt: this.#options.clock.now(),
      customerLegs: [...this.#customers.values()].map(({ attemptId, state, inAgentBridge, createdAt }) => ({
        attemptId,
        state,
        inAgentBridge,
        createdAt,
      })),
      agentLegs: [...this.#agents.values()].map(({ legId, endpoint, ready }) => ({
        ...{ legId, endpoint },
        ready: ready && this.desk.isHome(legId),
      })),
      away: this.desk.away(),
      returnLegs: this.returns.snapshot(),
    };
  }

  #lineOf(attemptId: AttemptId): Line {
    const act = (what: (leg: CustomerLeg) => void): void => {
      const leg = this.#customers.get(attemptId);
      if (leg !== undefined) what(leg);
    };
    return {
      later: (durationMs, then) => {
        const leg = this.#customers.get(attemptId);
        return leg === undefined ? () => undefined : this.#later(leg, durationMs, then);
      },
      progress: () => {
        act(() => this.#tell(attemptId, (stamp) => ({ type: "progressed", stamp })));
      },
      ring: () => {
        act((leg) => {
          leg.state = "ringing";
          this.diaries.rang(attemptId);
          this.#tell(attemptId, (stamp) => ({ type: "rang", stamp }));
        });
      },
      answer: () => {
        act((leg) => {
          leg.state = "up";
          this.diaries.answered(attemptId);
          this.#tell(attemptId, (stamp) => ({ type: "answered", stamp, sipCallId: `sip-${attemptId}` }));
          if (leg.inAgentBridge === null) leg.callee.hearsNothing();
          else leg.callee.hearsAgent();
        });
      },
      speak: (durationMs) => {
        act((leg) => {
          this.diaries.spoke(attemptId, durationMs);
          // Only the first greeting is listened to, unless somebody wants to hear more.
          if (leg.hasGreeted && leg.listening === null) return;
          const silenceMs = leg.listening?.silenceMs ?? SPEECH_SILENCE_MS;
          const since = leg.talk?.since ?? this.#options.clock.now();
          // A pause that is too short to be told is none.
          if (leg.talk === null) this.#tell(attemptId, (stamp) => ({ type: "speechStarted", stamp }));
          else leg.talk.cancelEnd();
          const cancelEnd = this.#later(leg, durationMs + silenceMs, () => {
            leg.talk = null;
            leg.hasGreeted = true;
            const talkedMs = msBetween(since, this.#options.clock.now()) - silenceMs;
            this.#tell(attemptId, (stamp) => ({ type: "speechEnded", stamp, durationMs: talkedMs }));
          });
          leg.talk = { since, cancelEnd };
        });
      },
      fail: (cause, sip) => {
        act((leg) => this.#end(leg, "farEnd", cause, sip, "network"));
      },
      press: (digit) => {
        act(() => {
          this.diaries.pressed(attemptId, digit);
          this.#socket?.deliver({ kind: "flow", attemptId, event: { type: "digit", digit, stamp: this.#stamp() } });
        });
      },
      hangUp: () => {
        act((leg) => this.#end(leg, "farEnd", 16, null, "callee"));
      },
    };
  }

  #leaveBridge(leg: CustomerLeg): void {
    if (leg.inAgentBridge === null) return;
    leg.inAgentBridge = null;
    this.diaries.left(leg.attemptId);
    if (leg.state === "up") leg.callee.hearsNothing();
  }

  /** Announced, then gone: `destroyed` is the last that is heard of a leg. A message that it cuts off has not failed. */
  #end(
    leg: CustomerLeg,
    by: "farEnd" | "asterisk",
    cause: number,
    sip: number | null,
    whose: "us" | "callee" | "network" | "asterisk" = "asterisk",
  ): void {
    const { attemptId } = leg;
    // The cause of a local request is a soft-hangup flag, not Q.850, and tells nobody anything.
    const local = by === "asterisk";
    this.#tell(attemptId, (stamp) => ({
      type: "hangupRequested",
      stamp,
      by,
      cause: local ? null : cause,
      sip: local ? null : sip,
    }));
    for (const cancel of leg.alarms) cancel();
    this.#customers.delete(attemptId);
    this.diaries.ended(attemptId, whose);
    this.recorder.stop(attemptId);
    const sipCallId = leg.state === "down" ? null : `sip-${attemptId}`;
    this.#tell(attemptId, (stamp) => ({ type: "destroyed", stamp, cause, sip, sipCallId }));
  }

  /** An alarm that dies with its leg. */
  #later(leg: CustomerLeg, durationMs: number, act: () => void): () => void {
    const { clock } = this.#options;
    const cancel = clock.wakeAt(after(clock.now(), durationMs), act);
    leg.alarms.push(cancel);
    return cancel;
  }

  #stamp(): Stamp {
    const at = this.#options.clock.now();
    return { at, asteriskAt: after(at, this.#options.skewMs) };
  }

  #tell(attemptId: AttemptId, event: (stamp: Stamp) => CallEvent): void {
    this.#socket?.deliver({ kind: "call", attemptId, event: event(this.#stamp()) });
  }

  #tellAgent(legId: LegId, event: (stamp: Stamp) => AgentLegEvent): void {
    this.#socket?.deliver({ kind: "agentLeg", legId, event: event(this.#stamp()) });
  }
}
