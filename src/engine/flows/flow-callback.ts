/** When somebody is called back who asked a call flow for it: as the flow says, within the calling hours of their own day. */
import { openAt } from "../../compliance/open-at.ts";
import { offsetMinutes } from "../../compliance/wall-clock.ts";
import { after, instant, latest } from "../../domain/instant.ts";
import type { Instant } from "../../domain/instant.ts";
import type { FlowEffect } from "../../flow/state.ts";
import type { CallbackTime } from "../../lead/callback.ts";
import type { LiveCall } from "../calls/live-call.ts";

const MINUTE_MS = 60_000;
/** Not at the minute, and no later than a promise of the keys is kept, which has a band of the day. */
const WINDOW_MS = 2 * 3_600_000;

/** Null where nobody knows the time there, or no opening will ever come. */
export function callbackAsked(
  { lead, campaign, profile }: Pick<LiveCall, "lead" | "campaign" | "profile">,
  { afterMs, on }: Pick<Extract<FlowEffect, { type: "requestCallback" }>, "afterMs" | "on">,
  at: Instant,
): CallbackTime | null {
  const { timeZone, numberId } = lead;
  if (timeZone === null) return null;
  const from = on === null ? after(at, afterMs ?? 0) : latest(at, beginOf(on, timeZone));
  const { callingHours, purpose } = campaign;
  const dueAt = openAt({ callingHours, purpose, profile }, lead, timeZone, from);
  return dueAt === null ? null : { numberId, dueAt, untilAt: after(dueAt, WINDOW_MS) };
}

/** Of a day `YYYY-MM-DD` that is in the calendar. A clock that is changed at midnight is no hour at which anybody is called. */
function beginOf(day: string, timeZone: string): Instant {
  const utc = instant(Date.parse(`${day}T00:00:00Z`));
  const minutes = offsetMinutes(timeZone, utc);
  return Number.isNaN(minutes) ? utc : after(utc, -minutes * MINUTE_MS);
}
