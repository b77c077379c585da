/**
 * People passed on: to whom they may be, what telephony is told for it, and what is written down. One rule to remember: the
 * other is reserved before the call hears of it, and free again only when their phone is certainly back in its own bridge.
 */
import type { AgentCommand } from "../../agent/agent.ts";
import type { Call, CallEffect, CallEvent, LivingCall, Other } from "../../call/call.ts";
import type { AgentId, AttemptId, CampaignId, LegId } from "../../domain/ids.ts";
import { after } from "../../domain/instant.ts";
import { isPhoneNumber, type PhoneNumber } from "../../domain/phone-number.ts";
import { OUTSIDE_RING_MS, type TransferNote, type TransferTarget } from "../../domain/transfer.ts";
import type { EngineContext } from "../context.ts";
import { answerOf } from "../calls/desk-answers.ts";
import type { LiveCall } from "../calls/live-call.ts";
import type { OtherLeg, OutsideNews } from "../ports.ts";

export type TransferCommand = Extract<
  AgentCommand,
  { type: "transfer" | "transferByKey" | "completeTransfer" | "takeBack" | "threeWay" }
>;

export type TransferEffect = Extract<
  CallEffect,
  { type: "meet" | "handOver" | "dismiss" | "callOutside" | "hangUpOutside" }
>;

export interface TransfersHost {
  find(attemptId: AttemptId): LiveCall | undefined;
  all(): Iterable<LiveCall>;
  apply(attemptId: AttemptId, event: CallEvent): void;
  post(attemptId: AttemptId, event: CallEvent): void;
  legOf(agentId: AgentId): LegId | null;
  /** Promises that agent to the call; false where they are not free. */
  reserveOne(agentId: AgentId, live: LiveCall): boolean;
  /** Whoever is free of that campaign, but not this one. */
  reserveAny(campaignId: CampaignId, live: LiveCall, except: AgentId): AgentId | null;
  releaseAgent(agentId: AgentId, attemptId: AttemptId, talked: boolean, wrapUpMs: number): void;
  holds(agentId: AgentId, attemptId: AttemptId): boolean;
  consults(agentId: AgentId, attemptId: AttemptId): void;
  passedOn(agentId: AgentId, attemptId: AttemptId): void;
  /** Why that number may not be called for them now, in a word; null where it may. */
  outsideRefusal(live: LiveCall, number: PhoneNumber): string | null;
}

interface Wanted {
  readonly by: TransferNote["by"];
  readonly toAgentId: AgentId | null;
  readonly toNumber: PhoneNumber | null;
}

/** A phone that does not go home: asked again, later each time, and hung up after so many times. */
const HOME_AGAIN_MS = 250;
const HOME_AGAIN_MAX_MS = 1_000;
const HOME_TRIES_MAX = 4;

export class Transfers {
  readonly #context: EngineContext;
  readonly #host: TransfersHost;
  readonly #notes = new Map<AttemptId, TransferNote>();
  #wanted: Wanted | null = null;
  /** Why it comes to an end, where somebody said so. */
  readonly #why = new Map<AttemptId, string>();

  constructor(context: EngineContext, host: TransfersHost) {
    this.#context = context;
    this.#host = host;
  }

  /** Of the agent whose call it is, or of the other. Returns what became of it, in a word. */
  command(agentId: AgentId, live: LiveCall, command: TransferCommand, by: TransferNote["by"]): string {
    const { transfer } = live.call;
    if (live.call.heldAgentId !== agentId) return "not-your-call";
    const at = this.#context.clock.now();
    switch (command.type) {
      case "transfer":
        if (command.attemptId !== undefined && command.attemptId !== live.order.attemptId) return "another-call";
        return this.#begin(agentId, live, command.kind, command.to, by);
      case "transferByKey": {
        const meant = live.campaign.desk.transferKeys.find(({ key }) => key === command.key);
        return meant === undefined ? "unknown-transfer-key" : this.#begin(agentId, live, meant.kind, meant.to, by);
      }
      case "completeTransfer":
        return transfer === null ? "no-transfer" : this.#asked(live, { type: "completeAsked", at });
      case "threeWay":
        return transfer === null ? "no-transfer" : this.#asked(live, { type: "threeWayAsked", at });
      case "takeBack":
        if (transfer === null) return "no-transfer";
        this.#why.set(live.order.attemptId, "taken-back");
        return this.#asked(live, { type: "resumeAsked", at });
    }
  }

  /** The other ends their part in it. */
  leave(agentId: AgentId, live: LiveCall): string {
    this.#why.set(live.order.attemptId, live.call.transfer?.stage === "together" ? "left" : "refused");
    return this.#asked(live, { type: "otherLeft", at: this.#context.clock.now(), agentId });
  }

  heard({ attemptId, state, at }: OutsideNews): void {
    if (state === "answered") this.#host.apply(attemptId, { type: "outsideAnswered", at });
    else this.#host.apply(attemptId, { type: "outsideGone", at });
  }

  carryOut({ order, campaign }: LiveCall, effect: TransferEffect): void {
    const { telephony, mailbox, clock } = this.#context;
    const { attemptId } = order;
    const tell = (event: CallEvent): void => {
      this.#host.apply(attemptId, event);
    };
    switch (effect.type) {
      case "meet": {
        const [agentLeg, other] = [this.#host.legOf(effect.agentId), this.#legOf(attemptId, effect.other)];
        if (agentLeg === null) this.#lost(attemptId, effect.agentId);
        if (agentLeg === null || other === null) return;
        answerOf(this.#context, "met", effect.nth, telephony.desk.meet(attemptId, agentLeg, other), tell);
        return;
      }
      case "handOver": {
        const other = this.#legOf(attemptId, effect.to);
        if (other === null) return;
        answerOf(this.#context, "resumed", effect.nth, telephony.desk.handOver(attemptId, other), tell);
        return;
      }
      case "dismiss":
        this.#sendHome(effect.agentId, attemptId, 1);
        return;
      case "callOutside": {
        const number = this.#notes.get(attemptId)?.toNumber ?? null;
        if (number === null) this.#host.post(attemptId, { type: "outsideGone", at: clock.now() });
        else {
          const { trunk, cliNumber } = campaign;
          telephony.desk.callOutside({ attemptId, number, cliNumber, trunk, ringTimeoutMs: OUTSIDE_RING_MS });
        }
        return;
      }
      case "hangUpOutside":
        mailbox.await("outside hung up", telephony.desk.hangUpOutside(attemptId), ignore, ignore);
        return;
    }
  }

  /** Before anything is done about it. */
  callChanged({ order: { attemptId } }: LiveCall, before: LivingCall, next: Call): void {
    const [was, is] = [before.transfer, next.state === "ended" ? null : next.transfer];
    if (was === is) return;
    if (was === null && is !== null && is.stage !== "away") this.#begun(attemptId, before, is.kind);
    const note = this.#notes.get(attemptId);
    if (is?.stage === "consulting" && was?.stage !== "consulting" && is.other !== "outside" && is.other !== null) {
      this.#host.consults(is.other, attemptId);
    }
    const keeper = next.state === "ended" ? null : next.heldAgentId;
    // Whoever talks to them last says what it was; where that is nobody of ours, the agent who passed them on.
    if (before.heldAgentId !== null && keeper !== null && keeper !== before.heldAgentId) {
      this.#host.passedOn(before.heldAgentId, attemptId);
    }
    if (note === undefined) return;
    const at = this.#context.clock.now();
    if (was?.stage === "calling" && is?.stage === "returning" && !was.answered) this.#because(attemptId, "no-answer");
    const isOver = is === null || is.stage === "away";
    const hasMet = is?.answered === true || is?.stage === "consulting";
    this.#note({
      ...note,
      metAt: note.metAt ?? (hasMet ? at : null),
      togetherAt: note.togetherAt ?? (is?.stage === "together" ? at : null),
      ...(isOver ? { endedAt: at, endedAs: this.#endOf(note, next) } : {}),
    });
  }

  #begin(
    agentId: AgentId,
    live: LiveCall,
    kind: TransferNote["kind"],
    to: TransferTarget,
    by: TransferNote["by"],
  ): string {
    const { attemptId } = live.order;
    const { call } = live;
    if (call.transfer !== null) return "in-transfer";
    if (call.state !== "connected" && !(call.state === "onHold" && call.hold?.isSure === true)) return "on-the-way";
    const wanted = this.#otherFor(agentId, live, to, by);
    if (typeof wanted === "string") return wanted;
    this.#wanted = wanted;
    const other: Other = wanted.toAgentId ?? "outside";
    this.#host.apply(attemptId, { type: "transferAsked", at: this.#context.clock.now(), kind, to: other });
    this.#wanted = null;
    return this.#host.find(attemptId)?.call === call ? "on-the-way" : "done";
  }

  /** Reserved from here on; or why not. */
  #otherFor(agentId: AgentId, live: LiveCall, to: TransferTarget, by: TransferNote["by"]): Wanted | string {
    if ("number" in to) {
      if (!isPhoneNumber(to.number)) return "number-not-allowed";
      return this.#host.outsideRefusal(live, to.number) ?? { by, toAgentId: null, toNumber: to.number };
    }
    if ("campaignId" in to) {
      const free = this.#host.reserveAny(to.campaignId, live, agentId);
      return free === null ? "nobody-free" : { by, toAgentId: free, toNumber: null };
    }
    if (to.agentId === agentId) return "not-to-themselves";
    return this.#host.reserveOne(to.agentId, live) ? { by, toAgentId: to.agentId, toNumber: null } : "other-not-free";
  }

  #asked({ order, call }: LiveCall, event: CallEvent): string {
    this.#host.apply(order.attemptId, event);
    return this.#host.find(order.attemptId)?.call === call ? "not-now" : "done";
  }

  #legOf(attemptId: AttemptId, other: Other): OtherLeg | null {
    if (other === "outside") return "outside";
    const legId = this.#host.legOf(other);
    if (legId === null) this.#lost(attemptId, other);
    return legId;
  }

  #lost(attemptId: AttemptId, agentId: AgentId): void {
    this.#host.post(attemptId, { type: "agentLost", at: this.#context.clock.now(), agentId });
  }

  /** Until that is certain nobody else may have them: a person would be joined to a bridge that they are not in. */
  #sendHome(agentId: AgentId, attemptId: AttemptId, tries: number): void {
    const { telephony, mailbox, log, clock, journal } = this.#context;
    const legId = this.#host.legOf(agentId);
    if (legId === null || !this.#host.holds(agentId, attemptId)) return;
    const failed = (answer: "refused" | "unknown", detail: unknown): void => {
      log.warn("an agent's phone is not back in its own bridge", { agentId, attemptId, detail });
      journal.append({ kind: "phone-astray", agentId, attemptId, answer, at: clock.now() });
      if (tries >= HOME_TRIES_MAX) {
        mailbox.await("phone hung up", telephony.hangUpAgentLeg(legId), ignore, ignore);
      }
      const againMs = Math.min(HOME_AGAIN_MS * 2 ** (tries - 1), HOME_AGAIN_MAX_MS);
      clock.wakeAt(after(clock.now(), againMs), () => {
        mailbox.post("phone sent home again", () => {
          this.#sendHome(agentId, attemptId, tries + 1);
        });
      });
    };
    mailbox.await(
      "phone sent home",
      telephony.desk.sendHome(legId),
      (answer) => {
        if (answer.ok || answer.kind === "gone") this.#host.releaseAgent(agentId, attemptId, false, 0);
        else failed(answer.kind, answer.detail);
      },
      (error) => {
        failed("unknown", error);
      },
    );
  }

  #begun(attemptId: AttemptId, { heldAgentId }: LivingCall, kind: TransferNote["kind"]): void {
    if (heldAgentId === null || this.#wanted === null) return;
    const at = this.#context.clock.now();
    const nothingYet = { metAt: null, togetherAt: null, endedAt: null, endedAs: null };
    this.#why.delete(attemptId);
    this.#notes.set(attemptId, { attemptId, agentId: heldAgentId, kind, at, ...this.#wanted, ...nothingYet });
  }

  #because(attemptId: AttemptId, why: string): void {
    if (!this.#why.has(attemptId)) this.#why.set(attemptId, why);
  }

  #endOf({ attemptId, agentId, toAgentId }: TransferNote, next: Call): string {
    if (next.state === "informing") return "message";
    if (next.state !== "connected") return next.facts.endedBy === "farEnd" ? "they-left" : "hung-up";
    if (next.transfer?.stage === "away" || (toAgentId !== null && next.heldAgentId === toAgentId)) return "handed-over";
    return next.heldAgentId === agentId ? (this.#why.get(attemptId) ?? "came-back") : "another-agent";
  }

  #note(note: TransferNote): void {
    const { journal, writeBehind, clock } = this.#context;
    const { attemptId, endedAt } = note;
    if (endedAt === null) this.#notes.set(attemptId, note);
    else {
      this.#notes.delete(attemptId);
      this.#why.delete(attemptId);
    }
    journal.append({ ...note, kind: "transfer", how: note.kind, begunAt: note.at, at: clock.now() });
    writeBehind.write({ type: "transfer", note });
  }
}

/** It is gone, or its end is told as an event. */
const ignore = (): void => undefined;
