/** `fairdial flow test`: goes through a flow without calling anybody, with keys typed here or given beforehand. */
import { isKey } from "../../../flow/flow.ts";
import { unreadableAttributes } from "../../../flow/unreadable.ts";
import { readDay } from "../../../flow/values.ts";
import { toIso } from "../../../domain/instant.ts";
import { readDuration } from "../../arguments/duration.ts";
import { usageError } from "../../cli-error.ts";
import { command } from "../../command.ts";
import { keysFrom, typedKeys, type Keys } from "../../flow/keys.ts";
import { requireFlow } from "../../flow/flow-file.ts";
import { Walk, type WalkLine } from "../../flow/walk.ts";
import { printable } from "../../print.ts";
import { demandsOf, FLOW_FILE, PROFILE } from "./options.ts";

const ANSWERED_BY = ["person", "machine", "unknown"] as const;

export const flowTest = command({
  words: "test <file>",
  summary: "Go through a flow in the terminal, with virtual time: nobody is called",
  positionals: FLOW_FILE,
  flags: {
    keys: {
      type: "string",
      describe:
        "Pressed one after the other; a comma presses nothing until time is up, h hangs up. Without it they are typed",
    },
    attributes: { type: "array", string: true, describe: "An attribute of the lead, name=value; may be repeated" },
    "answered-by": { type: "string", choices: ANSWERED_BY, default: "person", describe: "Who answers" },
    agent: {
      type: "string",
      default: "none",
      describe: "After how long an agent joins who is asked for, such as 4s; or none",
    },
    today: { type: "string", describe: "The day where the person is, YYYY-MM-DD" },
    profile: PROFILE,
  },
  examples: [["flow test delivery.yaml --attributes delivery_date=2026-11-24 --keys 11", "Confirmed"]],
  async run(args, session) {
    const keys = args.keys === undefined ? typedKeys(session.world) : scripted(args.keys);
    const attributes = attributesOf(args.attributes ?? []);
    const agentAfterMs = agentOption(args.agent);
    const now = session.world.now();
    const today = args.today ?? toIso(now).slice(0, 10);
    if (readDay(today) === null) throw usageError(`--today: "${today}" is not a day such as 2026-11-22.`);
    const { flow, version } = requireFlow(args.file, demandsOf(session, args.profile));
    for (const { name, kind, isMissing } of unreadableAttributes(flow, attributes)) {
      session.remark(`warning: the attribute ${name} ${isMissing ? "is missing" : `is no ${kind}`}.`);
    }
    const lines: WalkLine[] = [];
    const walk = new Walk(flow, {
      ...{
        at: now,
        attributes,
        answeredBy: ANSWERED_BY.find((each) => each === args["answered-by"]) ?? "unknown",
        today,
        agentAfterMs,
      },
      answer: () => keys.next(),
      tell: (line) => {
        lines.push(line);
        if (!session.options.json) session.world.stdout.write(`${lineText(line)}\n`);
      },
    });
    const { how, results, tookMs } = await walk.run();
    const unused = keys.left();
    if (unused !== "") session.remark(`warning: these keys were not needed: ${unused}`);
    const document = { flow: flow.title, version, how, results, tookMs, unusedKeys: unused, lines };
    session.answer(document, () => {
      const named = Object.entries(results).map(([name, value]) => `${name} = ${value}`);
      return `Results: ${named.length === 0 ? "none" : named.join(", ")}.`;
    });
    return undefined;
  },
});

const scripted = (text: string): Keys => {
  const strange = Array.from(text).find((each) => !isKey(each) && each !== "," && each !== "h");
  if (strange !== undefined) throw usageError(`--keys: "${strange}" is no key; there are 0 to 9, *, #, a comma and h.`);
  return keysFrom(text);
};

const attributesOf = (given: readonly string[]): Readonly<Record<string, string>> =>
  Object.fromEntries(
    given.map((each) => {
      const [, name, value] = /^([^=]+)=([^]*)$/.exec(each) ?? [];
      if (name === undefined || value === undefined) throw usageError(`--attributes: "${each}" is not name=value.`);
      return [name.trim(), value] as const;
    }),
  );

const agentOption = (text: string): number | null => {
  if (text === "none") return null;
  const ms = readDuration(text);
  if (ms === null) throw usageError(`--agent: "${text}" is neither a duration such as 4s nor none.`);
  return ms;
};

const lineText = ({ atMs, step, what, text }: WalkLine): string => {
  const seconds = `${(atMs / 1_000).toFixed(1)} s`.padStart(8);
  const said = what === "heard" ? `"${printable(text)}"` : printable(text);
  return `${seconds}  ${step === null ? "" : `${step}: `}${said}`;
};
