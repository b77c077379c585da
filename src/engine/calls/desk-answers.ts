/** What the answers to commands about people on hold, or on their way, mean for the call. */
import type { CallEvent } from "../../call/call.ts";
import type { EngineContext } from "../context.ts";
import type { CommandResult } from "../ports.ts";

const COMMAND_OF = { held: "hold", resumed: "resume", met: "meet" } as const;

/** A command's answer as an event: done, or nobody knows. Of a leg that is gone the end is on its way. */
export function answerOf(
  context: EngineContext,
  what: "held" | "resumed" | "met",
  nth: number,
  result: Promise<CommandResult>,
  tell: (event: CallEvent) => void,
): void {
  const { mailbox, clock, log } = context;
  const failed = (detail: string): void => {
    log.warn("a command failed", { command: COMMAND_OF[what], detail });
    tell({ type: "deskFailed", at: clock.now(), nth, detail });
  };
  mailbox.await(
    `${what} answered`,
    result,
    (answer) => {
      if (answer.ok) tell({ type: what, at: clock.now(), nth });
      else if (answer.kind !== "gone") failed(answer.detail);
    },
    (error) => {
      failed(String(error));
    },
  );
}
