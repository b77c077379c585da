// What became of the answered people, told by what they heard; and how late the daemon decided, told by its journal.

import type { Hearing } from "../../lab/listeners.ts";

/** Within which the first word must be heard: rule UK-CLK-1, from the network's own answer. */
export const HEARD_WITHIN_MS = 2_000;
/** When those who leave in the middle do so by themselves, at the earliest. */
const LEAVES_IN_THE_MIDDLE_MS = 2_990;

/** The last line of the bench. Times in milliseconds; 0 where nothing was measured. */
export type Figures = {
  readonly answered: number;
  readonly connected: number;
  readonly abandonedWithMessage: number;
  readonly hungUpEarly: number;
  readonly silent: number;
  readonly messageHeardMsP50: number;
  readonly messageHeardMsP99: number;
  readonly messageHeardMsMax: number;
  readonly messagesCutShort: number;
  readonly decisionLateMsP99: number;
};

export type Became = "connected" | "abandonedWithMessage" | "hungUpEarly" | "silent";

/** By the ear alone. */
export function became(hearing: Hearing): Became {
  if (hearing.message !== null) return "abandonedWithMessage";
  // Whatever is no message is somebody's voice.
  if (hearing.firstSoundAfterMs !== null) return "connected";
  return hearing.who === "leaves-at-once" && hearing.stayedMs < HEARD_WITHIN_MS ? "hungUpEarly" : "silent";
}

/** The message was broken off, and not because they left. */
export function isCutShort(hearing: Hearing): boolean {
  if (hearing.message === null || hearing.toItsEnd) return false;
  return !(hearing.who === "leaves-in-the-middle" && hearing.stayedMs >= LEAVES_IN_THE_MIDDLE_MS);
}

export function figuresOf(hearings: readonly Hearing[], decisionLateMs: readonly number[]): Figures {
  const count = (what: Became): number => hearings.filter((each) => became(each) === what).length;
  const heardMs = messagesHeardMs(hearings);
  return {
    answered: hearings.length,
    connected: count("connected"),
    abandonedWithMessage: count("abandonedWithMessage"),
    hungUpEarly: count("hungUpEarly"),
    silent: count("silent"),
    messageHeardMsP50: quantile(heardMs, 0.5),
    messageHeardMsP99: quantile(heardMs, 0.99),
    messageHeardMsMax: quantile(heardMs, 1),
    messagesCutShort: hearings.filter(isCutShort).length,
    decisionLateMsP99: quantile(
      [...decisionLateMs].sort((a, b) => a - b),
      0.99,
    ),
  };
}

/** From the network's answer to the first sound of a message, ascending. */
export const messagesHeardMs = (hearings: readonly Hearing[]): readonly number[] =>
  hearings
    .flatMap((each) => (each.message === null || each.firstSoundAfterMs === null ? [] : [each.firstSoundAfterMs]))
    .sort((a, b) => a - b);

/** What is wrong with these, a sentence each; none if all is well. */
export function faultsOf(figures: Figures): readonly string[] {
  return [
    ...(figures.silent === 0 ? [] : [`${String(figures.silent)} people heard nothing`]),
    ...(figures.messagesCutShort === 0 ? [] : [`${String(figures.messagesCutShort)} messages were cut short`]),
    ...(figures.messageHeardMsMax <= HEARD_WITHIN_MS
      ? []
      : [`a message was heard only ${String(figures.messageHeardMsMax)} ms after the answer`]),
  ];
}

type JournalEntry = Readonly<Record<string, unknown>>;

/** For each deadline of a person who waited: how long after it was due the daemon came to it. */
export function decisionsLateMs(journal: readonly JournalEntry[]): readonly number[] {
  const dueAt = new Map<unknown, number>();
  const late: number[] = [];
  for (const entry of journal) {
    if (entry["kind"] !== "call") continue;
    const id = entry["attemptId"];
    const event = entry["event"] as { readonly type: string; readonly at?: unknown };
    const due = dueAt.get(id);
    const waited = entry["before"] === "answered" || entry["before"] === "connecting";
    if (event.type === "deadlinePassed" && waited && entry["after"] === "informing" && due !== undefined) {
      late.push(millis(entry["at"]) - due);
    }
    if (entry["deadlineAt"] !== null) dueAt.set(id, millis(entry["deadlineAt"]));
  }
  return late;
}

/** Journals write instants as ISO text or as milliseconds since 1970. */
const millis = (value: unknown): number => (typeof value === "number" ? value : Date.parse(String(value)));

/** The value at or below which `share` of the ascending figures lie; 0 of none. */
export function quantile(ascending: readonly number[], share: number): number {
  return ascending[Math.min(ascending.length - 1, Math.max(0, Math.ceil(share * ascending.length) - 1))] ?? 0;
}
