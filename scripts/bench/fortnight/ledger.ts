/**
 * Keeps the books of a fortnight as it happens, beside the engine's own: the judge over every entry, each attempt held to
 * the redial rules by a reading of its own, and each night the funnel against the attempts. One rule to remember: it
 * believes the attempts and the list as loaded, never the rows of leads, which are what is on trial.
 */
import { funnelOf, type Funnel, sumOf } from "../../../src/app/why/funnel.ts";
import { isOpenSomewhere } from "../../../src/compliance/open-at.ts";
import { rulesFor } from "../../../src/compliance/campaign-rules.ts";
import type { ComplianceProfile } from "../../../src/compliance/profile.ts";
import type { Campaign } from "../../../src/domain/campaign.ts";
import type { LeadId, NumberId } from "../../../src/domain/ids.ts";
import { after, type Instant } from "../../../src/domain/instant.ts";
import { outcomeFacts } from "../../../src/domain/outcome.ts";
import type { PhoneNumber } from "../../../src/domain/phone-number.ts";
import type { JournalEntry } from "../../../src/engine/ports.ts";
import type { Breach } from "../../../src/judge/breach.ts";
import { type LeadStory, NEVER_TRIED, storyAfter } from "../../../src/lead/redial/story.ts";
import type { Diary } from "../../../src/simulation/diary.ts";
import type { AttemptRow, MemoryTables } from "../../../src/simulation/memory-tables.ts";
import { type Judgement, judgedRow, RunningJudge } from "../../../src/simulation/record-of.ts";
import type { Chronicler } from "../../../src/simulation/shift.ts";
import { compareWithTruth } from "../../../src/simulation/truth.ts";
import { redialBreaches } from "../../../test/support/redial-judge.ts";
import { clockChanges, type Wall, wallOf } from "../../../test/property/wall.ts";
import { standingOf } from "./standing.ts";
import type { MadeUpTown } from "./town.ts";

export interface Night {
  readonly at: Instant;
  readonly tried: number;
  readonly attempts: number;
  readonly funnel: Funnel;
}

interface Book {
  story: LeadStory;
  isReached: boolean;
  /** Nothing is to follow: an agent talked to them. */
  isDone: boolean;
  /** Never tried, and never to be: every number had a reason of its own. */
  isBarred: boolean;
  readonly numbers: readonly PhoneNumber[];
}

export interface LedgerOptions {
  readonly town: MadeUpTown;
  readonly campaign: Campaign;
  readonly profile: ComplianceProfile;
  readonly from: Instant;
  readonly to: Instant;
  readonly onNight: (night: Night) => void;
}

const DAY_MS = 86_400_000;
/** Of a breach repeated ten thousand times nobody reads more. */
const TOLD_MAX = 50;

export class Ledger implements Chronicler {
  readonly #options: LedgerOptions;
  readonly #books = new Map<LeadId, Book>();
  readonly #numbers = new Map<NumberId, PhoneNumber>();
  readonly #walls = new Map<string, (at: number) => Wall>();
  readonly #changes = new Map<string, number>();
  readonly #judge: RunningJudge;
  readonly #outages: JournalEntry[] = [];
  readonly problems: string[] = [];
  readonly exclusions = new Map<string, number>();
  readonly nights: Night[] = [];
  readonly afterClockChange = new Map<string, number>();
  readonly sum = {
    attempts: 0,
    connected: 0,
    redials: 0,
    redialsConnected: 0,
    third: 0,
    tried: 0,
    barred: 0,
    reached: 0,
  };
  penetrated: { readonly at: Instant; readonly attempts: number; readonly thirdShare: number } | null = null;

  constructor(options: LedgerOptions) {
    this.#options = options;
    const { town, from } = options;
    for (const { numbers } of town.leads) for (const each of numbers) this.#numbers.set(each.numberId, each.number);
    const objectedAt = after(from, town.objectionAfterMs);
    const numbers = {
      numberOf: (id: NumberId) => this.#numbers.get(id) ?? null,
      // Whoever objects to an agent is done besides, which is asked of every attempt.
      suppressedSince: (id: NumberId) => {
        const number = this.#numbers.get(id);
        return number !== undefined && town.objectors.has(number) ? objectedAt : null;
      },
    };
    this.#judge = new RunningJudge({ numbers, killSwitch: [] }, []);
    for (const { leadId, numbers: rows } of town.leads) {
      const known = { attemptsCounted: 0, lastAttemptAt: null, lastOutcome: null, isOut: false };
      const mine = rows.map(({ numberId, kind = "other", timeZone }) => ({ numberId, kind, timeZone, ...known }));
      this.#books.set(leadId, {
        ...{ story: { ...NEVER_TRIED, numbers: mine }, isReached: false, isDone: false, isBarred: false },
        numbers: rows.map(({ number }) => number),
      });
      for (const { timeZone } of rows) if (timeZone !== null) this.#zone(timeZone);
    }
  }

  #zone(timeZone: string): void {
    if (this.#walls.has(timeZone)) return;
    this.#walls.set(timeZone, wallOf(timeZone));
    // One on the last day is followed by nothing.
    const [change] = clockChanges(timeZone, this.#options.from, this.#options.to - DAY_MS);
    if (change === undefined) return;
    this.#changes.set(timeZone, change);
    this.afterClockChange.set(timeZone, 0);
  }

  entry(entry: JournalEntry): void {
    this.#judge.see(entry);
    if (entry.kind === "connection" || entry.kind === "engine") this.#outages.push(entry);
    if (entry.kind === "refused") this.#excluded(entry["rule"]);
    if (entry.kind === "lead-put-off") this.#excluded((entry["verdict"] as { because?: unknown }).because);
  }

  #excluded(because: unknown): void {
    if (typeof because !== "string" || because === "") this.#say("a lead was excluded without a reason");
    else this.exclusions.set(because, (this.exclusions.get(because) ?? 0) + 1);
  }

  closed(
    rows: readonly AttemptRow[],
    diaries: readonly Diary[],
    { tables, at }: { readonly tables: MemoryTables; readonly at: Instant },
  ): void {
    for (const row of rows) this.#judge.row(judgedRow(row));
    const open = [...tables.attempts.values()];
    for (const { order } of open) this.#say(`attempt ${order.attemptId} is open at night`);
    const record = { journal: this.#outages, rows: [...rows, ...open], endedAt: at };
    const truth = compareWithTruth(record, diaries, { someWereLost: false, someWereRefused: false });
    for (const { says, attemptId } of truth) this.#say(`${says}: ${attemptId ?? ""}`);
    for (const row of [...rows].sort((a, b) => a.order.decidedAt - b.order.decidedAt)) this.#attempt(row);
    this.#lookAtUntried(tables, at);
    this.#lookAtFunnel(tables, at);
  }

  /** Put aside without an attempt: only where every number is on a register, or its owner has objected. */
  #lookAtUntried({ leads }: MemoryTables, at: Instant): void {
    for (const { leadId, state } of leads.values()) {
      const book = this.#books.get(leadId);
      if (book === undefined || book.isBarred || book.story.attempts.length > 0) continue;
      if (state !== "done" && state !== "held") continue;
      if (!book.numbers.every((number) => this.#options.town.isBarred(number, at))) {
        this.#say(`lead ${leadId} was put aside untried, and could have been called`);
      }
      book.isBarred = true;
      this.sum.barred += 1;
      this.#seePenetration(at);
    }
  }

  #seePenetration(at: Instant): void {
    const { attempts, third, tried, barred } = this.sum;
    if (this.penetrated !== null || tried + barred < this.#books.size) return;
    this.penetrated = { at, attempts, thirdShare: third / Math.max(1, attempts) };
  }

  /** What the judge makes of it all. */
  finish(tables: MemoryTables): Judgement {
    return this.#judge.finish(tables.leads.values(), tables.accounts.rows);
  }

  #attempt({ order, outcome }: AttemptRow): void {
    const { leadId, numberId, decidedAt: at } = order;
    const book = this.#books.get(leadId);
    const timeZone = book?.story.numbers.find((each) => each.numberId === numberId)?.timeZone ?? "";
    const wall = this.#walls.get(timeZone);
    if (book === undefined || wall === undefined || outcome === null) {
      this.#say(`attempt ${order.attemptId} belongs to nobody of this list`);
      return;
    }
    const { campaign } = this.#options;
    const asked = { rules: campaign.redial, hours: campaign.callingHours, wall };
    for (const breach of redialBreaches(asked, book.story, { numberId, because: "", at })) {
      this.#say(`lead ${leadId} at ${new Date(at).toISOString()}: ${breach}`);
    }
    const number = this.#numbers.get(numberId);
    if (number !== undefined && this.#options.town.isBarred(number, at))
      this.#say(`lead ${leadId}: a barred number was dialled`);
    // Taken back before anything left: nobody was called.
    if (outcomeFacts(outcome).retryClass === "requeue") return;
    if (book.isDone) this.#say(`lead ${leadId} was dialled although an agent had talked to them`);
    const { retryClass, liveVoice } = outcomeFacts(outcome);
    const change = this.#changes.get(timeZone);
    if (change !== undefined && at >= change) {
      this.afterClockChange.set(timeZone, (this.afterClockChange.get(timeZone) ?? 0) + 1);
    }
    this.#count(book, liveVoice && outcome === "connected", at);
    book.story = storyAfter(book.story, { numberId, at, outcome });
    book.isDone = retryClass === "none" && liveVoice;
  }

  #count(book: Book, isConnected: boolean, at: Instant): void {
    const { sum } = this;
    const before = book.story.attempts.length;
    sum.attempts += 1;
    if (isConnected) sum.connected += 1;
    if (before >= 1) sum.redials += 1;
    if (before >= 1 && isConnected) sum.redialsConnected += 1;
    if (before >= 2) sum.third += 1;
    if (isConnected && !book.isReached) sum.reached += 1;
    book.isReached ||= isConnected;
    if (before > 0) return;
    sum.tried += 1;
    this.#seePenetration(at);
  }

  /** As `fairdial why campaign` would say it now, against what the attempts say. */
  #lookAtFunnel(tables: MemoryTables, at: Instant): void {
    const { campaign, profile, onNight } = this.#options;
    const found = rulesFor(campaign, new Map([[profile.name, profile]]));
    const known = {
      standing: standingOf(tables, campaign.campaignId, at),
      sources: [...tables.leadTable.sources.values()].map(({ sourceId, weight }) => ({
        ...{ sourceId, weight, isLoading: false },
      })),
      opensAt: () => null,
    };
    const funnel = funnelOf({
      ...known,
      isOpen: (timeZone) => found.ok && isOpenSomewhere(found.rules, timeZone, at),
    });
    // Closed hours hide whether somebody was ever tried: for that, as if it were day everywhere.
    const byDay = funnelOf({ ...known, isOpen: () => true });
    const counted = funnel.parts.reduce((total, { leads }) => total + leads, 0);
    this.#equal("the funnel's sum", counted, funnel.total);
    this.#equal("leads in the funnel", funnel.total, this.#books.size);
    const books = [...this.#books.values()];
    const untried = books.filter(({ story, isBarred }) => story.attempts.length === 0 && !isBarred).length;
    this.#equal("leads never tried according to the funnel", untriedIn(byDay), untried);
    const talkedTo = books.filter(({ isDone }) => isDone).length;
    this.#equal('leads "done" in the funnel', partOf(funnel, "done", "done"), talkedTo);
    this.#equal("leads in the hands of a daemon at night", sumOf(funnel, "in-hand", "being-dialled"), 0);
    for (const { step, because, leads } of funnel.parts) {
      if (because === null && WITH_REASON.has(step)) this.#say(`${leads} leads are "${step}" without a reason`);
    }
    const night = { at, tried: this.sum.tried, attempts: this.sum.attempts, funnel };
    this.nights.push(night);
    onNight(night);
  }

  #equal(what: string, is: number, should: number): void {
    if (is !== should) this.#say(`${what}: ${is} instead of ${should}`);
  }

  #say(problem: string): void {
    if (this.problems.length < TOLD_MAX) this.problems.push(problem);
  }
}

const WITH_REASON: ReadonlySet<string> = new Set(["done", "held", "put-off", "redial-later"]);

const partOf = ({ parts }: Funnel, step: string, because: string): number =>
  parts.reduce((sum, part) => (part.step === step && part.because === because ? sum + part.leads : sum), 0);

const untriedIn = (funnel: Funnel): number =>
  sumOf(funnel, "new-later", "put-off") + partOf(funnel, "ready", "fresh") + partOf(funnel, "ready", "putOff");

export const tellBreach = ({ invariant, at, says, facts }: Breach): string =>
  `${invariant} at ${new Date(at).toISOString()}: ${says} ${JSON.stringify(facts)}`;
