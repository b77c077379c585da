/** Times as the called person's clock shows them, with the zone beside it: no manager should have to guess whose eight o'clock. */
import { DateTime } from "luxon";
import { instant, type Instant } from "../domain/instant.ts";

/** `Mon 23 Nov 2026 09:00 Europe/London`; in UTC where nobody knows the zone. */
export const zonedTime = (at: Instant, timeZone: string | null): string => {
  const zone = timeZone ?? "UTC";
  const local = DateTime.fromMillis(at, { zone }).setLocale("en-GB");
  return local.isValid
    ? `${local.toFormat("ccc d LLL yyyy HH:mm")} ${zone}`
    : `${DateTime.fromMillis(at, { zone: "UTC" }).toFormat("ccc d LLL yyyy HH:mm")} UTC`;
};

/**
 * `2026-11-23T18:30`, `2026-11-23 18:30` or `18:30` (the next one) by that zone's clock, or with an offset of its own. Null
 * for anything else, and for an hour that this zone's clocks leap over.
 */
export const readZonedTime = (text: string, timeZone: string, now: Instant): Instant | null => {
  const compact = text.trim().replace(" ", "T");
  if (/^\d{1,2}:\d{2}$/.test(compact)) {
    const [hour = 0, minute = 0] = compact.split(":").map(Number);
    const today = DateTime.fromMillis(now, { zone: timeZone });
    if (!today.isValid || hour > 23 || minute > 59) return null;
    const at = today.set({ hour, minute, second: 0, millisecond: 0 });
    const next = at.toMillis() > now ? at : at.plus({ days: 1 }).set({ hour, minute });
    return next.hour === hour && next.minute === minute ? instant(next.toMillis()) : null;
  }
  if (!/^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}/.test(compact)) return null;
  const at = DateTime.fromISO(compact, { zone: timeZone });
  if (!at.isValid) return null;
  const hasOffset = /(?:Z|[+-]\d{2}:?\d{2})$/.test(compact);
  // An hour that does not exist would come out as another one.
  if (!hasOffset && at.toFormat("HH:mm") !== compact.slice(11, 16)) return null;
  return instant(at.toMillis());
};
