/** The record of a pretend shift, in the form that a night of production leaves behind. */
import type { ShiftResult } from "./shift.ts";
import type { ShiftRecord } from "../judge/record.ts";

export const recordOf = ({ journal, tables, trunks, endedAt }: ShiftResult): ShiftRecord => ({
  journal,
  attempts: [...tables.attempts.values()],
  leads: [...tables.leads.values()],
  campaigns: [...tables.campaigns.values()],
  linesMax: Object.fromEntries(Object.entries(trunks).map(([name, { linesMax }]) => [name, linesMax])),
  suppressed: tables.suppressed,
  timeZones: new Map(
    [...tables.leads.values()].flatMap(({ numbers }) => numbers.map(({ numberId, timeZone }) => [numberId, timeZone])),
  ),
  endedAt,
});
