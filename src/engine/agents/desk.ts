/**
 * The door for agents' phones: who calls, whether they may come in, and their PIN where they have one.
 * Behind it they belong to {@link Agents}.
 */
import type { AgentId, LegId } from "../../domain/ids.ts";
import { after } from "../../domain/instant.ts";
import type { Agents } from "./agents.ts";
import type { EngineContext } from "../context.ts";
import type { AgentLegEvent } from "../ports.ts";

interface Guest {
  readonly agentId: AgentId;
  readonly endpoint: string;
  needsPin: boolean;
  ready: boolean;
  digits: string;
  refusals: number;
  /** A check is on its way; further digits wait for its answer. */
  checking: boolean;
}

const PIN_DIGITS_MAX = 12;
const PIN_REFUSALS_MAX = 3;

export class Desk {
  readonly #context: EngineContext;
  readonly #agents: Agents;
  readonly #guests = new Map<LegId, Guest>();
  readonly #unknown = new Set<LegId>();

  constructor(context: EngineContext, agents: Agents) {
    this.#context = context;
    this.#agents = agents;
  }

  receive(legId: LegId, event: AgentLegEvent): void {
    switch (event.type) {
      case "arrived":
        this.#arrived(legId, event.endpoint);
        return;
      case "ready": {
        const guest = this.#guests.get(legId);
        if (guest === undefined) return;
        guest.ready = true;
        if (guest.needsPin) this.#prompt(legId, this.#context.settings.pinPrompt);
        else this.#letIn(legId, guest);
        return;
      }
      case "pressed": {
        const guest = this.#guests.get(legId);
        if (guest === undefined) this.#agents.pressed(legId, event.digit, event.stamp.at);
        else this.#pinDigit(legId, guest, event.digit);
        return;
      }
      case "gone":
        this.#guests.delete(legId);
        this.#unknown.delete(legId);
        this.#agents.legGone(legId, event.stamp.at);
        return;
    }
  }

  /** After a restart or an outage: a phone that was let in before, and stands in its bridge still. */
  readmit(legId: LegId, endpoint: string, ready: boolean): void {
    const profile = this.#agents.byEndpoint(endpoint);
    if (this.#guests.has(legId) || this.#agents.agentOfLeg(legId) !== null) return;
    if (ready && profile !== null) this.#agents.logIn(profile.agentId, legId, this.#context.clock.now());
    else this.#arrived(legId, endpoint);
  }

  #arrived(legId: LegId, endpoint: string): void {
    const { log, telephony, mailbox } = this.#context;
    if (this.#guests.has(legId) || this.#agents.agentOfLeg(legId) !== null) return;
    const profile = this.#agents.byEndpoint(endpoint);
    if (profile === null && this.#patient(legId, endpoint)) return;
    if (profile === null) {
      log.warn("a phone that belongs to no agent was sent away", { endpoint, legId });
      this.#sendAway(legId);
      return;
    }
    this.#guests.set(legId, {
      agentId: profile.agentId,
      endpoint,
      needsPin: profile.hasPin,
      ready: false,
      digits: "",
      refusals: 0,
      checking: false,
    });
    mailbox.await(
      "agent leg admitted",
      telephony.admitAgentLeg(legId),
      (result) => {
        if (result.ok) return;
        log.warn("an agent's phone could not be admitted", { endpoint, legId, detail: result.detail });
        this.#guests.delete(legId);
        this.#sendAway(legId);
      },
      (error) => {
        log.warn("an agent's phone could not be admitted", { endpoint, legId, error });
        this.#guests.delete(legId);
      },
    );
  }

  /** An agent who was added may call before the daemon has read of them, which takes a second: look once more. */
  #patient(legId: LegId, endpoint: string): boolean {
    if (this.#unknown.delete(legId)) return false;
    this.#unknown.add(legId);
    const { clock, settings, mailbox } = this.#context;
    clock.wakeAt(after(clock.now(), 4 * settings.timings.desiredStateMs), () => {
      mailbox.post("unknown phone looked at again", () => {
        if (this.#unknown.has(legId)) this.#arrived(legId, endpoint);
      });
    });
    return true;
  }

  #pinDigit(legId: LegId, guest: Guest, digit: string): void {
    if (!guest.needsPin || !guest.ready || guest.checking) return;
    if (digit !== "#") {
      guest.digits = digit === "*" ? "" : (guest.digits + digit).slice(0, PIN_DIGITS_MAX);
      return;
    }
    const pin = guest.digits;
    guest.digits = "";
    guest.checking = true;
    this.#context.mailbox.await(
      "pin checked",
      this.#context.store.verifyPin(guest.agentId, pin),
      (right) => {
        guest.checking = false;
        if (!this.#guests.has(legId)) return;
        if (right) this.#letIn(legId, guest);
        else this.#refuse(legId, guest);
      },
      (error) => {
        guest.checking = false;
        this.#context.log.warn("a PIN could not be checked", { endpoint: guest.endpoint, error });
        this.#prompt(legId, this.#context.settings.pinRefusedPrompt);
      },
    );
  }

  #refuse(legId: LegId, guest: Guest): void {
    guest.refusals += 1;
    this.#context.log.warn("a wrong PIN was given", { endpoint: guest.endpoint, refusals: guest.refusals });
    if (guest.refusals < PIN_REFUSALS_MAX) {
      this.#prompt(legId, this.#context.settings.pinRefusedPrompt);
      return;
    }
    this.#guests.delete(legId);
    this.#sendAway(legId);
  }

  #letIn(legId: LegId, guest: Guest): void {
    this.#guests.delete(legId);
    this.#agents.logIn(guest.agentId, legId, this.#context.clock.now());
  }

  #prompt(legId: LegId, media: string): void {
    this.#context.mailbox.await("prompt", this.#context.telephony.promptAgent(legId, media), ignore, ignore);
  }

  #sendAway(legId: LegId): void {
    this.#context.mailbox.await("sent away", this.#context.telephony.hangUpAgentLeg(legId), ignore, ignore);
  }
}

/** A prompt that was not heard or a leg that is gone already: there is nothing more to do. */
const ignore = (): void => undefined;
