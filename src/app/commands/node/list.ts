/** `fairdial node list`: every node that ever ran on this database, and how it is. */
import type { Instant } from "../../../domain/instant.ts";
import { nodesNow, type NodeNow } from "../../../store/index.ts";
import { command } from "../../command.ts";
import { localTime, table } from "../../print.ts";
import { iso } from "../../session.ts";

/** Above this, calling hours and leases begin to disagree between machines. */
const CLOCK_OFFSET_MAX_MS = 1_000;

type DaemonState = "running" | "silent" | "stopped";

/** `silent`: it held the name and did not renew it; `stopped`: it gave the name back. */
const daemonOf = ({ holder, heldUntil }: NodeNow, now: Instant): DaemonState =>
  holder === null || heldUntil === null ? "stopped" : heldUntil > now ? "running" : "silent";

const placingOf = ({ drained, attemptsOpen }: NodeNow): string =>
  drained === null ? "yes" : attemptsOpen > 0 ? "draining" : "drained";

export const nodeList = command({
  words: "list",
  summary: "Nodes: version, daemon, lease, whether they place, calls, agents, clock",
  async run(_args, session) {
    const now = session.world.now();
    const nodes = await nodesNow(await session.database());
    const document = nodes.map((node) => ({
      node: node.nodeId,
      version: node.version,
      daemon: daemonOf(node, now),
      holder: node.holder,
      leaseUntil: iso(node.heldUntil),
      placing: placingOf(node),
      drained: node.drained === null ? null : { ...node.drained, since: iso(node.drained.since) },
      calls: node.attemptsOpen,
      agents: node.agentsLoggedIn,
      lastSeen: iso(node.seenAt),
      clockOffsetMs: node.clockOffsetMs,
    }));
    for (const { nodeId, clockOffsetMs } of nodes) {
      if (Math.abs(clockOffsetMs ?? 0) <= CLOCK_OFFSET_MAX_MS) continue;
      session.remark(`note: the clock of ${nodeId} is ${String(clockOffsetMs)} ms from the database's.`);
    }
    session.answer(document, () =>
      nodes.length === 0
        ? "No daemon ever ran on this database."
        : table(
            [
              "node",
              "version",
              "daemon",
              "lease until",
              "placing",
              "calls",
              "agents",
              "last seen",
              "clock ms",
              "because",
            ],
            nodes.map((node) => [
              ...[node.nodeId, node.version, daemonOf(node, now), localTime(node.heldUntil), placingOf(node)],
              ...[node.attemptsOpen, node.agentsLoggedIn, localTime(node.seenAt), node.clockOffsetMs],
              node.drained === null ? null : `${node.drained.because} (${node.drained.by ?? "unknown"})`,
            ]),
          ),
    );
    return undefined;
  },
});
