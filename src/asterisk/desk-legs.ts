// What agents and supervisors do beside talking, by way of ARI: phones that meet in one standing bridge and go back to their
// own, numbers outside that have a standing bridge as a phone has, and snoops on an agent's phone for whoever listens.
import type { SupervisionMode } from "../domain/supervision.ts";
import { legId as legIdOf } from "../domain/ids.ts";
import type { AttemptId, LegId } from "../domain/ids.ts";
import type {
  Clock,
  CommandResult,
  DeskTelephony,
  Log,
  OtherLeg,
  OutsideNews,
  OutsideCall,
  SupervisionOrder,
} from "../engine/ports.ts";
import { AriError, isConflict } from "./ari-error.ts";
import type { AriChannel, AriEvent, AriPort, AudioDirection } from "./ari-port.ts";
import { commandResult, hangUpResult } from "./command-result.ts";
import { InOrder } from "./in-order.ts";
import type { Names } from "./names.ts";
import { objectIn, textIn } from "./read-json.ts";
import { callerNumber, dialString } from "./trunks.ts";
import type { TrunkSettings } from "./trunks.ts";

export interface DeskLegsPorts {
  readonly port: AriPort;
  readonly names: Names;
  readonly log: Log;
  readonly clock: Pick<Clock, "now">;
  readonly trunks: ReadonlyMap<string, TrunkSettings>;
  /** What an agent hears before somebody joins; it must not hold up the joining. */
  readonly announce: (legId: LegId) => void;
  /** The person out of wherever they are into this leg's bridge, in order with all else that they are told. */
  readonly moveTo: (attemptId: AttemptId, legId: LegId) => Promise<CommandResult>;
  readonly removeBridge: (legId: LegId) => void;
  readonly tell: (news: OutsideNews) => void;
}

interface OutsideLeg {
  readonly attemptId: AttemptId;
  readonly legId: LegId;
  state: "made" | "dialled" | "up" | "gone";
}

/**
 * Into what the supervisor's words go, from Asterisk's point of view: "out" is what the agent hears, "in" what the agent
 * says, and so what the person hears.
 */
const WHISPER: Readonly<Record<SupervisionMode, AudioDirection | null>> = {
  listen: null,
  whisper: "out",
  join: "both",
};

// Behind the engine's own ring timer.
const BACKSTOP_SECONDS = 10;
const REPORT_IN_MS = 2_000;
/** A snoop is in our application a millisecond after it was asked for; until then it can be put nowhere. */
const PUT_TRIES_MAX = 25;
const PUT_AGAIN_MS = 20;
/** Answers to adding a channel that is not in our application yet, beside a conflict. */
const NOT_YET = [400, 422];
const STANDING_BRIDGE = "mixing,dtmf_events";

export class AriDeskLegs implements DeskTelephony {
  readonly #ports: DeskLegsPorts;
  readonly #inOrder = new InOrder<LegId>();
  /** The last that was called for each. */
  readonly #outside = new Map<AttemptId, OutsideLeg>();
  /** By supervisor. */
  readonly #snoops = new Map<LegId, string>();
  readonly #reported = new Map<LegId, () => void>();
  #serial: number;

  constructor(ports: DeskLegsPorts) {
    this.#ports = ports;
    // The names of the last process may be in use still.
    this.#serial = ports.clock.now();
  }

  meet(attemptId: AttemptId, agentLeg: LegId, other: OtherLeg): Promise<CommandResult> {
    const { port, names, announce } = this.#ports;
    const legId = this.#legOf(attemptId, other);
    if (legId === null) return Promise.resolve(NO_LEG);
    if (other !== "outside") announce(legId);
    return this.#inOrder.run(legId, () =>
      commandResult(port.addToBridge(names.agentBridge(agentLeg), [legId]), [400, 404]),
    );
  }

  sendHome(legId: LegId): Promise<CommandResult> {
    const { port, names } = this.#ports;
    return this.#inOrder.run(legId, () => commandResult(port.addToBridge(names.agentBridge(legId), [legId]), [400]));
  }

  async handOver(attemptId: AttemptId, to: OtherLeg): Promise<CommandResult> {
    const legId = this.#legOf(attemptId, to);
    if (legId === null) return NO_LEG;
    const isHome = await this.sendHome(legId);
    if (!isHome.ok) return { ...isHome, kind: "refused" };
    if (to !== "outside") this.#ports.announce(legId);
    return this.#ports.moveTo(attemptId, legId);
  }

  callOutside(order: OutsideCall): void {
    this.#serial += 1;
    const legId = legIdOf(this.#ports.names.outsideChannel(order.attemptId, this.#serial));
    const leg: OutsideLeg = { attemptId: order.attemptId, legId, state: "made" };
    const before = this.#outside.get(order.attemptId);
    if (before !== undefined) this.#drop(before);
    this.#outside.set(order.attemptId, leg);
    this.#call(leg, order).catch((error: unknown) => {
      this.#ports.log.warn("an outside number could not be called", { attemptId: order.attemptId, error });
      this.#gone(leg);
      this.#drop(leg);
    });
  }

  hangUpOutside(attemptId: AttemptId): Promise<CommandResult> {
    const leg = this.#outside.get(attemptId);
    if (leg === undefined) return Promise.resolve(NO_LEG);
    this.#outside.delete(attemptId);
    return hangUpResult(this.#ports.port.hangup(leg.legId));
  }

  supervise({ supervisorLeg, agentLeg, mode }: SupervisionOrder): Promise<CommandResult> {
    const { port, names } = this.#ports;
    return this.#inOrder.run(supervisorLeg, async () => {
      this.#serial += 1;
      const [before, snoop] = [this.#snoops.get(supervisorLeg), names.supervision(this.#serial)];
      const listen = async (): Promise<void> => {
        await port.snoop(agentLeg, snoop, "both", WHISPER[mode] ?? undefined);
        await this.#put(snoop, names.agentBridge(supervisorLeg));
      };
      this.#snoops.set(supervisorLeg, snoop);
      const result = await commandResult(listen());
      if (before !== undefined) await this.#hangUpSnoop(before);
      if (!result.ok) {
        await this.#hangUpSnoop(snoop);
        this.#snoops.delete(supervisorLeg);
      }
      return result;
    });
  }

  endSupervision(supervisorLeg: LegId): Promise<CommandResult> {
    return this.#inOrder.run(supervisorLeg, () => {
      const snoop = this.#snoops.get(supervisorLeg);
      this.#snoops.delete(supervisorLeg);
      return snoop === undefined ? Promise.resolve({ ok: true }) : this.#hangUpSnoop(snoop);
    });
  }

  /** Whether the event was about one of ours, and so about nobody else's. */
  heard({ type, body, receivedAt }: AriEvent): boolean {
    const channel = objectIn(body["channel"]);
    const id = textIn(channel, "id");
    const attemptId = id === null ? null : this.#ports.names.outsideOf(id);
    if (id === null || attemptId === null) return false;
    const leg = this.#outside.get(attemptId);
    const isLast = leg?.legId === id;
    if (type === "ChannelDestroyed") {
      this.#ports.removeBridge(legIdOf(id));
      if (isLast) this.#gone(leg);
    } else if (type === "StasisStart" && isLast) this.#reported.get(leg.legId)?.();
    else if (type === "ChannelStateChange" && isLast && textIn(channel, "state") === "Up" && leg.state === "dialled") {
      leg.state = "up";
      this.#ports.tell({ kind: "outside", attemptId, state: "answered", at: receivedAt });
    }
    return true;
  }

  /** What nobody has to do with any more is hung up. Returns the attempts whose person is with an outside number. */
  found(channels: readonly AriChannel[], members: (legId: LegId) => readonly string[]): AttemptId[] {
    const { names } = this.#ports;
    const snoops = new Set(this.#snoops.values());
    const away: AttemptId[] = [];
    for (const { id } of channels) {
      if (names.isSupervision(id) && !snoops.has(id)) void this.#hangUpSnoop(id);
      const attemptId = names.outsideOf(id);
      if (attemptId === null) continue;
      const legId = legIdOf(id);
      if (members(legId).includes(names.customerChannel(attemptId))) {
        away.push(attemptId);
        // Of the last process.
        if (!this.#outside.has(attemptId)) this.#outside.set(attemptId, { attemptId, legId, state: "up" });
      } else if (this.#outside.get(attemptId)?.legId !== legId) void commandResult(this.#ports.port.hangup(id));
    }
    return away;
  }

  async #call(leg: OutsideLeg, order: OutsideCall): Promise<void> {
    const { port, names, trunks } = this.#ports;
    const { legId } = leg;
    const trunk = trunks.get(order.trunk);
    if (trunk === undefined) throw new AriError({ code: "ARI_MISUSE", message: "no such trunk", status: 400 });
    const reported = new Promise<boolean>((resolve) => {
      this.#reported.set(legId, () => {
        resolve(true);
      });
      setTimeout(resolve, REPORT_IN_MS, false).unref();
    });
    await port.createChannel({
      channelId: legId,
      endpoint: dialString(trunk, order.number),
      variables: { "CONNECTEDLINE(num,i)": callerNumber(trunk, order.cliNumber) },
    });
    const isHere = await reported;
    this.#reported.delete(legId);
    if (!isHere) throw new AriError({ code: "ARI_BAD_RESPONSE", message: "the leg did not report in", status: 500 });
    const bridgeId = names.agentBridge(legId);
    await port.createBridge(bridgeId, { type: STANDING_BRIDGE, name: bridgeId });
    await port.addToBridge(bridgeId, [legId]);
    if (this.#outside.get(order.attemptId) !== leg) {
      this.#drop(leg);
      return;
    }
    leg.state = "dialled";
    await port.dial(legId, { timeoutSeconds: Math.ceil(order.ringTimeoutMs / 1_000) + BACKSTOP_SECONDS });
  }

  #gone(leg: OutsideLeg | undefined): void {
    if (leg === undefined || leg.state === "gone") return;
    leg.state = "gone";
    const { attemptId } = leg;
    if (this.#outside.get(attemptId) !== leg) return;
    this.#outside.delete(attemptId);
    this.#ports.tell({ kind: "outside", attemptId, state: "gone", at: this.#ports.clock.now() });
  }

  /** A leg that is not dialled never times out. */
  #drop({ legId }: OutsideLeg): void {
    this.#ports.removeBridge(legId);
    void commandResult(this.#ports.port.hangup(legId));
  }

  async #put(channelId: string, bridgeId: string): Promise<void> {
    for (let tries = 1; ; tries += 1) {
      try {
        await this.#ports.port.addToBridge(bridgeId, [channelId]);
        return;
      } catch (error) {
        const isEarly = isConflict(error) || (error instanceof AriError && NOT_YET.includes(error.status));
        if (!isEarly || tries === PUT_TRIES_MAX) throw error;
      }
      await new Promise((resolve) => setTimeout(resolve, PUT_AGAIN_MS));
    }
  }

  #hangUpSnoop(snoop: string): Promise<CommandResult> {
    return commandResult(this.#ports.port.hangup(snoop));
  }

  #legOf(attemptId: AttemptId, other: OtherLeg): LegId | null {
    return other === "outside" ? (this.#outside.get(attemptId)?.legId ?? null) : other;
  }
}

const NO_LEG: CommandResult = { ok: false, kind: "refused", detail: "no such leg" };
