/**
 * No disk for rows to wait on: for an engine that settles what is left of another node. Should the store go away meanwhile,
 * its rows wait in memory; should it die, the next to settle that node finds the attempts still open.
 */
import { SpoolError, type Spool } from "../../engine/ports/spool.ts";

const refused = (): Promise<never> => Promise.reject(new SpoolError("disk", "Whoever settles a node keeps no spool."));

export const NO_SPOOL: Spool = {
  torn: [],
  rows: 0,
  bytes: 0,
  oldestAt: null,
  append: refused,
  read: () => Promise.resolve([]),
  forget: () => Promise.resolve(),
  note: () => undefined,
  forgetNotes: () => undefined,
  setAside: refused,
};
