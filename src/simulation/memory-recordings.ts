/** Recordings and their gaps as rows. */
import type { AttemptId, NodeId } from "../domain/ids.ts";
import type { OpenRecording, RecordingGap, RecordingNote } from "../domain/recording.ts";

export interface RecordingRow {
  readonly nodeId: NodeId;
  note: RecordingNote;
  readonly gaps: RecordingGap[];
}

export class MemoryRecordings {
  readonly rows = new Map<AttemptId, RecordingRow>();
  /** Gaps may be told before their recording only by a fault of ours; they are kept all the same. */
  readonly gaps = new Map<AttemptId, RecordingGap[]>();

  note(nodeId: NodeId, note: RecordingNote): void {
    const row = this.rows.get(note.attemptId);
    if (row === undefined) this.rows.set(note.attemptId, { nodeId, note, gaps: this.#gapsOf(note.attemptId) });
    else if (row.note.endedAt === null) row.note = { ...note, startedAt: row.note.startedAt };
  }

  noteGap(gap: RecordingGap): void {
    const gaps = this.#gapsOf(gap.attemptId);
    const index = gaps.findIndex(({ from }) => from === gap.from);
    if (index < 0) gaps.push(gap);
    else if (gaps[index]?.until === null) gaps[index] = gap;
  }

  open(nodeId: NodeId): OpenRecording[] {
    return [...this.rows.values()]
      .filter((row) => row.nodeId === nodeId && row.note.endedAt === null)
      .map(({ note, gaps }) => ({ note, gap: gaps.find(({ until }) => until === null) ?? null }));
  }

  #gapsOf(attemptId: AttemptId): RecordingGap[] {
    const gaps = this.gaps.get(attemptId) ?? [];
    this.gaps.set(attemptId, gaps);
    return gaps;
  }
}
