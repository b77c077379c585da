/** How a promise is told: to programs, and in a sentence. */
import type { CallbackRecord } from "../../../store/index.ts";
import { printable } from "../../print.ts";
import { iso } from "../../session.ts";
import { zonedTime } from "../../zoned-time.ts";

export const callbackDocument = (callback: CallbackRecord) => ({
  callback: callback.callbackId,
  ...{ campaign: callback.campaign, lead: callback.leadId, key: callback.key, name: callback.name },
  ...{ number: callback.number, timeZone: callback.timeZone, agent: callback.agent, fallback: callback.fallback },
  ...{ dueAt: iso(callback.dueAt), untilAt: iso(callback.untilAt), state: callback.state, note: callback.note },
  ...{ askedBy: callback.askedBy, askedAt: iso(callback.askedAt), settledAt: iso(callback.settledAt) },
});

export const describeCallback = (callback: CallbackRecord): string => {
  const { callbackId, leadId, key, agent, fallback, dueAt, untilAt, timeZone } = callback;
  const who = agent === null ? "anybody" : `${agent} (else ${fallback === "anyone" ? "anybody" : "nobody"})`;
  return printable(
    `Callback ${callbackId}: #${leadId}${key === null ? "" : ` (${key})`} is called by ${who} between ${zonedTime(dueAt, timeZone)} and ${zonedTime(untilAt, timeZone)}.`,
  );
};
