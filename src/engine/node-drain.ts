/**
 * Whether this node may place anything: a process that is being stopped does not, nor does one whose node a manager wants
 * drained. One rule to remember: the first is for good, the second is a wish that is read again and again, and outlives us.
 */
import type { Agents } from "./agents/agents.ts";
import type { EngineContext } from "./context.ts";
import type { Hopper } from "./placing/hopper.ts";
import type { Hold, Placing } from "./placing/placing.ts";
import type { Previews } from "./previews/previews.ts";

export interface NodeDrainParts {
  readonly agents: Agents;
  readonly hopper: Hopper;
  readonly previews: Previews;
  readonly placing: Placing;
}

export class NodeDrain {
  readonly #context: EngineContext;
  readonly #parts: NodeDrainParts;
  readonly #isReconciled: () => boolean;
  #stopping = false;
  #wished = false;
  #everAsked = false;

  /** @param isReconciled whether it is known what Asterisk holds */
  constructor(context: EngineContext, parts: NodeDrainParts, isReconciled: () => boolean) {
    this.#context = context;
    this.#isReconciled = isReconciled;
    this.#parts = parts;
  }

  /** Nothing is placed, for either reason. */
  get isOn(): boolean {
    return this.#stopping || this.#wished;
  }

  /** The process is to end once its calls have. */
  get isStopping(): boolean {
    return this.#stopping;
  }

  /** A manager's wish alone. */
  get isWished(): boolean {
    return this.#wished;
  }

  /** What keeps everything from being placed once it is known what Asterisk holds. */
  get hold(): Hold | null {
    return this.#stopping ? "draining" : this.#wished ? "node-drained" : null;
  }

  /** The process is to end. Harmless to repeat. */
  stop(): void {
    if (this.#stopping) return;
    this.#stopping = true;
    this.#begin();
    this.#context.journal.append({ at: this.#context.clock.now(), kind: "engine", what: "draining" });
  }

  /** As it was read; before the start it is only noted, and told with it. */
  obey(wished: boolean): void {
    const isFirst = !this.#everAsked;
    this.#everAsked = true;
    if (wished === this.#wished) return;
    this.#wished = wished;
    const { journal, clock, log, settings } = this.#context;
    if (wished) this.#begin();
    else if (this.#isReconciled()) this.#parts.placing.hold(this.hold);
    log.info(wished ? "the node is drained: nothing new is placed here" : "the node goes on placing", {
      node: settings.nodeId,
    });
    if (isFirst) return;
    journal.append({ at: clock.now(), kind: "node-wish", drained: wished });
    this.#tellAgents(wished);
  }

  #begin(): void {
    const { hopper, previews, placing } = this.#parts;
    if (this.#isReconciled() || this.#stopping) placing.hold(this.hold);
    hopper.emptyAll();
    previews.withdraw(null, "drain");
  }

  /** Who waits for a call that does not come should know; whoever is talking is left alone. */
  #tellAgents(drained: boolean): void {
    const { mailbox, telephony, settings } = this.#context;
    const media = drained ? settings.drainPrompts.drained : settings.drainPrompts.resumed;
    for (const { agent, legId } of this.#parts.agents.loggedIn()) {
      if (agent.state.state === "onCall" || agent.state.state === "reserved") continue;
      const ignore = (): void => undefined;
      mailbox.await("drain prompt", telephony.promptAgent(legId, media), ignore, ignore);
    }
  }
}
