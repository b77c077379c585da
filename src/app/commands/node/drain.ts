/** `fairdial node drain|resume`: whether anything new is placed on a node. Kept in the database, so a restart changes nothing. */
import { drainNode, resumeNode } from "../../../store/index.ts";
import { neededText } from "../../arguments/text.ts";
import { command } from "../../command.ts";
import { plural } from "../../print.ts";
import { NODE, nodeNamed } from "./options.ts";

export const nodeDrain = command({
  words: "drain <node>",
  summary: "Place nothing new on a node; its calls finish, and its agents hear two falling tones",
  positionals: { node: NODE },
  flags: { because: { type: "string", default: "maintenance", describe: "Why, for whoever finds it drained" } },
  examples: [["node drain pbx-2 --because 'new kernel'", "Then wait until node list says drained"]],
  async run(args, session) {
    const because = neededText("because", args.because, 500);
    const database = await session.database();
    const { nodeId, attemptsOpen } = await nodeNamed(database, args.node);
    const isNews = await drainNode(database, nodeId, because, session.authority());
    session.answer({ node: nodeId, drained: true, isNews, calls: attemptsOpen }, () =>
      isNews
        ? `${nodeId} places nothing new within a second; ${plural(attemptsOpen, "call")} in progress will finish.`
        : `${nodeId} was drained already.`,
    );
    return undefined;
  },
});

export const nodeResume = command({
  words: "resume <node>",
  summary: "Let a drained node place calls again",
  positionals: { node: NODE },
  async run(args, session) {
    const database = await session.database();
    const { nodeId } = await nodeNamed(database, args.node);
    const isNews = await resumeNode(database, nodeId, session.authority());
    session.answer({ node: nodeId, drained: false, isNews }, () =>
      isNews ? `${nodeId} places calls again within a second.` : `${nodeId} was not drained.`,
    );
    return undefined;
  },
});
