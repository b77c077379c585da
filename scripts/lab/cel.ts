// Asterisk's own account of its channels (channel event log), for counting calls independently of the dialler.

import { existsSync, readFileSync } from "node:fs";
import { parse } from "csv-parse/sync";

/** One channel's life as Asterisk wrote it down; times in milliseconds since 1970. */
export type ChannelRecord = {
  /** The channel's id; for channels made over ARI the id that was asked for. */
  readonly uniqueId: string;
  /** PJSIP/carrier-0000001a and the like. */
  readonly name: string;
  /** The dialled extension; empty for channels made by the server itself. */
  readonly dialled: string;
  readonly callerNumber: string;
  readonly startedAt: number;
  readonly answeredAt: number | null;
  /** When it entered a bridge with somebody or something, each time. */
  readonly bridgedAt: readonly number[];
  readonly endedAt: number | null;
  /** Q.850; null while the channel lives. */
  readonly cause: number | null;
  /** Whether the other server ended it; null while the channel lives, or where nobody said so. */
  readonly endedByPeer: boolean | null;
};

/** Reads the event log of a lab Asterisk; channels in order of their start. */
export function readChannels(file: string): readonly ChannelRecord[] {
  if (!existsSync(file)) return [];
  const channels = new Map<
    string,
    { -readonly [K in keyof ChannelRecord]: ChannelRecord[K] } & { bridgedAt: number[] }
  >();
  const rows = parse(readFileSync(file), { relax_column_count: true, skip_empty_lines: true });
  for (const [
    event = "",
    seconds = "",
    uniqueId = "",
    name = "",
    dialled = "",
    callerNumber = "",
    extra = "",
  ] of rows) {
    const at = Math.round(Number(seconds) * 1000);
    let channel = channels.get(uniqueId);
    if (channel === undefined) {
      channel = {
        uniqueId,
        name,
        dialled,
        callerNumber,
        startedAt: at,
        answeredAt: null,
        bridgedAt: [],
        endedAt: null,
        cause: null,
        endedByPeer: null,
      };
      channels.set(uniqueId, channel);
    }
    if (event === "ANSWER") channel.answeredAt ??= at;
    if (event === "BRIDGE_ENTER") channel.bridgedAt.push(at);
    if (event === "CHAN_END") channel.endedAt = at;
    // The channel itself is the source of an end that came by SIP; its own dialplan or its manager of any other.
    if (event === "HANGUP") {
      const source = /"hangupsource":\s*"([^"]*)"/.exec(extra)?.[1] ?? "";
      channel.endedByPeer = source === "" ? null : source === name;
    }
    if (event === "HANGUP") channel.cause = Number(/"hangupcause":\s*(\d+)/.exec(extra)?.[1] ?? 0);
  }
  return [...channels.values()];
}
