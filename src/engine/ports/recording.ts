/** What the engine needs of telephony and store to record conversations. */
import type { AttemptId, LegId, NodeId } from "../../domain/ids.ts";
import type { OpenRecording, RecordingGap, RecordingNote } from "../../domain/recording.ts";
import type { CommandResult } from "./command-result.ts";

/** Of a whole file. */
export interface RecordingFile {
  readonly bytes: number;
  /** Hexadecimal digits. */
  readonly sha256: string;
}

/**
 * Recordings of what a person says and hears. One ends by itself with the person's leg, so that none can outlast its
 * conversation, whatever becomes of us. `file` is its name as {@link recordingName} makes it. Nothing here rejects but `read` and `remove`.
 */
export interface RecordingPort {
  /** Done when it records. One of this name that runs already is as good; a file of this name from before is `refused`. */
  start(attemptId: AttemptId, file: string): Promise<CommandResult>;
  /** Done when no sound goes into the file any more; silence does, so that what follows stays in its place. */
  pause(file: string): Promise<CommandResult>;
  resume(file: string): Promise<CommandResult>;
  /** Done when nothing is recorded any more, also where nothing was. */
  stop(attemptId: AttemptId, file: string): Promise<CommandResult>;
  /** Whether it runs now; null where nobody could be asked. */
  isRunning(file: string): Promise<boolean | null>;
  /** Null where there is no such file. Rejects when Asterisk cannot be asked. */
  read(file: string): Promise<RecordingFile | null>;
  /** Removes the file of one that is over, for good. Rejects when Asterisk cannot be asked. */
  remove(file: string): Promise<"removed" | "gone">;
  /** Plays to both who are in the agent's bridge. */
  announce(attemptId: AttemptId, legId: LegId, media: string): Promise<CommandResult>;
}

export interface RecordingStore {
  /** The row of one recording, whole, with every change. One that is `ended` or `failed` stays so. Harmless to repeat. */
  noteRecording(nodeId: NodeId, note: RecordingNote): Promise<void>;
  /** By attempt and beginning; the first end of a gap stands. */
  noteRecordingGap(gap: RecordingGap): Promise<void>;
  /** Those of this node that are not closed. */
  openRecordings(nodeId: NodeId): Promise<OpenRecording[]>;
}
