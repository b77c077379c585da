/** At the start nothing can be done without the store: it is waited for, however long it is away. */
import { after } from "../../domain/instant.ts";
import type { EngineContext } from "../context.ts";
import { StoreError } from "../ports.ts";

const DELAY_FIRST_MS = 200;
const DELAY_MAX_MS = 5_000;

export const pause = ({ clock }: Pick<EngineContext, "clock">, ms: number): Promise<void> =>
  new Promise((resolve) => {
    clock.wakeAt(after(clock.now(), ms), resolve);
  });

/** Rejects with whatever else the store says than that it is away, and once nobody waits any more. */
export async function untilStoreAnswers<T>(
  context: Pick<EngineContext, "clock" | "log">,
  isStopped: () => boolean,
  ask: () => Promise<T>,
): Promise<T> {
  for (let delayMs = DELAY_FIRST_MS; ; delayMs = Math.min(2 * delayMs, DELAY_MAX_MS)) {
    try {
      return await ask();
    } catch (error) {
      if (!(error instanceof StoreError) || error.kind !== "away" || isStopped()) throw error;
      context.log.warn("waiting for the store", { error: error.message, delayMs });
      await pause(context, delayMs);
    }
  }
}
