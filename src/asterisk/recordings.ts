// The engine's recordings by way of ARI: a snoop on the person's leg, and a recording of the snoop. Not of the bridge: that
// would be mixed in software for as long as it lasts, and would go on recording the agent, and whoever comes next, when
// the person has left; a snoop goes with the leg it listens to (22.10.1). A gap is made by muting, which writes silence,
// and not by pausing, which would leave the time out and shift all that follows.
import { attemptOfRecording } from "../domain/recording.ts";
import { isAttemptId } from "../domain/ids.ts";
import type { AttemptId, LegId } from "../domain/ids.ts";
import type { CommandResult, RecordingFile, RecordingPort } from "../engine/ports.ts";
import { AriError, isConflict, isNotFound } from "./ari-error.ts";
import type { AriPort } from "./ari-port.ts";
import { commandResult } from "./command-result.ts";
import type { Names } from "./names.ts";

const FORMAT = "wav";
/** A snoop is in Stasis, and can be recorded, a millisecond after it was asked for; so is a recording that has begun. */
const BEGIN_TRIES_MAX = 25;
const BEGIN_AGAIN_MS = 20;

export class AriRecordings implements RecordingPort {
  readonly #port: AriPort;
  readonly #names: Names;
  /** Files are read one after the other: an hour of talk is 58 MB. */
  #reading: Promise<unknown> = Promise.resolve();
  #announced = 0;

  constructor(port: AriPort, names: Names) {
    this.#port = port;
    this.#names = names;
  }

  async start(attemptId: AttemptId, file: string): Promise<CommandResult> {
    const result = await commandResult(this.#start(attemptId, file));
    // A snoop without a recording is of no use.
    if (!result.ok && result.kind === "refused") await this.#hangUpSnoop(attemptId);
    return result;
  }

  pause(file: string): Promise<CommandResult> {
    return commandResult(this.#port.muteRecording(file));
  }

  resume(file: string): Promise<CommandResult> {
    return commandResult(this.#port.unmuteRecording(file));
  }

  async stop(attemptId: AttemptId, file: string): Promise<CommandResult> {
    const stopped = await commandResult(this.#port.stopRecording(file));
    const gone = await this.#hangUpSnoop(attemptId);
    // Without its channel no recording goes on: either of the two is enough.
    return gone.ok ? gone : stopped;
  }

  async isRunning(file: string): Promise<boolean | null> {
    try {
      return isRunningState(await this.#port.recordingState(file));
    } catch {
      return null;
    }
  }

  read(file: string): Promise<RecordingFile | null> {
    const read = this.#reading.then(() => this.#port.recordingFile(file));
    this.#reading = read.catch(() => undefined);
    return read;
  }

  async remove(file: string): Promise<"removed" | "gone"> {
    try {
      await this.#port.deleteRecording(file);
      return "removed";
    } catch (error) {
      if (isNotFound(error)) return "gone";
      throw error;
    }
  }

  announce(attemptId: AttemptId, legId: LegId, media: string): Promise<CommandResult> {
    this.#announced += 1;
    const name = this.#names.noticePlayback(attemptId, this.#announced);
    return commandResult(this.#port.playOnBridge(this.#names.agentBridge(legId), name, [media]));
  }

  async #start(attemptId: AttemptId, file: string): Promise<void> {
    const snoop = this.#names.recorder(attemptId);
    try {
      await this.#port.snoop(this.#names.customerChannel(attemptId), snoop, "both");
    } catch (error) {
      // It is there already: asked for before, and the answer was lost.
      if (!isConflict(error)) throw error;
    }
    let isAsked = false;
    for (let tries = 1; ; tries += 1) {
      try {
        if (!isAsked) await this.#port.recordChannel(snoop, { name: file, format: FORMAT, ifExists: "fail" });
        isAsked = true;
      } catch (error) {
        if (!isConflict(error) || tries === BEGIN_TRIES_MAX) throw error;
      }
      const state = await this.#port.recordingState(file);
      if (state === "recording") return;
      // What was begun and is not there any more could not be written.
      const isOver = isAsked && !isRunningState(state);
      if (isOver || tries === BEGIN_TRIES_MAX) {
        const message = isOver ? "the file could not be written" : "the recording did not begin";
        throw new AriError({ code: "ARI_BAD_RESPONSE", message, status: 500 });
      }
      await new Promise((resolve) => setTimeout(resolve, BEGIN_AGAIN_MS));
    }
  }

  #hangUpSnoop(attemptId: AttemptId): Promise<CommandResult> {
    return commandResult(this.#port.hangup(this.#names.recorder(attemptId)));
  }
}

const isRunningState = (state: string | null): boolean =>
  state === "queued" || state === "recording" || state === "paused";

/** Whose recording it is by its name; null for those that are not ours. */
export function recordedAttempt(name: string): AttemptId | null {
  const attemptId = attemptOfRecording(name);
  return attemptId !== null && isAttemptId(attemptId) ? attemptId : null;
}
