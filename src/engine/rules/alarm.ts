/** Something a human must look at, told to the log, the journal and the store. Nothing stops for it. */
import type { AttemptId, CampaignId } from "../../domain/ids.ts";
import type { EngineContext } from "../context.ts";

export interface Raised {
  readonly campaignId: CampaignId | null;
  readonly attemptId: AttemptId | null;
  readonly code: string;
  readonly says: string;
}

export function raiseAlarm(context: EngineContext, { campaignId, attemptId, code, says }: Raised): void {
  const { clock, log, journal, writeBehind } = context;
  const alarm = { at: clock.now(), campaignId, attemptId, code, says };
  log.warn("alarm", { campaignId, attemptId, code, because: says });
  journal.append({ ...alarm, kind: "alarm", stops: false });
  writeBehind.write({ type: "alarm", alarm });
}
