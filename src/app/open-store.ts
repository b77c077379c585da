/**
 * The way to a database that can be worked with: waits with back-off while nobody answers, says what is wrong when
 * waiting cannot help.
 */
import { setTimeout as sleep } from "node:timers/promises";
import type { Log } from "../engine/ports.ts";
import { StoreError } from "../engine/ports.ts";
import { DATABASE_DEFAULTS, DatabaseError, openDatabase, schemaState, settleHashKey } from "../store/index.ts";
import type { Database } from "../store/index.ts";
import { systemClock } from "./clock.ts";
import type { DatabaseSettings } from "./config.ts";

const RETRY_FIRST_MS = 500;
const RETRY_MAX_MS = 15_000;

/** The connection as the configuration describes it; nothing is asked of the server yet. */
export const databaseOf = (settings: DatabaseSettings): Database =>
  openDatabase({
    ...DATABASE_DEFAULTS,
    host: settings.host,
    port: settings.port,
    socketPath: settings.socketPath,
    user: settings.user,
    password: settings.password?.reveal() ?? "",
    database: settings.name,
    tls: settings.tls === "off" ? null : { ca: settings.ca, verifyServer: settings.tls === "verify" },
    connectionsMax: settings.poolSize,
    numberHashKey: settings.numberHashKey?.reveal() ?? null,
  });

/** Null when it cannot be used and waiting will not help, or when told to stop waiting; the reason has been logged. */
export async function openStore(settings: DatabaseSettings, log: Log, stop: AbortSignal): Promise<Database | null> {
  const database = databaseOf(settings);
  for (let delayMs = RETRY_FIRST_MS; !stop.aborted; delayMs = Math.min(2 * delayMs, RETRY_MAX_MS)) {
    try {
      const { state, version, expected } = await schemaState(database);
      if (state === "current") {
        const key = await settleHashKey(database, systemClock.now());
        if (key === "none" || key === "same") return database;
        // With another key nobody who is suppressed would be found.
        log.error("the database's numbers were hashed with another numberHashKey than the configuration's", { key });
        break;
      }
      log.error("the database's schema is not this program's; run `fairdial migrate`", { state, version, expected });
      break;
    } catch (error) {
      if (!isWorthWaitingFor(error)) {
        log.error("the database cannot be used", { error });
        break;
      }
      log.warn("waiting for the database", { error, nextTryMs: delayMs });
      await sleep(delayMs, undefined, { signal: stop }).catch(() => undefined);
    }
  }
  await database.close();
  return null;
}

/** A refused password does not become right by waiting. */
const isWorthWaitingFor = (error: unknown): boolean =>
  error instanceof StoreError &&
  error.kind === "away" &&
  !(error instanceof DatabaseError && (error.trouble === "accessDenied" || error.trouble === "unknownDatabase"));
