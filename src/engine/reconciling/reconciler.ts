/**
 * Looks at Asterisk after every connect and on a slow timer, and makes memory agree with it. Until the first look
 * is done nothing is placed: what is ringing now may not be ours to ring again.
 */
import type { CallEvent } from "../../call/call.ts";
import type { Campaign } from "../../domain/campaign.ts";
import type { AttemptId, CampaignId } from "../../domain/ids.ts";
import { after, latest } from "../../domain/instant.ts";
import type { Instant } from "../../domain/instant.ts";
import type { Agents } from "../agents/agents.ts";
import type { Calls } from "../calls/calls.ts";
import { companions } from "./companions.ts";
import type { EngineContext } from "../context.ts";
import type { Desk } from "../agents/desk.ts";
import { amdOf } from "../calls/amd.ts";
import { policyOf } from "../calls/live-call.ts";
import type { ReturnCalls } from "../returns/return-calls.ts";
import type { RuleBook } from "../rules/rule-book.ts";
import type { LegsSnapshot, OpenAttempt } from "../ports.ts";
import { findings } from "./reconcile.ts";
import type { Finding } from "./reconcile.ts";
import { recovered } from "./recovery.ts";

const RECONCILE_DEADLINE = "reconcile";
const RETRY_MS = 1_000;
/** Events take some three milliseconds; a process that is behind takes them out of its mailbox a little later. */
const NEWS_MS = 100;
const OVERDUE = { type: "deadlinePassed" } as const;

export class Reconciler {
  readonly #context: EngineContext;
  readonly #calls: Calls;
  readonly #agents: Agents;
  readonly #desk: Desk;
  readonly #ruleBook: RuleBook;
  readonly #returns: ReturnCalls;
  readonly #onChange: (reconciled: boolean) => void;
  #inherited: readonly OpenAttempt[] = [];
  /** Told of those before the first look; it says what stands, and this how it came to that. */
  readonly #news = new Map<AttemptId, CallEvent[]>();
  #campaignOf: (campaignId: CampaignId) => Campaign | null = () => null;
  /** What was missing at the last look; believed only when it is missing again. */
  #missing = new Set<string>();
  #looking = false;
  #reconciled = false;
  #up = false;
  /** Since when events may be missing: the loss of the connection, or the last look that found everything. */
  #unseenSince: Instant | null = null;

  constructor(
    context: EngineContext,
    calls: Calls,
    agents: Agents,
    desk: Desk,
    ruleBook: RuleBook,
    returns: ReturnCalls,
    onChange: (reconciled: boolean) => void,
  ) {
    this.#context = context;
    this.#calls = calls;
    this.#agents = agents;
    this.#desk = desk;
    this.#ruleBook = ruleBook;
    this.#returns = returns;
    this.#onChange = onChange;
  }

  get reconciled(): boolean {
    return this.#reconciled;
  }

  inherit(open: readonly OpenAttempt[], campaignOf: (campaignId: CampaignId) => Campaign | null): void {
    this.#inherited = open;
    this.#campaignOf = campaignOf;
    for (const { order } of open) this.#news.set(order.attemptId, []);
  }

  /** True where the call is one of the last process, of which nothing is known yet but its row: then it is for later. */
  keeps(attemptId: AttemptId, event: CallEvent): boolean {
    const news = this.#news.get(attemptId);
    news?.push(event);
    return news !== undefined;
  }

  connection(up: boolean): void {
    if (!up && this.#up) this.#unseenSince = this.#context.clock.now();
    this.#up = up;
    if (up) {
      this.#look();
      return;
    }
    this.#reconciled = false;
    this.#onChange(false);
  }

  deadlinePassed(key: string): void {
    if (key === RECONCILE_DEADLINE && this.#up) this.#look();
  }

  #look(): void {
    if (this.#looking) return;
    this.#looking = true;
    const { mailbox, telephony, log } = this.#context;
    mailbox.await(
      "snapshot",
      telephony.snapshot(),
      (snapshot) => {
        this.#looking = false;
        if (!this.#up) return;
        const again = this.#compare(snapshot);
        this.#unseenSince = snapshot.takenAt;
        this.#again(
          again ? this.#context.settings.timings.reconcileAgainMs : this.#context.settings.timings.reconcileMs,
        );
        if (this.#reconciled) return;
        this.#reconciled = true;
        this.#onChange(true);
      },
      (error) => {
        this.#looking = false;
        log.warn("Asterisk could not be asked what it holds", { error });
        this.#again(RETRY_MS);
      },
    );
  }

  /** Returns whether something has to be looked at once more before it is believed. */
  #compare(snapshot: LegsSnapshot): boolean {
    this.#recover(snapshot);
    const found = findings(
      {
        calls: [...this.#calls.all()].map((live) => live.call),
        agentLegs: [...this.#agents.loggedIn()].map((live) => live.legId),
        heldLegOf: ({ heldAgentId }) => (heldAgentId === null ? null : this.#agents.legOf(heldAgentId)),
      },
      snapshot,
      this.#context.settings.overload.legAgeMaxMs,
    );
    const missingBefore = this.#missing;
    this.#missing = new Set();
    for (const finding of found) this.#act(finding, missingBefore);
    if (found.length > 0) {
      this.#context.journal.append({ at: this.#context.clock.now(), kind: "reconcile", found });
      this.#context.log.info("reconcile found differences", { count: found.length, found });
    }
    // After the agents: whoever is talking with somebody must be known to do so before they are offered a call.
    const again = this.#returns.reconcile(snapshot.returnLegs);
    return again || this.#missing.size > 0;
  }

  #act(finding: Finding, missingBefore: ReadonlySet<string>): void {
    const at = this.#context.clock.now();
    switch (finding.type) {
      case "missingLeg":
        if (missingBefore.has(finding.attemptId)) this.#calls.apply(finding.attemptId, { type: "vanished", at });
        else this.#missing.add(finding.attemptId);
        return;
      case "missingAgentLeg":
        if (missingBefore.has(finding.legId)) this.#agents.legGone(finding.legId, at);
        else this.#missing.add(finding.legId);
        return;
      case "answeredUnseen":
        this.#answeredUnseen(finding.attemptId, at);
        return;
      case "joinedUnseen":
        // They talk, since when nobody knows: the latest moment at which it may have begun.
        this.#calls.apply(finding.attemptId, { type: "joined", stamp: { at, asteriskAt: null } });
        return;
      case "unknownAgentLeg":
        this.#desk.readmit(finding.legId, finding.endpoint, finding.ready);
        return;
      case "overdueLeg":
        // By its own rules first: whoever waits hears the message. What is still there at the next look is hung up.
        if (missingBefore.has(finding.attemptId)) this.#reap(finding.attemptId, finding.because);
        else {
          this.#missing.add(finding.attemptId);
          const event = finding.because === "age" ? ({ type: "cancelled", reason: "operator" } as const) : OVERDUE;
          this.#calls.apply(finding.attemptId, { ...event, at });
        }
        return;
      case "strayLeg":
        this.#reap(finding.attemptId, "stray");
        return;
    }
  }

  #reap(attemptId: AttemptId, because: "stray" | "age" | "deadline"): void {
    const { clock, journal, mailbox, telephony, log } = this.#context;
    journal.append({ at: clock.now(), kind: "reaped", attemptId, because });
    mailbox.await(
      "leg reaped",
      telephony.hangUp(attemptId, "operator"),
      () => undefined,
      (error) => {
        log.warn("a leg could not be hung up", { attemptId, because, error });
      },
    );
  }

  /**
   * The list may have come before the news: a moment is left to it, since it says when. Not after a gap, in which news is
   * lost and not late; nor where the call would be given up meanwhile.
   */
  #answeredUnseen(attemptId: AttemptId, at: Instant): void {
    // Nobody knows when. It may have been in the first moment of which we heard nothing, and so it counts.
    const stamp = { at: this.#earliestAnswer(attemptId, at), asteriskAt: null };
    const believe = (): void => {
      if (this.#calls.find(attemptId)?.call.facts.answeredAt !== null) return;
      this.#calls.apply(attemptId, { type: "answered", stamp, sipCallId: null });
    };
    const { clock, mailbox } = this.#context;
    const until = after(at, NEWS_MS);
    const deadlineAt = this.#calls.find(attemptId)?.call.deadlineAt ?? at;
    if (!this.#reconciled || deadlineAt <= until) believe();
    else {
      clock.wakeAt(until, () => {
        mailbox.post("answer believed", believe);
      });
    }
  }

  #earliestAnswer(attemptId: AttemptId, at: Instant): Instant {
    const facts = this.#calls.find(attemptId)?.call.facts;
    const known = facts?.ringingAt?.at ?? facts?.placedAt?.at ?? at;
    return latest(known, this.#unseenSince ?? at);
  }

  /** The rows that the last process left open, once. Calls before agents: who is talking must not be offered a call. */
  #recover(snapshot: LegsSnapshot): void {
    const open = this.#inherited;
    this.#inherited = [];
    const at = this.#context.clock.now();
    const legs = new Map(snapshot.customerLegs.map((leg) => [leg.attemptId, leg]));
    const together = companions(open, snapshot, (endpoint) => this.#agents.byEndpoint(endpoint)?.agentId ?? null);
    for (const each of open) {
      const { order, lead } = each;
      const campaign = this.#campaignOf(order.campaignId);
      if (campaign === null) continue;
      const leg = legs.get(order.attemptId) ?? null;
      const isAway = snapshot.away.includes(order.attemptId);
      const companion = together.get(order.attemptId) ?? null;
      const talkingAgent = companion?.how === "talks" ? companion.agentId : null;
      const keeper = companion?.how === "keeps" ? companion.agentId : null;
      const news = this.#news.get(order.attemptId) ?? [];
      const found = { leg, talkingAgent, keeper, news, isAway };
      const { call, event, needsAgent } = recovered(each, found, campaign, at);
      // Under the profile it was decided by, also when its campaign has moved on or contradicts it now.
      const now = this.#ruleBook.rulesOf(order.campaignId)?.profile;
      const decidedBy = this.#context.settings.profiles.get(order.profile);
      const profile = (now?.name === order.profile ? now : decidedBy) ?? now ?? null;
      const { settings } = this.#context;
      const listens = amdOf(campaign, order, settings);
      const policy = policyOf(campaign, order, profile, settings.timings, listens);
      this.#calls.add({ order, lead, campaign, profile, policy, listens, call });
      // Only whom the call holds: it has to let them go again.
      if (companion !== null && call.heldAgentId === companion.agentId) {
        this.#agents.resume(companion.agentId, companion.legId, order.attemptId, order.campaignId, at);
      }
      if (event !== null) this.#calls.apply(order.attemptId, event);
      if (needsAgent) this.#calls.wantsAgent(order.attemptId);
    }
    this.#news.clear();
    if (open.length > 0) {
      this.#context.log.info("calls of the last process were taken over or ended", { count: open.length });
    }
  }

  #again(afterMs: number): void {
    const { clock, deadlines } = this.#context;
    deadlines.set(RECONCILE_DEADLINE, after(clock.now(), afterMs));
  }
}
