// The engine's Telephony port by way of ARI: events in through `decode`, commands out to the legs. It keeps no account
// of calls; what it remembers is only what a request in flight needs.
import { setTimeout as sleep } from "node:timers/promises";
import type { EndReason, MessageChoice } from "../domain/attempt.ts";
import { legId as legIdOf } from "../domain/ids.ts";
import type { AttemptId, LegId } from "../domain/ids.ts";
import type { CallEvent } from "../call/call.ts";
import type { AgentLegEvent, AmdAnswer, AmdOrder, CommandResult, FlowPlayback } from "../engine/ports.ts";
import type { LegsSnapshot, OutsideAnswer, OutsideOrder, PlaceOrder, Telephony } from "../engine/ports.ts";
import type { TelephonyEvent, TestPlay, TrunkLimits } from "../engine/ports.ts";
import { AgentLegs } from "./agent-legs.ts";
import { AmdDetour } from "./amd-detour.ts";
import { AriError } from "./ari-error.ts";
import type { AriConnectionEvent, AriEvent, AriPort } from "./ari-port.ts";
import { CustomerLegs } from "./customer-legs.ts";
import { AriDeskLegs } from "./desk-legs.ts";
import { asteriskTime, decode } from "./decode.ts";
import { Ears } from "./ears.ts";
import { EventClock } from "./event-clock.ts";
import type { Decoded } from "./decode.ts";
import { Hearing } from "./hearing.ts";
import { namesOf } from "./names.ts";
import type { Names } from "./names.ts";
import { objectIn, numberIn, textIn } from "./read-json.ts";
import { Placing } from "./placing.ts";
import { AsteriskReturnLegs } from "./return-legs.ts";
import { AriRecordings } from "./recordings.ts";
import { snapshotOf } from "./snapshot.ts";
import { TestPlays } from "./test-plays.ts";
import type { TelephonyHealth, TelephonySettings, TelephonySurroundings } from "./telephony-settings.ts";
import { trunksByName } from "./trunks.ts";
import type { TrunkSettings } from "./trunks.ts";

export type * from "./telephony-settings.ts";

// Waiting does not help against these; everything else may be an Asterisk that is still starting.
const HOPELESS = new Set(["ARI_UNAUTHORISED", "ARI_UNSUPPORTED", "ARI_TLS", "ARI_MISUSE", "ARI_CLOSED"]);
const RETRY_AFTER_MS = [1_000, 15_000] as const;
const REPORT_IN_MS = 2_000;
// 400 ms of quiet ends a greeting: less than the second that is left of a limit of two, more than a breath. 256 is what
// Asterisk itself takes for silence (dsp.conf); a line that hisses at a third of it is still heard as silent (22.10.1).
const SPEECH_SILENCE_MS = 400;
const SPEECH_THRESHOLD = 256;
/** How long stopping waits for the legs it has hung up. */
const TIDY_UP_MS = 1_000;
const TYPES_COUNTED_MAX = 100;

export class AsteriskTelephony implements Telephony {
  readonly recordings: AriRecordings;
  readonly #port: AriPort;
  readonly #settings: TelephonySettings;
  readonly #around: TelephonySurroundings;
  readonly #names: Names;
  readonly #trunks: ReadonlyMap<string, TrunkSettings>;
  readonly #placing: Placing;
  readonly #customers: CustomerLegs;
  readonly #hearing: Hearing;
  readonly #ears: Ears | null;
  readonly #amdDetour: AmdDetour;
  readonly #testPlays: TestPlays;
  readonly #agents: AgentLegs;
  readonly returnLegs: AsteriskReturnLegs;
  readonly desk: AriDeskLegs;
  readonly #agentLegs = new Set<LegId>();
  readonly #ignored = new Map<string, number>();
  readonly #malformed = new Map<string, number>();
  readonly #stopped = new AbortController();
  #listener: (event: TelephonyEvent) => void = () => undefined;
  readonly #eventClock = new EventClock();
  #isUp = false;

  /** Throws an AriError for trunks that cannot be dialled safely. */
  constructor(port: AriPort, settings: TelephonySettings, around: TelephonySurroundings) {
    this.#port = port;
    this.#settings = settings;
    this.#around = around;
    this.#names = namesOf(settings.nodeId);
    this.recordings = new AriRecordings(port, this.#names);
    this.#trunks = trunksByName(settings.trunks);
    const { log, clock } = around;
    const names = this.#names;
    const tell = (attemptId: AttemptId, event: CallEvent): void => {
      // What the adapter itself says passes no event of Asterisk's: of a leg that was not made, nothing more will come.
      if (event.type === "placeFailed") {
        this.#hearing.forget(attemptId);
        this.#ears?.admits(attemptId, event);
      }
      this.#tell({ kind: "call", attemptId, event });
    };
    this.#agents = new AgentLegs({ port, names, log, tone: settings.tone });
    const announce = (legId: LegId): void => {
      this.#agents.announce(legId);
    };
    this.#amdDetour = new AmdDetour({ port, names, log });
    this.#customers = new CustomerLegs({
      ...{ port, names, log, announce },
      askAmd: (attemptId, order) => this.#amdDetour.ask(attemptId, order),
    });
    this.returnLegs = new AsteriskReturnLegs({ port, names, announce });
    this.desk = new AriDeskLegs({
      ...{ port, names, log, clock, announce, trunks: this.#trunks },
      moveTo: (attemptId, legId) => this.#customers.resume(attemptId, legId),
      removeBridge: (legId) => {
        this.#agents.removeBridge(legId);
      },
      tell: (news) => {
        this.#tell(news);
      },
    });
    const { speechSilenceMs = SPEECH_SILENCE_MS, speechThreshold = SPEECH_THRESHOLD } = settings;
    this.#hearing = new Hearing(
      { speechSilenceMs, speechThreshold },
      { port, names, log, openMedia: (attemptId) => this.#customers.openMedia(attemptId) },
    );
    const { ears } = settings;
    this.#ears = ears === undefined || ears === null ? null : new Ears(ears, { port, names, clock, log, tell });
    const isUp = (): boolean => this.#isUp;
    this.#placing = new Placing(
      {
        how: settings.placing,
        trunks: this.#trunks,
        names,
        variablesOf: (order) => this.#hearing.variablesOf(order),
        reportInMs: settings.reportInMs ?? REPORT_IN_MS,
      },
      { port, clock, log, tell, isUp },
    );
    const patience = settings.testPlayPatienceMs === undefined ? {} : { patienceMs: settings.testPlayPatienceMs };
    this.#testPlays = new TestPlays({ port, names, clock, log, isUp, ...patience });
  }

  async start(listener: (event: TelephonyEvent) => void): Promise<void> {
    this.#listener = listener;
    await this.#ears?.start();
    this.#port.onConnection((change) => {
      this.#onConnection(change);
    });
    this.#port.onEvent((event) => {
      this.#onEvent(event);
    });
    const [first, longest] = this.#settings.retryAfterMs ?? RETRY_AFTER_MS;
    for (let waitMs = first; ; waitMs = Math.min(2 * waitMs, longest)) {
      try {
        await this.#port.connect();
        return;
      } catch (error) {
        if (!(error instanceof AriError) || HOPELESS.has(error.code) || this.#stopped.signal.aborted) throw error;
        this.#around.log.warn("Asterisk cannot be reached yet; trying again", { reason: error.message, waitMs });
        await this.#pause(waitMs * (0.75 + this.#around.random.next() / 2));
      }
    }
  }

  async stop(): Promise<void> {
    this.#stopped.abort();
    this.#listener = () => undefined;
    this.#isUp = false;
    await Promise.all([this.#agents.tidied(TIDY_UP_MS), Promise.race([this.#testPlays.stop(), after(TIDY_UP_MS)])]);
    await Promise.all([this.#port.close(), this.#ears?.stop()]);
  }

  isUp(): boolean {
    return this.#isUp;
  }

  readonly answersInMs = (): number | null => this.#port.answersInMs();

  place(order: PlaceOrder): void {
    this.#hearing.placed(order);
    this.#ears?.placed(order);
    this.#placing.place(order);
  }

  bridge(attemptId: AttemptId, legId: LegId): Promise<CommandResult> {
    return this.#customers.bridge(attemptId, legId);
  }

  hold(attemptId: AttemptId): Promise<CommandResult> {
    return this.#customers.hold(attemptId);
  }

  resume(attemptId: AttemptId, legId: LegId): Promise<CommandResult> {
    return this.#customers.resume(attemptId, legId);
  }

  unbridge(attemptId: AttemptId): Promise<CommandResult> {
    return this.#customers.unbridge(attemptId);
  }

  askAmd(attemptId: AttemptId, order: AmdOrder): Promise<AmdAnswer> {
    return this.#customers.askAmd(attemptId, order);
  }

  async askOutside(attemptId: AttemptId, order: OutsideOrder): Promise<OutsideAnswer> {
    return (
      this.#ears?.ask(attemptId, order) ?? { ok: false, kind: "refused", detail: "could not be let hear the line" }
    );
  }

  stopListening(attemptId: AttemptId): void {
    this.#hearing.stopListening(attemptId);
    this.#ears?.stopListening(attemptId);
  }

  playInformationMessage(attemptId: AttemptId, media: string, choice: MessageChoice): Promise<CommandResult> {
    return this.#customers.playInformationMessage(attemptId, media, choice);
  }

  playFlow(attemptId: AttemptId, playback: FlowPlayback): Promise<CommandResult> {
    return this.#customers.playFlow(attemptId, playback);
  }

  stopFlow(attemptId: AttemptId, play: number): void {
    this.#customers.stopFlow(attemptId, play);
  }

  testPlay(media: string): Promise<TestPlay> {
    return this.#testPlays.play(media);
  }

  hangUp(attemptId: AttemptId, reason: EndReason): Promise<CommandResult> {
    return this.#customers.hangUp(attemptId, reason);
  }

  admitAgentLeg(legId: LegId): Promise<CommandResult> {
    return this.#agents.admit(legId);
  }

  setAgentMusic(legId: LegId, on: boolean): Promise<CommandResult> {
    return this.#agents.setMusic(legId, on);
  }

  promptAgent(legId: LegId, media: string): Promise<CommandResult> {
    return this.#agents.prompt(legId, media);
  }

  hangUpAgentLeg(legId: LegId): Promise<CommandResult> {
    return this.#agents.hangUp(legId);
  }

  async snapshot(): Promise<LegsSnapshot> {
    const takenAt = this.#around.clock.now();
    // One after the other: a phone that came after the channels were listed would have a bridge and seem to be gone.
    const bridges = await this.#port.bridges();
    const channels = await this.#port.channels();
    const { legs, orphanedBridges, returnLegs } = snapshotOf(
      { channels, bridges, takenAt },
      {
        names: this.#names,
        application: this.#settings.application,
        loginData: `${this.#settings.application},${this.#settings.loginArgument}`,
        wasDialled: (attemptId) => this.#placing.wasDialled(attemptId),
        away: (...lists) => this.desk.found(...lists),
      },
    );
    this.returnLegs.found(returnLegs, (leg) => this.#names.agentBridge(leg));
    for (const owner of orphanedBridges) this.#agents.removeBridge(owner);
    this.#testPlays.sweep(bridges.map(({ id }) => id));
    const agentLegs = legs.agentLegs.filter(({ legId }) => !this.#agents.isGone(legId));
    // Phones that came while nobody listened: their end has to be told, too.
    for (const { legId } of agentLegs) this.#agentLegs.add(legId);
    return { ...legs, agentLegs };
  }

  trunk(name: string): TrunkLimits | null {
    return this.#trunks.get(name) ?? null;
  }

  health(): TelephonyHealth {
    return {
      ...this.#port.health(),
      ignoredTypes: Object.fromEntries(this.#ignored),
      malformedTypes: Object.fromEntries(this.#malformed),
    };
  }

  #onConnection(change: AriConnectionEvent): void {
    this.#isUp = change.type === "up";
    if (!this.#isUp) {
      const parts = [this.#placing, this.#hearing, this.#customers, this.#testPlays, this.#amdDetour];
      for (const part of parts) part.connectionLost();
      this.#ears?.connectionLost();
    }
    this.#tell({ kind: "connection", state: change.type, at: change.at });
  }

  #onEvent(read: AriEvent): void {
    const asteriskAt = asteriskTime(textIn(read.body, "timestamp"));
    const event = { ...read, receivedAt: this.#eventClock.happenedAt(read.receivedAt, asteriskAt, read.isKept) };
    const ofReturn = this.returnLegs.heard(event);
    if (ofReturn !== null) {
      this.#tell({ kind: "returnLeg", ...ofReturn });
      return;
    }
    if (this.desk.heard(event)) return;
    const decoded = decode(event, { names: this.#names, loginArgument: this.#settings.loginArgument });
    switch (decoded.kind) {
      case "created":
        this.#placing.reportedIn(decoded.attemptId);
        this.#hearing.reportedIn(decoded.attemptId);
        return;
      case "returned":
        this.#amdDetour.returned(decoded.attemptId, decoded.status, decoded.cause);
        return;
      case "joined":
        this.#onJoined(decoded);
        return;
      case "testPlay":
        this.#testPlays.heard(decoded.name, decoded);
        return;
      case "stranger":
        this.#sendAway(decoded.channelId, decoded.channelName);
        return;
      case "ignored":
        count(this.#ignored, decoded.type);
        this.#noteAgentHangup(event);
        return;
      case "malformed":
        count(this.#malformed, decoded.type);
        this.#around.log.warn("an event from Asterisk made no sense", { type: decoded.type, reason: decoded.reason });
        return;
      case "telephony":
        this.#onTelephony(decoded.event);
        return;
    }
  }

  #onTelephony(event: TelephonyEvent): void {
    if (event.kind === "call") {
      const { attemptId } = event;
      if (event.event.type === "destroyed") this.#amdDetour.gone(attemptId);
      const watchers = [this.#placing, this.#hearing, this.#customers];
      if (!watchers.every((part) => part.admits(attemptId, event.event))) return;
      this.#ears?.admits(attemptId, event.event);
      this.#tell(event);
    } else if (event.kind === "flow") {
      if (this.#customers.admitsFlow(event)) this.#tell(event);
    } else if (event.kind === "agentLeg") {
      this.#onAgentLeg(event.legId, event.event);
    } else {
      this.#tell(event);
    }
  }

  #onJoined({ attemptId, owner, stamp }: Extract<Decoded, { kind: "joined" }>): void {
    if (!this.#customers.admitsJoin(attemptId, owner)) return;
    this.#onTelephony({ kind: "call", attemptId, event: { type: "joined", stamp } });
  }

  /** A phone's end is said in two ways, in either order or alone; it is told once. */
  #onAgentLeg(legId: LegId, event: AgentLegEvent): void {
    if (event.type === "arrived") {
      this.#agentLegs.add(legId);
      this.#agents.arrived(legId);
    }
    if (!this.#agentLegs.has(legId)) return;
    if (event.type !== "gone") {
      this.#tell({ kind: "agentLeg", legId, event });
      return;
    }
    this.#agentLegs.delete(legId);
    const cause = this.#agents.gone(legId) ?? event.cause;
    this.#tell({ kind: "agentLeg", legId, event: { ...event, cause } });
  }

  #noteAgentHangup(event: AriEvent): void {
    if (event.type !== "ChannelHangupRequest" || event.body["soft"] === true) return;
    const id = textIn(objectIn(event.body["channel"]), "id");
    if (id !== null && this.#agentLegs.has(legIdOf(id))) {
      this.#agents.hangupAnnounced(legIdOf(id), numberIn(event.body, "cause"));
    }
  }

  /** Left alone, such a caller would stand in silence for ever. */
  #sendAway(channelId: string, channelName: string): void {
    this.#around.log.warn("a call came into our application without a known purpose and is hung up", { channelName });
    this.#port.hangup(channelId).catch((error: unknown) => {
      this.#around.log.warn("a call without a known purpose could not be hung up", { channelName, error });
    });
  }

  #tell(event: TelephonyEvent): void {
    this.#listener(event);
  }

  /** Until then, or until we are stopped. */
  #pause(ms: number): Promise<void> {
    return sleep(ms, undefined, { signal: this.#stopped.signal }).catch(() => undefined);
  }
}

function count(types: Map<string, number>, type: string): void {
  const key = types.has(type) || types.size < TYPES_COUNTED_MAX ? type : "(other)";
  types.set(key, (types.get(key) ?? 0) + 1);
}

const after = (ms: number): Promise<void> => sleep(ms, undefined, { ref: false });
