/** At the end of a drain: each agent's leg is hung up; whoever does not go within a moment is taken to be gone. */
import type { Agents } from "./agents.ts";
import type { EngineContext } from "../context.ts";
import { pause } from "../rows/store-answers.ts";

export async function sendAgentsHome(context: EngineContext, agents: Agents, patienceMs: number): Promise<void> {
  const { telephony, clock, mailbox } = context;
  const legs = [...agents.loggedIn()].map((agent) => agent.legId);
  const asked = Promise.allSettled(legs.map((legId) => telephony.hangUpAgentLeg(legId)));
  await Promise.race([asked, pause(context, patienceMs)]);
  mailbox.post("agents sent home", () => {
    for (const legId of legs) agents.legGone(legId, clock.now());
  });
}
