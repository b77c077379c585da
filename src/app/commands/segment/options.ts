/** What the commands about segments have in common. */
import type { SegmentRecord } from "../../../store/index.ts";
import { iso } from "../../session.ts";

export const segmentDocument = (segment: SegmentRecord) => ({
  name: segment.name,
  filter: segment.text,
  asksHistory: segment.asksHistory,
  asksClock: segment.asksClock,
  campaigns: segment.campaigns,
  addedAt: iso(segment.addedAt),
  changedAt: iso(segment.changedAt),
  changedBy: segment.changedBy,
});
