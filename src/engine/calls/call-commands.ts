/** What a call wants, carried out: commands to telephony, and what their answers mean for the call. */
import type { CallEffect, CallEvent } from "../../call/call.ts";
import type { InformationChoice, MessageChoice } from "../../domain/attempt.ts";
import type { AgentId, AttemptId, CampaignId, LegId } from "../../domain/ids.ts";
import type { EngineContext } from "../context.ts";
import { answerOf } from "./desk-answers.ts";
import { wrapUpOf, type LiveCall } from "./live-call.ts";
import type { CommandResult } from "../ports.ts";
import type { Transfers } from "../agents/transfers.ts";

export interface CallCommandsHost {
  reserveAgent(attemptId: AttemptId, campaignId: CampaignId, except: AgentId | null): void;
  releaseAgent(agentId: AgentId, attemptId: AttemptId, talked: boolean, wrapUpMs: number): void;
  legOf(agentId: AgentId): LegId | null;
  mayLeave(live: LiveCall): boolean;
  beginFlow(live: LiveCall): void;
  find(attemptId: AttemptId): LiveCall | undefined;
  /** At once, and as the next letter. */
  apply(attemptId: AttemptId, event: CallEvent): void;
  post(attemptId: AttemptId, event: CallEvent): void;
  readonly transfers: Transfers;
}

export class CallCommands {
  readonly #context: EngineContext;
  readonly #host: CallCommandsHost;
  /** To be ended, and not found before anybody had confirmed them. */
  readonly #doubted = new Set<AttemptId>();

  constructor(context: EngineContext, host: CallCommandsHost) {
    this.#context = context;
    this.#host = host;
  }

  /** The call is over. */
  forget(attemptId: AttemptId): void {
    this.#doubted.delete(attemptId);
  }

  /** A leg that bears our name and belongs to nobody. */
  hangUpStray(attemptId: AttemptId): void {
    this.#command("hangUp", attemptId, this.#context.telephony.hangUp(attemptId, "operator"), () => null);
  }

  carryOut(live: LiveCall, effect: CallEffect): void {
    const { telephony } = this.#context;
    const { attemptId } = live.order;
    switch (effect.type) {
      case "reserveAgent":
        this.#host.reserveAgent(attemptId, live.order.campaignId, effect.except);
        return;
      case "releaseAgent":
        this.#host.releaseAgent(effect.agentId, attemptId, effect.talked, wrapUpOf(live));
        return;
      case "bridge": {
        const legId = this.#host.legOf(effect.agentId);
        if (legId === null) {
          this.#host.post(attemptId, { type: "agentLost", at: this.#context.clock.now(), agentId: effect.agentId });
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
      case "hold":
        this.#answered(attemptId, "held", effect.nth, telephony.hold(attemptId));
        return;
      case "resume": {
        const legId = this.#host.legOf(effect.agentId);
        const at = this.#context.clock.now();
        if (legId === null) this.#host.post(attemptId, { type: "agentLost", at, agentId: effect.agentId });
        else this.#answered(attemptId, "resumed", effect.nth, telephony.resume(attemptId, legId));
        return;
      }
      case "meet":
      case "handOver":
      case "dismiss":
      case "callOutside":
      case "hangUpOutside":
        this.#host.transfers.carryOut(live, effect);
        return;
      case "warnAgent":
        this.#warn(effect.agentId);
        return;
      case "playInformationMessage":
        this.#command(
          "playInformationMessage",
          attemptId,
          telephony.playInformationMessage(attemptId, this.mediaOf(live, effect.choice), effect.choice),
          // They have just left by themselves, and news of it is on the way: it was not we who hung up on them.
          (detail, kind) => this.#notPlayed(effect.choice, detail, kind),
        );
        return;
      case "beginFlow":
        this.#host.beginFlow(live);
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
    const facts = this.#host.find(attemptId)?.call.facts;
    if (facts === undefined || facts.placedAt !== null || this.#doubted.has(attemptId)) return true;
    this.#doubted.add(attemptId);
    return false;
  }

  #warn(agentId: AgentId): void {
    const { telephony, mailbox, settings } = this.#context;
    const legId = this.#host.legOf(agentId);
    if (legId !== null) mailbox.await("warned", telephony.promptAgent(legId, settings.holdPrompt), ignore, ignore);
  }

  #answered(attemptId: AttemptId, what: "held" | "resumed", nth: number, result: Promise<CommandResult>): void {
    answerOf(this.#context, what, nth, result, (event) => {
      this.#host.apply(attemptId, event);
    });
  }

  /** Without an answer nothing has failed: the first is followed by the second in a moment, the second by another try. */
  #notPlayed(choice: InformationChoice, detail: string, kind: "gone" | "refused" | "unknown"): CallEvent | null {
    const at = this.#context.clock.now();
    if (kind === "gone") return null;
    if (kind === "refused") return { type: "messageFailed", stamp: { at, asteriskAt: null }, choice, detail };
    return choice === "campaign" ? null : { type: "messageUnheard", at };
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
      this.#host.post(attemptId, failed("it may not be left"));
      return;
    }
    this.#command(
      "playVoicemailMessage",
      attemptId,
      telephony.playInformationMessage(attemptId, media, "voicemail"),
      (detail, kind) => (kind === "gone" ? null : failed(detail)),
    );
  }

  mediaOf(live: LiveCall, choice: MessageChoice): string {
    if (choice === "voicemail") return live.campaign.amd.voicemailMessage ?? this.#context.settings.builtInMessage;
    return choice === "campaign" ? live.campaign.informationMessage : this.#context.settings.builtInMessage;
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
        if (answer.ok || answer.kind === "gone") this.#host.apply(attemptId, { type: "parted", at: clock.now() });
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
      if (event !== null) this.#host.apply(attemptId, event);
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
}

/** A prompt that was not heard: the hold ends all the same. */
const ignore = (): void => undefined;
