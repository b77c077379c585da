/**
 * A pretend AMD(): by what is said on the line from the question on, as coarsely as Asterisk's own, and in its words. One
 * rule to remember: it answers at its total time at the latest, unless the way back is lost.
 */
import type { CallEvent } from "../call/call.ts";
import type { AttemptId } from "../domain/ids.ts";
import { after } from "../domain/instant.ts";
import type { AmdAnswer } from "../engine/ports.ts";
import type { VirtualClock } from "./virtual-clock.ts";

interface Asked {
  readonly settle: (answer: AmdAnswer) => void;
  cancel: () => void;
}

/** As `amdArguments` orders them. */
const timesIn = (amdArguments: string) => {
  const [initialSilenceMs = 0, greetingMs = 0, quietMs = 0, totalMs = 0] = amdArguments.split(",").map(Number);
  return { initialSilenceMs, greetingMs, quietMs, totalMs };
};

/** How long a leg may take to come back from the dialplan beyond what it was given. */
export const AMD_BACK_MAX_MS = 50;

export class PretendAmd {
  readonly #clock: Pick<VirtualClock, "now" | "wakeAt">;
  readonly #asked = new Map<AttemptId, Asked & { readonly times: ReturnType<typeof timesIn> }>();

  constructor(clock: Pick<VirtualClock, "now" | "wakeAt">) {
    this.#clock = clock;
  }

  ask(attemptId: AttemptId, amdArguments: string): Promise<AmdAnswer> {
    return new Promise((settle) => {
      const times = timesIn(amdArguments);
      this.#asked.set(attemptId, { settle, times, cancel: () => undefined });
      this.#in(attemptId, times.initialSilenceMs, "MACHINE", "INITIALSILENCE");
      this.#clock.wakeAt(after(this.#clock.now(), times.totalMs), () => {
        if (this.#asked.get(attemptId)?.settle === settle) this.#says(attemptId, "NOTSURE", "TOOLONG");
      });
    });
  }

  /** What is heard of the line; its end is no answer. */
  hears(attemptId: AttemptId, { type }: CallEvent): void {
    const asked = this.#asked.get(attemptId);
    if (asked === undefined) return;
    if (type === "speechStarted") this.#in(attemptId, asked.times.greetingMs, "MACHINE", "LONGGREETING");
    else if (type === "speechEnded") this.#in(attemptId, asked.times.quietMs, "HUMAN", "HUMAN");
    else if (type === "destroyed") {
      this.#asked.delete(attemptId);
      asked.cancel();
      asked.settle({ ok: false, kind: "gone", detail: "the leg ended" });
    }
  }

  #in(attemptId: AttemptId, ms: number, status: string, cause: string): void {
    const asked = this.#asked.get(attemptId);
    if (asked === undefined) return;
    asked.cancel();
    asked.cancel = this.#clock.wakeAt(after(this.#clock.now(), ms), () => {
      this.#says(attemptId, status, cause);
    });
  }

  #says(attemptId: AttemptId, status: string, cause: string): void {
    const asked = this.#asked.get(attemptId);
    this.#asked.delete(attemptId);
    asked?.cancel();
    asked?.settle({ ok: true, status, cause });
  }
}
