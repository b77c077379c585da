// A request's failure in the engine's words. A failed command is not a failed call: it says what is known and no more.
import type { CommandResult } from "../engine/ports.ts";
import { AriError, isNoResponse } from "./ari-error.ts";

const DONE: CommandResult = { ok: true };

const gone = (detail: string): CommandResult => ({ ok: false, kind: "gone", detail });

/** `goneStatuses`: the answers to this request that mean that the leg is not there any more. */
export async function commandResult(
  request: Promise<unknown>,
  goneStatuses: readonly number[] = [404],
): Promise<CommandResult> {
  try {
    await request;
    return DONE;
  } catch (error) {
    return resultOf(error, goneStatuses);
  }
}

/** A hang-up of a channel that is not there is no failure of the request, and still no news of the leg's end. */
export async function hangUpResult(request: Promise<"hung-up" | "gone">): Promise<CommandResult> {
  const result = await commandResult(request);
  return result.ok && (await request) === "gone" ? gone("no such channel") : result;
}

function resultOf(error: unknown, goneStatuses: readonly number[]): CommandResult {
  const detail = error instanceof Error ? error.message : String(error);
  if (error instanceof AriError && goneStatuses.includes(error.status)) return gone(detail);
  // Nobody there to be asked is no more a refusal than no answer: the leg may be fine.
  return { ok: false, kind: isNoResponse(error) ? "unknown" : "refused", detail };
}
