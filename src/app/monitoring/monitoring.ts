/** What the daemon shows to machines that watch it: put together from the engine, the link to Asterisk and the journal. */
import type { Engine } from "../../engine/engine.ts";
import type { EngineStatus } from "../../engine/status.ts";
import type { Journal, Log } from "../../engine/ports.ts";
import { Instruments, type LinkHealth } from "./instruments.ts";
import { startMonitoring, type Listening } from "./server.ts";

/** A loop that has not come round for so long is stuck, whatever else still moves. */
export const TICK_LATE_MAX_MS = 10_000;

type Watched = Pick<Engine, "status" | "lastTickAt">;

export class Monitoring {
  readonly #node: string;
  readonly #listening: Listening | null;
  readonly #log: Log;
  #instruments: Instruments | null = null;
  #watched: Watched | null = null;
  #isReady = false;
  #lateMsMax = 0;
  #link: () => LinkHealth = () => ({ opens: 0, requests: { p50Ms: null, p95Ms: null } });
  #port: number | null = null;
  #stop: () => Promise<void> = () => Promise.resolve();

  /** `listen` as the configuration has it: `off`, or an address and a port. */
  constructor(node: string, listen: string, log: Log) {
    this.#node = node;
    this.#listening = listeningAt(listen);
    this.#log = log;
    if (this.#listening === null) return;
    this.#instruments = new Instruments(node, { status: () => this.#since(), link: () => this.#link() });
  }

  /** Where the pages are; null where nobody listens. */
  get port(): number | null {
    return this.#port;
  }

  listeningTo(journal: Journal): Journal {
    return this.#instruments?.listeningTo(journal) ?? journal;
  }

  /** Before the engine has started, so that somebody can see what it waits for. Never rejects. */
  async open(watched: Watched, link: () => LinkHealth): Promise<void> {
    const instruments = this.#instruments;
    if (this.#listening === null || instruments === null) return;
    this.#watched = watched;
    this.#link = link;
    const pages = {
      ailments: () => this.#ailments(),
      obstacles: () => this.#obstacles(),
      metrics: () => instruments.text(),
    };
    const opened = await startMonitoring(this.#listening, pages, this.#log);
    this.#port = opened.port;
    this.#stop = () => opened.stop();
  }

  /** The engine has started: from now on its loop must come round. */
  ready(): void {
    this.#isReady = true;
  }

  close(): Promise<void> {
    return this.#stop();
  }

  /** The engine forgets its latest deadline when it is asked, and more pages than one ask. */
  #status(): EngineStatus | null {
    const status = this.#watched?.status() ?? null;
    this.#lateMsMax = Math.max(this.#lateMsMax, status?.deadlineLateMsMax ?? 0);
    return status;
  }

  /** For the metrics, which alone may forget it. */
  #since(): EngineStatus | null {
    const status = this.#status();
    const deadlineLateMsMax = this.#lateMsMax;
    this.#lateMsMax = 0;
    return status === null ? null : { ...status, deadlineLateMsMax };
  }

  /** While it waits for the database or Asterisk it lives, though it does nothing. */
  #ailments(): string[] {
    const lastTickAt = this.#watched?.lastTickAt ?? 0;
    return this.#isReady && Date.now() - lastTickAt > TICK_LATE_MAX_MS ? ["the loop does not come round"] : [];
  }

  #obstacles(): string[] {
    const status = this.#isReady ? this.#status() : null;
    if (status === null) return [`${this.#node} is still starting`];
    return [
      ...(status.telephonyUp ? [] : ["Asterisk is away"]),
      ...(status.storeAway ? ["the database is away"] : []),
      ...(status.spool.rows > 0 ? [`${String(status.spool.rows)} rows wait on this machine's disk`] : []),
      ...(status.reconciled ? [] : ["calls and channels have not been compared yet"]),
      ...(status.draining ? ["draining"] : []),
      ...this.#ailments(),
    ];
  }
}

export const listeningAt = (listen: string): Listening | null => {
  if (listen === "off") return null;
  const colon = listen.lastIndexOf(":");
  return { host: listen.slice(0, colon).replace(/^\[|\]$/g, ""), port: Number(listen.slice(colon + 1)) };
};
