/**
 * A whole shift: the real engine between a pretend carrier, pretend people, agents and rows, in virtual time. One rule
 * to remember: the result depends on the options and on nothing else, so a seed replays it.
 */
import type { ComplianceProfile } from "../compliance/profile.ts";
import type { Campaign } from "../domain/campaign.ts";
import { type AgentId, agentId, type AttemptId, campaignId, leadId, listId, nodeId, numberId } from "../domain/ids.ts";
import { after, type Instant, msBetween } from "../domain/instant.ts";
import type { ApprovedMessage } from "../domain/number-facts.ts";
import { amdBuild } from "../engine/calls/amd.ts";
import type { Spell as InstantSpell } from "../judge/breach.ts";
import { UNBOUNDED } from "../engine/rules/toll-guard.ts";
import { PRETEND_DETECTORS } from "./pretend-ears.ts";
import { AgentAtWork, type Habits, STEADY } from "./agent-at-work.ts";
import type { Diaries, Diary } from "./diary.ts";
import { carriersAt, sluggishAt, spellAt, storeFaultsAt, telephonyFaultsAt } from "./faults-at.ts";
import { MemoryJournal } from "./memory-journal.ts";
import { MemoryLog } from "./memory-log.ts";
import type { LeadRow } from "./memory-rows.ts";
import { MemoryStore } from "./memory-store.ts";
import { PretendPhone } from "./phone.ts";
import { makeLeads, Population, SHARED_NUMBER_RATE } from "./population.ts";
import { PretendAsterisk } from "./pretend-asterisk.ts";
import { throughCarrier } from "./pretend-carrier.ts";
import { PretendProcess } from "./pretend-process.ts";
import { FAIR_DISK, PretendDisk } from "./pretend-spool.ts";
import { PRETEND_PROFILE } from "./pretend-profile.ts";
import { letPeopleCallBack } from "./returners.ts";
import { SeededRandom } from "./seeded-random.ts";
import { progressiveCampaign, SMALL_TRUNK, TIME_ZONE } from "./shift.ts";
import type { ShiftFaults, ShiftOptions, ShiftResult, Spell } from "./shift.ts";
import { MONDAY_MORNING, VirtualClock } from "./virtual-clock.ts";

const NODE = nodeId("pretend-node");
const HOUR_MS = 3_600_000;
/** What systemd waits before it starts a service again. */
const RESTART_MS = 5_000;
/** After the list is done: for calls that still talk, and rows that still travel. */
const DRAIN_MAX_MS = HOUR_MS;
const LOOK_MS = 1_000;
/** Whoever was not dialled for so long never will be. */
const LONG_AGO_MS = HOUR_MS;

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
  readonly #disk = new PretendDisk();
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
      calleeAt: (order, linesInUse) => {
        const callee = town?.calleeAt(order, this.#clock.now()) ?? population.calleeAt(order);
        return throughCarrier(order, callee, carriersAt(this.#startedAt, this.#faults), linesInUse, this.#clock.now());
      },
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
      returns: this.#asterisk.returns.diaries,
      recorded: [...this.#asterisk.recorder.files.values()],
      trunks: this.#trunks(),
      killSwitch: this.#killSwitch(),
      log: this.#log.lines(),
      disk: this.#disk,
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
    const { returnPercent = 0 } = this.#options;
    if (returnPercent > 0) {
      const around = { clock: this.#clock, random: this.#random.stream("return calls"), tables: this.#store.tables };
      letPeopleCallBack(this.#asterisk.returns, around, returnPercent);
    }
    if (this.#options.handOverEveryMs !== undefined) this.#handOverEvery(this.#options.handOverEveryMs);
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
    this.#handOver((diaries) => diaries.takeAll());
    return { done, drained };
  }

  /** What nobody takes stays where it is, for the result. */
  #handOver(taken: (diaries: Diaries) => readonly Diary[]): void {
    const { tables } = this.#store;
    const at = this.#clock.now();
    this.#options.chronicler?.closed(tables.takeEnded(at), taken(this.#asterisk.diaries), { tables, at });
  }

  #handOverEvery(ms: number): void {
    this.#clock.wakeAt(after(this.#clock.now(), ms), () => {
      this.#handOver((diaries) => diaries.takeOver(after(this.#clock.now(), -LONG_AGO_MS)));
      this.#handOverEvery(ms);
    });
  }

  #populate(leads: number, agents: number): void {
    const { tables } = this.#store;
    const campaigns = this.#campaigns();
    for (const flow of this.#options.flows ?? []) tables.flows.known.set(flow.flowId, flow);
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
          ...(this.#options.attributes === undefined ? {} : { attributes: this.#options.attributes }),
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
    const build = amdBuild(campaign, PRETEND_DETECTORS);
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
      telephonyFaults: telephonyFaultsAt(this.#startedAt, this.#faults),
      storeFaults: storeFaultsAt(this.#startedAt, this.#faults),
      sluggish: sluggishAt(this.#startedAt, this.#faults),
      overload: this.#options.overload ?? {},
      disk: this.#disk,
      diskFaults: {
        ...FAIR_DISK,
        ...this.#faults.disk,
        fullAt: (this.#faults.diskFull ?? []).map((each) => spellAt(this.#startedAt, each)),
      },
      timings: this.#options.timings ?? {},
      toll: this.#options.toll ?? UNBOUNDED,
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

  get #faults(): ShiftFaults {
    return this.#options.faults ?? {};
  }

  #habits(): Habits {
    return this.#options.habits ?? STEADY;
  }

  #trunks(): ShiftResult["trunks"] {
    return { carrier: this.#options.trunk ?? SMALL_TRUNK, ...this.#options.moreTrunks };
  }

  #spell(spell: Spell): InstantSpell {
    return spellAt(this.#startedAt, spell);
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
