/** What the configuration comes to for an engine: the same for the daemon, and for whoever settles what a dead one left. */
import type { ComplianceProfile } from "../compliance/profile.ts";
import { nodeId } from "../domain/ids.ts";
import { detectorsOf } from "../engine/calls/amd.ts";
import { DEFAULT_TIMINGS } from "../engine/context.ts";
import type { EngineSettings } from "../engine/context.ts";
import type { TollGuard } from "../engine/rules/toll-guard.ts";
import type { Config } from "./config.ts";

export interface EngineIdentity {
  readonly node: string;
  readonly holder: string;
  readonly toll: TollGuard;
  /** Asked whenever a profile is looked up, because profiles change. */
  readonly profiles: () => ReadonlyMap<string, ComplianceProfile>;
}

export const engineSettings = (config: Config, { node, holder, toll, profiles }: EngineIdentity): EngineSettings => ({
  nodeId: nodeId(node),
  holder,
  memoryRowsMax: config.spool.memoryRowsMax,
  startAvailable: config.agents.startAvailable,
  pauseReasons: config.pauseReasons,
  pinPrompt: "sound:agent-pass",
  pinRefusedPrompt: "sound:vm-incorrect",
  previewPrompt: "sound:beep",
  previewRefusedPrompt: "sound:beeperr",
  holdPrompt: "sound:beep",
  recordingPrompts: {
    paused: "sound:descending-2tone",
    resumed: "sound:ascending-2tone",
    refused: "sound:beeperr",
    reminder: "sound:beep",
  },
  drainPrompts: { drained: "sound:descending-2tone", resumed: "sound:ascending-2tone" },
  builtInMessage: config.builtInMessage,
  returnCallsMax: config.returnCallsMax,
  centre: config.centre,
  ...detectorsOf(config),
  toll,
  get profiles() {
    return profiles();
  },
  timings: DEFAULT_TIMINGS,
  overload: config.overload,
});
