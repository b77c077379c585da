/** What an invariant is, and what it finds. One rule to remember: it also says how many cases it has looked at. */
import type { Instant } from "../domain/instant.ts";
import type { AttemptId } from "../domain/ids.ts";
import type { AttemptEnded, Entry } from "./entries.ts";
import type { Scene, SeenAttempt } from "./scene.ts";

/** What an invariant found wrong. */
export interface Breach {
  readonly invariant: string;
  readonly at: Instant;
  /** Null where it is about no single attempt. */
  readonly attemptId: AttemptId | null;
  /** A sentence that says what happened, without the facts. */
  readonly says: string;
  readonly facts: Readonly<Record<string, unknown>>;
}

/** A spell of a person's time: when an outage touches it, nobody could have done better. */
export interface Spell {
  readonly from: Instant;
  readonly to: Instant;
}

export interface Report {
  /** One more case of what this invariant is about. */
  looked(): void;
  breach(found: Omit<Breach, "invariant">): void;
  /** The same, unless Asterisk or the daemon was away at the time; that may be known only later. */
  breachUnlessAway(found: Omit<Breach, "invariant">, spell: Spell): void;
}

/** One replay of one invariant. Called in the journal's order; remembers no more than what is alive, or recent. */
export interface Watch {
  /** Every entry, once the scene knows of it. */
  see?(entry: Entry, scene: Scene): void;
  /** An attempt whose end was just told. `seen` is null when the journal begins after its decision. */
  ended?(end: AttemptEnded, seen: SeenAttempt | null, scene: Scene): void;
  finish?(scene: Scene): void;
}

export interface Invariant {
  /** The promise, as a sentence. */
  readonly says: string;
  readonly watch: (report: Report) => Watch;
}
