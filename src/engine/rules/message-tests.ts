/**
 * Whether the messages that people would hear really play on this node's Asterisk: each is played to nobody before its
 * campaign may dial, again after every reconnect, and again from time to time, because files go missing.
 */
import { after } from "../../domain/instant.ts";
import type { Instant } from "../../domain/instant.ts";
import type { EngineContext } from "../context.ts";
import type { TestPlay } from "../ports.ts";

interface Test {
  readonly result: TestPlay["result"];
  /** Before that, the result holds. */
  readonly againAt: Instant;
}

/** A person who waits for a message must not wait for its whole length twice over. */
const MESSAGE_MAX_SHARE = 0.9;
/** Asterisk was away, or its answer was: that is no news of the file. */
const UNKNOWN_RETEST_MS = 2_000;

export class MessageTests {
  readonly #context: EngineContext;
  readonly #onResult: () => void;
  readonly #tests = new Map<string, Test>();
  readonly #playing = new Set<string>();

  constructor(context: EngineContext, onResult: () => void) {
    this.#context = context;
    this.#onResult = onResult;
  }

  resultOf(media: string): TestPlay["result"] {
    return this.#tests.get(media)?.result ?? "unknown";
  }

  /** How many are being tried now. */
  get tryingCount(): number {
    return this.#playing.size;
  }

  /** Asked at every tick; plays when nothing is known, or it is old. */
  want(media: string): void {
    const { clock, telephony, mailbox, settings } = this.#context;
    const known = this.#tests.get(media);
    if (this.#playing.has(media) || !telephony.isUp()) return;
    if (known !== undefined && clock.now() < known.againAt) return;
    this.#playing.add(media);
    mailbox.await(
      "message tested",
      telephony.testPlay(media),
      (played) => {
        this.#tested(media, this.#judged(played));
      },
      (error) => {
        this.#tested(media, { result: "unknown", detail: String(error) });
      },
    );
    const longest = after(clock.now(), settings.timings.messageRetestMs);
    if (known !== undefined) this.#tests.set(media, { ...known, againAt: longest });
  }

  /** It failed where a person was to hear it: nobody else is to be the next. */
  failedLive(media: string): void {
    const { clock, settings } = this.#context;
    this.#tests.set(media, { result: "failed", againAt: after(clock.now(), settings.timings.messageRetestMs) });
  }

  /** After a reconnect it may be another Asterisk, with other files. What plays there is asked anew. */
  forget(): void {
    this.#tests.clear();
  }

  /** A message longer than a call would wait for it would be cut off, so it does not count as playing. */
  #judged(played: TestPlay): TestPlay {
    const mostMs = this.#context.settings.timings.messageMaxMs * MESSAGE_MAX_SHARE;
    if (played.result !== "played" || played.durationMs <= mostMs) return played;
    return {
      result: "failed",
      detail: `it lasts ${Math.round(played.durationMs / 1000)} s, and ${mostMs / 1000} s is the most`,
    };
  }

  #tested(media: string, played: TestPlay): void {
    const { clock, journal, log, settings } = this.#context;
    this.#playing.delete(media);
    const before = this.resultOf(media);
    // One that could not be asked is not one that failed: what was known stays known.
    const result = played.result === "unknown" && before === "played" ? before : played.result;
    const { messageTestMs, messageRetestMs } = settings.timings;
    const afterMs = { played: messageTestMs, failed: messageRetestMs, unknown: UNKNOWN_RETEST_MS }[result];
    this.#tests.set(media, { result, againAt: after(clock.now(), afterMs) });
    journal.append({ at: clock.now(), kind: "message-tested", media, played });
    if (result !== before) {
      if (result === "played") log.info("a message was test-played", { media, played });
      else log.error("a message does not play", { media, played });
    }
    this.#onResult();
  }
}
