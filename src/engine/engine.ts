/**
 * The imperative shell: wires the parts to one mailbox and keeps the clocks going. It decides nothing itself;
 * calls, agents, pacing, redialling and compliance decide in their own rooms, and meet here as values.
 */
import { agentId as toAgentId, type AgentId, type AttemptId, type CampaignId } from "../domain/ids.ts";
import type { Campaign } from "../domain/campaign.ts";
import { after, type Instant } from "../domain/instant.ts";
import { Admitting } from "./placing/admitting.ts";
import { Agents, makesRoom } from "./agents/agents.ts";
import { Calls } from "./calls/calls.ts";
import { ContactBook } from "./calls/contact-book.ts";
import type { EngineContext, EnginePorts, EngineSettings } from "./context.ts";
import { Deadlines } from "./deadlines.ts";
import { Desk } from "./agents/desk.ts";
import { Hopper } from "./placing/hopper.ts";
import { inheritance } from "./reconciling/inheritance.ts";
import { TOKEN_DEADLINE } from "./pacing/lines.ts";
import { Mailbox } from "./mailbox.ts";
import { MessageTests } from "./rules/message-tests.ts";
import { NodeDrain } from "./node-drain.ts";
import { NodeHold } from "./node-hold.ts";
import { OverdialGate } from "./rules/overdial-gate.ts";
import { PacingReports, REPORT_MS } from "./standing/pacing-reports.ts";
import { PLACE_DEADLINE, Placing } from "./placing/placing.ts";
import type { TelephonyEvent } from "./ports.ts";
import { Reconciler } from "./reconciling/reconciler.ts";
import { Predictors } from "./pacing/predictors.ts";
import { Previews } from "./previews/previews.ts";
import { ReturnCalls } from "./returns/return-calls.ts";
import { RuleBook } from "./rules/rule-book.ts";
import { sendAgentsHome } from "./agents/send-home.ts";
import { statusOf, type EngineStatus } from "./status.ts";
import { pause, untilStoreAnswers } from "./rows/store-answers.ts";
import { Supervisions } from "./agents/supervisions.ts";
import { transferHost } from "./agents/transfer-host.ts";
import { Wishes } from "./wishes.ts";
import { WriteBehind } from "./rows/write-behind.ts";

/** Why the process cannot go on. */
export type Fatal = "replaced" | "node-taken" | "mistake";

/** While stopping, nobody is waited for longer than this: Asterisk and the database may be away. */
const STOP_PATIENCE_MS = 5_000;
/** The last report is for the next start and for whoever asks why: worth a moment, and no more. */
const REPORT_PATIENCE_MS = 2_000;
const TICK_DEADLINE = "tick";
const DESIRED_DEADLINE = "desired";
const HOLD_DEADLINE = "hold";
const ACCOUNTS_DEADLINE = "accounts";
const REPORT_DEADLINE = "pacing-report";

export class Engine {
  readonly #context: EngineContext;
  readonly #onFatal: (why: Fatal, error?: unknown) => void;
  readonly #calls: Calls;
  readonly #agents: Agents;
  readonly #desk: Desk;
  readonly #hopper: Hopper;
  readonly #previews: Previews;
  readonly #placing: Placing;
  readonly #drain: NodeDrain;
  readonly #hold: NodeHold;
  readonly #reports: PacingReports;
  readonly #messages: MessageTests;
  readonly #ruleBook: RuleBook;
  readonly #gate: OverdialGate;
  readonly #predictors: Predictors;
  readonly #wishes: Wishes;
  readonly #reconciler: Reconciler;
  readonly #returns: ReturnCalls;
  readonly #supervisions: Supervisions;
  #stopped = false;
  #placingWanted = false;
  #deadlineLateMsMax = 0;
  #lastTickAt: Instant;
  readonly #whenQuiet: (() => void)[] = [];

  constructor(ports: EnginePorts, settings: EngineSettings, onFatal: (why: Fatal, error?: unknown) => void) {
    const { clock, log } = ports;
    this.#onFatal = onFatal;
    this.#lastTickAt = clock.now();
    const mailbox = new Mailbox({
      clock,
      log,
      whenEmpty: () => {
        this.#whenEmpty();
      },
      onMistake: (error) => {
        onFatal("mistake", error);
      },
    });
    const deadlines = new Deadlines(clock, () => {
      mailbox.post("deadlines", () => {
        this.#deadlinesPassed();
      });
    });
    this.#context = {
      ...ports,
      settings,
      mailbox,
      deadlines,
      writeBehind: new WriteBehind({ ...ports, holder: settings.holder, memoryRowsMax: settings.memoryRowsMax }),
      contacts: new ContactBook(),
    };
    const think = (): void => {
      this.#placingWanted = true;
    };
    this.#agents = new Agents(this.#context, {
      agentLost: (attemptId, agentId) => {
        if (this.#returns.agentLost(attemptId, agentId)) return;
        this.#calls.apply(attemptId, { type: "agentLost", at: clock.now(), agentId });
      },
      duringCall: (agentId, attemptId, command, by) =>
        command.type === "hangUp" && attemptId !== null && this.#returns.agentHungUp(attemptId)
          ? "done"
          : this.#calls.desk.command(agentId, attemptId, command, by),
      availabilityChanged: (profile, before, after) => {
        this.#predictors.agentChanged(profile, before, after, clock.now());
        this.#supervisions.agentChanged(profile.agentId, before, after);
        if (makesRoom(after)) this.#placingWanted = true;
      },
      dispositionsOf: (campaignId) => this.#wishes.campaign(campaignId)?.dispositions ?? [],
      callOf: (attemptId) => this.#calls.find(attemptId) ?? null,
      screens: () => this.#previews,
      supervision: (...asked) => this.#supervisions.command(...asked),
    });
    this.#hold = new NodeHold(this.#context, onFatal);
    this.#calls = new Calls(this.#context, {
      reserveAgent: (...asked) => this.#reserveAgent(...asked),
      releaseAgent: (...said) => this.#agents.release(...said),
      agentJoined: (agentId, attemptId) => this.#agents.joined(agentId, attemptId),
      ask: (agentId, command) => this.#agents.command(agentId, command),
      legOf: (agentId) => this.#agents.legOf(agentId),
      callChanged: (live, before, after) => {
        this.#predictors.callChanged(live, before, after);
        this.#placing.overload.callChanged(live, before, after);
      },
      callEnded: (live, end) => {
        this.#gate.ended(live, end);
        this.#placing.overload.callEnded(live, end);
        this.#placingWanted = true;
      },
      mayDrop: (live) => this.#ruleBook.mayDrop(live),
      hasAgents: (campaignId) =>
        [...this.#agents.loggedIn()].some(({ profile }) => profile.campaignIds.includes(campaignId)),
      mayLeave: ({ campaign, profile }) => this.#ruleBook.mayLeaveMessage(campaign, profile),
      messageFailed: (media) => this.#messages.failedLive(media),
      isBroken: (media) => this.#messages.resultOf(media) === "failed",
      transfers: transferHost(this.#context, this.#agents, () => [this.#calls, this.#ruleBook, this.#wishes]),
    });
    this.#supervisions = new Supervisions(this.#context, this.#agents, this.#calls);
    this.#desk = new Desk(this.#context, this.#agents);
    this.#messages = new MessageTests(this.#context, think);
    this.#ruleBook = new RuleBook(this.#context, this.#messages);
    const admitting = new Admitting(this.#context, this.#ruleBook, (id) => this.#placing.capacity.isBeingCalled(id));
    this.#hopper = new Hopper(this.#context, admitting, think);
    const campaigns = (): Iterable<Campaign> => this.#wishes.campaigns();
    const parts = { calls: this.#calls, agents: this.#agents, ruleBook: this.#ruleBook, hopper: this.#hopper };
    this.#returns = new ReturnCalls(this.#context, {
      ...{ ...parts, campaigns, ended: think, isDraining: () => this.#drain.isOn },
      capacity: () => this.#placing.capacity,
    });
    this.#gate = new OverdialGate(this.#context, this.#ruleBook, campaigns, (campaignId) =>
      this.#hopper.zonesOf(campaignId),
    );
    this.#predictors = new Predictors(log, this.#calls, this.#agents, (id) => this.#returns.concerning(id));
    this.#previews = new Previews(this.#context, { ...parts, admitting }, think);
    this.#placing = new Placing(this.#context, {
      ...{ ...parts, admitting, previews: this.#previews, returns: this.#returns },
      ...{ gate: this.#gate, predictors: this.#predictors },
    });
    this.#reports = new PacingReports(this.#context, {
      campaigns,
      standingOf: (campaign) => this.#placing.standingOf(campaign),
      memoryOf: (campaignId) => this.#predictors.memoryOf(campaignId),
    });
    const steered = { ...parts, previews: this.#previews, placing: this.#placing };
    this.#drain = new NodeDrain(this.#context, steered, () => this.#reconciler.reconciled);
    this.#wishes = new Wishes(this.#context, { ...steered, messages: this.#messages, drain: this.#drain }, think);
    this.#reconciler = new Reconciler(
      this.#context,
      this.#calls,
      this.#agents,
      this.#desk,
      this.#ruleBook,
      this.#returns,
      (reconciled) => {
        this.#placing.hold(reconciled ? this.#drain.hold : "reconciling");
        think();
      },
    );
  }

  /** Store first, then telephony, then reconcile; only then is anything placed. Rejects when the node's name is taken. */
  async start(): Promise<void> {
    const { settings, clock, telephony, journal } = this.#context;
    const answered = <T>(ask: () => Promise<T>): Promise<T> =>
      untilStoreAnswers(this.#context, () => this.#stopped, ask);
    const keepName = (): void => {
      this.#arm(HOLD_DEADLINE, Math.floor(settings.timings.nodeHoldMs / 3));
    };
    const { open, recordings, desired, returns } = await inheritance(this.#context, answered, keepName);
    this.#calls.recordings.recall(recordings);
    this.#predictors.remember(await this.#reports.memories(answered));
    this.#wishes.obey(desired);
    // Rows of the last process wait for the first look at Asterisk.
    this.#returns.inherit(returns);
    this.#reconciler.inherit(open, (campaignId) => this.#wishes.campaign(campaignId));
    const told = { nodeId: settings.nodeId, open: open.length, drained: this.#drain.isWished };
    journal.append({ at: clock.now(), kind: "engine", what: "started", ...told });
    await telephony.start((event) => {
      this.#context.mailbox.post(event.kind, () => {
        this.#receive(event);
      });
    });
    this.#arm(TICK_DEADLINE, settings.timings.tickMs);
    this.#gate.read();
    this.#arm(ACCOUNTS_DEADLINE, settings.timings.accountsMs);
    this.#arm(DESIRED_DEADLINE, settings.timings.desiredStateMs);
    this.#arm(REPORT_DEADLINE, REPORT_MS);
  }

  /** Places nothing more, and resolves when every call has ended and every row is written. */
  async drain(): Promise<void> {
    this.#drain.stop();
    await new Promise<void>((resolve) => {
      this.#whenQuiet.push(resolve);
      this.#context.mailbox.post("drain", () => undefined);
    });
    await this.#context.writeBehind.settled();
  }

  /** Ends every call that has not been answered, and those that talk as well. People who wait get the message first. */
  cancelCalls(reason: "operator" | "drain"): void {
    this.#context.mailbox.post("cancel calls", () => {
      this.#calls.cancelAll(reason);
      this.#returns.cancelAll();
    });
  }

  /** Lets go of everything. After a drain nothing is lost; without one the next process reconciles. */
  async stop(): Promise<void> {
    if (this.#stopped) return;
    this.#stopped = true;
    const { telephony, store, settings, deadlines, journal, clock } = this.#context;
    this.#placing.hold("stopping");
    const reported = this.#reports.last();
    if (this.#drain.isStopping) {
      await sendAgentsHome(this.#context, this.#agents, STOP_PATIENCE_MS);
      await Promise.race([this.#context.writeBehind.settled(), pause(this.#context, STOP_PATIENCE_MS)]);
    }
    await Promise.race([reported, pause(this.#context, REPORT_PATIENCE_MS)]);
    await Promise.race([this.#context.writeBehind.leave(), pause(this.#context, STOP_PATIENCE_MS)]);
    deadlines.stop();
    await telephony.stop();
    journal.append({ at: clock.now(), kind: "engine", what: "stopped" });
    await store.releaseNode(settings.nodeId, settings.holder).catch((error: unknown) => {
      this.#context.log.warn("the node's name could not be given back; it lapses by itself", { error });
    });
  }

  /** When the slow tick last came round: whoever watches over the process can tell a living loop from a stuck one. */
  get lastTickAt(): Instant {
    return this.#lastTickAt;
  }

  status(): EngineStatus {
    const deadlineLateMsMax = this.#deadlineLateMsMax;
    this.#deadlineLateMsMax = 0;
    return {
      ...statusOf(this.#context, this.#calls, this.#agents),
      attemptsPending: this.#placing.pendingCount,
      reconciled: this.#reconciler.reconciled,
      draining: this.#drain.isOn,
      campaignsBarred: Object.fromEntries(this.#ruleBook.bars()),
      deadlineLateMsMax,
      overload: this.#placing.overload.status(),
    };
  }

  #receive(event: TelephonyEvent): void {
    switch (event.kind) {
      case "call":
        if (!this.#reconciler.keeps(event.attemptId, event.event)) this.#calls.apply(event.attemptId, event.event);
        return;
      case "flow":
        this.#calls.heardOfFlow(event);
        return;
      case "outside":
        this.#calls.transfers.heard(event);
        return;
      case "agentLeg":
        this.#desk.receive(event.legId, event.event);
        return;
      case "returnLeg":
        this.#returns.receive(event.legId, event.event);
        return;
      case "recording":
        this.#calls.recordings.heard(event.attemptId, event.state);
        return;
      case "connection":
        this.#context.log.info("telephony connection", { state: event.state });
        this.#context.journal.append({ at: event.at, kind: "connection", state: event.state });
        if (event.state === "replaced") this.#onFatal("replaced");
        else this.#connection(event.state === "up");
        return;
    }
  }

  #connection(up: boolean): void {
    if (!up) this.#calls.connectionLost();
    else {
      this.#messages.forget();
      this.#wishes.wantMessages();
    }
    this.#reconciler.connection(up);
  }

  #reserveAgent(attemptId: AttemptId, campaignId: CampaignId, except: AgentId | null): void {
    const agentId = this.#agents.reserve(attemptId, campaignId, except);
    if (agentId === null) return;
    this.#context.mailbox.post("agentReserved", () => {
      // The agent may have gone between the promise and this letter.
      if (!this.#agents.holds(agentId, attemptId)) return;
      this.#calls.apply(attemptId, { type: "agentReserved", at: this.#context.clock.now(), agentId });
    });
  }

  #deadlinesPassed(): void {
    const now = this.#context.clock.now();
    for (const { key, at } of this.#context.deadlines.takeDue(now)) {
      this.#deadlineLateMsMax = Math.max(this.#deadlineLateMsMax, now - at);
      const colon = key.indexOf(":");
      const [kind, id] = colon < 0 ? [key, ""] : [key.slice(0, colon), key.slice(colon + 1)];
      switch (kind) {
        case "call":
        case "verdict":
        case "recording":
        case "flow":
          this.#calls.deadlinePassed(kind, id as AttemptId, now);
          break;
        case "agent":
          this.#agents.deadlinePassed(toAgentId(Number(id)));
          break;
        case "preview":
        case "return":
          (kind === "preview" ? this.#previews : this.#returns).deadlinePassed(id);
          break;
        case TICK_DEADLINE:
          this.#wishes.wantMessages();
          this.#lastTickAt = now;
          this.#placingWanted = true;
          this.#arm(TICK_DEADLINE, this.#context.settings.timings.tickMs);
          break;
        case TOKEN_DEADLINE:
        case PLACE_DEADLINE:
          this.#placing.due(kind);
          this.#placingWanted = true;
          break;
        case DESIRED_DEADLINE:
          this.#wishes.ask();
          this.#arm(DESIRED_DEADLINE, this.#context.settings.timings.desiredStateMs);
          break;
        case ACCOUNTS_DEADLINE:
          this.#gate.read();
          this.#ruleBook.readToll(this.#wishes.campaigns());
          this.#arm(ACCOUNTS_DEADLINE, this.#context.settings.timings.accountsMs);
          break;
        case REPORT_DEADLINE:
          this.#reports.send();
          this.#arm(REPORT_DEADLINE, REPORT_MS);
          break;
        case HOLD_DEADLINE:
          this.#hold.renew();
          this.#arm(HOLD_DEADLINE, Math.floor(this.#context.settings.timings.nodeHoldMs / 3));
          break;
        default:
          this.#reconciler.deadlinePassed(kind);
      }
    }
  }

  /** Ticks are coalesced: however many letters changed something, placing is thought about once. */
  #whenEmpty(): void {
    if (this.#placingWanted && !this.#stopped) {
      this.#placingWanted = false;
      // Each promise comes back as a letter, after which this place is reached again.
      for (const attemptId of this.#calls.withoutAgent()) this.#calls.wantsAgent(attemptId);
      this.#returns.seek();
      this.#placing.tick();
    }
    if (this.#drain.isStopping && this.#calls.isQuiet && this.#returns.count + this.#placing.pendingCount === 0) {
      for (const wake of this.#whenQuiet.splice(0)) wake();
    }
  }

  #arm(key: string, afterMs: number): void {
    if (!this.#stopped) this.#context.deadlines.set(key, after(this.#context.clock.now(), afterMs));
  }
}
