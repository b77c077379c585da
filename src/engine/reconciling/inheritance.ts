/**
 * What a process finds when it begins, in the order in which it may be believed: first the node's name, then the rows
 * that the last process could not write, and only then what the store says of its calls.
 */
import type { OpenRecording } from "../../domain/recording.ts";
import type { OpenReturn } from "../../domain/return-call.ts";
import type { EngineContext } from "../context.ts";
import type { DesiredState, OpenAttempt } from "../ports.ts";

export interface Inheritance {
  readonly open: readonly OpenAttempt[];
  readonly recordings: readonly OpenRecording[];
  readonly desired: DesiredState;
  readonly returns: readonly OpenReturn[];
}

type UntilAnswered = <T>(ask: () => Promise<T>) => Promise<T>;

/** `held` is told once the name is ours, and has to be kept. Rejects when somebody else has it. */
export async function inheritance(
  { store, settings, clock, writeBehind }: EngineContext,
  untilAnswered: UntilAnswered,
  held: () => void,
): Promise<Inheritance> {
  const { nodeId, holder, timings } = settings;
  await untilAnswered(() => store.holdNode(nodeId, holder, clock.now(), timings.nodeHoldMs));
  held();
  await writeBehind.begin();
  await untilAnswered(() => store.releaseLeases(nodeId, null));
  return {
    open: await untilAnswered(() => store.openAttempts(nodeId)),
    recordings: await untilAnswered(() => store.openRecordings(nodeId)),
    desired: await untilAnswered(() => store.desiredState(nodeId)),
    returns: await untilAnswered(() => store.returnCalls.open(nodeId)),
  };
}
