/**
 * What Prometheus is told. Counts and times are taken from the journal's entries as they are written, so that they agree
 * with what a judge replays; how things stand is asked of the engine when somebody looks.
 *
 * No label holds a telephone number, a lead or a person: campaigns, states, outcomes, rules and codes only.
 */
import { collectDefaultMetrics, Counter, Gauge, Histogram, Registry } from "prom-client";
import { abandonRate, type FalsePositives } from "../../compliance/abandon-rate.ts";
import type { AbandonRules } from "../../compliance/profile.ts";
import { ACCOUNT_ENTRIES, type AccountReading } from "../../domain/account.ts";
import type { OverloadStatus } from "../../engine/pacing/overload.ts";
import type { EngineStatus } from "../../engine/status.ts";
import type { Journal, JournalEntry } from "../../engine/ports.ts";

/** How the connection to Asterisk does; see the adapter's `health()`. */
export interface LinkHealth {
  readonly opens: number;
  readonly requests: { readonly p50Ms: number | null; readonly p95Ms: number | null };
}

/** Asked at each look. */
export interface Sources {
  /** Null while there is no engine yet. */
  readonly status: () => EngineStatus | null;
  readonly link: () => LinkHealth;
}

/** Around the two seconds and well beyond them, in seconds. */
const WAIT_BUCKETS = [0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 1.5, 2, 2.5, 5, 10];
const SECOND_MS = 1_000;
const MILLION = 1_000_000;
/** Attempts of which no end was heard of are forgotten beyond so many: a counter must not become a leak. */
const OPEN_MAX = 100_000;

const isObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === "object" && value !== null;

export class Instruments {
  readonly registry = new Registry();
  readonly #sources: Sources;
  readonly #gauges: ReturnType<typeof gauges>;
  readonly #counters: ReturnType<typeof counters>;
  readonly #waits: ReturnType<typeof waits>;
  readonly #campaigns = new Map<number, { name: string; abandon: AbandonRules | null }>();
  readonly #campaignOf = new Map<string, number>();

  constructor(node: string, sources: Sources) {
    this.#sources = sources;
    this.registry.setDefaultLabels({ node });
    collectDefaultMetrics({ register: this.registry });
    this.#gauges = gauges(this.registry);
    this.#counters = counters(this.registry);
    this.#waits = waits(this.registry);
  }

  /** The same journal, listened to. What cannot be counted is written all the same. */
  listeningTo(journal: Journal): Journal {
    return {
      append: (entry) => {
        journal.append(entry);
        this.#heard(entry);
      },
    };
  }

  /** Prometheus' text format, as of now. */
  async text(): Promise<string> {
    this.#look();
    return this.registry.metrics();
  }

  #look(): void {
    const { status, link } = this.#sources;
    const { opens, requests } = link();
    this.#gauges.opens.set(opens);
    if (requests.p50Ms !== null) this.#gauges.requests.set({ quantile: "0.5" }, requests.p50Ms / SECOND_MS);
    if (requests.p95Ms !== null) this.#gauges.requests.set({ quantile: "0.95" }, requests.p95Ms / SECOND_MS);
    const now = status();
    if (now === null) return;
    const { calls, agents, pending, rows, late, barred, store, telephony, reconciled, draining } = this.#gauges;
    for (const [gauge, counts] of [
      [calls, now.callsByState],
      [agents, now.agentsByState],
    ] as const) {
      gauge.reset();
      for (const [state, count] of Object.entries(counts)) gauge.set({ state }, count);
    }
    pending.set(now.attemptsPending);
    rows.set(now.rowsWaiting);
    late.set(now.deadlineLateMsMax / SECOND_MS);
    barred.set(Object.keys(now.campaignsBarred).length);
    store.set(now.storeAway ? 0 : 1);
    const { spooled, spooledBytes, spooledAge } = this.#gauges;
    spooled.set(now.spool.rows);
    spooledBytes.set(now.spool.bytes);
    spooledAge.set((now.spool.ageMs ?? 0) / SECOND_MS);
    telephony.set(now.telephonyUp ? 1 : 0);
    reconciled.set(now.reconciled ? 1 : 0);
    draining.set(now.draining ? 1 : 0);
    this.#lookAtOverload(now.overload);
  }

  #lookAtOverload({ callsPerSecond, because, loopDelayMs, trunks }: OverloadStatus): void {
    const { slowed, rate, delay, trunkState, trunkLines } = this.#gauges.overload;
    slowed.reset();
    for (const by of ["asterisk", "process"] as const) slowed.set({ by }, because === by ? 1 : 0);
    // Prometheus has a word for "as many as you like".
    rate.set(callsPerSecond ?? Infinity);
    delay.set(loopDelayMs / SECOND_MS);
    trunkState.reset();
    trunkLines.reset();
    for (const [trunk, { state, linesTrusted }] of Object.entries(trunks)) {
      for (const each of ["closed", "open", "probing"] as const)
        trunkState.set({ trunk, state: each }, state === each ? 1 : 0);
      if (linesTrusted !== null) trunkLines.set({ trunk }, linesTrusted);
    }
  }

  #heard(entry: JournalEntry): void {
    switch (entry.kind) {
      case "campaign":
        this.#campaign(entry);
        return;
      case "attempt-decided":
        this.#decided(entry);
        return;
      case "attempt-withdrawn":
        this.#campaignOf.delete(String(entry["attemptId"]));
        this.#counters.withdrawn.inc();
        return;
      case "attempt-ended":
        this.#ended(entry);
        return;
      case "refused":
        this.#counters.refused.inc({ rule: typeof entry["rule"] === "string" ? entry["rule"] : "unknown" });
        return;
      case "alarm":
        this.#counters.alarms.inc({ code: String(entry["code"]) });
        return;
      case "pacing":
        this.#paced(entry);
        return;
      case "account":
        this.#account(entry);
        return;
      case "trunk":
        if (entry["state"] === "open") this.#counters.opened.inc({ trunk: String(entry["trunk"]) });
        return;
      case "reaped":
        this.#counters.reaped.inc();
        return;
    }
  }

  #campaign({ campaign, rules }: JournalEntry): void {
    if (!isObject(campaign) || typeof campaign["campaignId"] !== "number") return;
    const profile = isObject(rules) && isObject(rules["profile"]) ? rules["profile"] : null;
    const abandon = isObject(profile) && isObject(profile["abandon"]) ? profile["abandon"] : null;
    this.#campaigns.set(campaign["campaignId"], {
      name: String(campaign["name"]),
      abandon: abandon as AbandonRules | null,
    });
  }

  #decided({ attemptId, campaignId }: JournalEntry): void {
    if (typeof attemptId !== "string" || typeof campaignId !== "number") return;
    this.#campaignOf.set(attemptId, campaignId);
    if (this.#campaignOf.size <= OPEN_MAX) return;
    const [eldest] = this.#campaignOf.keys();
    if (eldest !== undefined) this.#campaignOf.delete(eldest);
  }

  #ended({ attemptId, outcome, facts }: JournalEntry): void {
    const id = String(attemptId);
    const campaign = this.#nameOf(this.#campaignOf.get(id));
    this.#campaignOf.delete(id);
    this.#counters.attempts.inc({ campaign, outcome: String(outcome) });
    if (!isObject(facts)) return;
    const answeredAt = instantIn(facts["answeredAt"]);
    if (answeredAt === null) return;
    const observe = (histogram: Histogram<"campaign">, at: number | null): void => {
      if (at !== null) histogram.observe({ campaign }, Math.max(0, at - answeredAt) / SECOND_MS);
    };
    observe(this.#waits.agent, instantIn(facts["connectedAt"]));
    observe(this.#waits.message, instantIn(facts["messageAt"]));
  }

  #paced({ campaignId, sample, gate }: JournalEntry): void {
    const campaign = this.#nameOf(campaignId);
    if (isObject(sample) && typeof sample["leadsReady"] === "number") {
      this.#gauges.hopper.set({ campaign }, sample["leadsReady"]);
    }
    if (isObject(gate) && typeof gate["credit"] === "number") this.#gauges.credit.set({ campaign }, gate["credit"]);
  }

  /** The readings are one of the campaign and one of the whole centre, each of the profile's present window. */
  #account({ campaignId, readings, peoplePerMillion }: JournalEntry): void {
    if (!Array.isArray(readings) || typeof campaignId !== "number") return;
    const known = this.#campaigns.get(campaignId);
    const people: readonly unknown[] = Array.isArray(peoplePerMillion) ? peoplePerMillion : [];
    for (const [index, reading] of (readings as readonly AccountReading[]).entries()) {
      const scope = reading.scope.campaignId === null ? "centre" : "campaign";
      const labels = { campaign: this.#nameOf(campaignId), scope };
      for (const entry of ACCOUNT_ENTRIES) this.#gauges.account.set({ ...labels, entry }, reading.counts[entry]);
      const abandon = known?.abandon ?? null;
      if (abandon === null) continue;
      const { rateBasisPoints } = abandonRate(reading.counts, abandon, falsePositivesOf(people[index]));
      this.#gauges.rate.set(labels, (rateBasisPoints ?? 0) / 10_000);
      if (abandon.stopBasisPoints !== null) this.#gauges.stop.set(labels, abandon.stopBasisPoints / 10_000);
    }
  }

  #nameOf(campaignId: unknown): string {
    return typeof campaignId === "number" ? (this.#campaigns.get(campaignId)?.name ?? String(campaignId)) : "unknown";
  }
}

/** As the journal has it: null where nothing was dropped, a million where no test says anything. */
const falsePositivesOf = (perMillion: unknown): FalsePositives =>
  typeof perMillion !== "number"
    ? { kind: "notUsed" }
    : perMillion >= MILLION
      ? { kind: "missing" }
      : { kind: "estimated", perMillion, testId: "" };

/** An instant, or a stamp that holds one. */
const instantIn = (value: unknown): number | null => {
  if (typeof value === "number") return value;
  return isObject(value) && typeof value["at"] === "number" ? value["at"] : null;
};

const gauges = (registry: Registry) => {
  const registers = [registry];
  const gauge = <Label extends string = never>(name: string, help: string, labelNames: readonly Label[] = []) =>
    new Gauge<Label>({ name: `fairdial_${name}`, help, labelNames, registers });
  return {
    calls: gauge("calls", "Calls by the state of their attempt.", ["state"]),
    agents: gauge("agents", "Agents who are logged in, by state.", ["state"]),
    pending: gauge("attempts_pending", "Attempts decided whose row or placing is on the way."),
    rows: gauge("rows_waiting", "Rows that wait for the database."),
    spooled: gauge("spool_rows", "Rows on this machine's disk that wait for the database."),
    spooledBytes: gauge("spool_bytes", "Bytes that they take."),
    spooledAge: gauge("spool_age_seconds", "Age of the oldest of them; 0 where there is none."),
    late: gauge("deadline_lateness_seconds", "Greatest lateness of a deadline since the last look."),
    barred: gauge("campaigns_barred", "Campaigns that may not dial."),
    store: gauge("store_up", "1 while the database answers."),
    telephony: gauge("telephony_up", "1 while Asterisk's events flow."),
    reconciled: gauge("reconciled", "1 once calls and Asterisk's channels agree."),
    draining: gauge("draining", "1 while the daemon waits for its calls to end."),
    opens: gauge("event_socket_opens", "How often Asterisk's event socket was opened since the start."),
    requests: gauge("ari_request_seconds", "Time that Asterisk took to answer requests lately.", ["quantile"]),
    hopper: gauge("hopper_leads", "Leads at hand, as pacing last saw them.", ["campaign"]),
    credit: gauge("overdial_credit", "Calls that may yet be abandoned in this window, by the gate.", ["campaign"]),
    account: gauge("account_calls", "The abandon account of the present window, all nodes.", [
      "campaign",
      "scope",
      "entry",
    ]),
    rate: gauge("abandon_rate_ratio", "Abandon rate of the present window by the profile's formula, 0 to 1.", [
      "campaign",
      "scope",
    ]),
    overload: {
      slowed: gauge(
        "placing_slowed",
        "1 while fewer calls are placed, or none, for the sake of Asterisk or of this process.",
        ["by"],
      ),
      rate: gauge(
        "placing_limit_per_second",
        "Calls per second that may be placed for now; +Inf: as many as the trunks take.",
      ),
      delay: gauge("loop_delay_seconds", "How late this process came round at the worst, in the last second."),
      trunkState: gauge(
        "trunk_state",
        "1 for the state a trunk is in: closed takes calls, open takes none, probing one.",
        ["trunk", "state"],
      ),
      trunkLines: gauge(
        "trunk_lines_trusted",
        "Lines that a trunk is trusted with after it refused calls; absent: all.",
        ["trunk"],
      ),
    },
    stop: gauge("abandon_stop_ratio", "Rate at which the campaign stops dialling beyond its agents, 0 to 1.", [
      "campaign",
      "scope",
    ]),
  };
};

const counters = (registry: Registry) => {
  const registers = [registry];
  const counter = <Label extends string = never>(name: string, help: string, labelNames: readonly Label[] = []) =>
    new Counter<Label>({ name: `fairdial_${name}`, help, labelNames, registers });
  return {
    attempts: counter("attempts_total", "Attempts that ended, by outcome.", ["campaign", "outcome"]),
    withdrawn: counter("attempts_withdrawn_total", "Attempts taken back before anybody was dialled."),
    refused: counter("refusals_total", "Leads that a rule of compliance refused, by rule.", ["rule"]),
    opened: counter("trunk_openings_total", "How often a trunk was given no more calls because it refused them.", [
      "trunk",
    ]),
    reaped: counter(
      "legs_reaped_total",
      "Legs hung up because their call was over, or they were older than any may be.",
    ),
    alarms: counter("alarms_total", "Alarms, by code.", ["code"]),
  };
};

const waits = (registry: Registry) => {
  const registers = [registry];
  const histogram = (name: string, help: string) =>
    new Histogram({ name: `fairdial_${name}`, help, labelNames: ["campaign"], buckets: WAIT_BUCKETS, registers });
  return {
    agent: histogram("answer_to_agent_seconds", "From answer to agent."),
    message: histogram("answer_to_message_seconds", "From answer to the first word of the information message."),
  };
};
