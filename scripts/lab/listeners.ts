// The people who are there to listen: what each of them heard and when, by the account of their own network.

import { basename } from "node:path";
import type { ChannelRecord } from "./cel.ts";
import type { LabNetwork } from "./network.ts";
import { firstSoundMs, messageHeard, readSamples } from "./recording.ts";
import type { Samples } from "./recording.ts";

/** Who listens for how long; the dialplan tells by the last digit of the number. */
export type Listener = "listens" | "leaves-in-the-middle" | "leaves-at-once";

const LAST_DIGITS: Readonly<Record<Listener, readonly number[]>> = {
  listens: [0, 1, 2, 3, 4, 5, 6, 7],
  "leaves-in-the-middle": [8],
  "leaves-at-once": [9],
};

/** E.164 of the nth person of a kind; eight hundred listen, a hundred each leave. */
export function listenerNumber(who: Listener, nth: number): string {
  const digits = LAST_DIGITS[who];
  const tens = Math.floor(nth / digits.length);
  if (tens > 99) throw new Error(`there are not so many of those who ${who}`);
  return `+441614960${String(tens).padStart(2, "0")}${String(digits[nth % digits.length])}`;
}

/** E.164 of somebody who presses these three keys, one after the other; 0 is none. */
export function keysNumber(keys: string): string {
  if (!/^[0-9]{3}$/.test(keys)) throw new Error(`people press three keys, 0 for none; not "${keys}"`);
  return `+441134960${keys}`;
}

export const listenerOf = (number: string): Listener =>
  number.endsWith("9") ? "leaves-at-once" : number.endsWith("8") ? "leaves-in-the-middle" : "listens";

/** One answered call as the network saw and heard it; times in milliseconds. */
export type Hearing = {
  readonly number: string;
  readonly who: Listener;
  /** Since 1970: the network's own answer. */
  readonly answeredAt: number;
  readonly stayedMs: number;
  /** From the answer to the first sound of any kind; null when nothing was heard. */
  readonly firstSoundAfterMs: number | null;
  /** Which of the messages it was; null for an agent's voice, or nothing. */
  readonly message: string | null;
  /** Whether the message's last words were heard. */
  readonly toItsEnd: boolean;
  /** From its first sound to the last sound of the recording; null without a message. */
  readonly lastedMs: number | null;
  /** What was recorded, for whoever wants to listen. */
  readonly recording: string | null;
};

/**
 * What the answered people of this network heard. To be asked when their calls are over.
 * @param messages by a name for each, the messages that could have been played
 * @param isMeant which calls are asked about; all of them, unless said
 */
export async function hearings(
  network: LabNetwork,
  messages: Readonly<Record<string, Samples>>,
  isMeant: (call: ChannelRecord) => boolean = () => true,
): Promise<readonly Hearing[]> {
  const globals = await network.cli("dialplan show globals");
  const recordings = new Map(network.heard().map(({ file }) => [basename(file), file]));
  return network
    .calls()
    .filter(isMeant)
    .flatMap((call) => {
      const number = call.dialled.startsWith("+") ? call.dialled : `+${call.dialled}`;
      const recording = recordings.get(`${call.dialled}-${call.uniqueId}.wav`);
      if (call.answeredAt === null || call.endedAt === null) return [];
      // The recording's own beginning. Somebody who hung up before it has none, and has heard nothing.
      const beganAt =
        Number(new RegExp(`SPOKE_${call.dialled.replace("+", "\\+")}=([0-9.]+)`).exec(globals)?.[1] ?? NaN) * 1000;
      const samples = recording === undefined ? new Int16Array() : readSamples(recording);
      const soundMs = firstSoundMs(samples);
      const played = Object.entries(messages)
        .map(([name, message]) => ({ name, heard: messageHeard(samples, message) }))
        .find(({ heard }) => heard !== null);
      return [
        {
          number,
          who: listenerOf(number),
          answeredAt: call.answeredAt,
          stayedMs: call.endedAt - call.answeredAt,
          firstSoundAfterMs: soundMs === null ? null : Math.round(beganAt - call.answeredAt + soundMs),
          message: played?.name ?? null,
          toItsEnd: played?.heard?.toItsEnd ?? false,
          lastedMs: played?.heard?.lastedMs ?? null,
          recording: recording ?? null,
        },
      ];
    });
}
