/**
 * Leads on agents' screens: shown before anybody is called, pressed, skipped, run out, or taken off again. What becomes of
 * a press is pressing.ts's business.
 *
 * The rule to remember: a lead is shown once its row is written, and is dialled after a press and at no other time. The
 * attempt of a press bears the preview's id, so whoever presses twice, and by whatever way, makes one attempt.
 */
import type { AgentStateName } from "../../agent/agent.ts";
import type { CampaignRules } from "../../compliance/dial-facts.ts";
import type { Campaign } from "../../domain/campaign.ts";
import type { AgentId, AttemptId, CampaignId, LeadId } from "../../domain/ids.ts";
import { after, msBetween } from "../../domain/instant.ts";
import type { Instant } from "../../domain/instant.ts";
import type { Press, PreviewEndName, PreviewShown, SkipReason } from "../../domain/preview.ts";
import type { Admitting } from "../placing/admitting.ts";
import type { Agents } from "../agents/agents.ts";
import type { EngineContext } from "../context.ts";
import type { Hopper } from "../placing/hopper.ts";
import type { LeadToDial, LeadVerdict } from "../ports.ts";
import { promisedAgent } from "../agents/promised-agent.ts";
import type { Screens } from "../agents/screens.ts";
import { SkipCount } from "./skip-count.ts";
import type { StandingCode } from "../standing/standing.ts";

export interface Screen {
  readonly shown: PreviewShown;
  /** As it was when the lead was shown. */
  readonly campaign: Campaign;
  readonly lead: LeadToDial;
  /** Its row on the way · on the screen · to be dialled as soon as there is a line · its attempt decided. */
  stage: "writing" | "shown" | "pressed" | "deciding";
  press: { readonly by: Press; readonly at: Instant } | null;
}

/** What ended before its row was surely written. */
type Ended = Parameters<EngineContext["store"]["endPreview"]>[0];

export interface PreviewsParts {
  readonly agents: Agents;
  readonly hopper: Hopper;
  readonly admitting: Admitting;
}

/** Nobody has read a name in less: what is pressed before was meant for the lead before it. */
export const PRESS_EARLIEST_MS = 700;
/** A press is obeyed within this, or not at all: the agent waits with a lead in front of them. */
export const PRESS_WAIT_MS = 10_000;
const KEEP_MS = 5_000;
const LEASES = "leases";

export const deadlineKeyOfPreview = (attemptId: AttemptId | typeof LEASES): string => `preview:${attemptId}`;

export class Previews implements Screens {
  readonly #context: EngineContext;
  readonly #parts: PreviewsParts;
  readonly #onPress: () => void;
  readonly #screens = new Map<AttemptId, Screen>();
  readonly #byAgent = new Map<AgentId, Screen>();
  readonly #skips = new SkipCount();
  /** Gone from the screen while their rows were on the way. */
  readonly #ended = new Map<AttemptId, Ended>();
  /** Leases are looked at as long as there is a screen. */
  #keeping = false;

  constructor(context: EngineContext, parts: PreviewsParts, onPress: () => void) {
    this.#context = context;
    this.#parts = parts;
    this.#onPress = onPress;
  }

  /** Shows leads to up to `count` agents of the campaign. Returns what kept it from more, or null. */
  show(
    campaign: Campaign,
    rules: CampaignRules,
    count: number,
    needy: ReadonlySet<CampaignId>,
  ): Extract<StandingCode, "few-leads" | "guaranteed-only" | "agents"> | null {
    const { agents, hopper, admitting } = this.#parts;
    const { clock, random } = this.#context;
    const aside: LeadToDial[] = [];
    let because: ReturnType<Previews["show"]> = null;
    for (let begun = 0; begun < count;) {
      const taken = hopper.take(campaign.campaignId);
      if (taken === null) {
        because = aside.length > 0 ? "guaranteed-only" : "few-leads";
        break;
      }
      const at = clock.now();
      if (this.#isTakenFromScreen(taken)) continue;
      const lead = admitting.admit(campaign, taken, at);
      if (lead === null) continue;
      const whose = promisedAgent(agents, lead, at);
      if (whose.is === "missing") {
        admitting.agentMissing(campaign, rules, lead, at);
        continue;
      }
      const attemptId = random.attemptId(at);
      const { campaignId } = campaign;
      const agentId = whose.is === "busy" ? null : agents.preview(attemptId, campaignId, needy, whose.agentId);
      if (agentId !== null) {
        this.#begin({ campaign, lead, agentId, attemptId, at });
        begun += 1;
        continue;
      }
      aside.push(taken);
      if (whose.is === "busy") continue;
      because = "agents";
      break;
    }
    for (const lead of aside) hopper.putBack(lead);
    return because;
  }

  has(leadId: LeadId): boolean {
    return [...this.#screens.values()].some(({ lead }) => lead.leadId === leadId);
  }

  /** In the order in which they were pressed. */
  pressed(campaignId: CampaignId): Screen[] {
    return [...this.#screens.values()]
      .filter(({ stage, shown }) => stage === "pressed" && shown.campaignId === campaignId)
      .sort((a, b) => (a.press?.at ?? 0) - (b.press?.at ?? 0));
  }

  /** Leads of the campaign on screens that are not being called yet. */
  count(campaignId: CampaignId): number {
    return this.#open().filter(({ shown }) => shown.campaignId === campaignId).length;
  }

  /** @param by a key of the agent's, or a command of theirs, a manager's or a CRM's */
  dial(agentId: AgentId, by: "key" | "command", meant: AttemptId | null): string {
    const screen = this.#asked(agentId, meant);
    if (typeof screen === "string") return screen;
    this.#press(screen, by);
    return "done";
  }

  skip(agentId: AgentId, code: string, meant: AttemptId | null): string {
    const screen = this.#asked(agentId, meant);
    if (typeof screen === "string") return screen;
    const { skips, skipsPerHourMax } = screen.campaign.preview;
    const reason = skips.find((each) => each.code === code);
    if (reason === undefined) return "unknown-reason";
    const at = this.#context.clock.now();
    if (!this.#skips.take(agentId, skipsPerHourMax, at)) {
      this.#parts.agents.prompt(agentId, this.#context.settings.previewRefusedPrompt);
      return "skip-limit";
    }
    const end = reason.closes ? "preview-closed" : "preview-rejected";
    this.#end(screen, end, { because: reason.code, verdict: this.#verdictOf(screen, end, at) });
    return "done";
  }

  skipsOf(agentId: AgentId): readonly SkipReason[] {
    return this.#byAgent.get(agentId)?.campaign.preview.skips ?? [];
  }

  /** The agent does something else now: paused, logged out, or their leg is gone. */
  left(attemptId: AttemptId, doing: AgentStateName): void {
    const screen = this.#screens.get(attemptId);
    if (screen !== undefined)
      this.#end(screen, "withdrawn", { because: `agent-${doing}`, verdict: { type: "requeue" } });
  }

  /** The attempt is decided: what becomes of it is told by {@link dialled} or {@link refused}. */
  deciding(screen: Screen): void {
    screen.stage = "deciding";
    this.#context.deadlines.clear(deadlineKeyOfPreview(screen.shown.attemptId));
  }

  dialled(attemptId: AttemptId): void {
    const screen = this.#screens.get(attemptId);
    if (screen !== undefined) this.#end(screen, "dialled", {});
  }

  /**
   * It may not be dialled after all; the agent hears that, and is shown the next.
   *
   * @param verdict what becomes of the lead; null where somebody else sees to that
   */
  refused(
    attemptId: AttemptId,
    refusal: { readonly rule: string; readonly says: string } | null,
    verdict: LeadVerdict | null = null,
  ): void {
    const screen = this.#screens.get(attemptId);
    if (screen === undefined) return;
    const told = { because: refusal?.rule ?? "not-placed", says: refusal?.says ?? null };
    this.#end(screen, refusal === null ? "withdrawn" : "refused", { ...told, verdict });
    this.#parts.agents.prompt(screen.shown.agentId, this.#context.settings.previewRefusedPrompt);
  }

  /** Campaigns as managers want them now: what a lead was shown for may be over. */
  obey(campaigns: readonly Campaign[]): void {
    for (const screen of this.#open()) {
      const { campaignId, agentId } = screen.shown;
      const campaign = campaigns.find((each) => each.campaignId === campaignId);
      const because =
        campaign?.desiredState !== "running"
          ? "campaign-stopped"
          : campaign.mode !== "preview"
            ? "mode-changed"
            : this.#parts.agents.whereabouts(agentId, campaignId) === "away"
              ? "agent-away"
              : null;
      if (because !== null) this.#end(screen, "withdrawn", { because, verdict: { type: "requeue" } });
    }
  }

  /** Takes all of a campaign's leads off the screens, or of all campaigns: whatever is decided already goes on. */
  withdraw(campaignId: CampaignId | null, because: string): void {
    for (const screen of this.#open()) {
      if (campaignId !== null && screen.shown.campaignId !== campaignId) continue;
      this.#end(screen, "withdrawn", { because, verdict: { type: "requeue" } });
    }
  }

  deadlinePassed(id: string): void {
    if (id === LEASES) {
      this.#keepLeases();
      return;
    }
    const screen = this.#screens.get(id as AttemptId);
    const now = this.#context.clock.now();
    if (screen === undefined) return;
    if (screen.stage === "pressed") {
      const says = "no line was free in time, or nothing could be placed";
      this.#end(screen, "withdrawn", { because: "not-begun", says, verdict: { type: "requeue" } });
      this.#parts.agents.prompt(screen.shown.agentId, this.#context.settings.previewRefusedPrompt);
    } else if (screen.stage === "shown" && now >= screen.shown.untilAt) {
      if (screen.shown.auto) this.#press(screen, "time");
      else this.#timedOut(screen, now);
    }
  }

  /**
   * A lead that was claimed while it is on a screen: an earlier give-back of it was repeated, for want of an answer, and
   * came after the claim that put it there. The later claim holds the lease. Of one that is being called: nobody else's.
   */
  #isTakenFromScreen({ leadId }: LeadToDial): boolean {
    const before = [...this.#screens.values()].filter(({ lead }) => lead.leadId === leadId);
    for (const screen of before) {
      if (screen.stage !== "deciding") this.#end(screen, "withdrawn", { because: "lease-lost" });
    }
    return before.some(({ stage }) => stage === "deciding");
  }

  #begin(begun: {
    readonly campaign: Campaign;
    readonly lead: LeadToDial;
    readonly agentId: AgentId;
    readonly attemptId: AttemptId;
    readonly at: Instant;
  }): void {
    const { campaign, lead, agentId, attemptId, at } = begun;
    const { store, settings, mailbox, log, deadlines, clock } = this.#context;
    const { timeMs, auto } = campaign.preview;
    const shown: PreviewShown = {
      ...{ attemptId, agentId, campaignId: campaign.campaignId, leadId: lead.leadId, numberId: lead.numberId },
      callbackId: lead.callback?.callbackId ?? null,
      ...{ shownAt: at, untilAt: after(at, timeMs), auto },
    };
    const screen: Screen = { shown, campaign, lead, stage: "writing", press: null };
    this.#screens.set(attemptId, screen);
    this.#byAgent.set(agentId, screen);
    if (!this.#keeping) deadlines.set(deadlineKeyOfPreview(LEASES), after(clock.now(), KEEP_MS));
    this.#keeping = true;
    mailbox.await(
      "preview shown",
      store.showPreview(settings.nodeId, shown, after(at, settings.timings.leaseMs)),
      (isHeld) => {
        this.#written(screen, isHeld);
      },
      (error) => {
        log.warn("a lead could not be shown", { attemptId, error });
        // It may have been written all the same.
        this.#written(screen, false);
      },
    );
  }

  #written(screen: Screen, isHeld: boolean): void {
    const { clock, deadlines, journal, settings, writeBehind } = this.#context;
    const { shown } = screen;
    const ended = this.#ended.get(shown.attemptId);
    if (ended !== undefined) {
      this.#ended.delete(shown.attemptId);
      writeBehind.write({ type: "previewEnd", end: ended });
      return;
    }
    screen.stage = "shown";
    const isLate = msBetween(shown.shownAt, clock.now()) > settings.timings.decisionMaxMs;
    if (!isHeld || isLate) {
      const because = isHeld ? "shown-late" : "lease-lost";
      this.#end(screen, "withdrawn", { because, verdict: { type: "requeue" } });
      return;
    }
    deadlines.set(deadlineKeyOfPreview(shown.attemptId), shown.untilAt);
    journal.append({ at: clock.now(), kind: "preview-shown", ...shown });
    if (settings.previewPrompt !== null) this.#parts.agents.prompt(shown.agentId, settings.previewPrompt);
  }

  /** The screen that a press or a skip is for; or why it is for none. */
  #asked(agentId: AgentId, meant: AttemptId | null): Screen | string {
    const screen = this.#byAgent.get(agentId);
    if (screen === undefined || screen.stage === "writing") return "no-preview";
    if (meant !== null && meant !== screen.shown.attemptId) return "another-preview";
    if (screen.press !== null) return "no-change";
    return msBetween(screen.shown.shownAt, this.#context.clock.now()) < PRESS_EARLIEST_MS ? "too-soon" : screen;
  }

  #press(screen: Screen, by: Press): void {
    const { clock, deadlines, journal } = this.#context;
    const { attemptId, agentId } = screen.shown;
    const at = clock.now();
    screen.press = { by, at };
    screen.stage = "pressed";
    deadlines.set(deadlineKeyOfPreview(attemptId), after(at, PRESS_WAIT_MS));
    journal.append({ at, kind: "preview-pressed", attemptId, agentId, by });
    this.#onPress();
  }

  /** Whoever lets the time run out is not there: the next lead would go the same way. */
  #timedOut(screen: Screen, at: Instant): void {
    const { agents } = this.#parts;
    const { agentId } = screen.shown;
    const end = "preview-timed-out";
    this.#forget(screen, end, { because: null, says: null });
    this.#giveBack(screen, this.#verdictOf(screen, end, at), at);
    agents.command(agentId, { type: "pause", pauseReason: end });
  }

  #verdictOf({ campaign, lead }: Screen, end: Parameters<Admitting["previewed"]>[2], at: Instant): LeadVerdict {
    return this.#parts.admitting.previewed(campaign, lead, end, at);
  }

  #end(
    screen: Screen,
    end: PreviewEndName,
    { because = null, says = null, verdict = null }: Partial<Told> & { readonly verdict?: LeadVerdict | null },
  ): void {
    this.#forget(screen, end, { because, says });
    if (verdict !== null) this.#giveBack(screen, verdict, this.#context.clock.now());
    this.#parts.agents.previewOver(screen.shown.agentId, screen.shown.attemptId);
  }

  #giveBack({ lead }: Screen, verdict: LeadVerdict, at: Instant): void {
    this.#parts.admitting.giveBack(lead, verdict, at);
  }

  #forget(screen: Screen, end: PreviewEndName, { because, says }: Told): void {
    const { clock, deadlines, journal, writeBehind } = this.#context;
    const { attemptId, agentId } = screen.shown;
    this.#screens.delete(attemptId);
    if (this.#byAgent.get(agentId) === screen) this.#byAgent.delete(agentId);
    deadlines.clear(deadlineKeyOfPreview(attemptId));
    const ended: Ended = { attemptId, at: clock.now(), end, press: screen.press?.by ?? null, because, says };
    journal.append({ kind: "preview-ended", agentId, ...ended });
    if (screen.stage === "writing") this.#ended.set(attemptId, ended);
    else writeBehind.write({ type: "previewEnd", end: ended });
  }

  #open(): Screen[] {
    return [...this.#screens.values()].filter(({ stage }) => stage !== "deciding");
  }

  /** Somebody may have withdrawn the lead, or another node have it: then it is off the screen within seconds. */
  #keepLeases(): void {
    const { clock, deadlines, log, mailbox, settings, store } = this.#context;
    const asked = this.#open().filter(({ stage }) => stage !== "writing");
    this.#keeping = this.#screens.size > 0;
    if (!this.#keeping) return;
    deadlines.set(deadlineKeyOfPreview(LEASES), after(clock.now(), KEEP_MS));
    if (asked.length === 0) return;
    const ids = asked.map(({ lead }) => lead.leadId);
    mailbox.await(
      "leases kept",
      store.keepLeases(settings.nodeId, ids, after(clock.now(), settings.timings.leaseMs)),
      (kept) => {
        for (const screen of asked) {
          const isOpen = this.#screens.get(screen.shown.attemptId) === screen && screen.stage !== "deciding";
          if (!isOpen || kept.includes(screen.lead.leadId)) continue;
          this.#end(screen, "withdrawn", { because: "lease-lost", verdict: { type: "requeue" } });
        }
      },
      (error) => {
        log.warn("leases of leads on screens could not be kept", { error });
      },
    );
  }
}

interface Told {
  readonly because: string | null;
  readonly says: string | null;
}
