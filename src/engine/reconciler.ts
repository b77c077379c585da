/**
 * Looks at Asterisk after every connect and on a slow timer, and makes memory agree with it. Until the first look
 * is done nothing is placed: what is ringing now may not be ours to ring again.
 */
import type { Campaign } from "../domain/campaign.ts";
import type { AttemptId, CampaignId } from "../domain/ids.ts";
import { after, latest } from "../domain/instant.ts";
import type { Instant } from "../domain/instant.ts";
import type { Agents } from "./agents.ts";
import type { Calls } from "./calls.ts";
import type { EngineContext } from "./context.ts";
import type { Desk } from "./desk.ts";
import { amdOf } from "./amd.ts";
import { policyOf } from "./live-call.ts";
import type { RuleBook } from "./rule-book.ts";
import type { LegsSnapshot, OpenAttempt } from "./ports.ts";
import { findings } from "./reconcile.ts";
import type { Finding } from "./reconcile.ts";
import { recovered } from "./recovery.ts";

const RECONCILE_DEADLINE = "reconcile";
const RETRY_MS = 1_000;

export class Reconciler {
  readonly #context: EngineContext;
  readonly #calls: Calls;
  readonly #agents: Agents;
  readonly #desk: Desk;
  readonly #ruleBook: RuleBook;
  readonly #onChange: (reconciled: boolean) => void;
  #inherited: readonly OpenAttempt[] = [];
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
    onChange: (reconciled: boolean) => void,
  ) {
    this.#context = context;
    this.#calls = calls;
    this.#agents = agents;
    this.#desk = desk;
    this.#ruleBook = ruleBook;
    this.#onChange = onChange;
  }

  get reconciled(): boolean {
    return this.#reconciled;
  }

  inherit(open: readonly OpenAttempt[], campaignOf: (campaignId: CampaignId) => Campaign | null): void {
    this.#inherited = open;
    this.#campaignOf = campaignOf;
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
      },
      snapshot,
    );
    const missingBefore = this.#missing;
    this.#missing = new Set();
    for (const finding of found) this.#act(finding, missingBefore);
    if (found.length > 0) {
      this.#context.journal.append({ at: this.#context.clock.now(), kind: "reconcile", found });
      this.#context.log.info("reconcile found differences", { count: found.length, found });
    }
    return this.#missing.size > 0;
  }

  #act(finding: Finding, missingBefore: ReadonlySet<string>): void {
    const { clock, telephony, mailbox, log } = this.#context;
    const at = clock.now();
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
        // Nobody knows when. It may have been in the first moment of which we heard nothing, and so it counts.
        this.#calls.apply(finding.attemptId, {
          type: "answered",
          stamp: { at: this.#earliestAnswer(finding.attemptId, at), asteriskAt: null },
          sipCallId: null,
        });
        return;
      case "unknownAgentLeg":
        this.#desk.readmit(finding.legId, finding.endpoint, finding.ready);
        return;
      case "strayLeg":
        mailbox.await(
          "stray leg hung up",
          telephony.hangUp(finding.attemptId, "operator"),
          () => undefined,
          (error) => {
            log.warn("a stray leg could not be hung up", { attemptId: finding.attemptId, error });
          },
        );
        return;
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
    const agentLegs = new Map(snapshot.agentLegs.map((leg) => [leg.legId, leg]));
    for (const each of open) {
      const { order, lead } = each;
      const campaign = this.#campaignOf(order.campaignId);
      if (campaign === null) continue;
      const leg = legs.get(order.attemptId) ?? null;
      const bridge = leg?.inAgentBridge ?? null;
      const agentLeg = bridge === null ? undefined : agentLegs.get(bridge);
      const talking = agentLeg === undefined ? null : this.#agents.byEndpoint(agentLeg.endpoint);
      const { call, event, needsAgent } = recovered(each, leg, talking?.agentId ?? null, campaign, at);
      // Under the profile it was decided by, also when its campaign has moved on or contradicts it now.
      const now = this.#ruleBook.rulesOf(order.campaignId)?.profile;
      const decidedBy = this.#context.settings.profiles.get(order.profile);
      const profile = (now?.name === order.profile ? now : decidedBy) ?? now ?? null;
      const { timings, talk } = this.#context.settings;
      const listens = amdOf(campaign, order, talk);
      const policy = policyOf(campaign, order, profile, timings, listens);
      this.#calls.add({ order, lead, campaign, profile, policy, listens, call });
      if (talking !== null && agentLeg !== undefined) {
        this.#agents.resume(talking.agentId, agentLeg.legId, order.attemptId, order.campaignId, at);
      }
      if (event !== null) this.#calls.apply(order.attemptId, event);
      if (needsAgent) this.#calls.wantsAgent(order.attemptId);
    }
    if (open.length > 0) {
      this.#context.log.info("calls of the last process were taken over or ended", { count: open.length });
    }
  }

  #again(afterMs: number): void {
    const { clock, deadlines } = this.#context;
    deadlines.set(RECONCILE_DEADLINE, after(clock.now(), afterMs));
  }
}
