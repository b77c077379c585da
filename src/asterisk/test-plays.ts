// Plays a message to nobody: a bridge of our own with nothing in it but the playback, in real time and to its end, as a
// person would get it. What Asterisk says of the file proves nothing; what became of the playback does.
//
// Seen on Asterisk 22.10.1: a playback has always begun; it has failed in the same millisecond for a missing file, a folder,
// an empty or broken .wav, another rate, and two channels. Files of language "en" are found whatever the language.
import type { Stamp } from "../domain/attempt.ts";
import { msBetween } from "../domain/instant.ts";
import type { Clock, Log, TestPlay } from "../engine/ports.ts";
import type { AriPort } from "./ari-port.ts";
import type { Names } from "./names.ts";

export interface TestPlaysPorts {
  readonly port: AriPort;
  readonly names: Names;
  readonly clock: Pick<Clock, "now">;
  readonly log: Log;
  readonly isUp: () => boolean;
  /** How long a playback may take to begin, and to end. Only tests have other values. */
  readonly patienceMs?: { readonly beginMs: number; readonly endMs: number };
}

// It begins within a few milliseconds. A recording that does not exist never ends: Asterisk 22.10.1 begins it and says
// nothing more. No message may be longer than the second.
const PATIENCE_MS = { beginMs: 5_000, endMs: 180_000 };

/** A file without any sound in it ends "done" after a millisecond (an empty .alaw on 22.10.1). */
const HEARD_MIN_MS = 200;

type News = { readonly state: string; readonly stamp: Stamp };

interface Running {
  readonly name: string;
  startedAt: Stamp | null;
  hear: (news: News) => void;
}

export class TestPlays {
  readonly #ports: TestPlaysPorts;
  readonly #byMedia = new Map<string, Promise<TestPlay>>();
  readonly #running = new Map<string, Running>();
  readonly #removals = new Set<Promise<void>>();
  #serial = 0;

  constructor(ports: TestPlaysPorts) {
    this.#ports = ports;
  }

  /** One at a time for each message: whoever asks meanwhile gets the same answer. Never rejects. */
  play(media: string): Promise<TestPlay> {
    const playing = this.#byMedia.get(media);
    if (playing !== undefined) return playing;
    const result = this.#play(media).finally(() => this.#byMedia.delete(media));
    this.#byMedia.set(media, result);
    return result;
  }

  heard(name: string, news: News): void {
    this.#running.get(name)?.hear(news);
  }

  /** Nothing that ends now is told to us. */
  connectionLost(): void {
    for (const running of [...this.#running.values()]) {
      running.hear({ state: LOST, stamp: { at: this.#ports.clock.now(), asteriskAt: null } });
    }
  }

  /** Gives up what plays, and waits until its bridges are removed: nobody tidies up after us. */
  async stop(): Promise<void> {
    this.connectionLost();
    // Those that have just been told end in the next moments, each with the removal of its bridge.
    await Promise.all(this.#byMedia.values());
    await Promise.all(this.#removals);
  }

  /** Bridges of test-plays that nobody waits for: a process before this one was interrupted. */
  sweep(bridgeIds: readonly string[]): void {
    for (const id of bridgeIds) {
      if (this.#ports.names.isTestPlay(id) && !this.#running.has(id)) this.#remove(id);
    }
  }

  async #play(media: string): Promise<TestPlay> {
    const { port, names, isUp } = this.#ports;
    if (!isUp()) return unknown("not connected to Asterisk");
    const formats = await this.#formats(media);
    const running: Running = { name: this.#nextName(names), startedAt: null, hear: () => undefined };
    const { name } = running;
    // Before the request: its events can come before its answer.
    const end = this.#endOf(running);
    this.#running.set(name, running);
    try {
      await port.createBridge(name, { type: "mixing", name });
      // A bridge is only told of to those who have asked; one with a person of ours in it is told of anyhow.
      await port.subscribe(`bridge:${name}`);
      await port.playOnBridge(name, name, [media]);
      return judged(media, running, await end, formats);
    } catch (error) {
      return unknown(error instanceof Error ? error.message : String(error));
    } finally {
      running.hear({ state: LOST, stamp: { at: this.#ports.clock.now(), asteriskAt: null } });
      this.#running.delete(name);
      this.#remove(name);
    }
  }

  /** The last news of it; its timers are gone when it comes. */
  #endOf(running: Running): Promise<News> {
    const { beginMs, endMs } = this.#ports.patienceMs ?? PATIENCE_MS;
    return new Promise((resolve) => {
      const wait = (ms: number, state: string): NodeJS.Timeout =>
        setTimeout(() => {
          running.hear({ state, stamp: { at: this.#ports.clock.now(), asteriskAt: null } });
        }, ms).unref();
      let timer = wait(beginMs, LATE);
      running.hear = (news) => {
        clearTimeout(timer);
        if (news.state === "started") {
          running.startedAt = news.stamp;
          timer = wait(endMs, ENDLESS);
          return;
        }
        running.hear = () => undefined;
        resolve(news);
      };
    });
  }

  /** As its index lists them; files with an absolute path, and recordings, are in no index. */
  async #formats(media: string): Promise<readonly string[] | null> {
    const id = /^sound:([^/].*)$/.exec(media)?.[1];
    if (id === undefined) return null;
    try {
      const sound = await this.#ports.port.sound(id);
      return sound === null ? null : [...new Set(sound.formats.map(({ format }) => format))];
    } catch {
      return null;
    }
  }

  /** Whatever plays in it ends with the bridge. */
  #remove(name: string): void {
    const removal = this.#ports.port
      .destroyBridge(name)
      .then(() => undefined)
      .catch((error: unknown) => {
        // The next look at Asterisk finds it.
        this.#ports.log.warn("the bridge of a test-play could not be removed", { name, error });
      })
      .finally(() => this.#removals.delete(removal));
    this.#removals.add(removal);
  }

  /** Not the name of any that a process before this one may have left behind. */
  #nextName(names: Names): string {
    this.#serial += 1;
    return names.testPlay(Number(this.#ports.clock.now()) * 1_000 + (this.#serial % 1_000));
  }
}

const LOST = "lost";
const LATE = "late";
const ENDLESS = "endless";

const unknown = (detail: string): TestPlay => ({ result: "unknown", detail });
const failed = (detail: string): TestPlay => ({ result: "failed", detail });

function judged(media: string, { startedAt }: Running, end: News, formats: readonly string[] | null): TestPlay {
  switch (end.state) {
    case LOST:
      return unknown("the connection to Asterisk was lost meanwhile");
    case LATE:
      return unknown("Asterisk did not begin to play it");
    case ENDLESS:
      return failed(`${media} did not come to an end`);
    case "done":
      break;
    default:
      return failed(`Asterisk cannot play ${media}: it is missing, empty, or in a form that it does not read`);
  }
  const durationMs = startedAt === null ? 0 : lengthOf(startedAt, end.stamp);
  if (durationMs < HEARD_MIN_MS) return failed(`${media} has no sound in it: it was over after ${durationMs} ms`);
  return { result: "played", durationMs, formats };
}

/** By Asterisk's clock where both times are its own: ours has the way in it. */
const lengthOf = (from: Stamp, to: Stamp): number =>
  from.asteriskAt !== null && to.asteriskAt !== null
    ? msBetween(from.asteriskAt, to.asteriskAt)
    : msBetween(from.at, to.at);
