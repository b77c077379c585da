/** A small night, written down as the daemon would have: one call of each kind, and nothing wrong with any of them. */
import { NO_COUNTS, type AccountCounts, type AccountReading } from "../../../src/domain/account.ts";
import { type AttemptFacts, NOTHING_KNOWN, type Stamp } from "../../../src/domain/attempt.ts";
import { agentId, type AttemptId, campaignId, leadId, numberId } from "../../../src/domain/ids.ts";
import { after, type Instant, instant, toIso } from "../../../src/domain/instant.ts";
import type { Breach, Spell } from "../../../src/judge/breach.ts";
import { type JournalEntry, readEntry } from "../../../src/judge/entries.ts";
import { type Finding, Judge } from "../../../src/judge/judge.ts";
import type { KnownNumbers } from "../../../src/judge/scene.ts";
import { progressiveCampaign } from "../../../src/simulation/shift.ts";
import { PRETEND_PROFILE } from "../../../src/simulation/pretend-profile.ts";

/** A Monday in London. */
export const EVENING = instant(Date.UTC(2026, 10, 2, 18));
export const at = (seconds: number): Instant => after(EVENING, seconds * 1_000);
export const stamp = (seconds: number): Stamp => ({ at: at(seconds), asteriskAt: at(seconds) });
export const attemptId = (number: number): AttemptId =>
  `0192f3a4-7b1c-7def-8123-${String(number).padStart(12, "0")}` as AttemptId;

export const CAMPAIGN = {
  ...progressiveCampaign({ mode: "power", gate: "strict", dialLevelPercent: 200 }),
  campaignId: campaignId(1),
};
export const PROFILE = PRETEND_PROFILE;
export const RULES = {
  profile: PROFILE,
  callingHours: CAMPAIGN.callingHours,
  purpose: CAMPAIGN.purpose,
  sector: CAMPAIGN.sector,
  sectorAuthority: null,
  amdDrops: false,
};
export const AGENT = agentId(7);
const OTHER_AGENT = agentId(8);

export const evidence = (seconds: number, guaranteed: boolean, more: Record<string, unknown> = {}) => ({
  checkedAt: toIso(at(seconds)),
  profile: PROFILE.name,
  profileVersion: PROFILE.version,
  purpose: "marketing",
  sector: "general",
  sectorAuthority: null,
  principal: CAMPAIGN.principal,
  killSwitch: null,
  registers: [{ name: "TPS", ageMaxDays: 28, fileDate: toIso(at(-86_400)), ageDays: 1, sha256: "0".repeat(64) }],
  cliNumber: CAMPAIGN.cliNumber,
  cliProof: "a contract",
  message: { media: "sound:information", sha256: "0".repeat(64), approvedBy: "Ann", plays: "played" },
  amdDrops: false,
  amdTest: null,
  country: "GB",
  numberType: "mobile",
  region: null,
  timeZone: "Europe/London",
  consent: null,
  suppressed: false,
  permanentOutcome: null,
  listedOn: [],
  window: CAMPAIGN.callingHours,
  hoursRules: [],
  localDay: "2026-11-02",
  holidayCalendars: ["GB-ENG"],
  attemptsToday: 0,
  attempts24Hours: 0,
  lastAttemptAt: null,
  frequency: PROFILE.frequency,
  guaranteedOnlyUntil: null,
  guaranteed,
  ...more,
});

export const decided = (
  number: number,
  seconds: number,
  more: Record<string, unknown> & { agentId?: unknown; evidence?: Record<string, unknown> } = {},
): JournalEntry => ({
  at: at(seconds),
  kind: "attempt-decided",
  attemptId: attemptId(number),
  campaignId: 1,
  leadId: leadId(number),
  numberId: numberId(number),
  trunk: "carrier",
  cliNumber: CAMPAIGN.cliNumber,
  principal: CAMPAIGN.principal,
  centre: "main",
  agentId: null,
  overdial: false,
  callbackId: null,
  profile: PROFILE.name,
  profileVersion: PROFILE.version,
  clock: PROFILE.clock,
  ...more,
  evidence: evidence(seconds, (more.agentId ?? null) !== null, more.evidence),
});

export const call = (
  number: number,
  seconds: number,
  event: Record<string, unknown> & { type: string },
  [before, after_]: readonly [string, string],
  effects: readonly Record<string, unknown>[] = [],
): JournalEntry => ({
  at: at(seconds),
  kind: "call",
  attemptId: attemptId(number),
  event: { ...event, stamp: stamp(seconds) },
  before,
  after: after_,
  deadlineAt: after_ === "ended" ? null : at(seconds + 60),
  effects,
});

export const agent = (id: number, seconds: number, state: string, number: number | null): JournalEntry => ({
  at: at(seconds),
  kind: "agent",
  agentId: agentId(id),
  before: "available",
  after: state,
  attemptId: number === null ? null : attemptId(number),
});

const DAY = "2026-11-02";
export const ended = (
  number: number,
  seconds: number,
  outcome: string,
  facts: Partial<AttemptFacts>,
  entry: string | null,
): JournalEntry => ({
  at: at(seconds),
  kind: "attempt-ended",
  attemptId: attemptId(number),
  outcome,
  facts: { ...NOTHING_KNOWN, endedAt: stamp(seconds), ...facts },
  verdict: { type: "done", because: "done" },
  account: entry === null ? null : { entry, day: DAY },
});

export const pacing = (seconds: number, placed: number, mode = "free"): JournalEntry => ({
  at: at(seconds),
  kind: "pacing",
  campaignId: 1,
  sample: {},
  gate: { mode, credit: 1, because: "" },
  wanted: placed,
  allowed: placed,
  placed,
  linesMax: 4,
});

export const reading = (counts: Partial<AccountCounts>, of: "campaign" | "centre"): AccountReading => ({
  scope: {
    campaignId: of === "campaign" ? campaignId(1) : null,
    centre: of === "centre" ? "main" : null,
    fromDay: DAY,
    toDay: DAY,
  },
  counts: { ...NO_COUNTS, ...counts },
  overdialInFlight: 0,
});

export const account = (seconds: number, counts: Partial<AccountCounts>, mode = "free"): JournalEntry => ({
  at: at(seconds),
  kind: "account",
  campaignId: 1,
  readings: [reading(counts, "campaign"), reading(counts, "centre")],
  mode,
  because: "",
  credit: 1,
});

export const campaignEntry = (seconds: number, more: Record<string, unknown> = {}): JournalEntry => ({
  at: at(seconds),
  kind: "campaign",
  campaign: { ...CAMPAIGN, ...more },
  rules: RULES,
});

/** Answered after ringing for five seconds. */
const untilAnswer = (
  number: number,
  seconds: number,
  effect: Record<string, unknown>,
  state: string,
): JournalEntry[] => [
  call(number, seconds + 1, { type: "placed", sipCallId: null }, ["placing", "dialling"]),
  call(number, seconds + 2, { type: "rang" }, ["dialling", "ringing"]),
  call(number, seconds + 7, { type: "answered", sipCallId: null }, ["ringing", state], [effect]),
];
const answeredFacts = (seconds: number): Partial<AttemptFacts> => ({
  placedAt: stamp(seconds + 1),
  ringing: "ringing",
  ringingAt: stamp(seconds + 2),
  answeredAt: stamp(seconds + 7),
});

/** Attempt 1: an agent of their own, and they talk. */
const connected: JournalEntry[] = [
  decided(1, 10, { agentId: AGENT }),
  agent(7, 10, "reserved", 1),
  pacing(10, 1),
  ...untilAnswer(1, 10, { type: "bridge", agentId: AGENT }, "connecting"),
  call(1, 17.3, { type: "joined" }, ["connecting", "connected"]),
  agent(7, 17.3, "onCall", 1),
  call(
    1,
    47,
    { type: "destroyed", cause: 16, sip: null, sipCallId: null },
    ["connected", "ended"],
    [{ type: "releaseAgent", agentId: AGENT, talked: true }],
  ),
  agent(7, 47, "wrapUp", null),
  ended(
    1,
    47,
    "connected",
    { ...answeredFacts(10), connectedAt: stamp(17.3), endedBy: "farEnd", agentId: AGENT },
    "connected",
  ),
];

/** Attempt 2: overdialled, nobody free, the message to its end. */
const informed: JournalEntry[] = [
  decided(2, 60, { overdial: true }),
  pacing(60, 1),
  ...untilAnswer(2, 60, { type: "reserveAgent", except: null }, "answered"),
  call(
    2,
    68.8,
    { type: "deadlinePassed" },
    ["answered", "informing"],
    [{ type: "playInformationMessage", choice: "campaign" }],
  ),
  call(2, 68.9, { type: "messageStarted", choice: "campaign" }, ["informing", "informing"]),
  call(
    2,
    80.9,
    { type: "messageFinished", choice: "campaign" },
    ["informing", "ending"],
    [{ type: "hangUp", reason: "messagePlayed" }],
  ),
  call(2, 81, { type: "destroyed", cause: 16, sip: null, sipCallId: null }, ["ending", "ended"]),
  ended(
    2,
    81,
    "abandoned-with-message",
    {
      ...answeredFacts(60),
      messageAt: stamp(68.9),
      message: "finished",
      messageChoice: "campaign",
      endedBy: "us",
      endReason: "messagePlayed",
    },
    "abandonedWithMessage",
  ),
];

/** On the screen of an agent, the other one unless it is said. */
export const shown = (number: number, seconds: number, more: Record<string, unknown> = {}): JournalEntry => ({
  at: at(seconds),
  kind: "preview-shown",
  attemptId: attemptId(number),
  campaignId: 1,
  agentId: OTHER_AGENT,
  leadId: leadId(number),
  numberId: numberId(number),
  shownAt: at(seconds),
  untilAt: at(seconds + 15),
  auto: true,
  ...more,
});
export const pressed = (number: number, seconds: number, by = "key"): JournalEntry => ({
  at: at(seconds),
  kind: "preview-pressed",
  attemptId: attemptId(number),
  agentId: OTHER_AGENT,
  by,
});
export const cleared = (number: number, seconds: number, end = "dialled"): JournalEntry => ({
  at: at(seconds),
  kind: "preview-ended",
  attemptId: attemptId(number),
  agentId: OTHER_AGENT,
  end,
  press: null,
  because: null,
  says: null,
});

/** Attempt 3: looked at and skipped another, then pressed; rings for twenty seconds and is given up. */
const unanswered: JournalEntry[] = [
  shown(10, 91),
  cleared(10, 94, "preview-rejected"),
  shown(3, 95),
  pressed(3, 100),
  decided(3, 100, { agentId: OTHER_AGENT, begunBy: "press" }),
  cleared(3, 100.1),
  agent(8, 100, "reserved", 3),
  pacing(100, 1),
  call(3, 101, { type: "placed", sipCallId: null }, ["placing", "dialling"]),
  call(3, 102, { type: "rang" }, ["dialling", "ringing"]),
  call(3, 122, { type: "deadlinePassed" }, ["ringing", "ending"], [{ type: "hangUp", reason: "ringTimeout" }]),
  call(
    3,
    122.1,
    { type: "destroyed", cause: 16, sip: null, sipCallId: null },
    ["ending", "ended"],
    [{ type: "releaseAgent", agentId: OTHER_AGENT, talked: false }],
  ),
  agent(8, 122.1, "available", null),
  ended(
    3,
    122.1,
    "no-answer",
    {
      placedAt: stamp(101),
      ringing: "ringing",
      ringingAt: stamp(102),
      endedBy: "us",
      endReason: "ringTimeout",
    },
    null,
  ),
];

const LIVE = { connected: 200 };

/** All of them, between a start and a clean stop. */
export const NIGHT: readonly JournalEntry[] = [
  campaignEntry(0),
  { at: at(0), kind: "engine", what: "started", nodeId: "node-1", open: 0 },
  { at: at(0.1), kind: "connection", state: "up" },
  { at: at(0.2), kind: "message-tested", media: "sound:information", played: { result: "played", durationMs: 12_000 } },
  agent(7, 1, "available", null),
  agent(8, 1, "available", null),
  account(1, LIVE),
  ...connected,
  account(50, { connected: 201 }),
  ...informed,
  account(85, { connected: 201, abandonedWithMessage: 1 }),
  { at: at(90), kind: "refused", leadId: leadId(9), rule: "SUPPRESSED", ruleId: null, says: "", evidence: {} },
  ...unanswered,
  { at: at(900), kind: "engine", what: "draining" },
  { at: at(901), kind: "engine", what: "stopped" },
];

export interface Judged {
  readonly breaches: readonly Breach[];
  readonly findings: readonly Finding[];
}

export const judge = (
  journal: readonly JournalEntry[],
  options: { numbers?: KnownNumbers; killSwitch?: readonly Spell[] } = {},
): Judged => {
  const breaches: Breach[] = [];
  const replaying = new Judge({ ...options, onBreach: (breach) => breaches.push(breach) });
  for (const line of journal) {
    // As it comes back from a disk.
    const read = readEntry(JSON.parse(JSON.stringify(line)));
    if (read.what === "nonsense") throw new Error(read.because);
    if (read.what === "entry") replaying.see(read.entry);
  }
  return { findings: replaying.finish(), breaches };
};

/** The names of the invariants that were broken, each once. */
export const broken = (...args: Parameters<typeof judge>): readonly string[] => [
  ...new Set(judge(...args).breaches.map(({ invariant }) => invariant)),
];

type Change = (entry: JournalEntry) => JournalEntry | readonly JournalEntry[] | null;

/** The night, each entry as it is, changed, followed by more, or left out. */
export const nightWith = (change: Change, night: readonly JournalEntry[] = NIGHT): readonly JournalEntry[] =>
  night.flatMap((entry) => {
    const changed = change(entry);
    if (changed === null) return [];
    return "kind" in changed ? [changed] : changed;
  });

export const isOf = (entry: JournalEntry, kind: string, number: number, event?: string): boolean =>
  entry.kind === kind &&
  entry["attemptId"] === attemptId(number) &&
  (event === undefined || (entry["event"] as { type: string }).type === event);

/** Changes the end of one attempt: its outcome, its facts, its entry of the account. */
export const endingOtherwise = (
  number: number,
  { outcome, facts = {}, entry }: { outcome?: string; facts?: Partial<AttemptFacts>; entry?: string | null },
): readonly JournalEntry[] =>
  nightWith((each) => {
    if (!isOf(each, "attempt-ended", number)) return each;
    return {
      ...each,
      outcome: outcome ?? each["outcome"],
      facts: { ...(each["facts"] as AttemptFacts), ...facts },
      account: entry === undefined ? each["account"] : entry === null ? null : { entry, day: DAY },
    };
  });

export const decidedOtherwise = (
  number: number,
  { evidence: shown, ...more }: Record<string, unknown> & { evidence?: Record<string, unknown> },
): readonly JournalEntry[] =>
  nightWith((each) => {
    if (!isOf(each, "attempt-decided", number)) return each;
    return { ...each, ...more, evidence: { ...(each["evidence"] as Record<string, unknown>), ...shown } };
  });
