/**
 * Why a campaign is not dialling (more): from what managers wrote, what the law says, and what each daemon told last.
 * Asking is the command's, judging is here and pure. One rule to remember: the answer is what would have to change first.
 */
import type { AgentStateName } from "../../agent/agent.ts";
import type { Campaign } from "../../domain/campaign.ts";
import type { Instant } from "../../domain/instant.ts";
import type { StandingCode } from "../../engine/standing.ts";
import type { CampaignSummary, LeadsAlike, NodeNow, PacingSaid } from "../../store/index.ts";
import type { CampaignRefusal } from "../campaign-refusal.ts";
import { localTime, plural } from "../print.ts";
import { ageMs, FRESH_MS, roughly, type DatabaseCode, type Reason } from "./reason.ts";

export interface CampaignKnown {
  readonly summary: Pick<CampaignSummary, "campaign" | "stoppedBecause" | "changedAt" | "changedBy">;
  /** Null when the records say nothing against it. */
  readonly refusal: CampaignRefusal | null;
  readonly nodes: readonly Pick<NodeNow, "nodeId" | "heldUntil">[];
  readonly said: readonly PacingSaid[];
  /** Of those assigned to it who may log in. */
  readonly agentStates: readonly AgentStateName[];
  readonly leads: readonly LeadsAlike[];
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
    ...fromLeads(known.summary.campaign, known.leads),
  ];
  const told = fresh.length > 0 ? fromNodes(fresh) : null;
  // That nothing is due is then known better by who put the leads off.
  if (told?.code === HOURS_CLOSED && reasons[0]?.code === "leads-later")
    return { answer: told, besides: reasons, nodes };
  const [answer = told ?? untold(nodes), ...besides] = reasons;
  return { answer, besides, nodes };
};

/** Codes of the engine's that say less, or more, than the database does. */
const NO_AGENTS_HERE = "no-agents" satisfies StandingCode;
const HOURS_CLOSED = "hours-closed" satisfies StandingCode;

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

export type LeadsCounted = Readonly<Record<LeadsAlike["where"], number>>;

export const countLeadsAlike = (leads: readonly LeadsAlike[]): LeadsCounted => {
  const counts = { now: 0, later: 0, inHand: 0, dialling: 0, held: 0, done: 0 };
  for (const { where, leads: alike } of leads) counts[where] += alike;
  return counts;
};

/** Of those that are not due yet; null when there is none. */
export const nextDueAt = (leads: readonly LeadsAlike[]): Instant | null =>
  leads.reduce<Instant | null>(
    (next, { where, dueAt }) => (where === "later" && (next === null || dueAt < next) ? dueAt : next),
    null,
  );

const fromLeads = ({ name }: Campaign, leads: readonly LeadsAlike[]): Reason[] => {
  const { now, later, inHand, dialling, held, done } = countLeadsAlike(leads);
  if (now + later + inHand + dialling + held + done === 0) {
    return [because("no-list", `It has no lead: fairdial list import FILE --campaign ${name}.`)];
  }
  if (now + inHand > 0) return [];
  if (later > 0) {
    const says = `No lead is due now: the first of ${plural(later, "lead")} that ${later === 1 ? "waits" : "wait"} is due at ${localTime(nextDueAt(leads))}.`;
    return [because("leads-later", says)];
  }
  const last =
    dialling > 0
      ? `The last ${plural(dialling, "lead")} ${dialling === 1 ? "is" : "are"} being dialled`
      : "No lead is left to dial";
  const release = held > 0 ? `; once their fault is mended: fairdial campaign release ${name}` : "";
  return [because("leads-done", `${last}: ${done} are done and ${held} held${release}.`)];
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
