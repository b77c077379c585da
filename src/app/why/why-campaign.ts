/**
 * Why a campaign is not dialling (more): from what managers wrote, what the law says, and what each daemon told last.
 * Asking is the command's, judging is here and pure. One rule to remember: the answer is what would have to change first.
 */
import type { AgentStateName } from "../../agent/agent.ts";
import type { Campaign } from "../../domain/campaign.ts";
import type { Instant } from "../../domain/instant.ts";
import type { StandingCode } from "../../engine/standing/standing.ts";
import type { CampaignSummary, NodeNow, PacingSaid } from "../../store/index.ts";
import type { CampaignRefusal } from "../campaign-refusal.ts";
import { localTime, plural } from "../print.ts";
import { sumOf, type Funnel } from "./funnel.ts";
import { ageMs, FRESH_MS, roughly, type DatabaseCode, type Reason } from "./reason.ts";

export interface CampaignKnown {
  readonly summary: Pick<CampaignSummary, "campaign" | "stoppedBecause" | "changedAt" | "changedBy">;
  /** Null when the records say nothing against it. */
  readonly refusal: CampaignRefusal | null;
  readonly nodes: readonly Pick<NodeNow, "nodeId" | "heldUntil">[];
  readonly said: readonly PacingSaid[];
  /** Of those assigned to it who may log in. */
  readonly agentStates: readonly AgentStateName[];
  readonly funnel: Funnel;
}

export interface NodeSays {
  readonly node: string;
  /** Whether a daemon holds this name now. */
  readonly isAlive: boolean;
  /** Null when it never said anything of this campaign. */
  readonly said: PacingSaid | null;
  readonly ageMs: number | null;
  /** Told lately enough to be true now. */
  readonly isFresh: boolean;
}

export interface WhyCampaign {
  readonly answer: Reason;
  /** Whatever else the database knows that would hold it back, were the answer gone. */
  readonly besides: readonly Reason[];
  readonly nodes: readonly NodeSays[];
}

const because = (code: DatabaseCode, says: string): Reason => ({ code, says });

export const whyCampaign = (known: CampaignKnown, at: Instant): WhyCampaign => {
  const nodes = nodesOf(known, at);
  const fresh = nodes.filter(({ isFresh }) => isFresh);
  const reasons = [
    ...fromState(known.summary),
    ...fromRules(known.refusal),
    ...fromDaemons(nodes),
    ...fromAgents(known.summary.campaign, known.agentStates),
    ...fromLeads(known.summary.campaign, known.funnel),
  ];
  const told = fresh.length > 0 ? fromNodes(fresh) : null;
  // That nothing is due is then known better by who put the leads off.
  if (told?.code === HOURS_CLOSED && WAITING.some((code) => code === reasons[0]?.code))
    return { answer: told, besides: reasons, nodes };
  const [answer = told ?? untold(nodes), ...besides] = reasons;
  return { answer, besides, nodes };
};

/** Codes of the engine's that say less, or more, than the database does. */
const NO_AGENTS_HERE = "no-agents" satisfies StandingCode;
const HOURS_CLOSED = "hours-closed" satisfies StandingCode;
const WAITING: readonly DatabaseCode[] = ["leads-later", "leads-closed"];

const nodesOf = ({ nodes, said }: CampaignKnown, at: Instant): NodeSays[] => {
  const alive = new Set(
    nodes.flatMap(({ nodeId, heldUntil }) => (heldUntil !== null && heldUntil > at ? [nodeId] : [])),
  );
  const told = new Map(said.map((each) => [each.nodeId, each]));
  return [...new Set([...alive, ...told.keys()])].sort().map((nodeId) => {
    const latest = told.get(nodeId) ?? null;
    const age = latest === null ? null : ageMs(latest.at, at);
    const isAlive = alive.has(nodeId);
    return { node: nodeId, isAlive, said: latest, ageMs: age, isFresh: isAlive && age !== null && age <= FRESH_MS };
  });
};

const fromState = ({ campaign, stoppedBecause, changedAt, changedBy }: CampaignKnown["summary"]): Reason[] => {
  const { name, desiredState } = campaign;
  if (desiredState === "running") return [];
  if (stoppedBecause !== null) {
    return [because("campaign-stopped", `A daemon stopped it at ${localTime(changedAt)}: ${stoppedBecause}`)];
  }
  const says = `It is ${desiredState} (last changed by ${changedBy} at ${localTime(changedAt)}): fairdial campaign start ${name}.`;
  return [because(desiredState === "paused" ? "campaign-paused" : "campaign-stopped", says)];
};

const fromDaemons = (nodes: readonly NodeSays[]): Reason[] =>
  nodes.some(({ isAlive }) => isAlive)
    ? []
    : [because("no-daemon", "No daemon is running: start one with `fairdial run`, or as a service.")];

const fromRules = (refusal: CampaignRefusal | null): Reason[] =>
  refusal === null ? [] : [because("campaign-barred", `It may not dial: ${refusal.says} (${refusal.by})`)];

const fromAgents = ({ name }: Campaign, states: readonly AgentStateName[]): Reason[] => {
  if (states.length === 0) {
    return [because("agents-unassigned", `No agent is assigned: fairdial campaign set ${name} --add-agents.`)];
  }
  const loggedIn = states.filter((state) => state !== "loggedOut");
  if (loggedIn.length === 0) {
    const says =
      states.length === 1 ? "Its only agent is not logged in." : `None of its ${states.length} agents is logged in.`;
    return [because("agents-out", says)];
  }
  if (loggedIn.some((state) => state !== "paused")) return [];
  const says =
    loggedIn.length === 1
      ? "The only agent who is logged in is paused."
      : `All ${loggedIn.length} agents who are logged in are paused.`;
  return [because("agents-all-paused", says)];
};

/** Leads by where they are: in each exactly once. */
export interface LeadsCounted {
  readonly total: number;
  /** May be dialled now. */
  readonly now: number;
  /** Wait for a time: their own, or an hour at which they may be called. */
  readonly later: number;
  /** No source gives them. */
  readonly unplaced: number;
  /** Of a list that is being imported. */
  readonly loading: number;
  /** Leased by a node. */
  readonly inHand: number;
  readonly dialling: number;
  readonly held: number;
  readonly done: number;
}

export const countLeads = (funnel: Funnel): LeadsCounted => ({
  total: funnel.total,
  now: sumOf(funnel, "ready"),
  later: sumOf(funnel, ...WAITING_STEPS),
  unplaced: sumOf(funnel, "no-source", "source-off"),
  loading: sumOf(funnel, "loading"),
  inHand: sumOf(funnel, "in-hand"),
  dialling: sumOf(funnel, "being-dialled"),
  held: sumOf(funnel, "held"),
  done: sumOf(funnel, "done"),
});

const WAITING_STEPS = ["callback", "put-off", "redial-later", "new-later", "hours-closed"] as const;

/** When the first of those that wait may be dialled, as far as it is known; null when there is none. */
export const nextDueAt = ({ parts }: Pick<Funnel, "parts">): Instant | null =>
  parts.reduce<Instant | null>(
    (next, { nextAt }) => (nextAt !== null && (next === null || nextAt < next) ? nextAt : next),
    null,
  );

const fromLeads = ({ name }: Campaign, funnel: Funnel): Reason[] => {
  const { total, now, later, unplaced, loading, inHand, dialling, held, done } = countLeads(funnel);
  if (total - loading === 0) {
    return [because("no-list", `It has no lead: fairdial list import FILE --campaign ${name}.`)];
  }
  if (now + inHand > 0) return [];
  const reasons = [...fromClosed(funnel), ...fromWaiting(funnel)];
  if (unplaced > 0) {
    const says = `No source gives the ${plural(unplaced, "lead")} that ${unplaced === 1 ? "is" : "are"} left: fairdial source list --campaign ${name}.`;
    reasons.push(because("leads-unplaced", says));
  }
  if (later + unplaced > 0) return reasons;
  const last =
    dialling > 0
      ? `The last ${plural(dialling, "lead")} ${dialling === 1 ? "is" : "are"} being dialled`
      : "No lead is left to dial";
  const release = held > 0 ? `; once their fault is mended: fairdial campaign release ${name}` : "";
  return [because("leads-done", `${last}: ${done} are done and ${held} held${release}.`)];
};

const fromClosed = (funnel: Funnel): Reason[] => {
  const closed = funnel.parts.filter(({ step }) => step === "hours-closed");
  const leads = sumOf({ parts: closed }, "hours-closed");
  if (leads === 0) return [];
  const opens = nextDueAt({ parts: closed });
  const then = opens === null ? "" : `; the first hours open at ${localTime(opens)}`;
  const says = `Outside the calling hours where the ${plural(leads, "lead")} that ${leads === 1 ? "is" : "are"} due ${leads === 1 ? "lives" : "live"}${then}.`;
  return [because("leads-closed", says)];
};

const fromWaiting = ({ parts }: Funnel): Reason[] => {
  const waiting = parts.filter(({ step }) => step !== "hours-closed" && WAITING_STEPS.some((each) => each === step));
  const leads = waiting.reduce((sum, part) => sum + part.leads, 0);
  if (leads === 0) return [];
  const says = `No lead is due now: the first of ${plural(leads, "lead")} that ${leads === 1 ? "waits" : "wait"} is due at ${localTime(nextDueAt({ parts: waiting }))}.`;
  return [because("leads-later", says)];
};

/**
 * In their own words; where they give several codes, all of them, with commas. A node without agents holds nothing back
 * while there are agents on another.
 */
const fromNodes = (fresh: readonly NodeSays[]): Reason => {
  const all = fresh.flatMap(({ node, said }) => (said === null ? [] : [{ node, ...said }]));
  const manned = all.filter((each) => each.because !== NO_AGENTS_HERE);
  const told = manned.length > 0 ? manned : all;
  const codes = [...new Set(told.map(({ because: code }) => code))];
  const [only] = told;
  const says = told.length === 1 ? (only?.says ?? "") : told.map((each) => `${each.node}: ${each.says}`).join(" ");
  return { code: codes.join(","), says };
};

const untold = (nodes: readonly NodeSays[]): Reason => {
  const [latest] = nodes
    .filter(({ said }) => said !== null)
    .sort((a, b) => (a.ageMs ?? Infinity) - (b.ageMs ?? Infinity));
  const beginning = "Nothing in the database is against dialling, and no daemon says now what holds it back";
  return because(
    "untold",
    latest?.ageMs === undefined || latest.ageMs === null
      ? `${beginning}; ask again in a few seconds.`
      : `${beginning}: ${latest.node} said something last ${roughly(latest.ageMs)} ago, and its daemon may be away.`,
  );
};
