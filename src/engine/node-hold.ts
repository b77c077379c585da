/** Keeps the node's name ours: renewed again and again, and given up for good when somebody else has it. */
import type { EngineContext } from "./context.ts";
import { StoreError } from "./ports.ts";

export class NodeHold {
  readonly #context: EngineContext;
  readonly #onFatal: (why: "node-taken", error: unknown) => void;

  constructor(context: EngineContext, onFatal: (why: "node-taken", error: unknown) => void) {
    this.#context = context;
    this.#onFatal = onFatal;
  }

  renew(): void {
    const { store, settings, clock, mailbox, log } = this.#context;
    mailbox.await(
      "hold",
      store.holdNode(settings.nodeId, settings.holder, clock.now(), settings.timings.nodeHoldMs),
      () => undefined,
      (error) => {
        if (error instanceof StoreError && error.kind === "conflict") this.#onFatal("node-taken", error);
        else log.warn("the hold on the node's name could not be renewed", { error });
      },
    );
  }
}
