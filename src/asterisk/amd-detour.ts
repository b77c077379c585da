// The way through AMD() in the dialplan and back. A leg that is sent into a context that is not there, or to an application
// that is not loaded, is dropped by Asterisk with a person on it: so both are asked about first, and a doubt sends nobody.
//
// Seen on Asterisk 22.10.1: the leg comes back with a second StasisStart that carries AMDSTATUS and AMDCAUSE; its events go
// on meanwhile, also its end, because the application is subscribed to it by name.
import type { AttemptId } from "../domain/ids.ts";
import type { AmdAnswer, AmdOrder, Log } from "../engine/ports.ts";
import { AriError } from "./ari-error.ts";
import type { AriPort } from "./ari-port.ts";
import { commandResult } from "./command-result.ts";
import type { Names } from "./names.ts";

export interface AmdDetourPorts {
  readonly port: Pick<AriPort, "continueInDialplan" | "modules" | "setVariable" | "subscribe" | "variable">;
  readonly names: Names;
  readonly log: Log;
}

/** As asterisk-config/samples/extensions.conf has it. */
export const AMD_CONTEXT = "fairdial-amd";
const NEEDED = ["app_amd.so", "func_dialplan.so"] as const;

/** The dialplan takes AMD() from the leg so long before our patience ends, if its module can (func_timeout). */
const BEFORE_PATIENCE_MS = 40;
const ABSOLUTE_MIN_MS = 100;
/** Back it comes in any case, or never: what it is to be told waits so long, and no longer. */
const BACK_MAX_MS = 50;

const NOT_THERE = (detail: string): AmdAnswer => ({ ok: false, kind: "refused", detail });

export class AmdDetour {
  readonly #ports: AmdDetourPorts;
  readonly #away = new Map<AttemptId, (answer: AmdAnswer) => void>();
  /** Asked once a connection. */
  #modules: Promise<string | null> | null = null;

  constructor(ports: AmdDetourPorts) {
    this.#ports = ports;
  }

  /** Resolves when the leg is back, gone, or given up; never rejects. */
  async ask(attemptId: AttemptId, { amdArguments, patienceMs }: AmdOrder): Promise<AmdAnswer> {
    const { port, names, log } = this.#ports;
    const channelId = names.customerChannel(attemptId);
    const back = new Promise<AmdAnswer>((resolve) => {
      this.#away.set(attemptId, resolve);
    });
    try {
      const says = await this.#whatIsMissing(channelId);
      if (says !== null) {
        log.warn("AMD() cannot be asked, and everybody is taken for a person", { attemptId, reason: says });
        return NOT_THERE(says);
      }
      const limitMs = Math.max(ABSOLUTE_MIN_MS, patienceMs - BEFORE_PATIENCE_MS);
      await Promise.all([
        port.setVariable(channelId, "FAIRDIAL_AMD", amdArguments),
        port.setVariable(channelId, "FAIRDIAL_AMD_MAX", (limitMs / 1_000).toFixed(3)),
        port.subscribe(`channel:${channelId}`),
      ]);
      await port.continueInDialplan(channelId, { context: AMD_CONTEXT, extension: "s", priority: 1 });
      return await Promise.race([back, lateAfter(patienceMs + BACK_MAX_MS)]);
    } catch (error) {
      const result = await commandResult(Promise.reject(error instanceof Error ? error : new Error(String(error))));
      return result.ok ? NOT_THERE("no answer") : result;
    } finally {
      this.#away.delete(attemptId);
    }
  }

  /** The leg is in our application again. */
  returned(attemptId: AttemptId, status: string, cause: string): void {
    this.#away.get(attemptId)?.({ ok: true, status, cause });
  }

  gone(attemptId: AttemptId): void {
    this.#away.get(attemptId)?.({ ok: false, kind: "gone", detail: "the leg ended" });
  }

  /** Another Asterisk may answer next, and whether a leg comes back is not told any more. */
  connectionLost(): void {
    this.#modules = null;
    for (const settle of [...this.#away.values()])
      settle({ ok: false, kind: "unknown", detail: "the connection was lost" });
  }

  async #whatIsMissing(channelId: string): Promise<string | null> {
    this.#modules ??= this.#modulesMissing();
    const [modules, exists] = await Promise.all([
      this.#modules,
      this.#ports.port.variable(channelId, `DIALPLAN_EXISTS(${AMD_CONTEXT},s,1)`),
    ]);
    if (modules !== null) return modules;
    return exists === "1" ? null : `the dialplan has no context ${AMD_CONTEXT}`;
  }

  async #modulesMissing(): Promise<string | null> {
    try {
      const running = new Set(
        (await this.#ports.port.modules()).filter(({ status }) => /^running$/i.test(status)).map(({ name }) => name),
      );
      const missing = NEEDED.filter((name) => !running.has(name));
      return missing.length === 0 ? null : `${missing.join(" and ")} not running`;
    } catch (error) {
      // Asked again for the next call.
      this.#modules = null;
      return error instanceof AriError ? error.message : "the modules could not be asked for";
    }
  }
}

const lateAfter = (ms: number): Promise<AmdAnswer> =>
  new Promise((resolve) => {
    setTimeout(resolve, ms, { ok: false, kind: "unknown", detail: "it did not come back" } satisfies AmdAnswer).unref();
  });
