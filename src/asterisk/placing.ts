// Placing a call: create the leg, wait until Asterisk says that it is ours, dial. A leg that was created and not dialled
// never times out by itself, so every way out of here that has not dialled deletes it. Nothing is ever asked twice.
import type { CallEvent } from "../call/call.ts";
import type { PlaceFailure, Stamp } from "../domain/attempt.ts";
import type { AttemptId } from "../domain/ids.ts";
import type { Clock, Log, PlaceOrder } from "../engine/ports.ts";
import { AriError, isConflict, isNotFound, isOutcomeUnknown, isServerError } from "./ari-error.ts";
import type { AriPort, CreateChannel } from "./ari-port.ts";
import type { Names } from "./names.ts";
import { callerNumber, dialString } from "./trunks.ts";
import type { TrunkSettings } from "./trunks.ts";

export interface PlacingSettings {
  readonly how: "create" | "originate";
  readonly trunks: ReadonlyMap<string, TrunkSettings>;
  readonly names: Names;
  /** Set on a customer leg from its first moment. */
  readonly variablesOf: (order: PlaceOrder) => Readonly<Record<string, string>>;
  /** How long a created leg may take to report in; it usually takes 1 to 3 ms. */
  readonly reportInMs: number;
}

export interface PlacingPorts {
  readonly port: AriPort;
  readonly isUp: () => boolean;
  readonly clock: Pick<Clock, "now">;
  readonly log: Log;
  readonly tell: (attemptId: AttemptId, event: CallEvent) => void;
}

// Behind the engine's own ring timer, so that it is the engine that ends a call in ordinary life and knows why. The order
// says how long the engine may wait in all, with the least ring after a late 183; hanging up and asking again fit in here.
const BACKSTOP_SECONDS = 10;

type Pending =
  | { readonly phase: "creating"; readonly reported: (report: Report) => void }
  /** The request to dial is out; the first news of the leg confirms it as well as an answer does. */
  | { readonly phase: "dialling"; readonly stamp: Stamp; sipCallId: string | null }
  /** Given up before it was dialled. What still comes of it is nobody's business. */
  | { readonly phase: "discarded" };

type Report = "ready" | "ended" | "silent";

// Asterisk follows a redirect (3xx) of an originated call into the dialplan: a number that nobody has screened would be
// dialled for us. It looks for it in this context, which does not exist; a created leg ends with the 3xx anyway.
const NO_FORWARDING = { FORWARD_CONTEXT: "fairdial-no-forwarding" };

// Long enough for the end of a deleted leg to be told; after that its events were lost.
const DISCARDED_KEPT_MS = 10_000;

export class Placing {
  readonly #settings: PlacingSettings;
  readonly #ports: PlacingPorts;
  readonly #pending = new Map<AttemptId, Pending>();
  /** Dialled by this process, neither answered nor ended: what GET cannot tell of a leg that does not ring yet. */
  readonly #dialled = new Set<AttemptId>();

  constructor(settings: PlacingSettings, ports: PlacingPorts) {
    this.#settings = settings;
    this.#ports = ports;
  }

  place(order: PlaceOrder): void {
    this.#place(order).catch((error: unknown) => {
      this.#ports.log.error("placing a call failed in an unexpected way", { attemptId: order.attemptId, error });
      this.#fail(order.attemptId, "unknown", String(error));
    });
  }

  wasDialled(attemptId: AttemptId): boolean {
    return this.#dialled.has(attemptId);
  }

  /** Asterisk says that a leg we created is ours. */
  reportedIn(attemptId: AttemptId): void {
    const pending = this.#pending.get(attemptId);
    if (pending?.phase === "creating") pending.reported("ready");
  }

  /**
   * An originated call enters our application when it is answered, and is dropped then if nobody is connected: a silent
   * call. Better that they stop ringing now. Created legs are in the application already and wait for us.
   */
  connectionLost(): void {
    if (this.#settings.how === "create") return;
    for (const attemptId of this.#dialled) {
      this.#ports.port.hangup(this.#settings.names.customerChannel(attemptId)).catch((error: unknown) => {
        this.#ports.log.warn("a call could not be taken back while events are missed", { attemptId, error });
      });
    }
  }

  /** Every event of a customer leg passes here first; false if it is not to be told. */
  admits(attemptId: AttemptId, event: CallEvent): boolean {
    const pending = this.#pending.get(attemptId);
    const isEnd = event.type === "destroyed";
    if (isEnd || event.type === "answered") this.#dialled.delete(attemptId);
    switch (pending?.phase) {
      case undefined:
        return true;
      case "creating":
        // Not dialled yet, so nothing but its end can be news; whoever waits for the leg says what that means.
        if (isEnd) pending.reported("ended");
        return false;
      case "dialling":
        this.#confirm(attemptId, pending);
        return true;
      case "discarded":
        if (isEnd) this.#pending.delete(attemptId);
        return false;
    }
  }

  async #place(order: PlaceOrder): Promise<void> {
    const { attemptId } = order;
    const trunk = this.#settings.trunks.get(order.trunk);
    if (trunk === undefined) {
      this.#fail(attemptId, "refused", "no such trunk");
      return;
    }
    // Without events nobody would hear the answer, and the person would be met with silence.
    if (!this.#ports.isUp()) {
      this.#fail(attemptId, "unavailable", "not connected to Asterisk");
      return;
    }
    if (this.#settings.how === "originate") await this.#originate(order, trunk);
    else await this.#createAndDial(order, trunk);
  }

  async #createAndDial(order: PlaceOrder, trunk: TrunkSettings): Promise<void> {
    const { attemptId } = order;
    const channelId = this.#settings.names.customerChannel(attemptId);
    // Before the request: its events can come before its answer.
    const report = this.#expectReport(attemptId);
    let sipCallId: string | null;
    try {
      sipCallId = (await this.#ports.port.createChannel(this.#leg(order, trunk))).protocolId;
    } catch (error) {
      this.#discard(attemptId, failureOf(error), detailOf(error));
      return;
    }
    const reported = await Promise.race([report, silentAfter(this.#settings.reportInMs)]);
    if (reported !== "ready") {
      const why = reported === "ended" ? "the leg ended before it was dialled" : "the leg did not report in";
      this.#discard(attemptId, "unavailable", why);
      return;
    }
    const pending: Pending = { phase: "dialling", stamp: this.#now(), sipCallId };
    this.#pending.set(attemptId, pending);
    this.#dialled.add(attemptId);
    try {
      await this.#ports.port.dial(channelId, { timeoutSeconds: backstopSeconds(order) });
      this.#confirm(attemptId, pending);
    } catch (error) {
      // News of the leg came meanwhile: the request had reached Asterisk, whatever became of its answer.
      if (this.#pending.get(attemptId) !== pending) return;
      if (isOutcomeUnknown(error)) this.#fail(attemptId, "unknown", detailOf(error));
      else this.#discard(attemptId, "unavailable", detailOf(error));
    }
  }

  /** One request, and nothing of it can be taken back before the answer; the name makes a second one impossible. */
  async #originate(order: PlaceOrder, trunk: TrunkSettings): Promise<void> {
    const { attemptId } = order;
    const pending: Pending = { phase: "dialling", stamp: this.#now(), sipCallId: null };
    this.#pending.set(attemptId, pending);
    this.#dialled.add(attemptId);
    const callerId = callerNumber(trunk, order.cliNumber);
    try {
      const leg = this.#leg(order, trunk);
      const variables = { ...leg.variables, ...NO_FORWARDING };
      const timeoutSeconds = backstopSeconds(order);
      const made = await this.#ports.port.originate({ ...leg, variables, callerId, timeoutSeconds });
      pending.sipCallId = made.protocolId;
      this.#confirm(attemptId, pending);
    } catch (error) {
      if (this.#pending.get(attemptId) !== pending) return;
      if (isOutcomeUnknown(error) || isConflict(error)) this.#fail(attemptId, "unknown", detailOf(error));
      else this.#discard(attemptId, failureOf(error), detailOf(error));
    }
  }

  #leg(order: PlaceOrder, trunk: TrunkSettings): CreateChannel {
    return {
      channelId: this.#settings.names.customerChannel(order.attemptId),
      endpoint: dialString(trunk, order.number),
      // What the called person sees is the connected line of an outgoing leg; its CALLERID is the called person's own.
      // "i" keeps it from being sent as an update as well.
      variables: {
        ...this.#settings.variablesOf(order),
        "CONNECTEDLINE(num,i)": callerNumber(trunk, order.cliNumber),
      },
    };
  }

  #expectReport(attemptId: AttemptId): Promise<Report> {
    return new Promise((reported) => {
      this.#pending.set(attemptId, { phase: "creating", reported });
    });
  }

  #confirm(attemptId: AttemptId, pending: Extract<Pending, { phase: "dialling" }>): void {
    if (this.#pending.get(attemptId) !== pending) return;
    this.#pending.delete(attemptId);
    this.#ports.tell(attemptId, { type: "placed", stamp: pending.stamp, sipCallId: pending.sipCallId });
  }

  /** Nothing rings and nothing will: say so, and take away what may have been made. */
  #discard(attemptId: AttemptId, failure: PlaceFailure, detail: string): void {
    this.#fail(attemptId, failure, detail);
    // A taken name: whatever bears it is another request's, and not ours to delete.
    if (failure === "unknown") return;
    this.#dialled.delete(attemptId);
    this.#pending.set(attemptId, { phase: "discarded" });
    setTimeout(() => this.#pending.delete(attemptId), DISCARDED_KEPT_MS).unref();
    // "gone" may be too early: a create that got no answer can still be carried out. Reconciling finds such legs.
    this.#ports.port.hangup(this.#settings.names.customerChannel(attemptId)).catch((error: unknown) => {
      this.#ports.log.warn("a leg that was not dialled could not be deleted", { attemptId, error });
    });
  }

  #fail(attemptId: AttemptId, failure: PlaceFailure, detail: string): void {
    this.#pending.delete(attemptId);
    this.#ports.tell(attemptId, { type: "placeFailed", stamp: this.#now(), failure, detail });
  }

  #now(): Stamp {
    return { at: this.#ports.clock.now(), asteriskAt: null };
  }
}

function silentAfter(ms: number): Promise<Report> {
  return new Promise((resolve) => {
    setTimeout(resolve, ms, "silent" satisfies Report).unref();
  });
}

/** What a request that was to make a leg says about it by failing; nothing has been dialled in any case. */
function failureOf(error: unknown): PlaceFailure {
  if (isConflict(error)) return "unknown";
  if (error instanceof AriError && error.status >= 400 && !isServerError(error) && !isNotFound(error)) return "refused";
  return "unavailable";
}

function backstopSeconds({ ringTimeoutMs }: PlaceOrder): number {
  return Math.ceil(ringTimeoutMs / 1_000) + BACKSTOP_SECONDS;
}

function detailOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
