/**
 * What each campaign is held to on this node now: its profile made as strict as it wants, and what the records say of its
 * message, its number and its registers. One rule to remember: a campaign that cannot name its rules dials nobody.
 */
import { amdLicence } from "../../compliance/amd-licence.ts";
import type { AmdLicence } from "../../compliance/amd-licence.ts";
import { rulesFor } from "../../compliance/campaign-rules.ts";
import type { AmdTest, CampaignFacts, CampaignRules } from "../../compliance/dial-facts.ts";
import { whyCampaignMayNot } from "../../compliance/may-dial.ts";
import { messageProblem } from "../../compliance/message-check.ts";
import { money } from "../../compliance/toll.ts";
import type { ComplianceProfile } from "../../compliance/profile.ts";
import type { Campaign } from "../../domain/campaign.ts";
import type { AttemptId, CampaignId } from "../../domain/ids.ts";
import { msBetween } from "../../domain/instant.ts";
import type { Instant } from "../../domain/instant.ts";
import { isPhoneNumber, type PhoneNumber } from "../../domain/phone-number.ts";
import { amdBuild, amdTestOf, wantsDrops } from "../calls/amd.ts";
import { raiseAlarm } from "./alarm.ts";
import type { EngineContext } from "../context.ts";
import { FlowBook } from "../flows/flow-book.ts";
import type { Bar } from "../flows/flow-book.ts";
import type { LiveCall } from "../calls/live-call.ts";
import { TollWatch } from "./toll-watch.ts";
import type { MessageTests } from "./message-tests.ts";
import type { ComplianceState } from "../ports.ts";

export type { Bar };

interface Held {
  /** As it was when the rules were made of it: profiles are read anew as their rules come into force. */
  readonly profile: ComplianceProfile | undefined;
  readonly campaign: Campaign;
  readonly rules: CampaignRules | null;
  readonly licence: AmdLicence | null;
  readonly contradiction: Bar | null;
}

const NOTHING_KNOWN: ComplianceState = {
  killSwitch: null,
  messages: [],
  cliNumbers: [],
  registers: [],
  amdTests: [],
  optedOut: [],
};

export class RuleBook {
  readonly flows: FlowBook;
  readonly #toll: TollWatch;
  readonly #context: EngineContext;
  readonly #messages: MessageTests;
  #held = new Map<CampaignId, Held>();
  /** Stopped by ourselves, and not yet seen stopped in the store. */
  readonly #halted = new Map<CampaignId, Bar>();
  readonly #bars = new Map<CampaignId, string>();
  #state = NOTHING_KNOWN;
  #readAt: Instant | null = null;

  constructor(context: EngineContext, messages: MessageTests) {
    this.#context = context;
    this.#messages = messages;
    this.flows = new FlowBook(messages);
    this.#toll = new TollWatch(context);
  }

  /** What managers want now. A profile that is unknown, or that the campaign contradicts, stops it. */
  obey(campaigns: readonly Campaign[], state: ComplianceState): void {
    this.#state = state;
    this.#readAt = this.#context.clock.now();
    const before = this.#held;
    this.#held = new Map(campaigns.map((campaign) => [campaign.campaignId, this.#hold(campaign, before)]));
    for (const { campaign, contradiction } of this.#held.values()) {
      const { campaignId, desiredState } = campaign;
      if (desiredState !== "running") {
        this.#halted.delete(campaignId);
        this.#bars.delete(campaignId);
      } else if (contradiction !== null) this.halt(campaignId, null, contradiction);
    }
  }

  rulesOf(campaignId: CampaignId): CampaignRules | null {
    return this.#held.get(campaignId)?.rules ?? null;
  }

  factsOf(campaign: Campaign): CampaignFacts {
    const { killSwitch, messages, cliNumbers, registers } = this.#state;
    const owned = cliNumbers.find((each) => each.cliNumber === campaign.cliNumber && each.trunk === campaign.trunk);
    return {
      killSwitch,
      principal: campaign.principal,
      cliNumber: campaign.cliNumber,
      cliOwned: owned ?? null,
      registers,
      message: messages.find(({ media }) => media === campaign.informationMessage) ?? null,
      messagePlays: this.#messages.resultOf(campaign.informationMessage),
      amdTest: this.amdTestOf(campaign),
      amdBuild: amdBuild(campaign, this.#context.settings),
      toll: this.#toll.factsFor(campaign.campaignId),
    };
  }

  /** Looks at what calls have cost; a campaign that has spent all it may is stopped until somebody has looked. */
  readToll(campaigns: Iterable<Campaign>): void {
    this.#toll.read(
      campaigns,
      (campaignId) => this.rulesOf(campaignId),
      ({ campaignId, name }, spent, max) => {
        const says = `${name} has spent ${money(spent)} within an hour, and may spend ${money(max)} (TOLL-SPD-1).`;
        this.halt(campaignId, null, { rule: "TOLL-SPEND", says });
      },
    );
  }

  /** Of the detection as it is set now, on this campaign's trunk. */
  amdTestOf(campaign: Campaign): AmdTest | null {
    return amdTestOf(campaign, this.#context.settings, this.#state.amdTests);
  }

  /** Whether a call may be dropped on AMD's word at this moment; null where the campaign does not ask for it. */
  amdLicenceOf(campaign: Campaign, profile: ComplianceProfile): AmdLicence | null {
    if (!wantsDrops(campaign)) return null;
    return amdLicence(this.amdTestOf(campaign), profile.amdTestAgeMaxDays, this.#context.clock.now());
  }

  /** It was allowed when the call was decided, which its evidence shows, and is so still. */
  mayDrop({ campaign, profile, order }: Pick<LiveCall, "campaign" | "profile" | "order">): boolean {
    if (order.evidence["amdDrops"] !== true || profile === null) return false;
    return this.amdLicenceOf(campaign, profile)?.allowed === true;
  }

  /** Approved like any message, for it is one: and heard to play on this node. */
  mayLeaveMessage({ amd, principal }: Campaign, profile: ComplianceProfile | null): boolean {
    if (amd.voicemailMessage === null || profile === null) return false;
    const message = this.#state.messages.find(({ media }) => media === amd.voicemailMessage) ?? null;
    const problem = messageProblem(message, principal, profile.message, this.#context.clock.now());
    return problem === null && this.#messages.resultOf(amd.voicemailMessage) === "played";
  }

  /** Whether its information message is approved, fit, and not known to fail: to somebody who calls back else the built-in one. */
  mayInform({ campaignId, informationMessage, principal }: Campaign): boolean {
    const message = this.#state.messages.find(({ media }) => media === informationMessage) ?? null;
    const rules = this.rulesOf(campaignId);
    if (rules === null || this.#messages.resultOf(informationMessage) === "failed") return false;
    return messageProblem(message, principal, rules.profile.message, this.#context.clock.now()) === null;
  }

  /** Every number that people may have been called from. */
  ownNumbers(campaigns: Iterable<Campaign>): ReadonlySet<PhoneNumber> {
    return new Set([
      ...this.#state.cliNumbers.map(({ cliNumber }) => cliNumber).filter(isPhoneNumber),
      ...[...campaigns].map(({ cliNumber }) => cliNumber),
    ]);
  }

  /** Why the campaign places nothing, asked before any lead is taken; null when it may. Said once in the log, and journalled. */
  barOf(campaign: Campaign, rules: CampaignRules | null, at: Instant): Bar | null {
    const bar = this.#barOf(campaign, rules, at);
    const said = bar === null ? null : `${bar.rule}: ${bar.says}`;
    if (said !== (this.#bars.get(campaign.campaignId) ?? null)) {
      const { log, journal } = this.#context;
      if (said === null) this.#bars.delete(campaign.campaignId);
      else this.#bars.set(campaign.campaignId, said);
      if (bar === null) log.info("the campaign may dial again", { campaign: campaign.name });
      else log.warn("the campaign may not dial", { campaign: campaign.name, rule: bar.rule, because: bar.says });
      journal.append({ at, kind: "campaign-barred", campaignId: campaign.campaignId, bar });
      if (bar !== null && this.#isNews(campaign, bar)) {
        this.alarm(campaign.campaignId, null, bar.rule, `${campaign.name} dials nobody: ${bar.says}`);
      }
    }
    return bar;
  }

  #barOf(campaign: Campaign, rules: CampaignRules | null, at: Instant): Bar | null {
    const halted = this.#halted.get(campaign.campaignId);
    if (halted !== undefined) return halted;
    const { desiredStaleMs } = this.#context.settings.timings;
    if (this.#readAt === null || msBetween(this.#readAt, at) > desiredStaleMs) return STALE;
    if (rules === null) return this.#held.get(campaign.campaignId)?.contradiction ?? UNKNOWN;
    const refusal = whyCampaignMayNot(this.factsOf(campaign), rules, at);
    return refusal === null ? this.flows.barOf(campaign, rules) : { rule: refusal.rule, says: refusal.says };
  }

  /** Not what managers did themselves, nor a message that is being tried for the first time, nor what was told already. */
  #isNews(campaign: Campaign, { rule }: Bar): boolean {
    if (rule === "KILL-SWITCH" || rule === "FLOW-TESTS" || this.#halted.has(campaign.campaignId)) return false;
    return rule !== "MESSAGE-PLAYS" || this.#messages.resultOf(campaign.informationMessage) !== "unknown";
  }

  /** Stops the campaign here at once and everywhere through the store, and calls for a human. */
  halt(campaignId: CampaignId, attemptId: AttemptId | null, bar: Bar): void {
    if (this.#halted.has(campaignId)) return;
    this.#halted.set(campaignId, bar);
    const { clock, log, journal, writeBehind } = this.#context;
    const alarm = { at: clock.now(), campaignId, attemptId, code: bar.rule, says: bar.says };
    log.error("the campaign is stopped", { campaignId, rule: bar.rule, because: bar.says });
    journal.append({ ...alarm, kind: "alarm", stops: true });
    writeBehind.write({ type: "campaignStop", campaignId, alarm });
  }

  /** Nothing stops, but a human must look. */
  alarm(campaignId: CampaignId | null, attemptId: AttemptId | null, code: string, says: string): void {
    raiseAlarm(this.#context, { campaignId, attemptId, code, says });
  }

  /** Those that are barred now, for status and for humans. */
  bars(): ReadonlyMap<CampaignId, string> {
    return this.#bars;
  }

  /** Said when a campaign begins, and when it loses its licence; the machines that agents get meanwhile are no fault. */
  #tellOfLearning({ campaignId, name }: Campaign, says: string): void {
    const told = `${name} passes what it takes for machines to agents: ${says}.`;
    this.alarm(campaignId, null, "AMD-LEARNING", told);
  }

  #hold(campaign: Campaign, before: ReadonlyMap<CampaignId, Held>): Held {
    const held = before.get(campaign.campaignId);
    // Read anew several times a second, and nearly always the same.
    const profile = this.#context.settings.profiles.get(campaign.profile);
    const licence = profile === undefined ? null : this.amdLicenceOf(campaign, profile);
    const isKnown = held?.profile === profile && held?.licence?.allowed === licence?.allowed;
    if (held !== undefined && isKnown && isSame(held.campaign, campaign)) return held;
    const found = rulesFor(campaign, this.#context.settings.profiles);
    const rules = found.ok ? { ...found.rules, amdDrops: licence?.allowed === true } : null;
    if (campaign.desiredState === "running" && licence?.allowed === false) this.#tellOfLearning(campaign, licence.says);
    this.#context.journal.append({ at: this.#context.clock.now(), kind: "campaign", campaign, rules });
    return {
      profile,
      campaign,
      rules,
      licence,
      contradiction: found.ok ? null : { rule: found.rule, says: found.says },
    };
  }
}

const isSame = (a: Campaign, b: Campaign): boolean => a === b || JSON.stringify(a) === JSON.stringify(b);

/** A kill switch that cannot be seen may be on. */
const STALE: Bar = {
  rule: "DESIRED-STALE",
  says: "What managers want, and who objected, could not be read for some seconds.",
};
const UNKNOWN: Bar = { rule: "PROFILE", says: "Its compliance profile is not known here." };
