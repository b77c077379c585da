/**
 * The agents of this node: their legs, their states, and who is promised to whom. An agent is a phone with a
 * standing leg; when the leg goes, whatever call it was promised to is told, and no other call notices.
 */
import type { Agent, AgentCommand, AgentEvent, AgentState } from "../../agent/agent.ts";
import { keyMeaning } from "../../agent/keys.ts";
import type { KeyEntry } from "../../agent/keys.ts";
import { longestIdle, type Candidate } from "../../agent/longest-idle.ts";
import { agentAfter, heldBy, isWaiting, newAgent } from "../../agent/transition.ts";
import type { AgentId, AttemptId, CampaignId, LegId } from "../../domain/ids.ts";
import type { Instant } from "../../domain/instant.ts";
import type { EngineContext } from "../context.ts";
import type { AgentsHost } from "./agents-host.ts";
import { talkingIn } from "./desk-work.ts";
import type { LiveCall } from "../calls/live-call.ts";
import type { AgentProfile } from "../ports.ts";
import { noteState, type Noted } from "./agent-states.ts";
import { dispose } from "./disposing.ts";
import { askRecording } from "../recordings/recording-entry.ts";

interface LiveAgent extends Noted {
  profile: AgentProfile;
  agent: Agent;
  legId: LegId | null;
  keys: KeyEntry | null;
  /** The attempt a disposition given now belongs to. */
  lastAttemptId: AttemptId | null;
  lastCampaignId: CampaignId | null;
  /** Of that attempt; kept beyond its end, for the wrap-up. */
  lastCall: LiveCall | null;
}

/** Agents that two campaigns have in common. */
export interface Shared {
  agents: number;
  available: number;
}

/** Free, or foreseen to be soon. Who is promised, busy or gone leaves nobody more to place: the next tick is soon enough. */
export const makesRoom = ({ state }: AgentState): boolean => state === "available" || state === "wrapUp";

type Standing = LiveAgent & { readonly legId: LegId };
const hasLeg = (live: LiveAgent): live is Standing => live.legId !== null;

const NOBODY: ReadonlySet<CampaignId> = new Set();

export const deadlineKeyOfAgent = (agentId: AgentId): string => `agent:${String(agentId)}`;

export class Agents {
  readonly #context: EngineContext;
  readonly #host: AgentsHost;
  readonly #agents = new Map<AgentId, LiveAgent>();
  readonly #byLegId = new Map<LegId, LiveAgent>();
  /** Those with a leg, until somebody comes or goes: pacing walks along them at every tick. */
  #standing: readonly Standing[] | null = null;

  constructor(context: EngineContext, host: AgentsHost) {
    this.#context = context;
    this.#host = host;
  }

  /** What the database says about agents now. One who was removed finishes their call and is logged out. */
  setProfiles(profiles: readonly AgentProfile[]): void {
    for (const profile of profiles) {
      const live = this.#agents.get(profile.agentId);
      if (live === undefined) this.#agents.set(profile.agentId, this.#newcomer(profile));
      else live.profile = profile;
    }
    if (this.#agents.size === profiles.length) return; // As nearly always, and this is read several times a second.
    const known = new Set(profiles.map(({ agentId }) => agentId));
    for (const [agentId, live] of this.#agents) {
      if (known.has(agentId)) continue;
      if (live.legId === null) this.#agents.delete(agentId);
      else this.command(agentId, { type: "logOut" });
    }
  }

  byEndpoint(endpoint: string): AgentProfile | null {
    for (const live of this.#agents.values()) if (live.profile.endpoint === endpoint) return live.profile;
    return null;
  }

  logIn(agentId: AgentId, legId: LegId, at: Instant): void {
    const live = this.#agents.get(agentId);
    if (live === undefined) return;
    if (live.legId !== null && live.legId !== legId) {
      // The phone calls again: its old leg is a ghost, whatever Asterisk still thinks of it.
      const ghost = live.legId;
      this.legGone(ghost, at);
      this.#tell("hang up a ghost leg", this.#context.telephony.hangUpAgentLeg(ghost));
    }
    this.#stand(live, legId);
    live.keys = null;
    this.#context.log.info("agent logged in", { agent: live.profile.name, legId });
    this.#apply(live, { type: "loggedIn", at, startAvailable: this.#context.settings.startAvailable });
  }

  /** After a restart: the agent was on this call when the last process went. */
  resume(agentId: AgentId, legId: LegId, attemptId: AttemptId, campaignId: CampaignId, at: Instant): void {
    const live = this.#agents.get(agentId);
    if (live === undefined) return;
    this.#stand(live, legId);
    live.lastAttemptId = attemptId;
    live.lastCampaignId = campaignId;
    live.lastCall = this.#host.callOf(attemptId);
    this.#apply(live, { type: "loggedIn", at, startAvailable: true });
    this.#apply(live, { type: "reserved", at, attemptId });
    this.#apply(live, { type: "joined", at, attemptId });
  }

  legGone(legId: LegId, at: Instant): void {
    const live = this.#byLegId.get(legId);
    if (live === undefined) return;
    const attemptId = heldBy(live.agent.state) as AttemptId | null;
    this.#stand(live, null);
    live.keys = null;
    this.#context.log.info("agent logged out", { agent: live.profile.name, legId });
    this.#apply(live, { type: "legLost", at });
    if (attemptId !== null) this.#host.agentLost(attemptId, live.profile.agentId);
  }

  pressed(legId: LegId, digit: string, at: Instant): void {
    const live = this.#byLegId.get(legId);
    if (live === undefined) return;
    const meaning = keyMeaning(live.keys, digit, at, live.agent.state, {
      pauseReasons: this.#context.settings.pauseReasons,
      dispositions: live.lastCampaignId === null ? [] : this.#host.dispositionsOf(live.lastCampaignId),
      skips: this.#host.screens().skipsOf(live.profile.agentId),
      recording: live.lastCall?.recording ?? null,
    });
    live.keys = meaning.entry;
    if (meaning.command !== null) this.command(live.profile.agentId, meaning.command, "key");
  }

  /** Carries out what an agent, a manager or a CRM asks for. Returns what became of it, for whoever asked. */
  command(agentId: AgentId, command: AgentCommand, by: "key" | "command" = "command"): string {
    const live = this.#agents.get(agentId);
    if (live?.legId === null || live === undefined) return "not-logged-in";
    const at = this.#context.clock.now();
    switch (command.type) {
      case "makeAvailable":
        return this.#asked(live, { type: "madeAvailable", at });
      case "pause":
        return this.#asked(live, { type: "paused", at, pauseReason: command.pauseReason });
      case "endWrapUp":
        return this.#asked(live, { type: "wrapUpEnded", at });
      case "logOut":
        return this.#asked(live, { type: "loggedOut", at });
      case "recording":
        return askRecording(live, command, by);
      case "dispose":
        return this.#dispose(live, command.dispositionCode, at);
      case "dial":
        return this.#host.screens().dial(agentId, by, command.attemptId ?? null);
      case "skip":
        return this.#host.screens().skip(agentId, command.reason, command.attemptId ?? null);
      case "supervise":
      case "endSupervision":
        return this.#host.supervision(agentId, live.agent.state, command);
      default:
        return this.#host.duringCall(agentId, talkingIn(live.agent.state), command, by);
    }
  }

  /**
   * Promises the longest idle agent of the campaign to the attempt.
   *
   * @param needy campaigns whose calls ring for whoever is free: their agents are taken only when there is no other
   * @param only the one to whom it was promised before; nobody else then
   */
  reserve(
    attemptId: AttemptId,
    campaignId: CampaignId,
    except: AgentId | null,
    needy: ReadonlySet<CampaignId> = NOBODY,
    only: AgentId | null = null,
  ): AgentId | null {
    const live = this.#idle(campaignId, except, needy, only);
    if (live !== null) this.#reserve(live, attemptId, campaignId);
    return live?.profile.agentId ?? null;
  }

  /** Likewise, for a lead that they are to look at first. */
  preview(
    attemptId: AttemptId,
    campaignId: CampaignId,
    needy: ReadonlySet<CampaignId>,
    only: AgentId | null,
  ): AgentId | null {
    const live = this.#idle(campaignId, null, needy, only);
    if (live === null) return null;
    this.#apply(live, { type: "previewed", at: this.#context.clock.now(), attemptId });
    return live.profile.agentId;
  }

  /** For the lead on their screen, or a call asked for in their name. False where they cannot have it. */
  reserveOne(agentId: AgentId, attemptId: AttemptId, campaignId: CampaignId, by: "press" | "manual"): boolean {
    const live = this.#agents.get(agentId);
    if (live === undefined || (live.agent.state.state === "previewing") !== (by === "press")) return false;
    this.#reserve(live, attemptId, campaignId, by === "manual");
    return this.holds(agentId, attemptId);
  }

  stateOf(agentId: AgentId): AgentState | null {
    return this.#agents.get(agentId)?.agent.state ?? null;
  }

  previewOver(agentId: AgentId, attemptId: AttemptId): void {
    const live = this.#agents.get(agentId);
    if (live !== undefined) this.#apply(live, { type: "previewOver", at: this.#context.clock.now(), attemptId });
  }

  /** Something to hear for the agent alone; nothing where they have no leg. */
  prompt(agentId: AgentId, media: string): void {
    const legId = this.legOf(agentId);
    if (legId !== null) this.#tell("prompt", this.#context.telephony.promptAgent(legId, media));
  }

  release(agentId: AgentId, attemptId: AttemptId, talked: boolean, wrapUpMs: number): void {
    const live = this.#agents.get(agentId);
    const at = this.#context.clock.now();
    if (live !== undefined) this.#apply(live, { type: "released", at, attemptId, talked, wrapUpMs });
  }

  joined(agentId: AgentId, attemptId: AttemptId): void {
    const live = this.#agents.get(agentId);
    if (live === undefined) return;
    live.lastAttemptId = attemptId;
    live.lastCall = this.#host.callOf(attemptId);
    live.lastCampaignId = live.lastCall?.order.campaignId ?? live.lastCampaignId;
    this.consults(agentId, attemptId);
  }

  /** They talk about a call that is another agent's: its disposition is not theirs. */
  consults(agentId: AgentId, attemptId: AttemptId): void {
    const live = this.#agents.get(agentId);
    if (live !== undefined) this.#apply(live, { type: "joined", at: this.#context.clock.now(), attemptId });
  }

  /** Somebody else has the call now, and whatever is to be said of it. */
  passedOn(agentId: AgentId, attemptId: AttemptId): void {
    const live = this.#agents.get(agentId);
    if (live?.lastAttemptId === attemptId) Object.assign(live, { lastAttemptId: null, lastCall: null });
  }

  deadlinePassed(agentId: AgentId): void {
    const live = this.#agents.get(agentId);
    if (live !== undefined) this.#apply(live, { type: "deadlinePassed", at: this.#context.clock.now() });
  }

  /** Whether that agent of the campaign can take a call now, or may soon; `away` on this node, or from the campaign. */
  whereabouts(agentId: AgentId, campaignId: CampaignId): "available" | "busy" | "away" {
    const live = this.#agents.get(agentId);
    if (live === undefined || live.legId === null || !live.profile.campaignIds.includes(campaignId)) return "away";
    return live.agent.state.state === "available" ? "available" : "busy";
  }

  legOf(agentId: AgentId): LegId | null {
    return this.#agents.get(agentId)?.legId ?? null;
  }

  holds(agentId: AgentId, attemptId: AttemptId): boolean {
    const live = this.#agents.get(agentId);
    return live !== undefined && heldBy(live.agent.state) === attemptId;
  }

  agentOfLeg(legId: LegId): AgentId | null {
    return this.#byLegId.get(legId)?.profile.agentId ?? null;
  }

  /** Agents with a leg. */
  loggedIn(): Iterable<Readonly<Standing>> {
    return (this.#standing ??= [...this.#agents.values()].filter(hasLeg));
  }

  /** Campaigns that share agents with this one, and how many of those are logged in, or available. */
  rivalsOf(campaignId: CampaignId): ReadonlyMap<CampaignId, Shared> {
    const rivals = new Map<CampaignId, Shared>();
    for (const { profile, agent } of this.loggedIn()) {
      if (profile.campaignIds.length < 2 || !profile.campaignIds.includes(campaignId)) continue;
      for (const each of profile.campaignIds) {
        if (each === campaignId) continue;
        const shared = rivals.get(each) ?? { agents: 0, available: 0 };
        shared.agents += 1;
        if (agent.state.state === "available") shared.available += 1;
        rivals.set(each, shared);
      }
    }
    return rivals;
  }

  #newcomer(profile: AgentProfile): LiveAgent {
    return {
      profile,
      agent: newAgent(this.#context.clock.now()),
      notedAt: this.#context.clock.now(),
      ...{ legId: null, keys: null, lastAttemptId: null, lastCampaignId: null, lastCall: null },
    };
  }

  #idle(
    campaignId: CampaignId,
    except: AgentId | null,
    needy: ReadonlySet<CampaignId>,
    only: AgentId | null,
  ): LiveAgent | null {
    const candidates: (Candidate & { readonly live: LiveAgent })[] = [];
    for (const live of this.#agents.values()) {
      const { agentId, campaignIds } = live.profile;
      const { state } = live.agent;
      if (live.legId === null || state.state !== "available" || agentId === except) continue;
      if ((only !== null && agentId !== only) || !campaignIds.includes(campaignId)) continue;
      candidates.push({ agentId, state, live });
    }
    const spare = candidates.filter(({ live }) => !live.profile.campaignIds.some((each) => needy.has(each)));
    return (longestIdle(spare) ?? longestIdle(candidates))?.live ?? null;
  }

  #reserve(live: LiveAgent, attemptId: AttemptId, campaignId: CampaignId, manual = false): void {
    live.lastCampaignId = campaignId;
    this.#apply(live, { type: "reserved", at: this.#context.clock.now(), attemptId, manual });
  }

  #asked(live: LiveAgent, event: AgentEvent): string {
    const before = live.agent;
    this.#apply(live, event);
    if (live.agent === before) return "no-change";
    return live.agent.afterwards === before.afterwards || live.agent.afterwards === null ? "done" : "after-this-call";
  }

  #dispose({ profile: { agentId }, ...live }: LiveAgent, code: string, at: Instant): string {
    const { lastAttemptId: attemptId, lastCampaignId, lastCall } = live;
    const called = attemptId === null ? undefined : this.#host.callOf(attemptId)?.order.campaignId;
    const disposed = { agentId, attemptId, campaignId: called ?? lastCampaignId, lastCall, code, at };
    return dispose(this.#context, disposed, (campaignId) => this.#host.dispositionsOf(campaignId));
  }

  #apply(live: LiveAgent, event: AgentEvent): void {
    const before = live.agent;
    const next = agentAfter(before, event);
    if (next === before) return;
    live.agent = next;
    if (next.state === before.state) return;
    noteState(this.#context, live, before.state, next.state, event.at);
    this.#entertain(live, before);
    const { agentId } = live.profile;
    if (next.state.state === "wrapUp") this.#context.deadlines.set(deadlineKeyOfAgent(agentId), next.state.deadlineAt);
    else this.#context.deadlines.clear(deadlineKeyOfAgent(agentId));
    if (next.state.state === "loggedOut" && live.legId !== null) {
      const { legId } = live;
      this.#stand(live, null);
      this.#tell("hang up an agent who logs out", this.#context.telephony.hangUpAgentLeg(legId));
    }
    this.#host.availabilityChanged(live.profile, before.state, next.state);
    if (before.state.state === "previewing" && next.state.state !== "reserved") {
      this.#host.screens().left(before.state.attemptId, next.state.state);
    }
  }

  /** Music while waiting for a call, silence while working. Joining a call stops the music by itself. */
  #entertain(live: LiveAgent, before: Agent): void {
    if (live.legId === null) return;
    const waits = isWaiting(live.agent.state);
    if (waits === isWaiting(before.state) || live.agent.state.state === "onCall") return;
    this.#tell("music", this.#context.telephony.setAgentMusic(live.legId, waits));
  }

  #tell(what: string, result: Promise<{ readonly ok: boolean }>): void {
    this.#context.mailbox.await(
      what,
      result,
      (answer) => {
        if (!answer.ok) this.#context.log.debug("an agent's leg did not take a command", { what, answer });
      },
      (error) => {
        this.#context.log.warn("an agent's leg did not take a command", { what, error });
      },
    );
  }

  /** On this leg from now on, or on none. */
  #stand(live: LiveAgent, legId: LegId | null): void {
    if (live.legId !== null) this.#byLegId.delete(live.legId);
    if (legId !== null) this.#byLegId.set(legId, live);
    live.legId = legId;
    this.#standing = null;
  }
}
