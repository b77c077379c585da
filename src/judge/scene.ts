/**
 * What can be known at one point of the journal: the campaigns and their rules, the attempts that are alive, and those
 * that have just ended. One rule to remember: it is rebuilt from the entries before this one and from nothing else.
 */
import type { CampaignRules } from "../compliance/dial-facts.ts";
import type { AttemptState } from "../domain/attempt.ts";
import type { Campaign } from "../domain/campaign.ts";
import type { AttemptId, CampaignId, NumberId } from "../domain/ids.ts";
import { after, type Instant } from "../domain/instant.ts";
import type { AttemptDecided, AttemptEnded, CallMoved, Entry } from "./entries.ts";
import { Recent } from "./recent.ts";

/** An attempt as the journal has told of it so far. */
export interface SeenAttempt {
  readonly decided: AttemptDecided;
  /** As they were when it was decided; null when the journal does not say. */
  readonly campaign: Campaign | null;
  readonly rules: CampaignRules | null;
  state: AttemptState;
  /** Null until telephony was asked for it, as far as is known. */
  firstCallAt: Instant | null;
  /** The network has it: an INVITE may have left. */
  isDialled: boolean;
  progressAt: Instant | null;
  ringingAt: Instant | null;
  answeredAt: Instant | null;
  /** Joined with an agent at some time. */
  isConnected: boolean;
  /** When we first asked for its end. */
  hangUpAt: Instant | null;
  deadlineAt: Instant | null;
  /** Decided by a process that died before it told of any call: there may be a row, and there may be none. */
  dormant: boolean;
  /** Of an earlier process: how the next one found it is told by its agent alone. */
  isInherited: boolean;
}

/** What a journal does not tell of numbers, because it is kept longer and read by more than may know them. */
export interface KnownNumbers {
  readonly numberOf?: (numberId: NumberId) => string | null;
  readonly suppressedSince?: (numberId: NumberId) => Instant | null;
}

/** Late news of an attempt comes within this, if it comes. */
const ENDED_KEPT_MS = 3_600_000;
/** A day and a half: longer than anything that calls look back for. */
const SUPPOSED_ALIVE_MS = 36 * 3_600_000;

export class Scene {
  readonly campaigns = new Map<CampaignId, { readonly campaign: Campaign; readonly rules: CampaignRules | null }>();
  readonly #alive = new Map<AttemptId, SeenAttempt>();
  readonly #ended = new Recent<AttemptId, { readonly at: Instant; readonly life: number }>(ENDED_KEPT_MS);
  readonly #numbers: KnownNumbers;
  /** How often the daemon has been started; entries before the first start belong to life 0. */
  lives = 0;
  readonly nodes = new Set<string>();
  /** Nothing follows but what a clean stop leaves. */
  isStopped = false;
  isDraining = false;
  firstAt: Instant | null = null;
  /** The latest instant so far: entries of one moment may come in any order. */
  now = 0 as Instant;
  attempts = 0;

  constructor(numbers: KnownNumbers = {}) {
    this.#numbers = numbers;
  }

  /** The same for two leads with the same number, where that is known. */
  numberOf(numberId: NumberId): string {
    return this.#numbers.numberOf?.(numberId) ?? String(numberId);
  }

  /** Null where it is not suppressed, or nobody says. */
  suppressedSince(numberId: NumberId): Instant | null {
    return this.#numbers.suppressedSince?.(numberId) ?? null;
  }

  attempt(attemptId: AttemptId): SeenAttempt | null {
    return this.#alive.get(attemptId) ?? null;
  }

  /** Decided and not ended. */
  alive(): Iterable<SeenAttempt> {
    return this.#alive.values();
  }

  endOf(attemptId: AttemptId): { readonly at: Instant; readonly life: number } | null {
    return this.#ended.get(attemptId) ?? null;
  }

  take(entry: Entry): void {
    this.firstAt ??= entry.at;
    if (entry.at > this.now) this.now = entry.at;
    switch (entry.kind) {
      case "engine":
        this.#engine(entry);
        return;
      case "campaign":
        this.campaigns.set(entry.campaign.campaignId, entry);
        return;
      case "attempt-decided":
        this.#decided(entry);
        return;
      case "call":
        this.#moved(entry);
        return;
      case "agent":
        this.#foundWith(entry);
        return;
      default:
    }
  }

  /** After everybody has looked at it: what is over is let go. */
  letGo(entry: Entry): void {
    if (entry.kind === "attempt-withdrawn") this.#alive.delete(entry.attemptId);
    if (entry.kind === "attempt-ended") this.#over(entry);
  }

  /** Gives up an attempt that will never be heard of again. */
  forget(attemptId: AttemptId): void {
    this.#alive.delete(attemptId);
  }

  #engine(entry: Extract<Entry, { kind: "engine" }>): void {
    this.isStopped = entry.what === "stopped";
    this.isDraining = entry.what === "draining" || (entry.what === "stopped" && this.isDraining);
    if (entry.what !== "started") return;
    this.lives += 1;
    if (entry.nodeId !== null) this.nodes.add(entry.nodeId);
    const longAgo = after(entry.at, -SUPPOSED_ALIVE_MS);
    for (const [attemptId, seen] of this.#alive) {
      if (seen.firstCallAt === null) seen.dormant = true;
      seen.isInherited = true;
      if (seen.decided.at < longAgo) this.#alive.delete(attemptId);
    }
  }

  #decided(decided: AttemptDecided): void {
    // A second decision is a breach of its own; the first one's life goes on.
    if (this.#alive.has(decided.attemptId)) return;
    this.attempts += 1;
    const held = this.campaigns.get(decided.campaignId);
    this.#alive.set(decided.attemptId, {
      decided,
      campaign: held?.campaign ?? null,
      rules: held?.rules ?? null,
      state: "placing",
      firstCallAt: null,
      isDialled: false,
      progressAt: null,
      ringingAt: null,
      answeredAt: null,
      isConnected: false,
      hangUpAt: null,
      deadlineAt: null,
      dormant: false,
      isInherited: false,
    });
  }

  #moved({ attemptId, at, event, after: state, deadlineAt, effects }: CallMoved): void {
    const seen = this.#alive.get(attemptId);
    if (seen === undefined) return;
    seen.state = state;
    seen.firstCallAt ??= at;
    seen.deadlineAt = deadlineAt;
    seen.dormant = false;
    if (event.type === "placed") seen.isDialled = true;
    if (state === "connected") seen.isConnected = true;
    if (event.type === "progressed") seen.progressAt ??= at;
    if (event.type === "rang") seen.ringingAt ??= at;
    if (event.type === "answered") seen.answeredAt ??= at;
    if (seen.progressAt !== null || seen.ringingAt !== null || seen.answeredAt !== null) seen.isDialled = true;
    if (effects.some(({ type }) => type === "hangUp")) seen.hangUpAt ??= at;
  }

  /** No move tells of a join that came to nobody's ears, as the process went: the next one found them together. */
  #foundWith({ attemptId, after: state }: Extract<Entry, { kind: "agent" }>): void {
    const seen = attemptId === null || state !== "onCall" ? undefined : this.#alive.get(attemptId);
    if (seen?.isInherited === true) seen.isConnected = true;
  }

  #over({ attemptId, at }: AttemptEnded): void {
    this.#alive.delete(attemptId);
    this.#ended.set(attemptId, { at, life: this.lives }, this.now);
  }
}
