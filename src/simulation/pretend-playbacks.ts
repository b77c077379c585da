/**
 * What plays to one customer leg of the pretend Asterisk: messages and a flow's playbacks, one after the other. One rule to
 * remember: Asterisk says that a playback has begun before it looks for the file; a missing one fails in the same moment.
 */
import type { CallEvent } from "../call/call.ts";
import type { MessageChoice, Stamp, WordsChoice } from "../domain/attempt.ts";
import type { AttemptId } from "../domain/ids.ts";
import type { FlowNews, FlowPlayback, TelephonyEvent } from "../engine/ports.ts";
import type { CalleeOnTheLine } from "./callee.ts";
import type { Diaries } from "./diary.ts";

/** `failed` is of what could not be played. */
export type PlaybackNews = "started" | "finished" | "failed";

type Item =
  | { readonly kind: "message"; readonly media: readonly string[]; readonly choice: MessageChoice }
  | { readonly kind: "flow"; readonly media: readonly string[]; readonly play: number };

/** The leg, as a playback needs it. */
export interface Ear {
  /** Null for what cannot be played. */
  readonly lengthOf: (media: string) => number | null;
  /** Returns how it is called off. */
  readonly later: (durationMs: number, then: () => void) => () => void;
  message(news: PlaybackNews, choice: MessageChoice): void;
  flow(news: FlowNews["event"]["type"], play: number): void;
  /** What they hear from here on, and what they no longer hear, for the diary. */
  hears(choice: WordsChoice): void;
  hearsNoMore(): void;
  couldNotHear(choice: WordsChoice): void;
}

const NEWS = { started: "playStarted", finished: "playFinished", failed: "playFailed" } as const;

export class Playbacks {
  readonly #ear: Ear;
  readonly #waiting: Item[] = [];
  #playing: Item | null = null;
  #callOff: () => void = () => undefined;

  constructor(ear: Ear) {
    this.#ear = ear;
  }

  /** Each choice has a name of its own: asked for a second time while it plays, it plays once. A flow's words give way. */
  playMessage(media: string, choice: MessageChoice): void {
    this.stopFlow(null);
    const isThis = (item: Item | null): boolean => item?.kind === "message" && item.choice === choice;
    if (isThis(this.#playing) || this.#waiting.some(isThis)) return;
    this.#waiting.push({ kind: "message", media: [media], choice });
    this.#next();
  }

  playFlow({ play, media }: FlowPlayback): void {
    this.#waiting.push({ kind: "flow", media, play });
    this.#next();
  }

  /** @param play which; null for all. Nothing is told of what was stopped. */
  stopFlow(play: number | null): void {
    const isThis = (item: Item): boolean => item.kind === "flow" && (play === null || item.play === play);
    for (let index = this.#waiting.length - 1; index >= 0; index -= 1) {
      const item = this.#waiting[index];
      if (item !== undefined && isThis(item)) this.#waiting.splice(index, 1);
    }
    if (this.#playing === null || !isThis(this.#playing)) return;
    this.#callOff();
    this.#playing = null;
    this.#ear.hearsNoMore();
    this.#next();
  }

  #next(): void {
    const next = this.#playing === null ? this.#waiting.shift() : undefined;
    if (next === undefined) return;
    const lengths = next.media.map((media) => this.#ear.lengthOf(media));
    this.#playing = next;
    this.#tell("started", next);
    if (lengths.includes(null)) {
      this.#playing = null;
      this.#ear.couldNotHear(next.kind === "flow" ? "flow" : next.choice);
      this.#tell("failed", next);
      this.#next();
      return;
    }
    this.#ear.hears(next.kind === "flow" ? "flow" : next.choice);
    const lengthMs = lengths.reduce((sum: number, each) => sum + (each ?? 0), 0);
    this.#callOff = this.#ear.later(lengthMs, () => {
      this.#playing = null;
      this.#ear.hearsNoMore();
      this.#tell("finished", next);
      this.#next();
    });
  }

  #tell(news: PlaybackNews, item: Item): void {
    if (item.kind === "message") this.#ear.message(news, item.choice);
    else this.#ear.flow(NEWS[news], item.play);
  }
}

/** What a leg of the pretend Asterisk gives a playback. */
export interface LegAround extends Pick<Ear, "lengthOf" | "later"> {
  readonly deliver: (event: TelephonyEvent) => void;
  readonly stamp: () => Stamp;
  readonly callee: () => CalleeOnTheLine | undefined;
  readonly diaries: Diaries;
}

/** What is played to a leg: told to whoever listens to Asterisk, heard by the callee, written into their diary. */
export const earOf = (attemptId: AttemptId, around: LegAround): Ear => {
  const { diaries, deliver, stamp, callee } = around;
  const call = (event: CallEvent): void => {
    deliver({ kind: "call", attemptId, event });
  };
  return {
    lengthOf: around.lengthOf,
    later: around.later,
    message: (news, choice) => {
      if (news === "failed")
        call({ type: "messageFailed", stamp: stamp(), choice, detail: "the playback ended failed" });
      else call({ type: news === "started" ? "messageStarted" : "messageFinished", stamp: stamp(), choice });
    },
    flow: (type, play) => {
      if (type === "digit") return;
      deliver({ kind: "flow", attemptId, event: { type, play, stamp: stamp() } });
      if (type === "playFinished") callee()?.wasAsked();
    },
    hears: (choice) => {
      diaries.resumed(attemptId);
      diaries.messageStarted(attemptId, choice);
      callee()?.hearsMessage();
    },
    hearsNoMore: () => {
      diaries.messageFinished(attemptId);
      callee()?.hearsNothing();
    },
    couldNotHear: (choice) => {
      diaries.messageFailed(attemptId, choice);
    },
  };
};
