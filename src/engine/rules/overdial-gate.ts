/**
 * How far each campaign may dial beyond its agents now: the abandon accounts of all nodes, read again and again, against
 * the levels of its profile. One rule to remember: an account that has not been read, or not lately, allows nothing.
 */
import { abandonRate } from "../../compliance/abandon-rate.ts";
import type { AbandonRate, FalsePositives } from "../../compliance/abandon-rate.ts";
import { peopleAmong, weightOf } from "../../compliance/amd-estimate.ts";
import type { CampaignDetection, PeopleIn } from "../../compliance/amd-estimate.ts";
import { accountDay, scopesOf, spanOfDay } from "../../compliance/account.ts";
import { alarmsOf, overdialMode } from "../../compliance/alarms.ts";
import { callingTime } from "../../compliance/calling-time.ts";
import { creditLimitBasisPoints, strictCredit, strictPieces } from "../../compliance/credit.ts";
import type { StrictPieces } from "../../compliance/credit.ts";
import type { CampaignRules } from "../../compliance/dial-facts.ts";
import type { AbandonRules } from "../../compliance/profile.ts";
import type { AccountEntry, AccountReading, AccountScope } from "../../domain/account.ts";
import type { Campaign } from "../../domain/campaign.ts";
import type { CampaignId } from "../../domain/ids.ts";
import { instant, msBetween } from "../../domain/instant.ts";
import type { Instant } from "../../domain/instant.ts";
import { isGated, isStopped, overdialAllowed, tightest } from "../../pacing/bank.ts";
import type { AbandonWindow } from "../../pacing/bank.ts";
import { NOTHING_READ } from "./allowance.ts";
import type { Allowance } from "./allowance.ts";
import type { EngineContext } from "../context.ts";
import type { LiveCall } from "../calls/live-call.ts";
import type { AttemptEnd } from "../ports.ts";
import type { RuleBook } from "./rule-book.ts";

/** Ended here and not surely in the last reading: counted until a reading begins after its row was written. */
interface Unread {
  readonly campaignId: CampaignId;
  readonly centre: string;
  readonly day: string;
  readonly entry: AccountEntry;
  writtenAt: Instant | null;
}

interface Counted {
  readonly unread: readonly Unread[];
  readonly unreadCount: number;
  readonly current: readonly AccountReading[];
}

interface Account {
  readonly readings: readonly AccountReading[];
  readonly readAt: Instant;
}

const DAY_MS = 86_400_000;
/** Older than this, a reading says nothing of now. */
const STALE_MS = 10_000;
/** Live calls below which a rate is no rate yet; the bank's own debt holds overdialling back until then. */
const TELLING_CALLS_MIN = 100;

export class OverdialGate {
  readonly #context: EngineContext;
  readonly #ruleBook: RuleBook;
  readonly #campaigns: () => Iterable<Campaign>;
  readonly #zonesOf: (campaignId: CampaignId) => Iterable<string>;
  readonly #accounts = new Map<CampaignId, Account>();
  readonly #refusedAt = new Map<CampaignId, Instant>();
  readonly #journalled = new Map<CampaignId, string>();
  /** Appended to, or replaced as a whole. */
  #unread: Unread[] = [];
  readonly #counted = new WeakMap<readonly AccountReading[], Counted>();
  #reading = false;

  /** @param zonesOf where the people live whom the campaign calls, as far as that is known */
  constructor(
    context: EngineContext,
    ruleBook: RuleBook,
    campaigns: () => Iterable<Campaign>,
    zonesOf: (campaignId: CampaignId) => Iterable<string> = () => [],
  ) {
    this.#context = context;
    this.#ruleBook = ruleBook;
    this.#campaigns = campaigns;
    this.#zonesOf = zonesOf;
  }

  /** Asks the store for the accounts of all running campaigns, in one go. */
  read(): void {
    if (this.#reading) return;
    const askedAt = this.#context.clock.now();
    const asked = [...this.#campaigns()].flatMap((campaign) => {
      const scopes = this.#scopesOf(campaign, askedAt);
      return campaign.desiredState === "running" && scopes.length > 0 ? [{ campaign, scopes }] : [];
    });
    if (asked.length === 0) return;
    this.#reading = true;
    const { mailbox, store, log } = this.#context;
    mailbox.await(
      "accounts read",
      store.readAccounts(asked.flatMap(({ scopes }) => scopes)),
      (readings) => {
        this.#reading = false;
        let from = 0;
        for (const { campaign, scopes } of asked) {
          this.#keep(campaign, { readings: readings.slice(from, from + scopes.length), readAt: askedAt });
          from += scopes.length;
        }
        this.#unread = this.#unread.filter(({ writtenAt }) => writtenAt === null || writtenAt >= askedAt);
      },
      (error) => {
        this.#reading = false;
        log.warn("the abandon accounts could not be read; nothing is overdialled once they are old", { error });
      },
    );
  }

  allowanceOf(campaign: Campaign): Allowance {
    const { clock } = this.#context;
    const rules = this.#ruleBook.rulesOf(campaign.campaignId);
    const account = this.#accounts.get(campaign.campaignId);
    const at = clock.now();
    if (rules === null || account === undefined || msBetween(account.readAt, at) > STALE_MS) return NOTHING_READ;
    const { abandon } = rules.profile;
    const readings = this.#current(account.readings).slice(0, abandon.scopes.length);
    const zones = this.#zones(campaign.campaignId, rules);
    const peopleIn = this.#peopleIn(campaign.campaignId);
    const windows = readings.map((reading) => windowOf(reading, rules, zones, at, peopleIn));
    return campaign.gate === "strict"
      ? this.#strict(campaign, abandon, readings, windows)
      : banked(campaign, abandon, readings, windows, peopleIn);
  }

  #peopleIn(campaignId: CampaignId): PeopleIn {
    return peopleAmong(() => this.#detections(), campaignId, this.#context.clock.now());
  }

  *#detections(): Iterable<CampaignDetection> {
    for (const campaign of this.#campaigns()) {
      const rules = this.#ruleBook.rulesOf(campaign.campaignId);
      if (rules === null) continue;
      const { profile, amdDrops } = rules;
      const test = this.#ruleBook.amdTestOf(campaign);
      yield { campaignId: campaign.campaignId, test, drops: amdDrops, ageMaxDays: profile.amdTestAgeMaxDays };
    }
  }

  /** Whether anybody may be called now, as far as hours alone decide. */
  isCallingTime(campaignId: CampaignId, rules: CampaignRules): boolean {
    const at = this.#context.clock.now();
    // The end does not matter; that windows of the account reach as far does, for then nothing is reckoned again.
    const until = instant((Math.floor(at / DAY_MS) + 1) * DAY_MS);
    return callingTime(rules, this.#zones(campaignId, rules), at, until).isOpen;
  }

  #zones(campaignId: CampaignId, { profile }: CampaignRules): string[] {
    return [profile.abandon.timeZone, ...this.#zonesOf(campaignId)];
  }

  /** The store knew better: until the next reading there is no credit. */
  refused(campaignId: CampaignId): void {
    this.#refusedAt.set(campaignId, this.#context.clock.now());
  }

  /** A call of ours has ended: it counts from now on, whatever the store's answer takes, and may be one to tell of. */
  ended(live: LiveCall, { account, facts }: AttemptEnd): void {
    const { campaignId, centre, attemptId } = live.order;
    const { clock, writeBehind } = this.#context;
    if (account !== null) {
      const unread: Unread = { campaignId, centre, ...account, writtenAt: null };
      this.#unread.push(unread);
      writeBehind.afterwards(() => {
        unread.writtenAt = clock.now();
      });
    }
    if (live.profile === null) return;
    const { abandon, silentStopCount } = live.profile;
    const readings = this.#current(this.#accounts.get(campaignId)?.readings ?? []);
    const today = accountDay(abandon, clock.now());
    const ofToday = readings.find(({ scope }) => scope.campaignId === campaignId && scope.fromDay === scope.toDay);
    const unreadToday = this.#unread.filter((each) => each.campaignId === campaignId && each.day === today);
    const silentToday = ofToday?.counts.silent ?? unreadToday.filter(({ entry }) => entry === "silent").length;
    const peopleIn = this.#peopleIn(campaignId);
    const rates = readings.slice(0, abandon.scopes.length).map((each) => rateOf(each, abandon, peopleIn));
    const { alarms, stop } = alarmsOf(
      facts,
      account?.entry ?? null,
      { silentToday, rates },
      { abandon, silentStopCount },
    );
    for (const { code, says } of alarms) {
      if (code !== stop?.code) this.#ruleBook.alarm(campaignId, attemptId, code, says);
    }
    if (stop !== null) this.#ruleBook.halt(campaignId, attemptId, { rule: stop.code, says: stop.says });
  }

  /** Those of the profile first, then today's, for counting silent calls. */
  #scopesOf(campaign: Campaign, at: Instant): AccountScope[] {
    const rules = this.#ruleBook.rulesOf(campaign.campaignId);
    if (rules === null) return [];
    const { campaignId, firstStartedAt } = campaign;
    const { abandon } = rules.profile;
    const { centre } = this.#context.settings;
    const today = accountDay(abandon, at);
    return [
      ...scopesOf(abandon, { campaignId, centre, firstStartedAt }, at),
      { campaignId, centre: null, fromDay: today, toDay: today },
    ];
  }

  #strict(
    { campaignId }: Campaign,
    abandon: AbandonRules,
    readings: readonly AccountReading[],
    windows: readonly AbandonWindow[],
  ): Allowance {
    const peopleIn = this.#peopleIn(campaignId);
    const level = overdialMode(
      readings.map((each) => rateOf(each, abandon, peopleIn)),
      abandon,
    );
    const held = windows.some(isStopped) ? LAST_ABANDON : LEVELS[level];
    const credit = creditOf(readings, abandon, peopleIn);
    const refusedAt = this.#refusedAt.get(campaignId);
    const isRefused = refusedAt !== undefined && refusedAt >= (this.#accounts.get(campaignId)?.readAt ?? refusedAt);
    return {
      mode: held.mode,
      code: held.code,
      bank: null,
      credit: isRefused ? 0 : credit,
      because: held.mode === "free" ? `${credit} whole abandons in credit` : held.because,
      readings,
      windows,
      guard: {
        campaignId,
        scopes: readings.map(({ scope }) => scope),
        credit: (fresh) => creditOf(fresh, abandon, peopleIn),
      },
    };
  }

  #keep(campaign: Campaign, account: Account): void {
    const { campaignId } = campaign;
    this.#accounts.set(campaignId, account);
    const said = JSON.stringify(account.readings);
    if (this.#journalled.get(campaignId) === said) return;
    this.#journalled.set(campaignId, said);
    const { mode, because, credit } = this.allowanceOf(campaign);
    const { readings, readAt } = account;
    // What a recount must know beside the counts.
    const peopleIn = this.#peopleIn(campaignId);
    const peoplePerMillion = readings.map((each) => perMillionIn(peopleIn(each)));
    const told = { readings, mode, because, credit, peoplePerMillion };
    this.#context.journal.append({ at: readAt, kind: "account", campaignId, ...told });
  }

  /** With what ended here since. Asked at every tick, and the same objects until something has ended or was read. */
  #current(readings: readonly AccountReading[]): readonly AccountReading[] {
    const known = this.#counted.get(readings);
    if (known?.unread === this.#unread && known.unreadCount === this.#unread.length) return known.current;
    const current = this.#count(readings);
    this.#counted.set(readings, { unread: this.#unread, unreadCount: this.#unread.length, current });
    return current;
  }

  #count(readings: readonly AccountReading[]): readonly AccountReading[] {
    return readings.map((reading) => {
      const counts = { ...reading.counts };
      for (const each of this.#unread) {
        // It may be in the reading already, where the answer to its writing was lost: twice counted, a connect would
        // make the rate lower than it is.
        if (each.entry !== "connected" && isIn(each, reading.scope)) counts[each.entry] += 1;
      }
      return { ...reading, counts };
    });
  }
}

const isIn = (unread: Unread, scope: AccountScope): boolean =>
  (scope.campaignId === null || scope.campaignId === unread.campaignId) &&
  (scope.centre === null || scope.centre === unread.centre) &&
  scope.fromDay <= unread.day &&
  unread.day <= scope.toDay;

type Held = Pick<Allowance, "mode" | "code" | "because">;

/** By the level of the abandon rate. */
const LEVELS: Readonly<Record<ReturnType<typeof overdialMode>, Held>> = {
  free: { mode: "free", code: "free", because: "within the abandon budget" },
  throttled: {
    mode: "oneToOne",
    code: "abandon-level",
    because: "the abandon rate is at the level where no more calls are placed than there are agents",
  },
  "reserved-only": {
    mode: "reserved",
    code: "abandon-stop",
    because: "the abandon rate is at the level where every call has an agent of its own",
  },
};
const LAST_ABANDON: Held = {
  mode: "reserved",
  code: "last-abandon",
  because: "one abandon more would break the limit",
};
const NO_TARGET: Held = {
  mode: "oneToOne",
  code: "no-target",
  because: "the profile names no abandon level to stay below",
};
const DEBT: Held = { mode: "oneToOne", code: "abandon-debt", because: "more abandons were spent than earned" };

const perMillionIn = (people: FalsePositives): number | null =>
  people.kind === "estimated" ? people.perMillion : null;

const creditOf = (readings: readonly AccountReading[], abandon: AbandonRules, peopleIn: PeopleIn): number =>
  readings.length === 0
    ? 0
    : Math.min(...readings.map((each) => strictCredit([each], abandon, peopleIn(each), overdialAllowed)));

interface Figures {
  readonly abandon: AbandonRules;
  readonly weight: number;
  readonly rate: AbandonRate;
  readonly pieces: StrictPieces;
}
const figures = new WeakMap<AccountReading, Figures>();

/** Whole numbers of any size take their time; at every tick they would cost more than the decision. */
function figuresOf(reading: AccountReading, abandon: AbandonRules, peopleIn: PeopleIn): Figures {
  const people = peopleIn(reading);
  const known = figures.get(reading);
  if (known?.abandon === abandon && known.weight === weightOf(people)) return known;
  const rate = abandonRate(reading.counts, abandon, people);
  const pieces = strictPieces(reading.counts, reading.overdialInFlight, abandon, people);
  const made = { abandon, weight: weightOf(people), rate, pieces };
  figures.set(reading, made);
  return made;
}

const rateOf = (reading: AccountReading, abandon: AbandonRules, peopleIn: PeopleIn): AbandonRate =>
  figuresOf(reading, abandon, peopleIn).rate;

/** The budget is spread over the window: see pacing/bank.ts for the reasons, and for what was measured. */
function banked(
  { mode }: Campaign,
  abandon: AbandonRules,
  readings: readonly AccountReading[],
  windows: readonly AbandonWindow[],
  peopleIn: PeopleIn,
): Allowance {
  const target = targetOf(abandon);
  const window = tightest(windows);
  if (window === null) return NOTHING_READ;
  const bank = { counts: window, targetBasisPoints: target };
  // Predictive pacing gates itself, and better: it knows how many answers the rest of the window is likely to bring.
  const inDebt = mode !== "predictive" && windows.some(isGated);
  const { mode: allowed, code, because } = bankedMode(abandon, readings, windows, inDebt, peopleIn);
  return { mode: allowed, code, because, bank, readings, windows, credit: null, guard: null };
}

function bankedMode(
  abandon: AbandonRules,
  readings: readonly AccountReading[],
  windows: readonly AbandonWindow[],
  inDebt: boolean,
  peopleIn: PeopleIn,
): Held {
  if (targetOf(abandon) === 0) return NO_TARGET;
  if (windows.some(isStopped)) return LAST_ABANDON;
  const rates = readings.map((each) => rateOf(each, abandon, peopleIn));
  const level = overdialMode(rates, abandon, TELLING_CALLS_MIN);
  return level === "free" && inDebt ? DEBT : LEVELS[level];
}

/** What the bank aims at: the level above which no more calls are placed than there are agents. */
const targetOf = (abandon: AbandonRules): number => abandon.throttleBasisPoints ?? creditLimitBasisPoints(abandon);

/** Its end is where calling ends: what is made up for, and what must not happen any more, has until then and no longer. */
function windowOf(
  reading: AccountReading,
  rules: CampaignRules,
  timeZones: readonly string[],
  at: Instant,
  peopleIn: PeopleIn,
): AbandonWindow {
  const { abandon } = rules.profile;
  const { abandoned, connected } = figuresOf(reading, abandon, peopleIn).pieces;
  return {
    liveAnswers: abandoned + connected,
    abandoned,
    targetBasisPoints: targetOf(abandon),
    limitBasisPoints: creditLimitBasisPoints(abandon),
    msUntilEnd: callingTime(rules, timeZones, at, spanOfDay(abandon, reading.scope.toDay).to).leftMs,
  };
}
