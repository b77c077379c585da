/** What can be said about an agent, shared by `add` and `set`. */
import { StoreError } from "../../../engine/ports.ts";
import { CliError, usageError } from "../../cli-error.ts";

/** `1001` is `PJSIP/1001`. What follows the slash names an endpoint of Asterisk's, and is compared with what calls in. */
export const readEndpoint = (text: string): string => {
  const endpoint = text.includes("/") ? text : `PJSIP/${text}`;
  if (!/^[A-Za-z0-9]{1,16}\/[A-Za-z0-9_.-]{1,80}$/.test(endpoint)) {
    throw usageError(`--endpoint must be a phone as Asterisk names it, such as PJSIP/1001; it is "${text}".`);
  }
  return endpoint;
};

export const taken = (error: unknown): never => {
  if (!(error instanceof StoreError) || error.kind !== "conflict") throw error;
  throw new CliError("agent-exists", "Another agent has this name or this endpoint already.", { cause: error });
};
