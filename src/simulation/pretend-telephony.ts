/**
 * The Telephony port over the pretend Asterisk: what an adapter and a network add to the truth. Commands take time,
 * are refused or go unanswered; the socket is cut and mended. One rule to remember: a command whose answer is
 * `unknown` may have been obeyed.
 */
import type { CallEvent } from "../call/call.ts";
import type { EndReason, MessageChoice, PlaceFailure, Stamp } from "../domain/attempt.ts";
import type { AttemptId, LegId } from "../domain/ids.ts";
import { after, type Instant } from "../domain/instant.ts";
import type {
  CommandResult,
  LegsSnapshot,
  PlaceOrder,
  Telephony,
  TelephonyEvent,
  TestPlay,
  TrunkLimits,
} from "../engine/ports.ts";
import type { PretendAsterisk, Socket } from "./pretend-asterisk.ts";
import type { SeededRandom } from "./seeded-random.ts";
import type { SleepingClock } from "./virtual-clock.ts";
import { FAIR_WIRE, Wire, type WireFaults } from "./wire.ts";

type CommandName =
  | "bridge"
  | "unbridge"
  | "playInformationMessage"
  | "hangUp"
  | "admitAgentLeg"
  | "setAgentMusic"
  | "promptAgent"
  | "hangUpAgentLeg";

/** The socket is gone from `from` to `to`; we notice `noticedAfterMs` later, by a ping that is not answered. */
export interface Cut {
  readonly from: Instant;
  readonly to: Instant;
  readonly noticedAfterMs: number;
  /** Whether requests fail as well. Without: only events are missed. */
  readonly requestsToo: boolean;
}

export interface TelephonyFaults {
  readonly wire: WireFaults;
  readonly cuts: readonly Cut[];
  /** A race or a mistake of ours: not carried out. */
  readonly refusedRate: number;
  /** Only these are refused; all of them when not given. */
  readonly refusesOnly?: readonly CommandName[];
  /** No answer in time: carried out, or not. */
  readonly unknownRate: number;
  /** Calls placed of which nothing is ever confirmed; half of them exist. */
  readonly unconfirmedRate: number;
}

export const FAIR_TELEPHONY: TelephonyFaults = {
  wire: FAIR_WIRE,
  cuts: [],
  refusedRate: 0,
  unknownRate: 0,
  unconfirmedRate: 0,
};

export interface TelephonyOptions {
  readonly asterisk: PretendAsterisk;
  readonly clock: SleepingClock;
  readonly random: SeededRandom;
  readonly trunks: Readonly<Record<string, TrunkLimits>>;
  readonly faults?: TelephonyFaults;
}

/** How long the adapter waits for an answer to a request, and for a created leg to report in. */
const REQUEST_TIMEOUT_MS = 2_000;
/** "No such leg" waits a little for the event that says how it ended. */
const NEWS_OF_END_MS = 250;
const UNKNOWN: CommandResult = { ok: false, kind: "unknown", detail: "no answer in time" };
const REFUSED: CommandResult = { ok: false, kind: "refused", detail: "conflict" };

export class PretendTelephony implements Telephony {
  readonly #asterisk: PretendAsterisk;
  readonly #clock: SleepingClock;
  readonly #random: SeededRandom;
  readonly #trunks: Readonly<Record<string, TrunkLimits>>;
  readonly #faults: TelephonyFaults;
  readonly #wire: Wire;
  readonly #socket: Socket;
  /** Calls on their way whose `placed` is not told yet: the answer to the request tells it, or their first event. */
  readonly #unconfirmed = new Set<AttemptId>();
  /** What a leg is told, it is told in order: the next command waits for the answer to the last. */
  readonly #lastCommand = new Map<AttemptId, Promise<CommandResult>>();
  readonly #testPlays = new Map<string, Promise<TestPlay>>();
  #listener: (event: TelephonyEvent) => void = () => undefined;
  #isUp = false;
  /** Counts connections: what plays when one is lost is not heard of any more. */
  #connections = 0;
  #requestsFail = false;

  constructor({ asterisk, clock, random, trunks, faults = FAIR_TELEPHONY }: TelephonyOptions) {
    this.#asterisk = asterisk;
    this.#clock = clock;
    this.#random = random;
    this.#trunks = trunks;
    this.#faults = faults;
    this.#wire = new Wire({ clock, random, faults: faults.wire, arrive: (event) => this.#arrive(event) });
    this.#socket = {
      deliver: (event) => {
        this.#wire.send(event);
      },
      replaced: () => {
        this.#connectionIs("replaced");
      },
    };
  }

  async start(listener: (event: TelephonyEvent) => void): Promise<void> {
    this.#listener = listener;
    for (const cut of this.#faults.cuts) this.#prepare(cut);
    await this.#clock.sleep(this.#random.between(5, 20));
    this.#asterisk.connect(this.#socket);
    this.#wire.open();
    this.#connectionIs("up");
  }

  async stop(): Promise<void> {
    this.#listener = () => undefined;
    this.#wire.cut();
    this.#asterisk.disconnect(this.#socket);
    this.#isUp = false;
  }

  isUp(): boolean {
    return this.#isUp;
  }

  /** Events that were sent and never arrived, for tests that must know whether a fault has really happened. */
  get lostCount(): number {
    return this.#wire.lostCount;
  }

  place(order: PlaceOrder): void {
    void this.#place(order);
  }

  async bridge(attemptId: AttemptId, legId: LegId): Promise<CommandResult> {
    return this.#inOrder("bridge", attemptId, () => this.#asterisk.bridge(attemptId, legId));
  }

  async unbridge(attemptId: AttemptId): Promise<CommandResult> {
    return this.#inOrder("unbridge", attemptId, () => this.#asterisk.unbridge(attemptId));
  }

  /** Nobody is told more than they can bear here: what is not wanted any more falls on deaf ears. */
  stopListening(attemptId: AttemptId): void {
    this.#asterisk.stopListening(attemptId);
  }

  async playInformationMessage(attemptId: AttemptId, media: string, choice: MessageChoice): Promise<CommandResult> {
    return this.#inOrder("playInformationMessage", attemptId, () => this.#asterisk.play(attemptId, media, choice));
  }

  /** One at a time for each message: whoever asks meanwhile gets the same answer. */
  testPlay(media: string): Promise<TestPlay> {
    const playing = this.#testPlays.get(media);
    if (playing !== undefined) return playing;
    const result = this.#testPlay(media).finally(() => this.#testPlays.delete(media));
    this.#testPlays.set(media, result);
    return result;
  }

  /** Waits for nothing that was asked before. */
  async hangUp(attemptId: AttemptId, _reason: EndReason): Promise<CommandResult> {
    const result = await this.#command("hangUp", () => this.#asterisk.hangUp(attemptId));
    if (!result.ok && result.kind === "gone") await this.#clock.sleep(NEWS_OF_END_MS);
    return result;
  }

  async admitAgentLeg(legId: LegId): Promise<CommandResult> {
    return this.#command("admitAgentLeg", () => this.#asterisk.admitAgentLeg(legId));
  }

  async setAgentMusic(legId: LegId, _on: boolean): Promise<CommandResult> {
    return this.#command("setAgentMusic", () => this.#asterisk.attendAgentLeg(legId));
  }

  async promptAgent(legId: LegId, _media: string): Promise<CommandResult> {
    return this.#command("promptAgent", () => this.#asterisk.attendAgentLeg(legId));
  }

  async hangUpAgentLeg(legId: LegId): Promise<CommandResult> {
    return this.#command("hangUpAgentLeg", () => this.#asterisk.endAgentLeg(legId));
  }

  async snapshot(): Promise<LegsSnapshot> {
    await this.#travel();
    if (this.#requestsFail) {
      await this.#clock.sleep(REQUEST_TIMEOUT_MS);
      throw new Error("the pretend Asterisk cannot be asked");
    }
    const snapshot = this.#asterisk.snapshot();
    // Events may overtake the answer.
    await this.#clock.sleep(this.#random.between(1, 10));
    return snapshot;
  }

  trunk(name: string): TrunkLimits | null {
    return this.#trunks[name] ?? null;
  }

  async #place(order: PlaceOrder): Promise<void> {
    const { attemptId } = order;
    const isUnconfirmed = this.#random.chance(this.#faults.unconfirmedRate);
    if (isUnconfirmed && this.#random.chance(0.5)) return;
    if (!isUnconfirmed) this.#unconfirmed.add(attemptId);
    const failed = await this.#tryToPlace(order);
    if (isUnconfirmed) return;
    if (failed === null) this.#confirm(attemptId);
    else {
      this.#unconfirmed.delete(attemptId);
      this.#tell(attemptId, { type: "placeFailed", stamp: this.#ownStamp(), ...failed });
    }
  }

  /** Create, wait until the leg reports in, dial: three steps, and something can go wrong in each. */
  async #tryToPlace(order: PlaceOrder): Promise<{ failure: PlaceFailure; detail: string } | null> {
    if (!this.#isUp) return { failure: "unavailable", detail: "not connected" };
    await this.#travel();
    if (this.#requestsFail) {
      await this.#clock.sleep(REQUEST_TIMEOUT_MS);
      return { failure: "unknown", detail: "no answer in time" };
    }
    const created = this.#asterisk.create(order);
    await this.#travel();
    if (created === "exists") return { failure: "unknown", detail: "the name is taken" };
    if (created !== "created") return { failure: created, detail: "no leg can be made" };
    if (!this.#wire.isOpen) {
      // The leg's first event was missed: it must not stay behind undialled, for such legs never time out.
      await this.#clock.sleep(REQUEST_TIMEOUT_MS);
      this.#asterisk.hangUp(order.attemptId);
      return { failure: "unavailable", detail: "the leg did not report in" };
    }
    this.#asterisk.dial(order.attemptId, order.ringTimeoutMs);
    // The answer to the request, which the first events of the call may overtake.
    await this.#clock.sleep(this.#random.between(1, 30));
    return null;
  }

  async #testPlay(media: string): Promise<TestPlay> {
    if (!this.#isUp) return { result: "unknown", detail: "not connected" };
    const connection = this.#connections;
    const goesUnanswered = this.#random.chance(this.#faults.unknownRate);
    await this.#travel();
    if (this.#requestsFail || goesUnanswered) {
      await this.#clock.sleep(REQUEST_TIMEOUT_MS);
      return { result: "unknown", detail: "no answer in time" };
    }
    const durationMs = this.#asterisk.lengthOf(media);
    await this.#clock.sleep(durationMs ?? 1);
    await this.#travel();
    if (connection !== this.#connections) return { result: "unknown", detail: "the connection was lost" };
    return durationMs === null
      ? { result: "failed", detail: `${media} cannot be played` }
      : { result: "played", durationMs, formats: ["alaw"] };
  }

  #confirm(attemptId: AttemptId): void {
    if (!this.#unconfirmed.delete(attemptId)) return;
    this.#tell(attemptId, { type: "placed", stamp: this.#ownStamp(), sipCallId: `sip-${attemptId}` });
  }

  async #inOrder(name: CommandName, attemptId: AttemptId, obey: () => CommandResult): Promise<CommandResult> {
    const before = this.#lastCommand.get(attemptId);
    const result = (async () => {
      await before;
      return this.#command(name, obey);
    })();
    this.#lastCommand.set(attemptId, result);
    return result;
  }

  async #command(name: CommandName, obey: () => CommandResult): Promise<CommandResult> {
    const { refusedRate, refusesOnly } = this.#faults;
    const isRefused = this.#random.chance(refusedRate) && (refusesOnly?.includes(name) ?? true);
    const isUnknown = this.#random.chance(this.#faults.unknownRate);
    await this.#travel();
    if (isRefused) return REFUSED;
    if (this.#requestsFail || (isUnknown && this.#random.chance(0.5))) {
      await this.#clock.sleep(REQUEST_TIMEOUT_MS);
      return UNKNOWN;
    }
    const result = obey();
    if (isUnknown) {
      await this.#clock.sleep(REQUEST_TIMEOUT_MS);
      return UNKNOWN;
    }
    await this.#travel();
    return result;
  }

  /** A request takes 1.7 to 3.3 ms, there and back. */
  async #travel(): Promise<void> {
    await this.#clock.sleep(this.#random.between(1, 2));
  }

  #prepare(cut: Cut): void {
    if (cut.from < this.#clock.now()) return; // An earlier process met it.
    this.#clock.wakeAt(cut.from, () => {
      this.#wire.cut();
      this.#requestsFail = cut.requestsToo;
    });
    const noticedAt = after(cut.from, cut.noticedAfterMs);
    if (noticedAt < cut.to) this.#clock.wakeAt(noticedAt, () => this.#connectionIs("down"));
    this.#clock.wakeAt(cut.to, () => {
      this.#requestsFail = false;
      // Even a cut shorter than a ping's patience shows: the library reports that it has connected anew.
      if (noticedAt >= cut.to) this.#connectionIs("down");
      this.#wire.open();
      this.#connectionIs("up");
    });
  }

  #connectionIs(state: "up" | "down" | "replaced"): void {
    this.#isUp = state === "up";
    this.#connections += 1;
    this.#listener({ kind: "connection", state, at: this.#clock.now() });
  }

  #arrive(event: TelephonyEvent): void {
    if (event.kind === "call") this.#confirm(event.attemptId);
    this.#listener(event);
  }

  /** News of the adapter's own: it does not travel over the socket. */
  #tell(attemptId: AttemptId, event: CallEvent): void {
    this.#listener({ kind: "call", attemptId, event });
  }

  #ownStamp(): Stamp {
    return { at: this.#clock.now(), asteriskAt: null };
  }
}
