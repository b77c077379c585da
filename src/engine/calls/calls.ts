/**
 * The living calls: hands each event to the call it belongs to, and has carried out what the call then wants.
 * Commands go out before rows are written: somebody is holding the phone.
 */
import type { Call, CallEffect, CallEvent, LivingCall } from "../../call/call.ts";
import type { AgentCommand } from "../../agent/agent.ts";
import { transition } from "../../call/transition.ts";
import type { AgentId, AttemptId, CampaignId, LegId } from "../../domain/ids.ts";
import type { Instant } from "../../domain/instant.ts";
import { CallCommands } from "./call-commands.ts";
import type { EngineContext } from "../context.ts";
import { DeskWorks, isConversation } from "../agents/desk-work.ts";
import { Flows } from "../flows/flows.ts";
import type { LiveCall } from "./live-call.ts";
import type { AttemptEnd, FlowNews } from "../ports.ts";
import { Recordings } from "../recordings/recordings.ts";
import { settle } from "./settle.ts";
import { Transfers, type TransfersHost } from "../agents/transfers.ts";
import { Verdicts } from "./verdicts.ts";

/** What calls need from their neighbours. Answers that matter to the call come back as events, never as results. */
export interface CallsHost {
  reserveAgent(attemptId: AttemptId, campaignId: CampaignId, except: AgentId | null): void;
  releaseAgent(agentId: AgentId, attemptId: AttemptId, talked: boolean, wrapUpMs: number): void;
  /** What an agent asks for by something else that they did. */
  ask(agentId: AgentId, command: AgentCommand): string;
  agentJoined(agentId: AgentId, attemptId: AttemptId): void;
  legOf(agentId: AgentId): LegId | null;
  /** It stands elsewhere, or knows more; before anything is done about it. */
  callChanged(live: LiveCall, before: LivingCall, after: Call): void;
  callEnded(live: LiveCall, end: AttemptEnd): void;
  /** Whether a valid test allows the call to be dropped on AMD's word. */
  mayDrop(live: LiveCall): boolean;
  /** Whether the message that is to be left on a machine may be, and plays. */
  mayLeave(live: LiveCall): boolean;
  /** Whether any agent of the campaign is logged in here. */
  hasAgents(campaignId: CampaignId): boolean;
  /** A message failed where a person was to hear it. */
  messageFailed(media: string): void;
  /** Whether it is known not to play. */
  isBroken(media: string): boolean;
  /** Other agents, and numbers outside, to whom people are passed on. */
  readonly transfers: Pick<
    TransfersHost,
    "reserveOne" | "reserveAny" | "holds" | "consults" | "passedOn" | "outsideRefusal"
  >;
}

/** They hold whoever was promised to them before they were placed, and may lose them. */
const MAY_BE_BEREFT: ReadonlySet<string> = new Set(["dialling", "ringing", "listening"]);

export const deadlineKeyOfCall = (attemptId: AttemptId): string => `call:${attemptId}`;

export class Calls {
  readonly #context: EngineContext;
  readonly #host: CallsHost;
  readonly #living = new Map<AttemptId, LiveCall>();
  readonly #commands: CallCommands;
  readonly #verdicts: Verdicts;
  /** What agents do during calls. */
  readonly desk: DeskWorks;
  readonly transfers: Transfers;
  readonly recordings: Recordings;
  readonly #flows: Flows;
  #strayEvents = 0;

  constructor(context: EngineContext, host: CallsHost) {
    this.#context = context;
    this.#host = host;
    const apply = (attemptId: AttemptId, event: CallEvent): void => {
      this.apply(attemptId, event);
    };
    const post = (attemptId: AttemptId, event: CallEvent): void => {
      this.#post(attemptId, event);
    };
    const find = (attemptId: AttemptId): LiveCall | undefined => this.#living.get(attemptId);
    this.transfers = new Transfers(context, {
      ...{ find, apply, post, all: () => this.#living.values() },
      ...host.transfers,
      legOf: (agentId) => host.legOf(agentId),
      releaseAgent: (...said) => {
        host.releaseAgent(...said);
      },
    });
    const { transfers } = this;
    this.#commands = new CallCommands(context, {
      reserveAgent: (...asked) => {
        host.reserveAgent(...asked);
      },
      releaseAgent: (...said) => {
        host.releaseAgent(...said);
      },
      legOf: (agentId) => host.legOf(agentId),
      mayLeave: (live) => host.mayLeave(live),
      beginFlow: (live) => {
        this.#flows.begin(live);
      },
      ...{ find, apply, post, transfers },
    });
    this.#verdicts = new Verdicts(context, {
      reached: apply,
      mayDrop: (live) => host.mayDrop(live),
    });
    this.desk = new DeskWorks(context, {
      ...{ find, apply, transfers },
      mayLeave: (live) => host.mayLeave(live),
      dispose: (agentId, dispositionCode) => {
        host.ask(agentId, { type: "dispose", dispositionCode });
      },
    });
    this.recordings = new Recordings(context, {
      isBroken: (media) => host.isBroken(media),
      legOf: (agentId) => host.legOf(agentId),
    });
    this.#flows = new Flows(context, {
      post,
      hasAgents: (campaignId) => host.hasAgents(campaignId),
      messageFailed: (media) => {
        host.messageFailed(media);
      },
    });
  }

  all(): Iterable<LiveCall> {
    return this.#living.values();
  }

  get count(): number {
    return this.#living.size;
  }

  /** Nobody is in a call, and every recording is closed. */
  get isQuiet(): boolean {
    return this.#living.size === 0 && this.recordings.count === 0;
  }

  /** Events for attempts that are not alive: late, repeated, or somebody else's. */
  get strayEvents(): number {
    return this.#strayEvents;
  }

  find(attemptId: AttemptId): LiveCall | undefined {
    return this.#living.get(attemptId);
  }

  /** From here on the call has a deadline, and can only leave by its end. */
  add(live: LiveCall): void {
    this.#living.set(live.order.attemptId, live);
    this.#context.deadlines.set(deadlineKeyOfCall(live.order.attemptId), live.call.deadlineAt);
    if (isConversation(live.call)) this.recordings.resumed(live);
  }

  /** What is said from now on is missed. */
  connectionLost(): void {
    this.#verdicts.connectionLost();
  }

  /** Of the call itself, of whoever listens to it, of its flow or its recording. */
  deadlinePassed(whose: "call" | "verdict" | "flow" | "recording", attemptId: AttemptId, at: Instant): void {
    if (whose === "call") this.apply(attemptId, { type: "deadlinePassed", at });
    else if (whose === "flow") this.#flows.deadlinePassed(attemptId, at);
    else (whose === "verdict" ? this.#verdicts : this.recordings).deadlinePassed(attemptId, at);
  }

  /** By people: those who wait get the message first. */
  cancelAll(reason: "operator" | "drain"): void {
    const at = this.#context.clock.now();
    for (const attemptId of [...this.#living.keys()]) this.apply(attemptId, { type: "cancelled", at, reason });
  }

  apply(attemptId: AttemptId, event: CallEvent): void {
    const live = this.#living.get(attemptId);
    if (live === undefined) {
      this.#applyToNobody(attemptId, event);
      return;
    }
    this.#applyTo(live, event);
    // Last, for a verdict is the next event.
    this.#verdicts.heard(attemptId, event);
    this.#flows.heard(attemptId, event);
  }

  #applyTo(live: LiveCall, event: CallEvent): void {
    const { attemptId } = live.order;
    const before = live.call;
    const { call, effects } = transition(before, event, live.policy);
    if (call === before && effects.length === 0) return;
    this.#journal(before, event, call, effects);
    this.#host.callChanged(live, before, call);
    this.#verdicts.callChanged(live, before, call);
    this.desk.callChanged(live, before, call);
    this.transfers.callChanged(live, before, call);
    this.recordings.callChanged(live, before, call);
    if (before.state === "inFlow") this.#flows.callChanged(live, before, call);
    if (call.state === "ended") {
      this.#end(live, call, effects);
      return;
    }
    live.call = call;
    this.#noteFailedMessage(live, event, call);
    this.#context.deadlines.set(deadlineKeyOfCall(attemptId), call.deadlineAt);
    for (const effect of effects) this.#commands.carryOut(live, effect);
    if (call.state === "connected" && before.state !== "connected" && call.heldAgentId !== null) {
      this.#host.agentJoined(call.heldAgentId, attemptId);
    }
    this.#context.writeBehind.change({ attemptId, state: call.state, facts: call.facts });
  }

  /**
   * Those to whom nobody is promised, people who wait first: an agent who becomes free is theirs before any new call's.
   * Calls that ring are among them only if they were placed with an agent, and have lost theirs.
   */
  withoutAgent(): AttemptId[] {
    // Whoever is sought somebody else may not be out of their agent's bridge yet.
    const isSeeking = ({ call }: LiveCall): boolean => call.state === "onHold" && call.transfer?.stage === "seeking";
    const lacking = [...this.#living.values()].filter((live) => live.call.heldAgentId === null || isSeeking(live));
    const waits = (live: LiveCall): boolean =>
      live.call.state === "answered" || (live.call.state === "inFlow" && live.call.wantsAgent) || isSeeking(live);
    const waiting = lacking.filter(waits);
    const bereft = lacking.filter(({ call, order }) => order.agentId !== null && MAY_BE_BEREFT.has(call.state));
    return [...waiting, ...bereft].map(({ order }) => order.attemptId);
  }

  /** Of a playback, or a key, while its flow has the word. */
  heardOfFlow(news: FlowNews): void {
    this.#flows.heardOf(news);
  }

  /** The call has nobody, and somebody may be free. */
  wantsAgent(attemptId: AttemptId): void {
    const live = this.#living.get(attemptId);
    if (live === undefined) return;
    // Not whoever has just failed them: somebody else may become free in time.
    const { agentLegFailed, agentId } = live.call.facts;
    this.#commands.carryOut(live, { type: "reserveAgent", except: agentLegFailed ? agentId : null });
  }

  #end(live: LiveCall, call: Extract<Call, { state: "ended" }>, effects: readonly CallEffect[]): void {
    const { attemptId } = live.order;
    this.#living.delete(attemptId);
    this.#commands.forget(attemptId);
    this.#context.deadlines.clear(deadlineKeyOfCall(attemptId));
    for (const effect of effects) this.#commands.carryOut(live, effect);
    this.#host.callEnded(live, settle(this.#context, live, call));
  }

  /** Not for a person who hung up in the middle, which Asterisk calls a failure as well. */
  #noteFailedMessage(live: LiveCall, event: CallEvent, call: LivingCall): void {
    if (event.type !== "messageFailed" || call.facts.message !== "failed") return;
    this.#host.messageFailed(this.#commands.mediaOf(live, event.choice));
  }

  #applyToNobody(attemptId: AttemptId, event: CallEvent): void {
    this.#strayEvents += 1;
    const comes =
      event.type === "agentReserved" ? event.agentId : event.type === "transferAsked" ? event.to : "outside";
    if (comes !== "outside") {
      this.#host.releaseAgent(comes, attemptId, false, 0);
      return;
    }
    // A leg that bears our name and belongs to no living call: a request that was given up and succeeded after all.
    if (event.type === "placed" || event.type === "rang" || event.type === "answered") {
      this.#context.log.warn("a call that nobody waits for is hung up", { attemptId, event: event.type });
      this.#commands.hangUpStray(attemptId);
    }
  }

  #post(attemptId: AttemptId, event: CallEvent): void {
    this.#context.mailbox.post(event.type, () => {
      this.apply(attemptId, event);
    });
  }

  #journal(before: LivingCall, event: CallEvent, call: Call, effects: readonly CallEffect[]): void {
    this.#context.journal.append({
      at: eventAt(event),
      kind: "call",
      attemptId: before.attemptId,
      event,
      before: before.state,
      after: call.state,
      deadlineAt: call.state === "ended" ? null : call.deadlineAt,
      effects,
    });
  }
}

const eventAt = (event: CallEvent): Instant => ("stamp" in event ? event.stamp.at : event.at);
