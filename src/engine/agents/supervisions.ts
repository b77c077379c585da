/**
 * Supervisors: who listens to whom, in which calls, and how. One rule to remember: whoever listens is on a pause, so that no
 * call can be joined to them; and each call that was listened to is a row, from its beginning to its end.
 */
import type { AgentCommand, AgentState } from "../../agent/agent.ts";
import type { AgentId, AttemptId, LegId } from "../../domain/ids.ts";
import type { SupervisionMode, SupervisionNote } from "../../domain/supervision.ts";
import type { EngineContext } from "../context.ts";
import type { LiveCall } from "../calls/live-call.ts";

export type SupervisorCommand = Extract<AgentCommand, { type: "supervise" | "endSupervision" }>;

interface AgentsKnown {
  stateOf(agentId: AgentId): AgentState | null;
  legOf(agentId: AgentId): LegId | null;
}

interface CallsKnown {
  find(attemptId: AttemptId): Pick<LiveCall, "campaign" | "profile"> | undefined;
}

interface Watch {
  readonly agentId: AgentId;
  readonly mode: SupervisionMode;
  readonly follow: boolean;
  /** Of the call that is listened to now; null between two. */
  note: SupervisionNote | null;
}

export class Supervisions {
  readonly #context: EngineContext;
  readonly #agents: AgentsKnown;
  readonly #calls: CallsKnown;
  readonly #watches = new Map<AgentId, Watch>();

  constructor(context: EngineContext, agents: AgentsKnown, calls: CallsKnown) {
    this.#context = context;
    this.#agents = agents;
    this.#calls = calls;
  }

  /** Asked of the supervisor's own leg. Returns what became of it, in a word. */
  command(supervisorId: AgentId, state: AgentState, command: SupervisorCommand): string {
    if (command.type === "endSupervision") {
      return this.#end(supervisorId, "stopped") ? "done" : "no-change";
    }
    const { agentId, mode, follow } = command;
    if (agentId === supervisorId) return "not-to-themselves";
    if (state.state !== "paused") return "supervisor-not-paused";
    const theirs = this.#agents.stateOf(agentId);
    if (theirs === null || theirs.state === "loggedOut") return "other-not-logged-in";
    const attemptId = callOf(theirs);
    if (attemptId === null && !follow) return "other-not-on-a-call";
    if (attemptId !== null && !this.#mayHear(attemptId)) return "supervision-forbidden";
    const before = this.#watches.get(supervisorId);
    if (before?.agentId === agentId && before.mode === mode && before.follow === follow) return "no-change";
    this.#close(before, before?.agentId === agentId ? "mode-changed" : "stopped");
    const watch: Watch = { agentId, mode, follow, note: null };
    this.#watches.set(supervisorId, watch);
    if (attemptId !== null) this.#listen(supervisorId, watch, attemptId);
    else if (before !== undefined) this.#hush(supervisorId);
    return "done";
  }

  /** Somebody's state has changed: the supervisor's own, or that of an agent who is listened to. */
  agentChanged(agentId: AgentId, before: AgentState, after: AgentState): void {
    if (this.#watches.has(agentId) && after.state !== "paused") this.#end(agentId, "supervisor-left");
    const [was, is] = [callOf(before), callOf(after)];
    if (was === is) return;
    for (const [supervisorId, watch] of [...this.#watches]) {
      if (watch.agentId !== agentId) continue;
      if (is !== null) {
        if (this.#mayHear(is)) this.#listen(supervisorId, watch, is);
        continue;
      }
      this.#close(watch, "call-over");
      this.#hush(supervisorId);
      if (!watch.follow || after.state === "loggedOut") this.#watches.delete(supervisorId);
    }
  }

  /** Its campaign says so, and the profile that it was decided under. Of a call that is not an attempt nobody has allowed it. */
  #mayHear(attemptId: AttemptId): boolean {
    const live = this.#calls.find(attemptId);
    return live?.campaign.desk.supervision === true && live.profile?.supervision !== false;
  }

  #listen(supervisorId: AgentId, watch: Watch, attemptId: AttemptId): void {
    const { telephony, mailbox, clock, log } = this.#context;
    const [supervisorLeg, agentLeg] = [this.#agents.legOf(supervisorId), this.#agents.legOf(watch.agentId)];
    if (supervisorLeg === null || agentLeg === null) return;
    const { agentId, mode } = watch;
    const note: SupervisionNote = {
      ...{ attemptId, supervisorId, agentId, mode, at: clock.now() },
      ...{ endedAt: null, endedAs: null },
    };
    this.#close(watch, "call-over");
    watch.note = note;
    this.#note(note);
    const failed = (detail: unknown): void => {
      log.warn("a supervisor could not be let listen", { supervisorId, agentId, detail });
      if (watch.note !== note) return;
      this.#close(watch, "failed");
      if (!watch.follow && this.#watches.get(supervisorId) === watch) this.#watches.delete(supervisorId);
    };
    mailbox.await(
      "supervision answered",
      telephony.desk.supervise({ supervisorLeg, agentLeg, mode }),
      (answer) => {
        // Ended while it was on its way: its end follows it, in order.
        if (!answer.ok) failed(answer.detail);
      },
      failed,
    );
  }

  #end(supervisorId: AgentId, why: string): boolean {
    const watch = this.#watches.get(supervisorId);
    if (watch === undefined) return false;
    this.#watches.delete(supervisorId);
    this.#close(watch, why);
    this.#hush(supervisorId);
    return true;
  }

  #hush(supervisorId: AgentId): void {
    const { telephony, mailbox } = this.#context;
    const legId = this.#agents.legOf(supervisorId);
    if (legId !== null) mailbox.await("supervision ended", telephony.desk.endSupervision(legId), ignore, ignore);
  }

  #close(watch: Watch | undefined, endedAs: string): void {
    if (watch === undefined || watch.note === null) return;
    const note = { ...watch.note, endedAt: this.#context.clock.now(), endedAs };
    watch.note = null;
    this.#note(note);
  }

  #note(note: SupervisionNote): void {
    const { journal, writeBehind, clock } = this.#context;
    journal.append({ ...note, begunAt: note.at, kind: "supervision", at: clock.now() });
    writeBehind.write({ type: "supervision", note });
  }
}

const callOf = (state: AgentState): AttemptId | null => (state.state === "onCall" ? state.attemptId : null);

/** It goes with the leg it listens to, at the latest. */
const ignore = (): void => undefined;
