/**
 * The living calls: hands each event to the call it belongs to, and carries out what the call then wants.
 * Commands go out before rows are written: somebody is holding the phone.
 */
import type { Call, CallEffect, CallEvent, LivingCall } from "../call/call.ts";
import { transition } from "../call/transition.ts";
import type { MessageChoice } from "../domain/attempt.ts";
import type { AgentId, AttemptId, CampaignId, LegId } from "../domain/ids.ts";
import type { Instant } from "../domain/instant.ts";
import type { EngineContext } from "./context.ts";
import type { LiveCall } from "./live-call.ts";
import type { AttemptEnd, CommandResult } from "./ports.ts";
import { settle } from "./settle.ts";
import { Verdicts } from "./verdicts.ts";

/** What calls need from their neighbours. Answers that matter to the call come back as events, never as results. */
export interface CallsHost {
  reserveAgent(attemptId: AttemptId, campaignId: CampaignId, except: AgentId | null): void;
  releaseAgent(agentId: AgentId, attemptId: AttemptId, talked: boolean, wrapUpMs: number): void;
  agentJoined(agentId: AgentId, attemptId: AttemptId): void;
  legOf(agentId: AgentId): LegId | null;
  /** It stands elsewhere, or knows more; before anything is done about it. */
  callChanged(live: LiveCall, before: LivingCall, after: Call): void;
  callEnded(live: LiveCall, end: AttemptEnd): void;
  /** Whether a valid test allows the call to be dropped on AMD's word. */
  mayDrop(live: LiveCall): boolean;
  /** Whether the message that is to be left on a machine may be, and plays. */
  mayLeave(live: LiveCall): boolean;
  /** A message failed where a person was to hear it. */
  messageFailed(media: string): void;
}

/** They hold whoever was promised to them before they were placed, and may lose them. */
const MAY_BE_BEREFT: ReadonlySet<string> = new Set(["dialling", "ringing", "listening"]);

export const deadlineKeyOfCall = (attemptId: AttemptId): string => `call:${attemptId}`;

export class Calls {
  readonly #context: EngineContext;
  readonly #host: CallsHost;
  readonly #living = new Map<AttemptId, LiveCall>();
  /** To be ended, and not found before anybody had confirmed them. */
  readonly #doubted = new Set<AttemptId>();
  readonly #verdicts: Verdicts;
  #strayEvents = 0;

  constructor(context: EngineContext, host: CallsHost) {
    this.#context = context;
    this.#host = host;
    this.#verdicts = new Verdicts(context, {
      reached: (attemptId, event) => {
        this.apply(attemptId, event);
      },
      mayDrop: (live) => host.mayDrop(live),
    });
  }

  all(): Iterable<LiveCall> {
    return this.#living.values();
  }

  get count(): number {
    return this.#living.size;
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
  }

  /** What is said from now on is missed. */
  connectionLost(): void {
    this.#verdicts.connectionLost();
  }

  /** Of the call itself, or of whoever listens to it. */
  deadlinePassed(whose: "call" | "verdict", attemptId: AttemptId, at: Instant): void {
    if (whose === "call") this.apply(attemptId, { type: "deadlinePassed", at });
    else this.#verdicts.deadlinePassed(attemptId, at);
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
  }

  #applyTo(live: LiveCall, event: CallEvent): void {
    const { attemptId } = live.order;
    const before = live.call;
    const { call, effects } = transition(before, event, live.policy);
    if (call === before && effects.length === 0) return;
    this.#journal(before, event, call, effects);
    this.#host.callChanged(live, before, call);
    this.#verdicts.callChanged(live, before, call);
    if (call.state === "ended") {
      this.#end(live, call, effects);
      return;
    }
    live.call = call;
    this.#noteFailedMessage(live, event, call);
    this.#context.deadlines.set(deadlineKeyOfCall(attemptId), call.deadlineAt);
    for (const effect of effects) this.#carryOut(live, effect);
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
    const lacking = [...this.#living.values()].filter(({ call }) => call.heldAgentId === null);
    const waiting = lacking.filter(({ call }) => call.state === "answered");
    const bereft = lacking.filter(({ call, order }) => order.agentId !== null && MAY_BE_BEREFT.has(call.state));
    return [...waiting, ...bereft].map(({ order }) => order.attemptId);
  }

  /** The call has nobody, and somebody may be free. */
  wantsAgent(attemptId: AttemptId): void {
    const live = this.#living.get(attemptId);
    if (live === undefined) return;
    // Not whoever has just failed them: somebody else may become free in time.
    const { agentLegFailed, agentId } = live.call.facts;
    this.#carryOut(live, { type: "reserveAgent", except: agentLegFailed ? agentId : null });
  }

  #end(live: LiveCall, call: Extract<Call, { state: "ended" }>, effects: readonly CallEffect[]): void {
    const { attemptId } = live.order;
    this.#living.delete(attemptId);
    this.#doubted.delete(attemptId);
    this.#context.deadlines.clear(deadlineKeyOfCall(attemptId));
    for (const effect of effects) this.#carryOut(live, effect);
    this.#host.callEnded(live, settle(this.#context, live, call));
  }

  #carryOut(live: LiveCall, effect: CallEffect): void {
    const { telephony } = this.#context;
    const { attemptId } = live.order;
    switch (effect.type) {
      case "reserveAgent":
        this.#host.reserveAgent(attemptId, live.order.campaignId, effect.except);
        return;
      case "releaseAgent":
        this.#host.releaseAgent(effect.agentId, attemptId, effect.talked, live.campaign.wrapUpMs);
        return;
      case "bridge": {
        const legId = this.#host.legOf(effect.agentId);
        if (legId === null) {
          this.#post(attemptId, { type: "agentLost", at: this.#context.clock.now(), agentId: effect.agentId });
          return;
        }
        this.#command("bridge", attemptId, telephony.bridge(attemptId, legId), (detail) => ({
          type: "bridgeFailed",
          stamp: { at: this.#context.clock.now(), asteriskAt: null },
          agentId: effect.agentId,
          detail,
        }));
        return;
      }
      case "unbridge":
        this.#unbridge(attemptId);
        return;
      case "playInformationMessage":
        this.#command(
          "playInformationMessage",
          attemptId,
          telephony.playInformationMessage(attemptId, this.#mediaOf(live, effect.choice), effect.choice),
          // They have just left by themselves, and news of it is on the way: it was not we who hung up on them.
          (detail, kind) =>
            kind === "gone"
              ? null
              : {
                  type: "messageFailed",
                  stamp: { at: this.#context.clock.now(), asteriskAt: null },
                  choice: effect.choice,
                  detail,
                },
        );
        return;
      case "playVoicemailMessage":
        this.#leaveMessage(live);
        return;
      case "hangUp":
        this.#command("hangUp", attemptId, telephony.hangUp(attemptId, effect.reason), (_detail, kind) =>
          kind === "gone" && this.#isSurelyGone(attemptId) ? { type: "vanished", at: this.#context.clock.now() } : null,
        );
        return;
    }
  }

  /**
   * No leg before the request for one was answered is no news: it may be made in the next moment, and ring for nobody.
   * The second time, some seconds later, it is believed.
   */
  #isSurelyGone(attemptId: AttemptId): boolean {
    const facts = this.#living.get(attemptId)?.call.facts;
    if (facts === undefined || facts.placedAt !== null || this.#doubted.has(attemptId)) return true;
    this.#doubted.add(attemptId);
    return false;
  }

  /** One that nobody has approved, or that does not play, is not left: the call ends with nothing said. */
  #leaveMessage(live: LiveCall): void {
    const { attemptId } = live.order;
    const { telephony, clock } = this.#context;
    const failed = (detail: string): CallEvent => {
      const stamp = { at: clock.now(), asteriskAt: null };
      return { type: "messageFailed", stamp, choice: "voicemail", detail };
    };
    const media = live.campaign.amd.voicemailMessage;
    if (media === null || !this.#host.mayLeave(live)) {
      this.#post(attemptId, failed("it may not be left"));
      return;
    }
    this.#command(
      "playVoicemailMessage",
      attemptId,
      telephony.playInformationMessage(attemptId, media, "voicemail"),
      (detail, kind) => (kind === "gone" ? null : failed(detail)),
    );
  }

  #mediaOf(live: LiveCall, choice: MessageChoice): string {
    if (choice === "voicemail") return live.campaign.amd.voicemailMessage ?? this.#context.settings.builtInMessage;
    return choice === "campaign" ? live.campaign.informationMessage : this.#context.settings.builtInMessage;
  }

  /** Not for a person who hung up in the middle, which Asterisk calls a failure as well. */
  #noteFailedMessage(live: LiveCall, event: CallEvent, call: LivingCall): void {
    if (event.type !== "messageFailed" || call.facts.message !== "failed") return;
    this.#host.messageFailed(this.#mediaOf(live, event.choice));
  }

  /** Without a yes from Asterisk the agent stays promised until the call ends. */
  #unbridge(attemptId: AttemptId): void {
    const { telephony, mailbox, clock, log } = this.#context;
    const refused = (detail: unknown): void => {
      log.warn("a person could not be taken out of an agent's bridge", { attemptId, detail });
    };
    mailbox.await(
      "unbridge answered",
      telephony.unbridge(attemptId),
      (answer) => {
        if (answer.ok || answer.kind === "gone") this.apply(attemptId, { type: "parted", at: clock.now() });
        else refused(answer.detail);
      },
      refused,
    );
  }

  /** A failed command is not a failed call: it is one more event, or the deadline settles it. */
  #command(
    name: string,
    attemptId: AttemptId,
    result: Promise<CommandResult>,
    consequence: (detail: string, kind: "gone" | "refused" | "unknown") => CallEvent | null,
  ): void {
    const failed = (kind: "gone" | "refused" | "unknown", detail: string): void => {
      this.#context.log.warn("a command failed", { command: name, attemptId, kind, detail });
      const event = consequence(detail, kind);
      if (event !== null) this.apply(attemptId, event);
    };
    this.#context.mailbox.await(
      `${name} answered`,
      result,
      (answer) => {
        if (!answer.ok) failed(answer.kind, answer.detail);
      },
      (error) => {
        failed("unknown", error instanceof Error ? error.message : String(error));
      },
    );
  }

  #applyToNobody(attemptId: AttemptId, event: CallEvent): void {
    this.#strayEvents += 1;
    if (event.type === "agentReserved") {
      this.#host.releaseAgent(event.agentId, attemptId, false, 0);
      return;
    }
    // A leg that bears our name and belongs to no living call: a request that was given up and succeeded after all.
    if (event.type === "placed" || event.type === "rang" || event.type === "answered") {
      this.#context.log.warn("a call that nobody waits for is hung up", { attemptId, event: event.type });
      this.#command("hangUp", attemptId, this.#context.telephony.hangUp(attemptId, "operator"), () => null);
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
