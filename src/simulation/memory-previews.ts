/** What was shown to agents before anybody was called, as rows: one for each lead that came on a screen. */
import type { AttemptId, NodeId } from "../domain/ids.ts";
import type { Instant } from "../domain/instant.ts";
import type { PreviewEnded, PreviewShown } from "../domain/preview.ts";

export interface PreviewRow extends PreviewShown {
  readonly nodeId: NodeId;
  ended: PreviewEnded | null;
}

const DAEMON_GONE = "daemon-gone";

export class MemoryPreviews {
  readonly rows = new Map<AttemptId, PreviewRow>();

  /** What has ended is not shown again. */
  show(nodeId: NodeId, shown: PreviewShown): void {
    if (!this.rows.has(shown.attemptId)) this.rows.set(shown.attemptId, { ...shown, nodeId, ended: null });
  }

  /** The first end stands, but for one that was only taken for granted. */
  end(ended: PreviewEnded): void {
    const row = this.rows.get(ended.attemptId);
    if (row !== undefined && (row.ended === null || row.ended.because === DAEMON_GONE)) row.ended = ended;
  }

  /** Nobody looks at what a daemon showed that is no more. */
  withdrawAll(nodeId: NodeId, at: Instant): void {
    for (const { attemptId, ...row } of this.rows.values()) {
      if (row.nodeId !== nodeId || row.ended !== null) continue;
      this.end({ attemptId, at, end: "withdrawn", press: null, because: DAEMON_GONE, says: null });
    }
  }
}
