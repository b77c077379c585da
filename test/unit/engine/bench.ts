/** The engine's parts on a bench: real mailbox, deadlines and rows in memory, virtual time, and a telephony of obedient stubs. */
import { DEFAULT_DETECTORS } from "../../../src/engine/calls/amd.ts";
import { NOTHING_KNOWN } from "../../../src/domain/attempt.ts";
import type { AttemptOrder } from "../../../src/domain/attempt.ts";
import type { Campaign } from "../../../src/domain/campaign.ts";
import { agentId, leadId, legId, listId, nodeId, numberId } from "../../../src/domain/ids.ts";
import type { AttemptId } from "../../../src/domain/ids.ts";
import { phoneNumber } from "../../../src/domain/phone-number.ts";
import { DEFAULT_OVERLOAD, DEFAULT_TIMINGS } from "../../../src/engine/context.ts";
import type { EngineContext } from "../../../src/engine/context.ts";
import { Deadlines } from "../../../src/engine/deadlines.ts";
import { UNBOUNDED } from "../../../src/engine/rules/toll-guard.ts";
import type { CallsHost } from "../../../src/engine/calls/calls.ts";
import { Mailbox } from "../../../src/engine/mailbox.ts";
import type { LeadNumber } from "../../../src/domain/lead.ts";
import { ContactBook } from "../../../src/engine/calls/contact-book.ts";
import { NEVER_TRIED } from "../../../src/lead/redial/story.ts";
import type {
  CommandResult,
  DialNumber,
  LeadToDial,
  OpenAttempt,
  Store,
  Telephony,
} from "../../../src/engine/ports.ts";
import { carriedOut } from "../../../src/engine/rows/carried-out.ts";
import { PretendDisk, PretendSpool } from "../../../src/simulation/pretend-spool.ts";
import { SeededRandom } from "../../../src/simulation/seeded-random.ts";
import { WriteBehind } from "../../../src/engine/rows/write-behind.ts";
import { MemoryJournal } from "../../../src/simulation/memory-journal.ts";
import { MemoryLog } from "../../../src/simulation/memory-log.ts";
import { MONDAY_MORNING, VirtualClock } from "../../../src/simulation/virtual-clock.ts";
import { NOTHING_AGAINST, TEST_CAMPAIGN, TEST_PROFILE } from "../../support/test-profile.ts";

export const ATTEMPT = "0192f3a4-7b1c-7def-8123-000000000001" as AttemptId;
export const OTHER_ATTEMPT = "0192f3a4-7b1c-7def-8123-000000000002" as AttemptId;
export const AGENT = agentId(7);
export const LEG = legId("agent-leg-7");

export const CAMPAIGN: Campaign = { ...TEST_CAMPAIGN, callingHours: [] };

const leadNumber = (id: number): LeadNumber => ({
  numberId: numberId(id),
  kind: "mobile",
  timeZone: "Europe/London",
  attemptsCounted: 0,
  lastAttemptAt: null,
  lastOutcome: null,
  isOut: false,
});

const dialNumber = (id: number): DialNumber => ({
  numberId: numberId(id),
  number: phoneNumber("+447700900123"),
  timeZone: "Europe/London",
  numberType: "MOBILE",
  facts: NOTHING_AGAINST,
});

export const lead = (id: number): LeadToDial => ({
  leadId: leadId(id),
  listId: listId(1),
  campaignId: CAMPAIGN.campaignId,
  numberId: numberId(id),
  number: phoneNumber("+447700900123"),
  timeZone: "Europe/London",
  sourceId: 1,
  isFresh: true,
  story: { ...NEVER_TRIED, numbers: [leadNumber(id)] },
  callback: null,
  numbers: [dialNumber(id)],
  numberType: "MOBILE",
  region: null,
  consent: null,
  facts: NOTHING_AGAINST,
});

export const ORDER: AttemptOrder = {
  attemptId: ATTEMPT,
  campaignId: CAMPAIGN.campaignId,
  leadId: leadId(1),
  numberId: numberId(1),
  number: phoneNumber("+447700900123"),
  cliNumber: CAMPAIGN.cliNumber,
  trunk: CAMPAIGN.trunk,
  principal: CAMPAIGN.principal,
  centre: "main",
  agentId: AGENT,
  sourceId: 1,
  callbackId: null,
  overdial: false,
  profile: TEST_PROFILE.name,
  profileVersion: TEST_PROFILE.version,
  clock: TEST_PROFILE.clock,
  decidedAt: MONDAY_MORNING,
  evidence: {},
};

export const openAttempt = (more: Partial<OpenAttempt>): OpenAttempt => ({
  order: ORDER,
  state: "dialling",
  facts: NOTHING_KNOWN,
  lead: lead(1),
  ...more,
});

const DONE: CommandResult = { ok: true };

export interface Bench {
  readonly context: EngineContext;
  readonly clock: VirtualClock;
  readonly journal: MemoryJournal;
  readonly log: MemoryLog;
  /** Keys of deadlines that came. */
  readonly came: string[];
}

/** Rows written behind become the verbs that the test has given. */
export const storeOf = (verbs: Partial<Store>): Store => {
  const store = {
    carryOut: async (_holder, jobs) => {
      for (const { job } of jobs) await carriedOut(store, [job]);
      return 0;
    },
    ...verbs,
  } as Store;
  return store;
};

export const emptySpool = (clock: VirtualClock): PretendSpool =>
  new PretendSpool(new PretendDisk(), clock, new SeededRandom(1));

/** What a test does not say, succeeds at once. */
export function bench(more: { store?: Partial<Store>; telephony?: Partial<Telephony> } = {}): Bench {
  const clock = new VirtualClock();
  const [journal, log] = [new MemoryJournal(), new MemoryLog(clock)];
  const came: string[] = [];
  const mailbox = new Mailbox({ clock, log, whenEmpty: () => {}, onMistake: throwAgain });
  const deadlines = new Deadlines(clock, () => {
    came.push(...deadlines.takeDue(clock.now()).map(({ key }) => key));
  });
  const store = storeOf({ recordChanges: async () => 0, endAttempt: async () => true, ...more.store });
  const telephony = {
    bridge: async () => DONE,
    unbridge: async () => DONE,
    hold: async () => DONE,
    resume: async () => DONE,
    playInformationMessage: async () => DONE,
    hangUp: async () => DONE,
    ...more.telephony,
  } as Telephony;
  const context: EngineContext = {
    settings: {
      nodeId: nodeId("node-1"),
      holder: "test",
      memoryRowsMax: 1_000,
      startAvailable: true,
      pauseReasons: {},
      pinPrompt: "sound:pin",
      pinRefusedPrompt: "sound:pin-refused",
      previewPrompt: null,
      previewRefusedPrompt: "sound:refused",
      holdPrompt: "sound:long",
      returnCallsMax: 20,
      toll: UNBOUNDED,
      drainPrompts: { drained: "sound:descending-2tone", resumed: "sound:ascending-2tone" },
      recordingPrompts: { paused: "paused", resumed: "resumed", refused: "no", reminder: "reminder" },
      builtInMessage: "sound:built-in",
      centre: "main",
      ...DEFAULT_DETECTORS,
      profiles: new Map([[TEST_PROFILE.name, TEST_PROFILE]]),
      timings: DEFAULT_TIMINGS,
      overload: DEFAULT_OVERLOAD,
    },
    telephony,
    store,
    clock,
    random: { next: () => 0, attemptId: () => ATTEMPT },
    log,
    journal,
    load: { delayMs: () => 0 },
    mailbox,
    deadlines,
    writeBehind: new WriteBehind({
      ...{ store, clock, log, journal, holder: "test" },
      spool: emptySpool(clock),
      gatherMs: 0,
    }),
    contacts: new ContactBook(),
  };
  return { context, clock, journal, log, came };
}

const throwAgain = (error: unknown): never => {
  throw error;
};

/** Nobody else is there, and no number may be called. */
export const NO_TRANSFERS: CallsHost["transfers"] = {
  reserveOne: () => false,
  reserveAny: () => null,
  holds: () => false,
  consults: () => undefined,
  passedOn: () => undefined,
  outsideRefusal: () => "number-not-allowed",
};
