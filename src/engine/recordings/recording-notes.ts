/** What is told of recordings: rows, journal, alarms, and a sound to the agent. Rows are whole, and follow each other in order. */
import type { AgentId, LegId } from "../../domain/ids.ts";
import type { Instant } from "../../domain/instant.ts";
import type { RecordingGap, RecordingNote, RecordingState } from "../../domain/recording.ts";
import { raiseAlarm } from "../rules/alarm.ts";
import type { EngineContext } from "../context.ts";
import type { Asker, Entry } from "./recording-entry.ts";

/** `found`: taken over from the last process. */
export type RecordingNews = "asked" | "started" | "paused" | "resumed" | "ended" | "failed" | "found";

export class RecordingNotes {
  readonly #context: EngineContext;
  readonly #host: { legOf(agentId: AgentId): LegId | null };

  constructor(context: EngineContext, host: { legOf(agentId: AgentId): LegId | null }) {
    this.#context = context;
    this.#host = host;
  }

  /** Of the agent who is in the call. */
  legOf({ live }: Entry): LegId | null {
    const agentId = live?.call.heldAgentId ?? null;
    return agentId === null ? null : this.#host.legOf(agentId);
  }

  /** To the agent alone; a recording is never worth more than a sound. */
  prompt(entry: Entry, which: "paused" | "resumed" | "refused" | "reminder"): void {
    const leg = this.legOf(entry);
    if (leg === null) return;
    const { telephony, settings, mailbox } = this.#context;
    const ignore = (): void => undefined;
    mailbox.await("recording prompt", telephony.promptAgent(leg, settings.recordingPrompts[which]), ignore, ignore);
  }

  /** Resolves when the row is written, which may be long after: rows follow one another. */
  state(entry: Entry, state: RecordingState, more: Partial<RecordingNote> = {}): Promise<void> {
    const { clock, settings, writeBehind } = this.#context;
    const { attemptId, file, note: before, fault } = entry;
    const startedAt = before?.startedAt ?? clock.now();
    const note: RecordingNote = {
      ...{ attemptId, file, state, startedAt, endedAt: null, bytes: null, sha256: null, ...more },
      says: fault,
    };
    entry.note = note;
    return new Promise((resolve) => {
      writeBehind.write({ type: "recording", nodeId: settings.nodeId, note }, resolve);
    });
  }

  beginGap(entry: Entry, from: Instant): void {
    const { attemptId } = entry;
    const { asker } = entry.sent;
    entry.gap ??= { attemptId, from, until: null, by: asker.by, how: asker.how, endedBy: null, endedHow: null };
    this.#gap(entry.gap);
  }

  endGap(entry: Entry, until: Instant, { by, how }: Asker): void {
    if (entry.gap === null) return;
    this.#gap({ ...entry.gap, until, endedBy: by, endedHow: how });
    entry.gap = null;
  }

  tell({ attemptId, campaignId, file }: Entry, what: RecordingNews, { by, how }: Asker): void {
    const { journal, clock, log } = this.#context;
    journal.append({ at: clock.now(), kind: "recording", attemptId, campaignId, what, by, how, file });
    log.info("recording", { attemptId, what, by, how });
  }

  /** There will be no whole file; the first reason stands. */
  fault(entry: Entry, code: string, says: string): void {
    entry.fault ??= says;
    this.alarm(entry, code, `A recording failed: ${says}.`);
  }

  alarm({ campaignId, attemptId }: Entry, code: string, says: string): void {
    raiseAlarm(this.#context, { campaignId, attemptId, code, says });
  }

  #gap(gap: RecordingGap): void {
    const { writeBehind } = this.#context;
    writeBehind.write({ type: "recordingGap", gap });
  }
}
