/** The fortnight of scripts/bench/redial.ts: a list, agents who make so many attempts an hour, and a policy that redials. */
import type { CallingHours } from "../../src/domain/campaign.ts";
import { instant } from "../../src/domain/instant.ts";
import type { Instant } from "../../src/domain/instant.ts";
import type { LeadNumber } from "../../src/domain/lead.ts";
import { outcomeFacts } from "../../src/domain/outcome.ts";
import { ContactRates, NO_RATES } from "../../src/lead/redial/contact-rates.ts";
import type { ContactCount } from "../../src/lead/redial/contact-rates.ts";
import { NEVER_TRIED, storyAfter } from "../../src/lead/redial/story.ts";
import type { LeadStory } from "../../src/lead/redial/story.ts";
import { SeededRandom } from "../../src/simulation/seeded-random.ts";
import { openFast } from "../../test/support/redial.ts";
import { redialBreaches } from "../../test/support/redial-judge.ts";
import { wallOf } from "../../test/property/wall.ts";
import type { Wall } from "../../test/property/wall.ts";
import { outcomeOf, peopleOf, ZONES } from "./redial-people.ts";
import type { Person } from "./redial-people.ts";
import type { Answer, Policy, Turn } from "./redial-policies.ts";

export interface World {
  readonly leads: number;
  readonly days: number;
  readonly seed: number;
  readonly capacityPerHour: number;
  readonly newSharePercent: number;
}

export interface Figures {
  readonly policy: string;
  readonly attempts: number;
  /** Connected, per attempt placed. */
  readonly contactRate: number;
  /** The same of second and further attempts: what redialling alone is worth. */
  readonly redialContactRate: number;
  readonly reachedShare: number;
  /** Of leads, those that were tried. */
  readonly penetration: number;
  readonly penetratedOnDay: number | null;
  /** Of all attempts, third and later ones, when the last lead was tried for the first time. */
  readonly thirdShareAtPenetration: number | null;
  /** Times a moment had passed, or had come at the wrong hour, and another was chosen. */
  readonly putOff: number;
  readonly idleShare: number;
  readonly breaches: readonly string[];
  readonly seconds: number;
}

const MINUTE_MS = 60_000;
const TICK_MS = 5 * MINUTE_MS;
const DAY_MS = 1_440 * MINUTE_MS;
/** Monday; the clocks of Europe and North America go back within the fortnight. */
const FROM = Date.UTC(2026, 9, 19);
const HOURS: readonly CallingHours[] = [
  { days: [1, 2, 3, 4, 5], fromMinute: 480, toMinute: 1_260 },
  { days: [6], fromMinute: 540, toMinute: 1_260 },
];
/** The agents are in London: from eight to nine in the evening, not on Sundays. */
const isStaffed = ({ weekday, minute }: Wall): boolean => weekday <= 6 && minute >= 480 && minute < 1_260;

interface Lead {
  readonly person: Person;
  story: LeadStory;
  planned: NonNullable<Answer> | null;
}

/** Leads by the tick at which they are due, then first come, first served. */
class Waiting {
  readonly #byTick = new Map<number, number[]>();
  #ready: number[] = [];
  #head = 0;

  add(lead: number, at: Instant): void {
    const tick = Math.ceil(at / TICK_MS);
    const due = this.#byTick.get(tick);
    if (due === undefined) this.#byTick.set(tick, [lead]);
    else due.push(lead);
  }

  comesDue(at: Instant): void {
    const due = this.#byTick.get(at / TICK_MS);
    if (due === undefined) return;
    if (this.#head > 0) this.#ready = this.#ready.slice(this.#head);
    this.#head = 0;
    for (const lead of due) this.#ready.push(lead);
    this.#byTick.delete(at / TICK_MS);
  }

  take(): number | null {
    return this.#ready[this.#head++] ?? (this.#head--, null);
  }
}

class Fortnight {
  readonly #world: World;
  readonly #policy: Policy;
  readonly #leads: Lead[];
  /** What happens when somebody is rung is the same dice for every policy, as far as policies ring at the same time. */
  readonly #fate: SeededRandom;
  readonly #jitter: SeededRandom;
  readonly #openAt = openFast(HOURS);
  readonly #walls = new Map(ZONES.map((zone) => [zone as string, wallOf(zone)]));
  readonly #counts = new Map<string, { -readonly [Key in keyof ContactCount]: ContactCount[Key] }>();
  #rates = NO_RATES;
  readonly #never: number[];
  readonly #fresh = new Waiting();
  readonly #redials = new Waiting();
  #sum = { attempts: 0, connected: 0, second: 0, secondConnected: 0, third: 0, tried: 0, putOff: 0, idle: 0, room: 0 };
  #penetrated: { day: number; thirdShare: number } | null = null;
  readonly #breaches: string[] = [];

  constructor(world: World, policy: Policy) {
    this.#world = world;
    this.#policy = policy;
    const dice = new SeededRandom(world.seed);
    this.#leads = peopleOf(world.leads, world.days, dice.stream("people")).map((person) => ({
      ...{ person, planned: null },
      story: { ...NEVER_TRIED, numbers: person.lines.map(({ number }): LeadNumber => number) },
    }));
    this.#fate = dice.stream("fate");
    this.#jitter = dice.stream("jitter");
    this.#never = this.#leads.map((_lead, index) => index).reverse();
  }

  run(): Figures {
    const begun = process.cpuUsage();
    const london = this.#walls.get(ZONES[0]);
    for (let at = FROM; at < FROM + this.#world.days * DAY_MS; at += TICK_MS) {
      const now = instant(at);
      this.#fresh.comesDue(now);
      this.#redials.comesDue(now);
      if (at % (60 * MINUTE_MS) === 0) this.#rates = new ContactRates(this.#counts.values());
      if (london !== undefined && isStaffed(london(at))) this.#tick(now);
    }
    const { user, system } = process.cpuUsage(begun);
    return this.#figures((user + system) / 1e6);
  }

  /** A stated mix, each kind taking what the other leaves. */
  #tick(now: Instant): void {
    const room = this.#roomAt(now);
    const forNew = Math.round((room * this.#world.newSharePercent) / 100);
    let left = room;
    for (const [kind, most] of [
      ["new", forNew],
      ["redial", room],
      ["new", room],
    ] as const) {
      const before = left;
      while (left > 0 && before - left < most && this.#takeOne(kind, now)) left -= 1;
    }
    this.#sum.room += room;
    this.#sum.idle += left;
  }

  #roomAt(now: Instant): number {
    const share = (this.#world.capacityPerHour * TICK_MS) / (60 * MINUTE_MS);
    const tick = (now - FROM) / TICK_MS;
    return Math.floor((tick + 1) * share) - Math.floor(tick * share);
  }

  /** Tries leads of that kind until one is dialled; false when there is none. */
  #takeOne(kind: "new" | "redial", now: Instant): boolean {
    for (;;) {
      const index = kind === "redial" ? this.#redials.take() : (this.#fresh.take() ?? this.#never.pop() ?? null);
      if (index === null) return false;
      const lead = this.#leads[index];
      if (lead === undefined) return false;
      const turn = this.#turn(lead, now);
      const answer = lead.planned === null ? this.#policy.fresh(turn) : this.#policy.due(turn, lead.planned);
      lead.planned = answer;
      if (answer === null) continue;
      if (answer.at <= now) {
        this.#dial(index, lead, answer, now);
        return true;
      }
      this.#sum.putOff += 1;
      (kind === "redial" ? this.#redials : this.#fresh).add(index, answer.at);
    }
  }

  #turn({ story }: Lead, now: Instant): Turn {
    return { story, openAt: this.#openAt, rates: this.#rates, jitter: this.#jitter.next(), now };
  }

  #dial(index: number, lead: Lead, { numberId, because }: NonNullable<Answer>, now: Instant): void {
    const line = lead.person.lines.find((each) => each.number.numberId === numberId);
    const wall = this.#walls.get(line?.number.timeZone ?? "");
    if (line === undefined || wall === undefined) throw new Error("dialled a number that nobody has");
    const { rules } = this.#policy;
    if (rules !== null) {
      const found = redialBreaches({ rules, hours: HOURS, wall }, lead.story, { numberId, because, at: now });
      for (const breach of found) this.#breaches.push(`lead ${index} at ${new Date(now).toISOString()}: ${breach}`);
    }
    const shown = wall(now);
    const hour = Math.floor(shown.minute / 60);
    const day = Math.floor((now - FROM) / DAY_MS);
    const outcome = outcomeOf(lead.person, line, { weekday: shown.weekday, hour, day }, this.#fate);
    this.#count(lead, outcome === "connected", day);
    const key = `${line.number.kind} ${shown.weekday} ${hour}`;
    const count = this.#counts.get(key) ?? {
      kind: line.number.kind,
      weekday: shown.weekday,
      hour,
      attempts: 0,
      liveAnswers: 0,
    };
    count.attempts += 1;
    count.liveAnswers += outcomeFacts(outcome).liveVoice ? 1 : 0;
    this.#counts.set(key, count);
    lead.story = storyAfter(lead.story, { numberId, at: now, outcome });
    const endedAt = instant(now + (outcome === "connected" ? 3 * MINUTE_MS : 30_000));
    lead.planned = this.#policy.ended({ ...this.#turn(lead, endedAt) }, { numberId, outcome, endedAt });
    if (lead.planned !== null) this.#redials.add(index, lead.planned.at);
  }

  #count({ story }: Lead, isConnected: boolean, day: number): void {
    const sum = this.#sum;
    const before = story.attempts.length;
    sum.attempts += 1;
    if (isConnected) sum.connected += 1;
    if (before >= 1) sum.second += 1;
    if (before >= 1 && isConnected) sum.secondConnected += 1;
    if (before >= 2) sum.third += 1;
    if (before > 0) return;
    sum.tried += 1;
    if (sum.tried === this.#leads.length) this.#penetrated = { day: day + 1, thirdShare: sum.third / sum.attempts };
  }

  #figures(seconds: number): Figures {
    const { attempts, connected, second, secondConnected, tried, putOff, idle, room } = this.#sum;
    const rounded = (value: number): number => Math.round(value * 10_000) / 10_000;
    return {
      policy: this.#policy.name,
      attempts,
      contactRate: rounded(connected / attempts),
      redialContactRate: rounded(secondConnected / Math.max(1, second)),
      reachedShare: rounded(connected / this.#leads.length),
      penetration: rounded(tried / this.#leads.length),
      penetratedOnDay: this.#penetrated?.day ?? null,
      thirdShareAtPenetration: this.#penetrated === null ? null : rounded(this.#penetrated.thirdShare),
      putOff,
      idleShare: rounded(idle / Math.max(1, room)),
      breaches: this.#breaches,
      seconds: Math.round(seconds * 10) / 10,
    };
  }
}

export const fortnight = (world: World, policy: Policy): Figures => new Fortnight(world, policy).run();
