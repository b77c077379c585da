// What our things are called in Asterisk. Everything is named by us before it exists, so that no event can come too
// early to be understood, a repeated request is refused, and a new process knows the things of the last one.
import { isAttemptId, legId } from "../domain/ids.ts";
import type { AttemptId, LegId, NodeId } from "../domain/ids.ts";

/** No channel that comes in from a phone is called like this: Asterisk's own names are numbers. */
const OURS = "fd-";

export interface Names {
  customerChannel(attemptId: AttemptId): string;
  /** Null for anything that is not a customer leg of this node. */
  attemptOf(channelId: string): AttemptId | null;
  agentBridge(leg: LegId): string;
  /** The agent's leg to whom a standing bridge belongs; null for any other bridge. */
  ownerOf(bridgeId: string): LegId | null;
  messagePlayback(attemptId: AttemptId): string;
  /** The attempt whose information message this is. */
  informed(playbackId: string): AttemptId | null;
  promptPlayback(leg: LegId, serial: number): string;
  /** A phone's leg, by its name alone: whatever was not made by a node of ours. */
  mayBePhone(channelId: string): boolean;
}

export function namesOf(nodeId: NodeId): Names {
  const customer = `${OURS}${nodeId}-`;
  const bridge = `${OURS}${nodeId}-agent-`;
  const message = `${OURS}${nodeId}-message-`;
  const attemptAfter = (prefix: string, name: string): AttemptId | null => {
    const rest = name.startsWith(prefix) ? name.slice(prefix.length) : "";
    // Also tells node "a" from node "a-b": what is left of the other's names is no attempt.
    return isAttemptId(rest) ? rest : null;
  };
  return {
    customerChannel: (attemptId) => customer + attemptId,
    attemptOf: (channelId) => attemptAfter(customer, channelId),
    agentBridge: (leg) => bridge + leg,
    ownerOf: (bridgeId) =>
      bridgeId.startsWith(bridge) && bridgeId !== bridge ? legId(bridgeId.slice(bridge.length)) : null,
    messagePlayback: (attemptId) => message + attemptId,
    informed: (playbackId) => attemptAfter(message, playbackId),
    promptPlayback: (leg, serial) => `${OURS}${nodeId}-prompt-${String(serial)}-${leg}`,
    mayBePhone: (channelId) => channelId !== "" && !channelId.startsWith(OURS),
  };
}

/** "PJSIP/1001" of "PJSIP/1001-0000002a": what Asterisk says the phone is. */
export function endpointOf(channelName: string): string {
  return channelName.replace(/-[0-9a-f]{8,}(;[12])?$/, "");
}
