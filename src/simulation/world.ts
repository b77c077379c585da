/**
 * A whole shift: the real engine between a pretend carrier, pretend people, agents and rows, in virtual time. One rule
 * to remember: the result depends on the options and on nothing else, so a seed replays it.
 */
import { DEFAULT_TALK } from "../amd/talk-parameters.ts";
import type { ComplianceProfile } from "../compliance/profile.ts";
import type { Campaign } from "../domain/campaign.ts";
import { type AgentId, agentId, type AttemptId, campaignId, leadId, listId, nodeId, numberId } from "../domain/ids.ts";
import { after, type Instant, msBetween } from "../domain/instant.ts";
import type { ApprovedMessage } from "../domain/number-facts.ts";
import { amdBuild } from "../engine/amd.ts";
import type { Spell as InstantSpell } from "../judge/breach.ts";
import { AgentAtWork, type Habits, STEADY } from "./agent-at-work.ts";
import { MemoryJournal } from "./memory-journal.ts";
import { MemoryLog } from "./memory-log.ts";
import type { LeadRow } from "./memory-rows.ts";
import { MemoryStore } from "./memory-store.ts";
import { PretendPhone } from "./phone.ts";
import { makeLeads, Population, SHARED_NUMBER_RATE } from "./population.ts";
import { PretendAsterisk } from "./pretend-asterisk.ts";
import { PretendProcess } from "./pretend-process.ts";
import { PRETEND_PROFILE } from "./pretend-profile.ts";
import { FAIR_TELEPHONY, type TelephonyFaults } from "./pretend-telephony.ts";
import { SeededRandom } from "./seeded-random.ts";
import {
  progressiveCampaign,
  type ShiftOptions,
  type ShiftResult,
  SMALL_TRUNK,
  type Spell,
  TIME_ZONE,
} from "./shift.ts";
import { FAIR_STORE, type StoreFaults } from "./store-weather.ts";
import { MONDAY_MORNING, VirtualClock } from "./virtual-clock.ts";
import { FAIR_WIRE } from "./wire.ts";

const NODE = nodeId("pretend-node");
const HOUR_MS = 3_600_000;
/** What systemd waits before it starts a service again. */
const RESTART_MS = 5_000;
/** After the list is done: for calls that still talk, and rows that still travel. */
const DRAIN_MAX_MS = HOUR_MS;
const LOOK_MS = 1_000;

export const runShift = async (options: ShiftOptions): Promise<ShiftResult> => {
  const world = new World(options);
  return world.run();
};

class World {
  readonly #options: ShiftOptions;
  readonly #startedAt: Instant;
  readonly #clock: VirtualClock;
  readonly #random: SeededRandom;
  readonly #store = new MemoryStore();
  readonly #journal: MemoryJournal;
  readonly #log: MemoryLog;
  readonly #asterisk: PretendAsterisk;
  readonly #phones: PretendPhone[] = [];
  #agents: readonly AgentAtWork[] = [];
  #days = 0;
  readonly #deaths: string[] = [];
  #process: PretendProcess | null = null;
  #lives = 0;
  #lostEvents = 0;

  constructor(options: ShiftOptions) {
    this.#options = options;
    this.#startedAt = options.startAt ?? MONDAY_MORNING;
    this.#clock = new VirtualClock(this.#startedAt);
    this.#random = new SeededRandom(options.seed);
    const { chronicler, town } = options;
    this.#journal = new MemoryJournal(chronicler?.entry.bind(chronicler));
    this.#log = new MemoryLog(this.#clock, chronicler !== undefined);
    const population = new Population(this.#random.stream("people"), options.mix);
    this.#asterisk = new PretendAsterisk({
      clock: this.#clock,
      calleeAt: (order) => town?.calleeAt(order, this.#clock.now()) ?? population.calleeAt(order),
      messageMs: 12_000,
      missingMedia: (this.#options.faults?.missingMedia ?? []).map(({ media, ...spell }) => ({
        ...this.#spell(spell),
        media,
      })),
      skewMs: this.#random.stream("skew").between(-50, 50),
    });
    this.#populate(options.leads ?? 60, options.agents ?? 6);
    if (options.openings === undefined) this.#comeToWork();
  }

  async run(): Promise<ShiftResult> {
    if (this.#options.openings === undefined) this.#start();
    this.#foresee();
    const { done, drained } = await this.#everyDay();
    return {
      seed: this.#options.seed,
      startedAt: this.#startedAt,
      endedAt: this.#clock.now(),
      finished: done && drained,
      drained,
      journal: this.#journal.entries(),
      tables: this.#store.tables,
      diaries: this.#asterisk.diaries.all(),
      trunks: this.#trunks(),
      killSwitch: this.#killSwitch(),
      log: this.#log.lines(),
      deaths: this.#deaths,
      lostEvents: this.#lostEvents,
    };
  }

  /** What will befall it, whatever happens. */
  #foresee(): void {
    for (const kill of this.#options.faults?.kills ?? []) {
      this.#at(kill.fromMs, () => {
        this.#end();
      });
      this.#at(kill.toMs, () => {
        this.#start();
      });
    }
    for (const { from, to } of this.#killSwitch()) {
      const { compliance } = this.#store.tables;
      this.#clock.wakeAt(from, () => (compliance.killSwitch = { since: from, by: "a manager", because: "a drill" }));
      this.#clock.wakeAt(to, () => (compliance.killSwitch = null));
    }
    if ((this.#options.objectPercent ?? 0) > 0) this.#letPeopleObject();
    for (const { atMs, act } of this.#options.interferences ?? []) {
      this.#at(atMs, () => {
        act(this.#store.tables, this.#clock.now());
      });
    }
  }

  async #everyDay(): Promise<{ done: boolean; drained: boolean }> {
    const { openings, endAfterMs = 6 * HOUR_MS } = this.#options;
    if (openings === undefined) return this.#untilTheyGoHome(after(this.#startedAt, endAfterMs));
    let all = { done: false, drained: true };
    for (const { from, to } of openings.map((spell) => this.#spell(spell))) {
      await this.#clock.advanceTo(from);
      this.#start();
      this.#comeToWork();
      const { done, drained } = await this.#untilTheyGoHome(to);
      all = { done, drained: all.drained && drained };
    }
    return all;
  }

  async #untilTheyGoHome(end: Instant): Promise<{ done: boolean; drained: boolean }> {
    const done = await this.#untilListIsDone(end);
    const drained = await this.#drain();
    const { tables } = this.#store;
    const at = this.#clock.now();
    this.#options.chronicler?.closed(tables.takeEnded(at), this.#asterisk.diaries.takeAll(), { tables, at });
    return { done, drained };
  }

  #populate(leads: number, agents: number): void {
    const { tables } = this.#store;
    const campaigns = this.#campaigns();
    const registers = this.#profile().registers.map(({ name }) => name);
    for (const campaign of campaigns) {
      tables.putCampaign(campaign);
      tables.compliance.answerFor(campaign, this.#startedAt, registers);
      for (const media of [campaign.informationMessage, campaign.amd.voicemailMessage]) {
        if (media !== null) tables.compliance.messages.set(media, approvedMessage(campaign, media, this.#startedAt));
      }
      this.#putTest(campaign);
      const list = {
        campaignId: campaign.campaignId,
        dueAt: this.#startedAt,
        timeZone: TIME_ZONE,
        sharedNumberRate: this.#options.sharedNumberRate ?? SHARED_NUMBER_RATE,
      };
      // Another campaign's leads are other leads, to the same numbers.
      const offset = (campaign.campaignId - 1) * 100_000;
      const { town } = this.#options;
      if (town !== undefined && campaign.campaignId === 1) {
        for (const lead of town.leads) tables.addLead(lead);
        continue;
      }
      for (const lead of makeLeads(this.#random.stream("list"), leads, list)) {
        tables.addLead({
          ...lead,
          leadId: leadId(lead.leadId + offset),
          listId: listId(campaign.campaignId),
          numbers: lead.numbers.map((each) => ({ ...each, numberId: numberId(each.numberId + offset) })),
        });
      }
    }
    for (let number = 1; number <= agents; number += 1) {
      const id: AgentId = agentId(number);
      const endpoint = `PJSIP/${1000 + number}`;
      const campaignIds = campaigns.map(({ campaignId }) => campaignId);
      const pin = this.#options.pins === true && number % 2 === 0 ? String(4000 + number) : null;
      tables.addAgent({ agentId: id, name: `agent-${number}`, endpoint, hasPin: pin !== null, campaignIds }, pin);
      this.#phones.push(new PretendPhone(this.#asterisk, endpoint));
    }
  }

  #comeToWork(): void {
    this.#days += 1;
    const day = this.#days > 1 ? ` on day ${this.#days}` : "";
    this.#agents = this.#phones.map((phone, index) => {
      const random = this.#random.stream(`agent ${index + 1}${day}`);
      const pin = this.#store.tables.agents.get(agentId(index + 1))?.pin ?? null;
      return new AgentAtWork(phone, { clock: this.#clock, random, habits: this.#habits(), pin });
    });
  }

  /** Of the detection that the campaign begins with. */
  #putTest(campaign: Campaign): void {
    const build = amdBuild(campaign, DEFAULT_TALK);
    const { amdTest } = this.#options;
    if (build === null || amdTest === undefined) return;
    const { campaignId, trunk } = campaign;
    const test = { testId: "made before the shift", testedAt: this.#startedAt, ...amdTest, labelledBy: "managers" };
    this.#store.tables.compliance.amd.made.push({ campaignId, trunk, build, test });
  }

  #campaigns(): readonly Campaign[] {
    const { campaign, secondCampaign } = this.#options;
    const first = progressiveCampaign(campaign);
    if (secondCampaign === undefined) return [first];
    return [first, { ...progressiveCampaign({ name: "second", ...secondCampaign }), campaignId: campaignId(2) }];
  }

  #profile(): ComplianceProfile {
    return { ...PRETEND_PROFILE, ...this.#options.profile };
  }

  #killSwitch(): readonly InstantSpell[] {
    return (this.#options.killSwitch ?? []).map((spell) => this.#spell(spell));
  }

  /** Now and then somebody whose phone rings tells the principal by another way to stop. */
  #letPeopleObject(): void {
    const random = this.#random.stream("objections");
    const asked = new Set<AttemptId>();
    const { tables } = this.#store;
    const look = (): void => {
      for (const { order, state } of tables.openAttempts()) {
        if (state !== "ringing" || asked.has(order.attemptId)) continue;
        asked.add(order.attemptId);
        const objects = random.chance((this.#options.objectPercent ?? 0) / 100);
        if (objects && !tables.suppressed.has(order.number)) tables.suppressed.set(order.number, this.#clock.now());
      }
      this.#clock.wakeAt(after(this.#clock.now(), LOOK_MS), look);
    };
    look();
  }

  #start(): void {
    if (this.#process !== null) return;
    this.#lives += 1;
    const name = `process ${this.#lives}`;
    const life = new PretendProcess({
      name,
      nodeId: NODE,
      clock: this.#clock,
      random: this.#random,
      asterisk: this.#asterisk,
      store: this.#store,
      journal: this.#journal,
      log: this.#log,
      trunks: this.#trunks(),
      telephonyFaults: this.#telephonyFaults(),
      storeFaults: this.#storeFaults(),
      timings: this.#options.timings ?? {},
      profiles: new Map([[PRETEND_PROFILE.name, this.#profile()]]),
      onDeath: (why, error) => {
        this.#died(life, why, error);
      },
    });
    this.#process = life;
  }

  #end(): void {
    if (this.#process === null) return;
    this.#lostEvents += this.#process.lostEvents;
    this.#process.kill();
    this.#process = null;
  }

  /** It exits non-zero, and the service manager starts it again. */
  #died(life: PretendProcess, why: string, error: unknown): void {
    if (this.#process !== life) return;
    this.#deaths.push(error instanceof Error ? `${why}: ${error.message}` : why);
    this.#end();
    this.#clock.wakeAt(after(this.#clock.now(), RESTART_MS), () => {
      this.#start();
    });
  }

  async #untilListIsDone(end: Instant): Promise<boolean> {
    const { leads } = this.#store.tables;
    const isSettled = ({ state }: LeadRow): boolean => state === "done" || state === "held";
    // Who waits for another day is not waited for.
    const isOver = (lead: LeadRow): boolean => isSettled(lead) || (lead.state === "ready" && lead.dueAt > end);
    // Whoever was not done a second ago is hardly done now.
    let waited: LeadRow | undefined;
    const isDone = (): boolean => {
      if (waited !== undefined && !isOver(waited)) return false;
      for (waited of leads.values()) if (!isOver(waited)) return false;
      return true;
    };
    // Looked at once a second: asking after every event would cost more than the shift.
    while (!isDone() && msBetween(this.#clock.now(), end) > 0) await this.#clock.advance(LOOK_MS);
    return [...leads.values()].every(isSettled);
  }

  async #drain(): Promise<boolean> {
    const end = after(this.#clock.now(), DRAIN_MAX_MS);
    // Whoever was being restarted must be there to drain.
    await this.#clock.runUntil(() => this.#process !== null, end);
    let drained = false;
    const { engine } = this.#process ?? {};
    engine
      ?.drain()
      .then(async () => {
        for (const agent of this.#agents) agent.goHome();
        await engine.stop();
        drained = true;
      })
      .catch((error: unknown) => {
        this.#deaths.push(`drain: ${String(error)}`);
      });
    await this.#clock.runUntil(() => drained, end);
    // What Asterisk still has to do, it does: a leg that stays now is a leg left behind.
    await this.#clock.advance(60_000);
    this.#end();
    return drained;
  }

  #at(offsetMs: number, act: () => void): void {
    this.#clock.wakeAt(after(this.#startedAt, offsetMs), act);
  }

  #habits(): Habits {
    return this.#options.habits ?? STEADY;
  }

  #trunks(): ShiftResult["trunks"] {
    return { carrier: this.#options.trunk ?? SMALL_TRUNK };
  }

  #telephonyFaults(): TelephonyFaults {
    const { wire, cuts = [], refusedRate, refusesOnly, unknownRate, unconfirmedRate } = this.#options.faults ?? {};
    return {
      wire: { ...FAIR_WIRE, ...wire },
      cuts: cuts.map(({ noticedAfterMs, requestsToo, ...spell }) => ({
        ...this.#spell(spell),
        noticedAfterMs,
        requestsToo,
      })),
      refusedRate: refusedRate ?? FAIR_TELEPHONY.refusedRate,
      ...(refusesOnly === undefined ? {} : { refusesOnly }),
      unknownRate: unknownRate ?? FAIR_TELEPHONY.unknownRate,
      unconfirmedRate: unconfirmedRate ?? FAIR_TELEPHONY.unconfirmedRate,
    };
  }

  #storeFaults(): StoreFaults {
    const { store, storeAway = [] } = this.#options.faults ?? {};
    return { ...FAIR_STORE, ...store, awayAt: storeAway.map((spell) => this.#spell(spell)) };
  }

  #spell({ fromMs, toMs }: Spell): { from: Instant; to: Instant } {
    return { from: after(this.#startedAt, fromMs), to: after(this.#startedAt, toMs) };
  }
}

const approvedMessage = ({ principal }: Campaign, media: string, at: Instant): ApprovedMessage => ({
  media,
  sha256: "0".repeat(64),
  transcript: `This was ${principal}. Nobody was free to talk to you. To be called no more, ring 0808 157 0000.`,
  principal,
  contactNumber: "+448081570000",
  saysPurpose: false,
  offersKeyOptOut: false,
  approvedBy: "somebody who has listened to it",
  approvedAt: at,
});
