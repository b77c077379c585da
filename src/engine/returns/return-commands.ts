/** Commands on the legs of people who call back: what was answered comes back as a letter, and a failed command is no failed call. */
import type { EngineContext } from "../context.ts";
import type { CommandResult } from "../ports.ts";
import type { LiveReturn } from "./return-book.ts";

type Failure = "gone" | "refused" | "unknown";

export class ReturnCommands {
  readonly #context: EngineContext;

  constructor(context: EngineContext) {
    this.#context = context;
  }

  give(
    name: string,
    { row: { returnId } }: LiveReturn,
    result: Promise<CommandResult>,
    failed: (kind: Failure) => void,
    done: () => void = () => undefined,
  ): void {
    const { mailbox, log } = this.#context;
    const say = (kind: Failure, detail: unknown): void => {
      log.warn("a command failed", { command: name, returnId, kind, detail });
      failed(kind);
    };
    mailbox.await(
      `${name} answered`,
      result,
      (answer) => {
        if (answer.ok) done();
        else say(answer.kind, answer.detail);
      },
      (error) => {
        say("unknown", error);
      },
    );
  }
}
