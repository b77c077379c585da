/**
 * The imperative shell: wires the parts to one mailbox and keeps the clocks going. It decides nothing itself;
 * calls, agents, pacing, redialling and compliance decide in their own rooms, and meet here as values.
 */
import { agentId as toAgentId, type AgentId, type AttemptId, type CampaignId } from "../domain/ids.ts";
import { after } from "../domain/instant.ts";
import type { Instant } from "../domain/instant.ts";
import { Admitting } from "./admitting.ts";
import { Agents, makesRoom } from "./agents.ts";
import { Calls } from "./calls.ts";
import { ContactBook } from "./contact-book.ts";
import type { EngineContext, EngineSettings } from "./context.ts";
import { Deadlines } from "./deadlines.ts";
import { Desk } from "./desk.ts";
import { Hopper } from "./hopper.ts";
import { TOKEN_DEADLINE } from "./lines.ts";
import { Mailbox } from "./mailbox.ts";
import { MessageTests } from "./message-tests.ts";
import { NodeHold } from "./node-hold.ts";
import { OverdialGate } from "./overdial-gate.ts";
import { PacingReports, REPORT_MS } from "./pacing-reports.ts";
import { Placing } from "./placing.ts";
import type { Clock, Journal, Log, Random, Store, Telephony, TelephonyEvent } from "./ports.ts";
import { Reconciler } from "./reconciler.ts";
import { Predictors } from "./predictors.ts";
import { Previews } from "./previews.ts";
import { RuleBook } from "./rule-book.ts";
import { sendAgentsHome } from "./send-home.ts";
import { statusOf } from "./status.ts";
import type { EngineStatus } from "./status.ts";
import { pause, untilStoreAnswers } from "./store-answers.ts";
import { Wishes } from "./wishes.ts";
import { WriteBehind } from "./write-behind.ts";

export interface EnginePorts {
  readonly telephony: Telephony;
  readonly store: Store;
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Log;
  readonly journal: Journal;
}

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
  readonly #hold: NodeHold;
  readonly #reports: PacingReports;
  readonly #messages: MessageTests;
  readonly #ruleBook: RuleBook;
  readonly #gate: OverdialGate;
  readonly #predictors: Predictors;
  readonly #wishes: Wishes;
  readonly #reconciler: Reconciler;
  #draining = false;
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
      writeBehind: new WriteBehind(ports.store, clock, log),
      contacts: new ContactBook(),
    };
    this.#agents = new Agents(this.#context, {
      agentLost: (attemptId, agentId) => {
        this.#calls.apply(attemptId, { type: "agentLost", at: clock.now(), agentId });
      },
      agentHungUp: (attemptId) => {
        this.#calls.apply(attemptId, { type: "agentHungUp", at: clock.now() });
      },
      availabilityChanged: (profile, before, after) => {
        this.#predictors.agentChanged(profile, before, after, clock.now());
        if (makesRoom(after)) this.#placingWanted = true;
      },
      dispositionsOf: (campaignId) => this.#wishes.campaign(campaignId)?.dispositions ?? [],
      callOf: (attemptId) => this.#calls.find(attemptId) ?? null,
      screens: () => this.#previews,
    });
    this.#hold = new NodeHold(this.#context, onFatal);
    this.#calls = new Calls(this.#context, {
      reserveAgent: (attemptId, campaignId, except) => {
        this.#reserveAgent(attemptId, campaignId, except);
      },
      releaseAgent: (agentId, attemptId, talked, wrapUpMs) => {
        this.#agents.release(agentId, attemptId, talked, wrapUpMs);
      },
      agentJoined: (agentId, attemptId) => {
        this.#agents.joined(agentId, attemptId);
      },
      legOf: (agentId) => this.#agents.legOf(agentId),
      callChanged: (live, before, after) => {
        this.#predictors.callChanged(live, before, after);
      },
      callEnded: (live, end) => {
        this.#gate.ended(live, end);
        this.#placingWanted = true;
      },
      mayDrop: (live) => this.#ruleBook.mayDrop(live),
      mayLeave: ({ campaign, profile }) => this.#ruleBook.mayLeaveMessage(campaign, profile),
      messageFailed: (media) => {
        this.#messages.failedLive(media);
      },
    });
    this.#desk = new Desk(this.#context, this.#agents);
    this.#messages = new MessageTests(this.#context, () => {
      this.#placingWanted = true;
    });
    this.#ruleBook = new RuleBook(this.#context, this.#messages);
    const admitting = new Admitting(this.#context, this.#ruleBook);
    this.#hopper = new Hopper(this.#context, admitting, () => {
      this.#placingWanted = true;
    });
    this.#gate = new OverdialGate(
      this.#context,
      this.#ruleBook,
      () => this.#wishes.campaigns(),
      (campaignId) => this.#hopper.zonesOf(campaignId),
    );
    this.#predictors = new Predictors(log, this.#calls, this.#agents);
    this.#previews = new Previews(this.#context, { agents: this.#agents, hopper: this.#hopper, admitting }, () => {
      this.#placingWanted = true;
    });
    this.#placing = new Placing(this.#context, {
      calls: this.#calls,
      agents: this.#agents,
      hopper: this.#hopper,
      admitting,
      ruleBook: this.#ruleBook,
      gate: this.#gate,
      predictors: this.#predictors,
      previews: this.#previews,
    });
    this.#reports = new PacingReports(this.#context, {
      campaigns: () => this.#wishes.campaigns(),
      standingOf: (campaign) => this.#placing.standingOf(campaign),
      memoryOf: (campaignId) => this.#predictors.memoryOf(campaignId),
    });
    this.#wishes = new Wishes(
      this.#context,
      {
        agents: this.#agents,
        calls: this.#calls,
        placing: this.#placing,
        ruleBook: this.#ruleBook,
        messages: this.#messages,
      },
      () => {
        this.#placingWanted = true;
      },
    );
    this.#reconciler = new Reconciler(
      this.#context,
      this.#calls,
      this.#agents,
      this.#desk,
      this.#ruleBook,
      (reconciled) => {
        this.#placing.hold(reconciled ? (this.#draining ? "draining" : null) : "reconciling");
        this.#placingWanted = true;
      },
    );
  }

  /** Store first, then telephony, then reconcile; only then is anything placed. Rejects when the node's name is taken. */
  async start(): Promise<void> {
    const { store, settings, clock, telephony, journal } = this.#context;
    await this.#untilStoreAnswers(() =>
      store.holdNode(settings.nodeId, settings.holder, clock.now(), settings.timings.nodeHoldMs),
    );
    await this.#untilStoreAnswers(() => store.releaseLeases(settings.nodeId, null));
    const open = await this.#untilStoreAnswers(() => store.openAttempts(settings.nodeId));
    const desired = await this.#untilStoreAnswers(() => store.desiredState(settings.nodeId));
    this.#predictors.remember(await this.#reports.memories((ask) => this.#untilStoreAnswers(ask)));
    this.#wishes.obey(desired);
    // Rows of the last process wait for the first look at Asterisk.
    this.#reconciler.inherit(open, (campaignId) => this.#wishes.campaign(campaignId));
    journal.append({ at: clock.now(), kind: "engine", what: "started", nodeId: settings.nodeId, open: open.length });
    await telephony.start((event) => {
      this.#context.mailbox.post(event.kind, () => {
        this.#receive(event);
      });
    });
    this.#arm(TICK_DEADLINE, settings.timings.tickMs);
    this.#gate.read();
    this.#arm(ACCOUNTS_DEADLINE, settings.timings.accountsMs);
    this.#arm(DESIRED_DEADLINE, settings.timings.desiredStateMs);
    this.#arm(HOLD_DEADLINE, Math.floor(settings.timings.nodeHoldMs / 3));
    this.#arm(REPORT_DEADLINE, REPORT_MS);
  }

  /** Places nothing more, and resolves when every call has ended and every row is written. */
  async drain(): Promise<void> {
    if (!this.#draining) {
      this.#draining = true;
      this.#placing.hold("draining");
      this.#hopper.emptyAll();
      this.#previews.withdraw(null, "drain");
      this.#context.journal.append({ at: this.#context.clock.now(), kind: "engine", what: "draining" });
    }
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
    });
  }

  /** Lets go of everything. After a drain nothing is lost; without one the next process reconciles. */
  async stop(): Promise<void> {
    if (this.#stopped) return;
    this.#stopped = true;
    const { telephony, store, settings, deadlines, journal, clock } = this.#context;
    this.#placing.hold("stopping");
    const reported = this.#reports.last();
    if (this.#draining) {
      await sendAgentsHome(this.#context, this.#agents, STOP_PATIENCE_MS);
      await Promise.race([this.#context.writeBehind.settled(), pause(this.#context, STOP_PATIENCE_MS)]);
    }
    await Promise.race([reported, pause(this.#context, REPORT_PATIENCE_MS)]);
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
      draining: this.#draining,
      campaignsBarred: Object.fromEntries(this.#ruleBook.bars()),
      deadlineLateMsMax,
    };
  }

  #receive(event: TelephonyEvent): void {
    switch (event.kind) {
      case "call":
        this.#calls.apply(event.attemptId, event.event);
        return;
      case "agentLeg":
        this.#desk.receive(event.legId, event.event);
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
          this.#calls.deadlinePassed(kind, id as AttemptId, now);
          break;
        case "agent":
          this.#agents.deadlinePassed(toAgentId(Number(id)));
          break;
        case "preview":
          this.#previews.deadlinePassed(id);
          break;
        case TICK_DEADLINE:
          this.#wishes.wantMessages();
          this.#lastTickAt = now;
          this.#placingWanted = true;
          this.#arm(TICK_DEADLINE, this.#context.settings.timings.tickMs);
          break;
        case TOKEN_DEADLINE:
          this.#placingWanted = true;
          break;
        case DESIRED_DEADLINE:
          this.#wishes.ask();
          this.#arm(DESIRED_DEADLINE, this.#context.settings.timings.desiredStateMs);
          break;
        case ACCOUNTS_DEADLINE:
          this.#gate.read();
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
      this.#placing.tick();
    }
    if (this.#draining && this.#calls.count === 0 && this.#placing.pendingCount === 0) {
      for (const wake of this.#whenQuiet.splice(0)) wake();
    }
  }

  #arm(key: string, afterMs: number): void {
    if (!this.#stopped) this.#context.deadlines.set(key, after(this.#context.clock.now(), afterMs));
  }

  async #untilStoreAnswers<T>(ask: () => Promise<T>): Promise<T> {
    return untilStoreAnswers(this.#context, () => this.#stopped, ask);
  }
}
