/**
 * What agents do with the people they talk to: keys, command line and SQL come here as one set of commands, each becomes an
 * event of the call, and what came of it is written down. One rule to remember: the call decides, and this only asks.
 */
import type { AgentCommand, AgentState } from "../../agent/agent.ts";
import type { Call, CallEvent, LivingCall } from "../../call/call.ts";
import type { DeskWork } from "../../domain/desk.ts";
import type { AgentId, AttemptId } from "../../domain/ids.ts";
import type { Instant } from "../../domain/instant.ts";
import type { EngineContext } from "../context.ts";
import type { LiveCall } from "../calls/live-call.ts";
import type { TransferCommand, Transfers } from "./transfers.ts";

/** Commands that mean something only to somebody who is on a call. */
export type CallCommand =
  Extract<AgentCommand, { type: "hangUp" | "voicemail" | "hold" | "resume" | "holdOrResume" }> | TransferCommand;

/** The call that somebody talks in; null for none. */
export const talkingIn = (state: AgentState): AttemptId | null => (state.state === "onCall" ? state.attemptId : null);

export interface DeskWorkHost {
  find(attemptId: AttemptId): LiveCall | undefined;
  apply(attemptId: AttemptId, event: CallEvent): void;
  /** Whether the message that is to be left on a machine may be, and plays. */
  mayLeave(live: LiveCall): boolean;
  dispose(agentId: AgentId, dispositionCode: string): void;
  readonly transfers: Transfers;
}

const ON_HOLD: ReadonlySet<string> = new Set(["onHold", "resuming"]);
/** With their agent, or on hold for a while: the same conversation. */
export const isConversation = (call: Pick<Call, "state">): boolean => call.state === "connected" || isOnHold(call);

export const isOnHold = ({ state }: Pick<Call, "state">): boolean => ON_HOLD.has(state);

export class DeskWorks {
  readonly #context: EngineContext;
  readonly #host: DeskWorkHost;
  /** Begun and not over. */
  readonly #open = new Map<AttemptId, DeskWork>();
  #by: DeskWork["by"] = "command";

  constructor(context: EngineContext, host: DeskWorkHost) {
    this.#context = context;
    this.#host = host;
  }

  /** Returns what became of it, in a word. `attemptId` is that of the call the agent is on; null for none. */
  command(agentId: AgentId, attemptId: AttemptId | null, command: CallCommand, by: DeskWork["by"]): string {
    const live = attemptId === null ? undefined : this.#host.find(attemptId);
    if (attemptId === null || live === undefined) return "not-on-a-call";
    this.#by = by;
    const at = this.#context.clock.now();
    const { transfer } = live.call;
    if (transfer?.other === agentId) {
      const leaves = command.type === "hangUp" || command.type === "takeBack";
      return leaves ? this.#host.transfers.leave(agentId, live) : "not-your-call";
    }
    switch (command.type) {
      case "hangUp":
        this.#host.apply(attemptId, { type: "agentHungUp", at });
        return "done";
      case "voicemail":
        return this.#voicemail(agentId, live, at);
      case "hold":
        if (transfer !== null) return "in-transfer";
        if (isOnHold(live.call)) return "no-change";
        return this.#asked(live, { type: "holdAsked", at });
      case "resume":
        if (transfer !== null) return this.#host.transfers.command(agentId, live, { type: "takeBack" }, by);
        if (live.call.state === "connected") return "no-change";
        return this.#asked(live, { type: "resumeAsked", at });
      case "holdOrResume":
        if (transfer !== null) return this.#host.transfers.command(agentId, live, { type: "takeBack" }, by);
        return this.#asked(live, { type: live.call.state === "onHold" ? "resumeAsked" : "holdAsked", at });
      default:
        return this.#host.transfers.command(agentId, live, command, by);
    }
  }

  /** Writes down what begins and what is over. */
  callChanged({ order }: LiveCall, before: LivingCall, after: Call): void {
    const { attemptId } = order;
    const at = this.#context.clock.now();
    const isHold = after.state === "onHold" && after.transfer === null;
    if (before.state === "connected" && isHold) this.#begun(attemptId, before, "hold", at);
    else if (before.facts.machineReportedAt === null && after.facts.machineReportedAt !== null) {
      this.#begun(attemptId, before, "voicemail", after.facts.machineReportedAt.at);
    } else if (isOnHold(before) && !isOnHold(after)) this.#over(attemptId, endOfHold(after), at);
    if (after.state !== "ended") return;
    const { outcome, facts } = after;
    if (facts.machineReportedAt !== null)
      this.#over(attemptId, outcome === "machine-message-left" ? "left" : "failed", at);
    else this.#over(attemptId, "hung-up", at);
  }

  #voicemail(agentId: AgentId, live: LiveCall, at: Instant): string {
    if (isOnHold(live.call) || live.call.transfer !== null) return "on-hold";
    if (live.campaign.amd.voicemailMessage === null) return "no-voicemail-message";
    if (!this.#host.mayLeave(live)) return "message-may-not-be-left";
    // Before the agent is free, and perhaps with somebody else.
    const code = live.campaign.dispositions.find(({ kind }) => kind === "machine-reported")?.code;
    const result = this.#asked(live, { type: "machineReported", at });
    if (result === "done" && code !== undefined) this.#host.dispose(agentId, code);
    return result;
  }

  #asked({ order, call }: LiveCall, event: CallEvent): string {
    this.#host.apply(order.attemptId, event);
    return this.#host.find(order.attemptId)?.call === call ? "not-on-a-call" : "done";
  }

  #begun(attemptId: AttemptId, { heldAgentId }: LivingCall, kind: DeskWork["kind"], at: Instant): void {
    if (heldAgentId === null) return;
    const work: DeskWork = { attemptId, agentId: heldAgentId, kind, at, by: this.#by, endedAt: null, endedAs: null };
    this.#open.set(attemptId, work);
    this.#write(work);
  }

  #over(attemptId: AttemptId, endedAs: string, at: Instant): void {
    const work = this.#open.get(attemptId);
    if (work === undefined) return;
    this.#open.delete(attemptId);
    this.#write({ ...work, endedAt: at, endedAs });
  }

  #write(work: DeskWork): void {
    const { writeBehind } = this.#context;
    writeBehind.write({ type: "deskWork", work });
  }
}

function endOfHold(after: Call): string {
  switch (after.state) {
    case "connected":
      return "resumed";
    case "informing":
      return "message";
    default:
      return after.facts.endedBy === "farEnd" ? "they-left" : "hung-up";
  }
}
