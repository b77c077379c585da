/** A flow as a tree: each step in full where it is come to first, and by its name afterwards. */
import type { Flow } from "../../flow/flow.ts";
import { waysFrom } from "../../flow/paths.ts";
import { printable } from "../print.ts";
import { stepText } from "./flow-words.ts";

export const flowTree = (flow: Flow): string => {
  const shown = new Set<string>();
  const lines: string[] = [];
  // Depth first, written out: a flow of two hundred steps may be two hundred deep.
  const open = [
    ...(flow.optOut === null ? [] : [{ name: flow.optOut.go, when: `key ${flow.optOut.key}, at any time`, depth: 0 }]),
    { name: flow.trouble, when: "when something fails", depth: 0 },
    { name: flow.start, when: "", depth: 0 },
  ];
  // Each entrance is a root, and the start comes first.
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    const { name, when, depth } = next;
    const step = flow.steps[name];
    const lead = `${"  ".repeat(depth)}${when === "" ? (lines.length === 0 ? "" : "then ") : `${when} → `}${name}`;
    if (step === undefined || shown.has(name)) {
      lines.push(`${lead} (above)`);
      continue;
    }
    shown.add(name);
    lines.push(`${lead}: ${printable(stepText(step))}`);
    const ways = waysFrom(step);
    // A step with one way on is followed by the next line, not by a deeper one.
    const deeper = ways.length > 1 ? depth + 1 : depth;
    open.push(...[...ways].reverse().map(({ to, when: way }) => ({ name: to, when: way, depth: deeper })));
  }
  return lines.join("\n");
};
