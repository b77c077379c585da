/** What keeps a campaign that previews from showing more leads, in a word. */
import type { StandingCode } from "../standing/standing.ts";

/** Of a campaign that previews: agents with nothing to do come first. */
export function whyNotShown({
  idle,
  room,
  previewing,
  lacking,
  isHeldByCps,
}: {
  /** Agents to whom a lead could have been shown, and leads that the lines have room for. */
  readonly idle: number;
  readonly room: number;
  readonly previewing: number;
  readonly lacking: "few-leads" | "guaranteed-only" | "agents" | null;
  readonly isHeldByCps: boolean;
}): Extract<StandingCode, "lines" | "cps" | "few-leads" | "guaranteed-only" | "agents" | "previewing"> {
  if (idle > 0 && room < idle) return "lines";
  if (isHeldByCps) return "cps";
  if (lacking !== null) return lacking;
  return previewing > 0 || idle > 0 ? "previewing" : "agents";
}
