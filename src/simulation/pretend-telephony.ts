/**
 * The Telephony port over the pretend Asterisk: what an adapter and a network add to the truth. Commands take time,
 * are refused or go unanswered; the socket is cut and mended. One rule to remember: a command whose answer is
 * `unknown` may have been obeyed.
 */
import type { CallEvent } from "../call/call.ts";
import type { EndReason, MessageChoice, PlaceFailure, Stamp } from "../domain/attempt.ts";
import type { AttemptId, LegId } from "../domain/ids.ts";
import { after } from "../domain/instant.ts";
import type { AmdAnswer, AmdOrder, CommandResult, DeskTelephony, FlowPlayback } from "../engine/ports.ts";
import type { LegsSnapshot, OutsideAnswer, OutsideOrder, PlaceOrder, ReturnLegs } from "../engine/ports.ts";
import type { RecordingPort, Telephony, TelephonyEvent, TestPlay, TrunkLimits } from "../engine/ports.ts";
import { AMD_UNKNOWN, REFUSED, UNKNOWN } from "./command-answers.ts";
import type { Socket } from "./pretend-legs.ts";
import type { PretendAsterisk } from "./pretend-asterisk.ts";
import { pretendRecordings } from "./pretend-recorder.ts";
import { PretendBreath } from "./pretend-breath.ts";
import { AMD_BACK_MAX_MS, PretendAmd } from "./pretend-amd.ts";
import { outsideAnswerOf, PretendEars } from "./pretend-ears.ts";
import type { SeededRandom } from "./seeded-random.ts";
import type { SleepingClock } from "./virtual-clock.ts";
import { type CommandName, type Cut, FAIR_TELEPHONY, type TelephonyFaults } from "./telephony-faults.ts";
import { Wire } from "./wire.ts";

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

export class PretendTelephony implements Telephony {
  readonly recordings: RecordingPort;
  readonly #asterisk: PretendAsterisk;
  readonly #clock: SleepingClock;
  readonly #random: SeededRandom;
  readonly #trunks: Readonly<Record<string, TrunkLimits>>;
  readonly #faults: TelephonyFaults;
  readonly #wire: Wire;
  readonly #amd: PretendAmd;
  readonly #breath: PretendBreath;
  readonly #ears: PretendEars;
  readonly #socket: Socket;
  /** Calls on their way whose `placed` is not told yet: the answer to the request tells it, or their first event. */
  readonly #unconfirmed = new Set<AttemptId>();
  /** What a leg is told, it is told in order: the next command waits for the answer to the last. */
  readonly #lastCommand = new Map<AttemptId | LegId, Promise<CommandResult>>();
  readonly #testPlays = new Map<string, Promise<TestPlay>>();
  readonly desk: DeskTelephony = {
    meet: async (attemptId, agentLeg, other) =>
      this.#command("meet", () => this.#asterisk.desk.meet(attemptId, agentLeg, other)),
    sendHome: async (legId) => this.#inOrder("sendHome", legId, () => this.#asterisk.desk.sendHome(legId)),
    handOver: async (attemptId, to) => {
      const legId = this.#asterisk.desk.legOf(attemptId, to);
      if (legId === null) return REFUSED;
      const isHome = await this.desk.sendHome(legId);
      if (!isHome.ok) return isHome.kind === "gone" ? REFUSED : isHome;
      return this.#inOrder("handOver", attemptId, () => this.#asterisk.resume(attemptId, legId));
    },
    callOutside: (order) => {
      void this.#command("handOver", () => {
        this.#asterisk.desk.callOutside(order);
        return { ok: true };
      }).then((result) => {
        const { attemptId } = order;
        const at = this.#clock.now();
        if (!result.ok && result.kind === "refused") this.#listener({ kind: "outside", attemptId, state: "gone", at });
      });
    },
    hangUpOutside: async (attemptId) => this.#command("hangUp", () => this.#asterisk.desk.hangUpOutside(attemptId)),
    supervise: async ({ agentLeg }) => this.#command("supervise", () => this.#asterisk.attendAgentLeg(agentLeg)),
    endSupervision: async (legId) => this.#command("supervise", () => this.#asterisk.attendAgentLeg(legId)),
  };
  readonly returnLegs: ReturnLegs = {
    ring: async (leg) => this.#inOrder("ring", leg, () => this.#asterisk.returns.ring(leg)),
    bridge: async (leg, agentLeg) =>
      this.#inOrder("bridgeReturn", leg, () => this.#asterisk.returns.bridge(leg, agentLeg)),
    hold: async (leg) => this.#inOrder("hold", leg, () => this.#asterisk.returns.hold(leg)),
    inform: async (leg, media, choice) =>
      this.#inOrder("inform", leg, () => this.#asterisk.returns.inform(leg, media, choice)),
    hangUp: async (leg) => this.#command("hangUpReturn", () => this.#asterisk.returns.hangUp(leg)),
    handBack: async (leg) => this.#inOrder("handBack", leg, () => this.#asterisk.returns.handBack(leg)),
  };
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
    this.recordings = pretendRecordings(
      asterisk.recorder,
      (name, obey) => this.#command(name, obey),
      () => this.#reach(),
    );
    this.#amd = new PretendAmd(clock);
    this.#breath = new PretendBreath(clock, faults.weak);
    const tell = this.#tell.bind(this);
    this.#ears = new PretendEars(faults.tonesRate ?? 0, { clock, random, tell });
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

  answersInMs(): number | null {
    return this.#breath.answersInMs();
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

  async hold(attemptId: AttemptId): Promise<CommandResult> {
    return this.#inOrder("hold", attemptId, () => this.#asterisk.hold(attemptId));
  }

  async resume(attemptId: AttemptId, legId: LegId): Promise<CommandResult> {
    return this.#inOrder("resume", attemptId, () => this.#asterisk.resume(attemptId, legId));
  }

  /** What the leg is told meanwhile waits until it is back, or is given up. */
  async askAmd(attemptId: AttemptId, { amdArguments, patienceMs }: AmdOrder): Promise<AmdAnswer> {
    const sent = await this.#inOrder("askAmd", attemptId, () => this.#asterisk.attendCustomerLeg(attemptId));
    if (!sent.ok) return sent;
    const late = this.#clock.sleep(patienceMs + AMD_BACK_MAX_MS).then(() => AMD_UNKNOWN);
    const isLost = this.#random.chance(this.#faults.wire.lossRate);
    const answer = isLost ? late : Promise.race([this.#amd.ask(attemptId, amdArguments), late]);
    const done = answer.then(() => sent);
    this.#lastCommand.set(attemptId, done);
    return answer;
  }

  /** The leg stays where it is. As long as its answer is waited for, and no longer. */
  async askOutside(attemptId: AttemptId, { patienceMs }: OutsideOrder): Promise<OutsideAnswer> {
    const late = this.#clock.sleep(patienceMs).then(() => AMD_UNKNOWN);
    if (!this.#isUp || this.#random.chance(this.#faults.wire.lossRate)) return outsideAnswerOf(await late);
    return outsideAnswerOf(await Promise.race([this.#amd.ask(attemptId, "1400,1000,350,1600"), late]));
  }

  /** What is not wanted any more falls on deaf ears. */
  stopListening(attemptId: AttemptId): void {
    this.#asterisk.stopListening(attemptId);
  }

  async playInformationMessage(attemptId: AttemptId, media: string, choice: MessageChoice): Promise<CommandResult> {
    return this.#inOrder("playInformationMessage", attemptId, () => this.#asterisk.play(attemptId, media, choice));
  }

  async playFlow(attemptId: AttemptId, playback: FlowPlayback): Promise<CommandResult> {
    return this.#inOrder("playFlow", attemptId, () => this.#asterisk.playFlow(attemptId, playback));
  }

  stopFlow(attemptId: AttemptId, play: number): void {
    void this.#inOrder("stopFlow", attemptId, () => this.#asterisk.stopFlow(attemptId, play));
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
    await this.#reach();
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
    await this.#breath.make();
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

  async #inOrder(name: CommandName, attemptId: AttemptId | LegId, obey: () => CommandResult): Promise<CommandResult> {
    const before = this.#lastCommand.get(attemptId);
    const result = (async () => {
      await before;
      return this.#command(name, obey);
    })();
    this.#lastCommand.set(attemptId, result);
    // A shift of a hundred thousand calls must fit into memory.
    const forget = (): void => {
      if (this.#lastCommand.get(attemptId) === result) this.#lastCommand.delete(attemptId);
    };
    result.then(forget, forget);
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

  async #reach(): Promise<void> {
    await this.#travel();
    if (!this.#requestsFail) return;
    await this.#clock.sleep(REQUEST_TIMEOUT_MS);
    throw new Error("the pretend Asterisk cannot be asked");
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
    if (event.kind === "call" || event.kind === "flow") this.#confirm(event.attemptId);
    if (event.kind === "call") {
      this.#amd.hears(event.attemptId, event.event);
      this.#ears.hears(event.attemptId, event.event);
    }
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
