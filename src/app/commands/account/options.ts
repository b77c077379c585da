/** Days on the command line: whole local days of the profile's zone, both ends included. */
import { DateTime } from "luxon";
import { readProfiles, type ProfileSet } from "../../profiles.ts";
import { accountDay, dayAfter } from "../../../compliance/account.ts";
import type { AbandonRules } from "../../../compliance/profile.ts";
import type { AccountDay } from "../../../domain/account.ts";
import { instant, type Instant } from "../../../domain/instant.ts";
import { usageError } from "../../cli-error.ts";
import type { Session } from "../../session.ts";

export const DAY_FLAGS = {
  day: { type: "string", describe: "One day: 2026-11-21, today or yesterday, in the profile's zone" },
  from: { type: "string", describe: "The first day" },
  to: { type: "string", describe: "The last day, included" },
} as const;

const DAYS_MAX = 400;

export const dayOption = (option: string, text: string, today: AccountDay): AccountDay => {
  if (text === "today") return today;
  if (text === "yesterday") return dayAfter(today, -1);
  const isDay = /^\d{4}-\d{2}-\d{2}$/.test(text) && DateTime.fromISO(text, { zone: "utc" }).isValid;
  if (!isDay) throw usageError(`--${option}: "${text}" is not a day, such as 2026-11-21, today or yesterday.`);
  return text;
};

/** `--day`, or `--from` and `--to`; where neither is given, `otherwise`. */
export const daysOption = (
  args: { readonly day: string | undefined; readonly from: string | undefined; readonly to: string | undefined },
  today: AccountDay,
  otherwise: AccountDay | null,
): { readonly fromDay: AccountDay; readonly toDay: AccountDay } => {
  const { day, from, to } = args;
  if (day !== undefined && (from !== undefined || to !== undefined)) {
    throw usageError("--day, or --from and --to: one of them.");
  }
  if (day === undefined && from === undefined && to === undefined) {
    if (otherwise === null) throw usageError("Which days? --day DAY, or --from DAY --to DAY.");
    return { fromDay: otherwise, toDay: otherwise };
  }
  const fromDay = dayOption(day === undefined ? "from" : "day", day ?? from ?? to ?? "", today);
  const toDay = day === undefined ? dayOption("to", to ?? "today", today) : fromDay;
  if (fromDay > toDay) throw usageError("--from must not be after --to.");
  if (dayAfter(fromDay, DAYS_MAX) <= toDay) throw usageError(`At most ${DAYS_MAX} days at once.`);
  return { fromDay, toDay };
};

export const todayOf = (abandon: Pick<AbandonRules, "timeZone">, session: Session): AccountDay =>
  accountDay(abandon, session.world.now());

/** The rules as they were in force on that day; days to come have those of today. */
export const profilesOn = (session: Session, day: AccountDay): ProfileSet => {
  const noon = Date.parse(`${day}T12:00:00Z`);
  const at: Instant = instant(Math.min(noon, session.world.now()));
  return readProfiles(session.config.profiles, at);
};

export const profilesNow = (session: Session): ProfileSet => readProfiles(session.config.profiles, session.world.now());
