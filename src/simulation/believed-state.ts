/**
 * Desired state as a daemon gets it from a database: what changes seldom is some tenths of a second old, unless a campaign
 * has changed; so is who opted out. One rule to remember: no younger than the real store's, so that nothing holds here
 * only because this store knows everything at once.
 */
import type { Campaign } from "../domain/campaign.ts";
import type { NodeId } from "../domain/ids.ts";
import type { DesiredState, Store } from "../engine/ports.ts";

/** As the database's store has them for a daemon. */
const LASTING_MS = 750;
const OPTED_OUT_MS = 450;

interface Believed<T> {
  readonly value: T;
  readonly at: number;
}

/** For one process: the next one knows nothing yet. */
export const believing = (
  store: Pick<Store, "desiredState">,
  steadyMs: () => number,
): ((nodeId: NodeId) => Promise<DesiredState>) => {
  let lasting: Believed<DesiredState> | null = null;
  let optedOut: Believed<DesiredState["compliance"]["optedOut"]> | null = null;
  let manualSeen = new Set<number>();
  return async (nodeId) => {
    const at = steadyMs();
    const now = await store.desiredState(nodeId);
    const isNews = now.manualCalls.some(({ manualId }) => !manualSeen.has(manualId));
    manualSeen = new Set(now.manualCalls.map(({ manualId }) => manualId));
    if (lasting === null || isNews || at - lasting.at >= LASTING_MS || !areSame(lasting.value, now))
      lasting = { value: copied(now), at };
    if (optedOut === null || at - optedOut.at >= OPTED_OUT_MS) optedOut = { value: now.compliance.optedOut, at };
    const { campaigns, flows, agents, compliance } = lasting.value;
    const { killSwitch } = now.compliance;
    return { ...now, campaigns, flows, agents, compliance: { ...compliance, killSwitch, optedOut: optedOut.value } };
  };
};

/** A campaign that was changed is another object. */
const areSame = ({ campaigns, agents }: DesiredState, now: DesiredState): boolean =>
  campaigns.length === now.campaigns.length &&
  campaigns.every((campaign: Campaign, index) => campaign === now.campaigns[index]) &&
  now.agentCommands.every((asked) => agents.some(({ agentId }) => agentId === asked.agentId));

/** The lists are the tables' own, and grow. */
const copied = (now: DesiredState): DesiredState => ({
  ...now,
  campaigns: [...now.campaigns],
  flows: [...now.flows],
  agents: [...now.agents],
  compliance: { ...now.compliance, amdTests: [...now.compliance.amdTests] },
});
