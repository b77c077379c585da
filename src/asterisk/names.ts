// What our things are called in Asterisk. Everything is named by us before it exists, so that no event can come too
// early to be understood, a repeated request is refused, and a new process knows the things of the last one.
import { isAttemptId, legId } from "../domain/ids.ts";
import type { MessageChoice } from "../domain/attempt.ts";
import type { AttemptId, LegId, NodeId } from "../domain/ids.ts";

/** No channel that comes in from a phone is called like this: Asterisk's own names are numbers. */
const OURS = "fd-";

const CHOICES: readonly MessageChoice[] = ["campaign", "builtIn", "voicemail"];

export interface Names {
  customerChannel(attemptId: AttemptId): string;
  /** Null for anything that is not a customer leg of this node. */
  attemptOf(channelId: string): AttemptId | null;
  agentBridge(leg: LegId): string;
  /** The agent's leg to whom a standing bridge belongs; null for any other bridge. */
  ownerOf(bridgeId: string): LegId | null;
  messagePlayback(attemptId: AttemptId, choice: MessageChoice): string;
  /** Whose information message this is, and which; null for any other playback. */
  informed(playbackId: string): { readonly attemptId: AttemptId; readonly choice: MessageChoice } | null;
  flowPlayback(attemptId: AttemptId, play: number): string;
  /** Whose flow this is, and which of its playbacks; null for any other. */
  ofFlow(playbackId: string): { readonly attemptId: AttemptId; readonly play: number } | null;
  /** A bridge with nobody in it and what is played there are both called so. */
  testPlay(serial: number): string;
  isTestPlay(name: string): boolean;
  promptPlayback(leg: LegId, serial: number): string;
  /** To somebody who called back. */
  returnPlayback(leg: LegId, choice: MessageChoice): string;
  returnInformed(playbackId: string): { readonly leg: LegId; readonly choice: MessageChoice } | null;
  /** What listens to a customer leg. Its name begins like no channel of any node: none is called with an underscore. */
  recorder(attemptId: AttemptId): string;
  /** What sends a leg's sound to us; called like no channel of any node, as a recorder. */
  ear(attemptId: AttemptId): string;
  /** A number outside to which somebody is passed on; the serial tells one from the next for the same person. */
  outsideChannel(attemptId: AttemptId, serial: number): string;
  /** Null for any other channel. */
  outsideOf(channelId: string): AttemptId | null;
  /** What a supervisor listens by. */
  supervision(serial: number): string;
  isSupervision(channelId: string): boolean;
  noticePlayback(attemptId: AttemptId, serial: number): string;
  /** A phone's leg, by its name alone: whatever was not made by a node of ours. */
  mayBePhone(channelId: string): boolean;
}

export function namesOf(nodeId: NodeId): Names {
  const customer = `${OURS}${nodeId}-`;
  const bridge = `${OURS}${nodeId}-agent-`;
  const message = (choice: MessageChoice): string => `${OURS}${nodeId}-message-${choice}-`;
  const returned = (choice: MessageChoice): string => `${OURS}${nodeId}-return-${choice}-`;
  const flow = `${OURS}${nodeId}-flow-`;
  // Like a recorder's: names that no channel of any node begins with.
  const outside = `${OURS}outside_${nodeId}_`;
  const supervision = `${OURS}supervision_${nodeId}_`;
  const testPlay = `${OURS}${nodeId}-testplay-`;
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
    messagePlayback: (attemptId, choice) => message(choice) + attemptId,
    informed: (playbackId) => {
      for (const choice of CHOICES) {
        const attemptId = attemptAfter(message(choice), playbackId);
        if (attemptId !== null) return { attemptId, choice };
      }
      return null;
    },
    flowPlayback: (attemptId, play) => `${flow}${String(play)}-${attemptId}`,
    ofFlow: (playbackId) => {
      const play = playbackId.startsWith(flow) ? /^[0-9]+-/.exec(playbackId.slice(flow.length))?.[0] : undefined;
      const attemptId = play === undefined ? null : attemptAfter(flow + play, playbackId);
      return attemptId === null || play === undefined ? null : { attemptId, play: Number(play.slice(0, -1)) };
    },
    testPlay: (serial) => `${testPlay}${serial}`,
    // Digits only: a node called "a-testplay" has bridges of its own that begin like test-plays of node "a".
    isTestPlay: (name) => name.startsWith(testPlay) && /^[0-9]+$/.test(name.slice(testPlay.length)),
    promptPlayback: (leg, serial) => `${OURS}${nodeId}-prompt-${String(serial)}-${leg}`,
    returnPlayback: (leg, choice) => returned(choice) + leg,
    returnInformed: (playbackId) => {
      const choice = CHOICES.find((each) => playbackId.startsWith(returned(each)));
      const leg = choice === undefined ? "" : playbackId.slice(returned(choice).length);
      return choice === undefined || leg === "" ? null : { leg: legId(leg), choice };
    },
    recorder: (attemptId) => `${OURS}recorder_${nodeId}_${attemptId}`,
    ear: (attemptId) => `${OURS}ear_${nodeId}_${attemptId}`,
    outsideChannel: (attemptId, serial) => `${outside}${String(serial)}_${attemptId}`,
    outsideOf: (channelId) => {
      const serial = channelId.startsWith(outside) ? /^[0-9]+_/.exec(channelId.slice(outside.length))?.[0] : undefined;
      return serial === undefined ? null : attemptAfter(outside + serial, channelId);
    },
    supervision: (serial) => `${supervision}${String(serial)}`,
    isSupervision: (channelId) => channelId.startsWith(supervision),
    noticePlayback: (attemptId, serial) => `${OURS}${nodeId}-notice-${String(serial)}-${attemptId}`,
    mayBePhone: (channelId) => channelId !== "" && !channelId.startsWith(OURS),
  };
}

/** "PJSIP/1001" of "PJSIP/1001-0000002a": what Asterisk says the phone is. */
export function endpointOf(channelName: string): string {
  return channelName.replace(/-[0-9a-f]{8,}(;[12])?$/, "");
}
