/** What the pretend database knows of numbers, registers, messages and caller numbers, and how a test fills it. */
import { type Campaign } from "../domain/campaign.ts";
import type { AttemptId, CampaignId } from "../domain/ids.ts";
import { after, type Instant } from "../domain/instant.ts";
import type {
  ApprovedMessage,
  KillSwitch,
  NumberFacts,
  OwnedCliNumber,
  RegisterState,
} from "../domain/number-facts.ts";
import type { Outcome } from "../domain/outcome.ts";
import { type PhoneNumber } from "../domain/phone-number.ts";
import type { Alarm, ComplianceState } from "../engine/ports.ts";
import { MemoryAmd } from "./memory-amd.ts";
import type { AttemptRow } from "./memory-rows.ts";

export interface RegisterRow {
  readonly state: RegisterState;
  readonly numbers: ReadonlySet<PhoneNumber>;
}

export interface AlarmRow {
  readonly campaignId: CampaignId | null;
  readonly attemptId: AttemptId | null;
  readonly code: string;
  readonly hour: number;
  readonly says: string;
  lastAt: Instant;
  times: number;
}

const HOUR_MS = 3_600_000;
const ATTEMPTS_MS = 48 * HOUR_MS;

export class MemoryCompliance {
  /** For everybody, with the instant since when. */
  readonly suppressed = new Map<PhoneNumber, Instant>();
  /** Numbers taken out for good, wherever they turn up. */
  readonly permanent = new Map<PhoneNumber, Outcome>();
  /** The files in force, by the register's name. */
  readonly registers = new Map<string, RegisterRow>();
  readonly messages = new Map<string, ApprovedMessage>();
  readonly cliNumbers: OwnedCliNumber[] = [];
  readonly alarms: AlarmRow[] = [];
  readonly amd = new MemoryAmd();
  killSwitch: KillSwitch | null = null;
  readonly #suppressedFor = new Map<string, Instant>();
  readonly #guaranteedOnlyUntil = new Map<string, Instant>();
  readonly #attemptsTo = new Map<PhoneNumber, AttemptRow[]>();

  /** For one principal only. */
  suppressFor(principal: string, number: PhoneNumber, at: Instant): void {
    this.#suppressedFor.set(keyOf(principal, number), at);
  }

  isSuppressed(principal: string, number: PhoneNumber): boolean {
    return (
      this.suppressed.has(number) || (this.#suppressedFor.size > 0 && this.#suppressedFor.has(keyOf(principal, number)))
    );
  }

  /** The longest promise stands, whichever came first. */
  guaranteeUntil(principal: string, number: PhoneNumber, until: Instant): void {
    const key = keyOf(principal, number);
    const before = this.#guaranteedOnlyUntil.get(key);
    if (before === undefined || before < until) this.#guaranteedOnlyUntil.set(key, until);
  }

  noteAttempt(row: AttemptRow): void {
    const rows = this.#attemptsTo.get(row.order.number) ?? [];
    rows.push(row);
    this.#attemptsTo.set(row.order.number, rows);
  }

  /** Attempts that no rule asks about any more. */
  forgetAttemptsBefore(at: Instant): void {
    const since = after(at, -ATTEMPTS_MS);
    for (const [number, rows] of this.#attemptsTo) {
      const recent = rows.filter((row) => row.order.decidedAt > since);
      if (recent.length === 0) this.#attemptsTo.delete(number);
      else if (recent.length < rows.length) this.#attemptsTo.set(number, recent);
    }
  }

  factsOf(principal: string, number: PhoneNumber, at: Instant): NumberFacts {
    const since = after(at, -ATTEMPTS_MS);
    const dialled = (this.#attemptsTo.get(number) ?? []).filter(
      (row) => row.order.principal === principal && row.order.decidedAt > since && mayHaveLeft(row),
    );
    return {
      suppressed: this.isSuppressed(principal, number),
      permanentOutcome: this.permanent.get(number) ?? null,
      registers: [...this.registers].flatMap(([name, { numbers }]) => (numbers.has(number) ? [name] : [])).sort(),
      guaranteedOnlyUntil: this.#guaranteedOnlyUntil.get(keyOf(principal, number)) ?? null,
      attemptsAt: dialled.map(({ order }) => order.decidedAt).sort((a, b) => b - a),
      onTheLineAt: dialled.some(({ state }) => state !== "ended") ? at : null,
    };
  }

  stateWith(optedOut: readonly AttemptId[]): ComplianceState {
    return {
      killSwitch: this.killSwitch,
      messages: [...this.messages.values()],
      cliNumbers: [...this.cliNumbers],
      registers: [...this.registers.values()].map(({ state }) => state),
      amdTests: this.amd.tests,
      optedOut,
    };
  }

  /** Once an hour, with how often it came; told twice with the same instant, it came once. */
  raise({ at, campaignId, attemptId, code, says }: Alarm): void {
    const hour = Math.floor(at / HOUR_MS);
    const known = this.alarms.find(
      (alarm) => alarm.campaignId === campaignId && alarm.code === code && alarm.hour === hour,
    );
    if (known === undefined) this.alarms.push({ campaignId, attemptId, code, hour, says, lastAt: at, times: 1 });
    else if (known.lastAt < at) Object.assign(known, { lastAt: at, times: known.times + 1 });
  }

  /** What a manager would have to see to before this campaign may start: message, caller number, and these registers. */
  answerFor(campaign: Campaign, at: Instant, registers: readonly string[] = []): void {
    this.messages.set(campaign.informationMessage, {
      media: campaign.informationMessage,
      sha256: "0".repeat(64),
      transcript: "Sorry, nobody was free to talk to you. To be called no more, ring this number.",
      principal: campaign.principal,
      contactNumber: "+448081570000",
      saysPurpose: true,
      offersKeyOptOut: true,
      approvedBy: "the simulation",
      approvedAt: at,
    });
    const { cliNumber, trunk } = campaign;
    if (!this.cliNumbers.some((owned) => owned.cliNumber === cliNumber && owned.trunk === trunk)) {
      this.cliNumbers.push({ cliNumber, trunk, proof: "made up", addedAt: at });
    }
    for (const name of registers) {
      const state = { name, fileDate: at, loadedAt: at, numbers: 0, sha256: "0".repeat(64) };
      if (!this.registers.has(name)) this.registers.set(name, { state, numbers: new Set() });
    }
  }
}

const keyOf = (principal: string, number: PhoneNumber): string => JSON.stringify([principal, number]);

/** An attempt counts from its decision on, unless it was taken back before anything can have left. */
const mayHaveLeft = ({ state, facts: { placeFailure } }: AttemptRow): boolean =>
  state !== "ended" || (placeFailure !== "withdrawn" && placeFailure !== "refused");
