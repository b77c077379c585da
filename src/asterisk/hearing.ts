// Whether the person is heard to speak: Asterisk's TALK_DETECT on the customer leg, from its first moment, begun anew at
// the answer where the network's own sounds had been taken for talking, and taken off after the first greeting; or, on a leg
// that AMD listens to, when nobody wants to know any more.
//
// Seen on Asterisk 22.10.1 with 400,256: the start is told 0 to 2 ms after the first frame of speech, the end 400 ms after the
// last, with the 400 taken off its duration; nothing for a line that is silent, empty, or hisses with a mean of 80. Taking off
// what is not set, and any of it without func_talkdetect, is no error. To begin anew takes 3 ms.
import type { CallEvent } from "../call/call.ts";
import type { AttemptId } from "../domain/ids.ts";
import type { ListeningOrder, Log, PlaceOrder } from "../engine/ports.ts";
import { AriError, isNotFound } from "./ari-error.ts";
import type { AriPort } from "./ari-port.ts";
import type { Names } from "./names.ts";

export interface HearingSettings {
  /** So long must it be quiet for a greeting to have ended. Asterisk's own default of 2.5 s is no use for a limit of 2 s. */
  readonly speechSilenceMs: number;
  /** Mean of a 20 ms frame that counts as talking, of 32,767. */
  readonly speechThreshold: number;
}

export interface HearingPorts {
  readonly port: Pick<AriPort, "setVariable">;
  readonly names: Names;
  readonly log: Log;
  /** Has packets sent to a leg that nobody is joined to. */
  readonly openMedia: (attemptId: AttemptId) => Promise<void>;
}

const SET = "TALK_DETECT(set)";
const REMOVE = "TALK_DETECT(remove)";

interface Ear {
  /** A channel can be told things once it is in our application; an originated one is so only a moment after its answer. */
  isOurs: boolean;
  /** Ring tone and announcements before the answer are loud, too; that is not the person. */
  phase: "before-answer" | "listening" | "speaking" | "done";
  /** What Asterisk said last before the answer. */
  isTalking: boolean;
  /** What detection is set to. */
  readonly value: string;
  /** Nobody talks to them while they are listened to. */
  readonly isAlone: boolean;
  /** All that is said is told, and not only the first greeting. */
  isForAll: boolean;
  /** The end of the first greeting was told. */
  isGreetingOver: boolean;
}

type Heard = Pick<PlaceOrder, "attemptId"> & { readonly listening?: ListeningOrder | null };

export class Hearing {
  readonly #settings: HearingSettings;
  readonly #ports: HearingPorts;
  /** Calls that this process has placed or seen answered. */
  readonly #ears = new Map<AttemptId, Ear>();

  constructor(settings: HearingSettings, ports: HearingPorts) {
    this.#settings = settings;
    this.#ports = ports;
  }

  /** What a new leg must be given. */
  variablesOf({ listening }: Pick<Heard, "listening">): Readonly<Record<string, string>> {
    return { [SET]: this.#valueOf(listening ?? null) };
  }

  placed({ attemptId, listening = null }: Heard): void {
    this.#ears.set(attemptId, {
      isOurs: false,
      phase: "before-answer",
      isTalking: false,
      value: this.#valueOf(listening),
      isAlone: listening?.waits === true,
      isForAll: listening !== null,
      isGreetingOver: false,
    });
  }

  #valueOf(listening: ListeningOrder | null): string {
    const { speechSilenceMs, speechThreshold } = this.#settings;
    return listening === null
      ? `${speechSilenceMs},${speechThreshold}`
      : `${listening.silenceMs},${listening.threshold}`;
  }

  /** From now on only the end of the first greeting matters, if it is still to come. */
  stopListening(attemptId: AttemptId): void {
    const ear = this.#ears.get(attemptId);
    if (ear?.isForAll !== true) return;
    ear.isForAll = false;
    if (!ear.isGreetingOver || ear.phase === "done") return;
    ear.phase = "done";
    this.#takeOff(attemptId);
  }

  /** The leg is in our application. */
  reportedIn(attemptId: AttemptId): void {
    const ear = this.#ears.get(attemptId);
    if (ear === undefined) return;
    ear.isOurs = true;
    if (ear.phase === "listening") this.#begin(attemptId, ear);
  }

  forget(attemptId: AttemptId): void {
    this.#ears.delete(attemptId);
  }

  /** Calls that are listened to, or were and have not ended. */
  get count(): number {
    return this.#ears.size;
  }

  /** Ends are missed from now on, and so is what was said: nothing is remembered that may not be so. */
  connectionLost(): void {
    this.#ears.clear();
  }

  /** Every event of a customer leg passes here; false if it is not to be told. */
  admits(attemptId: AttemptId, event: CallEvent): boolean {
    switch (event.type) {
      case "answered":
        this.#answered(attemptId);
        return true;
      case "speechStarted":
        return this.#started(attemptId);
      case "speechEnded":
        return this.#ended(attemptId);
      case "destroyed":
        this.forget(attemptId);
        return true;
      default:
        return true;
    }
  }

  #answered(attemptId: AttemptId): void {
    // What was heard on a call that a process before this one placed, nobody knows.
    const ear: Ear = this.#ears.get(attemptId) ?? {
      ...{
        isOurs: true,
        phase: "before-answer",
        isTalking: true,
        isAlone: false,
        isForAll: false,
        isGreetingOver: false,
      },
      value: this.#valueOf(null),
    };
    this.#ears.set(attemptId, ear);
    if (ear.phase !== "before-answer") return;
    ear.phase = "listening";
    if (ear.isOurs) this.#begin(attemptId, ear);
  }

  #started(attemptId: AttemptId): boolean {
    const ear = this.#ears.get(attemptId);
    switch (ear?.phase) {
      case "before-answer":
        ear.isTalking = true;
        return false;
      case "listening":
        ear.phase = "speaking";
        return true;
      case "speaking":
        // The end of their first words was not told, and the end of these would be taken for it.
        ear.phase = "done";
        if (!ear.isForAll) break;
        // Whoever listens to all of it must know that there was an end.
        this.#takeOff(attemptId);
        return true;
      case "done":
        break;
      case undefined:
        // Another process placed it, and it is answered: the clock for which this is needed has run out long ago.
        break;
    }
    this.#takeOff(attemptId);
    return false;
  }

  #ended(attemptId: AttemptId): boolean {
    const ear = this.#ears.get(attemptId);
    if (ear?.phase === "before-answer") ear.isTalking = false;
    // Without a beginning it is the end of the ring tone, cut off by the answer.
    if (ear?.phase !== "speaking") return false;
    ear.isGreetingOver = true;
    if (ear.isForAll) {
      ear.phase = "listening";
      return true;
    }
    ear.phase = "done";
    this.#takeOff(attemptId);
    return true;
  }

  #begin(attemptId: AttemptId, ear: Ear): void {
    this.#beginAnew(attemptId, ear);
    if (!ear.isAlone) return;
    this.#ports.openMedia(attemptId).catch((error: unknown) => {
      this.#complain(attemptId, error, "packets could not be sent to a leg that waits for a verdict");
    });
  }

  /** While ring tone still counts as talking, a "hello" would be its continuation, and go unnoticed. */
  #beginAnew(attemptId: AttemptId, ear: Ear): void {
    if (!ear.isTalking) return;
    ear.isTalking = false;
    this.#set(attemptId, REMOVE, "")
      .then(() => this.#set(attemptId, SET, ear.value))
      .catch((error: unknown) => {
        this.#complain(attemptId, error);
      });
  }

  #takeOff(attemptId: AttemptId): void {
    this.#set(attemptId, REMOVE, "").catch((error: unknown) => {
      this.#complain(attemptId, error);
    });
  }

  #set(attemptId: AttemptId, name: string, value: string): Promise<void> {
    return this.#ports.port.setVariable(this.#ports.names.customerChannel(attemptId), name, value);
  }

  #complain(attemptId: AttemptId, error: unknown, says = "talk detection of a leg could not be changed"): void {
    // They have left: nothing is heard any more.
    if (error instanceof AriError && isNotFound(error)) return;
    this.#ports.log.warn(says, { attemptId, error });
  }
}
