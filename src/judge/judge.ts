/**
 * Replays a journal against the invariants, entry by entry. One rule to remember: a judge that has never failed proves
 * nothing, so each invariant has a planted fault in the tests, and one that looked at nothing says so.
 */
import { dropsAreLicensed, listensNoLonger, noMachineDropWhenGuaranteed } from "./amd.ts";
import { allowedWhenDialled, evidenceComplete, guaranteedOnly, withinFrequencyCaps } from "./decisions.ts";
import { accountEqualsRecount, overdialWithinCredit, Recounting } from "./accounts.ts";
import { noAgentLost, oneCallAnAgent } from "./agents.ts";
import { endsOnce, exclusionsHaveReasons, nothingAfterTheEnd, placedOnce, ringsLongEnough } from "./attempts.ts";
import type { Breach, Invariant, Report, Spell, Watch } from "./breach.ts";
import { asPacingSaid, withinLines } from "./capacity.ts";
import type { Instant } from "../domain/instant.ts";
import type { Entry } from "./entries.ts";
import { agentsAreAskedFor, flowsEnd, flowsLeaveNobodyWaiting, objectionsAreObeyed } from "./flows.ts";
import { asRedialSays, leadInOnePlace } from "./leads.ts";
import { onlyAsAsked } from "./manual.ts";
import { holdsAreShort, voicemailAlone } from "./desk.ts";
import { gapsEnd, recordedAsOrdered, recordingsAreClosed } from "./recordings.ts";
import { Outages } from "./outages.ts";
import { nothingBeyondStrength, nothingOnAnOpenTrunk, refusalsCloseTrunks } from "./overload.ts";
import { messageToItsEnd, neverSilent, outcomesAreHonest, servedInTime } from "./people.ts";
import { pressedBeforeDialled, screensAreCleared } from "./previews.ts";
import { returnsAreServed, returnsComeFirst } from "./returns.ts";
import { awayPlacesNothing, rowsAreKept } from "./rows-behind.ts";
import { Scene, type KnownNumbers } from "./scene.ts";
import { drainedPlacesNothing, killSwitchObeyed, stoppedPlacesNothing, stopsWithoutAMessage } from "./stops.ts";
import { othersAreLetGo, passedOnAreHeard } from "./transfers.ts";

export interface JudgeOptions {
  readonly numbers?: KnownNumbers;
  /** When the kill switch was on, where that is known apart from the journal. */
  readonly killSwitch?: readonly Spell[];
  /** Only what happened then is counted and told; the rest is read to know how it stood. Null for no bound. */
  readonly period?: { readonly from: Instant | null; readonly to: Instant | null };
  /** Called for every breach as soon as it is certain. */
  readonly onBreach?: (breach: Breach) => void;
}

const invariantsOf = (recounting: Recounting, { killSwitch = [] }: JudgeOptions) =>
  ({
    "ends-once": endsOnce,
    "placed-once": placedOnce,
    "allowed-when-dialled": allowedWhenDialled,
    "exclusions-have-reasons": exclusionsHaveReasons,
    "nothing-after-the-end": nothingAfterTheEnd,
    "served-in-time": servedInTime,
    "never-silent": neverSilent,
    "message-to-its-end": messageToItsEnd,
    "outcomes-are-honest": outcomesAreHonest,
    "rings-long-enough": ringsLongEnough,
    "no-machine-drop-when-guaranteed": noMachineDropWhenGuaranteed,
    "drops-are-licensed": dropsAreLicensed,
    "listens-no-longer": listensNoLonger,
    "as-redial-says": asRedialSays,
    "lead-in-one-place": leadInOnePlace,
    "one-call-an-agent": oneCallAnAgent,
    "no-agent-lost": noAgentLost,
    "within-lines": withinLines,
    "as-pacing-said": asPacingSaid,
    "nothing-on-an-open-trunk": nothingOnAnOpenTrunk,
    "refusals-close-trunks": refusalsCloseTrunks,
    "nothing-beyond-strength": nothingBeyondStrength,
    "pressed-before-dialled": pressedBeforeDialled,
    "screens-are-cleared": screensAreCleared,
    "only-as-asked": onlyAsAsked,
    "holds-are-short": holdsAreShort,
    "voicemail-alone": voicemailAlone,
    "passed-on-are-heard": passedOnAreHeard,
    "others-are-let-go": othersAreLetGo,
    "returns-are-served": returnsAreServed,
    "returns-come-first": returnsComeFirst,
    "recorded-as-ordered": recordedAsOrdered,
    "gaps-end": gapsEnd,
    "recordings-are-closed": recordingsAreClosed,
    "evidence-complete": evidenceComplete,
    "within-frequency-caps": withinFrequencyCaps,
    "guaranteed-only": guaranteedOnly,
    "overdial-within-credit": overdialWithinCredit(recounting),
    "account-equals-recount": accountEqualsRecount(recounting),
    "flows-end": flowsEnd,
    "flows-leave-nobody-waiting": flowsLeaveNobodyWaiting,
    "agents-are-asked-for": agentsAreAskedFor,
    "objections-are-obeyed": objectionsAreObeyed,
    "kill-switch-obeyed": killSwitchObeyed(killSwitch),
    "stopped-places-nothing": stoppedPlacesNothing,
    "drained-places-nothing": drainedPlacesNothing,
    "stops-without-a-message": stopsWithoutAMessage,
    "away-places-nothing": awayPlacesNothing,
    "rows-are-kept": rowsAreKept,
  }) as const satisfies Record<string, Invariant>;

export type InvariantName = keyof ReturnType<typeof invariantsOf>;

export const INVARIANTS = Object.keys(invariantsOf(new Recounting(), {})) as readonly InvariantName[];

export interface Finding {
  readonly invariant: InvariantName;
  readonly says: string;
  /** How many cases it has looked at: none proves nothing. */
  readonly looked: number;
  readonly breaches: number;
}

interface Held {
  readonly breach: Breach;
  readonly spell: Spell;
}

export class Judge {
  readonly scene: Scene;
  readonly recounting = new Recounting();
  readonly #outages = new Outages();
  readonly #findings: { invariant: InvariantName; says: string; looked: number; breaches: number }[];
  readonly #watches: readonly Watch[];
  /** Those of them that want every entry. */
  readonly #seeing: readonly (Watch & Required<Pick<Watch, "see">>)[];
  readonly #onBreach: (breach: Breach) => void;
  readonly #isAsked: (at: Instant) => boolean;
  /** Breaches that an outage may still excuse. */
  #held: Held[] = [];

  constructor(options: JudgeOptions = {}) {
    this.scene = new Scene(options.numbers);
    this.#onBreach = options.onBreach ?? (() => undefined);
    const { from = null, to = null } = options.period ?? {};
    this.#isAsked = (at) => (from === null || at >= from) && (to === null || at < to);
    const invariants = Object.entries(invariantsOf(this.recounting, options)) as [InvariantName, Invariant][];
    this.#findings = invariants.map(([invariant, { says }]) => ({ invariant, says, looked: 0, breaches: 0 }));
    this.#watches = invariants.map(([, { watch }], index) => watch(this.#reportOf(index)));
    this.#seeing = this.#watches.filter(
      (watch): watch is Watch & Required<Pick<Watch, "see">> => watch.see !== undefined,
    );
  }

  see(entry: Entry): void {
    const { scene } = this;
    this.#outages.see(entry);
    scene.take(entry);
    if (entry.kind === "attempt-ended") {
      const seen = scene.attempt(entry.attemptId);
      for (const watch of this.#watches) watch.ended?.(entry, seen, scene);
    }
    for (const watch of this.#seeing) watch.see(entry, scene);
    scene.letGo(entry);
    if (this.#held.length > 0) this.#tell(({ spell }) => this.#outages.isSettled(spell, scene.now));
  }

  /** What every invariant came to. Nothing may follow. */
  finish(): readonly Finding[] {
    for (const watch of this.#watches) watch.finish?.(this.scene);
    this.#tell(() => true);
    return this.#findings;
  }

  #reportOf(index: number): Report {
    const finding = this.#findings[index];
    if (finding === undefined) throw new RangeError("no such invariant");
    const { invariant } = finding;
    return {
      looked: () => {
        if (this.#isAsked(this.scene.now)) finding.looked += 1;
      },
      breach: (found) => {
        this.#breached({ invariant, ...found });
      },
      breachUnlessAway: (found, spell) => {
        this.#held.push({ breach: { invariant, ...found }, spell });
      },
    };
  }

  #tell(isSettled: (held: Held) => boolean): void {
    const still: Held[] = [];
    for (const held of this.#held) {
      if (!isSettled(held)) still.push(held);
      else if (!this.#outages.touches(held.spell)) this.#breached(held.breach);
    }
    this.#held = still;
  }

  #breached(breach: Breach): void {
    if (!this.#isAsked(breach.at)) return;
    for (const finding of this.#findings) if (finding.invariant === breach.invariant) finding.breaches += 1;
    this.#onBreach(breach);
  }
}
