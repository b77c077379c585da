// What Asterisk says of people who call back. Their channels come in by themselves and have Asterisk's own names, so an
// event is theirs by what is known of them, and only their arrival tells them from a phone. Pure, and nothing throws.
import type { MessageChoice } from "../domain/attempt.ts";
import { legId } from "../domain/ids.ts";
import type { LegId } from "../domain/ids.ts";
import type { ReturnLeg, ReturnLegEvent } from "../engine/ports.ts";
import type { AriChannel, AriEvent } from "./ari-port.ts";
import { stampOf } from "./decode.ts";
import type { Names } from "./names.ts";
import { objectIn, textIn, textsIn } from "./read-json.ts";

/** With which the dialplan sends somebody to us who rings one of our numbers; then the number, then how far the caller may be shown. */
export const RETURN_ARGUMENT = "return-call";

export interface OfReturn {
  readonly legId: LegId;
  readonly event: ReturnLegEvent;
}

/** Null for everything that is no return call's business. */
export function returnEvent(event: AriEvent, names: Names, isKnown: (leg: LegId) => boolean): OfReturn | null {
  if (event.type === "PlaybackStarted" || event.type === "PlaybackFinished") return ofPlayback(event, names, isKnown);
  const channel = objectIn(event.body["channel"]);
  const id = textIn(channel, "id");
  if (id === null) return null;
  const leg = legId(id);
  if (event.type === "StasisStart") {
    const args = textsIn(event.body, "args");
    if (args[0] !== RETURN_ARGUMENT || !names.mayBePhone(id)) return null;
    const stamp = stampOf(event);
    const number = textIn(objectIn(channel?.["caller"]), "number");
    return { legId: leg, event: { type: "arrived", stamp, rung: args[1] ?? "", caller: shown(number, args[2]) } };
  }
  if (!isKnown(leg)) return null;
  const stamp = stampOf(event);
  switch (event.type) {
    case "ChannelEnteredBridge": {
      const bridge = textIn(objectIn(event.body["bridge"]), "id");
      const owner = bridge === null ? null : names.ownerOf(bridge);
      return owner === null ? null : { legId: leg, event: { type: "joined", stamp, owner } };
    }
    case "ChannelDtmfReceived": {
      const digit = textIn(event.body, "digit");
      return digit === null ? null : { legId: leg, event: { type: "pressed", stamp, digit } };
    }
    // After the first, the second is not sent for a channel that came in by itself; before it, it may be.
    case "StasisEnd":
    case "ChannelDestroyed":
      return { legId: leg, event: { type: "gone", stamp, cause: null } };
    default:
      return null;
  }
}

/** Of a channel as the list has it; null where it is no return call's. */
export function returnLegOf(
  { id, applicationData, callerNumber }: AriChannel,
  application: string,
  inAgentBridge: LegId | null,
): ReturnLeg | null {
  const [app, argument, rung = "", presentation] = applicationData.split(",");
  if (app !== application || argument !== RETURN_ARGUMENT) return null;
  return { legId: legId(id), rung, caller: shown(callerNumber, presentation), inAgentBridge };
}

function ofPlayback(event: AriEvent, names: Names, isKnown: (leg: LegId) => boolean): OfReturn | null {
  const playback = objectIn(event.body["playback"]);
  const informed = names.returnInformed(textIn(playback, "id") ?? "");
  if (informed === null || !isKnown(informed.leg)) return null;
  const stamp = stampOf(event);
  const { leg, choice } = informed;
  if (event.type === "PlaybackStarted") return { legId: leg, event: { type: "messageStarted", stamp, choice } };
  const state = textIn(playback, "state") ?? "without a state";
  return { legId: leg, event: ended(state, stamp, choice) };
}

const ended = (state: string, stamp: ReturnLegEvent["stamp"], choice: MessageChoice): ReturnLegEvent =>
  state === "done"
    ? { type: "messageFinished", stamp, choice }
    : { type: "messageFailed", stamp, choice, detail: `the playback ended ${state}` };

/** A carrier may tell us a number that the caller withholds: it is not for us (`CALLERID(num-pres)` of Asterisk). */
const shown = (number: string | null, presentation: string | undefined): string | null =>
  number === null || number === "" || /^(prohib|unavailable)/.test(presentation ?? "") ? null : number;
