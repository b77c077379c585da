/**
 * One working day of a pretend call centre in virtual time: agents, calls on their way, people who wait; and a policy
 * that is asked how many calls to place. Equal settings, equal day.
 *
 * The longest-idle agent gets the call. Somebody for whom there is none waits; an agent who ends wrap-up within the
 * connect limit takes the one who waits longest, otherwise that call is abandoned.
 */
import { Agenda } from "./agenda.ts";
import { answerRateAt, Fates } from "./fates.ts";
import type { Course, FateSettings } from "./fates.ts";
import { AgentFloor, AVAILABLE, TALK, WRAP_UP } from "./floor.ts";
import { DayBook } from "./day-book.ts";
import { LeadList } from "./lead-list.ts";
import type { ListSettings } from "./lead-list.ts";
import type { MakePolicy, PacingPolicy, PolicySetting } from "./policy.ts";

export interface Logout {
  readonly atMs: number;
  /** Those who are free go at once, others when they are done. */
  readonly agents: number;
}

export interface DaySettings extends FateSettings, PolicySetting {
  readonly answerRate: number;
  readonly course: Course;
  /** Not measured, but in the day's abandon account. */
  readonly warmUpMs: number;
  readonly measuredMs: number;
  readonly logouts: readonly Logout[];
  /** Null for a list without end. */
  readonly list: ListSettings | null;
  /** How often the policy is asked when nothing happens. */
  readonly tickMs: number;
  /** Milliseconds of any clock, to time decisions by; null: not timed. */
  readonly stopwatch: (() => number) | null;
}

/** Entries of the agenda below zero are agents, others are calls. */
const agentEntry = (agent: number): number => -1 - agent;

export function simulateDay(settings: DaySettings, makePolicy: MakePolicy): DayBook {
  return new Day(settings, makePolicy(settings)).run();
}

class Day {
  readonly #settings: DaySettings;
  readonly #policy: PacingPolicy;
  readonly #fates: Fates;
  readonly #agenda = new Agenda();
  readonly #floor: AgentFloor;
  readonly #book: DayBook;
  readonly #list: LeadList;
  readonly #endMs: number;
  readonly #middleMs: number;
  #atMs = 0;
  #calls = 0;

  constructor(settings: DaySettings, policy: PacingPolicy) {
    this.#settings = settings;
    this.#policy = policy;
    this.#fates = new Fates(settings);
    this.#endMs = settings.warmUpMs + settings.measuredMs;
    this.#middleMs = settings.warmUpMs + settings.measuredMs / 2;
    this.#book = new DayBook(settings.warmUpMs, this.#endMs);
    this.#floor = new AgentFloor(settings.agents, this.#endMs, this.#book);
    this.#list = new LeadList(settings.list);
  }

  run(): DayBook {
    const logouts = [...this.#settings.logouts].sort((a, b) => a.atMs - b.atMs);
    let tickMs = 0;
    for (;;) {
      const logoutMs = logouts[0]?.atMs ?? Infinity;
      const nextMs = Math.min(tickMs, this.#agenda.nextMs, this.#graceEndsMs(), logoutMs);
      if (nextMs >= this.#endMs) break;
      this.#atMs = nextMs;
      let isEvent = false;
      // All that happens at this instant, then one decision.
      while (this.#agenda.nextMs === nextMs) isEvent = this.#happen(this.#agenda.pop()) || isEvent;
      while (this.#graceEndsMs() <= nextMs) this.#abandonHead();
      while ((logouts[0]?.atMs ?? Infinity) <= nextMs) this.#floor.logOut(nextMs, logouts.shift()?.agents ?? 0);
      const isTick = tickMs === nextMs;
      if (isTick) {
        tickMs += this.#settings.tickMs;
        this.#book.linesSeen(nextMs, this.#floor.lines);
      }
      if (isTick || (this.#policy.onEvents && (isEvent || logoutMs === nextMs))) this.#decide();
    }
    this.#floor.close(this.#endMs);
    this.#book.leadsFresh = this.#list.fresh;
    return this.#book;
  }

  #graceEndsMs(): number {
    return this.#floor.firstWaitingSinceMs + this.#settings.connectLimitMs;
  }

  #decide(): void {
    const { stopwatch } = this.#settings;
    const floor = this.#floor.view(this.#atMs, this.#book, this.#list.ready(this.#atMs));
    const began = stopwatch === null ? 0 : stopwatch();
    const { place, cancel } = this.#policy.decide(floor);
    if (stopwatch !== null) this.#book.decided(stopwatch() - began);
    // From the highest on, so that taking one out does not move those still to come.
    for (const index of [...cancel].sort((a, b) => b - a)) this.#cancel(index);
    if (place > 0) this.#place(Math.min(place, floor.leadsReady));
  }

  #place(count: number): void {
    const { course, answerRate, seed } = this.#settings;
    const rate = answerRateAt(course, answerRate, seed, this.#atMs, this.#middleMs);
    for (let placed = 0; placed < count; placed++) {
      const call = this.#calls++;
      this.#list.take(call);
      this.#floor.addCall(call, this.#atMs);
      this.#agenda.push(this.#atMs + Math.abs(this.#fates.ringMs(call, rate)), call);
    }
    this.#policy.listener?.callsPlaced(this.#atMs, count);
    this.#book.placed(this.#atMs, count, this.#floor.lines);
    if (this.#list.fresh === 0) this.#book.listEnded(this.#atMs);
  }

  #cancel(index: number): void {
    const placedAtMs = this.#floor.removeCallAt(index);
    this.#policy.listener?.callCancelled(placedAtMs, this.#atMs);
    this.#book.cancelled(this.#atMs);
  }

  /** Whether it was an event: the end of a call that was cancelled before is none. */
  #happen(entry: number): boolean {
    if (entry < 0) {
      this.#agentDone(-1 - entry);
      return true;
    }
    const placedAtMs = this.#floor.removeCall(entry);
    if (placedAtMs < 0) return false;
    // Decided by the rate at which it was placed, so asked again with that.
    const { course, answerRate, seed } = this.#settings;
    const rate = answerRateAt(course, answerRate, seed, placedAtMs, this.#middleMs);
    if (this.#fates.ringMs(entry, rate) < 0) {
      this.#policy.listener?.callFailed(placedAtMs, this.#atMs);
      const isBusy = this.#atMs - placedAtMs < this.#settings.ringTimeoutMs / 2;
      this.#list.failed(entry, isBusy, this.#atMs);
      return true;
    }
    this.#policy.listener?.liveAnswer(placedAtMs, this.#atMs);
    const agent = this.#floor.longestIdle();
    if (agent === null) this.#floor.wait(entry, this.#atMs);
    else this.#connect(entry, agent);
    return true;
  }

  #connect(call: number, agent: number): void {
    this.#book.connected(this.#atMs);
    this.#floor.become(agent, TALK, this.#atMs, call);
    this.#agenda.push(this.#atMs + this.#fates.talkMs(call), agentEntry(agent));
  }

  #agentDone(agent: number): void {
    const { listener } = this.#policy;
    const durationMs = this.#atMs - this.#floor.sinceMs(agent);
    if (this.#floor.isTalking(agent)) {
      listener?.talkEnded(durationMs);
      const call = this.#floor.callOf(agent);
      this.#floor.become(agent, WRAP_UP, this.#atMs, call);
      this.#agenda.push(this.#atMs + this.#fates.wrapUpMs(call), agentEntry(agent));
      return;
    }
    listener?.wrapUpEnded(durationMs);
    if (!this.#floor.become(agent, AVAILABLE, this.#atMs, -1)) return;
    const waiting = this.#floor.takeWaiting();
    if (waiting !== null) this.#connect(waiting, this.#floor.longestIdle() ?? agent);
  }

  #abandonHead(): void {
    this.#floor.takeWaiting();
    this.#book.abandoned(this.#atMs);
  }
}
