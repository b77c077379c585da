/** Somebody listens to an agent's calls, speaks to the agent alone, or to both. */
import type { AgentId, AttemptId } from "./ids.ts";
import type { Instant } from "./instant.ts";

/** `listen`: heard by nobody. `whisper`: the agent hears them. `join`: the person does, too. */
export const SUPERVISION_MODES = ["listen", "whisper", "join"] as const;
export type SupervisionMode = (typeof SUPERVISION_MODES)[number];

/** One call and one mode; another mode, or the next call, is another. Evidence of who heard whom. */
export interface SupervisionNote {
  readonly attemptId: AttemptId;
  readonly supervisorId: AgentId;
  readonly agentId: AgentId;
  readonly mode: SupervisionMode;
  readonly at: Instant;
  /** Null while it lasts. */
  readonly endedAt: Instant | null;
  /** `call-over`, `stopped`, `mode-changed`, `supervisor-left`, `failed`; null while it lasts. */
  readonly endedAs: string | null;
}
