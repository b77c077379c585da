/**
 * What the pretend Asterisk really records, sound and silence, and the way to it. One rule to remember: what went into a
 * file is remembered here by no word of ours, so that a gap can be held to it.
 */
import type { AttemptId, LegId } from "../domain/ids.ts";
import type { Instant } from "../domain/instant.ts";
import type { CommandResult, RecordingFile, RecordingPort, TelephonyEvent } from "../engine/ports.ts";
import { DONE } from "./command-answers.ts";
import type { VirtualClock } from "./virtual-clock.ts";

/** One file. `sounds`: when it was not mute. */
export interface Recorded {
  readonly attemptId: AttemptId;
  readonly file: string;
  readonly from: Instant;
  to: Instant | null;
  readonly sounds: { readonly from: Instant; to: Instant | null }[];
}

export interface RecorderOptions {
  readonly clock: Pick<VirtualClock, "now">;
  readonly hasLeg: (attemptId: AttemptId) => boolean;
  readonly deliver: (event: TelephonyEvent) => void;
}

const GONE: CommandResult = { ok: false, kind: "gone", detail: "no such recording" };

export class PretendRecorder {
  readonly files = new Map<string, Recorded>();
  readonly #running = new Map<AttemptId, Recorded>();
  readonly #options: RecorderOptions;

  constructor(options: RecorderOptions) {
    this.#options = options;
  }

  start(attemptId: AttemptId, file: string): CommandResult {
    if (!this.#options.hasLeg(attemptId)) return GONE;
    const known = this.files.get(file);
    if (known !== undefined) {
      return known.to === null ? DONE : { ok: false, kind: "refused", detail: "there is such a file" };
    }
    const from = this.#options.clock.now();
    const recorded = { attemptId, file, from, to: null, sounds: [{ from, to: null }] };
    this.files.set(file, recorded);
    this.#running.set(attemptId, recorded);
    return DONE;
  }

  mute(file: string): CommandResult {
    const recorded = this.files.get(file);
    if (recorded?.to !== null) return GONE;
    const last = recorded.sounds.at(-1);
    if (last !== undefined) last.to ??= this.#options.clock.now();
    return DONE;
  }

  unmute(file: string): CommandResult {
    const recorded = this.files.get(file);
    if (recorded?.to !== null) return GONE;
    if (recorded.sounds.at(-1)?.to !== null) recorded.sounds.push({ from: this.#options.clock.now(), to: null });
    return DONE;
  }

  /** Also when the leg goes: a recording never outlasts it. Its last event tells of it, whoever ended it. */
  stop(attemptId: AttemptId): CommandResult {
    const recorded = this.#running.get(attemptId);
    if (recorded === undefined) return DONE;
    this.#running.delete(attemptId);
    const at = this.#options.clock.now();
    recorded.to = at;
    const last = recorded.sounds.at(-1);
    if (last !== undefined) last.to ??= at;
    this.#options.deliver({ kind: "recording", attemptId, state: "ended", at });
    return DONE;
  }

  isRunning(file: string): boolean {
    return this.files.get(file)?.to === null;
  }
}

type Command = (name: "record", obey: () => CommandResult) => Promise<CommandResult>;

/** The port, over a wire that delays, refuses and forgets. `ask` rejects while nobody can be asked. */
export const pretendRecordings = (
  recorder: PretendRecorder,
  command: Command,
  ask: () => Promise<void>,
): RecordingPort => ({
  start: (attemptId, file) => command("record", () => recorder.start(attemptId, file)),
  pause: (file) => command("record", () => recorder.mute(file)),
  resume: (file) => command("record", () => recorder.unmute(file)),
  stop: (attemptId, _file) => command("record", () => recorder.stop(attemptId)),
  announce: (_attemptId: AttemptId, _legId: LegId, _media: string) => command("record", () => DONE),
  isRunning: (file) =>
    ask().then(
      () => recorder.isRunning(file),
      () => null,
    ),
  read: async (file): Promise<RecordingFile | null> => {
    await ask();
    const recorded = recorder.files.get(file);
    // 8,000 samples of two bytes a second, after a header of 44.
    if (recorded === undefined || recorded.to === null) return null;
    return { bytes: 44 + 16 * (recorded.to - recorded.from), sha256: "0".repeat(64) };
  },
  remove: async (file) => {
    await ask();
    return recorder.files.delete(file) ? "removed" : "gone";
  },
});
