/**
 * What each call was like at the other end of the line: the truth against which rows and journal can be held. One rule
 * to remember: nothing in here has come through our own adapter or engine.
 */
import type { WordsChoice } from "../domain/attempt.ts";
import type { AttemptId, LegId } from "../domain/ids.ts";
import { after, earliest, type Instant } from "../domain/instant.ts";
import type { PhoneNumber } from "../domain/phone-number.ts";
import type { Clock, PlaceOrder } from "../engine/ports.ts";

export interface Heard {
  readonly what: "agent" | "message" | "music";
  /** Whose voice; null for a message or music. */
  readonly legId: LegId | null;
  /** Which message; null for an agent or music. */
  readonly choice: WordsChoice | null;
  readonly from: Instant;
  to: Instant | null;
}

export interface Diary {
  readonly attemptId: AttemptId;
  readonly number: PhoneNumber;
  /** How often we asked for this call. More than once is a person rung twice, or nearly. */
  asks: number;
  readonly askedAt: Instant;
  /** An INVITE has left. */
  dialledAt: Instant | null;
  rangAt: Instant | null;
  answeredAt: Instant | null;
  /** Their first words. */
  spokeFrom: Instant | null;
  spokeTo: Instant | null;
  /** In the order in which it began. A message that could not be played is not among it. */
  readonly heard: Heard[];
  /** Messages that were to be played to them, and could not be. */
  readonly unheard: WordsChoice[];
  /** Legs to numbers outside that were made for them. */
  readonly outside: { readonly legId: LegId; readonly from: Instant; to: Instant | null }[];
  /** Keys, in their order. */
  readonly pressed: string[];
  endedAt: Instant | null;
  endedBy: "us" | "callee" | "network" | "asterisk" | null;
  /** Somebody else was already talking with that agent. */
  overheard: boolean;
}

export class Diaries {
  readonly #clock: Clock;
  readonly #byAttempt = new Map<AttemptId, Diary>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  all(): readonly Diary[] {
    return [...this.#byAttempt.values()];
  }

  of(attemptId: AttemptId): Diary | null {
    return this.#byAttempt.get(attemptId) ?? null;
  }

  /** All of them, kept no longer: when every call should be over. */
  takeAll(): readonly Diary[] {
    const diaries = this.all();
    this.#byAttempt.clear();
    return diaries;
  }

  /** Of calls that are over, or were never dialled although asked for long ago; kept no longer. */
  takeOver(neverDialledBefore: Instant): readonly Diary[] {
    const over = this.all().filter(
      ({ endedAt, dialledAt, askedAt }) => endedAt !== null || (dialledAt === null && askedAt < neverDialledBefore),
    );
    for (const { attemptId } of over) this.#byAttempt.delete(attemptId);
    return over;
  }

  /** Calls whose leg exists at this moment. */
  living(): number {
    return this.all().filter(({ dialledAt, endedAt }) => dialledAt !== null && endedAt === null).length;
  }

  asked({ attemptId, number }: PlaceOrder): void {
    const before = this.#byAttempt.get(attemptId);
    if (before !== undefined) {
      before.asks += 1;
      return;
    }
    this.#byAttempt.set(attemptId, {
      attemptId,
      number,
      asks: 1,
      askedAt: this.#clock.now(),
      dialledAt: null,
      rangAt: null,
      answeredAt: null,
      spokeFrom: null,
      spokeTo: null,
      heard: [],
      unheard: [],
      outside: [],
      pressed: [],
      endedAt: null,
      endedBy: null,
      overheard: false,
    });
  }

  dialled(attemptId: AttemptId): void {
    this.#write(attemptId, (diary, now) => (diary.dialledAt = now));
  }

  rang(attemptId: AttemptId): void {
    this.#write(attemptId, (diary, now) => (diary.rangAt ??= now));
  }

  answered(attemptId: AttemptId): void {
    this.#write(attemptId, (diary, now) => (diary.answeredAt = now));
  }

  /** For so long, or until they leave. */
  spoke(attemptId: AttemptId, durationMs: number): void {
    this.#write(attemptId, (diary, now) => {
      diary.spokeFrom ??= now;
      diary.spokeTo ??= after(now, durationMs);
    });
  }

  joined(attemptId: AttemptId, legId: LegId, overheard: boolean): void {
    this.#write(attemptId, (diary, now) => {
      diary.heard.push({ what: "agent", legId, choice: null, from: now, to: null });
      diary.overheard ||= overheard;
    });
  }

  left(attemptId: AttemptId): void {
    this.#stopHearing(attemptId, "agent");
  }

  /** Music, until something else is heard. */
  held(attemptId: AttemptId): void {
    this.#write(attemptId, (diary, now) => {
      if (diary.heard.some(({ what, to }) => what === "music" && to === null)) return;
      diary.heard.push({ what: "music", legId: null, choice: null, from: now, to: null });
    });
  }

  resumed(attemptId: AttemptId): void {
    this.#stopHearing(attemptId, "music");
  }

  messageStarted(attemptId: AttemptId, choice: WordsChoice): void {
    this.#write(attemptId, (diary, now) => {
      diary.heard.push({ what: "message", legId: null, choice, from: now, to: null });
    });
  }

  messageFinished(attemptId: AttemptId): void {
    this.#stopHearing(attemptId, "message");
  }

  messageFailed(attemptId: AttemptId, choice: WordsChoice): void {
    this.#write(attemptId, (diary) => {
      diary.unheard.push(choice);
    });
  }

  pressed(attemptId: AttemptId, digit: string): void {
    this.#write(attemptId, (diary) => {
      diary.pressed.push(digit);
    });
  }

  outside(attemptId: AttemptId, legId: LegId): void {
    this.#write(attemptId, (diary, now) => {
      diary.outside.push({ legId, from: now, to: null });
    });
  }

  outsideEnded(attemptId: AttemptId, legId: LegId): void {
    this.#write(attemptId, (diary, now) => {
      for (const each of diary.outside) if (each.legId === legId) each.to ??= now;
    });
  }

  ended(attemptId: AttemptId, by: Diary["endedBy"]): void {
    this.#write(attemptId, (diary, now) => {
      diary.endedAt = now;
      diary.endedBy = by;
      for (const heard of diary.heard) heard.to ??= now;
      if (diary.spokeTo !== null) diary.spokeTo = earliest(diary.spokeTo, now);
    });
  }

  #stopHearing(attemptId: AttemptId, what: Heard["what"]): void {
    this.#write(attemptId, (diary, now) => {
      for (const heard of diary.heard) if (heard.what === what) heard.to ??= now;
    });
  }

  #write(attemptId: AttemptId, change: (diary: Diary, now: Instant) => void): void {
    const diary = this.#byAttempt.get(attemptId);
    if (diary !== undefined) change(diary, this.#clock.now());
  }
}
