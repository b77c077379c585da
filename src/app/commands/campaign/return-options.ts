/** What can be said about people who call back. */
import { DEFAULT_RETURNS, RETURN_MODES, type ReturnRules } from "../../../domain/return-call.ts";
import { formatDuration } from "../../arguments/duration.ts";
import { durationOption } from "../../arguments/options.ts";

const SECOND = 1_000;
/** Nobody listens to a ring tone for longer. */
const WAIT_MAX_MS = 120 * SECOND;

export const RETURN_FLAGS = {
  "return-calls": {
    type: "string",
    choices: RETURN_MODES,
    describe: "People who call back get an agent (else the message), the message, or what the dialplan has for them",
  },
  "return-wait": { type: "string", describe: "How long they hear it ring while an agent is sought (15s)" },
} as const;

export interface ReturnArguments {
  readonly "return-calls": string | undefined;
  readonly "return-wait": string | undefined;
}

/** What was said, over what holds so far; undefined where nothing was. */
export function readReturnArguments(
  args: ReturnArguments,
  before: ReturnRules = DEFAULT_RETURNS,
): ReturnRules | undefined {
  // yargs has compared it with the choices.
  const mode = RETURN_MODES.find((each) => each === args["return-calls"]);
  const waitMs = durationOption("return-wait", args["return-wait"], 0, WAIT_MAX_MS);
  if (mode === undefined && waitMs === undefined) return undefined;
  return { mode: mode ?? before.mode, waitMs: waitMs ?? before.waitMs };
}

export const formatReturns = ({ mode, waitMs }: ReturnRules): string =>
  mode === "agent"
    ? `an agent within ${formatDuration(waitMs)}, else the message`
    : { message: "the message", off: "left to the dialplan" }[mode];
