/** What can be wrong with a flow: stable codes for scripts, a sentence for people. */

export type FlowProblemCode =
  | "unknown-step"
  | "unreachable-step"
  | "silent-start"
  | "never-ends"
  | "endless-loop"
  | "trouble-not-plain"
  | "opt-out-missing"
  | "key-taken"
  | "unfair-wait"
  | "nobody-told"
  | "not-confirmed"
  | "unknown-name"
  | "wrong-kind"
  | "unknown-value"
  | "sensitive-result"
  | "result-unused"
  | "impossible-answer";

export interface FlowProblem {
  readonly code: FlowProblemCode;
  /** The step, or null for what concerns the whole. */
  readonly step: string | null;
  readonly says: string;
}

export const problem = (code: FlowProblemCode, step: string | null, says: string): FlowProblem => ({
  code,
  step,
  says,
});
