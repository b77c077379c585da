/**
 * What no journal of one node can show: a lead that two nodes called at once. One rule to remember: clocks of two machines
 * differ, and of a node that died nobody wrote down what became of its calls; so only what is certain is told.
 */
import type { AttemptId, LeadId } from "../domain/ids.ts";
import { after, isBefore, toIso, type Instant } from "../domain/instant.ts";
import type { Breach } from "./breach.ts";
import type { Entry } from "./entries.ts";

/** `fairdial check` warns above half of this. */
const CLOCKS_APART_MAX_MS = 2_000;

/** One attempt as one node told of it. */
interface Told {
  readonly node: string;
  readonly attemptId: AttemptId;
  readonly from: Instant;
  /** Null where its journal does not tell the end. */
  to: Instant | null;
  /** Telephony was asked for it, or may have been. */
  isPlaced: boolean;
}

export interface AcrossFinding {
  readonly invariant: "lead-on-one-node";
  readonly says: string;
  looked: number;
  breaches: number;
}

export class AcrossNodes {
  readonly #leads = new Map<LeadId, Told[]>();
  readonly #attempts = new Map<AttemptId, Told>();
  /** The last that each node wrote. */
  readonly #lastAt = new Map<string, Instant>();
  readonly #onBreach: (breach: Breach) => void;

  constructor(onBreach: (breach: Breach) => void) {
    this.#onBreach = onBreach;
  }

  /** Every entry of every node, the nodes one after the other. */
  see(node: string, entry: Entry): void {
    if (entry.at > (this.#lastAt.get(node) ?? -Infinity)) this.#lastAt.set(node, entry.at);
    switch (entry.kind) {
      case "attempt-decided": {
        if (this.#attempts.has(entry.attemptId)) return;
        const told: Told = { node, attemptId: entry.attemptId, from: entry.at, to: null, isPlaced: false };
        this.#attempts.set(entry.attemptId, told);
        const known = this.#leads.get(entry.leadId);
        if (known === undefined) this.#leads.set(entry.leadId, [told]);
        else known.push(told);
        return;
      }
      case "call": {
        const told = this.#attempts.get(entry.attemptId);
        if (told !== undefined) told.isPlaced = true;
        return;
      }
      case "attempt-withdrawn":
      case "attempt-ended": {
        const told = this.#attempts.get(entry.attemptId);
        if (told !== undefined) told.to ??= entry.at;
        return;
      }
      default:
    }
  }

  finish(): AcrossFinding {
    const finding: AcrossFinding = {
      invariant: "lead-on-one-node",
      says: "No lead is called by two nodes at once.",
      looked: 0,
      breaches: 0,
    };
    for (const [leadId, all] of this.#leads) {
      const placed = all.filter(({ isPlaced }) => isPlaced).sort((a, b) => a.from - b.from);
      finding.looked += placed.length > 0 ? 1 : 0;
      for (const [index, first] of placed.entries()) {
        for (const second of placed.slice(index + 1)) {
          // Without an end: until its node fell silent. Whoever settled what it left wrote no journal there.
          const to = first.to ?? this.#lastAt.get(first.node) ?? first.from;
          const isApart = isBefore(to, after(second.from, CLOCKS_APART_MAX_MS));
          if (first.node === second.node || isApart) continue;
          finding.breaches += 1;
          const facts = { leadId, first: first.attemptId, on: first.node, until: toIso(to) };
          const says = "a lead was called by a second node while the first called it";
          this.#onBreach({
            ...{ invariant: finding.invariant, at: second.from, attemptId: second.attemptId, says },
            facts,
          });
        }
      }
    }
    return finding;
  }
}
