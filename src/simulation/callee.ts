/**
 * Who is at the other end of a number, and what they do. One rule to remember: a callee acts only through the line
 * they are on, and knows nothing of diallers.
 */

/** What they say by themselves: from the answer, and how long. */
export interface Greeting {
  readonly afterMs: number;
  readonly lastsMs: number;
  /** How long each word is, and the pause after it; one long word when left out. */
  readonly words?: { readonly wordMs: number; readonly pauseMs: number };
}

/** So long after what was said: a key, nothing, or they hang up. */
export interface Press {
  readonly afterMs: number;
  readonly does: { readonly key: string } | "nothing" | "hangUp";
}

/** Durations are counted from the step before: dialled, ringing, answered. */
export type Callee =
  | {
      readonly type: "person";
      readonly ringsAfterMs: number;
      /** Many networks send a 183 first. */
      readonly earlyMedia: boolean;
      readonly answersAfterMs: number;
      /** How long they talk once somebody is there. */
      readonly talkMs: number;
      /** How long they listen to nothing before they leave; 0 hangs up at once. */
      readonly patienceMs: number;
      /** So long after the answer they leave, whatever they hear. */
      readonly leavesAfterMs?: number;
      /** Null, or left out: they wait for the caller to speak. */
      readonly greeting?: Greeting | null;
      /** What they do when a flow has said something and waits, one after the other; then no more. */
      readonly presses?: readonly Press[];
    }
  /** Records whatever it is told, for so long. Without a detector it is a person who does not talk back. */
  | {
      readonly type: "machine";
      readonly ringsAfterMs: number;
      readonly answersAfterMs: number;
      readonly recordsMs: number;
      readonly greeting?: Greeting | null;
    }
  | {
      readonly type: "fails";
      readonly before: "nothing" | "early" | "ringing";
      readonly ringsAfterMs: number;
      readonly failsAfterMs: number;
      readonly sip: number;
      readonly cause: number;
    }
  | { readonly type: "ringsOut"; readonly ringsAfterMs: number }
  /** Not even a 100: our own stack gives up after 32 s (RFC 3261, timer B) and reports 408. */
  | { readonly type: "neverResponds" }
  /** No channel can be made for it. */
  | { readonly type: "unplaceable"; readonly failure: "refused" | "unavailable" };

/** The line as the callee has it in hand. What they do after it is gone does nothing. */
export interface Line {
  later(durationMs: number, act: () => void): () => void;
  progress(): void;
  ring(): void;
  answer(): void;
  /** Something is said for so long. */
  speak(durationMs: number): void;
  /** A key of their telephone. */
  press(digit: string): void;
  /** The network refuses or gives up. */
  fail(cause: number, sip: number | null): void;
  hangUp(): void;
}

const TIMER_B_MS = 32_000;

export class CalleeOnTheLine {
  readonly #callee: Callee;
  readonly #line: Line;
  #leaving: () => void = () => undefined;
  #isTalking = false;
  #asked = 0;

  constructor(callee: Callee, line: Line) {
    this.#callee = callee;
    this.#line = line;
  }

  /** The INVITE arrives. */
  dialled(): void {
    const callee = this.#callee;
    const line = this.#line;
    switch (callee.type) {
      case "person":
      case "machine":
        line.later(callee.ringsAfterMs, () => {
          if (callee.type === "person" && callee.earlyMedia) line.progress();
          else line.ring();
          line.later(callee.answersAfterMs, () => {
            line.answer();
            if (callee.type === "person" && callee.leavesAfterMs !== undefined) {
              line.later(callee.leavesAfterMs, () => {
                line.hangUp();
              });
            }
            const { greeting } = callee;
            if (greeting === undefined || greeting === null) return;
            line.later(greeting.afterMs, () => {
              this.#greet(greeting);
            });
          });
        });
        return;
      case "fails":
        line.later(callee.ringsAfterMs, () => {
          if (callee.before === "early") line.progress();
          if (callee.before === "ringing") line.ring();
          line.later(callee.failsAfterMs, () => {
            line.fail(callee.cause, callee.sip);
          });
        });
        return;
      case "ringsOut":
        line.later(callee.ringsAfterMs, () => {
          line.ring();
        });
        return;
      case "neverResponds":
        line.later(TIMER_B_MS, () => {
          line.fail(18, 408);
        });
        return;
      case "unplaceable":
    }
  }

  #greet({ lastsMs, words }: Greeting): void {
    const wordMs = Math.min(lastsMs, words?.wordMs ?? lastsMs);
    this.#line.speak(wordMs);
    const saidMs = wordMs + (words?.pauseMs ?? 0);
    if (words === undefined || saidMs >= lastsMs) return;
    this.#line.later(saidMs, () => {
      this.#greet({ afterMs: 0, lastsMs: lastsMs - saidMs, words });
    });
  }

  /** They have answered, or whoever they heard has gone. */
  hearsNothing(): void {
    switch (this.#callee.type) {
      case "person":
        this.#leaveAfter(this.#callee.patienceMs);
        return;
      case "machine":
        if (!this.#isTalking) this.#leaveAfter(this.#callee.recordsMs);
        this.#isTalking = true; // It records from its answer on, whoever speaks.
        return;
      default:
    }
  }

  /** Something that a flow says is over. */
  wasAsked(): void {
    if (this.#callee.type !== "person") return;
    const press = this.#callee.presses?.[this.#asked];
    this.#asked += 1;
    if (press === undefined || press.does === "nothing") return;
    const { does } = press;
    this.#line.later(press.afterMs, () => {
      if (does === "hangUp") this.#line.hangUp();
      else this.#line.press(does.key);
    });
  }

  hearsMessage(): void {
    if (this.#callee.type === "person") this.#leaving();
  }

  /** They wait, for as long as they would have talked. */
  hearsMusic(): void {
    if (this.#callee.type === "person" && !this.#isTalking) this.#leaving();
  }

  hearsAgent(): void {
    if (this.#callee.type !== "person" || this.#isTalking) return;
    this.#isTalking = true;
    this.#leaveAfter(this.#callee.talkMs);
  }

  #leaveAfter(durationMs: number): void {
    this.#leaving();
    this.#leaving = this.#line.later(durationMs, () => {
      this.#line.hangUp();
    });
  }
}
