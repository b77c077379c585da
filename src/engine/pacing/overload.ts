/**
 * What keeps this node from asking too much: of Asterisk, of its trunks, of itself. Listens to how calls go, and says how
 * many may be placed now. One rule to remember: load is shed by not dialling, never by forgetting what has begun.
 */
import { trunkSays } from "../../pacing/trunk-word.ts";
import { DEFAULT_BREAKER, heard, linesFree, looked, TRUSTED, YOUNG_MS } from "../../pacing/breaker.ts";
import type { Breaker } from "../../pacing/breaker.ts";
import { atOnceOf, fullBucket, msUntilTokens, refilled, spend } from "../../pacing/limiter.ts";
import type { TokenBucket } from "../../pacing/limiter.ts";
import { throttled, UNTHROTTLED } from "../../pacing/throttle.ts";
import type { Pressure, Throttle } from "../../pacing/throttle.ts";
import type { Call, LivingCall } from "../../call/call.ts";
import type { AttemptOrder } from "../../domain/attempt.ts";
import type { AttemptId } from "../../domain/ids.ts";
import { after, isBefore, msBetween } from "../../domain/instant.ts";
import type { Instant } from "../../domain/instant.ts";
import type { EngineContext } from "../context.ts";
import type { LiveCall } from "../calls/live-call.ts";
import type { AttemptEnd, TrunkLimits } from "../ports.ts";

export interface OverloadParts {
  /** Lines in use on a trunk, both ways; and of those decided here since, how many are alive. */
  linesOfTrunk(trunk: string): number;
  decidedSince(trunk: string, since: Instant): number;
  /** Of those, how many neither ring nor are answered. */
  youngOf(trunk: string, since: Instant): number;
  /** Trunks of running campaigns. */
  trunks(): Iterable<string>;
}

/** Of a trunk that is not trusted with all its lines. */
export interface TrunkStanding {
  readonly state: Breaker["state"];
  /** Null while it is open, or all are. */
  readonly linesTrusted: number | null;
  /** While it is open: how long still, in ms. */
  readonly forMs: number | null;
  readonly refused: number;
  readonly heard: number;
}

/** How this node stands, for whoever asks. */
export interface OverloadStatus {
  /** Null: as many as trunks take. */
  readonly callsPerSecond: number | null;
  readonly because: Throttle["because"];
  readonly answersInMs: number | null;
  readonly loopDelayMs: number;
  /** All that were ever used here. */
  readonly trunks: Readonly<Record<string, TrunkStanding>>;
}

/** Why the lines that a trunk has are not to be had. */
export type Shortage = "lines" | "node-lines" | "trunk-limited" | "trunk-probing";

/** Over which calls placed are counted, and how often trunks are looked at. */
const LATELY_MS = 3_000;
const LOOK_MS = 500;
const QUIET: Pressure = { answersInMs: null, loopDelayMs: 0, placedPerSecond: 0 };

export class Overload {
  readonly #context: EngineContext;
  readonly #parts: OverloadParts;
  #throttle: Throttle = UNTHROTTLED;
  #pressure: Pressure = QUIET;
  #bucket: TokenBucket | null = null;
  readonly #trunks = new Map<string, Breaker>();
  /** Calls whose trunk has shown already that it carries them. */
  readonly #served = new Set<AttemptId>();
  #placedAt: Instant[] = [];
  #lookedAt: Instant | null = null;

  constructor(context: EngineContext, parts: OverloadParts) {
    this.#context = context;
    this.#parts = parts;
  }

  /** To be told each time that placing is thought about. */
  look(): void {
    const { clock, telephony, load, settings } = this.#context;
    const at = clock.now();
    // This process is asked about each time: nothing is placed by one that has just woken up.
    const loopDelayMs = load.delayMs();
    const isDue = this.#lookedAt === null || Math.abs(msBetween(this.#lookedAt, at)) >= LOOK_MS;
    if (!isDue && loopDelayMs < settings.overload.loopDelayMaxMs) return;
    this.#lookedAt = at;
    this.#placedAt = this.#placedAt.filter((each) => !isBefore(after(each, LATELY_MS), at));
    const placedPerSecond = (this.#placedAt.length * 1000) / LATELY_MS;
    this.#pressure = { answersInMs: telephony.answersInMs(), loopDelayMs, placedPerSecond };
    this.#throttleBy(this.#pressure, at);
    for (const [trunk, breaker] of this.#trunks) {
      const limits = telephony.trunk(trunk);
      const linesMax = limits?.linesMax ?? 0;
      this.#set(trunk, breaker, looked(breaker, this.#parts.linesOfTrunk(trunk), linesMax, at));
    }
  }

  /** Why nothing at all may be placed; null where something may. */
  get held(): "saturated" | "asterisk-stalled" | null {
    const { callsPerSecond, because } = this.#throttle;
    if (callsPerSecond !== 0) return null;
    return because === "process" ? "saturated" : "asterisk-stalled";
  }

  isOpen(trunk: string): boolean {
    return this.#trunks.get(trunk)?.state === "open";
  }

  /** Asked once more when the row is written: it took a moment. */
  mayStillPlace(trunk: string): boolean {
    return this.held === null && !this.isOpen(trunk);
  }

  /** Calls that this trunk may be given now beyond those there are, and what keeps it from more. */
  linesFree(
    trunk: string,
    { linesMax }: TrunkLimits,
    inUse: { readonly ofTrunk: number; readonly ofNode: number },
  ): { readonly lines: number; readonly short: Shortage } {
    const breaker = this.#trunks.get(trunk) ?? TRUSTED;
    const since = breaker.state === "probing" ? this.#parts.decidedSince(trunk, breaker.since) : 0;
    const there = Math.max(0, linesMax - inUse.ofTrunk);
    const trusted = linesFree(breaker, { linesInUse: inUse.ofTrunk, since, linesMax });
    const ofNode = Math.max(0, this.#context.settings.overload.callsMax - inUse.ofNode);
    if (ofNode < Math.min(there, trusted)) return { lines: ofNode, short: "node-lines" };
    if (trusted >= there) return { lines: there, short: "lines" };
    return { lines: trusted, short: breaker.state === "probing" ? "trunk-probing" : "trunk-limited" };
  }

  /** Of these, so many may be placed at once; none while the node would soon take more of them together. */
  withinRate(calls: number): number {
    const bucket = this.#refilled();
    if (bucket === null) return calls;
    const tokens = Math.max(0, Math.floor(bucket.tokens));
    return tokens < this.#together(calls) ? 0 : Math.min(calls, tokens);
  }

  /** So many were decided of those wanted. @returns ms until the node takes the next ones */
  spend(calls: number, wanted: number): number {
    const at = this.#context.clock.now();
    for (let each = 0; each < calls; each++) this.#placedAt.push(at);
    const bucket = this.#refilled();
    const { callsPerSecond } = this.#throttle;
    if (bucket === null || callsPerSecond === null || callsPerSecond === 0) return 0;
    this.#bucket = spend(bucket, calls);
    return msUntilTokens(this.#bucket, callsPerSecond, Math.max(1, this.#together(wanted - calls)));
  }

  #together(wanted: number): number {
    return Math.min(wanted, atOnceOf(this.#throttle.callsPerSecond ?? Infinity));
  }

  callChanged({ order }: LiveCall, before: LivingCall, now: Call): void {
    const was = before.facts;
    if (was.ringing !== "none" || was.answeredAt !== null) return;
    if (now.facts.ringing === "none" && now.facts.answeredAt === null) return;
    this.#served.add(order.attemptId);
    this.#hear(order, false);
  }

  callEnded({ order }: LiveCall, { outcome, facts }: AttemptEnd): void {
    if (this.#served.delete(order.attemptId)) return;
    // What was not made while Asterisk was out of breath says nothing of any trunk.
    const isOurs = facts.placeFailure !== null && this.#throttle.because !== null;
    const says = isOurs ? "nothing" : trunkSays(outcome, facts);
    if (says !== "nothing") this.#hear(order, says === "refused");
  }

  standingOf(trunk: string): TrunkStanding {
    const breaker = this.#trunks.get(trunk) ?? TRUSTED;
    const { state } = breaker;
    if (state === "open") {
      const forMs = Math.max(0, msBetween(this.#context.clock.now(), breaker.until));
      return { state, linesTrusted: null, forMs, refused: breaker.refused, heard: breaker.heard };
    }
    const words = state === "closed" ? breaker.words : [];
    const refused = words.filter(({ isRefusal }) => isRefusal).length;
    const linesTrusted = state === "closed" ? breaker.linesTrusted : 1;
    return { state, linesTrusted, forMs: null, refused, heard: words.length };
  }

  status(): OverloadStatus {
    const { callsPerSecond, because } = this.#throttle;
    const { answersInMs, loopDelayMs } = this.#pressure;
    const trunks = Object.fromEntries([...this.#trunks.keys()].map((name) => [name, this.standingOf(name)]));
    return { callsPerSecond, because, answersInMs, loopDelayMs, trunks };
  }

  #throttleBy(pressure: Pressure, at: Instant): void {
    const { settings, telephony, journal, log } = this.#context;
    const before = this.#throttle;
    let ceilingPerSecond = 0;
    for (const name of new Set(this.#parts.trunks())) ceilingPerSecond += telephony.trunk(name)?.cpsMax ?? 0;
    // Without events nothing is placed anyway, and what requests come to says nothing.
    if (ceilingPerSecond === 0 || !telephony.isUp()) return;
    const { asteriskSlowMs: slowMs, asteriskStalledMs: stalledMs, loopDelayMaxMs } = settings.overload;
    const limits = { slowMs, stalledMs, loopDelayMaxMs, ceilingPerSecond };
    this.#throttle = throttled(before, pressure, limits, at);
    const { callsPerSecond, because } = this.#throttle;
    if (callsPerSecond === before.callsPerSecond && because === before.because) return;
    this.#bucket = callsPerSecond === null || callsPerSecond === 0 ? null : fullBucket(callsPerSecond, at);
    journal.append({ at, kind: "throttle", callsPerSecond, ...pressure, because });
    const isWorse = (callsPerSecond ?? Infinity) < (before.callsPerSecond ?? Infinity);
    if (isWorse) log.warn("fewer calls are placed for a while", { callsPerSecond, because, ...pressure });
    else if (callsPerSecond === null) log.info("as many calls are placed as before");
  }

  #hear(order: AttemptOrder, isRefusal: boolean): void {
    const { trunk, decidedAt } = order;
    const limits = this.#context.telephony.trunk(trunk);
    if (limits === null) return;
    const at = this.#context.clock.now();
    const breaker = this.#trunks.get(trunk) ?? TRUSTED;
    const use = {
      linesInUse: this.#parts.linesOfTrunk(trunk),
      young: this.#parts.youngOf(trunk, after(at, -YOUNG_MS)),
    };
    this.#set(trunk, breaker, heard(breaker, { isRefusal, decidedAt, at }, use, limits.breaker ?? DEFAULT_BREAKER));
  }

  #set(trunk: string, before: Breaker, breaker: Breaker): void {
    this.#trunks.set(trunk, breaker);
    const { state } = breaker;
    const linesTrusted = state === "closed" ? breaker.linesTrusted : null;
    if (state === before.state && (before.state !== "closed" || linesTrusted === before.linesTrusted)) return;
    const { clock, journal, log } = this.#context;
    const until = state === "open" ? breaker.until : null;
    const { refused, heard: of } = this.standingOf(trunk);
    journal.append({ at: clock.now(), kind: "trunk", trunk, state, linesTrusted, until, refused, heard: of });
    if (state === "open")
      log.warn("a trunk refuses calls, and is given none for a while", { trunk, refused, of, until });
    else if (before.state !== "closed" && state === "closed") log.info("a trunk takes calls again", { trunk });
  }

  #refilled(): TokenBucket | null {
    const { callsPerSecond } = this.#throttle;
    if (callsPerSecond === null) return null;
    const at = this.#context.clock.now();
    if (callsPerSecond === 0) return { tokens: 0, at };
    this.#bucket = refilled(this.#bucket ?? fullBucket(callsPerSecond, at), callsPerSecond, at);
    return this.#bucket;
  }
}
