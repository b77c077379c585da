/**
 * One life of the daemon: the real engine on a clock of its own, so that it can be killed between any two instants.
 * One rule to remember: nothing in here outlives a kill but what has reached the store, the journal and Asterisk.
 */
import type { ComplianceProfile } from "../compliance/profile.ts";
import type { NodeId } from "../domain/ids.ts";
import { DEFAULT_OVERLOAD, DEFAULT_TIMINGS, type EngineTimings, type OverloadSettings } from "../engine/context.ts";
import { Engine, type Fatal } from "../engine/engine.ts";
import type { Journal, Log, Store, TrunkLimits } from "../engine/ports.ts";
import type { TollGuard } from "../engine/rules/toll-guard.ts";
import type { PretendAsterisk } from "./pretend-asterisk.ts";
import { PretendTelephony } from "./pretend-telephony.ts";
import type { TelephonyFaults } from "./telephony-faults.ts";
import { ProcessClock, type Sluggishness } from "./process-clock.ts";
import { PRETEND_DETECTORS } from "./pretend-ears.ts";
import { type DiskFaults, type PretendDisk, PretendSpool } from "./pretend-spool.ts";
import type { SeededRandom } from "./seeded-random.ts";
import { type StoreFaults, withStoreWeather } from "./store-weather.ts";
import type { VirtualClock } from "./virtual-clock.ts";

/** What is played when a campaign's own message fails. */
export const BUILT_IN_MESSAGE = "sound:fairdial/message";

export interface ProcessOptions {
  readonly name: string;
  readonly nodeId: NodeId;
  readonly clock: VirtualClock;
  readonly random: SeededRandom;
  readonly asterisk: PretendAsterisk;
  readonly store: Store;
  readonly journal: Journal;
  readonly log: Log;
  readonly trunks: Readonly<Record<string, TrunkLimits>>;
  readonly telephonyFaults: TelephonyFaults;
  readonly storeFaults: StoreFaults;
  readonly sluggish: readonly Sluggishness[];
  /** Outlives it. */
  readonly disk: PretendDisk;
  readonly diskFaults: DiskFaults;
  readonly timings?: Partial<EngineTimings>;
  readonly overload?: Partial<OverloadSettings>;
  readonly toll: TollGuard;
  readonly profiles: ReadonlyMap<string, ComplianceProfile>;
  /** It cannot go on, or could not begin. */
  readonly onDeath: (why: Fatal | "not-started", error?: unknown) => void;
}

export class PretendProcess {
  readonly engine: Engine;
  readonly #clock: ProcessClock;
  readonly #telephony: PretendTelephony;

  constructor(options: ProcessOptions) {
    const { name, asterisk, journal, log, trunks, random } = options;
    const clock = new ProcessClock(options.clock, options.sluggish);
    this.#clock = clock;
    this.#telephony = new PretendTelephony({
      asterisk,
      clock,
      random: random.stream(`telephony of ${name}`),
      trunks,
      faults: options.telephonyFaults,
    });
    const store = withStoreWeather(options.store, clock, random.stream(`store of ${name}`), options.storeFaults);
    const spool = new PretendSpool(options.disk, clock, random.stream(`disk of ${name}`), options.diskFaults);
    this.engine = new Engine(
      {
        telephony: this.#telephony,
        store,
        clock,
        random: random.stream(`engine of ${name}`),
        log,
        journal,
        load: clock,
        spool,
      },
      {
        nodeId: options.nodeId,
        holder: name,
        memoryRowsMax: 5_000,
        startAvailable: true,
        pauseReasons: { "1": "break", "2": "lunch" },
        pinPrompt: "sound:pin",
        pinRefusedPrompt: "sound:wrong",
        previewPrompt: "sound:lead",
        toll: options.toll,
        drainPrompts: { drained: "sound:descending-2tone", resumed: "sound:ascending-2tone" },
        recordingPrompts: { paused: "paused", resumed: "resumed", refused: "refused", reminder: "reminder" },
        previewRefusedPrompt: "sound:refused",
        holdPrompt: "sound:long",
        builtInMessage: BUILT_IN_MESSAGE,
        returnCallsMax: 20,
        centre: "main",
        ...PRETEND_DETECTORS,
        profiles: options.profiles,
        timings: { ...DEFAULT_TIMINGS, ...options.timings },
        overload: { ...DEFAULT_OVERLOAD, ...options.overload },
      },
      options.onDeath,
    );
    this.engine.start().catch((error: unknown) => {
      options.onDeath("not-started", error);
    });
  }

  /** Events that Asterisk sent to this process and that never arrived. */
  get lostEvents(): number {
    return this.#telephony.lostCount;
  }

  /** No drain, no goodbye. Its socket closes, as sockets of dead processes do. */
  kill(): void {
    this.#clock.kill();
    void this.#telephony.stop();
  }
}
