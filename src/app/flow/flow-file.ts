/** A flow from its file: read, brought into shape, checked, with the line of everything that is wrong. */
import { checkFlow, USUAL_DEMANDS, type FlowDemands } from "../../flow/check-flow.ts";
import type { Flow } from "../../flow/flow.ts";
import { CliError } from "../cli-error.ts";
import { FILE_BYTES_MAX, readLimited } from "../config-files.ts";
import { ConfigError, sentencesFor } from "../config-problems.ts";
import { dataVersion } from "../data-version.ts";
import { readYaml } from "../yaml-file.ts";
import { flowFileSchema } from "./flow-schema.ts";
import { toFlow } from "./to-flow.ts";

export interface FlowFileProblem {
  /** `not-a-flow` for a file that cannot be read as one; else what `checkFlow` calls it. */
  readonly code: string;
  readonly line: number | null;
  readonly step: string | null;
  readonly says: string;
}

export interface FlowFile {
  readonly flow: Flow;
  readonly version: string;
  /** The file's text. */
  readonly source: string;
}

export type FlowFileRead =
  | { readonly ok: true; readonly read: FlowFile }
  | { readonly ok: false; readonly problems: readonly FlowFileProblem[] };

const notAFlow = (line: number | null, says: string): FlowFileProblem => ({
  code: "not-a-flow",
  line,
  step: null,
  says,
});
const refused = (problems: readonly FlowFileProblem[]): FlowFileRead => ({ ok: false, problems });

/** Everything that is wrong at once; never throws for what a file holds. */
export const readFlowFile = (file: string, demands: FlowDemands = USUAL_DEMANDS): FlowFileRead => {
  const source = readLimited(file, FILE_BYTES_MAX);
  return typeof source === "string"
    ? readFlowText(file, source, demands)
    : refused([notAFlow(null, `The file cannot be used: ${source.why}.`)]);
};

export const readFlowText = (file: string, source: string, demands: FlowDemands = USUAL_DEMANDS): FlowFileRead => {
  try {
    const { value, lineOf } = readYaml(file, source);
    if (typeof value !== "object" || value === null || Array.isArray(value)) {
      return refused([notAFlow(1, "It holds no flow: it begins with `flow: NAME`, and `steps:` follow.")]);
    }
    const parsed = flowFileSchema.safeParse(value);
    if (!parsed.success) {
      return refused(
        parsed.error.issues.flatMap((issue) => {
          const path = issue.code === "unrecognized_keys" ? [...issue.path, issue.keys[0] ?? ""] : issue.path;
          return sentencesFor({ issues: [issue] }, flowFileSchema, value).map((says) => notAFlow(lineOf(path), says));
        }),
      );
    }
    const made = toFlow(parsed.data);
    if ("slips" in made) return refused(made.slips.map(({ path, says }) => notAFlow(lineOf(path), says)));
    const { flow } = made;
    const problems = checkFlow(flow, demands);
    if (problems.length === 0) return { ok: true, read: { flow, version: dataVersion(flow), source } };
    return refused(
      problems.map(({ code, step, says }) => ({
        code,
        line: lineOf(step === null ? [] : ["steps", step]),
        step,
        says,
      })),
    );
  } catch (error) {
    if (error instanceof ConfigError) return refused(error.problems.map((says) => notAFlow(null, says)));
    throw error;
  }
};

export const problemText = ({ line, step, says }: FlowFileProblem): string => {
  const where = [...(line === null ? [] : [`line ${line}`]), ...(step === null ? [] : [`step ${step}`])];
  return where.length === 0 ? says : `${where.join(", ")}: ${says}`;
};

/** For commands that need a sound flow; throws {@link CliError} `flow-refused` with everything that is wrong. */
export const requireFlow = (file: string, demands: FlowDemands = USUAL_DEMANDS): FlowFile => {
  const result = readFlowFile(file, demands);
  if (result.ok) return result.read;
  const problems = result.problems.map((each) => `\n  - ${problemText(each)}`).join("");
  throw new CliError("flow-refused", `The flow ${file} cannot be used:${problems}`);
};
