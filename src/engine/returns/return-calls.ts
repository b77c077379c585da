/**
 * People who call back: each is given to whoever talked with them last, else to anybody of that campaign, else hears who
 * called. Commands go out before rows are written. One rule to remember: an agent who becomes free is first for those whom
 * we called and who have answered, then for these, and then for anybody new.
 */
import type { LivingReturn, ReturnEffect, ReturnEvent, ReturnPolicy } from "../../call/return-call.ts";
import { newReturn, returnAfter } from "../../call/return-transition.ts";
import type { MessageChoice } from "../../domain/attempt.ts";
import type { Campaign } from "../../domain/campaign.ts";
import type { AgentId, AttemptId, CampaignId, LeadId, LegId } from "../../domain/ids.ts";
import { after, msBetween } from "../../domain/instant.ts";
import type { Instant } from "../../domain/instant.ts";
import { RETURN_WINDOW_MS } from "../../domain/return-call.ts";
import type { OpenReturn, ReturnId, ReturnMatch, ReturnRow } from "../../domain/return-call.ts";
import type { Agents } from "../agents/agents.ts";
import type { EngineContext } from "../context.ts";
import type { Hopper } from "../placing/hopper.ts";
import type { ReturnLeg, ReturnLegEvent } from "../ports.ts";
import { callerOf, campaignNamed, campaignOfNumber, givesWay, hasAgents } from "./return-callers.ts";
import type { Room, Said } from "./return-callers.ts";
import { ReturnCommands } from "./return-commands.ts";
import { ReturnBook, type LiveReturn } from "./return-book.ts";
import type { RuleBook } from "../rules/rule-book.ts";

export interface ReturnParts {
  readonly agents: Agents;
  readonly hopper: Hopper;
  readonly ruleBook: RuleBook;
  campaigns(): Iterable<Campaign>;
  /** Who is free, and who is being called. */
  capacity(): Room;
  /** Their line and perhaps their agent are free. */
  ended(): void;
  /** Agents are about to be sent home: nobody is kept waiting for one. */
  isDraining(): boolean;
}

const LOOK_UP_MS = 2_000;
const CONNECT_MS = 3_000;
const LINGER_MS = 4_000;

export const deadlineKeyOfReturn = (returnId: ReturnId): string => `return:${returnId}`;

export class ReturnCalls {
  readonly #context: EngineContext;
  readonly #parts: ReturnParts;
  readonly #book: ReturnBook;
  readonly #commands: ReturnCommands;
  readonly #living = new Map<ReturnId, LiveReturn>();
  /** Rows of the last process, until the first look at Asterisk. */
  #inherited: readonly OpenReturn[] = [];
  /** Missing at the last look; believed when they are missing again. */
  #missing = new Set<ReturnId>();
  /** Over a moment ago. */
  readonly #over = new Map<LegId, Instant>();

  constructor(context: EngineContext, parts: ReturnParts) {
    this.#context = context;
    this.#parts = parts;
    this.#book = new ReturnBook(context, parts.ruleBook);
    this.#commands = new ReturnCommands(context);
  }

  get count(): number {
    return this.#living.size;
  }

  has(returnId: AttemptId): boolean {
    return this.#living.has(returnId);
  }

  /** Those of the campaign who wait, and to whom nobody is promised. */
  waiting(campaignId: CampaignId): number {
    let count = 0;
    for (const live of this.#living.values()) if (live.row.campaignId === campaignId && wants(live.call)) count += 1;
    return count;
  }

  /** Likewise, and those of other campaigns who may be given an agent of this one. */
  concerning(campaignId: CampaignId): number {
    if (this.#living.size === 0) return 0;
    let count = this.waiting(campaignId);
    for (const [rival, { agents }] of this.#parts.agents.rivalsOf(campaignId)) {
      count += Math.min(this.waiting(rival), agents);
    }
    return count;
  }

  /** Whether we have this person on the line because they called. */
  isTalkingTo(leadId: LeadId): boolean {
    for (const { row } of this.#living.values()) if (row.match?.leadId === leadId) return true;
    return false;
  }

  /** Lines of the trunk that they take: a carrier counts both ways. */
  linesOf(trunk: string): number {
    let lines = 0;
    for (const { campaign } of this.#living.values()) if (campaign?.trunk === trunk) lines += 1;
    return lines;
  }

  inherit(open: readonly OpenReturn[]): void {
    this.#inherited = open;
  }

  receive(legId: LegId, event: ReturnLegEvent): void {
    const live = this.#byLeg(legId);
    if (event.type === "arrived") {
      if (live === null && !this.#over.has(legId)) this.#arrived(legId, event, event.stamp.at);
      return;
    }
    if (live === null) return;
    const { at } = event.stamp;
    if (event.type === "joined") {
      // A join that comes late tells of an agent who is not wanted any more.
      const owner = this.#parts.agents.agentOfLeg(event.owner);
      if (owner !== null && owner === live.call.heldAgentId) this.#apply(live, { type: "joined", at });
    } else if (event.type === "pressed") this.#apply(live, { type: "pressed", at, digit: event.digit });
    else if (event.type === "gone") this.#apply(live, { type: "gone", at });
    else if (event.choice !== "voicemail") this.#apply(live, { type: event.type, at, choice: event.choice });
  }

  /** False where it is no return call's agent. */
  agentLost(returnId: AttemptId, agentId: AgentId): boolean {
    return this.#applyTo(returnId, { type: "agentLost", at: this.#context.clock.now(), agentId });
  }

  agentHungUp(returnId: AttemptId): boolean {
    return this.#applyTo(returnId, { type: "agentHungUp", at: this.#context.clock.now() });
  }

  deadlinePassed(returnId: string): void {
    this.#applyTo(returnId as ReturnId, { type: "deadlinePassed", at: this.#context.clock.now() });
  }

  cancelAll(): void {
    const at = this.#context.clock.now();
    for (const live of [...this.#living.values()]) this.#apply(live, { type: "cancelled", at });
  }

  /** Somebody may have become free: the one who has waited longest is asked first. */
  seek(): void {
    for (const live of [...this.#living.values()]) if (wants(live.call)) this.#reserve(live, null);
  }

  /** What Asterisk holds: whoever is there and not known has come while nobody listened; whoever is not there has gone. */
  reconcile(legs: readonly ReturnLeg[]): boolean {
    const inherited = new Map(this.#inherited.map(({ row }) => [row.legId, row]));
    this.#inherited = [];
    const at = this.#context.clock.now();
    const there = new Set(legs.map(({ legId }) => legId));
    for (const leg of legs) {
      // The list may be older than the news of an end.
      if (this.#byLeg(leg.legId) === null && !this.#over.has(leg.legId))
        this.#takeOver(leg, inherited.get(leg.legId) ?? null, at);
    }
    for (const [legId, row] of inherited) {
      if (!there.has(legId)) this.#book.lost(row, at);
    }
    const missing = [...this.#living.values()].filter(({ row }) => !there.has(row.legId));
    const before = this.#missing;
    this.#missing = new Set(missing.map(({ row }) => row.returnId));
    for (const live of missing) if (before.has(live.row.returnId)) this.#apply(live, { type: "gone", at });
    for (const [legId, endedAt] of this.#over) if (msBetween(endedAt, at) > OVER_KEPT_MS) this.#over.delete(legId);
    return missing.some(({ row }) => !before.has(row.returnId));
  }

  #takeOver(leg: ReturnLeg, row: ReturnRow | null, at: Instant): void {
    const talking = leg.inAgentBridge === null ? null : this.#parts.agents.agentOfLeg(leg.inAgentBridge);
    if (row === null || leg.inAgentBridge === null || talking === null) {
      // They hear ringing, music, or what is left of a message: as if they had called this moment.
      if (row !== null) this.#book.lost(row, at);
      this.#arrived(leg.legId, leg, at);
      return;
    }
    const live = this.#begin(row, at);
    this.#parts.agents.resume(talking, leg.inAgentBridge, row.returnId, row.campaignId ?? NO_CAMPAIGN, at);
    this.#apply(live, { type: "resumed", at, agentId: talking });
  }

  #arrived(legId: LegId, said: Said, at: Instant): void {
    const { ruleBook } = this.#parts;
    const { random, telephony, settings, log } = this.#context;
    const { cliNumber, caller, isOwn } = callerOf(said, ruleBook.ownNumbers(this.#parts.campaigns()));
    const returnId = random.attemptId(at);
    const row: ReturnRow = { returnId, legId, at, cliNumber, caller, campaignId: null, match: null };
    if (isOwn) {
      log.warn("a call from one of our own numbers came in on another and is hung up", { legId });
      this.#book.refuse(row, "loop", telephony.returnLegs.hangUp(legId));
    } else if (cliNumber === null || this.#living.size >= settings.returnCallsMax) {
      log.warn("a return call is left to the dialplan", { legId, isOurNumber: cliNumber !== null });
      this.#book.refuse(row, "handed-back", telephony.returnLegs.handBack(legId));
    } else this.#lookUp(this.#begin(row, at));
  }

  #begin(row: ReturnRow, at: Instant): LiveReturn {
    const { timings } = this.#context.settings;
    const campaign = campaignNamed(this.#parts.campaigns(), row.campaignId);
    const policy: ReturnPolicy = {
      ...{ lookUpMs: LOOK_UP_MS, connectMs: CONNECT_MS, lingerMs: LINGER_MS },
      talkMaxMs: campaign?.talkMaxMs ?? TALK_MAX_MS,
      messageMaxMs: timings.messageMaxMs,
      hangUpRetryMs: timings.hangUpRetryMs,
    };
    const live = { row, call: newReturn(at, policy), campaign, policy };
    this.#living.set(row.returnId, live);
    this.#context.deadlines.set(deadlineKeyOfReturn(row.returnId), live.call.deadlineAt);
    this.#context.journal.append({ at, kind: "return-arrived", returnId: row.returnId });
    return live;
  }

  #lookUp(live: LiveReturn): void {
    const { store, telephony, mailbox, log, clock } = this.#context;
    const { legId, caller, cliNumber, returnId } = live.row;
    this.#commands.give("ring", live, telephony.returnLegs.ring(legId), (kind) => {
      if (kind === "gone") this.#apply(live, { type: "gone", at: clock.now() });
    });
    // Whose it is may take its time to be known, and they may not have as much.
    this.#book.begun(live.row);
    if (caller === null || cliNumber === null) {
      this.#known(live, null);
      return;
    }
    mailbox.await(
      "return call looked up",
      store.returnCalls.match(caller, cliNumber, after(clock.now(), -RETURN_WINDOW_MS)),
      (match) => {
        this.#known(live, match);
      },
      (error) => {
        log.warn("nobody can say who calls back; they get the message", { returnId, error });
        this.#known(live, null);
      },
    );
  }

  #known(live: LiveReturn, match: ReturnMatch | null): void {
    const { journal, clock } = this.#context;
    const { returnId, legId, caller } = live.row;
    // It may be over, or have gone on to the message without an answer.
    if (this.#living.get(returnId) !== live) return;
    const all = [...this.#parts.campaigns()];
    const theirs = match === null ? null : campaignNamed(all, match.campaignId);
    const campaign = theirs ?? campaignOfNumber(all, live.row.cliNumber);
    live.campaign = campaign;
    live.row = { ...live.row, campaignId: campaign?.campaignId ?? null, match: theirs === null ? null : match };
    const { row } = live;
    if (campaign?.returnCalls.mode === "off") {
      this.#forget(live);
      this.#book.refuse(row, "handed-back", this.#context.telephony.returnLegs.handBack(legId));
      return;
    }
    if (row.match !== null) this.#parts.hopper.forget(row.match.campaignId, row.match.leadId);
    this.#book.begun(row);
    const isTwice = [...this.#living.values()].some((each) => each !== live && each.row.caller === caller);
    const isWanted = theirs?.returnCalls.mode === "agent" && !isTwice && !this.#parts.isDraining();
    const seeks = theirs !== null && isWanted && hasAgents(this.#parts.agents, theirs);
    const at = clock.now();
    const { campaignId } = row;
    const leadId = row.match?.leadId ?? null;
    journal.append({ at, kind: "return-known", returnId, campaignId, leadId, seeks });
    const first = campaign !== null && this.#parts.ruleBook.mayInform(campaign) ? "campaign" : "builtIn";
    this.#apply(live, { type: "known", at, seeks, waitMs: campaign?.returnCalls.waitMs ?? 0, first });
  }

  #apply(live: LiveReturn, event: ReturnEvent): void {
    const before = live.call;
    const { returnId } = live.row;
    if (this.#living.get(returnId) !== live) return;
    const { call, effects } = returnAfter(before, event, live.policy);
    if (call === before && effects.length === 0) return;
    this.#context.journal.append({
      ...{ at: event.at, kind: "return", returnId, event, before: before.state, after: call.state, effects },
    });
    if (call.state === "ended") {
      this.#forget(live);
      for (const effect of effects) this.#carryOut(live, effect);
      this.#book.ended(live, call);
      this.#parts.ended();
      return;
    }
    live.call = call;
    this.#context.deadlines.set(deadlineKeyOfReturn(returnId), call.deadlineAt);
    if (call.state === "connected" && before.state === "connecting" && call.heldAgentId !== null) {
      this.#parts.agents.joined(call.heldAgentId, returnId);
    }
    for (const effect of effects) this.#carryOut(live, effect);
  }

  #applyTo(returnId: AttemptId, event: ReturnEvent): boolean {
    const live = this.#living.get(returnId);
    if (live !== undefined) this.#apply(live, event);
    return live !== undefined;
  }

  #carryOut(live: LiveReturn, effect: ReturnEffect): void {
    const { telephony, clock, writeBehind } = this.#context;
    const { returnLegs } = telephony;
    const { row } = live;
    const at = clock.now();
    switch (effect.type) {
      case "reserveAgent":
        this.#reserve(live, effect.except);
        return;
      case "releaseAgent":
        this.#parts.agents.release(effect.agentId, row.returnId, effect.talked, live.campaign?.wrapUpMs ?? 0);
        return;
      case "bridge": {
        const { agentId } = effect;
        const agentLeg = this.#parts.agents.legOf(agentId);
        if (agentLeg === null) this.#post(live, { type: "agentLost", at, agentId });
        else {
          this.#commands.give("bridge", live, returnLegs.bridge(row.legId, agentLeg), () => {
            this.#apply(live, { type: "bridgeFailed", at: clock.now(), agentId });
          });
        }
        return;
      }
      case "hold":
        this.#commands.give(
          "hold",
          live,
          returnLegs.hold(row.legId),
          (kind) => {
            if (kind === "gone") this.#apply(live, { type: "parted", at: clock.now() });
          },
          () => {
            this.#apply(live, { type: "parted", at: clock.now() });
          },
        );
        return;
      case "playMessage": {
        const { choice } = effect;
        this.#commands.give(
          "inform",
          live,
          returnLegs.inform(row.legId, this.#mediaOf(live, choice), choice),
          (kind) => {
            // They have just left by themselves, and news of it is on the way.
            if (kind !== "gone") this.#apply(live, { type: "messageFailed", at: clock.now(), choice });
          },
        );
        return;
      }
      case "optOut":
        this.#context.log.info("somebody who called back asked for no more calls", { returnId: row.returnId });
        if (row.caller !== null) writeBehind.writeAtOnce({ type: "returnOptOut", row, at });
        return;
      case "hangUp":
        this.#commands.give("hangUp", live, returnLegs.hangUp(row.legId), (kind) => {
          if (kind === "gone") this.#apply(live, { type: "gone", at: clock.now() });
        });
    }
  }

  #reserve(live: LiveReturn, except: AgentId | null): void {
    const { agents } = this.#parts;
    const { returnId, campaignId, match } = live.row;
    if (campaignId === null || !wants(live.call)) return;
    if (givesWay(live.call, this.#context.clock.now()) && !this.#parts.capacity().isOneToSpare(campaignId)) return;
    const last = match?.lastAgentId ?? null;
    const rings = this.#parts.capacity().needy();
    const theirs = last === null || last === except ? null : agents.reserve(returnId, campaignId, except, rings, last);
    const agentId = theirs ?? agents.reserve(returnId, campaignId, except, rings);
    if (agentId === null) return;
    // At once: until the next letter nobody else may be promised to them.
    this.#apply(live, { type: "agentReserved", at: this.#context.clock.now(), agentId });
  }

  #mediaOf({ campaign }: LiveReturn, choice: MessageChoice): string {
    return choice === "campaign" && campaign !== null
      ? campaign.informationMessage
      : this.#context.settings.builtInMessage;
  }

  #forget({ row }: LiveReturn): void {
    this.#living.delete(row.returnId);
    this.#over.set(row.legId, this.#context.clock.now());
    this.#context.deadlines.clear(deadlineKeyOfReturn(row.returnId));
  }

  #post(live: LiveReturn, event: ReturnEvent): void {
    this.#context.mailbox.post(event.type, () => {
      this.#apply(live, event);
    });
  }

  #byLeg(legId: LegId): LiveReturn | null {
    for (const live of this.#living.values()) if (live.row.legId === legId) return live;
    return null;
  }
}

const wants = ({ state, heldAgentId }: LivingReturn): boolean => state === "waiting" && heldAgentId === null;

/** Longer than anybody waits for a list of what Asterisk holds. */
const OVER_KEPT_MS = 30_000;
const NO_CAMPAIGN = 0 as CampaignId;
/** Where the campaign is not known any more. */
const TALK_MAX_MS = 2 * 3_600_000;
