/**
 * Carrying out call flows: one walk for each call whose flow has the word, fed with what telephony says and woken by its
 * own deadline. What a step wants is done here; what becomes of the call, the call decides.
 *
 * The rule to remember: commands first, because somebody is listening; and nothing of a walk outlives its call.
 */
import type { Call, CallEvent, LivingCall } from "../../call/call.ts";
import { dueAt } from "../../call/steps.ts";
import { localDate } from "../../compliance/wall-clock.ts";
import { isTakenForPerson } from "../../domain/amd.ts";
import type { AttemptId, CampaignId } from "../../domain/ids.ts";
import { after, toIso } from "../../domain/instant.ts";
import type { Instant } from "../../domain/instant.ts";
import type { CallbackTime } from "../../lead/callback.ts";
import { advance, beginFlow } from "../../flow/advance.ts";
import type { Flow } from "../../flow/flow.ts";
import { shownEffect, shownEvent, shownState } from "../../flow/shown.ts";
import type { FlowEffect, FlowEvent, FlowFacts, FlowState } from "../../flow/state.ts";
import { MACHINE_QUIET_MS } from "../calls/amd.ts";
import type { EngineContext } from "../context.ts";
import { callbackAsked } from "./flow-callback.ts";
import type { LiveCall } from "../calls/live-call.ts";
import type { CommandResult, FlowNews, FlowNote } from "../ports.ts";

export interface FlowsHost {
  /** One more letter for the call, read after this one. */
  post(attemptId: AttemptId, event: CallEvent): void;
  /** Whether any agent of the campaign is logged in here: without one nobody needs to wait. */
  hasAgents(campaignId: CampaignId): boolean;
  /** It did not play where a person was to hear it first. */
  messageFailed(media: string): void;
}

interface Walk {
  readonly live: LiveCall;
  readonly flow: Flow;
  readonly flowId: number;
  state: FlowState;
  /** What plays, for whoever has to say that it does not. */
  media: readonly string[];
  /** While a machine's greeting is listened to: when it counts as over. Null while it talks, or has not begun. */
  quietUntil: Instant | null;
}

const keyOf = (attemptId: AttemptId): string => `flow:${attemptId}`;

export class Flows {
  readonly #context: EngineContext;
  readonly #host: FlowsHost;
  readonly #walks = new Map<AttemptId, Walk>();

  constructor(context: EngineContext, host: FlowsHost) {
    this.#context = context;
    this.#host = host;
  }

  /** Calls whose flow has the word. */
  get count(): number {
    return this.#walks.size;
  }

  /** They have answered. Without a flow, which nothing should lead to, the information message has the word. */
  begin(live: LiveCall): void {
    const { flow = null, campaign, order } = live;
    const at = this.#context.clock.now();
    if (flow === null) {
      this.#host.post(order.attemptId, { type: "flowFailed", stamp: { at, asteriskAt: null } });
      return;
    }
    const named = order.evidence["flow"] as { readonly flowId?: number } | undefined;
    const flowId = named?.flowId ?? campaign.flow?.flowId ?? 0;
    const walk: Walk = { live, flow, flowId, state: beginFlow(live.call.deadlineAt), media: [], quietUntil: null };
    this.#walks.set(order.attemptId, walk);
    this.#tell(walk, { type: "answered", at });
  }

  heardOf({ attemptId, event }: FlowNews): void {
    const walk = this.#walks.get(attemptId);
    if (walk === undefined) return;
    const { at } = event.stamp;
    if (event.type === "digit") {
      this.#tell(walk, { type: "digit", at, digit: event.digit });
      return;
    }
    const { state } = walk;
    const isFirst = !state.isHeard && "play" in state && state.play === event.play;
    if (isFirst && event.type === "playStarted") {
      this.#host.post(attemptId, { type: "flowSpoke", stamp: event.stamp });
    }
    if (isFirst && event.type === "playFailed") {
      // Nobody else is to be the next: its campaign waits until all of these have been heard to play again.
      for (const media of walk.media) if (media.startsWith("sound:")) this.#host.messageFailed(media);
    }
    this.#tell(walk, { type: event.type, at, play: event.play });
  }

  /** Something is said, or not any more: how the end of a machine's greeting is known. */
  heard(attemptId: AttemptId, event: CallEvent): void {
    const walk = this.#walks.get(attemptId);
    if (walk === undefined || (event.type !== "speechStarted" && event.type !== "speechEnded")) return;
    walk.quietUntil = event.type === "speechEnded" ? after(event.stamp.at, MACHINE_QUIET_MS) : null;
    this.#arm(walk);
  }

  deadlinePassed(attemptId: AttemptId, at: Instant): void {
    const walk = this.#walks.get(attemptId);
    if (walk === undefined) return;
    const { quietUntil, state } = walk;
    if (state.doing === "listening" && quietUntil !== null && quietUntil <= at) {
      this.#tell(walk, { type: "beepHeard", at });
    } else this.#tell(walk, { type: "deadlinePassed", at });
  }

  /** The call stands elsewhere, or its agent does. */
  callChanged({ order: { attemptId } }: LiveCall, before: LivingCall, after: Call): void {
    const walk = this.#walks.get(attemptId);
    if (walk === undefined) return;
    const at = this.#context.clock.now();
    if (after.state !== "inFlow") {
      if (after.state === "connected") this.#tell(walk, { type: "agentJoined", at });
      else {
        this.#stop(walk);
        this.#tell(walk, { type: "hungUp", at });
      }
      return;
    }
    const isAgentLost =
      before.heldAgentId !== null && before.wantsAgent && !(after.heldAgentId !== null && after.wantsAgent);
    if (isAgentLost && walk.state.doing === "holding") this.#agentLost(walk, after.wantsAgent, at);
  }

  /** What had played was stopped to join them: it begins again, or they are told that nobody comes. */
  #agentLost(walk: Walk, looksOn: boolean, at: Instant): void {
    const { state } = walk;
    if (!looksOn) this.#tell(walk, { type: "agentNotFree", at });
    else if (state.doing === "holding" && state.play !== null) {
      this.#tell(walk, { type: "playFinished", at, play: state.play });
    }
  }

  #stop({ live, state }: Walk): void {
    if (!("play" in state) || state.play === null) return;
    this.#context.telephony.stopFlow(live.order.attemptId, state.play);
  }

  #tell(walk: Walk, event: FlowEvent): void {
    const { attemptId } = walk.live.order;
    const before = walk.state;
    const { state, effects } = advance(walk.flow, before, event, this.#factsOf(walk));
    if (state === before && effects.length === 0) return;
    walk.state = state;
    this.#journal(walk, before, event, effects);
    if (state.doing === "ended") {
      this.#walks.delete(attemptId);
      this.#context.deadlines.clear(keyOf(attemptId));
    } else this.#arm(walk);
    for (const effect of effects) this.#carryOut(walk, effect, event.at);
  }

  #arm({ live, state, quietUntil }: Walk): void {
    if (state.doing === "ended") return;
    const isQuiet = state.doing === "listening" && quietUntil !== null && quietUntil < state.deadlineAt;
    this.#context.deadlines.set(keyOf(live.order.attemptId), isQuiet ? quietUntil : state.deadlineAt);
  }

  #factsOf({ live }: Walk): FlowFacts {
    const { lead, call, policy } = live;
    const { verdict } = call.facts;
    const at = this.#context.clock.now();
    const isPerson = verdict === "human";
    return {
      attributes: lead.attributes ?? {},
      answeredBy: isPerson ? "person" : verdict !== null && !isTakenForPerson(verdict) ? "machine" : "unknown",
      today: localDate(lead.timeZone ?? "utc", at) ?? toIso(at).slice(0, 10),
      firstWordBy: dueAt(call.facts, policy),
    };
  }

  #carryOut(walk: Walk, effect: FlowEffect, at: Instant): void {
    const { telephony } = this.#context;
    const { order } = walk.live;
    const { attemptId } = order;
    switch (effect.type) {
      case "play": {
        const { play, media, language } = effect;
        walk.media = media;
        this.#command(attemptId, play, telephony.playFlow(attemptId, { play, media, language }));
        return;
      }
      case "stopPlaying":
        telephony.stopFlow(attemptId, effect.play);
        return;
      case "setResult":
        this.#note(walk, { type: "result", name: effect.name, value: effect.value }, at);
        return;
      case "optOut":
        this.#note(walk, { type: "optOut" }, at);
        return;
      case "requestCallback": {
        const callback = callbackAsked(walk.live, effect, at);
        if (callback !== null) this.#note(walk, { type: "callback", callback }, at);
        else this.#context.log.warn("somebody asked to be called back, and no time could be found", { attemptId });
        return;
      }
      case "requestAgent":
        if (this.#host.hasAgents(order.campaignId)) this.#host.post(attemptId, { type: "agentWanted", at });
        else this.#later(attemptId, { type: "agentNotFree", at });
        return;
      case "agentMissed":
        this.#host.post(attemptId, { type: "agentGivenUp", at, waitedMs: effect.waitedMs });
        return;
      case "inform":
        this.#host.post(attemptId, { type: "flowFailed", stamp: { at, asteriskAt: null } });
        return;
      case "hangUp":
        this.#host.post(attemptId, { type: "flowEnded", at });
        return;
    }
  }

  /** What they pressed it for was done: from here on they were not called in vain, even if they hang up now. */
  #note({ live, flowId }: Walk, what: FlowNote["what"], at: Instant): void {
    const { attemptId } = live.order;
    const { writeBehind, log } = this.#context;
    this.#host.post(attemptId, { type: "flowDelivered", at });
    if (what.type === "callback") {
      const callback: CallbackTime = what.callback;
      log.info("somebody asked to be called back", { attemptId, dueAt: callback.dueAt });
    } else if (what.type === "optOut") log.info("somebody objected to further calls", { attemptId });
    const note: FlowNote = { attemptId, flowId, at, what };
    if (what.type === "optOut") writeBehind.writeAtOnce({ type: "flow", note });
    else writeBehind.write({ type: "flow", note });
  }

  #command(attemptId: AttemptId, play: number, result: Promise<CommandResult>): void {
    const failed = (kind: string, detail: string): void => {
      this.#context.log.warn("a command failed", { command: "playFlow", attemptId, kind, detail });
      // Whoever has left is not to be told anything: the end of their leg is on its way.
      if (kind === "gone") return;
      const stamp = { at: this.#context.clock.now(), asteriskAt: null };
      this.heardOf({ kind: "flow", attemptId, event: { type: "playFailed", stamp, play } });
    };
    this.#context.mailbox.await(
      "playFlow answered",
      result,
      (answer) => {
        if (!answer.ok) failed(answer.kind, answer.detail);
      },
      (error) => {
        failed("unknown", error instanceof Error ? error.message : String(error));
      },
    );
  }

  #later(attemptId: AttemptId, event: FlowEvent): void {
    this.#context.mailbox.post(event.type, () => {
      const walk = this.#walks.get(attemptId);
      if (walk !== undefined) this.#tell(walk, event);
    });
  }

  #journal({ live, flow, state }: Walk, before: FlowState, event: FlowEvent, effects: readonly FlowEffect[]): void {
    const shown = shownState(flow, state);
    this.#context.journal.append({
      at: event.at,
      kind: "flow",
      attemptId: live.order.attemptId,
      event: shownEvent(flow, before, event),
      before: before.doing,
      after: shown.doing,
      step: "step" in shown ? shown.step : null,
      how: shown.doing === "ended" ? shown.how : null,
      deadlineAt: shown.doing === "ended" ? null : shown.deadlineAt,
      effects: effects.map(shownEffect),
    });
  }
}
