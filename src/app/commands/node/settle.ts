/** `fairdial node settle`: ends what a node left open that will not come back. */
import { msBetween } from "../../../domain/instant.ts";
import { CliError, usageError } from "../../cli-error.ts";
import { command } from "../../command.ts";
import { plural } from "../../print.ts";
import { QUIET_LOG } from "../../quiet-log.ts";
import { profilesOf } from "../campaign/compliance-options.ts";
import { NODE, nodeNamed } from "./options.ts";

/** A daemon that was restarted is back by then, and settles its own calls with what Asterisk knows of them. */
const SILENT_MIN_MS = 60_000;

export const nodeSettle = command({
  words: "settle <node>",
  summary: "End what a dead node left open: calls as lost, leads given back, agents logged out",
  positionals: { node: NODE },
  flags: {
    "calls-are-over": {
      type: "boolean",
      default: false,
      describe: "You have seen that its Asterisk is down, or holds no calls: nobody is talking there",
    },
  },
  examples: [["node settle pbx-2 --calls-are-over", "The machine is gone for good"]],
  async run(args, session) {
    if (!args["calls-are-over"]) {
      throw usageError(
        "Conversations on that node may go on without its daemon, and would be ended when it comes back: look at its Asterisk, then say --calls-are-over.",
      );
    }
    const database = await session.database();
    const { nodeId, holder, heldUntil } = await nodeNamed(database, args.node);
    const now = session.world.now();
    if (holder !== null && heldUntil !== null && msBetween(heldUntil, now) < SILENT_MIN_MS) {
      throw new CliError(
        "node-alive",
        heldUntil > now
          ? `The daemon of ${nodeId} is running (${holder}): it settles its calls itself.`
          : `The daemon of ${nodeId} has been silent for less than ${SILENT_MIN_MS / 1_000} s, and may be starting again: wait a little.`,
      );
    }
    const { settleNode } = await import("../../node/settle-node.ts");
    const profiles = profilesOf(session);
    const settled = await settleNode(nodeId, {
      ...{ config: session.config, database, profiles: () => profiles, log: QUIET_LOG },
      by: session.authority().by,
    });
    session.answer(
      { node: nodeId, attempts: settled },
      () =>
        `${plural(settled, "attempt")} of ${nodeId} ended as far as its row tells, and marked; its leads are given back and its agents logged out.`,
    );
    return undefined;
  },
});
