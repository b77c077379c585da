// What a run at load came to, from three accounts that know nothing of each other: the network's notes, Asterisk's own event
// log, and fairdial's rows. Where the rows say otherwise than the network, the network is right.

import type { ChannelRecord } from "../../lab/cel.ts";
import { quantile } from "../silence/figures.ts";
import type { NetworkCall } from "./network.ts";

/** Longest that anybody who answered may hear nothing, in milliseconds. */
export const SILENT_AFTER_MS = 2_000;

/** An attempt's row; times in milliseconds since 1970. */
export type AttemptSeen = {
  readonly attemptId: string;
  readonly number: string;
  readonly outcome: string | null;
  readonly answeredAt: number | null;
  readonly messageAt: number | null;
  /** Whether the row says that a call was made at all. */
  readonly isPlaced: boolean;
};

export type CallFigures = {
  /** As the network saw them arrive: calls a second from the first to the last. */
  readonly cps: number;
  readonly placed: number;
  readonly recorded: number;
  readonly lost: number;
  readonly duplicated: number;
  readonly answerToBridgeMsP50: number;
  readonly answerToBridgeMsP99: number;
  readonly answerToBridgeMsMax: number;
  readonly messageStartMsP99: number;
};

export type Comparison = {
  readonly figures: CallFigures;
  /** Who stayed for two seconds and was neither joined nor spoken to. */
  readonly silent: readonly string[];
  readonly answered: number;
  readonly connected: number;
  readonly informed: number;
  /** What is wrong, a sentence each. */
  readonly faults: readonly string[];
};

/** @param channels of the PBX, customer legs among them */
export function compare(
  network: readonly NetworkCall[],
  channels: readonly ChannelRecord[],
  attempts: readonly AttemptSeen[],
): Comparison {
  const faults: string[] = [];
  const byNumber = new Map<string, AttemptSeen[]>();
  for (const each of attempts) byNumber.set(each.number, [...(byNumber.get(each.number) ?? []), each]);
  const seen = new Map<string, number>();
  for (const { number } of network) seen.set(number, (seen.get(number) ?? 0) + 1);

  let lost = 0;
  let duplicated = 0;
  for (const [number, times] of seen) {
    if (times > 1) {
      duplicated += times - 1;
      faults.push(`${number} was called ${String(times)} times`);
    }
    const rows = (byNumber.get(number) ?? []).filter(({ outcome }) => outcome !== null);
    if (rows.length < times) {
      lost += times - rows.length;
      faults.push(
        `${number} was called ${String(times)} times, and ${String(rows.length)} of its attempts have an outcome`,
      );
    }
  }
  // Also the other way about: what a row says was placed, and the network never heard of, is an outcome made up.
  for (const { number, isPlaced, outcome } of attempts) {
    if (!isPlaced || seen.has(number)) continue;
    lost += 1;
    faults.push(`${number}: the row says ${outcome ?? "nothing"}, and the network was never asked`);
  }

  const channelOf = new Map(channels.map((channel) => [channel.uniqueId.slice(-ATTEMPT_ID_LENGTH), channel]));
  const bridgeMs: number[] = [];
  const messageMs: number[] = [];
  const silent: string[] = [];
  let answered = 0;
  for (const call of network) {
    if (call.answeredAt === null) continue;
    answered += 1;
    const row = (byNumber.get(call.number) ?? [])[0];
    if (row === undefined) continue;
    if (row.answeredAt === null && (call.leftAt ?? Infinity) - call.answeredAt > SILENT_AFTER_MS)
      faults.push(`${call.number}: the network answered, the row knows of no answer`);
    const bridgedAt = channelOf.get(row.attemptId)?.bridgedAt[0];
    const stayedMs = (call.leftAt ?? Infinity) - call.answeredAt;
    if (bridgedAt !== undefined) bridgeMs.push(bridgedAt - call.answeredAt);
    // By the daemon's clock, which is this machine's: when Asterisk said that the message had begun.
    if (row.messageAt !== null) messageMs.push(row.messageAt - call.answeredAt);
    const servedMs = Math.min(bridgedAt ?? Infinity, row.messageAt ?? Infinity) - call.answeredAt;
    if (servedMs > SILENT_AFTER_MS && stayedMs > SILENT_AFTER_MS) silent.push(call.number);
  }
  for (const number of silent) faults.push(`${number} answered and met silence`);

  bridgeMs.sort((a, b) => a - b);
  messageMs.sort((a, b) => a - b);
  const [first, last] = [network[0]?.arrivedAt ?? 0, network.at(-1)?.arrivedAt ?? 0];
  return {
    figures: {
      cps: last > first ? rounded(((network.length - 1) / (last - first)) * 1000) : 0,
      placed: network.length,
      recorded: attempts.filter(({ outcome, number }) => outcome !== null && seen.has(number)).length,
      lost,
      duplicated,
      answerToBridgeMsP50: rounded(quantile(bridgeMs, 0.5)),
      answerToBridgeMsP99: rounded(quantile(bridgeMs, 0.99)),
      answerToBridgeMsMax: rounded(quantile(bridgeMs, 1)),
      messageStartMsP99: rounded(quantile(messageMs, 0.99)),
    },
    ...{ silent, answered, connected: bridgeMs.length, informed: messageMs.length, faults },
  };
}

const ATTEMPT_ID_LENGTH = 36;

export const rounded = (value: number): number => Math.round(value * 100) / 100;
