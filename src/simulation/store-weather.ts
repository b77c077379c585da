/**
 * A store with weather: slow, away for a while, or deaf at the worst moment. One rule to remember: a call that
 * fails may have been carried out, because an acknowledgement can be lost as well as a request. What changes seldom is
 * read as seldom as a daemon reads it.
 */
import { type Instant, isBefore } from "../domain/instant.ts";
import { type Store, StoreError } from "../engine/ports.ts";
import { believing } from "./believed-state.ts";
import type { SeededRandom } from "./seeded-random.ts";
import type { SleepingClock } from "./virtual-clock.ts";

export interface StoreFaults {
  /** Each way: half before the work is done, half before we hear of it. */
  readonly latencyMs: number;
  /** Some answers take this much longer. */
  readonly slowRate: number;
  readonly slowMs: number;
  /** Spells of absence. Requests made in one fail after `awayAnswerMs`. */
  readonly awayAt: readonly { readonly from: Instant; readonly to: Instant }[];
  readonly awayAnswerMs: number;
  /** How often work is done and its acknowledgement lost. */
  readonly ackLostRate: number;
}

export const FAIR_STORE: StoreFaults = {
  latencyMs: 2,
  slowRate: 0,
  slowMs: 0,
  awayAt: [],
  awayAnswerMs: 1_000,
  ackLostRate: 0,
};

export const withStoreWeather = (
  store: Store,
  clock: SleepingClock,
  random: SeededRandom,
  faults: StoreFaults,
): Store => {
  const isAway = (): boolean => {
    const now = clock.now();
    return faults.awayAt.some(({ from, to }) => !isBefore(now, from) && isBefore(now, to));
  };
  const weathered = async <Answer>(work: () => Promise<Answer>): Promise<Answer> => {
    const slowMs = random.chance(faults.slowRate) ? random.between(1, faults.slowMs) : 0;
    const ackLost = random.chance(faults.ackLostRate);
    await clock.sleep(Math.ceil(faults.latencyMs / 2) + slowMs);
    if (isAway()) {
      await clock.sleep(faults.awayAnswerMs);
      throw new StoreError("away", "the pretend database is away");
    }
    const answer = await work();
    await clock.sleep(Math.floor(faults.latencyMs / 2));
    if (ackLost || isAway()) throw new StoreError("away", "the acknowledgement was lost");
    return answer;
  };
  const desiredState = believing(store, () => clock.steadyMs());
  return {
    desiredState: async (...args) => weathered(async () => desiredState(...args)),
    finishAgentCommand: async (...args) => weathered(async () => store.finishAgentCommand(...args)),
    claimLeads: async (...args) => weathered(async () => store.claimLeads(...args)),
    contactRates: async (...args) => weathered(async () => store.contactRates(...args)),
    releaseLead: async (...args) => weathered(async () => store.releaseLead(...args)),
    releaseLeases: async (...args) => weathered(async () => store.releaseLeases(...args)),
    showPreview: async (...args) => weathered(async () => store.showPreview(...args)),
    endPreview: async (...args) => weathered(async () => store.endPreview(...args)),
    keepLeases: async (...args) => weathered(async () => store.keepLeases(...args)),
    manualLead: async (...args) => weathered(async () => store.manualLead(...args)),
    finishManual: async (...args) => weathered(async () => store.finishManual(...args)),
    noteRecording: async (...args) => weathered(async () => store.noteRecording(...args)),
    noteRecordingGap: async (...args) => weathered(async () => store.noteRecordingGap(...args)),
    openRecordings: async (...args) => weathered(async () => store.openRecordings(...args)),
    insertAttempts: async (...args) => weathered(async () => store.insertAttempts(...args)),
    recordChanges: async (...args) => weathered(async () => store.recordChanges(...args)),
    endAttempt: async (...args) => weathered(async () => store.endAttempt(...args)),
    endAttempts: async (...args) => weathered(async () => store.endAttempts(...args)),
    openAttempts: async (...args) => weathered(async () => store.openAttempts(...args)),
    readAccounts: async (...args) => weathered(async () => store.readAccounts(...args)),
    tollSpent: async (...args) => weathered(async () => store.tollSpent(...args)),
    stopCampaign: async (...args) => weathered(async () => store.stopCampaign(...args)),
    raiseAlarm: async (...args) => weathered(async () => store.raiseAlarm(...args)),
    reportPacing: async (...args) => weathered(async () => store.reportPacing(...args)),
    pacingMemories: async (...args) => weathered(async () => store.pacingMemories(...args)),
    recordAgentState: async (...args) => weathered(async () => store.recordAgentState(...args)),
    recordAgentStates: async (...args) => weathered(async () => store.recordAgentStates(...args)),
    recordDisposition: async (...args) => weathered(async () => store.recordDisposition(...args)),
    recordDeskWork: async (...args) => weathered(async () => store.recordDeskWork(...args)),
    recordTransfer: async (...args) => weathered(async () => store.recordTransfer(...args)),
    recordSupervision: async (...args) => weathered(async () => store.recordSupervision(...args)),
    recordFlow: async (...args) => weathered(async () => store.recordFlow(...args)),
    verifyPin: async (...args) => weathered(async () => store.verifyPin(...args)),
    returnCalls: {
      match: async (...args) => weathered(async () => store.returnCalls.match(...args)),
      begin: async (...args) => weathered(async () => store.returnCalls.begin(...args)),
      end: async (...args) => weathered(async () => store.returnCalls.end(...args)),
      optOut: async (...args) => weathered(async () => store.returnCalls.optOut(...args)),
      open: async (...args) => weathered(async () => store.returnCalls.open(...args)),
    },
    carryOut: async (...args) => weathered(async () => store.carryOut(...args)),
    holdNode: async (...args) => weathered(async () => store.holdNode(...args)),
    releaseNode: async (...args) => weathered(async () => store.releaseNode(...args)),
  };
};
