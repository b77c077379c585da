/**
 * The composition root of `fairdial run`: builds everything in order, keeps how each thing is let go, and unwinds it in
 * reverse. Nothing is placed before the database, Asterisk and what is left of the last process have been looked at.
 */
import { randomUUID } from "node:crypto";
import { hostname } from "node:os";
import { asteriskTelephony } from "../asterisk/index.ts";
import { nodeId } from "../domain/ids.ts";
import { after, instant } from "../domain/instant.ts";
import { DEFAULT_TIMINGS } from "../engine/context.ts";
import { Engine } from "../engine/engine.ts";
import type { Fatal } from "../engine/engine.ts";
import type { EngineStatus } from "../engine/status.ts";
import type { Log } from "../engine/ports.ts";
import { StoreError } from "../engine/ports.ts";
import { DAEMON_BELIEF, describeNode, SqlStore } from "../store/index.ts";
import type { Database } from "../store/index.ts";
import { systemClock, systemRandom } from "./clock.ts";
import { claimNode, holderName } from "./claim-node.ts";
import type { Holder } from "./claim-node.ts";
import type { DaemonConfig } from "./config.ts";
import { startHousekeeping } from "./cron.ts";
import { engineSettings } from "./engine-settings.ts";
import { housekeepingJobs } from "./housekeeping/jobs.ts";
import { startCommands } from "./intake/command-loop.ts";
import { startIntake } from "./intake/intake-loop.ts";
import { earsOf } from "./ears.ts";
import { JournalFile } from "./journal-file.ts";
import { Releasers, ServiceManager, signals } from "./lifecycle.ts";
import { startRecordings } from "./recordings/recording-loop.ts";
import { LoopDelay } from "./loop-delay.ts";
import { Mistakes } from "./mistakes.ts";
import { settlingJob } from "./node/settling-job.ts";
import { Monitoring, TICK_LATE_MAX_MS } from "./monitoring/monitoring.ts";
import { openStore } from "./open-store.ts";
import { openSpool } from "./spool/open-spool.ts";
import { readProfiles } from "./profiles.ts";
import { programVersion } from "./program-version.ts";

const OK = 0;
const FAILED = 1;
/** Another process has our place: starting again would take it back, and so on for ever. */
const STOOD_DOWN = 3;
const STANDS_DOWN: Readonly<Partial<Record<Fatal, string>>> = {
  replaced: "another process uses our application in Asterisk, and hears our calls now; this daemon stands down",
  "node-taken": "another daemon has taken this node's name; this one stands down",
};
const WAITS_SAID_EVERY_MS = 5_000;
/** After the bound on draining: for the messages that still play and the rows that still travel. */
const BOUND_PASSED_MAX_MS = 20_000;
/** After the second signal: for the hang-ups to reach Asterisk, and the rows the database. */
const FORCED_MS = 2_000;
const JOURNAL_KEPT_DAYS = 400;
const DAY_MS = 86_400_000;

/** Runs until told to stop. Resolves with the exit code: 0 after a clean stop, 1 when it could not start or go on, 3 when it stood down for another. */
export async function runDaemon(config: DaemonConfig, log: Log): Promise<number> {
  const releasers = new Releasers(log);
  const service = new ServiceManager(log);
  const asked = signals(log);
  releasers.add("signals", () => {
    asked.off();
  });
  const mistakes = new Mistakes(log);
  releasers.add("mistakes", () => {
    mistakes.off();
  });
  try {
    const stopped = new AbortController();
    void asked.first.then(() => {
      stopped.abort();
    });
    const database = await openStore(config.database, log, stopped.signal);
    if (database === null) return stopped.signal.aborted ? OK : FAILED;
    releasers.add("database", () => database.close());
    return await runEngine(config, log, { releasers, service, asked, mistakes, database, stop: stopped.signal });
  } catch (error) {
    log.error("the daemon could not go on", { error });
    return FAILED;
  } finally {
    service.stopping();
    await releasers.unwind();
    service.stop();
  }
}

interface Running {
  readonly releasers: Releasers;
  readonly service: ServiceManager;
  readonly asked: ReturnType<typeof signals>;
  readonly mistakes: Mistakes;
  readonly database: Database;
  /** Aborted at the first signal. */
  readonly stop: AbortSignal;
}

async function runEngine(config: DaemonConfig, log: Log, running: Running): Promise<number> {
  const { releasers, service, asked, mistakes, database, stop } = running;
  const journal = new JournalFile(config.journal.folder, log);
  releasers.add("journal", () => journal.close());
  let profiles = readProfiles(config.profiles, systemClock.now());
  releasers.add(
    "housekeeping",
    startHousekeeping(
      [
        {
          // Rules come into force on a day of their own.
          name: "profiles",
          when: "1 0 * * *",
          due: () => {
            profiles = readProfiles(config.profiles, systemClock.now());
          },
        },
        ...housekeepingJobs({ database, clock: systemClock, log, profiles: () => profiles }),
        settlingJob({ config, database, log, profiles: () => profiles }),
        {
          name: "old journals",
          when: "17 3 * * *",
          due: () => {
            const removed = journal.prune(after(instant(Date.now()), -JOURNAL_KEPT_DAYS * DAY_MS));
            if (removed > 0) log.info("old journals were removed", { removed });
          },
        },
      ],
      log,
    ),
  );

  releasers.add("commands", startCommands({ database, clock: systemClock, log }));
  releasers.add("intake", startIntake({ database, clock: systemClock, log, profiles: () => profiles }));

  const around = { clock: systemClock, random: systemRandom, log };
  const { asterisk, trunks, agents, node } = config;
  const telephony = asteriskTelephony(asterisk, trunks, agents.tone, node.name, around, earsOf(config));
  releasers.add(
    "recordings",
    startRecordings({ database, clock: systemClock, log, telephony, nodeId: nodeId(config.node.name) }),
  );
  const waiting = await openSpool(config.spool, config.node.name, log);
  releasers.add("spool", () => waiting.close());
  const { spool } = waiting;
  const store = new SqlStore(database, { ...DAEMON_BELIEF, steadyMs: () => systemClock.steadyMs() });
  const self: Holder = { host: hostname(), pid: process.pid, life: randomUUID().slice(0, 8) };
  let fatal: (why: Fatal) => void = () => undefined;
  const died = new Promise<Fatal>((resolve) => (fatal = resolve));
  const monitoring = new Monitoring(config.node.name, config.monitoring.listen, log);
  const load = new LoopDelay();
  releasers.add("loop delay", () => {
    load.stop();
  });
  const engine: Engine = new Engine(
    {
      telephony,
      store,
      clock: systemClock,
      random: systemRandom,
      log,
      journal: monitoring.listeningTo(journal),
      load,
      spool,
    },
    engineSettings(config, {
      node: config.node.name,
      holder: holderName(self),
      toll: config.toll,
      profiles: () => profiles,
    }),
    (why, error) => {
      log.error(STANDS_DOWN[why] ?? "the engine cannot go on", { why, error });
      fatal(why);
    },
  );
  await monitoring.open(engine, () => telephony.health());
  releasers.add("monitoring", () => monitoring.close());
  const started = await Promise.race([
    claimNode(database, store, systemClock, log, {
      nodeId: nodeId(config.node.name),
      self,
      holdMs: DEFAULT_TIMINGS.nodeHoldMs,
      stop,
    })
      .then(() => describeNode(database, nodeId(config.node.name), holderName(self), programVersion()))
      .then(() => engine.start())
      .then(() => "started" as const),
    asked.first.then(() => "stopped" as const),
  ]).catch((error: unknown) => {
    const taken = error instanceof StoreError && error.kind === "conflict";
    log.error(taken ? "another daemon runs under this node's name" : "the daemon could not start", { error });
    return "failed" as const;
  });
  releasers.add("engine", () => engine.stop());
  if (started !== "started") return started === "stopped" ? OK : FAILED;

  log.info("ready", { node: config.node.name, trunks: config.trunks.map((trunk) => trunk.name) });
  service.ready();
  monitoring.ready();
  service.watch(() => Date.now() - engine.lastTickAt < TICK_LATE_MAX_MS);
  const why = await Promise.race([asked.first.then(() => "signal" as const), died, mistakes.first]);
  if (why === "replaced" || why === "node-taken") return STOOD_DOWN;
  if (why === "mistake") return FAILED;
  service.stopping();
  await drained(engine, config.drainMaxMs, asked.second, log);
  return why === "signal" ? OK : FAILED;
}

/** Lets calls finish, says every five seconds what is waited for, and after the bound ends what is left. */
async function drained(engine: Engine, boundMs: number, forced: Promise<unknown>, log: Log): Promise<void> {
  const saying = setInterval(() => {
    log.info("waiting for calls to end", waitsFor(engine.status()));
  }, WAITS_SAID_EVERY_MS);
  try {
    const quiet = engine.drain().then(() => "quiet" as const);
    const first = await Promise.race([quiet, forced.then(() => "forced" as const), later(boundMs, "bound" as const)]);
    if (first === "quiet") {
      log.info("drained");
      return;
    }
    log.warn("calls are ended without waiting for them", { why: first, ...waitsFor(engine.status()) });
    // A call that still rings would be answered by nobody once we are gone.
    engine.cancelCalls("drain");
    await (first === "forced"
      ? Promise.race([quiet, later(FORCED_MS, "bound" as const)])
      : Promise.race([quiet, forced, later(BOUND_PASSED_MAX_MS, "bound" as const)]));
  } finally {
    clearInterval(saying);
  }
}

const waitsFor = (status: EngineStatus): Record<string, unknown> => ({
  calls: status.callsByState,
  attemptsPending: status.attemptsPending,
  rowsWaiting: status.rowsWaiting,
  storeAway: status.storeAway,
  rowsSpooled: status.spool.rows,
});

const later = <T>(ms: number, value: T): Promise<T> =>
  new Promise((resolve) => {
    setTimeout(resolve, ms, value).unref();
  });
